import warnings

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
    check = compare_gradients({"dW1": np.zeros((2, 2))}, {"dW1": np.zeros((2, 2))})
    assert check == (True, 0, "W1", (0, 0), 0, 0)


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


def test_what_is_no_loss_or_no_backward_pass_is_refused():
    with pytest.raises(ValueError, match="loss_of is 3; expected a function of the parameters that returns the loss"):
        numerical_gradients(3, PARAMETERS)
    with pytest.raises(ValueError, match=r"loss_of\(parameters\) has shape \(2,\); expected \(\)"):
        numerical_gradients(lambda parameters: np.ones(2), PARAMETERS)
    with pytest.raises(ValueError, match=r"backward is 3; expected a function of \(Y, cache, parameters, activations"):
        gradient_check(X, Y, PARAMETERS, ["relu", "softmax"], backward=3)
    with pytest.raises(ValueError, match="epsilon is 0"):
        gradient_check(X, Y, PARAMETERS, ["relu", "softmax"], epsilon=0)
    with pytest.raises(ValueError, match="W1 has 1 NaN"):
        numerical_gradients(lambda parameters: 0.0, {"W1": np.array([[np.nan]])})


def test_a_tolerance_of_zero_asks_for_the_very_same_numbers():
    one = {"dW1": np.array([[1.0]])}
    assert compare_gradients(one, one, tolerance=0).passed
    assert not compare_gradients(one, {"dW1": np.array([[1 + 1e-15]])}, tolerance=0).passed
    with pytest.raises(ValueError, match="tolerance is -1e-06; expected a small number such as 1e-6"):
        compare_gradients(one, one, tolerance=-1e-6)


def test_the_relative_error_worked_by_hand():
    analytic = {"dW1": np.array([[1.0, -4.0]]), "db1": np.array([[2.0]])}
    numerical = {"dW1": np.array([[1.5, -5.0]]), "db1": np.array([[2.5]])}
    check = compare_gradients(analytic, numerical, tolerance=0.2)  # 0.5 and 1 of 5; 0.5 of 2.5, no larger
    assert check == (True, 0.2, "W1", (0, 1), -4.0, -5.0)
    assert not compare_gradients(analytic, numerical, tolerance=0.19).passed
    assert str(check) == (
        "gradient check passed: largest relative error 2.0e-01, at W1[0, 1] (backward -4.000000, numerical -5.000000)"
    )
    tiny = compare_gradients({"dW1": np.array([[2e-9]])}, {"dW1": np.array([[1e-9]])})  # of at least 1e-8
    assert tiny.relative_error == pytest.approx(0.1)


def test_gradients_without_entries_and_gradients_too_large_are_no_agreement():
    with pytest.raises(ValueError, match=r"dW1 has shape \(0, 2\)"):
        compare_gradients({"dW1": np.ones((0, 2))}, {"dW1": np.ones((0, 2))})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not compare_gradients({"dW1": np.array([[-1e308]])}, {"dW1": np.array([[1e308]])}).passed
        assert not compare_gradients({"dW1": np.array([[np.inf]])}, {"dW1": np.array([[np.inf]])}).passed


def test_the_loss_follows_from_the_last_of_many_layers():
    parameters = initialize_parameters([3, 4, 4, 2], "glorot", rng=2)
    named = dict(X=X, Y=Y, parameters=parameters, activations=["tanh", "elu", "softmax"])
    assert gradient_check(**named).passed


def test_a_relative_error_of_more_than_a_millionth_fails_unless_more_is_allowed():
    numerical = {"dW1": np.array([[1.0]])}
    assert compare_gradients({"dW1": np.array([[1 + 9e-7]])}, numerical).passed
    assert not compare_gradients({"dW1": np.array([[1 + 1.1e-6]])}, numerical).passed
