import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import special

from nnlib.activations import (
    ACTIVATIONS,
    check_activations,
    elu,
    get_activation,
    leaky_relu,
    relu,
    relu_derivative,
    sigmoid,
    softmax,
    tanh,
)

PRECISIONS = [np.float32, np.float64]
ENTRYWISE = sorted(name for name, activation in ACTIVATIONS.items() if activation.derivative)


def finite(dtype):
    numbers = st.floats(width=np.dtype(dtype).itemsize * 8, allow_nan=False, allow_infinity=False)
    return arrays(dtype, array_shapes(min_dims=1, max_dims=2), elements=numbers)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", ACTIVATIONS)
@given(data=st.data())
def test_every_finite_z_gives_finite_values_of_its_own_precision_without_a_warning(name, dtype, data):
    z = data.draw(finite(dtype))
    before = z.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = [function(z) for function in get_activation(name) if function]
    for result in results:
        assert result.dtype == dtype
        assert result.shape == z.shape
        assert np.isfinite(result).all()
    assert np.array_equal(z, before)


def test_functions_agree_with_scipy():
    z = np.linspace(-40, 40, 401)
    np.testing.assert_allclose(sigmoid(z), special.expit(z), rtol=1e-14)
    np.testing.assert_allclose(tanh(z / 2), 2 * special.expit(z) - 1, rtol=1e-9, atol=1e-15)
    columns = np.random.default_rng(0).normal(scale=20, size=(5, 30))
    np.testing.assert_allclose(softmax(columns), special.softmax(columns, axis=0), rtol=1e-12)


def test_values_worked_by_hand():
    assert relu([-2.0, 0.0, 3.0]).tolist() == [0, 0, 3]
    assert leaky_relu([-2.0, 0.0, 3.0]).tolist() == [-0.02, 0, 3]
    assert leaky_relu([-2.0], alpha=0.5).tolist() == [-1]
    assert elu([np.log(0.25), 2.0], alpha=2.0) == pytest.approx([-1.5, 2.0])
    assert sigmoid([np.log(3)]) == pytest.approx([0.75])
    assert softmax(np.log([1.0, 2.0, 5.0])) == pytest.approx([0.125, 0.25, 0.625])


@pytest.mark.parametrize("name", ENTRYWISE)
def test_derivatives_agree_with_central_differences(name):
    function, derivative = get_activation(name)
    z = np.linspace(-4, 4, 80)  # an even count: no point on the kink at 0
    step = 1e-6
    np.testing.assert_allclose(derivative(z), (function(z + step) - function(z - step)) / (2 * step), atol=1e-8)


def test_alpha_reaches_value_and_derivative():
    for name in ("leaky_relu", "elu"):
        function, derivative = get_activation(name)
        step, z = 1e-6, np.array([-1.3, -0.2, 0.7])
        slope = (function(z + step, 0.3) - function(z - step, 0.3)) / (2 * step)
        np.testing.assert_allclose(derivative(z, 0.3), slope, atol=1e-8)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_largest_numbers_there_are(name, dtype):
    largest = np.finfo(dtype).max
    z = np.array([[-largest], [largest], [0]], dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for function in get_activation(name):
            assert function is None or np.isfinite(function(z)).all()
    if name == "softmax":
        assert softmax(z).tolist() == [[0], [1], [0]]


def test_linear_returns_an_array_of_its_own():
    z = np.ones(3)
    assert not np.shares_memory(get_activation("linear").function(z), z)


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
def test_a_double_precision_alpha_leaves_float32_alone(name):
    for function in get_activation(name):
        assert function(np.ones((2, 2), np.float32), np.float64(0.3)).dtype == np.float32


def test_relu_has_slope_zero_at_zero():
    assert relu_derivative(np.array([-1.0, 0.0, 1.0])).tolist() == [0, 0, 1]


def test_softmax_works_on_columns_and_ignores_a_shift():
    z = np.array([[2.0, 0.0], [1.0, 0.0], [0.1, 3.0]])
    p = softmax(z)
    assert p.sum(axis=0) == pytest.approx([1, 1])
    assert p[:, 0] == pytest.approx([0.659, 0.242, 0.099], abs=5e-4)
    np.testing.assert_allclose(softmax(z + 1000), p, rtol=1e-12)


@pytest.mark.parametrize("function", [f for a in ACTIVATIONS.values() for f in a if f and f is not softmax])
def test_plain_numbers_and_integers_are_welcome(function):
    assert np.isclose(function(2), function(np.array([2.0]))[0])


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"unknown activation 'relou'. Did you mean 'relu'\?"):
        get_activation("relou")
    with pytest.raises(ValueError, match="Choose one of: sigmoid, tanh"):
        get_activation("xyz")


@pytest.mark.parametrize("bad", ["text", [1 + 2j], [None], [[1.0], [1.0, 2.0]]])
def test_anything_but_real_numbers_is_refused(bad):
    with pytest.raises(ValueError, match="expected"):
        sigmoid(bad)


def test_softmax_needs_a_score_for_each_class():
    for z in (3.0, np.ones((0, 2)), []):
        with pytest.raises(ValueError, match=r"z has shape .*; expected \(n, m\) or \(n,\), with a score"):
            softmax(z)
    assert softmax(np.ones((2, 0))).shape == (2, 0)


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
def test_a_slope_is_a_number_that_is_not_negative(name):
    for function in get_activation(name):
        for alpha in (-0.1, np.nan, "small"):
            with pytest.raises(ValueError, match="alpha is .*; expected 0 or a small positive number"):
                function(np.ones(2), alpha)


def test_slopes_unless_they_are_given():
    assert leaky_relu(-1.0) == -0.01
    assert get_activation("leaky_relu").derivative(-1.0) == 0.01
    assert elu(-1.0) == pytest.approx(np.exp(-1) - 1)
    assert get_activation("elu").derivative(-1.0) == pytest.approx(np.exp(-1))


@pytest.mark.parametrize("function", [f for a in ACTIVATIONS.values() for f in a if f])
def test_a_refusal_names_the_argument(function):
    with pytest.raises(ValueError, match="^z holds <U4 values"):
        function("text")


def test_names_for_the_layers():
    assert check_activations(["relu", "softmax"], 2) == ["relu", "softmax"]
    names = check_activations(np.array(["tanh", "linear"]), 2)
    assert names == ["tanh", "linear"] and {type(name) for name in names} == {str}
    assert check_activations(["softmax"], 1) == ["softmax"]
    with pytest.raises(ValueError, match="softmax is the activation of hidden layer 2"):
        check_activations(["relu", "softmax", "softmax"], 3)
    for activations in ("re", {"relu", "tanh"}, ["relu"], None):
        with pytest.raises(ValueError, match=r"activations is .*; expected a list with one name per layer.*: 2 here"):
            check_activations(activations, 2)
    with pytest.raises(ValueError, match="n_layers is 0"):
        check_activations([], 0)
