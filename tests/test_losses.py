import warnings

import numpy as np
import pytest
from sklearn.metrics import log_loss, mean_squared_error

from nnlib.activations import ACTIVATIONS, get_activation
from nnlib.losses import (
    LOSSES,
    binary_crossentropy,
    categorical_crossentropy,
    check_loss,
    default_loss,
    get_loss,
    mse,
    output_error,
)

rng = np.random.default_rng(0)


def test_the_good_and_the_bad_prediction():
    y = np.array([[1, 0, 1, 0, 1]])
    good, bad = np.array([[0.9, 0.1, 0.8, 0.2, 0.9]]), np.full((1, 5), 0.5)
    assert binary_crossentropy(y, good) == pytest.approx(-(3 * np.log(0.9) + 2 * np.log(0.8)) / 5)
    assert binary_crossentropy(y, bad) == pytest.approx(np.log(2))


def test_binary_crossentropy_agrees_with_scikit_learn():
    y, p = rng.integers(0, 2, 40), rng.uniform(0.01, 0.99, 40)
    assert binary_crossentropy(y[None], p[None]) == pytest.approx(log_loss(y, p), rel=1e-12)


def test_categorical_crossentropy_agrees_with_scikit_learn():
    labels, p = np.arange(40) % 4, rng.dirichlet(np.ones(4), 40)
    assert categorical_crossentropy(np.eye(4)[labels].T, p.T) == pytest.approx(log_loss(labels, p), rel=1e-12)


def test_losses_sum_over_outputs_and_average_over_samples():
    y, p = rng.normal(size=(3, 40)), rng.normal(size=(3, 40))
    # scikit-learn averages over the three outputs as well
    assert mse(y, p) == pytest.approx(3 * mean_squared_error(y.T, p.T), rel=1e-12)
    assert mse([[1.0, 2.0], [0.0, 0.0]], [[0.0, 2.0], [2.0, 1.0]]) == (1 + 4 + 1) / 2
    y, p = rng.integers(0, 2, (3, 40)), rng.uniform(0.01, 0.99, (3, 40))
    by_output = sum(log_loss(y[k], p[k]) for k in range(3))
    assert binary_crossentropy(y, p) == pytest.approx(by_output, rel=1e-12)


def test_float32_losses_are_summed_in_float64():
    predictions = np.array([[1e4, 1.0]], np.float32)  # 1e8 + 1 is 1e8 in float32
    assert mse(np.zeros_like(predictions), predictions) == (1e8 + 1) / 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", [binary_crossentropy, categorical_crossentropy])
