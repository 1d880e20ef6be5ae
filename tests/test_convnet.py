import warnings

import numpy as np
import pytest
from scipy.signal import correlate2d

from nnlib.convnet import ConvNet, Convolution, Dense, Flatten, MaxPooling
from nnlib.data import load_mnist, one_hot_encode
from nnlib.gradient_check import compare_gradients, numerical_gradients
from nnlib.network import NeuralNetwork
from nnlib.optimizers import Adam, GradientDescent, Momentum, RMSProp
from nnlib.regularization import l2_penalty
from nnlib.training import DivergenceWarning
from nnlib.validation import check_images

rng = np.random.default_rng(0)
IMAGES = rng.normal(size=(13, 8, 7, 1))
PIXELS = rng.integers(0, 256, (13, 8, 7, 1), dtype=np.uint8)
LABELS = rng.integers(0, 3, 13)
Y = one_hot_encode(LABELS, 3).astype(np.float64)
LAYERS = (Convolution(3), MaxPooling(), Flatten(), Dense(5, "tanh"), Dense(3, "softmax"))


def network(layers=LAYERS, input_shape=(8, 7, 1), **options):
    return ConvNet(layers, input_shape, **{"rng": 0} | options)


def with_biases(network, seed=1):
    """The same network, its biases no longer 0."""
    rng = np.random.default_rng(seed)
    for name, value in network.parameters.items():
        if name[0] == "b":
            network.parameters[name] = rng.normal(size=value.shape) / 2
    return network


def assert_same(arrays, others):
    assert arrays.keys() == others.keys()
    for name in arrays:
        np.testing.assert_array_equal(arrays[name], others[name], err_msg=name)


def copy_of(arrays):
    return {name: np.copy(value) for name, value in arrays.items()}


@pytest.fixture
def threads(monkeypatch):
    """A function that sets into how many parts a batch is cut."""

    def set_to(n):
        monkeypatch.setattr("nnlib.convnet.thread_count", lambda: n)

    set_to(1)
    return set_to


def test_the_default_is_the_diagrams_network():
    diagram = ConvNet(rng=0)
    assert sum(value.size for value in diagram.parameters.values()) == 225_034
    assert diagram.shapes == [
        (28, 28, 1), (26, 26, 32), (13, 13, 32), (11, 11, 64), (5, 5, 64), (1600,), (128,), (10,),
    ]  # fmt: skip
    assert {name: value.shape for name, value in diagram.parameters.items()} == {
        "W1": (3, 3, 1, 32), "b1": (32,), "W2": (3, 3, 32, 64), "b2": (64,),
        "W3": (128, 1600), "b3": (128, 1), "W4": (10, 128), "b4": (10, 1),
    }  # fmt: skip
    assert diagram.activations == ["relu", "relu", "relu", "softmax"]
    assert (diagram.loss, diagram.learning_rate, diagram.l2) == ("categorical_crossentropy", 1e-3, 0.0)
    assert diagram.history == {"loss": [], "accuracy": []}
    assert diagram.predict_proba(np.zeros((2, 28, 28), np.uint8)).shape == (10, 2)


def test_weights_start_as_he_draws_them():
    parameters = ConvNet(rng=0).parameters
    for name, n_in in {"W1": 9, "W2": 9 * 32, "W3": 1600, "W4": 128}.items():
        W = parameters[name]
        assert W.std() == pytest.approx(np.sqrt(2 / n_in), rel=4 / np.sqrt(W.size))
        assert abs(W.mean()) < 4 * np.sqrt(2 / n_in / W.size)
        assert not parameters[f"b{name[1]}"].any()


