import re
import warnings

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from nnlib.gradient_check import compare_gradients, gradient_check, numerical_gradients
from nnlib.initialization import initialize_parameters
from nnlib.losses import get_loss
from nnlib.propagation import backward_propagation, forward_propagation
from nnlib.regularization import dropout_masks

HIDDEN = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "linear"]
OUTPUTS = [("sigmoid", "binary_crossentropy"), ("softmax", "categorical_crossentropy"), *((g, "mse") for g in HIDDEN)]


def test_a_pass_worked_by_hand():
    parameters = {
        "W1": np.array([[1.0, -1.0], [2.0, 0.0]]),
        "b1": np.array([[0.0], [-3.0]]),
        "W2": np.array([[1.0, 2.0]]),
        "b2": np.array([[0.5]]),
    }
    X = np.array([[3.0, 1.0], [1.0, 2.0]])  # samples (3, 1) and (1, 2)
    A, cache = forward_propagation(X, parameters, ["relu", "linear"])
    assert cache["Z1"].tolist() == [[2, -1], [3, -1]]
    assert cache["A1"].tolist() == [[2, 0], [3, 0]]
    assert A.tolist() == [[8.5, 0.5]]
    assert list(cache) == ["A0", "Z1", "A1", "Z2", "A2"]
    assert cache["A0"] is X
    assert cache["A2"] is A
    # targets 7.5 and 1.5: dZ2 = 2 (A − Y) = [2, −2]; m = 2
    gradients = backward_propagation(np.array([[7.5, 1.5]]), cache, parameters, ["relu", "linear"])
    assert gradients["dW2"].tolist() == [[2, 3]]
    assert gradients["db2"].tolist() == [[0]]
    # dZ1 = W2ᵀ dZ2 where Z1 > 0: [[2, 0], [4, 0]]
    assert gradients["dW1"].tolist() == [[3, 1], [6, 2]]
    assert gradients["db1"].tolist() == [[1], [2]]


def test_a_pass_with_a_mask_worked_by_hand():
    parameters = {"W1": np.eye(2), "b1": np.zeros((2, 1)), "W2": np.array([[1.0, 3.0]]), "b2": np.array([[0.5]])}
    masks = {"D1": np.array([[2.0, 0.0], [0.0, 2.0]])}
    A, cache = forward_propagation([[3.0, 1.0], [1.0, 2.0]], parameters, ["relu", "linear"], masks=masks)
    assert cache["Z1"].tolist() == [[3, 1], [1, 2]]
    assert cache["A1"].tolist() == [[6, 0], [0, 4]]
    assert A.tolist() == [[6.5, 12.5]]
    assert cache["D1"] is masks["D1"]
    # dZ2 = 2 (A − Y) = [2, −2]; W2ᵀ dZ2 = [[2, −2], [6, −6]], of which the mask makes [[4, 0], [0, −12]]
    gradients = backward_propagation(np.array([[5.5, 13.5]]), cache, parameters, ["relu", "linear"])
    assert gradients["dW2"].tolist() == [[6, -4]]
    assert gradients["dW1"].tolist() == [[6, 2], [-6, -12]]
    assert gradients["db1"].tolist() == [[2], [-6]]


def network(sizes, hidden, output, seed):
    rng = np.random.default_rng(seed)
    parameters = initialize_parameters(sizes, "glorot", rng=rng)
    for l in range(1, len(sizes)):
        parameters[f"b{l}"] += rng.normal(size=(sizes[l], 1))
    return parameters, [hidden] * (len(sizes) - 2) + [output], rng


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_gradients_agree_with_central_differences(hidden, output, loss, depth):
    parameters, activations, rng = network([4] + [5] * (depth - 1) + [3], hidden, output, seed=depth)
    X, Y = rng.normal(size=(4, 6)), np.eye(3)[[0, 1, 2, 2, 1, 0]].T
    check = gradient_check(X, Y, parameters, activations, loss=loss)
    assert check.passed, str(check)


@pytest.mark.parametrize("masked", [("D1", "D2"), ("D1",), ("D2",)])
@pytest.mark.parametrize("output", ["softmax", "sigmoid", "linear"])
@pytest.mark.parametrize("hidden", ["tanh", "sigmoid", "elu"])
def test_gradients_agree_with_central_differences_under_masks(hidden, output, masked):
    parameters, activations, rng = network([4, 5, 6, 3], hidden, output, seed=1)
    X, Y = rng.normal(size=(4, 8)), np.eye(3)[np.arange(8) % 3].T
    masks = {name: mask for name, mask in dropout_masks([4, 5, 6, 3], 8, 0.4, rng=rng).items() if name in masked}
    loss = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy", "linear": "mse"}[output]

    def loss_of(nudged):
        return get_loss(loss)(Y, forward_propagation(X, nudged, activations, masks=masks)[0])

    _, cache = forward_propagation(X, parameters, activations, masks=masks)
    gradients = backward_propagation(Y, cache, parameters, activations)
    check = compare_gradients(gradients, numerical_gradients(loss_of, parameters))
    assert check.passed, str(check)


