"""Wrong answers that learners give to the exercises of notebook 7, each with what its message must say."""

import numpy as np


def climbs(parameters, gradients, learning_rate):
    new = {}
    for key in parameters:
        new[key] = parameters[key] + learning_rate * gradients["d" + key]
    return new


def without_the_rate(parameters, gradients, learning_rate):
    return {key: np.subtract(parameters[key], gradients["d" + key]) for key in parameters}


def step_alone(parameters, gradients, learning_rate):
    return {key: gradients["d" + key] * -learning_rate for key in parameters}


def biases_forgotten(parameters, gradients, learning_rate):
    new = dict(parameters)
    for l in range(1, len(parameters) // 2 + 1):
        new[f"W{l}"] = parameters[f"W{l}"] - learning_rate * gradients[f"dW{l}"]
    return new


def gradients_by_place(parameters, gradients, learning_rate):
    steps = [learning_rate * each for each in gradients.values()]
    return {key: parameters[key] - steps[i] for i, key in enumerate(parameters)}


def changes_the_callers_arrays(parameters, gradients, learning_rate):
    for l in range(1, len(parameters) // 2 + 1):
        parameters[f"W{l}"] -= learning_rate * gradients[f"dW{l}"]
        parameters[f"b{l}"] -= learning_rate * gradients[f"db{l}"]
    return parameters


def new_dictionary_of_old_arrays(parameters, gradients, learning_rate):
    new = dict(parameters)
    for key in new:
        np.subtract(new[key], learning_rate * gradients["d" + key], out=new[key], casting="unsafe")
    return new


def keys_of_the_gradients(parameters, gradients, learning_rate):
    return {key: parameters[key[1:]] - learning_rate * gradients[key] for key in gradients}


def first_layer_only(parameters, gradients, learning_rate):
    return {key: parameters[key] - learning_rate * gradients["d" + key] for key in ("W1", "b1")}


def whole_numbers_stay_whole(parameters, gradients, learning_rate):
    new = {key: np.zeros_like(value) for key, value in parameters.items()}
    for key in parameters:
        new[key][:] = parameters[key] - learning_rate * gradients["d" + key]
    return new


def plain_descent(gradient, start, learning_rate, momentum, steps):
    w = start
    for _ in range(steps):
        velocity = np.zeros(2)
        velocity = momentum * velocity - learning_rate * gradient(w)
        w = w + velocity
    return w


def climbing_ball(gradient, start, learning_rate, momentum, steps):
    w, v = start, 0 * start
    for _ in range(steps):
        v = momentum * v + learning_rate * gradient(w)
        w = w + v
    return w


def running_average(gradient, start, learning_rate, momentum, steps):
    w, v = start, np.zeros(2)
    for _ in range(steps):
        v = momentum * v + (1 - momentum) * gradient(w)
        w = w - learning_rate * v
    return w


def moves_before_it_looks(gradient, start, learning_rate, momentum, steps):
    w, v = start, np.zeros(2)
    for _ in range(steps):
        w = w + v
        v = momentum * v - learning_rate * gradient(w)
    return w


def without_friction(gradient, start, learning_rate, momentum, steps):
    w, v = start, np.zeros(2)
    for _ in range(steps):
        v = v - learning_rate * gradient(w)
        w = w + v
    return w


def slope_taken_once(gradient, start, learning_rate, momentum, steps):
    w, v, slope = start, np.zeros(2), gradient(start)
    for _ in range(steps):
        v = momentum * v - learning_rate * slope
        w = w + v
    return w


def counts_from_one(gradient, start, learning_rate, momentum, steps):
    w, v = start, np.zeros(2)
    for _ in range(1, steps):
        v = momentum * v - learning_rate * gradient(w)
        w = w + v
    return w


def moves_the_callers_start(gradient, start, learning_rate, momentum, steps):
    v = np.zeros(2)
    for _ in range(steps):
        v = momentum * v - learning_rate * gradient(start)
        start += v
    return start


WRONG = {
    "limit": [
        (100, "the curvature"),
        (2 / 50, "second derivative is 2 · 50"),
        (1 / 100, "one step arrives"),
        (2 / 4, "the bowl's limit"),
    ],
    "rate": [
        (0.1, "steps ten times as long"),
        (1, "a hundred times as long"),
        (2 / 40, "new stability limit"),
    ],
    "update": [
        (climbs, "uphill"),
        (without_the_rate, "learning rate is missing"),
        (step_alone, "the step alone"),
        (biases_forgotten, "biases stand still"),
        (gradients_by_place, "look each up by name"),
        (changes_the_callers_arrays, "changes the caller's arrays"),
        (new_dictionary_of_old_arrays, "your code changed what was handed to it"),
        (keys_of_the_gradients, "no 'W1'"),
        (first_layer_only, "no 'W2'"),
        (whole_numbers_stay_whole, "cut to whole numbers"),
    ],
    "momentum_walk": [
        (plain_descent, "plain gradient descent"),
        (climbing_ball, "uphill"),
        (running_average, "No factor 1 − μ"),
        (moves_before_it_looks, "renew v first"),
        (without_friction, "never slows down"),
        (slope_taken_once, "slope is that of the start"),
        (counts_from_one, "one step short"),
        (moves_the_callers_start, "your code changed what was handed to it"),
    ],
}
