"""The exercises of notebook 2."""

import math

import numpy as np

from nnlib.activations import (
    elu,
    elu_derivative,
    leaky_relu,
    leaky_relu_derivative,
    linear,
    linear_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)
from nnlib.exercises.checking import Exercise, Mistake, add

SMALL = np.array([-2.0, 0.0, 0.5])
WHOLE = np.array([[-1, 2, 0], [3, -4, 1]])
LARGE = np.array([-1000.0, 1000.0])
CASES = ((SMALL,), (WHOLE,), (LARGE,))
CASES_WITH_ALPHA = ((SMALL,), (WHOLE, 0.5), (LARGE,))
SCORES = np.array([2.0, 1.0, 0.1])
INFINITY_TIMES_ZERO = "np.exp(1000) is infinite, and infinity times 0 is nan: choose with np.where, not by a product."


def _shapes(function):
    """The mistakes of a function that is right for some arrays only: one number, one row, or decimals."""

    def whole_numbers(z, *alpha):
        a = np.zeros_like(z)
        a[...] = function(z, *alpha)
        return a

    return (
        Mistake(whole_numbers, "np.zeros_like(z) of whole numbers keeps whole numbers only: add dtype=float."),
        Mistake(
            lambda z, *alpha: function(z, *alpha) if z > 0 else function(z, *alpha),
            "if and max ask for one truth value, and z > 0 has many: np.where and np.maximum work entry by entry.",
        ),
        Mistake(
            lambda z, *alpha: np.array([function(each, *alpha) if each > 0 else function(each, *alpha) for each in z]),
            "The loop takes z for a single row; np.where and np.maximum take every shape.",
        ),
        Mistake(
            lambda z, *alpha: math.exp(z),
            "The functions of math take one number; np.exp and np.tanh work entry by entry.",
        ),
    )


def _along_rows(shift, keepdims):
    """A softmax that sums along axis 1, with `shift` 1 or 0 times the maximum taken off."""

    def wrong(z):
        e = np.exp(z - shift * z.max(axis=1, keepdims=keepdims))
        return e / e.sum(axis=1, keepdims=keepdims)

    return wrong


