"""What judges an exercise: the learner's answer and the right one are run on the same cases, the smallest first."""

import copy
import inspect
import io
from collections.abc import Callable
from contextlib import redirect_stdout
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np

EXERCISES = {}


class Mistake(NamedTuple):
    """A known wrong answer, in the form of the right one, and the sentence that names the misconception behind it."""

    answer: object
    says: str


class Exercise(NamedTuple):
    """What a learner builds or finds.

    `answer` is the right one: the library's function, or a value. `cases` lists the arguments to try it on, the
    smallest first; a value has none. `run(answer, *arguments)` makes of an answer what is compared: it calls functions.
    `mistakes` are known wrong answers. `piece` tells that it is part of the network that notebook 11 assembles.
    """

    name: str
    notebook: int
    answer: object
    cases: tuple = ((),)
    run: Callable = lambda answer, *arguments: answer(*arguments) if callable(answer) else answer
    mistakes: tuple = ()
    hints: tuple = ()
    piece: bool = False

    @property
    def my_name(self):
        """What the learner calls it: my_relu; a class MyNetwork."""
        return f"My{self.name.title()}" if isinstance(self.answer, type) else f"my_{self.name}"


def add(*exercises):
    """Enter exercises into `EXERCISES`, by name."""
    EXERCISES.update({exercise.name: exercise for exercise in exercises})


class Report:
    """What `check` found: true if the answer is right; `message` is what it printed."""

    def __init__(self, passed, message):
        self.passed, self.message = passed, message

    def __bool__(self):
        return self.passed

    def __repr__(self):
        return self.message

    def _ipython_display_(self):
        """Show nothing: `check` has printed the message."""


def check(name, answer):
    """Judge the learner's `answer` to the exercise `name`, print what was found, and return it as a `Report`.

    Never raises. A wrong answer is shown the smallest case in which it is wrong, what it returned there, what was
    expected, and the misconception behind it where it is a known one.
    """
    exercise = EXERCISES.get(name) if isinstance(name, str) else None
    report = judge(exercise, answer) if exercise else Report(False, _unknown(name))
    print(report.message)
    return report


def hint(name):
    """Print the next hint for the exercise `name`: one a call, each more telling than the one before."""
    if not isinstance(name, str) or name not in EXERCISES:
        return print(_unknown(name))
    hints = EXERCISES[name].hints
    given = _hints_given.get(name, 0)
    if given == len(hints):
        return print(f"That was the last hint: {hints[-1]}")
    _hints_given[name] = given + 1
    print(f"Hint {given + 1} of {len(hints)}: {hints[given]}")


_hints_given = {}


def judge(exercise, answer):
    """Return the `Report` on an answer to the exercise."""
    called = getattr(answer, "__name__", exercise.my_name)
    if callable(exercise.answer) and not callable(answer) and answer is not None:
        return Report(False, f'Not yet: hand over the function itself, check("{exercise.name}", {exercise.my_name}).')
    for arguments in exercise.cases:
        given = copy.deepcopy(arguments)
        right = _outcome(exercise, exercise.answer, copy.deepcopy(arguments))
        came = _outcome(exercise, answer, given)
        fault = difference(came, right)
        if fault is None and difference(given, arguments) is not None:
            fault = "The result is right, but your code changed what was handed to it. Work on a copy: A = A.copy()."
        if fault is not None and not arguments:  # a value: to show what was expected would give it away
            fault = f"{_described(answer)} is not right."
            if answer is None or answer is ...:
                fault = "Nothing yet: put your answer in place of None."
        if fault is not None:
            lines = [f"Not yet: {called}.", *_shown(exercise, arguments), fault]
            known = _misconception(exercise, answer)
            if known:
                lines.append(known)
            if exercise.hints:
                lines.append(f'hint("{exercise.name}") helps, one hint a call.')
            return Report(False, "\n".join(lines))
    tried = f"right in all {len(exercise.cases)} cases" if len(exercise.cases) > 1 else "right"
    keeping = f' keep("{exercise.name}", {called}) saves it for notebook 11.' if exercise.piece else ""
    return Report(True, f"✓ {called} is {tried}.{keeping}")


