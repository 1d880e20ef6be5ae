"""Wrong answers that learners give to the exercises of notebook 4, each with what its message must say."""

import numpy as np


def no_bias(X, parameters, functions):
    cache = {"A0": X}
    for l in range(1, len(functions) + 1):
        cache[f"Z{l}"] = np.dot(parameters[f"W{l}"], cache[f"A{l - 1}"])
        cache[f"A{l}"] = functions[l - 1](cache[f"Z{l}"])
    return cache[f"A{len(functions)}"], cache


def transposed_weights(X, parameters, functions):
    cache = {"A0": X}
    for l in range(1, len(functions) + 1):
        cache[f"Z{l}"] = parameters[f"W{l}"].T @ cache[f"A{l - 1}"] + parameters[f"b{l}"]
        cache[f"A{l}"] = functions[l - 1](cache[f"Z{l}"])
    return cache[f"A{len(functions)}"], cache


def data_first(X, parameters, functions):
    A, cache = X, {"A0": X}
    for l in range(1, len(functions) + 1):
        Z = np.dot(A, parameters[f"W{l}"]) + parameters[f"b{l}"]
        A = functions[l - 1](Z)
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def bias_without_its_column(X, parameters, functions):
    A, cache = X, {"A0": X}
    for l in range(1, len(functions) + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"][:, 0]
        A = functions[l - 1](Z)
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def always_from_the_input(X, parameters, functions):
    cache = {"A0": X}
    for l in range(1, len(functions) + 1):
        Z = parameters[f"W{l}"] @ X + parameters[f"b{l}"]
        A = functions[l - 1](Z)
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def sums_only(X, parameters, functions):
    A, cache = X, {"A0": X}
    for l in range(1, len(functions) + 1):
        A = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        cache[f"Z{l}"], cache[f"A{l}"] = A, A
    return A, cache


def z_is_overwritten(X, parameters, functions):
    A, cache = X, {"A0": X}
    for l in range(1, len(functions) + 1):
        A = functions[l - 1](parameters[f"W{l}"] @ A + parameters[f"b{l}"])
        cache[f"Z{l}"] = cache[f"A{l}"] = A
    return A, cache


def output_not_bent(X, parameters, functions):
    L, A, cache = len(functions), X, {"A0": X}
    for l in range(1, L + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = functions[l - 1](Z) if l < L else Z
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def same_function_everywhere(X, parameters, functions):
    A, cache = X, {"A0": X}
    for l in range(1, len(functions) + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = functions[0](Z)
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def function_of_the_next_layer(X, parameters, functions):
    A, cache = X, {"A0": X}
    for l in range(1, len(functions) + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = functions[l](Z)
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def layers_from_zero(X, parameters, functions):
    A, cache = X, {"A0": X}
    for l in range(len(functions)):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = functions[l](Z)
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def two_layers_only(X, parameters, functions):
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = functions[0](Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = functions[1](Z2)
    return A2, {"A0": X, "Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def relu_then_sigmoid(X, parameters, functions):
    L, A, cache = len(functions), X, {"A0": X}
    for l in range(1, L + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z))
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def prediction_only(X, parameters, functions):
    A = X
    for l in range(1, len(functions) + 1):
        A = functions[l - 1](parameters[f"W{l}"] @ A + parameters[f"b{l}"])
    return A


def cache_without_input(X, parameters, functions):
    A, cache = X, {}
    for l in range(1, len(functions) + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = functions[l - 1](Z)
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def columns_as_before(X, parameters):
    A1 = np.maximum(0, parameters["W1"] @ X + parameters["b1"])
    return sigmoid(parameters["W2"] @ A1 + parameters["b2"])


def weights_as_they_stand(X, parameters):
    A1 = np.maximum(0, X @ parameters["W1"] + parameters["b1"].ravel())
    return sigmoid(A1 @ parameters["W2"] + parameters["b2"].ravel())


def bias_still_a_column(X, parameters):
    A1 = np.maximum(0, X @ parameters["W1"].T + parameters["b1"])
    return sigmoid(A1 @ parameters["W2"].T + parameters["b2"])


def nothing_transposed(X, parameters):
    A1 = np.maximum(0, np.dot(X, parameters["W1"]) + parameters["b1"])
    return sigmoid(np.dot(A1, parameters["W2"]) + parameters["b2"])


def rows_without_bias(X, parameters):
    return sigmoid(np.maximum(0, X @ parameters["W1"].T) @ parameters["W2"].T)


def turned_but_not_turned_back(X, parameters):
    A1 = np.maximum(0, parameters["W1"] @ X.T + parameters["b1"])
    return sigmoid(parameters["W2"] @ A1 + parameters["b2"])


def sigmoid_twice(X, parameters):
    A1 = sigmoid(X @ parameters["W1"].T + parameters["b1"].T)
    return sigmoid(A1 @ parameters["W2"].T + parameters["b2"].T)


def straight_hidden_layer(X, parameters):
    A1 = X @ parameters["W1"].T + parameters["b1"].T
    return sigmoid(A1 @ parameters["W2"].T + parameters["b2"].T)


def rows_without_sigmoid(X, parameters):
    A1 = np.maximum(0, X @ parameters["W1"].T + parameters["b1"].T)
    return A1 @ parameters["W2"].T + parameters["b2"].T


WRONG = {
    "b2": [
        (np.array([[0.1], [0.5]]), "b2 as it was"),
        (np.array([[-0.5], [1.0]]), "lowered too far"),
        (np.array([[0.0], [0.6]]), "moves the sum Z, not A"),
        (np.array([[0.9], [0.0]]), "swapped"),
        (np.array([[1.0], [1.0]]), "a bias of its own"),
        (np.array([0.0, 0.9]), "b2 is a column"),
        ([[0.1], [0.9]], "still says yes to two"),
        (0.9, "a bias of its own"),
        (None, "Nothing yet"),
    ],
    "forward": [
        (no_bias, "bias is missing"),
        (transposed_weights, "W is transposed"),
        (data_first, "weights stand on the left"),
        (bias_without_its_column, "flat bias"),
        (always_from_the_input, "A of the layer before"),
        (sums_only, "No activation function"),
        (z_is_overwritten, "keeps A under the name of Z"),
        (output_not_bent, "the output too"),
        (same_function_everywhere, "gets the first function"),
        (function_of_the_next_layer, "functions[l - 1]"),
        (layers_from_zero, "no W0"),
        (two_layers_only, "written for two layers"),
        (relu_then_sigmoid, "the ones handed over"),
        (prediction_only, "Return both"),
        (cache_without_input, "starts with the input"),
    ],
    "forward_rows": [
        (columns_as_before, "recipe for columns"),
        (weights_as_they_stand, "W is (to, from)"),
        (bias_still_a_column, "still a column"),
        (nothing_transposed, "W and b have to be transposed"),
        (rows_without_bias, "biases are missing"),
        (turned_but_not_turned_back, "one row per sample"),
        (sigmoid_twice, "bends with relu"),
        (straight_hidden_layer, "relu is missing"),
        (rows_without_sigmoid, "ends in sigmoid"),
    ],
}
