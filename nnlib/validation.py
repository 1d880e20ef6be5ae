"""What the public doors check, and the one sentence each says when something does not fit."""

from difflib import get_close_matches
from numbers import Real

import numpy as np


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
    """Return `value` as an int; raise a ValueError unless it is a whole number of at least `least`."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{what} is {value!r}; expected a whole number of at least {least}.")
    return int(value)


def check_learning_rate(value):
    """Return η as a float; raise a ValueError unless it is a finite positive number."""
    return check_number(value, "learning_rate", lambda eta: eta > 0, "a finite positive number such as 0.1")


def check_fraction(value, what):
    """Return `value` as a float; raise a ValueError unless it is a number from 0 to below 1."""
    return check_number(value, what, lambda fraction: 0 <= fraction < 1, "a number from 0 to below 1")


def check_l2(value):
    """Return λ as a float; raise a ValueError unless it is a finite number that is not negative."""
    return check_number(value, "l2", lambda price: price >= 0, "0 or a small positive number such as 1e-4")


def check_number(value, what, fits, expected):
    """Return `value` as a float; raise a ValueError that names what is `expected` unless it is finite and `fits` it."""
    try:
        number = float(value) if isinstance(value, Real) and not isinstance(value, (bool, np.bool_)) else np.nan
    except OverflowError:  # a whole number beyond the largest float
        number = np.inf
    if not (np.isfinite(number) and fits(number)):
        raise ValueError(f"{what} is {value!r}; expected {expected}.")
    return number


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
    if np.ma.is_masked(X):
        raise ValueError(f"{name} has masked entries; expected a number everywhere. Fill or drop them first.")
    try:
        X = np.asarray(X)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths; expected a rectangular array of numbers.") from None
    if X.dtype in (np.float32, np.float64):
        return X
    if X.dtype == np.float16 or X.dtype.kind in "biuf":
        return X.astype(np.float64)
    raise ValueError(
        f"{name} holds {X.dtype} values; expected numbers (float32 or float64). Convert it with np.asarray(…, float)."
    )
