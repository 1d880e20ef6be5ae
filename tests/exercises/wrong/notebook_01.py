"""Wrong answers that learners give to the exercises of notebook 1, each with what its message must say."""

import math

import numpy as np


def sum_without_sigmoid(x, w, b):
    return np.dot(w, x) + b


def without_bias(x, w, b):
    return 1 / (1 + np.exp(-np.dot(w, x)))


def bias_after_the_sigmoid(x, w, b):
    z = np.dot(w, x)
    return 1 / (1 + np.exp(-z)) + b


def bias_as_a_threshold(x, w, b):
    z = np.dot(w, x) - b
    return 1 / (1 + np.exp(-z))


def brackets_forgotten(x, w, b):
    return 1 / (1 + np.exp(-np.dot(w, x) + b))


def minus_forgotten(x, w, b):
    return 1 / (1 + np.exp(np.dot(w, x) + b))


def hard_threshold(x, w, b):
    return np.where(w @ x + b > 0, 1, 0)


def pairs_not_added(x, w, b):
    z = np.array([w[i] * x[i] for i in range(len(w))]) + b
    return 1 / (1 + np.exp(-z))


def sum_over_everything(x, w, b):
    z = (w * x).sum() + b
    return 1 / (1 + np.exp(-z))


def samples_in_rows(x, w, b):
    z = x @ w + b
    return 1 / (1 + np.exp(-z))


def right_for_one_sample_only(x, w, b):
    z = b
    for i in range(len(x)):
        z += w[i] * float(np.ravel(x[i])[0])
    return 1 / (1 + np.exp(-z))


def math_of_one_number(x, w, b):
    return 1 / (1 + math.exp(-(np.dot(w, x) + b)))


def changes_the_samples(x, w, b):
    for i in range(len(w)):
        x[i] = w[i] * x[i]
    return 1 / (1 + np.exp(-(x.sum(axis=0) + b)))


COLUMN = [[0, 1, 0], [0, 1, 0], [0, 1, 0]]

WRONG = {
    "sixteen": [
        (16, "include XOR"),
        (15, "its opposite"),
        (2, "count the others"),
        (12, "always yes"),
    ],
    "neuron": [
        (sum_without_sigmoid, "weighted sum z"),
        (without_bias, "bias is missing"),
        (bias_after_the_sigmoid, "before the sigmoid"),
        (bias_as_a_threshold, "bias is subtracted"),
        (brackets_forgotten, "bias is subtracted"),
        (minus_forgotten, "minus z"),
        (hard_threshold, "hard yes or no"),
        (pairs_not_added, "not added up"),
        (sum_over_everything, "one sample only"),
        (samples_in_rows, "its columns"),
        (right_for_one_sample_only, "shape (4,)"),
        (math_of_one_number, "math.exp takes one number"),
        (changes_the_samples, "changed what was handed to it"),
    ],
    "bars": [
        ((np.zeros((3, 3)), 0.0), "z = 0 for every picture"),
        ((COLUMN, 0), "nothing is punished"),
        (([0, 2, 0, 0, 2, 0, 0, 2, 0], -3), "need negative weights"),
        (([-1, 1, -1, -1, 1, -1, -1, 1, -1], 0), "it must be negative"),
        (([-1, 1, -1, -1, 1, -1, -1, 1, -1], 4), "the bias must be negative"),
        (([1, -1, 1, 1, -1, 1, 1, -1, 1], 2), "wrong way round"),
        (([-1, 1, -1, -1, 1, -1, -1, 1, -1], -5), "too negative"),
        ((COLUMN[0], -1), "one bias; these are 3 and 1"),
        (np.array(COLUMN), "one bias; these are 9 and 0"),
    ],
}
