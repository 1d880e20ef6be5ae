"""Wrong answers that learners give to the exercises of notebook 11, each with what its message must say."""

import numpy as np


def biases_too(gradients, parameters, strength):
    mine = dict(gradients)
    for name in parameters:
        mine["d" + name] = mine["d" + name] + strength * parameters[name]
    return mine


def half_missed(gradients, parameters, strength):
    mine = dict(gradients)
    for name in parameters:
        if name[0] == "W":
            mine["d" + name] = mine["d" + name] + 2 * strength * parameters[name]
    return mine


def subtracted(gradients, parameters, strength):
    mine = dict(gradients)
    for name in parameters:
        if name[0] == "W":
            mine["d" + name] = mine["d" + name] - strength * parameters[name]
    return mine


def changes_the_gradients(gradients, parameters, strength):
    for name in parameters:
        if name[0] == "W":
            gradients["d" + name] += strength * parameters[name]
    return gradients


def first_layer_only(gradients, parameters, strength):
    return gradients | {"dW1": gradients["dW1"] + strength * parameters["W1"]}


def as_on_paper(z):
    return np.log(1 + np.e**z)


def relu_instead(z):
    return np.where(z > 0, z, 0)


def loop_over_one_row(z):
    return np.array([np.logaddexp(0, each) for each in np.atleast_1d(z)]).ravel()


def step(z):
    return np.where(z > 0, 1.0, 0.0)


def quotient_as_on_paper(z):
    return np.exp(z) / (1 + np.exp(z)) if np.ndim(z) == 0 else np.exp(z) / (1 + np.exp(z[0]))


def derivative_of_sigmoid(z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


WRONG = {
    "deep_count": [(472, "neurons has a bias"), (47, "live on the edges"), (519, "no neurons"), (500, "is not right")],
    "failing_checks": [(42, "Count those whose report"), (0, "rng=1"), (39, "how many pass")],
    "l2_gradients": [
        (biases_too, "Biases are not penalised"),
        (half_missed, "cancel"),
        (subtracted, "sign is turned"),
        (changes_the_gradients, "changed what was handed to it"),
        (first_layer_only, "['dW2']"),
    ],
    "softplus": [(as_on_paper, "overflows"), (relu_instead, "That is ReLU"), (loop_over_one_row, "shape (1,)")],
    "softplus_derivative": [
        (step, "ReLU's slope"),
        (quotient_as_on_paper, "Returned"),
        (derivative_of_sigmoid, "slope of the slope"),
    ],
}