def test_the_forward_pass_worked_out_with_scipy():
    layers = [
        Convolution(3, 3, padding=1, stride=2, activation="tanh"),
        Convolution(2, 2),
        MaxPooling(2),
        Flatten(),
        Dense(4, "sigmoid"),
        Dense(3, "softmax"),
    ]
    convnet = with_biases(network(layers, (9, 11, 2)))
    images = np.random.default_rng(0).normal(size=(4, 9, 11, 2))
    W1, b1, W2, b2, W3, b3, W4, b4 = convnet.parameters.values()

    def convolved(image, W, b, stride):
        outputs = [
            sum(correlate2d(image[..., c], W[..., c, f], mode="valid") for c in range(W.shape[2])) + b[f]
            for f in range(W.shape[3])
        ]
        return np.stack(outputs, axis=-1)[::stride, ::stride]

    columns, maps = [], []
    for image in images:
        first = np.tanh(convolved(np.pad(image, ((1, 1), (1, 1), (0, 0))), W1, b1, 2))  # (5, 6, 3)
        second = np.maximum(0, convolved(first, W2, b2, 1))  # (4, 5, 2)
        third = second[:4, :4].reshape(2, 2, 2, 2, 2).max(axis=(1, 3))
        columns.append(third.ravel())
        maps.append([first, second, third])
    columns = np.transpose(columns)
    hidden = 1 / (1 + np.exp(-(W3 @ columns + b3)))
    scores = np.exp(W4 @ hidden + b4)
    expected = [*(np.stack(each) for each in zip(*maps)), columns, hidden, scores / scores.sum(axis=0)]
    for ours, theirs in zip(convnet.feature_maps(images), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)
    np.testing.assert_allclose(convnet.forward(images), expected[-1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(convnet.predict_proba(images), expected[-1], rtol=0, atol=1e-12)


def test_feature_maps_have_the_shapes_of_one_image():
    maps = network().feature_maps(IMAGES)
    assert [array.shape for array in maps] == [(13, 6, 5, 3), (13, 3, 2, 3), (18, 13), (5, 13), (3, 13)]
    assert [array.shape[1:] for array in maps[:2]] == network().shapes[1:3]
    assert maps[0].min() == 0  # after relu


STACKS = {
    "the diagram's kind": (
        [Convolution(2, 3), MaxPooling(2), Convolution(3, 2), MaxPooling(2), Flatten(), Dense(4), Dense(3, "softmax")],
        (11, 10, 1),
    ),
    "padding and stride": (
        [
            Convolution(2, 3, padding=1, stride=2, activation="tanh"),
            MaxPooling(3, padding=1, stride=2),
            Convolution(3, 2, padding=1, activation="sigmoid"),
            Flatten(),
            Dense(3, "softmax"),
        ],
        (9, 8, 2),
    ),
    "overlapping blocks, sigmoid outputs": (
        [Convolution(3, 2, activation="relu"), MaxPooling(3, stride=1), Flatten(), Dense(3, "sigmoid")],
        (6, 7, 2),
    ),
    "blocks with gaps, linear outputs": (
        [MaxPooling(2, stride=3), Convolution(2, 2, activation="elu"), Flatten(), Dense(4, "tanh"), Dense(3, "linear")],
        (10, 11, 2),
    ),
    "two poolings in a row, mse of tanh": (
        [Convolution(2, 2, activation="leaky_relu"), MaxPooling(2), MaxPooling(2), Flatten(), Dense(3, "tanh")],
        (9, 10, 1),
    ),
    "no image layer": ([Flatten(), Dense(4, "sigmoid"), Dense(3, "softmax")], (3, 2, 2)),
    "two convolutions in a row": (
        [Convolution(2, 3, activation="linear"), Convolution(2, 1, 0, 2, "tanh"), Flatten(), Dense(3, "softmax")],
        (6, 5, 1),
    ),
}


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize("stack", STACKS)
def test_gradients_of_whole_networks_are_the_slopes_of_their_loss(stack, l2, threads):
    threads(2)
    layers, input_shape = STACKS[stack]
    convnet = with_biases(network(layers, input_shape, l2=l2))
    parameters = convnet.parameters
    rng = np.random.default_rng(2)
    images, targets = rng.normal(size=(5, *input_shape)), one_hot_encode(np.arange(5) % 3, 3)

    def loss_of(nudged):
        convnet.parameters = nudged
        return convnet.compute_loss(targets, convnet.forward(images)) + l2_penalty(nudged, l2)

    numerical = numerical_gradients(loss_of, parameters)
    convnet.parameters = parameters
    convnet.forward(images)
    gradients = convnet.backward(targets)
    assert gradients.keys() == numerical.keys()
    check = compare_gradients(gradients, numerical, 1e-6)
    assert check.passed, check


@pytest.mark.parametrize("m", [1, 2, 5, 13])
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_the_number_of_threads_changes_nothing(m, l2, threads):
    convnet = with_biases(network(l2=l2))
    outputs = convnet.forward(IMAGES[:m])
    gradients = convnet.backward(Y[:, :m])
    for n in (2, 3, 4, 50):
        threads(n)
        np.testing.assert_allclose(convnet.forward(IMAGES[:m]), outputs, rtol=0, atol=1e-12)
        assert len(convnet.cache) == min(n, m)
        for name, gradient in convnet.backward(Y[:, :m]).items():
            np.testing.assert_allclose(gradient, gradients[name], rtol=0, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("batch_size", [4, 5, None])
def test_training_on_three_threads_is_training_on_one(batch_size, threads):
    one, three = network(), network()
    one.fit(IMAGES, Y, 3, False, batch_size=batch_size, rng=0)
    threads(3)
    three.fit(IMAGES, Y, 3, False, batch_size=batch_size, rng=0)
    for name, value in one.parameters.items():
        np.testing.assert_allclose(three.parameters[name], value, rtol=0, atol=1e-10)
    np.testing.assert_allclose(three.history["loss"], one.history["loss"], rtol=1e-10)


def test_pixels_as_files_have_them_are_divided_by_255():
    scaled = (PIXELS / 255).astype(np.float32)
    from_files, from_floats = network(), network()
    np.testing.assert_array_equal(from_files.forward(PIXELS), from_floats.forward(scaled))
    np.testing.assert_array_equal(from_files.predict_proba(PIXELS), from_floats.predict_proba(scaled))
    for ours, theirs in zip(from_files.feature_maps(PIXELS), from_floats.feature_maps(scaled), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    from_files.fit(PIXELS, Y, 2, False, batch_size=4, rng=0, validation_data=(PIXELS, Y))
    from_floats.fit(scaled, Y, 2, False, batch_size=4, rng=0, validation_data=(scaled, Y))
    assert_same(from_files.parameters, from_floats.parameters)
    assert from_files.history == from_floats.history
    assert from_files.evaluate(PIXELS, Y) == from_floats.evaluate(scaled, Y)


def test_the_axis_of_a_single_channel_may_be_missing():
    with_axis, without = network(), network()
    with_axis.fit(IMAGES, Y, 2, False, rng=0, validation_data=(IMAGES, Y))
    without.fit(IMAGES[..., 0], Y, 2, False, rng=0, validation_data=(IMAGES[..., 0], Y))
    assert_same(with_axis.parameters, without.parameters)
    assert with_axis.history == without.history
    np.testing.assert_array_equal(without.predict_proba(PIXELS[..., 0]), without.predict_proba(PIXELS))
    np.testing.assert_array_equal(without.forward(IMAGES[..., 0]), without.forward(IMAGES))
    assert without.feature_maps(IMAGES[..., 0])[0].shape == (13, 6, 5, 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_images_decide_the_precision(dtype):
    convnet = network(l2=0.1)
    convnet.fit(IMAGES.astype(dtype), Y, 2, False, batch_size=8, rng=0)
    assert {value.dtype for value in convnet.parameters.values()} == {np.dtype(dtype)}
    assert convnet.forward(IMAGES.astype(dtype)).dtype == dtype
    assert {gradient.dtype for gradient in convnet.backward(Y).values()} == {np.dtype(dtype)}
    assert {array.dtype for array in convnet.feature_maps(IMAGES.astype(dtype))} == {np.dtype(dtype)}


def test_pixels_train_in_single_precision_and_whole_numbers_in_double():
    from_pixels, from_integers = network(), network()
    from_pixels.fit(PIXELS, Y, 1, False)
    from_integers.fit(PIXELS.astype(int), Y, 1, False)
    assert from_pixels.parameters["W1"].dtype == np.float32
    assert from_integers.parameters["W1"].dtype == np.float64


def test_prediction_in_blocks_is_the_whole(monkeypatch):
    convnet = network()
    whole = convnet.forward(IMAGES)
    for size in (1, 5, 13, 100):
        monkeypatch.setattr("nnlib.convnet.IMAGES_AT_ONCE", size)
        np.testing.assert_allclose(convnet.predict_proba(IMAGES), whole, rtol=1e-12)
        np.testing.assert_array_equal(convnet.predict(IMAGES), whole.argmax(axis=0))


def test_evaluate_measures_what_predict_says():
    convnet = network()
    loss, accuracy = convnet.evaluate(IMAGES, Y)
    probabilities = convnet.predict_proba(IMAGES)
    assert loss == pytest.approx(-np.log(probabilities[LABELS, np.arange(13)]).mean(), rel=1e-12)
    assert accuracy == convnet.accuracy(Y, probabilities) == np.mean(convnet.predict(IMAGES) == LABELS)
    assert convnet.predict(IMAGES).shape == (13,)


@pytest.mark.parametrize(("neurons", "shape"), [(1, (13,)), (3, (3, 13))])
def test_sigmoid_outputs_answer_yes_or_no(neurons, shape):
    convnet = network([Convolution(2), Flatten(), Dense(neurons, "sigmoid")])
    decisions = convnet.predict(IMAGES)
    assert decisions.shape == shape
    np.testing.assert_array_equal(decisions, (convnet.predict_proba(IMAGES) >= 0.5).reshape(shape))
    assert (convnet.loss, convnet.n_outputs) == ("binary_crossentropy", neurons)
    convnet.fit(IMAGES, Y[:neurons], 1, False)
    assert set(convnet.history) == {"loss", "accuracy"}


def test_regression_has_no_accuracy():
    convnet = network([Convolution(2), Flatten(), Dense(2, "linear")])
    convnet.fit(IMAGES, IMAGES[:, 0, :2, 0].T, 2, False, validation_data=(IMAGES, IMAGES[:, 0, :2, 0].T))
    assert set(convnet.history) == {"loss", "validation_loss"}
    np.testing.assert_array_equal(convnet.predict(IMAGES), convnet.predict_proba(IMAGES))
    assert convnet.evaluate(IMAGES, Y[:2])[1] is None


def test_predict_leaves_the_cache_to_forward():
    convnet = network()
    convnet.forward(IMAGES[:5])
    before = convnet.backward(Y[:, :5])
    convnet.predict(IMAGES)
    convnet.feature_maps(IMAGES)
    assert_same(convnet.backward(Y[:, :5]), before)


@pytest.mark.parametrize("images", [IMAGES, IMAGES.astype(np.float32), PIXELS], ids=["float64", "float32", "uint8"])
@pytest.mark.parametrize("layers", [LAYERS, [MaxPooling(), *LAYERS[2:]], LAYERS[2:]])
def test_images_and_targets_are_left_alone(images, layers):
    images, targets = images.copy(), Y.copy()
    convnet = network(layers)
    convnet.forward(images)
    convnet.backward(targets)
    convnet.fit(images, targets, 2, False, batch_size=5, rng=0, validation_data=(images, targets))
    convnet.predict(images)
    convnet.evaluate(images, targets)
    convnet.feature_maps(images)
    np.testing.assert_array_equal(images, {8: IMAGES, 4: IMAGES.astype(np.float32), 1: PIXELS}[images.itemsize])
    np.testing.assert_array_equal(targets, Y)


def test_read_only_images_are_enough():
    images = PIXELS.copy()
    images.flags.writeable = False
    network().fit(images, Y, 1, False, batch_size=5)


def test_fit_without_an_optimizer_is_adam_with_the_networks_learning_rate(threads):
    by_fit, by_hand = network(learning_rate=0.01), network()
    by_fit.fit(IMAGES, Y, 2, False, batch_size=None)
    adam = Adam(0.01)
    for _ in range(2):
        by_hand.forward(IMAGES)
        adam.step(by_hand.parameters, by_hand.backward(Y))
    assert_same(by_fit.parameters, by_hand.parameters)


@pytest.mark.parametrize("optimizer", [GradientDescent(0.02), Momentum(0.005), RMSProp(0.005), Adam(0.01)])
def test_every_optimizer_lowers_the_loss(optimizer):
    convnet = network()
    convnet.fit(IMAGES, Y, 30, False, batch_size=5, optimizer=optimizer, rng=0)
    assert convnet.history["loss"][-1] < 0.7 * convnet.history["loss"][0]
    assert optimizer.steps == 90


def test_the_batch_size_is_64_unless_it_is_given():
    many, adam = np.zeros((130, 8, 7)), Adam()
    network().fit(many, np.ones((3, 130)) / 3, 2, False, optimizer=adam)
    assert adam.steps == 2 * 3
    network().fit(many[:128], np.ones((3, 128)) / 3, 2, False, optimizer=adam)
    assert adam.steps == 2 * 3 + 2 * 2


def test_fit_trains_one_epoch_and_prints_each(capsys):
    convnet = network()
    convnet.fit(IMAGES, Y)
    assert len(convnet.history["loss"]) == 1
    assert [line.split(":")[0].split() for line in capsys.readouterr().out.splitlines()] == [["Epoch", "0/1"]]
    convnet.fit(IMAGES, Y, 3)
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_history_is_measured_before_the_update_and_validation_after_it():
    convnet = network()
    before = convnet.evaluate(IMAGES, Y)
    convnet.fit(IMAGES, Y, 1, False, validation_data=(IMAGES[:4], Y[:, :4]))
    after = convnet.evaluate(IMAGES[:4], Y[:, :4])
    history = convnet.history
    assert (history["loss"][0], history["accuracy"][0]) == pytest.approx(before)
    assert (history["validation_loss"], history["validation_accuracy"]) == ([after[0]], [after[1]])
    assert {type(value) for values in history.values() for value in values} == {float}


def test_the_schedule_reaches_the_optimizer(threads):
    rates = []

    class Watched(GradientDescent):
        def step(self, parameters, gradients):
            rates.append(self.learning_rate)
            super().step(parameters, gradients)

    optimizer = Watched(0.1)
    network().fit(IMAGES, Y, 4, False, batch_size=None, optimizer=optimizer, schedule=lambda p: 1 - p)
    assert rates == pytest.approx([0.1, 0.075, 0.05, 0.025])
    assert optimizer.learning_rate == 0.1


def test_patience_brings_back_the_best_epoch(threads):
    stopped, reference = network(), network()
    options = dict(batch_size=5, validation_data=(-IMAGES, Y), rng=0)
    stopped.fit(IMAGES, Y, 200, False, patience=5, **options, optimizer=Adam(0.05))
    losses = stopped.history["validation_loss"]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 5 < 200
    reference.fit(IMAGES, Y, best + 1, False, **options, optimizer=Adam(0.05))
    assert_same(stopped.parameters, reference.parameters)


def test_augmentation_gets_a_mini_batch_of_images():
    seen = []

    def upside_down(images, rng):
        assert isinstance(rng, np.random.Generator)
        seen.append(images.copy())
        return images[:, ::-1]

    augmented, flipped = network(), network()
    augmented.fit(PIXELS[..., 0], Y, 1, False, batch_size=5, rng=0, augment=upside_down)
    flipped.fit(PIXELS[:, ::-1], Y, 1, False, batch_size=5, rng=0)
    assert [(images.shape, images.dtype) for images in seen] == [((m, 8, 7, 1), np.uint8) for m in (5, 5, 3)]
    assert_same(augmented.parameters, flipped.parameters)


def test_the_price_of_large_weights_makes_them_smaller(threads):
    free, priced = network(), network(l2=0.5)
    assert_same(free.parameters, priced.parameters)
    for convnet in (free, priced):
        convnet.forward(IMAGES)
    gradients, dearer = free.backward(Y), priced.backward(Y)
    for name, value in free.parameters.items():
        extra = 0.5 * value if name[0] == "W" else 0
        np.testing.assert_allclose(dearer[f"d{name}"], gradients[f"d{name}"] + extra, atol=1e-14)
    for convnet in (free, priced):
        convnet.fit(IMAGES, Y, 100, False, rng=0)
    assert np.linalg.norm(priced.parameters["W3"]) < np.linalg.norm(free.parameters["W3"])


def test_the_seed_decides_everything():
    runs = []
    for seed in (3, np.random.default_rng(3), 4):
        convnet = ConvNet(LAYERS, (8, 7, 1), rng=seed)
        convnet.fit(PIXELS, Y, 2, False, batch_size=4, rng=seed if isinstance(seed, int) else 3)
        runs.append(convnet)
    assert_same(runs[0].parameters, runs[1].parameters)
    assert runs[0].history == runs[1].history
    assert not np.array_equal(runs[0].parameters["W1"], runs[2].parameters["W1"])
    same_start = ConvNet(LAYERS, (8, 7, 1), rng=3)
    assert not np.array_equal(same_start.parameters["W1"], ConvNet(LAYERS, (8, 7, 1), rng=4).parameters["W1"])
    same_start.fit(PIXELS, Y, 2, False, batch_size=4, rng=5)
    assert not np.array_equal(runs[0].parameters["W1"], same_start.parameters["W1"])


@pytest.mark.parametrize("n", [1, 2])
def test_divergence_warns_once_and_leaves_the_network_as_it_was(n, threads, monkeypatch):
    threads(n)
    monkeypatch.setattr("nnlib.parallel.thread_count", lambda: n)
    convnet = network([Convolution(2), Flatten(), Dense(3, "linear")])
    before = copy_of(convnet.parameters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        convnet.fit(IMAGES, Y, 3, False, optimizer=GradientDescent(1e300), batch_size=5, rng=0)
    assert [warning.category for warning in caught] == [DivergenceWarning]
    assert_same(convnet.parameters, before)
    assert convnet.history == {"loss": []}


def test_twenty_random_images_are_learned_by_heart():
    rng = np.random.default_rng(0)
    images, labels = rng.random((20, 8, 8)), rng.integers(0, 4, 20)
    layers = [Convolution(6), MaxPooling(), Flatten(), Dense(16), Dense(4, "softmax")]
    convnet = ConvNet(layers, (8, 8, 1), 0.01, rng=0)
    convnet.fit(images, one_hot_encode(labels, 4), 100, False)
    assert convnet.predict(images).tolist() == labels.tolist()
    assert convnet.history["loss"][-1] < 0.02


def test_what_is_learned_in_one_place_is_known_everywhere():
    images, upright = np.zeros((2, 6, 6, 12, 12)), np.arange(72).reshape(2, 6, 6) < 36
    for row, column in np.ndindex(6, 6):
        images[0, row, column, row + 2 : row + 5, column + 2] = 1
        images[1, row, column, row + 2, column + 2 : column + 5] = 1
    convnet = ConvNet([Convolution(4), MaxPooling(10), Flatten(), Dense(1, "sigmoid")], (12, 12, 1), 0.03, rng=0)
    convnet.fit(images[:, 0, 0], upright[None, :, 0, 0], 100, False)
    np.testing.assert_array_equal(convnet.predict(images.reshape(72, 12, 12)), upright.ravel())


def test_it_learns_the_built_in_digits():
    digits = load_mnist("digits")
    layers = [Convolution(8, 5, stride=2), MaxPooling(), Flatten(), Dense(10, "softmax")]
    convnet = ConvNet(layers, learning_rate=0.01, rng=0)
    targets = one_hot_encode(digits.train_labels, 10)
    convnet.fit(digits.train_images, targets, 4, False, batch_size=32, rng=0)
    assert np.mean(convnet.predict(digits.test_images) == digits.test_labels) > 0.95


def test_it_learns_mnist(real_mnist):
    layers = [Convolution(8, 5, stride=2), MaxPooling(), Flatten(), Dense(10, "softmax")]
    convnet = ConvNet(layers, learning_rate=0.01, rng=0)
    targets = one_hot_encode(real_mnist.train_labels[:3000], 10)
    convnet.fit(real_mnist.train_images[:3000], targets, 4, False, batch_size=32, rng=0)
    assert np.mean(convnet.predict(real_mnist.test_images) == real_mnist.test_labels) > 0.93


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("make", [GradientDescent, Momentum, Adam])
def test_a_saved_run_goes_on_as_if_never_interrupted(tmp_path, dtype, make, threads):
    images = PIXELS if dtype == np.uint8 else IMAGES.astype(dtype)
    layers = [Convolution(3, 2, 1, 2, "elu"), MaxPooling(3, 1, 1), *LAYERS[2:]]
    data = dict(images=images, Y=Y, verbose=False, batch_size=4, validation_data=(images, Y))
    optimizer = make(0.01)
    saved = network(layers, l2=0.01, learning_rate=0.3)
    saved.fit(epochs=2, optimizer=optimizer, rng=0, **data)
    saved.save(tmp_path / "convnet.npz", optimizer=optimizer)
    restored = make(0.5)
    loaded = ConvNet.load(tmp_path / "convnet.npz", optimizer=restored)
    assert type(loaded) is ConvNet
    assert vars(loaded).keys() == vars(saved).keys()
    for name in ("layers", "shapes", "activations", "loss", "learning_rate", "l2", "history"):
        assert getattr(loaded, name) == getattr(saved, name), name
    assert [type(layer) for layer in loaded.layers] == [type(layer) for layer in saved.layers]
    assert_same(loaded.parameters, saved.parameters)
    assert_same(restored.state(), optimizer.state())
    np.testing.assert_array_equal(loaded.predict_proba(images), saved.predict_proba(images))
    saved.fit(epochs=3, optimizer=optimizer, rng=1, **data)
    loaded.fit(epochs=3, optimizer=restored, rng=1, **data)
    assert_same(loaded.parameters, saved.parameters)
    assert loaded.history == saved.history
    assert {value.dtype for value in loaded.parameters.values()} == {np.dtype(dtype if dtype != np.uint8 else "f4")}


def test_layers_of_numpys_numbers_are_saved_too(tmp_path):
    layers = [Convolution(np.int64(2), np.int32(3)), MaxPooling(np.int8(2)), Flatten(), Dense(np.int64(3), "softmax")]
    saved = network(layers, np.array([8, 7, 1]), learning_rate=np.float32(0.5))
    saved.save(tmp_path / "convnet.npz")
    loaded = ConvNet.load(tmp_path / "convnet.npz")
    assert (loaded.layers, loaded.shapes, loaded.learning_rate) == (saved.layers, saved.shapes, 0.5)
    assert_same(loaded.parameters, saved.parameters)


def test_files_of_other_networks_are_refused(tmp_path):
    path = tmp_path / "network.npz"
    network().save(path)
    with np.load(path) as file:
        arrays = dict(file)
    with pytest.raises(ValueError, match="network.npz is not a network saved by NeuralNetwork.save"):
        NeuralNetwork.load(path)
    NeuralNetwork([4, 3], ["softmax"]).save(path)
    with pytest.raises(ValueError, match="network.npz is not a network saved by ConvNet.save"):
        ConvNet.load(path)
    for spoiled in (
        arrays | {"parameters/W1": np.ones((3, 3, 3, 1))},
        arrays | {"settings": np.array(str(arrays["settings"]).replace("MaxPooling", "MinPooling"))},
        arrays | {"settings": np.array(str(arrays["settings"]).replace("[8, 7, 1]", "[9, 9, 1]"))},
        {name: array for name, array in arrays.items() if name != "parameters/b2"},
    ):
        np.savez(path, **spoiled)
        with pytest.raises(ValueError, match="is not a network saved by ConvNet.save"):
            ConvNet.load(path)


def test_repr_names_what_rebuilds_it():
    convnet = network()
    assert repr(convnet).startswith("ConvNet([Convolution(filters=3, kernel_size=3, padding=0, stride=1, activation=")
    again = eval(repr(convnet).replace(", loss='categorical_crossentropy'", ""))
    assert (again.layers, again.shapes) == (convnet.layers, convnet.shapes)


SOFTMAX = Dense(3, "softmax")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(layers=[]), r"the last layer is not Dense; expected one such as Dense\(10, 'softmax'\)"),
        (dict(layers=[Convolution(2), Flatten()]), "the last layer is not Dense"),
        (dict(layers=[Convolution(2)]), "the last layer is not Dense"),
        (dict(layers=None), r"layers is None; expected a list such as \[Flatten\(\)"),
        (dict(layers=SOFTMAX), "layer 0 is 3; expected one of Convolution, MaxPooling, Flatten, Dense"),
        (dict(layers=[Flatten, SOFTMAX]), "layer 0 is <class .*; expected one of .* such as Convolution"),
        (dict(layers=[Convolution(2), "flatten", SOFTMAX]), "layer 1 is 'flatten'; expected one of Convolution"),
        (dict(layers=[Flatten(), Flatten(), SOFTMAX]), r"layer 1, Flatten\(\), gets \(56,\). Put one Flatten"),
        (dict(layers=[SOFTMAX]), r"layer 0, Dense.* gets \(8, 7, 1\). Put one Flatten\(\) between"),
        (dict(layers=[Flatten(), Convolution(2), SOFTMAX]), r"layer 1, Convolution.* gets \(56,\). Put one Flatten"),
        (dict(layers=[Flatten(), MaxPooling(), SOFTMAX]), r"layer 1, MaxPooling.* gets \(56,\). Put one Flatten"),
        (dict(layers=[Convolution(2, 8), Flatten(), SOFTMAX]), "layer 0, .*a kernel of 8 does not fit into 7 pixels"),
        (dict(layers=[MaxPooling(8), Flatten(), SOFTMAX]), "layer 0, .*a kernel of 8 does not fit into 7 pixels"),
        (dict(layers=[MaxPooling(), MaxPooling(4), SOFTMAX]), r"layer 1, .*not fit what it gets, \(4, 3, 1\)"),
        (dict(layers=[Convolution(0), Flatten(), SOFTMAX]), "layer 0, .*filters is 0; expected a whole number"),
        (dict(layers=[Convolution(2, 2.5), Flatten(), SOFTMAX]), "layer 0, .*kernel_size is 2.5"),
        (dict(layers=[Convolution(2, padding=-1), Flatten(), SOFTMAX]), "layer 0, .*: padding is -1"),
        (dict(layers=[Convolution(2, stride=0), Flatten(), SOFTMAX]), "layer 0, .*: stride is 0"),
        (dict(layers=[MaxPooling(stride=0), Flatten(), SOFTMAX]), "layer 0, .*: stride is 0"),
        (dict(layers=[MaxPooling(0), Flatten(), SOFTMAX]), "layer 0, .*: pool_size is 0"),
        (dict(layers=[MaxPooling(padding=-1), Flatten(), SOFTMAX]), "layer 0, .*: padding is -1"),
        (dict(layers=[MaxPooling(2, padding=2), Flatten(), SOFTMAX]), "padding is 2; expected less than pool_size, 2"),
        (dict(layers=[Flatten(), Dense(0), SOFTMAX]), "layer 1, .*: neurons is 0"),
        (dict(layers=[Flatten(), Dense(True), SOFTMAX]), "layer 1, .*: neurons is True"),
        (dict(layers=[Convolution(2, activation="softmax"), *LAYERS[2:]]), "softmax .* hidden layer 1; .* Use 'relu'"),
        (dict(layers=[Flatten(), SOFTMAX, SOFTMAX]), "softmax .* hidden layer 1; .* Use 'relu'"),
        (dict(layers=[Flatten(), Dense(1, "softmax")]), "softmax over a single output is always 1. Use 'sigmoid'"),
        (dict(layers=[Flatten(), Dense(2), Dense(1, "softmax")]), "softmax over a single output is always 1."),
        (dict(layers=[Convolution(2, activation="rellu"), *LAYERS[2:]]), "'rellu'. Did you mean 'relu'"),
        (dict(layers=[Flatten(), Dense(3, "softmx")]), "'softmx'. Did you mean 'softmax'"),
        (dict(layers=[Flatten(), Dense(3, None)]), "unknown activation None. Choose one of"),
        (dict(layers=[Convolution(2, activation=""), *LAYERS[2:]]), "unknown activation ''. Choose one of"),
        (dict(input_shape=(8, 7)), r"input_shape is \(8, 7\); expected \(H, W, C\) such as \(28, 28, 1\)"),
        (dict(input_shape=28), r"input_shape is 28; expected \(H, W, C\)"),
        (dict(input_shape=(8, 0, 1)), "input_shape is 0; expected a whole number"),
        (dict(input_shape=(8, 7.0, 1)), "input_shape is 7.0; expected a whole number"),
        (dict(learning_rate=0), "learning_rate is 0"),
        (dict(l2=-1), "l2 is -1"),
    ],
)
def test_layers_that_do_not_fit_each_other_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ConvNet(**dict(layers=LAYERS, input_shape=(8, 7, 1)) | arguments)


NAN = np.where(IMAGES > 2, np.nan, IMAGES)
BAD_IMAGES = [
    (IMAGES[:, :5], r"has shape \(13, 5, 7, 1\); expected \(m, 8, 7, 1\), images first"),
    (np.moveaxis(IMAGES, 3, 1), r"has shape \(13, 1, 8, 7\); expected \(m, 8, 7, 1\)"),
    (IMAGES.reshape(13, -1).T, r"has shape \(56, 13\); expected \(m, 8, 7, 1\)"),
    (IMAGES[0], r"has shape \(8, 7, 1\); .*For a single image, did you mean {}\[np.newaxis\]"),
    (PIXELS[0, ..., 0], r"has shape \(8, 7\); .*For a single image, did you mean {}\[np.newaxis\]"),
    (IMAGES[:0], r"has shape \(0, 8, 7, 1\): no images. Give at least one"),
    (PIXELS[:0, ..., 0], r"has shape \(0, 8, 7\): no images. Give at least one"),
    (NAN, f"has {np.isnan(NAN).sum()} NaN or infinite entries"),
    (IMAGES.astype(str), "holds .* values; expected numbers"),
    (np.ma.masked_greater(PIXELS, 200), "has masked entries"),
    (np.ma.masked_greater(IMAGES, 2), "has masked entries"),
    ([[[1.0], [2.0, 3.0]]], "has rows of different lengths"),
    (None, "holds object values"),
]


@pytest.mark.parametrize(("images", "message"), BAD_IMAGES)
def test_images_that_do_not_fit_are_refused_and_change_nothing(images, message):
    convnet = network()
    convnet.forward(IMAGES)
    before, gradients = copy_of(convnet.parameters), convnet.backward(Y)
    for method in (convnet.forward, convnet.predict, convnet.predict_proba, convnet.feature_maps):
        with pytest.raises(ValueError, match="^images " + message.format("images")):
            method(images)
    for call in (convnet.fit, convnet.evaluate):
        with pytest.raises(ValueError, match="^images " + message.format("images")):
            call(images, Y)
    with pytest.raises(ValueError, match="^validation X " + message.format("validation X")):
        convnet.fit(IMAGES, Y, 1, False, validation_data=(images, Y))
    assert_same(convnet.parameters, before)
    assert_same(convnet.backward(Y), gradients)
    assert convnet.history == {"loss": [], "accuracy": []}


BAD_TARGETS = [
    (LABELS, r"has shape \(13,\), one label per sample; expected one-hot .* Use one_hot_encode"),
    (Y[:, :12], "has 12 columns but X has 13"),
    (Y.T, r"has shape \(13, 3\); expected \(3, m\)"),
    (2 * Y, "has values from 0 to 2"),
    (Y / 2, "of Y sums to 0.5"),
]


@pytest.mark.parametrize(("targets", "message"), BAD_TARGETS)
def test_targets_that_do_not_fit_are_refused_and_change_nothing(targets, message):
    convnet = network()
    convnet.forward(IMAGES)
    before = copy_of(convnet.parameters)
    calls = (lambda: convnet.fit(IMAGES, targets, 1, False), lambda: convnet.evaluate(IMAGES, targets))
    for call in (*calls, lambda: convnet.backward(targets)):
        with pytest.raises(ValueError, match=message):
            call()
    assert_same(convnet.parameters, before)
    assert convnet.history == {"loss": [], "accuracy": []}


def test_backward_needs_a_forward_pass():
    with pytest.raises(ValueError, match=r"Call forward\(images\) first"):
        network().backward(Y)


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        (PIXELS, np.uint8),
        (IMAGES.astype(np.float32), np.float32),
        (IMAGES, np.float64),
        (IMAGES.astype(np.float16), np.float64),
        (PIXELS.astype(int), np.float64),
        (PIXELS > 100, np.float64),
        (PIXELS.tolist(), np.float64),
    ],
)
def test_checked_images_keep_their_values(given, dtype):
    images = check_images(given, (8, 7, 1))
    assert images.dtype == dtype
    np.testing.assert_array_equal(images, given)
    if dtype == getattr(given, "dtype", None):
        assert np.shares_memory(images, given)


def test_the_channel_axis_is_added_only_where_there_is_one_channel():
    assert check_images(PIXELS[..., 0], (8, 7, 1)).shape == (13, 8, 7, 1)
    with pytest.raises(ValueError, match=r"images has shape \(13, 8, 7\); expected \(m, 8, 7, 3\), images first.$"):
        check_images(PIXELS[..., 0], (8, 7, 3))
    with pytest.raises(ValueError, match=r"expected \(m, 8, 7, 3\), images first.$"):
        check_images(PIXELS[0, ..., 0], (8, 7, 3))
    with pytest.raises(ValueError, match=r"did you mean images\[np.newaxis\]\?$"):
        check_images(np.ones((8, 7, 3)), (8, 7, 3))


def test_what_is_too_large_becomes_infinite_and_no_warning(threads):
    threads(2)
    convnet = with_biases(network([Convolution(2), Flatten(), Dense(3), Dense(1, "linear")]))
    convnet.parameters = {name: 1e200 * value for name, value in convnet.parameters.items()}
    for outputs in (convnet.forward(IMAGES), convnet.predict_proba(IMAGES), convnet.feature_maps(IMAGES)[-1]):
        assert not np.isfinite(outputs).all()
    assert not np.isfinite(convnet.backward(np.ones((1, 13)))["dW1"]).any()
    convnet = network([Flatten(), Dense(3), Dense(1, "linear")])
    convnet.parameters["W2"] *= 1e200
    assert np.isfinite(convnet.forward(IMAGES)).all()
    assert np.isnan(convnet.backward(np.ones((1, 13)))["dW1"]).any()  # an infinite error times a slope of 0


def test_a_dense_layer_gives_no_warning_either():
    layer, huge = Dense(1), np.array([[1e200]])
    assert layer.forward(huge, huge, huge) == np.inf
    assert layer.gradients(huge, huge)[0] == np.inf
    assert layer.error(huge, huge, huge, huge, huge) == np.inf


def test_a_divergence_warning_points_at_the_line_that_trains():
    network = ConvNet([Flatten(), Dense(2, "softmax")], (2, 2, 1), rng=0)
    images, Y = np.full((4, 2, 2), 1e200), np.eye(2)[[0, 1, 0, 1]].T
    with pytest.warns(DivergenceWarning) as caught:
        network.fit(images, Y, 9, verbose=False, optimizer=GradientDescent(1e200))
    assert [warning.filename for warning in caught] == [__file__]
