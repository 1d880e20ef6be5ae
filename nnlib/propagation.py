"""Forward and backward propagation, as pure functions over a dictionary of parameters (Parts 4 and 6 of the source)."""

import numpy as np

from nnlib.activations import check_activations, get_activation
from nnlib.losses import check_loss, output_error
from nnlib.validation import as_float, check_array, check_arrays, check_columns, check_finite, without_overflow_warnings


@without_overflow_warnings
def forward_propagation(X, parameters, activations, *, masks=None):
    """Send `X` through the layers: Z^[l] = W^[l] A^[l−1] + b^[l], A^[l] = g(Z^[l]).

    `X` is (n0, m), one column per sample; `activations` names g for each layer, input excluded. Returns (A^[L], cache),
    where A^[L] is (n_L, m) and the cache holds A0, Z1, A1, … for the backward pass. `masks`, from `dropout_masks`,
    holds D1, D2, … by which the hidden activations are multiplied; they stay in the cache too.
    Raises ValueError for inputs or activations that do not fit, and for layers that do not fit each other.
    """
    _check_layers(parameters, activations)
    A = check_columns(X, parameters["W1"].shape[1])
    cache = {"A0": A} | _check_masks(masks, parameters, A)
    for l, activation in enumerate(activations, start=1):
        W, b = _layer(parameters, l, A)
        Z = W @ A + b
        A = get_activation(activation).function(Z)
        if f"D{l}" in cache:
            A = A * cache[f"D{l}"]
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


@without_overflow_warnings
def backward_propagation(Y, cache, parameters, activations, *, loss=None):
    """Send the error back through the layers and return the gradients `dW1`, `db1`, …, shaped like the parameters.

    `Y` is (n_L, m); `cache` comes from `forward_propagation`. `loss` is a name from `LOSSES`; without one it follows
    from the output activation. dW^[l] = dZ^[l] A^[l−1]ᵀ / m, db^[l] = Σ dZ^[l] / m,
    dZ^[l−1] = W^[l]ᵀ dZ^[l] · g′(Z^[l−1]). Raises ValueError for targets or a loss that do not fit the output.
    """
    _check_cache(cache, parameters, activations)
    L, loss = len(activations), check_loss(loss, activations[-1])
    A, Z = cache[f"A{L}"], cache[f"Z{L}"]
    Y = _targets_like(A, Y)
    m = Y.shape[1]
    gradients = {}
    dZ = output_error(Y, A, Z, activations[-1], loss)
    for l in range(L, 0, -1):
        gradients[f"dW{l}"] = dZ @ cache[f"A{l - 1}"].T / m
        gradients[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dA = parameters[f"W{l}"].T @ dZ
            if f"D{l - 1}" in cache:
                dA = dA * cache[f"D{l - 1}"]
            dZ = dA * get_activation(activations[l - 2]).derivative(cache[f"Z{l - 1}"])
    return gradients


def _check_layers(parameters, activations):
    """Raise a ValueError unless there is a known activation for every layer, and a matrix of weights for the first."""
    check_arrays(parameters, "parameters", ["W1"])
    check_activations(activations, (len(parameters) + 1) // 2)
    _check_matrix(parameters["W1"], 1)


def _check_matrix(W, l):
    if np.ndim(W) != 2 or W.size == 0:
        raise ValueError(f"W{l} has shape {np.shape(W)}; expected a row for each neuron of layer {l}.")


def _check_masks(masks, parameters, A):
    """Return the masks of hidden layers, once they are known to be shaped like the activations that they multiply."""
    if masks is None or (isinstance(masks, dict) and not masks):  # without hidden layers there is nothing to mask
        return {}
    check_arrays(masks, "masks")
    for l in range(1, len(parameters) // 2):
        if f"D{l}" in masks:
            check_array(masks[f"D{l}"], f"D{l}", len(parameters[f"W{l}"]), A.shape[1])
    return masks


def _check_cache(cache, parameters, activations):
    """Raise a ValueError unless the cache is that of a forward pass through layers of these shapes."""
    _check_layers(parameters, activations)
    check_arrays(cache, "cache", ["A0"])
    n, m = np.shape(cache["A0"]) if np.ndim(cache["A0"]) == 2 else (0, 0)
    for l in range(1, len(activations) + 1):
        W = parameters.get(f"W{l}")
        check_array(W, f"W{l}", *np.shape(W)[:1], n)
        n = len(W)
        for name in (f"Z{l}", f"A{l}", f"D{l}"):
            if name in cache:
                check_array(cache[name], name, n, m)
            elif name[0] != "D":
                raise ValueError(f"cache has no {name}; expected the cache of forward_propagation.")


def _layer(parameters, l, A):
    """Return W^[l] and b^[l] once their shapes are known to fit the activations that come in."""
    W, b = parameters.get(f"W{l}"), parameters.get(f"b{l}")
    if W is None or b is None:
        layers = range(1, (len(parameters) + 1) // 2 + 1)
        check_arrays(parameters, "parameters", [f"{letter}{l}" for l in layers for letter in "Wb"])
    check_array(W, f"W{l}")
    check_array(b, f"b{l}")
    _check_matrix(W, l)
    if A.shape[0] != W.shape[1]:
        raise ValueError(
            f"layer {l}: A{l - 1} has shape {A.shape}; W{l} {W.shape} expects ({W.shape[1]}, m). "
            f"Give W{l} one column per neuron of layer {l - 1}."
        )
    if np.shape(b) != (len(W), 1):
        raise ValueError(
            f"layer {l}: b{l} has shape {np.shape(b)}; expected ({len(W)}, 1), one bias per row of W{l}. "
            f"Did you mean b{l}.reshape(-1, 1)?"
        )
    return W, b


def _targets_like(A, Y):
    """Return the targets in the precision of the outputs A^[L], once they are known to have their shape."""
    Y = as_float(Y, "Y")
    if Y.shape != A.shape:
        hint = ""
        if Y.size == A.shape[1] and A.shape[0] > 1:
            hint = f" For integer labels use one_hot_encode(y, {A.shape[0]})."
        elif Y.shape == A.shape[::-1]:
            hint = " Did you mean Y.T?"
        elif Y.size == A.size:
            hint = " Did you mean Y.reshape(1, -1)?"
        raise ValueError(f"Y has shape {Y.shape}; expected {A.shape}, like the output layer.{hint}")
    check_finite(Y, "Y")
    return Y.astype(A.dtype, copy=False)
