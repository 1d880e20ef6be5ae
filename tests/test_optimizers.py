import numpy as np
import pytest

from nnlib.optimizers import GradientDescent, update_parameters


def parameters_and_gradients():
    parameters = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([[0.5]])}
    gradients = {"dW1": np.array([[10.0, -4.0]]), "db1": np.array([[1.0]])}
    return parameters, gradients


def test_update_parameters_returns_new_ones():
    parameters, gradients = parameters_and_gradients()
    updated = update_parameters(parameters, gradients, 0.1)
    assert updated["W1"] == pytest.approx(np.array([[0.0, 2.4]]))
    assert updated["b1"] == pytest.approx(np.array([[0.4]]))
    assert parameters["W1"].tolist() == [[1.0, 2.0]]
    assert gradients["dW1"].tolist() == [[10.0, -4.0]]


def test_step_works_in_place_and_agrees():
    parameters, gradients = parameters_and_gradients()
    expected = update_parameters(parameters, gradients, 0.1)
    W1 = parameters["W1"]
    assert GradientDescent(0.1).step(parameters, gradients) is None
    assert parameters["W1"] is W1
    assert np.array_equal(W1, expected["W1"])
    assert np.array_equal(parameters["b1"], expected["b1"])


@pytest.mark.parametrize("learning_rate", [np.float64(0.1), np.float32(0.1), 0.1, 1])
def test_float32_stays_float32_whatever_the_learning_rate_is(learning_rate):
    parameters, gradients = ({k: v.astype(np.float32) for k, v in d.items()} for d in parameters_and_gradients())
    assert update_parameters(parameters, gradients, learning_rate)["W1"].dtype == np.float32


@pytest.mark.parametrize(
    ("name", "gradient", "message"),
    [
        ("dW1", np.ones((1, 1)), r"dW1 has shape \(1, 1\); expected \(1, 2\), like W1"),
        ("db1", np.ones(1), r"db1 has shape \(1,\); expected \(1, 1\), like b1.*keepdims=True"),
        ("db1", None, "gradients has no db1; expected one for each of W1, b1"),
    ],
)
def test_gradients_that_do_not_fit_are_refused_and_change_nothing(name, gradient, message):
    parameters, gradients = parameters_and_gradients()
    gradients[name] = gradient
    if gradient is None:
        del gradients[name]
    for update in (GradientDescent(0.1).step, lambda *both: update_parameters(*both, 0.1)):
        with pytest.raises(ValueError, match=message):
            update(parameters, gradients)
        assert parameters["W1"].tolist() == [[1.0, 2.0]]


def test_the_state_can_be_taken_over():
    fresh = GradientDescent()
    fresh.restore(GradientDescent(0.3).state())
    assert fresh.learning_rate == 0.3


@pytest.mark.parametrize("learning_rate", [0, -0.1, np.nan, np.inf, "0.1", None, True, [0.1], 1j])
def test_learning_rates_that_make_no_sense_are_refused(learning_rate):
    with pytest.raises(ValueError, match="learning_rate is .*; expected a"):
        GradientDescent(learning_rate)
    with pytest.raises(ValueError, match="learning_rate is .*; expected a"):
        update_parameters(*parameters_and_gradients(), learning_rate)