def test_the_worst_predictions_cost_a_finite_amount_without_a_warning(loss, dtype):
    y, p = np.array([[1, 0]], dtype), np.array([[0, 1]], dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        worst, best = loss(y, p), loss(y, 1 - p)
    assert worst == pytest.approx(-np.log(1e-15) * (2 if loss is binary_crossentropy else 1) / 2, rel=1e-6)
    assert best == 0
    assert isinstance(worst, float)


def test_a_larger_epsilon_caps_the_cost():
    assert binary_crossentropy([[1.0]], [[0.0]], epsilon=0.1) == pytest.approx(np.log(10))
    assert binary_crossentropy([[0.0]], [[1.0]], epsilon=0.1) == pytest.approx(np.log(10))
    assert categorical_crossentropy([[1.0]], [[0.0]], 0.1) == pytest.approx(np.log(10))


@pytest.mark.parametrize(
    ("output", "loss"),
    [("sigmoid", "binary_crossentropy"), ("softmax", "categorical_crossentropy")]
    + [(name, "mse") for name in ACTIVATIONS if name not in ("sigmoid", "softmax")],
)
def test_the_loss_follows_from_the_output(output, loss):
    assert default_loss(output) == loss
    assert check_loss(None, output) == loss
    assert check_loss(loss, output) == loss


def test_mse_goes_with_every_output_but_softmax():
    assert check_loss("mse", "sigmoid") == "mse"
    with pytest.raises(ValueError, match="softmax outputs do not go with mse. Use loss='categorical_crossentropy'"):
        check_loss("mse", "softmax")


@pytest.mark.parametrize(
    ("loss", "output", "advice"),
    [
        ("binary_crossentropy", "softmax", "categorical_crossentropy"),
        ("binary_crossentropy", "linear", "sigmoid"),
        ("binary_crossentropy", "tanh", "sigmoid"),
        ("categorical_crossentropy", "sigmoid", "softmax"),
        ("categorical_crossentropy", "relu", "softmax"),
    ],
)
def test_pairs_that_make_no_sense_are_refused_with_advice(loss, output, advice):
    with pytest.raises(ValueError, match=f"{loss}.*{advice}|{output}.*{advice}"):
        check_loss(loss, output)


def test_unknown_losses_are_refused_with_the_nearest():
    with pytest.raises(ValueError, match="unknown loss 'binary_cross_entropy'. Did you mean 'binary_crossentropy'"):
        get_loss("binary_cross_entropy")
    with pytest.raises(ValueError, match="unknown loss"):
        check_loss("msee", "linear")


PAIRS = [("sigmoid", "binary_crossentropy"), ("softmax", "categorical_crossentropy")]
PAIRS += [(name, "mse") for name in ACTIVATIONS if name != "softmax"]


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_output_error_is_the_slope_of_each_samples_loss(activation, loss):
    Z = np.random.default_rng(1).normal(size=(3, 4))
    Y = np.eye(3)[[0, 2, 1, 1]].T
    g, step = get_activation(activation).function, 1e-6

    def sample_losses(Z):
        return np.array([LOSSES[loss](Y[:, [i]], g(Z[:, [i]])) for i in range(4)])

    slopes = np.zeros_like(Z)
    for k in range(3):
        nudge = np.zeros_like(Z)
        nudge[k] = step
        slopes[k] = (sample_losses(Z + nudge) - sample_losses(Z - nudge)) / (2 * step)
    np.testing.assert_allclose(output_error(Y, g(Z), Z, activation, loss), slopes, atol=1e-7)


@pytest.mark.parametrize("loss", LOSSES.values())
@pytest.mark.parametrize(
    ("y_true", "y_pred", "message"),
    [
        (np.ones(3), np.ones(3), r"Did you mean y.reshape\(1, -1\)\?"),
        (np.ones((5, 2)), np.ones((2, 5)), r"Did you mean y_true.T\?"),
        (np.arange(5), np.ones((4, 5)), r"use one_hot_encode\(y, 4\)"),
        (np.arange(1), np.ones((2, 1)), r"use one_hot_encode\(y, 2\)"),
        (np.arange(5), np.ones((1, 5)), r"one column per sample\.$"),
        (np.ones((1, 2)), np.ones((1, 3)), r"y_true has shape \(1, 2\) and y_pred \(1, 3\)"),
        (np.ones((1, 0)), np.ones((1, 0)), r"expected the same \(n, m\)"),
        ([[np.nan]], [[0.5]], "y_true has 1 NaN"),
        ([["a"]], [[0.5]], "y_true holds"),
    ],
)
def test_targets_that_do_not_fit_are_refused(loss, y_true, y_pred, message):
    with pytest.raises(ValueError, match=message):
        loss(y_true, y_pred)


def test_output_error_takes_three_arrays_of_one_shape():
    Y = A = Z = np.full((2, 3), 0.5)
    for arrays in ((Y[:, :2], A, Z), (Y, A[:1], Z), (Y, A, Z[:1]), (Y[0], A, Z), (Y[:, :0], A[:, :0], Z[:, :0])):
        with pytest.raises(ValueError, match=r"^Y has shape .*, A .* and Z .*; expected the same \(n, m\) of all\."):
            output_error(*arrays, "sigmoid", "mse")
    with pytest.raises(ValueError, match="Z holds object values"):
        output_error(Y, A, Z.astype(object), "sigmoid", "mse")
    assert output_error([[1.0]], [[0.5]], [[0.0]], "sigmoid", "mse").tolist() == [[-0.25]]  # 2 (0.5 − 1) · 1/4
    assert output_error(1, A[0], Z[0], "sigmoid", "binary_crossentropy").tolist() == [-0.5] * 3  # one target for all


@pytest.mark.parametrize("loss", [binary_crossentropy, categorical_crossentropy])
def test_epsilon_is_a_positive_number(loss):
    for epsilon in (0, -1e-15, np.nan, "small"):
        with pytest.raises(ValueError, match="epsilon is .*; expected a small positive number"):
            loss([[1.0]], [[0.5]], epsilon)


def test_predictions_too_large_for_a_float_give_no_warning():
    largest = np.array([[1e308, -1e308]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mse(-largest, largest) == np.inf
        assert np.isnan(binary_crossentropy([[0.0, 1.0]], [[np.inf, np.inf]]))
        assert np.isnan(categorical_crossentropy([[0.0, 1.0]], [[np.inf, np.inf]]))
        assert np.isinf(output_error(-largest, largest, largest, "linear", "mse")).all()
