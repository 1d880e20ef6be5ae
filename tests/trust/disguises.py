"""What an argument of a valid call may be disguised as, and what must be refused in its place."""

from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd

# In these an array is the same array to whoever reads it; all others may be refused as well, clearly.
LAYOUTS = ("Fortran order", "every other entry", "backwards", "read-only", "unaligned", "a row repeated", "a subclass")


class Guise(NamedTuple):
    """The same values in another form. `plain` are those values as the plain call gets them."""

    value: object
    plain: object
    accepted: bool
    tolerance: float = 1e-9


class Argument(NamedTuple):
    """One argument of a valid call.

    `make()` returns its value, each time anew. `guises` {label: Guise} hold the same values, `wrong` {label: value}
    what must not be used as if nothing were wrong. `role` is how messages call it where not by its name, a regular
    expression. `harmless` are labels of `wrong` with which this one call may do what it is asked.
    """

    make: Callable
    guises: dict
    wrong: dict
    role: str = ""
    harmless: tuple = ()
    in_place: bool = False


class Tagged(np.ndarray):
    """An array of a class of somebody else's."""


def numbers(values, role="", samples=-1, in_place=False, harmless=()):
    """An array of numbers; `samples` is the axis of the samples, `in_place` tells whether the call changes it."""
    a = np.array(values, dtype=float)
    guises = layouts(a)
    for dtype, tolerance in (
        (np.float32, 1e-5),
        (np.float16, 1e-5),
        (np.longdouble, 1e-9),
        (">f8", 1e-9),
        (">f4", 1e-5),
    ):
        guises[np.dtype(dtype).str] = Guise(a.astype(dtype), a.astype(dtype).astype(float), False, tolerance)
    whole, positive = np.rint(a) + 0.0, (a > 0).astype(float)
    guises["int64"] = Guise(whole.astype(int), whole, False)
    guises["int8"] = Guise(whole.astype(np.int8), whole, False)
    guises["bool"] = Guise(a > 0, positive, False)
    wrong = {
        "NaN": with_first(a, np.nan),
        "inf": with_first(a, np.inf),
        "-inf": with_first(a, -np.inf),
        "1e300": np.full(a.shape, 1e300),
        "complex": a + 1j,
    }
    return array_argument(a, guises, wrong, role, samples, in_place, harmless)


def labels(values, role="", harmless=()):
    """Whole numbers, one for each sample."""
    a = np.array(values)
    guises = layouts(a)
    for dtype in (np.uint8, np.int8, ">i4", float):
        guises[np.dtype(dtype).str] = Guise(a.astype(dtype), a, False)
    wrong = {
        "halves": a + 0.5,
        "NaN": with_first(a.astype(float), np.nan),
        "inf": with_first(a.astype(float), np.inf),
        "-1": with_first(a, -1),
        "10**9": with_first(a, 10**9),
        "complex": a + 1j,
    }
    return array_argument(a, guises, wrong, role, 0, False, harmless)


def levels(values, role="images?", harmless=()):
    """Pixels from 0 to 255, as files have them, images first."""
    a = np.array(values, np.uint8)
    wrong = {"complex": a + 1j, "floats": a / 255.0, "NaN": with_first(a.astype(float), np.nan), "bool": a > 0}
    return array_argument(a, layouts(a), wrong, role, 0, False, harmless)


def layouts(a):
    """The same numbers, differently laid out in memory or of another class."""
    locked = a.copy()
    locked.setflags(write=False)
    unaligned = np.frombuffer(b" " + a.tobytes(), a.dtype, a.size, 1).reshape(a.shape)
    guises = {
        "Fortran order": np.array(a, order="F"),
        "every other entry": np.repeat(a, 2, axis=-1)[..., ::2],
        "backwards": np.flip(np.flip(a).copy()),
        "read-only": locked,
        "unaligned": unaligned,
        "a subclass": a.copy().view(Tagged),
        "a list": a.tolist(),
        "objects": a.astype(object),
        "a mask with nothing masked": np.ma.array(a),
    }
    if a.ndim == 1:
        guises["a Series"] = pd.Series(a)
        guises["a Series, shuffled index"] = pd.Series(a, index=range(len(a))[::-1])
    if a.ndim == 2:
        guises["a DataFrame"] = pd.DataFrame(a)
        guises["np.matrix"] = np.asmatrix(a)
    row = np.broadcast_to(a[:1], a.shape)
    return {label: Guise(value, a, label in LAYOUTS) for label, value in guises.items()} | {
        "a row repeated": Guise(row, row.copy(), True)
    }


def array_argument(a, guises, wrong, role, samples, in_place, harmless):
    hidden = np.ma.masked_array(with_first(a, 9), np.arange(a.size).reshape(a.shape) == 0)
    flat = a.ravel() if a.ndim > 1 else a[0]
    wrong |= {
        "masked entries": hidden,
        "no samples": np.take(a, [], axis=samples),
        "empty": np.empty(0),
        "an axis more": a[np.newaxis],
        "an axis less": flat,
        "a number": 3.0,
        "numbers as text": a.astype(str),
        "dates": np.zeros(a.shape, "datetime64[s]"),
        "rubbish": np.array([None, "x", {}], dtype=object),
        "ragged": [[1.0, 2.0], [3.0]],
        **{label: OBJECTS[label] for label in ("None", "a text", "a dictionary", "a set", "a function")},
    }
    if a.ndim > 1 and a.shape != a.T.shape:
        wrong["transposed"] = a.T.copy()
    if a.ndim == 2:
        wrong["a masked DataFrame"] = pd.DataFrame(a).astype("Float64").mask(np.arange(a.size).reshape(a.shape) == 0)
    if in_place:
        wrong["read-only"] = guises.pop("read-only").value
        guises.pop("a row repeated"), guises.pop("unaligned")  # both are read-only, too
    return Argument(a.copy, guises, wrong, role, harmless, in_place)


