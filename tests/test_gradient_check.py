import numpy as np
import pytest

from nnlib.activations import get_activation
from nnlib.gradient_check import compare_gradients, gradient_check, numerical_gradients
from nnlib.initialization import initialize_parameters
from nnlib.propagation import backward_propagation

X = np.random.default_rng(0).normal(size=(3, 8))
Y = np.eye(2)[np.arange(8) % 2].T
PARAMETERS = initialize_parameters([3, 4, 2], rng=1)


def test_numerical_gradients_of_a_known_function():
    parameters = {"W1": np.array([[1.0, -2.0], [0.5, 3.0]]), "b1": np.array([[2.0], [0.0]])}
    gradients = numerical_gradients(lambda p: float((p["W1"] ** 3).sum() + np.sin(p["b1"]).sum()), parameters)
    np.testing.assert_allclose(gradients["dW1"], 3 * parameters["W1"] ** 2, rtol=1e-8)
    np.testing.assert_allclose(gradients["db1"], np.cos(parameters["b1"]), rtol=1e-8)
    assert parameters["W1"].tolist() == [[1.0, -2.0], [0.5, 3.0]]


def test_a_right_backward_pass_passes():
    check = gradient_check(X, Y, PARAMETERS, ["relu", "softmax"])
    assert check.passed
    assert check.relative_error < 1e-7
    assert str(check).startswith("gradient check passed: largest relative error")


def test_relus_mask_taken_from_its_output_is_caught():
    def slipped(Y, cache, parameters, activations, *, loss):
        gradients = backward_propagation(Y, cache, parameters, activations, loss=loss)
        dZ1 = (parameters["W2"].T @ (cache["A2"] - Y)) * (cache["A1"] >= 0)  # never negative, so always 1
        return gradients | {"dW1": dZ1 @ X.T / 8, "db1": dZ1.sum(axis=1, keepdims=True) / 8}

    check = gradient_check(X, Y, PARAMETERS, ["relu", "softmax"], backward=slipped)
    assert not check.passed
    assert check.parameter in ("W1", "b1")
    assert "FAILED" in str(check)


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_the_entry_that_differs_most_is_named(name):
    entry = (1, 0)

    def spoiled(Y, cache, parameters, activations, *, loss):
        gradients = backward_propagation(Y, cache, parameters, activations, loss=loss)
        gradients[f"d{name}"][entry] += 0.001
        return gradients

    check = gradient_check(X, Y, PARAMETERS, ["tanh", "softmax"], backward=spoiled)
    assert (check.passed, check.parameter, check.entry) == (False, name, entry)
    assert check.analytic - check.numerical == pytest.approx(0.001, rel=1e-3)
    assert f"at {name}[1, 0]" in str(check)


def test_prediction_minus_target_is_wrong_for_sigmoid_with_mse():
    def always_a_minus_y(Y, cache, parameters, activations, *, loss):
        return backward_propagation(Y, cache, parameters, activations, loss="binary_crossentropy")

    arguments = (X, Y, PARAMETERS, ["relu", "sigmoid"])
    assert gradient_check(*arguments, loss="mse").passed
    assert not gradient_check(*arguments, loss="mse", backward=always_a_minus_y).passed


def test_a_gradient_that_is_not_a_number_fails():
    assert not compare_gradients({"dW1": np.array([[np.nan]])}, {"dW1": np.array([[1.0]])}).passed


def test_a_gradient_of_zero_agrees_with_zero():
    assert compare_gradients({"dW1": np.zeros((2, 2))}, {"dW1": np.zeros((2, 2))}).passed


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"dW1 has shape \(2, 1\); expected \(1, 2\)"):
        compare_gradients({"dW1": np.zeros((2, 1))}, {"dW1": np.zeros((1, 2))})


def test_a_gradient_that_is_missing_is_named():
    with pytest.raises(ValueError, match="the gradients have no db1; expected one for each of dW1, db1"):
        compare_gradients({"dW1": np.ones((1, 2))}, {"dW1": np.ones((1, 2)), "db1": np.ones((1, 1))})


def test_every_entrywise_activation_can_be_checked_in_float32_parameters():
    parameters = initialize_parameters([3, 4, 2], rng=1, dtype=np.float32)
    assert get_activation("elu").derivative is not None
    check = gradient_check(X, Y, parameters, ["elu", "softmax"])
    assert check.passed, str(check)


def test_tolerance_and_epsilon_are_heeded():
    arguments = (X, Y, PARAMETERS, ["tanh", "softmax"])
    fine, coarse = gradient_check(*arguments), gradient_check(*arguments, epsilon=0.1)
    assert fine.passed
    assert not coarse.passed
    assert coarse.relative_error > 1e4 * fine.relative_error
    assert gradient_check(*arguments, epsilon=0.1, tolerance=2 * coarse.relative_error).passed


def test_float32_inputs_are_checked_in_float64():
    parameters = initialize_parameters([3, 4, 2], rng=1, dtype=np.float32)
    assert gradient_check(X.astype(np.float32), Y, parameters, ["tanh", "softmax"]).relative_error < 1e-8
