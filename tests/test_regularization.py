import warnings

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPClassifier

from nnlib.gradient_check import compare_gradients, numerical_gradients
from nnlib.losses import get_loss
from nnlib.network import NeuralNetwork
from nnlib.optimizers import Adam
from nnlib.propagation import forward_propagation
from nnlib.regularization import add_l2_gradients, dropout_masks, l2_penalty

rng = np.random.default_rng(0)
X = rng.normal(size=(4, 30))
Y = np.eye(3)[rng.integers(0, 3, 30)].T


def assert_same(parameters, others):
    assert parameters.keys() == others.keys()
    for name in parameters:
        np.testing.assert_array_equal(parameters[name], others[name])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_penalty_worked_by_hand(dtype):
    parameters = {
        "W1": np.array([[1, -2], [3, 0]], dtype),
        "b1": np.array([[100], [-7]], dtype),
        "W2": np.array([[0.5, 2]], dtype),
        "b2": np.array([[9]], dtype),
    }
    penalty = l2_penalty(parameters, 0.5)  # 0.25 (1 + 4 + 9 + 0 + 0.25 + 4)
    assert (penalty, type(penalty)) == (4.5625, float)
    assert l2_penalty({"W1": np.array([[3]], dtype)}, 4) == 18
    gradients = {f"d{name}": np.ones_like(value) for name, value in parameters.items()}
    arrays = dict(gradients)
    assert add_l2_gradients(gradients, parameters, 0.5) is None
    assert gradients["dW1"].tolist() == [[1.5, 0], [2.5, 1]]
    assert gradients["dW2"].tolist() == [[1.25, 2]]
    assert (gradients["db1"] == 1).all() and (gradients["db2"] == 1).all()
    assert all(gradients[name] is array and array.dtype == dtype for name, array in arrays.items())


@pytest.mark.parametrize("output", ["softmax", "sigmoid", "linear"])
def test_gradients_are_those_of_loss_plus_penalty(output):
    network = NeuralNetwork([4, 5, 6, 3], ["tanh", "elu", output], l2=0.3, rng=1)
    for l in (1, 2, 3):
        network.parameters[f"b{l}"] += rng.normal(size=(network.layer_sizes[l], 1))

    def loss_and_price(parameters):
        weights = np.concatenate([parameters[f"W{l}"].ravel() for l in (1, 2, 3)])
        loss = get_loss(network.loss)(Y, forward_propagation(X, parameters, network.activations)[0])
        return loss + 0.15 * weights @ weights

    network.forward(X)
    check = compare_gradients(network.backward(Y), numerical_gradients(loss_and_price, network.parameters))
    assert check.passed, str(check)


