"""Wrong answers that learners give to the exercises of notebook 2, each with what its message must say."""

import math

import numpy as np


def squash(z):
    return 1 / (1 + np.exp(-z))


# sigmoid


def exponential_over_one_plus(z):
    e = np.exp(z)
    return e / (1 + e)


def falling(z):
    return 1 / (1 + np.exp(z))


def without_brackets(z):
    return 1 / 1 + np.exp(-z)


def with_math(z):
    return 1 / (1 + math.exp(-z))


def in_an_array_of_whole_numbers(z):
    a = np.zeros_like(z)
    for i in np.ndindex(z.shape):
        a[i] = 1 / (1 + np.exp(-z[i]))
    return a


def by_if(z):
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))


def in_place(z):
    z *= -1
    return 1 / (1 + np.exp(z))


# sigmoid_derivative


def at_the_activation(a):
    return a * (1 - a)


def squashed_twice(z):
    a = squash(z)
    return squash(a) * (1 - squash(a))


def with_the_rule_of_tanh(z):
    return 1 - squash(z) ** 2


def one_factor_alone(z):
    return 1 - squash(z)


def quotient_rule_typed(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


# tanh


def definition_typed(z):
    up, down = np.exp(z), np.exp(-z)
    return (up - down) / (up + down)


def stretched_but_not_steeper(z):
    return 2 * squash(z) - 1


def tangent(z):
    return np.tan(z)


# tanh_derivative


def with_the_rule_of_the_sigmoid(z):
    a = np.tanh(z)
    return a * (1 - a)


def one_minus_square_of_its_argument(a):
    return 1 - a**2


def square_forgotten(z):
    return 1 - np.tanh(z)


def square_inside(z):
    return 1 - np.tanh(z**2)


# relu


def python_s_max(z):
    return max(0, z)


def largest_along_an_axis(z):
    return np.max(z, 0)


def folded(z):
    return np.where(z > 0, z, -z)


def zeroed_in_place(z):
    z[z < 0] = 0
    return z


def positive_ones_only(z):
    return z[z > 0]


def row_by_row(z):
    return np.array([value if value > 0 else 0.0 for value in z])


# relu_derivative


def one_at_zero(z):
    return np.where(z < 0, 0, 1)


def half_at_zero(z):
    return (np.sign(z) + 1) / 2


def minus_one_on_the_left(z):
    return np.where(z > 0, 1, np.where(z < 0, -1, 0))


def relu_again(z):
    return np.maximum(z, 0)


# leaky_relu, alpha = 0.01


def alpha_by_heart(z, alpha=0.01):
    return np.where(z > 0, z, 0.01 * z)


def constant_leak(z, alpha=0.01):
    return np.where(z > 0, z, alpha)


def leak_on_both_sides(z, alpha=0.01):
    return np.maximum(z, 0) + alpha * z


def leak_in_an_array_of_whole_numbers(z, alpha=0.01):
    a = np.zeros_like(z)
    a[z > 0] = z[z > 0]
    a[z <= 0] = alpha * z[z <= 0]
    return a


def leak_in_place(z, alpha=0.01):
    z[z < 0] *= alpha
    return z


# leaky_relu_derivative


def zero_on_the_left(z, alpha=0.01):
    return (z > 0) * 1.0


def function_for_slope(z, alpha=0.01):
    return np.where(z > 0, 1, alpha * z)


def right_side_at_zero(z, alpha=0.01):
    return np.where(z < 0, alpha, 1)


# elu, alpha = 1


def minus_one_forgotten(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.exp(z))


def alpha_on_the_exponential_alone(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.exp(z) - 1)


def alpha_of_one(z, alpha=1.0):
    return np.where(z > 0, z, np.exp(z) - 1)


def sides_as_products(z, alpha=1.0):
    right, left = z > 0, z <= 0
    return right * z + left * alpha * (np.exp(z) - 1)


def straight_on_the_left(z, alpha=1.0):
    return np.where(z > 0, z, alpha * z)


# elu_derivative


def minus_one_kept(z, alpha=1.0):
    return np.where(z > 0, 1, alpha * (np.exp(z) - 1))


def alpha_alone(z, alpha=1.0):
    return np.where(z > 0, 1, alpha)


def one_at_the_corner(z, alpha=1.0):
    return np.where(z < 0, alpha * np.exp(z), 1)


def slopes_as_products(z, alpha=1.0):
    return (z > 0) * 1.0 + (z <= 0) * alpha * np.exp(z)


# linear and linear_derivative


def ones(z):
    return np.ones(z.shape)


def cut_at_zero(z):
    return np.maximum(z, 0)


def with_a_bias(z):
    return z + 1.0


def one_number(z):
    return 1.0


def one_for_each_row(z):
    return np.ones(len(z))


def itself(z):
    return z.copy()


# softmax


def maximum_not_taken_off(z):
    e = np.exp(z)
    return e / np.sum(e, axis=0)


def last_axis(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def sum_over_everything(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def one_maximum_for_all(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e, axis=0)


def shares_of_the_scores(z):
    return z / np.sum(z, axis=0)


def each_for_itself(z):
    return squash(z)


def maximum_off_in_place(z):
    z -= z.max(axis=0)
    return np.exp(z) / np.exp(z).sum(axis=0)


def winner_takes_all(z):
    return np.where(z == z.max(axis=0), 1, 0)


WRONG = {
    "scale": [(4, "flat ends"), (8, "about a hundredth"), (12, "about half"), (16, "a smaller one")],
    "sigmoid": [
        (exponential_over_one_plus, "infinity over infinity"),
        (falling, "exponent is minus z"),
        (without_brackets, "Brackets are missing"),
        (with_math, "math take one number"),
        (in_an_array_of_whole_numbers, "keeps whole numbers only"),
        (by_if, "one truth value"),
        (in_place, "changed what was handed to it"),
    ],
    "sigmoid_derivative": [
        (at_the_activation, "takes z, not the activation"),
        (squashed_twice, "once too often"),
        (with_the_rule_of_tanh, "rule of tanh"),
        (one_factor_alone, "other factor"),
        (quotient_rule_typed, "infinity over infinity"),
    ],
    "tanh": [
        (definition_typed, "infinity over infinity"),
        (stretched_but_not_steeper, "with 2z inside"),
        (squash, "That is the sigmoid"),
        (tangent, "hyperbolic"),
    ],
    "tanh_derivative": [
        (one_minus_square_of_its_argument, "takes z, not the activation"),
        (with_the_rule_of_the_sigmoid, "rule of the sigmoid"),
        (square_forgotten, "square is missing"),
        (square_inside, "square belongs outside"),
    ],
    "relu": [
        (python_s_max, "one truth value"),
        (largest_along_an_axis, "one largest entry"),
        (folded, "folds negative z up"),
        (zeroed_in_place, "changed what was handed to it"),
        (positive_ones_only, "leaves out the negative entries"),
        (row_by_row, "a single row"),
    ],
    "relu_derivative": [
        (one_at_zero, "0 by convention"),
        (half_at_zero, "not ½"),
        (minus_one_on_the_left, "relu is flat"),
        (relu_again, "That is relu itself"),
    ],
    "leaky_relu": [
        (alpha_by_heart, "alpha is ignored"),
        (constant_leak, "alpha times z"),
        (leak_on_both_sides, "on the positive side, too"),
        (leak_in_an_array_of_whole_numbers, "keeps whole numbers only"),
        (leak_in_place, "changed what was handed to it"),
    ],
    "leaky_relu_derivative": [
        (zero_on_the_left, "relu's slope"),
        (function_for_slope, "its slope is alpha"),
        (right_side_at_zero, "z > 0, not z >= 0"),
    ],
    "elu": [
        (minus_one_forgotten, "The −1 is missing"),
        (alpha_on_the_exponential_alone, "alpha multiplies all"),
        (alpha_of_one, "alpha is ignored"),
        (sides_as_products, "infinity times 0"),
        (straight_on_the_left, "a straight line"),
    ],
    "elu_derivative": [
        (minus_one_kept, "The −1 has no slope"),
        (alpha_alone, "leaky_relu's slope"),
        (one_at_the_corner, "At z = 0"),
        (slopes_as_products, "infinity times 0"),
    ],
    "linear": [(ones, "That is its slope"), (cut_at_zero, "That is relu"), (with_a_bias, "Nothing is added")],
    "linear_derivative": [
        (one_number, "That is one number"),
        (one_for_each_row, "one entry a row"),
        (itself, "That is z"),
    ],
    "softmax": [
        (maximum_not_taken_off, "subtract the maximum"),
        (last_axis, "Each row sums to 1"),
        (sum_over_everything, "The whole matrix sums to 1"),
        (one_maximum_for_all, "maximum of the whole matrix"),
        (shares_of_the_scores, "exp makes them positive"),
        (each_for_itself, "squashes each score alone"),
        (maximum_off_in_place, "changed what was handed to it"),
        (winner_takes_all, "largest takes all"),
    ],
}
