"""Every public function with its arguments in other guises, and with wrong ones: the right result or a clear error.

`CALLS` holds a valid call of each. A guise has the same values, so the result must be the same; a wrong value must be
refused in one sentence that names the argument and what was expected, or the result must be that of the call's oracle.
No call may change what it is given, or warn.
"""

import inspect
import re
import traceback
import warnings
from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.text import Text

import nnlib
from nnlib import exercises, explorers
from nnlib.exercises.questions import QuestionBox
from nnlib.explorers.base import Explorer
from nnlib.mnist_files import DataError
from tests.trust.calls import CALLS, Printed
from tests.trust.disguises import Guise

PACKAGE = Path(nnlib.__file__).parent


EXPECTATION = re.compile(
    r"expected|[Dd]id you mean|[Cc]hoose one of|needs|\b[Uu]se |[Gg]ive |replace or drop|Put |[Ss]ay |make more"
)


def unclear(error, argument, role):
    """Return why an exception is no clear error about this argument; None if it is one.

    It is clear if a line of nnlib's own raises it, and its message names the argument and what was expected of it.
    """
    place = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    if not isinstance(error, (ValueError, TypeError, DataError)):
        return f"{type(error).__name__} is neither ValueError nor TypeError"
    if PACKAGE not in place.parents:
        return f"raised in {place.name}, by nobody of nnlib's"
    return unclear_text(str(error), role or argument)


def unclear_text(text, role):
    if not re.search(rf"\b({role})\b", text):
        return f"does not name {role}"
    return None if EXPECTATION.search(text) else f"does not say what was expected: {text}"