def test_a_neuron_that_is_switched_off_for_all_samples_learns_nothing():
    parameters, activations, rng = network([4, 5, 3], "sigmoid", "softmax", seed=1)
    mask = np.ones((5, 6))
    mask[2] = 0
    _, cache = forward_propagation(rng.normal(size=(4, 6)), parameters, activations, masks={"D1": mask})
    gradients = backward_propagation(np.eye(3)[[0, 1, 2, 2, 1, 0]].T, cache, parameters, activations)
    for slopes in (gradients["dW1"][2], gradients["db1"][2], gradients["dW2"][:, 2]):
        assert not slopes.any()
    assert gradients["dW1"][[0, 1, 3, 4]].all()


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_binary_gradients_with_one_or_several_outputs(n_outputs):
    parameters, activations, rng = network([4, 5, n_outputs], "tanh", "sigmoid", seed=0)
    check = gradient_check(rng.normal(size=(4, 6)), rng.integers(0, 2, (n_outputs, 6)), parameters, activations)
    assert check.passed, str(check)


@pytest.mark.parametrize("ours", ["relu", "tanh", "sigmoid", "linear"])
def test_forward_agrees_with_scikit_learns_with_our_weights(ours):
    parameters, activations, rng = network([4, 6, 5, 3], ours, "softmax", seed=1)
    X = rng.normal(size=(4, 20))
    name = {"sigmoid": "logistic", "linear": "identity"}.get(ours, ours)
    theirs = MLPClassifier(hidden_layer_sizes=(6, 5), activation=name, max_iter=1)
    theirs.partial_fit(X.T, np.arange(20) % 3, classes=[0, 1, 2])
    theirs.coefs_ = [parameters[f"W{l}"].T for l in (1, 2, 3)]
    theirs.intercepts_ = [parameters[f"b{l}"].ravel() for l in (1, 2, 3)]
    np.testing.assert_allclose(
        forward_propagation(X, parameters, activations)[0], theirs.predict_proba(X.T).T, rtol=1e-12, atol=1e-15
    )


def test_regression_agrees_with_scikit_learns_with_our_weights():
    parameters, activations, rng = network([4, 6, 2], "tanh", "linear", seed=2)
    X = rng.normal(size=(4, 20))
    theirs = MLPRegressor(hidden_layer_sizes=(6,), activation="tanh", max_iter=1).partial_fit(X.T, X[:2].T)
    theirs.coefs_ = [parameters[f"W{l}"].T for l in (1, 2)]
    theirs.intercepts_ = [parameters[f"b{l}"].ravel() for l in (1, 2)]
    np.testing.assert_allclose(forward_propagation(X, parameters, activations)[0], theirs.predict(X.T).T, rtol=1e-12)


def test_the_batch_equals_the_loop_over_samples():
    parameters, activations, rng = network([4, 6, 3], "elu", "softmax", seed=3)
    X = rng.normal(size=(4, 7))
    loop = np.hstack([forward_propagation(X[:, [i]], parameters, activations)[0] for i in range(7)])
    np.testing.assert_allclose(forward_propagation(X, parameters, activations)[0], loop, rtol=1e-12)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_float32_stays_float32(hidden, output, loss):
    parameters = initialize_parameters([4, 5, 3], rng=0, dtype=np.float32)
    X, Y = np.ones((4, 6), np.float32), np.eye(3)[[0, 1, 2, 2, 1, 0]].T
    A, cache = forward_propagation(X, parameters, [hidden, output])
    gradients = backward_propagation(Y, cache, parameters, [hidden, output], loss=loss)
    assert {array.dtype for array in (A, *cache.values(), *gradients.values())} == {np.dtype(np.float32)}


