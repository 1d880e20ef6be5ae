"""Wrong answers that learners give to the exercises of notebook 9, each with what its message must say."""

import numpy as np

from nnlib import NeuralNetwork


def nothing_changed(rng):
    return NeuralNetwork([784, 128, 64, 10], ["relu", "relu", "softmax"], learning_rate=0.2, rng=rng)


def start_for_relu(rng):
    return NeuralNetwork([784, 128, 64, 10], ["sigmoid", "sigmoid", "softmax"], learning_rate=0.2, rng=rng)


def sigmoid_everywhere(rng):
    return NeuralNetwork(
        [784, 128, 64, 10], ["sigmoid", "sigmoid", "sigmoid"], learning_rate=0.2, init_method="glorot", rng=rng
    )


def seed_fixed(rng):
    return NeuralNetwork(
        [784, 128, 64, 10], ["sigmoid", "sigmoid", "softmax"], learning_rate=0.2, init_method="glorot", rng=0
    )


def a_step_of_its_own(rng):
    return NeuralNetwork([784, 128, 64, 10], ["sigmoid", "sigmoid", "softmax"], init_method="glorot", rng=rng)


def rows_are_answers(y_true, y_predicted):
    counts = np.zeros((10, 10), dtype=int)
    for true_digit, answer in zip(y_true, y_predicted):
        counts[answer, true_digit] += 1
    return counts


def all_at_once(y_true, y_predicted):
    counts = np.zeros((10, 10), dtype=int)
    counts[y_true, y_predicted] += 1
    return counts


def one_instead_of_counting(y_true, y_predicted):
    counts = np.zeros((10, 10), dtype=int)
    for i in range(len(y_true)):
        counts[y_true[i], y_predicted[i]] = 1
    return counts


def counted_and_kept_silent(y_true, y_predicted):
    one_instead_of_counting(y_true, y_predicted)


def mistakes_only(y_true, y_predicted):
    counts = np.zeros((10, 10), dtype=int)
    for true_digit, answer in zip(y_true, y_predicted):
        if true_digit != answer:
            counts[true_digit, answer] += 1
    return counts


def only_digits_that_occur(y_true, y_predicted):
    size = 1 + int(max(np.max(y_true), np.max(y_predicted)))
    counts = np.zeros((size, size), dtype=int)
    for true_digit, answer in zip(y_true, y_predicted):
        counts[true_digit, answer] += 1
    return counts


def counts_in_bytes(y_true, y_predicted):
    counts = np.zeros((10, 10), dtype=np.uint8)
    for true_digit, answer in zip(y_true, y_predicted):
        counts[true_digit, answer] += 1
    return counts


def precision(confusion):
    return np.array([confusion[k, k] / confusion[:, k].sum() for k in range(len(confusion))])


def accuracy(confusion):
    return sum(confusion[k, k] for k in range(len(confusion))) / confusion.sum()


def of_all_images(confusion):
    return confusion.diagonal() / np.sum(confusion)


def integer_division(confusion):
    return confusion.diagonal() // confusion.sum(axis=1)


def rows_as_shares(confusion):
    return np.array([row / row.sum() for row in confusion])


def right_for_ten_digits_only(confusion):
    return np.array([confusion[k, k] / confusion[k].sum() for k in range(10)])


WRONG = {
    "sigmoid_network": [
        (nothing_changed, "still ReLU"),
        (start_for_relu, "glorot"),
        (sigmoid_everywhere, "stay softmax"),
        (seed_fixed, "seed is always the same"),
        (a_step_of_its_own, "['learning rate']: 0.01"),
    ],
    "confusion_matrix": [
        (rows_are_answers, "Rows and columns are swapped"),
        (all_at_once, "one image at a time"),
        (one_instead_of_counting, "counts once"),
        (counted_and_kept_silent, "nothing (is return missing?)"),
        (mistakes_only, "The right answers are missing"),
        (only_digits_that_occur, "10 × 10, whichever digits occur"),
        (counts_in_bytes, "44 at [7, 7]'\nExpected: '10 × 10: 3 at [2, 2], 1 at [2, 7], 300 at [7, 7]'"),
    ],
    "recall": [
        (precision, "That is precision"),
        (accuracy, "one number for all classes"),
        (of_all_images, "by its own row"),
        (integer_division, "// divides whole numbers"),
        (rows_as_shares, "take the diagonal only"),
        (right_for_ten_digits_only, "IndexError"),
    ],
}
