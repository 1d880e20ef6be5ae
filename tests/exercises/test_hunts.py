"""Bug hunts: each network learns, the gradient check fails where the planted line reaches, and mending it is enough."""

import inspect
from types import SimpleNamespace

import numpy as np
import pytest

from nnlib import check_loss, forward_propagation, get_loss, gradient_check, initialize_parameters
from nnlib.exercises import EXERCISES, hunt, show_hunt
from nnlib.exercises import hunts as module
from nnlib.gradient_check import compare_gradients, numerical_gradients

TANH, DEEP = (["tanh", "sigmoid"], None), (["tanh", "tanh", "sigmoid"], None)
PLANTED = {
    1: SimpleNamespace(
        sizes=[2, 8, 1], task=TANH, reaches={"W1", "b1"}, wrong='np.tanh(cache["A1"])', right='np.tanh(cache["Z1"])'
    ),
    2: SimpleNamespace(sizes=[2, 8, 1], task=TANH, reaches={"W2"}, wrong='cache["Z1"].T', right='cache["A1"].T'),
    3: SimpleNamespace(
        sizes=[2, 6, 6, 1], task=DEEP, reaches={"W1", "b1", "W2", "b2"}, wrong='f"Z{l}"', right='f"Z{l - 1}"'
    ),
    4: SimpleNamespace(
        sizes=[2, 8, 1],
        task=(["tanh", "sigmoid"], "mse"),
        reaches={"W1", "b1", "W2", "b2"},
        wrong='cache[f"A{L}"] - Y',
        right='2 * (cache[f"A{L}"] - Y) * get_activation(activations[-1]).derivative(cache[f"Z{L}"])',
    ),
}


@pytest.fixture(params=PLANTED)
def number(request):
    return request.param


@pytest.fixture
def planted(number):
    return PLANTED[number]


@pytest.fixture
def circle():
    """200 points in a square, and which of them lie inside a circle."""
    X = np.random.default_rng(0).uniform(-1, 1, (2, 200))
    return X, (X[:1] ** 2 + X[1:] ** 2 < 0.5).astype(float)


def losses_during_training(backward, X, Y, sizes, activations, loss, steps=400):
    parameters, losses = initialize_parameters(sizes, rng=1), []
    measure = get_loss(check_loss(loss, activations[-1]))
    for _ in range(steps):
        A, cache = forward_propagation(X, parameters, activations)
        losses.append(measure(Y, A))
        gradients = backward(Y, cache, parameters, activations)
        for name, value in parameters.items():
            value -= 0.3 * gradients[f"d{name}"]
    return losses


def small_task(planted, circle):
    """Five samples, and parameters whose biases are not 0."""
    X, Y = circle
    rng = np.random.default_rng(1)
    drawn = initialize_parameters(planted.sizes, rng=1)
    parameters = {name: value + 0.3 * rng.normal(size=value.shape) for name, value in drawn.items()}
    return X[:, :5], Y[:, :5], parameters, planted.task


def test_it_learns(number, planted, circle):
    losses = losses_during_training(hunt(number), *circle, planted.sizes, *planted.task)
    assert losses[-1] < 0.9 * losses[0]
    assert np.all(np.diff(losses[::50]) < 0)


def test_gradient_check_fails_where_the_line_reaches(number, planted, circle):
    X, Y, parameters, (activations, loss) = small_task(planted, circle)
    measure = get_loss(check_loss(loss, activations[-1]))
    numerical = numerical_gradients(lambda p: measure(Y, forward_propagation(X, p, activations)[0]), parameters)
    cache = forward_propagation(X, parameters, activations)[1]
    analytic = hunt(number)(Y, cache, parameters, activations)
    failed = {name for name in numerical if not compare_gradients(analytic, {name: numerical[name]}).passed}
    assert failed == {f"d{name}" for name in planted.reaches}


def test_mending_that_one_line_is_enough(number, planted, circle):
    X, Y, parameters, (activations, loss) = small_task(planted, circle)
    source = inspect.getsource(hunt(number))
    mended = source.replace(planted.wrong, planted.right)
    changed = [i for i, (a, b) in enumerate(zip(source.splitlines(), mended.splitlines()), start=1) if a != b]
    assert changed == [EXERCISES[f"hunt_{number}"].answer]
    world = dict(vars(module))
    exec(mended, world)
    backward = world[hunt(number).__name__]
    assert not gradient_check(X, Y, parameters, activations, loss=loss, backward=hunt(number)).passed
    assert gradient_check(X, Y, parameters, activations, loss=loss, backward=backward).passed


def test_what_is_said_of_a_right_line_is_said_of_a_line_that_is_there(number):
    lines = len(inspect.getsource(hunt(number)).splitlines())
    said = [mistake.answer for mistake in EXERCISES[f"hunt_{number}"].mistakes]
    assert len(said) == len(set(said)) and set(said) <= set(range(1, lines + 1))


def test_lines_are_shown_with_their_numbers(number, planted, monkeypatch):
    shown = []
    monkeypatch.setattr(module, "display", lambda data, raw: shown.append(data["text/markdown"]))
    show_hunt(number)
    line = next(line for line in shown[0].splitlines() if planted.wrong in line)
    assert int(line.split()[0]) == EXERCISES[f"hunt_{number}"].answer


def test_unknown_hunt_is_refused():
    with pytest.raises(ValueError, match="choose one of: 1, 2, 3, 4"):
        hunt(5)