OBJECTS = {
    "None": None,
    "a text": "0.5",
    "a dictionary": {"a": 1.0},
    "a set": {1.0},
    "a function": len,
    "a list of text": ["x"],
    "an object": object(),
}


def with_first(a, value):
    a = a.copy()
    a.flat[0] = value
    return a


def arrays(values, role="", in_place=False, harmless=()):
    """A dictionary of arrays, such as parameters: each guise is put on all of them, each wrong value on the first."""
    members = {name: numbers(value, in_place=in_place) for name, value in values.items()}
    first, member = next(iter(members.items()))
    guises, wrong = {}, {}
    for label in set.intersection(*(set(each.guises) for each in members.values())):
        worn = {name: each.guises[label] for name, each in members.items()}
        guise = worn[first]
        value, plain = ({name: getattr(each, part) for name, each in worn.items()} for part in ("value", "plain"))
        guises[label] = Guise(value, plain, guise.accepted, guise.tolerance)
    for label, value in member.wrong.items():
        wrong[f"{label} for {first}"] = {name: each.make() for name, each in members.items()} | {first: value}
    others = {name: each.make() for name, each in members.items() if name != first}
    wrong |= {f"no {first}": others, "an empty dictionary": {}, "a list": list(values), **OBJECTS}
    del wrong["a dictionary"], wrong["a set"]
    wrong["an array"] = np.ones((2, 2))
    role = role or "|".join(values)
    return Argument(
        lambda: {name: each.make() for name, each in members.items()}, guises, wrong, role, harmless, in_place
    )


def number(value, *beyond, role="", none=False, harmless=()):
    """A real number; `beyond` are numbers out of its range, and with `none` it may be left out."""
    guises = {
        kind.__name__: Guise(kind(value), value, True, 1e-6) for kind in (np.float64, np.float32, np.float16, Fraction)
    }
    guises["0-d array"] = Guise(np.array(value), value, False)
    if value == int(value):
        guises["int"] = Guise(int(value), value, True)
    wrong = {str(each): each for each in (np.nan, np.inf, -np.inf, True, 1j, *beyond)}
    wrong |= {"10**400": 10**400, "an array": np.full(2, value), "a list": [value], **OBJECTS}
    return scalar(value, guises, wrong, role, none, harmless)


def whole(value, least=1, *beyond, role="", none=False, harmless=()):
    """A whole number of at least `least`."""
    guises = {kind.__name__: Guise(kind(value), value, True) for kind in (np.int64, np.uint8)}
    guises["0-d array"] = Guise(np.array(value), value, False)
    wrong = {str(each): each for each in (least - 1, -1, -(10**9), value + 0.5, np.nan, np.inf, True, 1j, *beyond)}
    wrong |= {"a float": float(value), "10**9": 10**9, "10**400": 10**400, "a list": [value], **OBJECTS}
    return scalar(value, guises, wrong, role, none, harmless)


def scalar(value, guises, wrong, role, none, harmless):
    if none:
        del wrong["None"]
    return Argument(lambda: value, guises, wrong, role, harmless)


def choice(value, role="", none=False, harmless=()):
    """One of a few names."""
    guises = {"np.str_": Guise(np.str_(value), value, True)}
    wrong = {"misspelt": value + "x", "an empty text": "", "a number": 3, "NaN": np.nan, "bytes": value.encode()}
    wrong |= {"a list": [value], "an array": np.array([value, value]), **OBJECTS}
    return scalar(value, guises, wrong, role, none, harmless)


def several(values, role="", wrong=(), harmless=()):
    """A sequence, such as layer sizes or names; `wrong` are others of its kind that must be refused."""
    values = list(values)
    guises = {"a tuple": Guise(tuple(values), values, True), "an array": Guise(np.array(values), values, True)}
    objects = {label: each for label, each in OBJECTS.items() if label not in ("a text", "a list of text")}
    wrong = {repr(each): each for each in wrong} | objects
    wrong |= {"a text": "relu", "a list of text": ["x"] * len(values), "nothing": [], "a number": 3, "objects": [None]}
    return Argument(lambda: list(values), guises, wrong, role, harmless)


def seed(value=3, role=""):
    """What `np.random.default_rng` takes."""
    guises = {
        "np.int64": Guise(np.int64(value), value, True),
        "a Generator": Guise(np.random.default_rng(value), value, True),
    }
    wrong = {"-1": -1, "0.5": 0.5, "NaN": np.nan, **OBJECTS}
    return scalar(value, guises, wrong, role, True, ())


def thing(make, role="", wrong=(), none=False, harmless=()):
    """Anything else, made anew by `make()`; `wrong` {label: value} are others that must be refused."""
    wrong = {"a number": 3, **OBJECTS, **dict(wrong)}
    if none:
        del wrong["None"]
    return Argument(make, {}, wrong, role, harmless)


def texts(*values, role="", harmless=(), none=True):
    """One text for each of several things."""
    return thing(lambda: list(values), role, {"too few": list(values[:-1]), "a whole number": 10**9}, none, harmless)


def without(argument, *excluded):
    """The argument without some wrong values, such as a size that would take its time, rightly."""
    return argument._replace(wrong={label: value for label, value in argument.wrong.items() if label not in excluded})


def routine(make, role="", none=False, **wrong):
    """A function; `wrong` are others that do not return what they should."""
    return without(thing(make, role, wrong, none), "a function")


def same(value):
    """An argument that is not varied: any value has a meaning there."""
    return Argument(lambda: deepcopy(value), {}, {})