def test_arguments_are_left_alone():
    parameters, activations, rng = network([4, 5, 3], "relu", "softmax", seed=4)
    X, Y = rng.normal(size=(4, 6)), np.eye(3)[[0, 1, 2, 2, 1, 0]].T
    for array in (X, Y, *parameters.values()):
        array.setflags(write=False)
    _, cache = forward_propagation(X, parameters, activations)
    for array in cache.values():
        array.setflags(write=False)
    assert set(backward_propagation(Y, cache, parameters, activations)) == {"dW1", "db1", "dW2", "db2"}


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.ones((6, 4)), r"X has shape \(6, 4\); expected \(4, m\).*Did you mean X.T\?"),
        (np.ones(4), r"did you mean X.reshape\(-1, 1\)\?"),
        (np.ones((3, 6)), r"X has shape \(3, 6\)"),
        (np.ones((4, 0)), "no samples"),
        ([[np.nan]] * 4, "X has 4 NaN or infinite entries of 4"),
        ([["1"]] * 4, "X holds <U1 values; expected numbers"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(X, message):
    with pytest.raises(ValueError, match=message):
        forward_propagation(X, initialize_parameters([4, 5, 3]), ["relu", "softmax"])


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "W2",
            np.ones((3, 7)),
            r"layer 2: A1 has shape \(5, 6\); W2 \(3, 7\) expects \(7, m\)\. "
            r"Give W2 one column per neuron of layer 1\.",
        ),
        ("b1", np.ones(5), r"layer 1: b1 has shape \(5,\); expected \(5, 1\).*Did you mean b1.reshape\(-1, 1\)\?"),
        ("b2", np.ones((1, 3)), r"layer 2: b2 has shape \(1, 3\); expected \(3, 1\)"),
    ],
)
@pytest.mark.parametrize("m", [3, 5, 6])  # with 5 or 3 samples NumPy alone would take the wrong bias
def test_layers_that_do_not_fit_each_other_are_named(name, value, message, m):
    parameters = initialize_parameters([4, 5, 3]) | {name: value}
    with pytest.raises(ValueError, match=message.replace("6", str(m))):
        forward_propagation(np.ones((4, m)), parameters, ["relu", "softmax"])


@pytest.mark.parametrize(
    ("activations", "message"),
    [
        (["relu"], "expected a list with one name per layer, input excluded: 2 here"),
        (["relu", "relu", "softmax"], "expected a list with one name per layer"),
        ([], "expected a list with one name per layer"),
        (["softmax", "softmax"], "softmax is the activation of hidden layer 1.*Use 'relu' there"),
    ],
)
def test_activations_that_do_not_match_the_layers_are_refused(activations, message):
    with pytest.raises(ValueError, match=message):
        forward_propagation(np.ones((4, 6)), initialize_parameters([4, 5, 3]), activations)


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        (np.arange(6) % 3, r"use one_hot_encode\(y, 3\)"),
        (np.ones((6, 3)), r"Did you mean Y.T\?"),
        (np.ones((3, 5)), r"Y has shape \(3, 5\); expected \(3, 6\)"),
        (np.arange(6)[None] % 3, r"Y has shape \(1, 6\).*use one_hot_encode\(y, 3\)"),
        (np.full((3, 6), np.inf), "Y has 18 NaN or infinite"),
        (np.full((3, 6), "a"), "Y holds <U1 values"),
    ],
)
def test_targets_that_do_not_fit_are_refused(Y, message):
    parameters = initialize_parameters([4, 5, 3])
    _, cache = forward_propagation(np.ones((4, 6)), parameters, ["relu", "softmax"])
    with pytest.raises(ValueError, match=message):
        backward_propagation(Y, cache, parameters, ["relu", "softmax"])


def test_flat_targets_of_two_outputs_are_labels():
    _, cache = forward_propagation(np.ones((4, 6)), initialize_parameters([4, 2]), ["softmax"])
    with pytest.raises(ValueError, match=r"use one_hot_encode\(y, 2\)"):
        backward_propagation(np.ones(6), cache, initialize_parameters([4, 2]), ["softmax"])