def outcome(function, arguments):
    """Return (result, None) of a call, or (None, the exception); a warning is an exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", nnlib.DivergenceWarning)
        try:
            return plain(function(**arguments)), None
        except Exception as error:
            return None, error
        finally:
            plt.close("all")


def plain(result):
    """A result as numbers and texts that can be compared."""
    if isinstance(result, (Axes, Figure)):
        return [plain_artist(artist) for artist in result.findobj(include_self=False)]
    if isinstance(result, nnlib.NeuralNetwork):
        return {"parameters": result.parameters, "history": result.history}
    if isinstance(result, nnlib.Optimizer):
        return result.state()
    if isinstance(result, Explorer):
        return result.readout.value
    if isinstance(result, QuestionBox):
        return [each.question.text for each in result.questions]
    if isinstance(result, dict):
        return {key: plain(value) for key, value in result.items()}
    if isinstance(result, (list, tuple)):
        return [plain(each) for each in result]
    return result


def plain_artist(artist):
    """What an artist of matplotlib shows, and where."""
    parts = {}
    for part in ("xydata", "facecolor", "edgecolor", "linestyle", "array", "offsets"):
        if hasattr(artist, f"get_{part}"):
            shown = getattr(artist, f"get_{part}")()
            parts[part] = np.ma.filled(shown.astype(float), -1) if isinstance(shown, np.ndarray) else shown
    if isinstance(artist, Text):
        parts |= {"text": artist.get_text(), "position": artist.get_position(), "fontsize": artist.get_fontsize()}
    paths = [*artist.get_paths()] if hasattr(artist, "get_paths") and not isinstance(artist, QuadMesh) else []
    paths += [artist.get_path()] if hasattr(artist, "get_path") else []
    return [type(artist).__name__, parts, [path.vertices for path in paths]]


def difference(came, expected, tolerance):
    """Return where two plain results differ; None if they do not."""
    if isinstance(expected, dict):
        if not isinstance(came, dict) or came.keys() != expected.keys():
            return f"{came!r} instead of {expected!r}"
        return first(difference(came[key], expected[key], tolerance) for key in expected)
    if isinstance(expected, list):
        if not isinstance(came, list) or len(came) != len(expected):
            return f"{came!r} instead of {expected!r}"
        return first(difference(a, b, tolerance) for a, b in zip(came, expected))
    if isinstance(expected, (np.ndarray, np.generic, float, int)):
        if np.shape(came) != np.shape(expected):
            return f"shape {np.shape(came)} instead of {np.shape(expected)}"
        if not isinstance(expected, (np.ndarray, np.generic, float)) or np.asarray(expected).dtype.kind in "biufc":
            size = np.max(np.abs(expected), initial=1, where=np.isfinite(expected))
            if np.allclose(came, expected, rtol=tolerance, atol=tolerance * size, equal_nan=True):
                return None
        elif np.array_equal(came, expected):
            return None
        return f"{came!r} instead of {expected!r}"
    return (
        None
        if type(came) is type(expected) and (came == expected or callable(expected))
        else f"{came!r} instead of {expected!r}"
    )


def first(differences):
    return next((each for each in differences if each is not None), None)


def frozen(value):
    """A copy of all bytes of a value, to see whether a call has changed it."""
    if isinstance(value, np.ma.MaskedArray):
        return frozen(value.data), np.ma.getmaskarray(value).tobytes()
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tolist() if value.dtype == object else value.tobytes()
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return value.to_json()
    if isinstance(value, nnlib.NeuralNetwork):
        return frozen(vars(value))
    if isinstance(value, dict):
        return [(key, frozen(each)) for key, each in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value), [frozen(each) for each in value]
    return repr(value) if isinstance(value, (str, int, float, set)) else None


def fault(call, name, label, given):
    """Return what is wrong with what comes of a guise or a wrong value of one argument; None if nothing is."""
    argument, value = call.arguments[name], given.value if isinstance(given, Guise) else given
    arguments = {each: other.make() for each, other in call.arguments.items()} | {name: value}
    before = {each: frozen(other) for each, other in arguments.items()}
    at_first = {each: deepcopy(other) if call.arguments[each].in_place else other for each, other in arguments.items()}
    result, error = outcome(call.function, arguments)
    for each, other in arguments.items():
        if frozen(other) != before[each] and (error or not call.arguments[each].in_place):
            return f"changed {each}"
    if isinstance(given, Guise):
        others = {each: other.make() for each, other in call.arguments.items()}
        expected, refusal = outcome(call.function, others | {name: deepcopy(given.plain)})
        if error is None:
            return f"the plain call refuses: {refusal}" if refusal else difference(result, expected, given.tolerance)
        if given.accepted and refusal is None:
            return f"refused: {error}"
    if isinstance(result, Printed) and label not in argument.harmless:
        return unclear_text(result, argument.role or name)
    if error is not None:
        why = unclear(error, name, argument.role)
        return why and f"{why}: {type(error).__name__}: {error}"
    if label in argument.harmless:
        return None
    if "1e300" in label and call.oracle is None:
        return "NaN" if has_nan(result) else None
    if call.oracle is None or not judged_by_oracle(value):
        return f"returned {result!r}"
    return difference(result, plain(call.oracle(**at_first)), 1e-6)


def has_nan(result):
    """Whether a plain result has NaN anywhere: too large a number may end as infinite, but not as nothing."""
    if isinstance(result, dict):
        return any(map(has_nan, result.values()))
    if isinstance(result, list):
        return any(map(has_nan, result))
    return (
        isinstance(result, (np.ndarray, float))
        and np.asarray(result).dtype.kind == "f"
        and bool(np.isnan(result).any())
    )


def judged_by_oracle(value):
    """Whether a wrong value is nothing but real numbers."""
    if isinstance(value, dict) and value:
        return all(map(judged_by_oracle, value.values()))
    masked = isinstance(value, np.ma.MaskedArray)
    return isinstance(value, (np.ndarray, float, int)) and not masked and np.asarray(value).dtype.kind in "biuf"


def cases_of(call):
    """Every guise and every wrong value of every argument."""
    for name, argument in call.arguments.items():
        for label, given in (argument.guises | argument.wrong).items():
            yield name, label, given


# What draws, and what takes seconds: without --trials some cases of each, the same every time.
SLOW = {name for name in CALLS if re.search(r"\.(draw_(?!strokes)|plot_|prediction_explorer)", name)}
SAMPLE = 10

# Names without a call of their own, or whose arguments others try.
APART = {
    "nnlib": {
        "constants": "ACTIVATIONS DIAGRAM DIVERGING INIT_METHODS KERNELS LOSSES NEGATIVE NEUTRAL OPTIMIZERS POSITIVE "
        "SCHEDULES SURFACES",
        "types that hold what they are given": "Activation Convolution DataError Dataset Dense DivergenceWarning "
        "Flatten GradientCheck MaxPooling",
        "checked by ConvNet, which asks its layers": "Convolution.output_shape Convolution.parameter_shapes "
        "Dense.output_shape Dense.parameter_shapes Flatten.output_shape MaxPooling.output_shape",
        "the base of the four optimizers": "Optimizer Optimizer.restore Optimizer.state Optimizer.step "
        "Optimizer.update",
        "without arguments": "Adam.state GradientDescent.state Momentum.state RMSProp.state",
        "called by step, which has checked": "Adam.update GradientDescent.update Momentum.update RMSProp.update",
        "called by fit, which has checked": "train",
        "tried with whole and with damaged files": "ConvNet.load ConvNet.save NeuralNetwork.load NeuralNetwork.save",
    },
    "explorers": {
        "constants": "EXPLORERS",
        "without arguments": "activation_explorer architecture_explorer backprop_stepper convolution_explorer "
        "draw_digit example_images forward_stepper learning_rate_explorer load_digit_network loss_explorer "
        "neuron_explorer playground_explorer softmax_explorer vanishing_gradient_explorer",
    },
    "exercises": {
        "constants": "EXERCISES",
        "types that hold what they are given": "Exercise Mistake Report",
        "without arguments": "kept_file missing_pieces pieces show_pieces",
    },
}


def public_names(module):
    """Every public name, and every public method that a class of nnlib's has."""
    for name in module.__all__:
        value = getattr(module, name)
        yield name
        if inspect.isclass(value):
            methods = inspect.getmembers(value, callable)
            ours = [method for method, each in methods if str(getattr(each, "__module__", "")).startswith("nnlib")]
            yield from (f"{name}.{method}" for method in ours if not method.startswith("_"))


@pytest.mark.parametrize("module", [nnlib, explorers, exercises], ids=lambda module: module.__name__)
def test_every_public_name_has_a_call_or_stands_apart(module):
    place = module.__name__.rpartition(".")[2]
    apart = " ".join(APART[place].values()).split()
    called = [name.partition(".")[2] for name in CALLS if name.startswith(f"{place}.")]
    assert sorted([*called, *apart]) == sorted(public_names(module))


@pytest.fixture(autouse=True)
def without_files_of_mine(monkeypatch, tmp_path):
    """No MNIST, no downloads, and no piece that a learner kept."""
    monkeypatch.setenv("NNLIB_DATA", "digits")
    monkeypatch.setenv("NNLIB_KEPT", str(tmp_path / "kept.py"))


@pytest.mark.parametrize("name", CALLS)
def test_right_result_or_clear_error(name, trials):
    call, cases = CALLS[name], list(cases_of(CALLS[name]))
    if name in SLOW:
        order = np.random.default_rng([2026, *name.encode()]).permutation(len(cases))
        cases = [cases[i] for i in order[: trials(SAMPLE)]]
    faults = {(argument, label): fault(call, argument, label, given) for argument, label, given in cases}
    assert {case: why for case, why in faults.items() if why} == {}
