"""What pictures are drawn from, checked before anything is drawn."""

from collections.abc import Collection

import numpy as np
from matplotlib.axes import Axes

from nnlib.validation import as_array, as_float, check_numbers, check_positive_integer


def check_axes(ax):
    if not isinstance(ax, Axes):
        raise ValueError(f"ax is a {type(ax).__name__}; expected a matplotlib Axes, such as that of plt.subplots().")


def check_grid(axes):
    """Return one Axes or an array of them as a flat array."""
    flat = np.atleast_1d(np.asarray(axes, dtype=object)).ravel()
    for ax in flat:
        check_axes(ax)
    return flat


def check_count(things, n, name, least=False):
    """Raise a ValueError unless there are so many, or with `least` at least so many."""
    countable = isinstance(things, Collection) and not isinstance(things, str)
    if not countable or len(things) < n or (len(things) > n and not least):
        raise ValueError(f"{name} is {things!r}; expected a list of {n}{' or more' if least else ''}.")


def check_texts(texts, name):
    """Return a list of texts; raise a ValueError for anything else, and where there is none."""
    if not isinstance(texts, list | tuple) or not texts or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{name} is {texts!r}; expected a list of texts.")
    return list(texts)


def check_notes(notes, name):
    if notes is not None and not (isinstance(notes, dict) and all(isinstance(text, str) for text in notes.values())):
        raise ValueError(f"{name} is {notes!r}; expected a dictionary of texts by node.")
    return notes or {}


def check_stages(stages):
    expected = "expected a list of (name, shape), with whole numbers (h, w, channels) or (n,) as shapes"
    try:
        stages = [(str(name), [check_positive_integer(n, "a length") for n in shape]) for name, shape in stages]
    except (TypeError, ValueError):
        raise ValueError(f"stages is {stages!r}; {expected}.") from None
    if not stages or not all(len(shape) in (1, 3) for _, shape in stages):
        raise ValueError(f"stages is {stages!r}; {expected}.")
    return stages


def check_curves(curves, name):
    """Return {label: values (n,)} as arrays of numbers; NaN and infinities are gaps."""
    if not isinstance(curves, dict) or not curves:
        raise ValueError(f"{name} is {curves!r}; expected a dictionary of numbers by label.")
    return {label: check_numbers(each, f"{name}[{label!r}]", "n", finite=False) for label, each in curves.items()}


def check_flat(values, name):
    """Return numbers of any shape as a flat array; raise a ValueError if there are none, or NaN or infinities."""
    return check_numbers(np.ravel(as_float(values, name)), name, "n")


def check_range(limits, name):
    low, high = check_numbers(limits, name, 2)
    if not low < high:
        raise ValueError(f"{name} is {limits!r}; expected (low, high).")
    return low, high


def check_classes(y, m, n_classes):
    """Return the class of each of m samples, (m,) or (1, m), as whole numbers."""
    y = np.ravel(as_float(y, "y"))
    if y.shape != (m,):
        raise ValueError(f"y has {y.size} labels; expected {m}, one for each column of X.")
    if not np.isin(y, range(n_classes)).all():
        raise ValueError(f"y has other values than whole numbers; expected classes from 0 to {n_classes - 1}.")
    return y.astype(int)


def check_network(sizes, parameters, values):
    """Return the weights {"W1": …} and the values of each neuron as arrays, once they fit the layer sizes."""
    if parameters is not None:
        if not isinstance(parameters, dict):
            raise ValueError(f"parameters is {parameters!r}; expected a dictionary with W1, W2, …")
        for l, shape in enumerate(zip(sizes[1:], sizes[:-1]), start=1):
            came = np.shape(as_array(parameters.get(f"W{l}"), f"W{l}"))
            if came != shape:
                raise ValueError(f"W{l} has shape {came}; expected {shape}, from layer sizes {sizes}.")
        names = [f"W{l}" for l in range(1, len(sizes))]
        parameters = {name: check_numbers(parameters[name], name, "n", "n") for name in names}
    if values is not None:
        check_count(values, 0, "values", least=True)
        values = [check_flat(a, f"values[{l}]") for l, a in enumerate(values)]
        if [a.size for a in values] != sizes:
            came = [a.size for a in values]
            raise ValueError(f"values have sizes {came}; expected {sizes}, one sample per layer, the input first.")
    return parameters, values
