import numpy as np
import pytest
from scipy.special import expit

from nnlib.neuron import Neuron


def neuron_with(weights, bias, activation="sigmoid"):
    neuron = Neuron(len(weights), activation)
    neuron.weights, neuron.bias = np.array(weights), bias
    return neuron


def test_output_is_the_activation_of_the_weighted_sum():
    # z = 0.5·1 − 1·2 + 0.25·3 + 0.1 = −0.65
    assert neuron_with([0.5, -1.0, 0.25], 0.1, "linear").forward([1.0, 2.0, 3.0]) == pytest.approx(-0.65)
    assert neuron_with([0.5, -1.0, 0.25], 0.1).forward([1.0, 2.0, 3.0]) == pytest.approx(expit(-0.65))


def test_columns_are_samples():
    neuron = neuron_with([2.0, -1.0], 0.5, "relu")
    assert neuron.forward([[1.0, 0.0, 3.0], [0.0, 1.0, 2.0]]).tolist() == [2.5, 0.0, 4.5]


def test_it_starts_with_small_weights_and_no_bias():
    neuron = Neuron(10_000, rng=3)
    assert neuron.bias == 0.0
    assert neuron.weights.shape == (10_000,)
    assert neuron.weights.std() == pytest.approx(0.01, rel=0.05)
    assert np.array_equal(Neuron(5, rng=1).weights, Neuron(5, rng=1).weights)
    assert not np.array_equal(Neuron(5).weights, Neuron(5).weights)


def test_large_inputs_do_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        assert neuron_with([1000.0], 0.0).forward([-1.0]) == 0.0


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (np.zeros((5, 3)), r"inputs has shape \(5, 3\); expected \(3,\), or \(3, m\).* Did you mean inputs.T\?"),
        (np.zeros(2), r"inputs has shape \(2,\)"),
        (np.zeros((3, 0)), r"inputs has shape \(3, 0\)"),
        ([1.0, np.nan, 2.0], "1 NaN or infinite"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(inputs, message):
    with pytest.raises(ValueError, match=message):
        Neuron(3).forward(inputs)


@pytest.mark.parametrize("n_inputs", [0, -1, 2.5, True, "3"])
def test_a_neuron_needs_a_whole_number_of_inputs(n_inputs):
    with pytest.raises(ValueError, match="n_inputs is .* expected a whole number of at least 1"):
        Neuron(n_inputs)


def test_softmax_is_no_activation_for_one_neuron():
    with pytest.raises(ValueError, match="cannot use 'softmax'"):
        Neuron(3, "softmax")


def test_it_shows_what_it_is():
    assert repr(Neuron(3, "tanh")) == "Neuron(3, 'tanh')"


def test_a_neuron_has_at_most_four_gigabytes_of_weights():
    with pytest.raises(ValueError, match="n_inputs asks for an array of 536,870,913 numbers"):
        Neuron(2**29 + 1)


def test_arguments_have_names():
    assert Neuron(n_inputs=2, activation="tanh", rng=3).forward(inputs=[0.0, 0.0]) == 0
