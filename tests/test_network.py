import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import make_moons

from nnlib.gradient_check import compare_gradients, numerical_gradients
from nnlib.network import NeuralNetwork
from nnlib.optimizers import Adam, GradientDescent, Momentum, RMSProp
from nnlib.propagation import forward_propagation
from nnlib.regularization import l2_penalty

rng = np.random.default_rng(0)
X = rng.normal(size=(4, 30))
labels = rng.integers(0, 3, 30)
Y = np.eye(3)[labels].T


def sources_full_batch(parameters, X, Y, learning_rate, steps):
    """Full-batch gradient descent as Part 8 of the source document has it, for two layers: relu, then softmax."""
    W1, b1, W2, b2 = (parameters[name].copy() for name in ("W1", "b1", "W2", "b2"))
    losses, accuracies, m = [], [], X.shape[1]
    for _ in range(steps):
        Z1 = np.dot(W1, X) + b1
        A1 = np.maximum(0, Z1)
        Z2 = np.dot(W2, A1) + b2
        E = np.exp(Z2 - np.max(Z2, axis=0, keepdims=True))
        A2 = E / np.sum(E, axis=0, keepdims=True)
        losses.append(-np.sum(Y * np.log(np.clip(A2, 1e-15, 1 - 1e-15))) / m)
        accuracies.append(np.mean(np.argmax(A2, axis=0) == np.argmax(Y, axis=0)))
        dZ2 = A2 - Y
        dZ1 = np.dot(W2.T, dZ2) * (Z1 > 0).astype(float)
        W2, b2 = W2 - learning_rate * np.dot(dZ2, A1.T) / m, b2 - learning_rate * dZ2.sum(axis=1, keepdims=True) / m
        W1, b1 = W1 - learning_rate * np.dot(dZ1, X.T) / m, b1 - learning_rate * dZ1.sum(axis=1, keepdims=True) / m
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, losses, accuracies


def test_fit_without_batch_size_is_the_sources_algorithm():
    network = NeuralNetwork([4, 6, 3], ["relu", "softmax"], 0.1, rng=0)
    parameters, losses, accuracies = sources_full_batch(network.parameters, X, Y, 0.1, 10)
    network.fit(X, Y, 10, False)
    for name, value in parameters.items():
        np.testing.assert_allclose(network.parameters[name], value, rtol=0, atol=1e-12)
    np.testing.assert_allclose(network.history["loss"], losses, rtol=0, atol=1e-12)
    assert network.history["accuracy"] == pytest.approx(accuracies)


def test_forward_backward_and_update_make_one_step_of_fit():
    by_hand, by_fit = (NeuralNetwork([4, 6, 3], ["relu", "softmax"], 0.1, rng=0) for _ in range(2))
    by_hand.forward(X)
    by_hand.update_parameters(by_hand.backward(Y))
    by_fit.fit(X, Y, 1, False)
    for name in by_hand.parameters:
        np.testing.assert_array_equal(by_hand.parameters[name], by_fit.parameters[name])


def test_backward_uses_the_loss_that_was_chosen():
    network = NeuralNetwork([4, 3], ["sigmoid"], loss="mse", rng=0)
    A = network.forward(X)
    np.testing.assert_allclose(network.backward(Y)["dW1"], (2 * (A - Y) * A * (1 - A)) @ X.T / 30, rtol=1e-12)


def test_the_price_of_large_weights_is_in_the_gradients():
    network, free = (NeuralNetwork([4, 3], ["softmax"], l2=l2, rng=0) for l2 in (0.5, 0))

    def loss_of(parameters):
        A, _ = forward_propagation(X, parameters, ["softmax"])
        return network.compute_loss(Y, A) + l2_penalty(parameters, 0.5)

    numerical = numerical_gradients(loss_of, network.parameters)
    network.forward(X), free.forward(X)
    assert compare_gradients(network.backward(Y), numerical).passed
    assert not compare_gradients(free.backward(Y), numerical).passed


def test_dropout_is_for_training_steps_only():
    network, whole = (NeuralNetwork([4, 6, 3], ["relu", "softmax"], dropout=p, rng=0) for p in (0.5, 0))
    np.testing.assert_array_equal(network.forward(X), whole.forward(X))
    assert (network.forward(X, np.random.default_rng(0)) != whole.forward(X)).any()
    assert not network.cache["A1"].all(axis=0).any()  # six neurons, half of them off
    whole.forward(X, np.random.default_rng(0))
    assert "D1" in network.cache and "D1" not in whole.cache


