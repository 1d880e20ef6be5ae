"""The right answer of my_forward, which takes functions, and nnlib.forward_propagation, which takes names."""

import numpy as np

from nnlib import forward_propagation, initialize_parameters
from nnlib.activations import get_activation
from nnlib.exercises import EXERCISES


def test_functions_give_what_names_give():
    names = ["tanh", "relu", "softmax"]
    X, parameters = np.random.default_rng(1).standard_normal((4, 6)), initialize_parameters([4, 5, 3, 2], rng=1)
    A, cache = EXERCISES["forward"].answer(X, parameters, [get_activation(name).function for name in names])
    expected, expected_cache = forward_propagation(X, parameters, names)
    np.testing.assert_equal(A, expected)
    np.testing.assert_equal(cache, expected_cache)