add(
    Exercise(
        "scale",
        notebook=2,
        answer=13,
        mistakes=(
            Mistake(
                4,
                "4 makes up for a slope of 0.25, but larger weights push z to the flat ends, where slopes are smaller.",
            ),
            Mistake(5, "5 makes up for the 0.23 a layer that you saw, but larger weights push z to the flat ends."),
            Mistake(8, "At 8 layer 1 still gets about a hundredth of what the last layer gets."),
            Mistake(12, "Close: at 12 layer 1 gets about half of what the last layer gets."),
            *(Mistake(n, f"{n} does it, but a smaller one does too.") for n in range(14, 51)),
            *(Mistake(n, f"At {n} layer 1 gets less than the last layer.") for n in (1, 2, 3, 6, 7, 9, 10, 11)),
        ),
        hints=(
            "gradient_sizes returns one size a layer: layer 1 is [0], the last layer [-1].",
            "Print size[0] / size[-1] for the scales 1 to 20 and look where it passes 1.",
            'for scale in range(1, 21): size = gradient_sizes("sigmoid", 19, "xavier", scale) …',
        ),
    ),
    Exercise(
        "sigmoid",
        notebook=2,
        answer=sigmoid,
        cases=CASES,
        mistakes=(
            Mistake(
                lambda z: np.exp(z) / (1 + np.exp(z)),
                "At z = 1000 that is infinity over infinity, which is nan; 1 / (1 + e^−z) stays a number.",
            ),
            Mistake(lambda z: sigmoid(-z), "The exponent is minus z; with plus the curve falls."),
            Mistake(lambda z: 1 / 1 + np.exp(-z), "Brackets are missing: 1 / 1 + e is 1 + e; divide by (1 + e)."),
            Mistake(tanh, "That is tanh, from −1 to 1; the sigmoid runs from 0 to 1."),
            Mistake(lambda z: (z >= 0) * 1.0, "That is a hard step; the sigmoid rises smoothly and is 0.5 at 0."),
            Mistake(sigmoid_derivative, "That is the slope of the sigmoid."),
            *_shapes(sigmoid),
        ),
        hints=(
            "np.exp(-z) is e to the power of minus z, entry by entry.",
            "1 / (1 + np.exp(-z)) gives the right numbers, with a warning at −1000.",
            "Without a warning: e = np.exp(-np.abs(z)), then np.where(z >= 0, 1, e) / (1 + e).",
        ),
        piece=True,
    ),
    Exercise(
        "sigmoid_derivative",
        notebook=2,
        answer=sigmoid_derivative,
        cases=CASES,
        mistakes=(
            Mistake(
                lambda a: a * (1 - a), "It takes z, not the activation: s = my_sigmoid(z) first, then s * (1 - s)."
            ),
            Mistake(
                lambda z: sigmoid(sigmoid(z)) * (1 - sigmoid(sigmoid(z))),
                "That is the slope at σ(z) instead of z: the sigmoid is taken once too often.",
            ),
            Mistake(lambda z: 0 * z, "Brackets are missing: s * 1 - s is 0; the slope is s * (1 - s)."),
            Mistake(sigmoid, "That is σ(z) itself; its slope is σ(z) (1 − σ(z))."),
            Mistake(lambda z: 1 - sigmoid(z), "The other factor, σ(z), is missing."),
            Mistake(lambda z: -sigmoid_derivative(z), "The sign is wrong: the sigmoid rises everywhere."),
            Mistake(lambda z: 1 - sigmoid(z) ** 2, "That is the rule of tanh, 1 − a²; the sigmoid's is a (1 − a)."),
            Mistake(
                lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
                "Right on paper, but at z = −1000 it is infinity over infinity: use σ(z) (1 − σ(z)).",
            ),
        ),
        hints=(
            "The slope can be written with the sigmoid's own value.",
            "s = my_sigmoid(z); the slope is the output times what is missing to 1.",
            "return s * (1 - s)",
        ),
        piece=True,
    ),
    Exercise(
        "tanh",
        notebook=2,
        answer=tanh,
        cases=CASES,
        mistakes=(
            Mistake(
                lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
                "Right on paper, but at z = 1000 it is infinity over infinity: np.tanh(z) or 2σ(2z) − 1 is not.",
            ),
            Mistake(
                lambda z: np.exp(z) - np.exp(-z) / np.exp(z) + np.exp(-z),
                "Brackets are missing: (np.exp(z) - …) / (…). Or take np.tanh(z).",
            ),
            Mistake(lambda z: 2 * sigmoid(z) - 1, "Half as steep as tanh: it is 2σ(2z) − 1, with 2z inside."),
            Mistake(sigmoid, "That is the sigmoid, from 0 to 1; tanh runs from −1 to 1."),
            Mistake(lambda z: -tanh(z), "The sign is wrong: tanh rises."),
            Mistake(np.tan, "np.tan is the tangent of an angle; the hyperbolic one is np.tanh."),
            *_shapes(tanh),
        ),
        hints=(
            "NumPy has it; and it is a sigmoid, stretched to run from −1 to 1 and twice as steep inside.",
            "np.tanh(z), or 2 * my_sigmoid(2 * z) - 1",
        ),
        piece=True,
    ),
    Exercise(
        "tanh_derivative",
        notebook=2,
        answer=tanh_derivative,
        cases=CASES,
        mistakes=(
            Mistake(lambda a: 1 - a**2, "It takes z, not the activation: a = my_tanh(z) first, then 1 - a**2."),
            Mistake(
                lambda z: 1 - tanh(tanh(z)) ** 2, "That is the slope at tanh(z) instead of z: tanh is taken twice."
            ),
            Mistake(lambda z: tanh(z) * (1 - tanh(z)), "That is the rule of the sigmoid, a (1 − a); tanh's is 1 − a²."),
            Mistake(lambda z: 1 - 2 * tanh(z), "* 2 doubles; the square is ** 2."),
            Mistake(lambda z: 1 - tanh(z), "The square is missing: 1 − tanh²(z)."),
            Mistake(lambda z: 1 - tanh(z**2), "The square belongs outside: tanh²(z) is tanh(z) times itself."),
            Mistake(lambda z: tanh(z) ** 2 - 1, "The sign is wrong: tanh rises everywhere."),
        ),
        hints=(
            "The slope can be written with tanh's own value.",
            "1 minus the square of my_tanh(z)",
        ),
        piece=True,
    ),
    Exercise(
        "relu",
        notebook=2,
        answer=relu,
        cases=CASES,
        mistakes=(
            Mistake(np.abs, "That folds negative z up; relu cuts them to 0."),
            Mistake(lambda z: np.minimum(0, z), "That keeps the negative side; relu keeps the positive one."),
            Mistake(leaky_relu, "A little leaks through on the negative side: that is leaky_relu."),
            Mistake(lambda z: (z > 0) * 1.0, "That is relu's slope; where z > 0 relu returns z itself."),
            Mistake(lambda z: np.minimum(1, np.maximum(0, z)), "It stops at 1; relu rises without end."),
            Mistake(
                lambda z: np.max(z, 0), "np.max finds one largest entry along axis 0; np.maximum(0, z) compares each."
            ),
            Mistake(lambda z: np.max(0, z), "np.max finds one largest entry; np.maximum(0, z) compares each."),
            Mistake(lambda z: z[z > 0], "That leaves out the negative entries; they become 0, and the shape stays."),
            *_shapes(relu)[1:],
        ),
        hints=(
            "The larger of 0 and z, for each entry.",
            "max and np.max look for one number; np.maximum compares entry by entry.",
            "return np.maximum(0, z)",
        ),
        piece=True,
    ),
    Exercise(
        "relu_derivative",
        notebook=2,
        answer=relu_derivative,
        cases=CASES,
        mistakes=(
            Mistake(lambda z: (z >= 0) * 1.0, "At z = 0 the series takes 0 by convention: z > 0, not z >= 0."),
            Mistake(lambda z: (z > 0) + 0.5 * (z == 0), "At z = 0 the series takes 0 by convention, not ½."),
            Mistake(relu, "That is relu itself; its slope is 1 wherever z > 0."),
            Mistake(np.sign, "np.sign is −1 on the negative side, where relu is flat: the slope there is 0."),
            Mistake(np.ones_like, "Relu is flat for negative z: its slope there is 0."),
            *_shapes(relu_derivative)[1:],
        ),
        hints=(
            "Flat on the left, rising by 1 per unit on the right; at 0 take 0.",
            "z > 0 is True or False for each entry, and True counts as 1.",
            "return (z > 0) * 1.0",
        ),
        piece=True,
    ),
    Exercise(
        "leaky_relu",
        notebook=2,
        answer=leaky_relu,
        cases=CASES_WITH_ALPHA,
        mistakes=(
            Mistake(lambda z, alpha=0.01: leaky_relu(z), "alpha is ignored: 0.01 is only what it is if nobody says."),
            Mistake(lambda z, alpha=0.01: relu(z), "Nothing leaks: for negative z it is alpha * z, not 0."),
            Mistake(lambda z, alpha=0.01: np.where(z > 0, z, alpha), "For negative z it is alpha times z, not alpha."),
            Mistake(
                lambda z, alpha=0.01: np.where(z > 0, z, -alpha * z), "The negative side stays negative: alpha * z."
            ),
            Mistake(
                lambda z, alpha=0.01: np.where(z > 0, alpha * z, z), "The sides are swapped: z > 0 stays as it is."
            ),
            Mistake(
                lambda z, alpha=0.01: np.maximum(0, z) + alpha * z, "alpha * z is added on the positive side, too."
            ),
            *_shapes(leaky_relu),
        ),
        hints=(
            "Two sides: z where z > 0, alpha * z elsewhere.",
            "np.where(condition, this, that) chooses for each entry.",
            "return np.where(z > 0, z, alpha * z)",
        ),
        piece=True,
    ),
    Exercise(
        "leaky_relu_derivative",
        notebook=2,
        answer=leaky_relu_derivative,
        cases=CASES_WITH_ALPHA,
        mistakes=(
            Mistake(
                lambda z, alpha=0.01: leaky_relu_derivative(z),
                "alpha is ignored: 0.01 is only what it is if nobody says.",
            ),
            Mistake(
                lambda z, alpha=0.01: relu_derivative(z),
                "That is relu's slope; here alpha is left on the negative side.",
            ),
            Mistake(
                lambda z, alpha=0.01: np.where(z > 0, 1, alpha * z), "alpha * z is the function; its slope is alpha."
            ),
            Mistake(
                lambda z, alpha=0.01: np.where(z >= 0, 1, alpha), "At z = 0 the series takes alpha: z > 0, not z >= 0."
            ),
            Mistake(
                lambda z, alpha=0.01: np.where(z > 0, alpha, 1), "The sides are swapped: where z > 0 the slope is 1."
            ),
            Mistake(lambda z, alpha=0.01: np.where(z > 0, z, alpha), "For z > 0 the slope of z is 1, not z."),
            Mistake(
                lambda z, alpha=0.01: np.where(z > 0, 1, -alpha),
                "The function rises on the negative side, too: plus alpha.",
            ),
            Mistake(lambda z, alpha=0.01: leaky_relu(z, alpha), "That is leaky_relu itself, not its slope."),
            *_shapes(leaky_relu_derivative),
        ),
        hints=(
            "On each side the function is a straight line. How steep is it there?",
            "return np.where(z > 0, 1.0, alpha)",
        ),
        piece=True,
    ),
    Exercise(
        "elu",
        notebook=2,
        answer=elu,
        cases=CASES_WITH_ALPHA,
        mistakes=(
            Mistake(lambda z, alpha=1.0: elu(z), "alpha is ignored: 1 is only what it is if nobody says."),
            Mistake(
                lambda z, alpha=1.0: np.where(z > 0, z, alpha * np.exp(z)), "The −1 is missing: alpha * (e^z − 1)."
            ),
            Mistake(
                lambda z, alpha=1.0: np.where(z > 0, z, alpha * np.exp(z) - 1),
                "alpha multiplies all of (e^z − 1): brackets.",
            ),
            Mistake(
                lambda z, alpha=1.0: np.where(z > 0, z, -elu(z, alpha)), "The sign is wrong: e^z − 1 is negative there."
            ),
            Mistake(
                lambda z, alpha=1.0: leaky_relu(z, alpha),
                "For negative z that is a straight line; elu bends to −alpha.",
            ),
            Mistake(lambda z, alpha=1.0: alpha * (np.exp(z) - 1), "For z > 0 it is z itself."),
            Mistake(
                lambda z, alpha=1.0: np.where(z > 0, z, alpha * np.exp(z - 1)),
                "e^z − 1 is np.exp(z) - 1: the 1 does not stand in the exponent.",
            ),
            Mistake(
                lambda z, alpha=1.0: np.maximum(z, alpha * (np.exp(z) - 1)),
                "For z > 0 e^z − 1 can be the larger one, so np.maximum takes the wrong side: np.where(z > 0, …).",
            ),
            Mistake(lambda z, alpha=1.0: (z > 0) * z + (z <= 0) * alpha * (np.exp(z) - 1), INFINITY_TIMES_ZERO),
            *_shapes(elu),
        ),
        hints=(
            "Two sides: z where z > 0, alpha * (e^z − 1) elsewhere.",
            "np.where(condition, this, that) chooses for each entry, also where the other one is infinite.",
            "return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))",
        ),
        piece=True,
    ),
    Exercise(
        "elu_derivative",
        notebook=2,
        answer=elu_derivative,
        cases=CASES_WITH_ALPHA,
        mistakes=(
            Mistake(lambda z, alpha=1.0: elu_derivative(z), "alpha is ignored: 1 is only what it is if nobody says."),
            Mistake(lambda z, alpha=1.0: elu(z, alpha), "That is elu itself, not its slope."),
            Mistake(
                lambda z, alpha=1.0: np.where(z > 0, 1, alpha * (np.exp(z) - 1)),
                "The −1 has no slope: alpha * e^z is left.",
            ),
            Mistake(
                lambda z, alpha=1.0: np.where(z > 0, 1, alpha), "That is leaky_relu's slope; elu's is alpha * e^z."
            ),
            Mistake(
                lambda z, alpha=1.0: np.where(z >= 0, 1, alpha * np.exp(z)),
                "At z = 0 the series takes alpha, the left side.",
            ),
            Mistake(lambda z, alpha=1.0: relu_derivative(z), "That is relu's slope; elu still rises for negative z."),
            Mistake(
                lambda z, alpha=1.0: np.where(z > 0, z, alpha * np.exp(z)), "For z > 0 the slope of z is 1, not z."
            ),
            Mistake(lambda z, alpha=1.0: (z > 0) + (z <= 0) * alpha * np.exp(z), INFINITY_TIMES_ZERO),
            *_shapes(elu_derivative),
        ),
        hints=(
            "The slope of z is 1, that of alpha * (e^z − 1) is alpha * e^z.",
            "return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))",
        ),
        piece=True,
    ),
    Exercise(
        "linear",
        notebook=2,
        answer=linear,
        cases=CASES,
        mistakes=(
            Mistake(np.ones_like, "That is its slope; linear returns z itself."),
            Mistake(relu, "That is relu; linear leaves negative z alone."),
            Mistake(np.abs, "linear keeps the sign of z."),
            Mistake(sigmoid, "That is the sigmoid; linear squashes nothing."),
            Mistake(lambda z: z + 1, "Nothing is added: the bias is in z already."),
            Mistake(lambda z: -z, "linear keeps the sign of z."),
        ),
        hints=("No activation at all: what goes in comes out.", "return z"),
        piece=True,
    ),
    Exercise(
        "linear_derivative",
        notebook=2,
        answer=linear_derivative,
        cases=CASES,
        mistakes=(
            Mistake(
                lambda z: 1,
                "That is one number; every entry of z has its slope, so return an array of ones of z's shape.",
            ),
            Mistake(
                lambda z: np.ones(len(z)), "np.ones(len(z)) has one entry a row; np.ones_like(z) has the shape of z."
            ),
            Mistake(linear, "That is z; its slope is 1 wherever z is."),
            Mistake(np.zeros_like, "A slope of 0 would be a flat line; z rises by 1 per unit."),
            Mistake(relu_derivative, "That is relu's slope; z rises on the negative side, too."),
        ),
        hints=(
            "How much does z change if z changes by 1? And that for every entry.",
            "np.ones_like(z) has the shape of z.",
        ),
        piece=True,
    ),
    Exercise(
        "softmax",
        notebook=2,
        answer=softmax,
        cases=(
            (SCORES,),
            (np.array([[2, 0], [1, 0], [0, 3]]),),
            (SCORES + 1000,),
            (np.array([[0.0, 1000.0], [1.0, 1001.0]]),),
        ),
        mistakes=(
            Mistake(
                lambda z: np.exp(z) / np.exp(z).sum(axis=0),
                "exp(1000) is infinite: subtract the maximum of each column before exp; a shift changes nothing.",
            ),
            Mistake(
                lambda z: softmax(z.T).T if np.ndim(z) > 1 else softmax(z),
                "Each row sums to 1. Samples are columns: the sum runs down axis 0.",
            ),
            Mistake(
                lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
                "The whole matrix sums to 1; each column should: sum over axis=0.",
            ),
            Mistake(
                lambda z: np.exp(z) / np.exp(z).sum(),
                "The whole matrix sums to 1; each column should: sum over axis=0.",
            ),
            Mistake(
                lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True),
                "Each row sums to 1. Samples are columns: the sum runs down axis 0.",
            ),
            Mistake(
                lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=0),
                "The maximum of the whole matrix is subtracted; a column far below it turns to 0 / 0: max(axis=0).",
            ),
            *(
                Mistake(
                    _along_rows(shift, keepdims),
                    "Axis 1 runs along a row, and a single vector has none: the sum runs down axis 0.",
                )
                for shift in (0, 1)
                for keepdims in (False, True)
            ),
            Mistake(
                lambda z: np.exp(z - max(z)) / sum(np.exp(z - max(z))),
                "Python's max compares whole rows of a matrix; z.max(axis=0) finds the largest of each column.",
            ),
            Mistake(
                lambda z: z / z.sum(axis=0),
                "Scores can be negative: exp makes them positive before they are shared out.",
            ),
            Mistake(lambda z: np.exp(z - z.max(axis=0)), "The division by the column's sum is missing."),
            Mistake(sigmoid, "That squashes each score alone; softmax compares them, so that they sum to 1."),
            Mistake(lambda z: (z == z.max(axis=0)) * 1.0, "The largest takes all; softmax leaves each its share."),
            Mistake(lambda z: np.log(softmax(z)), "That is the logarithm of the shares."),
        ),
        hints=(
            "Exponentials, divided by their sum down each column.",
            "Subtract z.max(axis=0) first: no exponential is then above 1.",
            "e = np.exp(z - z.max(axis=0)); return e / e.sum(axis=0)",
        ),
        piece=True,
    ),
)