def test_fit_makes_a_thousand_epochs_and_prints_every_hundredth(capsys):
    network = NeuralNetwork([4, 1], ["linear"], rng=0)
    network.fit(X, Y[:1])
    assert (network.learning_rate, len(network.history["loss"])) == (0.01, 1000)
    epochs = [line.partition("/")[0].split()[-1] for line in capsys.readouterr().out.splitlines()]
    assert epochs == ["0", "100", "200", "300", "400", "500", "600", "700", "800", "900", "999"]


def test_augmentation_keeps_the_shape():
    network = NeuralNetwork([4, 6, 3], ["relu", "softmax"], rng=0)
    network.fit(X, Y, 1, False, augment=lambda inputs, rng: inputs + rng.normal(size=inputs.shape), rng=0)
    with pytest.raises(ValueError, match=r"augment returned shape \(30, 4\); expected \(4, 30\), as it was given"):
        network.fit(X, Y, 1, False, augment=lambda inputs, rng: inputs.T)


def test_evaluate_checks_its_targets():
    with pytest.raises(ValueError, match="expected one-hot targets"):
        NeuralNetwork([4, 6, 3], ["relu", "softmax"]).evaluate(X, labels)


CORNERS = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])


@pytest.mark.parametrize("corner_labels", [(0, 0, 0, 1), (0, 1, 1, 1), (0, 1, 1, 0)], ids=["and", "or", "xor"])
def test_binary_classification_learns_both_classes(corner_labels):
    network = NeuralNetwork([2, 8, 1], ["tanh", "sigmoid"], 1.0, rng=0)
    network.fit(CORNERS, np.array([corner_labels]), 2000, verbose=False)
    assert network.loss == "binary_crossentropy"
    assert network.predict(CORNERS).tolist() == list(corner_labels)
    assert network.history["accuracy"][-1] == 1.0


def test_an_output_of_one_half_is_class_1():
    assert NeuralNetwork([2, 1], ["sigmoid"], init_method="zeros").predict(CORNERS).tolist() == [1, 1, 1, 1]


def test_several_sigmoid_outputs_answer_each_for_itself():
    targets = np.array([[0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 0, 0]])
    network = NeuralNetwork([2, 8, 3], ["tanh", "sigmoid"], 1.0, rng=0)
    network.fit(CORNERS, targets, 1000, verbose=False)
    assert network.predict(CORNERS).tolist() == targets.tolist()
    assert network.accuracy(targets, np.zeros((3, 4))) == 1 - targets.mean()


def test_regression_finds_the_least_squares_line():
    x = np.linspace(-1, 1, 20)[None]
    y = 3 * x - 2 + 0.1 * np.cos(9 * x)
    network = NeuralNetwork([1, 1], ["linear"], 0.2, rng=0)
    network.fit(x, y, 500, verbose=False)
    slope, intercept = np.polyfit(x[0], y[0], 1)
    assert network.loss == "mse"
    assert network.parameters["W1"].item() == pytest.approx(slope, rel=1e-6)
    assert network.parameters["b1"].item() == pytest.approx(intercept, rel=1e-6)
    np.testing.assert_allclose(network.predict(x), slope * x + intercept, atol=1e-6)


def test_classes_are_told_apart_on_moons():
    points, moon = make_moons(200, noise=0.1, random_state=0)
    network = NeuralNetwork([2, 16, 2], ["tanh", "softmax"], 0.5, rng=0)
    network.fit(points.T, np.eye(2)[moon].T, 100, verbose=False, batch_size=20, rng=0)
    assert np.mean(network.predict(points.T) == moon) > 0.97


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_data_decide_the_precision(dtype):
    network = NeuralNetwork([4, 6, 3], ["relu", "softmax"], np.float64(0.1), rng=0)
    network.fit(X.astype(dtype), Y, 3, False, batch_size=8, rng=0)
    assert {value.dtype for value in network.parameters.values()} == {np.dtype(dtype)}
    assert {value.dtype for value in network.cache.values()} == {np.dtype(dtype)}


def test_integers_are_data_too():
    network = NeuralNetwork([2, 3, 1], ["relu", "sigmoid"], rng=0)
    network.fit(CORNERS.astype(np.uint8), np.array([[0, 1, 1, 0]]), 2, False)
    assert network.parameters["W1"].dtype == np.float64


