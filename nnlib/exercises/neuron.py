"""The exercises of notebook 1."""

import math

import numpy as np

from nnlib.activations import sigmoid
from nnlib.exercises.checking import Exercise, Mistake, add


def neuron(x, w, b):
    """σ(w · x + b), for one sample (n,) or m samples (n, m)."""
    return 1 / (1 + np.exp(-(np.dot(w, x) + b)))


def sees(weights_and_bias, picture):
    """What a neuron with these weights and this bias says to a picture of 3 × 3 pixels."""
    weights, bias = weights_and_bias if len(weights_and_bias) == 2 else (weights_and_bias, ())
    if np.size(weights) != 9 or np.size(bias) != 1:
        raise ValueError(f"hand over nine weights and one bias; these are {np.size(weights)} and {np.size(bias)}.")
    z = np.dot(np.ravel(weights), np.ravel(picture)) + bias
    return "yes" if z > 0 else "no" if z < 0 else "neither yes nor no, since z = 0"


AND = (np.array([[0, 0, 1, 1], [0, 1, 0, 1]]), np.array([10.0, 10.0]), -15.0)
UPRIGHT = np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]])

add(
    Exercise(
        "sixteen",
        notebook=1,
        answer=14,
        mistakes=(
            Mistake(16, "All 16 would include XOR, for which the scan found no neuron."),
            Mistake(15, "XOR is not the only one: what of its opposite, yes at (0, 0) and at (1, 1)?"),
            Mistake(2, "These are the questions that no neuron answers; count the others."),
            Mistake(
                12,
                "Two are missing: always no, [0, 0, 0, 0], and always yes, [1, 1, 1, 1], count too; "
                "a bias alone answers them.",
            ),
        ),
        hints=(
            "For one question q, z_grid > 0 has each neuron's four answers, and == q compares them with q.",
            "A neuron has solved q where all four agree: .all(axis=-1). One such neuron is enough: .any().",
            "my_sixteen = sum(((z_grid > 0) == q).all(axis=-1).any() for q in questions)",
        ),
    ),
    Exercise(
        "neuron",
        notebook=1,
        answer=neuron,
        cases=(
            (np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 0.75]), 0.25),
            AND,
            (np.array([[3, 4, 2], [2, 1, 3], [0, 5, -1]]), np.array([1, -2, 1]), 1),
        ),
        mistakes=(
            Mistake(lambda x, w, b: np.dot(w, x) + b, "That is the weighted sum z. The neuron answers σ(z)."),
            Mistake(lambda x, w, b: sigmoid(np.dot(w, x)), "The bias is missing from the sum."),
            Mistake(lambda x, w, b: sigmoid(np.dot(w, x)) + b, "The bias joins the sum, before the sigmoid."),
            Mistake(lambda x, w, b: sigmoid(np.dot(w, x) - b), "The bias is subtracted; it is added."),
            Mistake(lambda x, w, b: sigmoid(-np.dot(w, x) - b), "The sigmoid has e to the power of minus z."),
            Mistake(
                lambda x, w, b: (np.dot(w, x) + b > 0) * 1.0,
                "That is a perceptron's hard yes or no; the sigmoid says how much yes.",
            ),
            Mistake(
                lambda x, w, b: sigmoid((w * x.T).T + b),
                "The products are not added up: w * x multiplies in pairs, np.dot(w, x) adds them as well.",
            ),
            Mistake(
                lambda x, w, b: sigmoid(np.sum(w * x) + b),
                "w * x with a sum takes one sample only; np.dot(w, x) takes x of shape (n, m) as well.",
            ),
            Mistake(
                lambda x, w, b: sigmoid(np.dot(x, w) + b),
                "np.dot(x, w) takes the rows of x for samples; they are its columns, so w comes first.",
            ),
            Mistake(
                lambda x, w, b: 1 / (1 + math.exp(-(np.dot(w, x) + b))),
                "math.exp takes one number; np.exp takes those of all samples at once.",
            ),
        ),
        hints=(
            "Two steps: the weighted sum z, then the sigmoid of z.",
            "np.dot(w, x) multiplies in pairs and adds; it takes x of shape (n,) and of shape (n, m).",
            "The sigmoid of z is 1 / (1 + np.exp(-z)).",
        ),
        piece=True,
    ),
    Exercise(
        "bars",
        notebook=1,
        answer=(2 * UPRIGHT - 1, -1),
        cases=((UPRIGHT,), (UPRIGHT.T,), (np.zeros((3, 3), int),), (np.ones((3, 3), int),)),
        run=sees,
        mistakes=(
            Mistake((0 * UPRIGHT, 0), "With all weights and the bias at 0, z = 0 for every picture."),
            Mistake(
                (UPRIGHT, 0),
                "The bar is rewarded and nothing is punished: what lies outside it needs negative weights, "
                "and an empty picture a negative bias.",
            ),
            Mistake(
                (UPRIGHT, -2),
                "The black picture holds the bar as well: pixels outside the bar need negative weights.",
            ),
            Mistake((2 * UPRIGHT - 1, 0), "An empty picture has no say but the bias: it must be negative."),
            Mistake((2 * UPRIGHT - 1, 2), "A positive bias says yes to an empty picture: the bias must be negative."),
            Mistake((2 * UPRIGHT - 1, 4), "The bias says yes to everything: the bias must be negative."),
            Mistake((1 - 2 * UPRIGHT, 1), "The signs are the wrong way round: positive weights belong on the bar."),
            Mistake((2 * UPRIGHT - 1, -5), "The bias is too negative: the bar's own sum does not outweigh it."),
        ),
        hints=(
            "A pixel speaks for yes by a positive weight, against it by a negative one.",
            "Reward the three pixels of the bar, punish the other six, and let the bias say no to an empty picture.",
            "my_bars = np.array([[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]]), -1",
        ),
    ),
)
