import numpy as np
import pytest

from nnlib.initialization import INIT_METHODS, count_parameters, initialize_parameters


def test_shapes_of_the_3_4_2_network():
    shapes = {name: value.shape for name, value in initialize_parameters([3, 4, 2]).items()}
    assert shapes == {"W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1)}


@pytest.mark.parametrize(
    ("method", "variance"),
    [("zeros", 0), ("random", 1e-4), ("xavier", 1 / 400), ("glorot", 2 / 1000), ("he", 2 / 400)],
)
def test_each_method_has_its_variance(method, variance):
    parameters = initialize_parameters([400, 600], method, rng=0)
    W, b = parameters["W1"], parameters["b1"]
    assert W.var() == pytest.approx(variance, rel=0.02)
    assert abs(W.mean()) < 5 * np.sqrt(variance / W.size) + 1e-12
    assert not b.any()


def test_zeros_have_no_sign():
    assert not np.signbit(initialize_parameters([4, 4], "zeros", rng=0)["W1"]).any()


def test_every_method_is_covered_above():
    assert set(INIT_METHODS) == {"zeros", "random", "xavier", "glorot", "he"}


def test_seeds_and_generators():
    first, again = (initialize_parameters([3, 2], rng=7) for _ in range(2))
    assert np.array_equal(first["W1"], again["W1"])
    generator = np.random.default_rng(7)
    assert np.array_equal(initialize_parameters([3, 2], rng=generator)["W1"], first["W1"])
    assert not np.array_equal(initialize_parameters([3, 2], rng=generator)["W1"], first["W1"])
    assert not np.array_equal(initialize_parameters([3, 2])["W1"], initialize_parameters([3, 2])["W1"])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision(dtype):
    assert {value.dtype for value in initialize_parameters([3, 4, 2], dtype=dtype).values()} == {np.dtype(dtype)}


def test_number_of_parameters():
    assert count_parameters([3, 4, 2]) == 16 + 10
    assert count_parameters([784, 128, 64, 10]) == 109_386
    assert count_parameters([5, 3, 2]) == sum(value.size for value in initialize_parameters([5, 3, 2]).values())


@pytest.mark.parametrize("method", ["hee", "Xavier", "normal", None])
def test_unknown_methods_are_refused(method):
    with pytest.raises(ValueError, match=f"unknown init_method {method!r}"):
        initialize_parameters([3, 2], method)


@pytest.mark.parametrize("sizes", [[], [3], [3, 0], [3, -1, 2], [3, 2.5], 7, None, "32"])
def test_sizes_that_make_no_network_are_refused(sizes):
    with pytest.raises(ValueError, match="layer_sizes"):
        initialize_parameters(sizes)


def test_other_precisions_other_seeds_and_too_many_weights_are_refused():
    with pytest.raises(ValueError, match="dtype is <class 'int'>; expected np.float32 or np.float64"):
        initialize_parameters([3, 2], dtype=int)
    with pytest.raises(ValueError, match="rng is -1"):
        initialize_parameters([3, 2], rng=-1)
    with pytest.raises(ValueError, match="layer_sizes asks for an array of 32,768 × 65,536 numbers"):
        initialize_parameters([2**16, 2**15])


def test_arguments_have_names():
    named = initialize_parameters(layer_sizes=[3, 2], init_method="glorot", rng=1)
    np.testing.assert_array_equal(named["W1"], initialize_parameters([3, 2], "glorot", rng=1)["W1"])