def test_a_linear_network_with_l2_is_ridge_regression():
    l2, targets = 0.2, np.vstack([X[0] - 2 * X[1] + 3, X[2] * X[3] - 1])
    network = NeuralNetwork([4, 2], ["linear"], 0.1, l2=l2, rng=0)
    network.fit(X, targets, 1000, False)
    # (1/m) Σ (Wx + b − y)² + λ/2 ΣW² is 1/m of what Ridge minimizes, with alpha = λm/2.
    ridge = Ridge(alpha=l2 * X.shape[1] / 2).fit(X.T, targets.T)
    np.testing.assert_allclose(network.parameters["W1"], ridge.coef_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(network.parameters["b1"].ravel(), ridge.intercept_, rtol=1e-9)


def test_training_with_l2_agrees_with_scikit_learns():
    m, l2 = X.shape[1], 0.4
    network = NeuralNetwork([4, 6, 3], ["tanh", "softmax"], 0.1, l2=l2, rng=0)
    theirs = MLPClassifier(
        (6,), activation="tanh", solver="sgd", alpha=l2 * m, batch_size=m, learning_rate_init=0.1, momentum=0
    )
    theirs.partial_fit(X.T, Y.argmax(axis=0), classes=[0, 1, 2])
    theirs.coefs_ = [network.parameters[f"W{l}"].T.copy() for l in (1, 2)]
    theirs.intercepts_ = [network.parameters[f"b{l}"].ravel().copy() for l in (1, 2)]
    network.fit(X, Y, 10, False)
    for _ in range(10):
        theirs.partial_fit(X.T, Y.argmax(axis=0))
    for l in (1, 2):
        np.testing.assert_allclose(network.parameters[f"W{l}"], theirs.coefs_[l - 1].T, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(network.parameters[f"b{l}"].ravel(), theirs.intercepts_[l - 1], atol=1e-12)


def test_the_history_is_the_loss_without_the_penalty():
    network = NeuralNetwork([4, 6, 3], ["tanh", "softmax"], l2=10.0, rng=0)
    expected = NeuralNetwork([4, 6, 3], ["tanh", "softmax"], rng=0).evaluate(X, Y)
    assert network.evaluate(X, Y) == expected
    network.fit(X, Y, 1, False)
    assert (network.history["loss"][0], network.history["accuracy"][0]) == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_masks_are_0_or_what_makes_up_for_it(dtype):
    masks = dropout_masks([7, 200, 300, 10], 500, 0.2, rng=0, dtype=dtype)
    assert {name: mask.shape for name, mask in masks.items()} == {"D1": (200, 500), "D2": (300, 500)}
    for mask in masks.values():
        assert mask.dtype == dtype
        assert np.unique(mask).tolist() == [0, dtype(1.25)]
        within = 5 * np.sqrt(0.2 * 0.8 / mask.size)
        assert np.mean(mask == 0) == pytest.approx(0.2, abs=within)
        assert mask.mean(dtype=np.float64) == pytest.approx(1, abs=within / 0.8)
        # no row and no column is switched off as a whole
        assert (np.ptp(mask, axis=0) > 0).all() and (np.ptp(mask, axis=1) > 0).all()
    assert not np.array_equal(masks["D1"], masks["D2"][:200])


def test_the_seed_decides_the_masks():
    first, again, generator, other = (
        dropout_masks([2, 8, 1], 20, 0.5, rng=rng) for rng in (3, 3, np.random.default_rng(3), 4)
    )
    assert_same(first, again)
    assert_same(first, generator)
    assert not np.array_equal(first["D1"], other["D1"])


def test_without_dropout_all_survive_and_without_hidden_layers_there_is_nothing_to_mask():
    assert (dropout_masks(layer_sizes=[2, 8, 1], m=20, dropout=0.0)["D1"] == 1).all()
    assert dropout_masks([2, 1], 20, 0.5) == {}


def with_dropout(dropout=0.5, seed=0, **settings):
    return NeuralNetwork([4, 6, 5, 3], ["tanh", "relu", "softmax"], 0.1, dropout=dropout, rng=seed, **settings)


def test_expected_activations_are_kept():
    m, p, x = 40_000, 0.3, X[:, :1]
    network = with_dropout(p)
    network.forward(x)
    expected = network.cache["A1"]
    network.forward(np.repeat(x, m, axis=1), rng=1)
    deviation = np.abs(network.cache["A1"].mean(axis=1, keepdims=True) - expected)
    assert (deviation < 5 * np.abs(expected) * np.sqrt(p / (1 - p) / m)).all()
    # activations that a mask has passed are what the next layer gets
    np.testing.assert_allclose(
        network.cache["Z2"], network.parameters["W2"] @ network.cache["A1"] + network.parameters["b2"]
    )


def test_forward_drops_only_with_a_generator():
    network, plain = with_dropout(), with_dropout(0.0)
    expected = plain.forward(X)
    np.testing.assert_array_equal(network.forward(X), expected)
    assert "D1" not in network.cache
    np.testing.assert_array_equal(plain.forward(X, np.random.default_rng(0)), expected)
    assert not np.allclose(network.forward(X, np.random.default_rng(0)), expected)
    assert_same({k: network.cache[k] for k in ("D1", "D2")}, dropout_masks([4, 6, 5, 3], 30, 0.5, rng=0))


def test_gradients_are_those_of_what_dropout_left():
    network = NeuralNetwork([4, 6, 5, 3], ["tanh", "elu", "softmax"], dropout=0.4, rng=0)
    masks = dropout_masks(network.layer_sizes, 30, 0.4, rng=1)

    def loss_of(parameters):
        return get_loss(network.loss)(Y, forward_propagation(X, parameters, network.activations, masks=masks)[0])

    network.forward(X, 1)
    check = compare_gradients(network.backward(Y), numerical_gradients(loss_of, network.parameters))
    assert check.passed, str(check)


def test_what_is_asked_of_a_network_is_answered_without_dropout():
    network, plain = with_dropout(), with_dropout(0.0)
    network.fit(X, Y, 3, False, batch_size=8, validation_data=(X, Y), rng=0)
    plain.parameters = network.parameters
    np.testing.assert_array_equal(network.predict_proba(X), plain.predict_proba(X))
    np.testing.assert_array_equal(network.predict(X), plain.predict(X))
    assert network.evaluate(X, Y) == plain.evaluate(X, Y)
    assert network.history["validation_loss"][-1] == plain.evaluate(X, Y)[0]


def test_the_seed_decides_what_fit_drops():
    runs = [with_dropout() for _ in range(4)]
    for network, seed in zip(runs, [1, 1, 2, None], strict=True):
        network.fit(X, Y, 3, False, rng=seed)  # the full batch: nothing else is random
    assert_same(runs[0].parameters, runs[1].parameters)
    for other in runs[2:]:
        assert not np.array_equal(runs[0].parameters["W1"], other.parameters["W1"])


def test_every_step_drops_others():
    network, masks = with_dropout(), []

    class Idle:
        def step(self, parameters, gradients):
            masks.append(network.cache["D1"])

    network.fit(X, Y, 2, False, batch_size=15, optimizer=Idle(), rng=0)
    assert [mask.shape for mask in masks] == [(6, 15)] * 4
    assert len({mask.tobytes() for mask in masks}) == 4


def test_a_network_without_dropout_draws_nothing():
    generator = np.random.default_rng(5)
    before = generator.bit_generator.state
    zero, without = with_dropout(0), NeuralNetwork([4, 6, 5, 3], ["tanh", "relu", "softmax"], 0.1, rng=0)
    zero.fit(X, Y, 3, False, rng=generator)
    assert generator.bit_generator.state == before
    without.fit(X, Y, 3, False, rng=0)
    for network in (zero, without):
        network.fit(X, Y, 3, False, batch_size=7, rng=1)
    assert_same(zero.parameters, without.parameters)
    assert zero.history == without.history


def test_float32_stays_float32_with_both():
    network = with_dropout(0.2, l2=0.1)
    network.fit(X.astype(np.float32), Y, 3, False, batch_size=8, optimizer=Adam(), rng=0)
    for arrays in (network.parameters, network.cache):
        assert {value.dtype for value in arrays.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("inputs", [X.tolist(), np.rint(X).astype(int)])
def test_lists_and_integers_can_be_dropped_too(inputs):
    network = with_dropout()
    np.testing.assert_array_equal(network.forward(inputs, 0), network.forward(np.array(inputs, float), 0))
    with pytest.raises(ValueError, match=r"Did you mean X.T\?"):
        network.forward(X.T, 0)


def test_settings_that_make_no_sense_are_refused():
    for l2 in (-0.1, np.nan, np.inf, "0.1", None, True):
        with pytest.raises(ValueError, match="l2 is .*; expected 0 or a small positive number"):
            NeuralNetwork([4, 3], ["softmax"], l2=l2)
    for dropout in (1, -0.1, 1.5, np.nan, "0.1", None, True):
        with pytest.raises(ValueError, match="dropout is .*; expected a number from 0 to below 1"):
            NeuralNetwork([4, 3], ["softmax"], dropout=dropout)


def test_prices_and_arrays_that_do_not_fit_change_nothing():
    parameters = {"W1": np.ones((1, 2)), "b1": np.ones((1, 1))}
    gradients = {"dW1": np.ones((1, 2)), "db1": np.ones((1, 1))}
    fixed = np.ones((1, 1))
    fixed.setflags(write=False)
    for bad, arguments in [
        ("l2 is -1", (gradients, parameters, -1)),
        ("gradients has no db1", ({"dW1": gradients["dW1"]}, parameters, 0.5)),
        ("db1 has shape", (gradients | {"db1": np.ones(1)}, parameters, 0.5)),
        ("db1 is a read-only array", (gradients | {"db1": fixed}, parameters, 0.5)),
    ]:
        with pytest.raises(ValueError, match=bad):
            add_l2_gradients(*arguments)
    assert gradients["dW1"].tolist() == [[1, 1]]
    with pytest.raises(ValueError, match="l2 is -1"):
        l2_penalty(parameters, -1)
    with pytest.raises(ValueError, match="parameters is None"):
        l2_penalty(None, 0.5)


def test_weights_too_large_for_a_float_give_no_warning():
    parameters, gradients = {"W1": np.array([[1e200]])}, {"dW1": np.array([[1.0]])}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert l2_penalty(parameters, 1.0) == np.inf
        add_l2_gradients(gradients, parameters, 1e200)
    assert gradients["dW1"].tolist() == [[np.inf]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([3], 4, 0.5), "layer_sizes is"),
        (([3, 4, 2], 0, 0.5), "m is 0"),
        (([3, 4, 2], 4, 1), "dropout is 1"),
        (([3, 2**14, 2], 2**16, 0.5), r"m asks for an array of 16,384 × 65,536 numbers"),
    ],
)
def test_masks_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        dropout_masks(*arguments)


def test_the_room_for_masks_is_that_of_the_hidden_layers():
    assert dropout_masks([2**29, 3, 2**29], 4, 0.5, rng=0)["D1"].shape == (3, 4)
