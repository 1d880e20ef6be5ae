"""Wrong answers that learners give to the exercises of notebook 3, each with what its message must say."""

import math

import numpy as np


def stub(layer_sizes, rng):
    parameters = {}
    for l in range(1, len(layer_sizes)):
        parameters[f"W{l}"] = np.zeros((layer_sizes[l], layer_sizes[l - 1]))
        parameters[f"b{l}"] = np.zeros((layer_sizes[l], 1))
    return parameters


def from_columns_to_rows(layer_sizes, rng):
    parameters = {}
    for l in range(1, len(layer_sizes)):
        n_in, n_out = layer_sizes[l - 1], layer_sizes[l]
        parameters["W" + str(l)] = rng.standard_normal(size=(n_in, n_out)) * math.sqrt(2 / n_in)
        parameters["b" + str(l)] = np.zeros((n_out, 1))
    return parameters


def not_scaled(layer_sizes, rng):
    parameters = {}
    for l, n in enumerate(layer_sizes[1:], 1):
        parameters[f"W{l}"] = rng.normal(size=(n, layer_sizes[l - 1]))
        parameters[f"b{l}"] = np.zeros((n, 1))
    return parameters


def variance_for_spread(layer_sizes, rng):
    parameters = {}
    for l, n in enumerate(layer_sizes[1:], 1):
        parameters[f"W{l}"] = rng.normal(0, 2 / layer_sizes[l - 1], (n, layer_sizes[l - 1]))
        parameters[f"b{l}"] = np.zeros((n, 1))
    return parameters


def without_the_two(layer_sizes, rng):
    parameters = {}
    for l, n in enumerate(layer_sizes[1:], 1):
        parameters[f"W{l}"] = rng.standard_normal((n, layer_sizes[l - 1])) / np.sqrt(layer_sizes[l - 1])
        parameters[f"b{l}"] = np.zeros((n, 1))
    return parameters


def size_of_its_own_layer(layer_sizes, rng):
    parameters = {}
    for l, n in enumerate(layer_sizes[1:], 1):
        parameters[f"W{l}"] = np.sqrt(2 / n) * rng.standard_normal((n, layer_sizes[l - 1]))
        parameters[f"b{l}"] = np.zeros((n, 1))
    return parameters


def drawn_biases(layer_sizes, rng):
    parameters = {}
    for l, n in enumerate(layer_sizes[1:], 1):
        parameters[f"W{l}"] = np.sqrt(2 / layer_sizes[l - 1]) * rng.standard_normal((n, layer_sizes[l - 1]))
        parameters[f"b{l}"] = rng.standard_normal((n, 1))
    return parameters


def flat_biases(layer_sizes, rng):
    parameters = {}
    for l, n in enumerate(layer_sizes[1:], 1):
        parameters[f"W{l}"] = np.sqrt(2 / layer_sizes[l - 1]) * rng.standard_normal((n, layer_sizes[l - 1]))
        parameters[f"b{l}"] = np.array([0.0] * n)
    return parameters


def only_positive(layer_sizes, rng):
    parameters = {}
    for l, n in enumerate(layer_sizes[1:], 1):
        parameters[f"W{l}"] = np.sqrt(2 / layer_sizes[l - 1]) * rng.random((n, layer_sizes[l - 1]))
        parameters[f"b{l}"] = np.zeros((n, 1))
    return parameters


def stops_too_early(layer_sizes, rng):
    parameters = {}
    for l in range(1, len(layer_sizes) - 1):
        n_in, n_out = layer_sizes[l - 1], layer_sizes[l]
        parameters[f"W{l}"] = np.sqrt(2 / n_in) * rng.standard_normal((n_out, n_in))
        parameters[f"b{l}"] = np.zeros((n_out, 1))
    return parameters


def counts_from_zero(layer_sizes, rng):
    parameters = {}
    for l in range(len(layer_sizes) - 1):
        n_in, n_out = layer_sizes[l], layer_sizes[l + 1]
        parameters[f"W{l}"] = np.sqrt(2 / n_in) * rng.standard_normal((n_out, n_in))
        parameters[f"b{l}"] = np.zeros((n_out, 1))
    return parameters


def seed_of_its_own(layer_sizes, rng):
    rng, parameters = np.random.default_rng(1), {}
    for l, n in enumerate(layer_sizes[1:], 1):
        parameters[f"W{l}"] = np.sqrt(2 / layer_sizes[l - 1]) * rng.standard_normal((n, layer_sizes[l - 1]))
        parameters[f"b{l}"] = np.zeros((n, 1))
    return parameters


def limit_is_spread(n_in, n_out, rng):
    r = (2 / (n_in + n_out)) ** 0.5
    return rng.uniform(low=-r, high=r, size=(n_out, n_in))


def no_root(n_in, n_out, rng):
    r = 6 / (n_in + n_out)
    return rng.uniform(-r, r, (n_out, n_in))


def one_row_per_input(n_in, n_out, rng):
    r = np.sqrt(6 / (n_in + n_out))
    return (2 * rng.random((n_in, n_out)) - 1) * r


def from_zero_up(n_in, n_out, rng):
    return np.sqrt(6 / (n_in + n_out)) * rng.random((n_out, n_in))


def bell(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(6 / (n_in + n_out)), (n_out, n_in))


WRONG = {
    "initialize": [
        (stub, "stay equal for ever"),
        (from_columns_to_rows, "wrong way round"),
        (not_scaled, "not scaled"),
        (variance_for_spread, "is the variance"),
        (without_the_two, "He's 2 makes up for it"),
        (size_of_its_own_layer, "how many values each one adds up"),
        (drawn_biases, "biases are drawn"),
        (flat_biases, "biases are flat"),
        (only_positive, "no weight is negative"),
        (stops_too_early, "last layer is missing"),
        (counts_from_zero, "counted from 1"),
        (seed_of_its_own, "comes from the rng"),
    ],
    "level": [
        (("xavier", "xavier"), "as ReLU does"),
        (["he", "he"], "one too many"),
        (("xavier", "he"), "swapped"),
        (("random", "too large"), "is not right"),
    ],
    "glorot_uniform": [
        (limit_is_spread, "√3 times its spread"),
        (no_root, "square root of r is missing"),
        (one_row_per_input, "wrong way round"),
        (from_zero_up, "no weight is negative"),
        (bell, "normal distribution"),
    ],
}
