"""Wrong answers to the exercises of notebook 6 and to all bug hunts, each with what its message must say."""

import numpy as np

from nnlib import forward_propagation
from nnlib.exercises.backward import PARAMETERS, X, Y

A1 = np.tanh(PARAMETERS["W1"] @ X + PARAMETERS["b1"])
A2, CACHE = forward_propagation(X, PARAMETERS, ["relu", "sigmoid"])


def without_m(Y, cache, parameters, derivatives):
    gradients, l = {}, len(derivatives) + 1
    dZ = cache[f"A{l}"] - Y
    while l > 0:
        gradients[f"dW{l}"] = np.dot(dZ, cache[f"A{l - 1}"].T)
        gradients[f"db{l}"] = np.sum(dZ, axis=1).reshape(-1, 1)
        l -= 1
        if l:
            dZ = np.dot(parameters[f"W{l + 1}"].T, dZ) * derivatives[l - 1](cache[f"Z{l}"])
    return gradients


def backward(Y, cache, parameters, derivatives, at="Z", back=lambda W: W.T, sideways=lambda A: A.T, m=None):
    gradients, l = {}, len(derivatives) + 1
    dZ = cache[f"A{l}"] - Y
    m = m or dZ.shape[1]
    for each in range(l, 0, -1):
        gradients[f"dW{each}"] = np.dot(dZ, sideways(cache[f"A{each - 1}"])) / m
        gradients[f"db{each}"] = dZ.sum(axis=1)[:, None] / m
        if each > 1:
            dZ = derivatives[each - 2](cache[f"{at}{each - 1}"]) * np.dot(back(parameters[f"W{each}"]), dZ)
    return gradients


def divided_twice(Y, cache, parameters, derivatives):
    return {name: value / Y.shape[1] for name, value in backward(Y, cache, parameters, derivatives).items()}


def slope_at_A(*arguments):
    return backward(*arguments, at="A")


def weights_not_turned(*arguments):
    return backward(*arguments, back=lambda W: W)


def activations_not_turned(*arguments):
    return backward(*arguments, sideways=lambda A: A)


def rows_for_samples(Y, *arguments):
    return backward(Y, *arguments, m=len(Y))


def flat_biases(*arguments):
    return {name: value.ravel() if "b" in name else value for name, value in backward(*arguments).items()}


def biases_over_neurons(Y, cache, parameters, derivatives):
    gradients = {}
    dZ = cache[f"A{len(derivatives) + 1}"] - Y
    for l in reversed(range(1, len(derivatives) + 2)):
        gradients[f"dW{l}"] = dZ @ cache[f"A{l - 1}"].T / Y.shape[1]
        gradients[f"db{l}"] = np.sum(dZ, axis=0, keepdims=True) / Y.shape[1]
        if l > 1:
            dZ = parameters[f"W{l}"].T @ dZ * derivatives[l - 2](cache[f"Z{l - 1}"])
    return gradients


def named_like_parameters(*arguments):
    return {name[1:]: value for name, value in backward(*arguments).items()}


def one_after_the_other(*arguments):
    return tuple(backward(*arguments).values())


def turned_signs(*arguments):
    return {name: -value for name, value in backward(*arguments).items()}


def two_layers(Y, cache, parameters, derivatives):
    m = Y.shape[1]
    dZ2 = cache["A2"] - Y
    dZ1 = (parameters["W2"].T @ dZ2) * derivatives[0](cache["Z1"])
    gradients = {"dW2": dZ2 @ cache["A1"].T / m, "db2": dZ2.sum(axis=1, keepdims=True) / m}
    return gradients | {"dW1": dZ1 @ cache["A0"].T / m, "db1": dZ1.sum(axis=1, keepdims=True) / m}


def error_not_through_W(Y, cache, parameters, derivatives):
    gradients, m = {}, Y.shape[1]
    dZ = cache[f"A{len(derivatives) + 1}"] - Y
    for l in range(len(derivatives) + 1, 0, -1):
        gradients |= {f"dW{l}": dZ @ cache[f"A{l - 1}"].T / m, f"db{l}": dZ.sum(axis=1, keepdims=True) / m}
        if l > 1:
            dZ = dZ * derivatives[l - 2](cache[f"Z{l - 1}"])
    return gradients


def cache_changed(Y, cache, parameters, derivatives):
    right = backward(Y, cache, parameters, derivatives)
    cache[f"A{len(derivatives) + 1}"] -= Y
    return right


def tanh_error(dZ2, slope):
    return PARAMETERS["W2"].T @ dZ2 * slope


TANH_DZ2 = forward_propagation(X, PARAMETERS, ["tanh", "sigmoid"])[0] - Y

WRONG = {
    "tanh_error": [
        (tanh_error(TANH_DZ2, 1 - np.tanh(A1) ** 2), "slope is taken at A1"),
        (tanh_error(A2 - Y, 1 - A1**2), "run the forward pass with tanh first"),
        (tanh_error(A2 - Y, CACHE["Z1"] > 0), "with the ReLU's mask"),
        (tanh_error(TANH_DZ2, 1 - A1), "square is missing"),
        (tanh_error(TANH_DZ2, 1), "That is dA1"),
    ],
    "backward": [
        (without_m, "1/m is missing"),
        (divided_twice, "Divided by m twice"),
        (slope_at_A, "taken at A"),
        (weights_not_turned, "rows of W"),
        (activations_not_turned, "lines up samples with samples"),
        (rows_for_samples, "m counts outputs"),
        (flat_biases, "db is flat"),
        (biases_over_neurons, "summed over the neurons"),
        (named_like_parameters, "names of the parameters"),
        (one_after_the_other, "a dictionary with dW"),
        (turned_signs, "Every sign is turned"),
        (two_layers, "written for two layers"),
        (error_not_through_W, "not sent back through the weights"),
        (cache_changed, "changed what was handed to it"),
    ],
    "hunt_1": [(8, "dZ1 comes from an earlier line"), (3, "first error is A − Y"), (6, "the same weights, turned")],
    "hunt_2": [(7, "taken at Z1"), (3, "b2 would be wrong too"), (8, "input of layer 1 is A0")],
    "hunt_3": [(10, "has the index l − 2"), (9, "What becomes of it next?"), (4, "nothing wrong with layer 3")],
    "hunt_4": [(11, "slope of its own layer"), (6, "comes from an earlier line"), (10, "has the index l − 2")],
}