def test_flat_targets_of_one_output_get_the_right_advice():
    _, cache = forward_propagation(np.ones((4, 6)), initialize_parameters([4, 1]), ["sigmoid"])
    with pytest.raises(ValueError, match=r"Did you mean Y.reshape\(1, -1\)\?"):
        backward_propagation(np.ones(6), cache, initialize_parameters([4, 1]), ["sigmoid"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"W3": np.ones((2, 3))}, r"parameters has no b3; expected one for each of W1, b1, W2, b2, W3, b3\.$"),
        ({"W1": np.ones(4)}, r"W1 has shape \(4,\); expected a row for each neuron of layer 1"),
        ({"W2": None}, "W2 is a NoneType; expected a NumPy array of numbers"),
        ({"b2": None}, "b2 is a NoneType; expected a NumPy array of numbers"),
        ({"W2": np.ones(5)}, r"W2 has shape \(5,\); expected a row for each neuron of layer 2."),
        ({"W2": np.ones((0, 5))}, r"W2 has shape \(0, 5\); expected a row for each neuron of layer 2."),
    ],
)
def test_parameters_that_are_no_layers_are_refused(change, message):
    parameters = initialize_parameters([4, 5, 3]) | change
    activations = ["relu"] * ((len(parameters) + 1) // 2 - 1) + ["softmax"]
    with pytest.raises(ValueError, match=message):
        forward_propagation(np.ones((4, 6)), parameters, activations)


@pytest.mark.parametrize("missing", ["W2", "b2"])
def test_a_parameter_under_another_name_is_missing(missing):
    parameters = {name.replace(missing, "V2"): value for name, value in initialize_parameters([4, 5, 3]).items()}
    with pytest.raises(ValueError, match=rf"parameters has no {missing}; expected one for each of W1, b1, W2, b2\.$"):
        forward_propagation(np.ones((4, 6)), parameters, ["relu", "softmax"])


def test_masks_are_shaped_like_the_hidden_activations():
    X, parameters, activations = np.ones((4, 6)), initialize_parameters([4, 5, 2, 3]), ["relu", "relu", "softmax"]
    for masks in (None, {}):
        assert "D1" not in forward_propagation(X, parameters, activations, masks=masks)[1]
    for name, shape, expected in (("D1", (5, 1), "(5, 6)"), ("D1", (5, 7), "(5, 6)"), ("D2", (5, 6), "(2, 6)")):
        with pytest.raises(ValueError, match=re.escape(f"{name} has shape {shape}; expected {expected}.")):
            forward_propagation(X, parameters, activations, masks={name: np.ones(shape)})
    with pytest.raises(ValueError, match="masks is 0.5; expected a dictionary of arrays"):
        forward_propagation(X, parameters, activations, masks=0.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"A0": None}, "cache has no A0"),
        ({"Z1": None}, "cache has no Z1; expected the cache of forward_propagation"),
        ({"A2": None}, "cache has no A2; expected the cache of forward_propagation"),
        ({"A0": np.ones(4)}, r"W1 has shape \(5, 4\); expected \(5, 0\)"),
        ({"A0": np.ones((3, 6))}, r"W1 has shape \(5, 4\); expected \(5, 3\)"),
        ({"Z1": np.ones((5, 1))}, r"Z1 has shape \(5, 1\); expected \(5, 6\)"),
        ({"A1": np.ones((4, 6))}, r"A1 has shape \(4, 6\); expected \(5, 6\)"),
        ({"D1": np.ones((5, 5))}, r"D1 has shape \(5, 5\); expected \(5, 6\)"),
        ({"Z2": np.ones((3, 5))}, r"Z2 has shape \(3, 5\); expected \(3, 6\)"),
        ({"A2": np.ones((1, 6))}, r"A2 has shape \(1, 6\); expected \(3, 6\)"),
    ],
)
def test_a_cache_of_another_pass_is_refused(change, message):
    parameters, activations = initialize_parameters([4, 5, 3]), ["relu", "softmax"]
    _, cache = forward_propagation(np.ones((4, 6)), parameters, activations)
    spoiled = {name: array for name, array in (cache | change).items() if array is not None}
    with pytest.raises(ValueError, match=message):
        backward_propagation(np.eye(3)[:, [0, 1, 2, 0, 1, 2]], spoiled, parameters, activations)


def test_the_way_back_needs_weights_and_activations_for_every_layer():
    parameters, activations = initialize_parameters([4, 5, 3]), ["relu", "softmax"]
    Y, (_, cache) = np.eye(3), forward_propagation(np.ones((4, 3)), parameters, activations)
    for change, message in [({"W1": None}, "W1 is a NoneType"), ({"W2": np.ones(5)}, r"W2 has shape \(5,\)")]:
        with pytest.raises(ValueError, match=message):
            backward_propagation(Y, cache, parameters | change, activations)
    with pytest.raises(ValueError, match="one name per layer, input excluded: 2 here"):
        backward_propagation(Y, cache, parameters, ["softmax"])


def test_numbers_too_large_for_a_float_give_no_warning():
    parameters = {"W1": np.full((2, 1), 1e200), "b1": np.zeros((2, 1)), "W2": np.ones((1, 2)), "b2": np.zeros((1, 1))}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        A, _ = forward_propagation([[1e200]], parameters, ["linear", "linear"])
        _, large = forward_propagation([[1.0]], parameters, ["linear", "linear"])
        gradients = backward_propagation([[0.0]], large, parameters, ["linear", "linear"])
    assert np.isinf(A).all() and np.isinf(gradients["dW2"]).all()


def test_arguments_have_names():
    parameters, activations = initialize_parameters([4, 3], rng=0), ["softmax"]
    _, cache = forward_propagation(X=np.ones((4, 3)), parameters=parameters, activations=activations)
    gradients = backward_propagation(Y=np.eye(3), cache=cache, parameters=parameters, activations=activations)
    assert gradients["db1"] == pytest.approx(cache["A1"][:, :1] - 1 / 3)