def test_prediction_in_blocks_is_the_whole(monkeypatch):
    network = NeuralNetwork([4, 6, 3], ["relu", "softmax"], rng=0)
    whole = network.forward(X)
    monkeypatch.setattr("nnlib.network.COLUMNS_AT_ONCE", 7)
    np.testing.assert_allclose(network.predict_proba(X), whole, rtol=1e-12)
    np.testing.assert_array_equal(network.predict(X), whole.argmax(axis=0))


def test_predict_leaves_the_cache_to_forward():
    network = NeuralNetwork([4, 6, 3], ["relu", "softmax"], rng=0)
    network.forward(X[:, :5])
    network.predict(X)
    assert network.cache["A0"].shape == (4, 5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_save_and_load_restore_everything(tmp_path, dtype):
    network = NeuralNetwork([4, 6, 3], ["elu", "softmax"], 0.3, l2=0.01, dropout=0.25, rng=0)
    data = X.astype(dtype), Y
    network.fit(*data, 5, False, validation_data=data)
    network.save(tmp_path / "network.npz")
    loaded = NeuralNetwork.load(tmp_path / "network.npz")
    assert vars(loaded).keys() == vars(network).keys()
    for name in ("layer_sizes", "activations", "learning_rate", "loss", "l2", "dropout", "history"):
        assert getattr(loaded, name) == getattr(network, name)
    np.testing.assert_array_equal(loaded.predict_proba(X), network.predict_proba(X))
    network.fit(*data, 5, False, batch_size=8, rng=1, validation_data=data)
    loaded.fit(*data, 5, False, batch_size=8, rng=1, validation_data=data)
    assert loaded.history == network.history
    for name, value in network.parameters.items():
        np.testing.assert_array_equal(loaded.parameters[name], value)
        assert loaded.parameters[name].dtype == dtype


def test_a_loss_that_was_chosen_is_restored(tmp_path):
    NeuralNetwork([4, 1], ["sigmoid"], loss="mse").save(tmp_path / "n.npz")
    assert NeuralNetwork.load(str(tmp_path / "n.npz")).loss == "mse"


def test_the_optimizers_state_is_stored_on_request(tmp_path):
    network, optimizer = NeuralNetwork([4, 1], ["linear"], rng=0), GradientDescent(0.25)
    network.save(tmp_path / "with.npz", optimizer=optimizer)
    network.save(tmp_path / "without.npz")
    restored = GradientDescent()
    NeuralNetwork.load(tmp_path / "with.npz", optimizer=restored)
    assert restored.learning_rate == 0.25
    with pytest.raises(ValueError, match="holds no optimizer state"):
        NeuralNetwork.load(tmp_path / "without.npz", optimizer=restored)


@pytest.mark.parametrize("batch_size", [None, 8])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", [GradientDescent, Momentum, RMSProp, Adam])
def test_training_goes_on_from_a_file_as_if_never_interrupted(tmp_path, kind, dtype, batch_size):
    once, network = (NeuralNetwork([4, 6, 3], ["elu", "softmax"], l2=0.01, dropout=0.2, rng=0) for _ in range(2))
    settings = dict(verbose=False, batch_size=batch_size, validation_data=(X, Y))
    first, second = np.random.default_rng(1), np.random.default_rng(1)
    uninterrupted, optimizer, restored = kind(0.02), kind(0.02), kind()
    once.fit(X.astype(dtype), Y, 6, optimizer=uninterrupted, rng=first, **settings)
    network.fit(X.astype(dtype), Y, 3, optimizer=optimizer, rng=second, **settings)
    network.save(tmp_path / "network.npz", optimizer=optimizer)
    loaded = NeuralNetwork.load(tmp_path / "network.npz", optimizer=restored)
    assert (restored.learning_rate, restored.steps) == (0.02, optimizer.steps)
    loaded.fit(X.astype(dtype), Y, 3, optimizer=restored, rng=second, **settings)
    assert loaded.history == once.history
    for ours, theirs in ((loaded.parameters, once.parameters), (restored.state(), uninterrupted.state())):
        assert ours.keys() == theirs.keys()
        for name, value in theirs.items():
            np.testing.assert_array_equal(ours[name], value)
            assert np.asarray(ours[name]).dtype == np.asarray(value).dtype


def test_a_file_with_the_state_of_another_optimizer_says_so(tmp_path):
    NeuralNetwork([4, 1], ["linear"]).save(tmp_path / "network.npz", optimizer=Momentum())
    with pytest.raises(ValueError, match="this state is not one of Adam"):
        NeuralNetwork.load(tmp_path / "network.npz", optimizer=Adam())


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_the_generators_state_is_stored_on_request(tmp_path, kind):
    rng, restored = (np.random.Generator(getattr(np.random, kind)(seed)) for seed in (1, 2))
    rng.random(5, dtype=np.float32)  # half a number is left over
    NeuralNetwork([4, 1], ["linear"]).save(tmp_path / "network.npz", rng=rng)
    NeuralNetwork.load(tmp_path / "network.npz", rng=restored)
    np.testing.assert_array_equal(restored.random(99, dtype=np.float32), rng.random(99, dtype=np.float32))


def test_a_generator_that_does_not_fit_the_file_is_refused_and_left_alone(tmp_path):
    path, network, rng = tmp_path / "network.npz", NeuralNetwork([4, 1], ["linear"]), np.random.default_rng(1)
    for seed in (0, np.random.RandomState(0), np.random.PCG64(0)):
        with pytest.raises(ValueError, match="rng is .*; expected the Generator that fit was given"):
            network.save(path, rng=seed)
        assert not path.exists()
    network.save(path)
    before = rng.bit_generator.state
    with pytest.raises(ValueError, match=r"holds no rng state. Save it with save\(path, rng=rng\)"):
        NeuralNetwork.load(path, rng=rng)
    with pytest.raises(ValueError, match="rng is 0; expected the Generator"):
        NeuralNetwork.load(path, rng=0)
    network.save(path, rng=np.random.Generator(np.random.MT19937()))
    with pytest.raises(ValueError, match="holds no state of a PCG64 .* Give a Generator of the kind that was saved"):
        NeuralNetwork.load(path, rng=rng)
    with np.load(path) as file:
        arrays = dict(file)
    for damaged in ("", "{}", "[1]", '{"bit_generator": "PCG64", "state": {"state": -1, "inc": 3}}'):
        np.savez(path, **arrays | {"rng": np.array(damaged)})
        with pytest.raises(ValueError, match="holds no state of a PCG64"):
            NeuralNetwork.load(path, rng=rng)
    assert rng.bit_generator.state == before


def test_files_from_before_l2_and_dropout_still_load(tmp_path):
    network, path = NeuralNetwork([4, 6, 3], ["elu", "softmax"], 0.3, rng=0), tmp_path / "network.npz"
    network.save(path)
    with np.load(path) as file:
        arrays = dict(file)
    settings = json.loads(str(arrays["settings"]))
    assert (settings.pop("l2"), settings.pop("dropout")) == (0, 0)
    np.savez(path, **arrays | {"settings": np.array(json.dumps(settings))})
    shipped = Path(__file__).parents[1] / "data" / "digit_network.npz"
    for loaded in (NeuralNetwork.load(path), NeuralNetwork.load(shipped)):
        assert (loaded.l2, loaded.dropout) == (0, 0)
    np.testing.assert_array_equal(NeuralNetwork.load(path).predict_proba(X), network.predict_proba(X))


def test_a_file_with_settings_that_make_no_sense_is_refused(tmp_path):
    network = NeuralNetwork([4, 6, 3], ["elu", "softmax"])
    for name, value in (("l2", -1.0), ("dropout", 1.0)):
        setattr(network, name, value)
        network.save(tmp_path / "network.npz")
        with pytest.raises(ValueError, match=f"is not a network saved .*{name} is {value}"):
            NeuralNetwork.load(tmp_path / "network.npz")
        setattr(network, name, 0.0)


def test_the_file_holds_no_pickles_and_keeps_its_name(tmp_path):
    NeuralNetwork([4, 1], ["linear"]).save(tmp_path / "network")
    assert [file.name for file in tmp_path.iterdir()] == ["network"]
    with np.load(tmp_path / "network", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)


def test_path_is_the_only_argument_without_a_name(tmp_path):
    network, path = NeuralNetwork([4, 1], ["linear"]), tmp_path / "network.npz"
    network.save(path=path)
    assert NeuralNetwork.load(path=path).layer_sizes == [4, 1]
    for door in (network.save, NeuralNetwork.load):
        with pytest.raises(TypeError, match="positional argument"):
            door(path, Adam())


def test_saving_again_replaces_the_file(tmp_path):
    for seed in (0, 1):
        network = NeuralNetwork([4, 1], ["linear"], rng=seed)
        network.save(tmp_path / "network.npz")
    loaded = NeuralNetwork.load(tmp_path / "network.npz")
    np.testing.assert_array_equal(loaded.parameters["W1"], network.parameters["W1"])


def test_a_pickle_in_a_file_is_never_run(tmp_path):
    class Bomb:
        def __reduce__(self):
            return Path.touch, (tmp_path / "it ran",)

    NeuralNetwork([4, 1], ["linear"]).save(tmp_path / "network.npz")
    with np.load(tmp_path / "network.npz") as file:
        arrays = dict(file)
    np.savez(tmp_path / "network.npz", **arrays | {"parameters/W1": np.array([[Bomb()] * 4], dtype=object)})
    with pytest.raises(ValueError, match="is not a network saved"):
        NeuralNetwork.load(tmp_path / "network.npz")
    assert not (tmp_path / "it ran").exists()


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "network.npz"
    NeuralNetwork([4, 1], ["linear"], rng=0).save(path)
    before = path.read_bytes()

    def full_disk(file, content):
        with open(file, "wb") as half:
            half.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="network.npz cannot be written: No space left on device. Make room there"):
        NeuralNetwork([4, 1], ["linear"], rng=1).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_files_that_are_no_networks_are_refused(tmp_path):
    path = tmp_path / "network.npz"
    with pytest.raises(FileNotFoundError):
        NeuralNetwork.load(path)
    NeuralNetwork([4, 6, 3], ["relu", "softmax"]).save(path)
    whole = path.read_bytes()
    contents = [b"", b"nothing like it", whole[: len(whole) // 2], whole[:-1]]
    with np.load(path) as file:
        arrays = dict(file)
    for spoiled in (
        {k: v for k, v in arrays.items() if k != "parameters/W2"},
        {k: v for k, v in arrays.items() if k != "settings"},
        arrays | {"parameters/W1": np.ones((2, 2))},
        arrays | {"parameters/b1": np.full((6, 1), np.nan)},
        arrays | {"parameters/b1": np.zeros((6, 1), int)},
        arrays | {"settings": np.array("[]")},
        {"a": np.array([{}], dtype=object)},
    ):
        np.savez(path, **spoiled)
        contents.append(path.read_bytes())
    directory = whole.index(b"PK\1\2")
    for place, flip in ((6, 0xFF), (8, 0x01)):  # a zip version from the future, and "this file is encrypted"
        damaged = bytearray(whole)
        damaged[directory + place] ^= flip
        contents.append(bytes(damaged))
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is not a network saved by NeuralNetwork.save"):
            NeuralNetwork.load(path)


def test_a_file_with_arrays_that_do_not_fit_says_which(tmp_path):
    path = tmp_path / "network.npz"
    NeuralNetwork([4, 6, 3], ["relu", "softmax"]).save(path, optimizer=GradientDescent())
    with np.load(path) as file:
        arrays = dict(file)
    renamed = {name.replace("W2", "V2"): value for name, value in arrays.items()}
    for spoiled, message in (
        (renamed, r"W2 is missing, expected floats \(3, 6\)"),
        (arrays | {"parameters/W1": np.ones((4, 6))}, r"W1 is float64 \(4, 6\), expected floats \(6, 4\)"),
        (arrays | {"parameters/W1": np.ones((6, 4), int)}, r"W1 is int64 \(6, 4\), expected floats \(6, 4\)"),
        (arrays | {"optimizer/learning_rate": np.array(np.nan)}, "learning_rate is nan; expected a finite number"),
    ):
        np.savez(path, **spoiled)
        with pytest.raises(ValueError, match=f"is not a network saved by NeuralNetwork.save \\({message}"):
            NeuralNetwork.load(path)


def test_saving_where_no_folder_is_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere is no folder; expected one to save n.npz in"):
        NeuralNetwork([4, 1], ["linear"]).save(tmp_path / "nowhere" / "n.npz")


@pytest.mark.parametrize("path", [3, None, b"network.npz"])
def test_a_path_that_is_none_is_refused(path):
    network = NeuralNetwork([4, 1], ["linear"])
    for door in (network.save, NeuralNetwork.load):
        with pytest.raises(ValueError, match=f"path is {path!r}; expected a path, as a text or a Path."):
            door(path)


def test_numbers_set_later_are_saved(tmp_path):
    network, path = NeuralNetwork(np.array([4, 1]), np.array(["linear"])), tmp_path / "Größe 日本.npz"
    network.learning_rate, network.l2, network.dropout = np.float32(0.5), np.float32(0.25), np.float64(0.125)
    network.save(path)
    loaded = NeuralNetwork.load(path)
    assert (loaded.learning_rate, loaded.l2, loaded.dropout) == (0.5, 0.25, 0.125)


def test_accuracy_needs_targets_of_the_same_shape():
    network = NeuralNetwork([4, 6, 3], ["relu", "softmax"])
    assert network.accuracy([[1, 0], [0, 1], [0, 0]], [[0.5, 0.2], [0.2, 0.2], [0.3, 0.6]]) == 0.5
    with pytest.raises(ValueError, match=r"Y has shape \(30,\) and Y_pred \(3, 30\); expected the same"):
        network.accuracy(labels, Y)
    for shape, other in (((3, 30), (3, 29)), ((30,), (30,)), ((3, 0), (3, 0))):
        with pytest.raises(ValueError, match="expected the same"):
            network.accuracy(np.ones(shape), np.ones(other))
    assert NeuralNetwork([4, 1], ["sigmoid"]).accuracy([[1]], [[0.9]]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(layer_sizes=[4]), "layer_sizes is"),
        (dict(activations=["relu"]), "expected a list with one name per layer, input excluded: 2 here"),
        (dict(activations="re", layer_sizes=[4, 3, 2]), "activations is 're'; expected a list"),
        (dict(activations=None), "activations is None; expected a list"),
        (dict(layer_sizes=[4, 6, 1]), "softmax over a single output is always 1. Use 'sigmoid'"),
        (dict(activations=["relu", "softmx"]), "Did you mean 'softmax'"),
        (dict(activations=["softmax", "softmax"]), "softmax is the activation of hidden layer 1.*Use 'relu'"),
        (dict(activations=["relu", "linear"], loss="categorical_crossentropy"), "needs softmax outputs"),
        (dict(init_method="hee"), "Did you mean 'he'"),
        (dict(learning_rate=-1), "learning_rate is -1"),
        (dict(l2=-0.1), "l2 is -0.1; expected 0 or a small positive number"),
        (dict(dropout=1), "dropout is 1; expected a number from 0 to below 1"),
    ],
)
def test_networks_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        NeuralNetwork(**dict(layer_sizes=[4, 6, 3], activations=["relu", "softmax"]) | arguments)


