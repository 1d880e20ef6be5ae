"""Forward and backward propagation, as pure functions over a dictionary of parameters (Parts 4 and 6 of the source)."""

import numpy as np

from nnlib.activations import get_activation
from nnlib.losses import check_loss, output_error


def forward_propagation(X, parameters, activations):
    """Send `X` through the layers: Z^[l] = W^[l] A^[l−1] + b^[l], A^[l] = g(Z^[l]).

    `X` is (n0, m), one column per sample; `activations` names g for each layer, input excluded. Returns (A^[L], cache),
    where A^[L] is (n_L, m) and the cache holds A0, Z1, A1, … for the backward pass.
    Raises ValueError for shapes that do not fit, naming the layer.
    """
    if len(parameters) != 2 * len(activations):
        raise ValueError(
            f"{len(activations)} activations for {len(parameters) // 2} layers of weights; "
            "expected one activation per layer, input excluded."
        )
    A = np.asarray(X)
    cache = {"A0": A}
    for l, activation in enumerate(activations, start=1):
        W, b = _layer(parameters, l, A)
        Z = W @ A + b
        A = get_activation(activation).function(Z)
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def backward_propagation(Y, cache, parameters, activations, *, loss=None):
    """Send the error back through the layers and return the gradients `dW1`, `db1`, …, shaped like the parameters.

    `Y` is (n_L, m); `cache` comes from `forward_propagation`. `loss` is a name from `LOSSES`; without one it follows
    from the output activation. dW^[l] = dZ^[l] A^[l−1]ᵀ / m, db^[l] = Σ dZ^[l] / m,
    dZ^[l−1] = W^[l]ᵀ dZ^[l] · g′(Z^[l−1]).
    """
    L = len(activations)
    loss = check_loss(loss, activations[-1])
    A, Z = cache[f"A{L}"], cache[f"Z{L}"]
    Y = np.asarray(Y, A.dtype)
    if Y.shape != A.shape:
        hint = " Did you mean Y.T?" if Y.shape == A.shape[::-1] else ""
        if Y.ndim == 1:
            hint = f" For integer labels use one_hot_encode(y, {A.shape[0]})."
        raise ValueError(f"Y has shape {Y.shape}; expected {A.shape}, like the output layer.{hint}")
    m = Y.shape[1]
    gradients = {}
    dZ = output_error(Y, A, Z, activations[-1], loss)
    for l in range(L, 0, -1):
        gradients[f"dW{l}"] = dZ @ cache[f"A{l - 1}"].T / m
        gradients[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dA = parameters[f"W{l}"].T @ dZ
            dZ = dA * get_activation(activations[l - 2]).derivative(cache[f"Z{l - 1}"])
    return gradients


def _layer(parameters, l, A):
    """Return W^[l] and b^[l] once their shapes are known to fit the activations that come in."""
    W, b = parameters[f"W{l}"], parameters[f"b{l}"]
    if A.ndim != 2 or A.shape[0] != W.shape[1]:
        came = "X" if l == 1 else f"A{l - 1}"
        hint = ""
        if A.ndim == 2 and A.shape[1] == W.shape[1]:
            hint = f" Did you mean {came}.T?"
        elif A.ndim == 1 and A.size == W.shape[1]:
            hint = f" For a single sample, did you mean {came}.reshape(-1, 1)?"
        raise ValueError(
            f"layer {l}: {came} has shape {A.shape}; W{l} {W.shape} expects ({W.shape[1]}, m), "
            f"one column per sample.{hint}"
        )
    return W, b
