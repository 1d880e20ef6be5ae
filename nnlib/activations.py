"""Activation functions and their derivatives, and one registry by name (Part 2 of the source document).

Every function takes the pre-activation Z, of any shape, entry by entry (softmax: column by column), and keeps its
precision: float32 in, float32 out. Every derivative takes Z too, never the activation's output. No finite Z gives a
NaN or a warning, in either precision.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from nnlib.validation import as_float, check_choice, check_positive_integer, check_slope, without_overflow_warnings


def sigmoid(z):
    """σ(z) = 1 / (1 + e^−z), between 0 and 1. Same shape as `z`."""
    z = as_float(z, "z")
    e = np.exp(-np.abs(z))  # never above 1, so it cannot overflow; for z < 0, 1 / (1 + e^−z) = e^z / (1 + e^z)
    return np.where(z >= 0, np.ones_like(e), e) / (1 + e)


def sigmoid_derivative(z):
    """σ′(z) = σ(z) (1 − σ(z)), at most 1/4, at z = 0. Same shape as `z`."""
    s = sigmoid(z)
    return s * (1 - s)


def tanh(z):
    """tanh(z) = (e^z − e^−z) / (e^z + e^−z), between −1 and 1. Same shape as `z`."""
    return np.tanh(as_float(z, "z"))


def tanh_derivative(z):
    """tanh′(z) = 1 − tanh²(z), at most 1, at z = 0. Same shape as `z`."""
    return 1 - tanh(z) ** 2


def relu(z):
    """ReLU(z) = max(0, z). Same shape as `z`. (Nair and Hinton, 2010)"""
    return np.maximum(0, as_float(z, "z"))


def relu_derivative(z):
    """1 where z > 0, else 0. At z = 0, where the slope jumps, 0 by convention. Same shape as `z`."""
    z = as_float(z, "z")
    return (z > 0).astype(z.dtype)


def leaky_relu(z, alpha=0.01):
    """z where z > 0, else αz, with a small slope α for negative z. Same shape as `z`. (Maas et al., 2013)"""
    z = as_float(z, "z")
    return np.maximum(z, 0) + check_slope(alpha) * np.minimum(z, 0)


def leaky_relu_derivative(z, alpha=0.01):
    """1 where z > 0, else α. Same shape as `z`."""
    step = relu_derivative(z)
    return step + check_slope(alpha) * (1 - step)


def elu(z, alpha=1.0):
    """z where z > 0, else α (e^z − 1): smooth at 0 if α = 1, never below −α (Clevert et al., 2016). Shaped like `z`."""
    z = as_float(z, "z")
    return np.maximum(z, 0) + check_slope(alpha) * np.expm1(np.minimum(z, 0))


def elu_derivative(z, alpha=1.0):
    """1 where z > 0, else α e^z. Same shape as `z`."""
    step = relu_derivative(z)
    return step + check_slope(alpha) * np.exp(np.minimum(as_float(z, "z"), 0)) * (1 - step)


def linear(z):
    """z itself: the output of a regression, where nothing is squashed."""
    return +as_float(z, "z")


def linear_derivative(z):
    """1 everywhere. Same shape as `z`."""
    return np.ones_like(as_float(z, "z"))


@without_overflow_warnings
def softmax(z):
    """e^(z_i) / Σ_j e^(z_j) over axis 0, the classes: each column becomes probabilities that sum to 1.

    `z` is (n, m), one column per sample, or (n,) for one sample; same shape back. Its derivative is a Jacobian, not
    an entry-by-entry function, so softmax stands only at the output, with categorical cross-entropy.
    """
    z = _with_classes(z)
    e = np.exp(z - np.max(z, axis=0, keepdims=True))  # a gap beyond the largest float is −∞, and e^−∞ = 0 is right
    return e / np.sum(e, axis=0, keepdims=True)


class Activation(NamedTuple):
    """A function and its derivative, both of Z. `derivative` is None for softmax."""

    function: Callable
    derivative: Callable | None


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, sigmoid_derivative),
    "tanh": Activation(tanh, tanh_derivative),
    "relu": Activation(relu, relu_derivative),
    "leaky_relu": Activation(leaky_relu, leaky_relu_derivative),
    "elu": Activation(elu, elu_derivative),
    "linear": Activation(linear, linear_derivative),
    "softmax": Activation(softmax, None),
}


def check_activations(activations, n_layers):
    """Return the names of the layers' activations as a list, one per layer, input excluded.

    Raises ValueError for another number of names, an unknown name, or softmax in a hidden layer.
    """
    n_layers = check_positive_integer(n_layers, "n_layers")
    listed = isinstance(activations, Sequence | np.ndarray) and not isinstance(activations, str)
    if not listed or len(activations) != n_layers:
        raise ValueError(
            f"activations is {activations!r}; expected a list with one name per layer, input excluded: {n_layers} here."
        )
    for l, name in enumerate(activations, start=1):
        if get_activation(name).derivative is None and l < n_layers:
            raise ValueError(
                f"softmax is the activation of hidden layer {l}; it stands only at the output. Use 'relu' there."
            )
    return [str(name) for name in activations]


def get_activation(name):
    """Return the `Activation` of that name. Raises ValueError, with the nearest valid name, if there is none."""
    return ACTIVATIONS[check_choice(name, ACTIVATIONS, "activation")]


def _with_classes(z):
    z = as_float(z, "z")
    if z.ndim == 0 or len(z) == 0:
        raise ValueError(f"z has shape {z.shape}; expected (n, m) or (n,), with a score for each class.")
    return z