class Idle:
    def step(self, parameters, gradients):
        pass

    def __repr__(self):
        return "an idle one"


nan = np.full((4, 30), np.nan)
GOOD = dict(X=X, Y=Y, epochs=1, verbose=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(X=X.T), r"X has shape \(30, 4\); expected \(4, m\).* Did you mean X.T\?"),
        (dict(X=X[:, 0]), r"did you mean X.reshape\(-1, 1\)\?"),
        (dict(X=np.ones((3, 30))), "Check that the network's layer sizes fit"),
        (dict(X=np.ones((30, 2, 2))), r"did you mean images_to_columns\(X\)\?"),
        (dict(X=np.ones((4, 0)), Y=np.ones((3, 0))), "no samples"),
        (dict(X=nan), "X has 120 NaN or infinite entries of 120"),
        (dict(X=np.where(X > 2, np.inf, X)), "X has .* NaN or infinite"),
        (dict(X=X.astype(object)), "X holds object values"),
        (dict(X=X.astype(str)), "X holds"),
        (dict(X=[[1.0], [2.0, 3.0]]), "rows of different lengths"),
        (dict(Y=labels), r"expected one-hot targets of shape \(3, 30\). Use one_hot_encode\(Y, 3\)"),
        (dict(Y=labels[None]), r"Y has shape \(1, 30\), one label .* Use one_hot_encode\(Y.ravel\(\), 3\)"),
        (dict(X=np.ma.masked_greater(X, 1)), "X has masked entries"),
        (dict(Y=np.ma.masked_less(Y, 0.5)), "Y has masked entries"),
        (dict(rng=-1, X=X.astype(np.float32)), "rng is -1; expected None, a whole number of at least 0"),
        (dict(optimizer=GradientDescent), "expected an object with step"),
        (dict(Y=Y.T), r"Did you mean Y.T\?"),
        (dict(Y=Y[:, :29]), "Y has 29 columns but X has 30"),
        (dict(Y=Y * 2), "Y has values from 0 to 2; categorical_crossentropy expects targets between 0 and 1"),
        (dict(Y=Y / 2), r"column 0 of Y sums to 0.5; .* Use one_hot_encode"),
        (dict(Y=np.where(Y > 0, np.nan, Y)), "Y has 30 NaN"),
        (dict(epochs=0), "epochs is 0"),
        (dict(epochs=2.5), "epochs is 2.5"),
        (dict(batch_size=0), "batch_size is 0"),
        (dict(print_every=0), "print_every is 0"),
        (dict(optimizer=0.1), r"optimizer is 0.1; expected an object with step\(parameters, gradients\)"),
        (dict(validation_data=X), r"validation_data is not a pair; expected \(X, Y\)"),
        (dict(validation_data=(X, Y, X)), "validation_data is not a pair"),
        (dict(validation_data=(X.T, Y)), r"validation X has shape \(30, 4\)"),
        (dict(validation_data=(X, labels)), "validation Y has shape"),
        (dict(schedule="cosin"), "unknown schedule 'cosin'. Did you mean 'cosine'"),
        (dict(schedule=lambda progress: 1.0 if progress else np.inf), r"schedule\(0\) is inf; expected a finite"),
        (dict(schedule="cosine", optimizer=Idle()), "schedule needs .* with a learning_rate; an idle one has none"),
        (dict(augment=0.1), "augment is 0.1; expected a function of"),
        (dict(augment="shift"), "augment is 'shift'; expected a function of"),
        (dict(patience=5), r"patience waits for the validation loss; give validation_data=\(X, Y\) as well"),
        (dict(patience=0, validation_data=(X, Y)), "patience is 0; expected a whole number of at least 1"),
        (dict(patience=-1, validation_data=(X, Y)), "patience is -1; expected"),
        (dict(patience=1.5, validation_data=(X, Y)), "patience is 1.5; expected"),
        (dict(patience=True, validation_data=(X, Y)), "patience is True; expected"),
    ],
)
def test_data_that_do_not_fit_are_refused_and_change_nothing(arguments, message):
    network = NeuralNetwork([4, 6, 3], ["relu", "softmax"], rng=0)
    before = {name: value.copy() for name, value in network.parameters.items()}
    with pytest.raises(ValueError, match=message):
        network.fit(**GOOD | arguments)
    for name, value in before.items():
        np.testing.assert_array_equal(network.parameters[name], value)
        assert network.parameters[name].dtype == value.dtype
    assert network.history == {"loss": [], "accuracy": []}


