"""Is the backward pass right? Compare it with slopes measured on the loss itself (Part 6)."""

from typing import NamedTuple

import numpy as np

from nnlib.losses import check_loss, get_loss
from nnlib.propagation import backward_propagation, forward_propagation
from nnlib.validation import (
    check_arrays,
    check_epsilon,
    check_finite,
    check_function,
    check_number,
    check_numbers,
    without_overflow_warnings,
)


def numerical_gradients(loss_of, parameters, epsilon=1e-5):
    """Return the central difference (J(θ + ε) − J(θ − ε)) / 2ε for every single entry of the parameters.

    `loss_of(parameters)` returns the loss as a number. The result is keyed like `backward_propagation`'s: `dW1`, `db1`,
    …, each shaped like its parameter. It costs two forward passes an entry: a check, not a way to train. `parameters`
    is left alone, and the differences are taken in float64.
    """
    epsilon, nudged = check_epsilon(epsilon), _float64_copies(parameters)
    check_function(loss_of, "loss_of", "a function of the parameters that returns the loss")
    check_numbers(loss_of(nudged), "loss_of(parameters)")
    gradients = {}
    for name, value in nudged.items():
        gradient = np.zeros_like(value)
        for entry in np.ndindex(value.shape):
            here = value[entry]
            value[entry] = here + epsilon
            above = loss_of(nudged)
            value[entry] = here - epsilon
            below = loss_of(nudged)
            value[entry] = here
            gradient[entry] = (above - below) / (2 * epsilon)
        gradients[f"d{name}"] = gradient
    return gradients


class GradientCheck(NamedTuple):
    """The outcome of a gradient check: where backward and numerical gradient differ most, and by how much.

    `relative_error` is |analytic − numerical| at the entry named by `parameter` and `entry`, divided by the largest
    entry of that parameter's two gradients.
    """

    passed: bool
    relative_error: float
    parameter: str
    entry: tuple
    analytic: float
    numerical: float

    def __str__(self):
        place = f"{self.parameter}[{', '.join(map(str, self.entry))}]"
        verdict = "passed" if self.passed else "FAILED"
        return (
            f"gradient check {verdict}: largest relative error {self.relative_error:.1e}, "
            f"at {place} (backward {self.analytic:.6f}, numerical {self.numerical:.6f})"
        )


@without_overflow_warnings
def compare_gradients(analytic, numerical, tolerance=1e-6):
    """Return the `GradientCheck` of two dictionaries of gradients; raise a ValueError unless keys and shapes agree."""
    tolerance = check_number(tolerance, "tolerance", lambda bound: bound >= 0, "a small number such as 1e-6")
    check_arrays(numerical, "numerical")
    check_arrays(analytic, "gradients")
    worst = GradientCheck(True, -1.0, "", (), 0.0, 0.0)
    for name, expected in numerical.items():
        if name not in analytic:
            raise ValueError(f"the gradients have no {name}; expected one for each of {', '.join(numerical)}.")
        given, expected = np.asarray(analytic[name], np.float64), np.asarray(expected, np.float64)
        if given.size == 0 or given.shape != expected.shape:
            raise ValueError(f"{name} has shape {given.shape}; expected {expected.shape}, like its parameter.")
        scale = max(np.abs(given).max(), np.abs(expected).max(), 1e-8)
        error = np.abs(given - expected) / scale
        error[np.isnan(error)] = np.inf
        entry = tuple(int(i) for i in np.unravel_index(np.argmax(error), error.shape))
        if error[entry] > worst.relative_error:
            passed = bool(error[entry] <= tolerance)
            worst = GradientCheck(
                passed, float(error[entry]), name.removeprefix("d"), entry, float(given[entry]), float(expected[entry])
            )
    return worst


def gradient_check(
    X, Y, parameters, activations, *, loss=None, backward=backward_propagation, epsilon=1e-5, tolerance=1e-6
):
    """Compare `backward`'s gradients with central differences of the loss, and name the entry that differs most.

    `X` is (n0, m), `Y` (n_L, m); use a small network and a few samples. All is computed in float64. `backward` takes
    (Y, cache, parameters, activations, loss=…), so that a version of your own can be put to the test.
    Returns a `GradientCheck`; print it for one readable sentence. Where Z is exactly 0, relu has no slope to measure
    and a right backward pass may fail: give biases that are not 0. Raises ValueError for gradients that are missing or
    have another shape than their parameter.
    """
    parameters = _float64_copies(parameters)
    _, cache = forward_propagation(X, parameters, activations)
    loss = check_loss(loss, activations[-1])
    measure = get_loss(loss)
    check_function(backward, "backward", "a function of (Y, cache, parameters, activations, loss=…)")

    def loss_of(nudged):
        return measure(Y, forward_propagation(X, nudged, activations)[0])

    analytic = backward(Y, cache, parameters, activations, loss=loss)
    return compare_gradients(analytic, numerical_gradients(loss_of, parameters, epsilon), tolerance)


def _float64_copies(parameters):
    """Copies of the parameters that small changes show in, once they are known to be finite numbers."""
    check_arrays(parameters, "parameters")
    copies = {name: np.array(value, np.float64) for name, value in parameters.items()}
    for name, value in copies.items():
        check_finite(value, name)
    return copies
