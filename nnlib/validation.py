"""What the public doors check, and the one sentence each says when something does not fit."""

from difflib import get_close_matches
from math import inf, isfinite, nan, prod
from numbers import Real
from pathlib import Path

import numpy as np

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
MOST_NUMBERS = 2**29  # what one array may hold: 4 GB in float64
LARGEST_INTEGER = 2**63 - 1

# A decorator. What is too large for a float becomes infinite, and NaN where infinities meet: results that speak for
# themselves, and that training has to see.
without_overflow_warnings = np.errstate(over="ignore", invalid="ignore")


def check_choice(name, choices, what):
    """Return `name` if it is one of `choices`; otherwise raise a ValueError that names the nearest."""
    if isinstance(name, str) and name in choices:
        return name
    near = get_close_matches(str(name).lower(), choices, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Choose one of: {', '.join(choices)}."
    raise ValueError(f"unknown {what} {name!r}. {hint}")


def check_positive_integer(value, what):
    """Return `value` as an int; raise a ValueError unless it is a whole number of at least 1."""
    return check_integer(value, what, 1)


def check_integer(value, what, least):
    """Return `value` as an int; raise a ValueError unless it is a whole number of at least `least`, in 64 bits."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{what} is {value!r}; expected a whole number of at least {least}.")
    if value > LARGEST_INTEGER:
        raise ValueError(f"{what} has {len(str(value))} digits; expected a whole number below 2**63.")
    return int(value)


def check_room(what, *shape):
    """Raise a ValueError that names `what` is too large, if an array of this shape would hold more than 2²⁹ numbers."""
    if prod(shape) > MOST_NUMBERS:
        raise ValueError(
            f"{what} asks for an array of {' × '.join(f'{n:,}' for n in shape)} numbers; "
            f"expected at most {MOST_NUMBERS:,} of them, which take 4 GB."
        )


def check_learning_rate(value):
    """Return η as a float; raise a ValueError unless it is a finite positive number."""
    return check_number(value, "learning_rate", lambda eta: eta > 0, "a finite positive number such as 0.1")


def check_fraction(value, what):
    """Return `value` as a float; raise a ValueError unless it is a number from 0 to below 1."""
    return check_number(value, what, lambda fraction: 0 <= fraction < 1, "a number from 0 to below 1")


def check_l2(value):
    """Return λ as a float; raise a ValueError unless it is a finite number that is not negative."""
    return check_number(value, "l2", lambda price: price >= 0, "0 or a small positive number such as 1e-4")


def check_slope(alpha):
    """Return α as a float; raise a ValueError unless it is a finite number that is not negative."""
    return check_number(alpha, "alpha", lambda slope: slope >= 0, "0 or a small positive number such as 0.01")


def check_epsilon(value):
    """Return ε as a float; raise a ValueError unless it is a finite positive number."""
    return check_number(value, "epsilon", lambda epsilon: epsilon > 0, "a small positive number such as 1e-8")


def check_number(value, what, fits=lambda number: True, expected="a finite number"):
    """Return `value` as a float; raise a ValueError that names what is `expected` unless it is finite and `fits` it."""
    try:
        number = float(value) if isinstance(value, Real) and not isinstance(value, (bool, np.bool_)) else nan
    except OverflowError:  # a whole number beyond the largest float
        number = inf
    if not (isfinite(number) and fits(number)):
        raise ValueError(f"{what} is {value!r}; expected {expected}.")
    return number


def check_function(value, what, expected):
    """Return `value`; raise a ValueError that names what is `expected` unless it can be called."""
    if not callable(value):
        raise ValueError(f"{what} is {value!r}; expected {expected}.")
    return value


def check_path(path, what):
    """Return `path` as a Path; raise a ValueError unless it is a text or a Path."""
    if not isinstance(path, str | Path):
        raise ValueError(f"{what} is {path!r}; expected a path, as a text or a Path.")
    return Path(path).expanduser()


def as_generator(rng):
    """Return the Generator that `rng` is or seeds; raise a ValueError unless it is None, a seed or a Generator."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise ValueError(f"rng is {rng!r}; expected None, a whole number of at least 0, or a Generator.") from None


def check_precision(dtype):
    """Return `dtype` as NumPy's; raise a ValueError unless it is float32 or float64."""
    try:
        precision = np.dtype(dtype)
    except (TypeError, ValueError):
        precision = None
    if precision is None or precision not in FLOATS:  # None == np.dtype(np.float64)
        raise ValueError(f"dtype is {dtype!r}; expected np.float32 or np.float64.")
    return precision


def check_layer_sizes(layer_sizes):
    """Return the layer sizes as a list of ints, input first; raise a ValueError if they make no network."""
    try:
        sizes = list(layer_sizes)
    except TypeError:
        raise ValueError(f"layer_sizes is {layer_sizes!r}; expected a list such as [784, 128, 10].") from None
    if len(sizes) < 2:
        raise ValueError(f"layer_sizes is {sizes}; expected at least an input and an output size, such as [3, 1].")
    return [check_positive_integer(size, f"layer_sizes[{i}]") for i, size in enumerate(sizes)]


def check_columns(X, n_rows, name="X", rows="features"):
    """Return `X` as a float array of shape (n_rows, m): one column per sample, m ≥ 1, every entry finite.

    float32 and float64 stay what they are and are not copied; integers and booleans become float64.
    Raises ValueError for another shape, no samples, NaN or infinite entries, or anything but real numbers.
    """
    X = as_float(X, name)
    if X.ndim != 2 or X.shape[0] != n_rows:
        expected = f"({n_rows}, m), {n_rows} {rows} by one column per sample"
        if X.ndim == 2 and X.shape[1] == n_rows:
            hint = f" Did you mean {name}.T?"
        elif X.ndim == 1 and X.size == n_rows:
            hint = f" For a single sample, did you mean {name}.reshape(-1, 1)?"
        elif X.ndim == 1 and n_rows == 1:
            hint = f" Did you mean {name}.reshape(1, -1)?"
        elif X.ndim > 2 and int(np.prod(X.shape[1:])) == n_rows:
            hint = f" For a stack of images, did you mean images_to_columns({name})?"
        else:
            hint = f" Check that the network's layer sizes fit the {rows} of your data."
        raise ValueError(f"{name} has shape {X.shape}; expected {expected}.{hint}")
    if X.shape[1] == 0:
        raise ValueError(f"{name} has shape {X.shape}: no samples. Give at least one column.")
    check_finite(X, name)
    return X


def check_images(images, shape, name="images"):
    """Return `images` as an array (m, *shape), m ≥ 1, every entry finite; `shape` is (H, W, C) of one image.

    uint8, float32 and float64 stay what they are, other numbers become float64. The axis of a single channel may be
    missing. Raises ValueError for another shape, no images, NaN or infinite entries, or anything but real numbers.
    """
    if getattr(images, "dtype", None) != np.uint8 or np.ma.is_masked(images):
        images = as_float(images, name)
    given = images.shape
    if images.ndim == 3 and shape[2] == 1:
        images = images[..., np.newaxis]
    if images.shape[1:] != shape:
        hint = f" For a single image, did you mean {name}[np.newaxis]?" if shape in (given, (*given, 1)) else ""
        raise ValueError(f"{name} has shape {given}; expected (m, {', '.join(map(str, shape))}), images first.{hint}")
    if len(images) == 0:
        raise ValueError(f"{name} has shape {given}: no images. Give at least one.")
    if images.dtype != np.uint8:
        check_finite(images, name)
    return images


def check_targets(Y, n_outputs, m, loss, name="Y"):
    """Return the targets as a float array of shape (n_outputs, m) that the loss can be measured on.

    Raises ValueError for labels where one-hot targets belong, another shape, or values the loss has no meaning for.
    """
    Y = as_float(Y, name)
    if loss != "mse" and n_outputs > 1 and (Y.ndim == 1 or Y.size == m):
        flat = name if Y.ndim == 1 else f"{name}.ravel()"
        raise ValueError(
            f"{name} has shape {Y.shape}, one label per sample; expected one-hot targets of shape ({n_outputs}, {m}). "
            f"Use one_hot_encode({flat}, {n_outputs})."
        )
    Y = check_columns(Y, n_outputs, name, rows="outputs")
    if Y.shape[1] != m:
        raise ValueError(f"{name} has {Y.shape[1]} columns but X has {m}; expected one target per sample.")
    if loss == "mse":
        return Y
    if Y.min() < 0 or Y.max() > 1:
        raise ValueError(
            f"{name} has values from {Y.min():g} to {Y.max():g}; {loss} expects targets between 0 and 1. "
            f"{_label_hint(loss, name, n_outputs)}"
        )
    if loss == "categorical_crossentropy" and not np.allclose(Y.sum(axis=0), 1, atol=1e-5):
        worst = int(np.argmax(np.abs(Y.sum(axis=0) - 1)))
        raise ValueError(
            f"column {worst} of {name} sums to {Y[:, worst].sum():g}; categorical_crossentropy expects one-hot columns "
            f"that sum to 1. Use one_hot_encode(y, {n_outputs}), or sigmoid outputs where several classes may hold "
            "at once."
        )
    return Y


def _label_hint(loss, name, n_outputs):
    if loss == "categorical_crossentropy" or n_outputs > 1:
        return f"For integer labels use one_hot_encode(y, {n_outputs})."
    return f"For regression use loss='mse'; for two classes label them 0 and 1, in {name} of shape (1, m)."


def check_labels(y, name):
    """Return the labels as an array (m,) of whole numbers; raise a ValueError for anything else."""
    y = as_array(y, name)
    if y.ndim != 1:
        hint = f"Did you mean {name}.ravel()?" if 1 in y.shape else "Are these one-hot already, or images?"
        raise ValueError(f"{name} has shape {y.shape}; expected (m,), one label per sample. {hint}")
    if not np.issubdtype(y.dtype, np.integer):
        raise ValueError(f"{name} holds {y.dtype} values; expected integers. Did you mean {name}.astype(int)?")
    return y


def check_numbers(values, name, *shape, finite=True):
    """Return `values` as a float array of this shape, in which a text stands for any length of at least 1.

    Raises ValueError for another shape, anything but real numbers and, unless `finite` is false, NaN and infinities.
    """
    X = as_float(values, name)
    if not _fits(X.shape, shape):
        hint = f" Did you mean {name}.T?" if X.ndim == 2 and X.shape[1:] == shape[:1] else ""
        raise ValueError(f"{name} has shape {X.shape}; expected {_in_words(shape)}.{hint}")
    if finite:
        check_finite(X, name)
    return X


def check_arrays(arrays, what, names=None):
    """Raise a ValueError unless `arrays` is a dictionary of NumPy arrays of real numbers, with these names or any."""
    if not isinstance(arrays, dict) or not arrays:
        raise ValueError(f"{what} is {arrays!r}; expected a dictionary of arrays.")
    for name in arrays if names is None else names:
        if name not in arrays:
            raise ValueError(f"{what} has no {name}; expected one for each of {', '.join(names)}.")
        check_array(arrays[name], name)


def check_gradients(parameters, gradients):
    """Raise a ValueError unless both are dictionaries of arrays, and each parameter has a gradient shaped like it."""
    check_arrays(parameters, "parameters")
    check_arrays(gradients, "gradients", ())
    for name, value in parameters.items():
        gradient = gradients.get(f"d{name}")
        if gradient is None and f"d{name}" not in gradients:
            raise ValueError(f"gradients has no d{name}; expected one for each of {', '.join(parameters)}.")
        check_array(gradient, f"d{name}")
        # NumPy would stretch a gradient that lost an axis until it fits, and the parameter with it.
        shape = np.shape(gradient)
        if shape != np.shape(value):
            raise ValueError(
                f"d{name} has shape {shape}; expected {np.shape(value)}, like {name}. "
                "A sum over the samples keeps its axis with keepdims=True."
            )


def check_changeable(arrays):
    """Raise a ValueError unless every array can take floats in place."""
    for name, array in arrays.items():
        if not (isinstance(array, np.ndarray) and array.flags.writeable and array.dtype in FLOATS):
            kind = np.asarray(array).dtype
            raise ValueError(
                f"{name} is {'a read-only array of' if kind in FLOATS else 'of'} {kind}; expected floats that can be "
                f"changed in place. Use np.array({name}, float)."
            )


def check_array(array, name, *shape, hint=""):
    """Raise a ValueError unless this is a NumPy array of real numbers, of this shape if one is given.

    A text in the shape stands for any length of at least 1. Nothing is converted: this is for what training hands on.
    """
    if type(array) is np.ndarray and array.dtype in FLOATS:
        if not shape or array.shape == shape:  # nearly always, and quick
            return
    else:
        _check_array(array, name)
    if shape and not _fits(np.shape(array), shape):
        raise ValueError(f"{name} has shape {np.shape(array)}; expected {_in_words(shape)}.{hint}")


def _fits(came, shape):
    return len(came) == len(shape) and all(n > 0 if isinstance(m, str) else n == m for n, m in zip(came, shape))


def _in_words(shape):
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def _check_array(array, name):
    """Raise a ValueError unless `array` computes as an array of real numbers does."""
    if isinstance(array, (np.ma.MaskedArray, np.matrix)) or not isinstance(array, (np.ndarray, np.generic, Real)):
        raise ValueError(f"{name} is a {type(array).__name__}; expected a NumPy array of numbers, such as np.array(…).")
    dtype = np.asarray(array).dtype
    if dtype not in FLOATS and dtype.kind not in "iu":
        raise ValueError(f"{name} holds {dtype} values; expected float32 or float64. Convert it with astype(float).")


def check_finite(X, name):
    """Raise a ValueError that says how many entries of `X` are NaN or infinite, if any is."""
    flat = X.ravel(order="K")
    with np.errstate(all="ignore"):
        if np.isfinite(flat @ flat):  # one fast walk through X, which NaN and infinities survive
            return
    finite = np.isfinite(flat)  # or the squares were too large to add up
    if not finite.all():
        raise ValueError(
            f"{name} has {X.size - np.count_nonzero(finite)} NaN or infinite entries of {X.size}; "
            "replace or drop them first."
        )


def as_float(X, name):
    """Return `X` as a float32 or float64 array; raise a ValueError for anything but real numbers."""
    if type(X) is np.ndarray and X.dtype in FLOATS:
        return X
    X = as_array(X, name)
    if X.dtype in FLOATS:
        return X
    if X.dtype.kind in "biuf":
        return X.astype(np.float64)
    raise ValueError(
        f"{name} holds {X.dtype} values; expected numbers (float32 or float64). Convert it with np.asarray(…, float)."
    )


def as_array(X, name):
    """Return `X` as an array of whatever it holds; raise a ValueError for masked entries and ragged lists."""
    if np.ma.is_masked(X):
        raise ValueError(f"{name} has masked entries; expected a number everywhere. Fill or drop them first.")
    try:
        return np.asarray(X)
    except (TypeError, ValueError):
        raise ValueError(f"{name} has rows of different lengths; expected a rectangular array of numbers.") from None