@pytest.mark.parametrize("method", ["forward", "predict", "predict_proba"])
def test_every_door_checks_its_columns(method):
    network = NeuralNetwork([4, 6, 3], ["relu", "softmax"])
    for bad, message in [(X.T, r"Did you mean X.T\?"), (nan, "NaN"), (np.ones((4, 0)), "no samples")]:
        with pytest.raises(ValueError, match=message):
            getattr(network, method)(bad)


def test_binary_targets_of_one_output_may_not_be_a_flat_array():
    network = NeuralNetwork([4, 1], ["sigmoid"])
    with pytest.raises(ValueError, match=r"Y has shape \(30,\).*Did you mean Y.reshape\(1, -1\)\?"):
        network.fit(X, labels > 0, 1, False)
    with pytest.raises(ValueError, match="Y has values from 0 to 2; .*label them 0 and 1"):
        network.fit(X, labels[None], 1, False)


def test_backward_needs_a_forward_pass():
    with pytest.raises(ValueError, match=r"Call forward\(X\) first"):
        NeuralNetwork([4, 6, 3], ["relu", "softmax"]).backward(Y)


@pytest.mark.parametrize("hidden", ["sigmoid", "relu", "elu"])
@pytest.mark.parametrize("output", ["sigmoid", "softmax", "linear"])
def test_a_few_steps_lower_the_loss(hidden, output):
    network = NeuralNetwork([4, 8, 3], [hidden, output], 0.05, rng=0)
    network.fit(X, Y, 50, False)
    assert network.history["loss"][-1] < network.history["loss"][0]
