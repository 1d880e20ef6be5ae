"""Wrong answers that learners give to the exercises of notebook 5, each with what its message must say."""

import numpy as np


def averaged_over_outputs_too(y_true, y_pred):
    return ((y_true - y_pred) ** 2).mean()


def in_place(y_true, y_pred):
    y_pred[:] = y_pred - y_true
    return (y_pred**2).sum() / y_pred.shape[1]


def misses_cancel(y_true, y_pred):
    n, m = y_true.shape
    return sum(y_pred[i, s] - y_true[i, s] for i in range(n) for s in range(m)) / m


def first_row_only(y_true, y_pred):
    return sum((y_pred[0] - y_true[0]) ** 2) / len(y_true[0])


def one_for_each_sample(y_true, y_pred):
    return np.array([((y_pred[:, s] - y_true[:, s]) ** 2).sum() for s in range(y_true.shape[1])])


def integer_division(y_true, y_pred):
    return ((y_pred - y_true) ** 2).sum() // y_true.shape[1]


def clipped(y_true, y_pred):
    m = y_true.shape[1]
    y_pred = np.clip(y_pred, 1e-15, 1 - 1e-15)
    return -np.sum(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)) / m


def unguarded(y_true, y_pred):
    m = y_true.shape[1]
    return np.sum(-y_true * np.log(y_pred) - (1 - y_true) * np.log(1 - y_pred)) / m


def switch_by_if(y_true, y_pred):
    total = 0
    for y, p in zip(y_true.ravel(), y_pred.ravel()):
        total -= np.log(max(p, 1e-15)) if y == 1 else np.log(max(1 - p, 1e-15))
    return total / y_true.shape[1]


def true_ones_only(y_true, y_pred):
    return -np.sum(y_true * np.log(np.maximum(y_pred, 1e-15))) / y_true.shape[1]


def mean_of_logs(y_true, y_pred):
    p = np.where(y_true == 1, y_pred, 1 - y_pred)
    cost = y_true * np.log(np.maximum(y_pred, 1e-15)) + (1 - y_true) * np.log(np.maximum(1 - y_pred, 1e-15))
    return -np.mean(cost) + 0 * p.sum()


def without_minus(y_true, y_pred):
    return np.sum(y_true * np.log(np.maximum(y_pred, 1e-15))) / y_true.shape[1]


def per_row(y_true, y_pred):
    return -np.sum(y_true * np.log(np.maximum(y_pred, 1e-15))) / y_true.shape[0]


def unguarded_classes(y_true, y_pred):
    return np.mean(np.sum(-y_true * np.log(y_pred), axis=0))


def wrong_classes_too(y_true, y_pred):
    log_p, log_q = np.log(np.maximum(y_pred, 1e-15)), np.log(np.maximum(1 - y_pred, 1e-15))
    return -(y_true * log_p + (1 - y_true) * log_q).sum(axis=0).mean()


def class_of_the_wrong_axis(y_true, y_pred):
    return np.mean([-np.log(max(y_pred[r, c], 1e-15)) for r, c in enumerate(y_true.argmax(axis=1))])


WRONG = {
    "mse": [
        (averaged_over_outputs_too, "divides by outputs times samples"),
        (in_place, "changed what was handed to it"),
        (misses_cancel, "not squared"),
        (first_row_only, "shape (2, 3), 2 rows, 3 columns"),
        (one_for_each_sample, "one loss for each sample"),
        (integer_division, "Expected: 0.25"),
    ],
    "binary_crossentropy": [
        (clipped, "In float32 1 − 1e-15 is 1"),
        (unguarded, "Nothing guards the logarithm"),
        (switch_by_if, "counts in part"),
        (true_ones_only, "y = 1 alone"),
        (mean_of_logs, "divides by outputs times samples"),
    ],
    "categorical_crossentropy": [
        (without_minus, "The minus is missing"),
        (per_row, "number of rows, the outputs"),
        (unguarded_classes, "0 · log 0 is not a number"),
        (wrong_classes_too, "charges the wrong classes as well"),
        (class_of_the_wrong_axis, "3 rows, 1 column"),
    ],
    "lowest": [(0.99, "edge of the grid"), (0.325, "Asked for is the prediction"), (1.0, "its other tenth")],
    "constant": [
        ((0.7, 0.7, 0.7), "absolute error at 0.7 is 0.42"),
        ((1, 1, 1), "squared error is 0.30"),
        ((0.3, 0.42, 0.611), "Those are losses"),
        (0.7, "0.7 is not right"),
    ],
}