def difference(came, right, where=""):
    """Return in words how an outcome differs from the right one; None where they agree, up to rounding."""
    if isinstance(came, Exception):
        return f"It raised {type(came).__name__}: {came}"
    if right is not None and (came is None or came is ...):
        nothing = "nothing yet" if came is ... else "nothing (is return missing?)"
        return f"Returned{where}: {nothing}. Expected{where}: {_described(right)}"
    if isinstance(right, dict):
        if not isinstance(came, dict):
            keys = ", ".join(map(str, right))
            return f"Returned{where}: {_described(came)}\nExpected{where}: a dictionary with {keys}"
        missing = [key for key in right if key not in came]
        if missing:
            return f"The dictionary{where} has no {missing[0]!r}; expected {', '.join(map(repr, right))}."
        return _first(difference(came[key], right[key], f"{where} [{key!r}]") for key in right)
    if isinstance(right, tuple | list) and not _numeric(right):
        if not isinstance(came, tuple | list) or len(came) != len(right):
            return f"Returned{where}: {_described(came)}\nExpected{where}: {len(right)} values, one after the other"
        return _first(difference(a, b, f"{where} [{i}]") for i, (a, b) in enumerate(zip(came, right)))
    if _same(came, right):
        return None
    return f"Returned{where}: {_described(came)}\nExpected{where}: {_described(right)}"


def in_words(shape):
    """Return a shape as a reader would say it: (3, 5) is 3 rows, 5 columns."""
    names = {0: (), 1: ("number",), 2: ("row", "column")}.get(len(shape))
    if names is None:
        return " × ".join(map(str, shape))
    if names == ("number",):
        return f"{_counted(shape[0], 'number')} in one flat row"
    return ", ".join(_counted(n, name) for n, name in zip(shape, names)) or "one number"


def _counted(n, name):
    return f"{n} {name}" if n == 1 else f"{n} {name}s"


def _outcome(exercise, answer, arguments):
    """What comes out; an exception if one is raised, since a learner's code may do anything."""
    try:
        with np.errstate(all="ignore"):
            return exercise.run(answer, *arguments)
    except Exception as error:
        return error


def _misconception(exercise, answer):
    """The sentence of the known mistake that does in every case what the learner's answer does."""
    for mistake in exercise.mistakes:
        with redirect_stdout(io.StringIO()):  # what the learner's code prints has been seen by now
            pairs = [
                [_outcome(exercise, each, copy.deepcopy(arguments)) for each in (answer, mistake.answer)]
                for arguments in exercise.cases
            ]
        if all(_alike(*pair) for pair in pairs):
            return mistake.says
    return None


def _alike(came, wrong):
    if isinstance(came, Exception) or isinstance(wrong, Exception):
        # The text of these two says what was done; others depend on the operation, or on the learner's names.
        telling = isinstance(came, KeyError | TypeError)
        return type(came) is type(wrong) and (str(came) == str(wrong) or not telling)
    return difference(came, wrong) is None


def _shown(exercise, arguments):
    """The arguments of a case as lines of text, by the names that they have in the right answer."""
    for name, value in zip(_argument_names(exercise), arguments):
        yield f"For {name} = {_described(value)}"


def _argument_names(exercise):
    names = list(inspect.signature(exercise.run).parameters)[1:]
    by_answer = names == ["arguments"] and callable(exercise.answer)
    return list(inspect.signature(exercise.answer).parameters) if by_answer else names


def _described(value):
    """A value as text, with its shape in words where it has one."""
    if callable(value):
        return getattr(value, "__name__", repr(value))
    if isinstance(value, dict):
        entries = [f"{key!r}: {_described(each)}" for key, each in value.items()]
        return "{" + (",\n " if any("\n" in each for each in entries) else ", ").join(entries) + "}"
    if isinstance(value, tuple | list) and not (value and _numeric(value)):
        return "[" + ", ".join(map(_described, value)) + "]"
    if not _numeric(value):
        return repr(value)
    array = np.asarray(value)
    text = np.array2string(array, precision=4, suppress_small=True, threshold=60)
    shape = f"shape {array.shape}, {in_words(array.shape)}"
    return text if array.ndim == 0 else f"{text}, {shape}" if array.ndim == 1 else f"{shape}\n{text}"


def _numeric(value):
    try:
        return np.asarray(value).dtype.kind in "biuf"
    except ValueError:  # lists of unequal length
        return False


def _same(came, right):
    if not _numeric(right):
        return type(came) is type(right) and came == right
    if not _numeric(came) or np.shape(came) != np.shape(right):
        return False
    return np.allclose(came, right, rtol=1e-6, atol=1e-9, equal_nan=True)


def _first(faults):
    return next((fault for fault in faults if fault is not None), None)


def _unknown(name):
    near = get_close_matches(str(name), EXERCISES, n=1)
    return f"There is no exercise {name!r}. " + (f"Did you mean {near[0]!r}?" if near else "Choose one of EXERCISES.")
