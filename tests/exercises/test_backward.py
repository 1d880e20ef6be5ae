"""The right answer to my_backward, which is short enough for a solution, is what the library computes."""

import numpy as np
import pytest

from nnlib import get_activation, initialize_parameters
from nnlib.exercises.backward import backward
from nnlib.exercises.checking import difference
from nnlib.propagation import backward_propagation, forward_propagation


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("hidden", [[], ["relu"], ["tanh", "leaky_relu"], ["elu", "sigmoid", "tanh"]])
def test_it_equals_the_library(hidden, output):
    rng = np.random.default_rng(0)
    sizes, activations = [3, 5, 4, 6][: len(hidden) + 1] + [2], [*hidden, output]
    parameters = initialize_parameters(sizes, rng=rng)
    X, Y = rng.normal(size=(3, 7)), rng.dirichlet([1, 1], 7).T
    cache = forward_propagation(X, parameters, activations)[1]
    came = backward(Y, cache, parameters, [get_activation(name).derivative for name in hidden])
    assert difference(came, backward_propagation(Y, cache, parameters, activations)) is None
