import numpy as np
import pytest
from matplotlib.colors import to_hex
from scipy.spatial.distance import pdist
from sklearn.neural_network import MLPClassifier

from nnlib import NeuralNetwork, images_to_columns, load_mnist
from nnlib.explorers import find_images, inspect_prediction, load_digit_network, prediction_explorer
from nnlib.plots import NEGATIVE, NEUTRAL, POSITIVE


@pytest.fixture(scope="module")
def digits():
    return load_mnist("digits")


@pytest.fixture(scope="module")
def network():
    return load_digit_network()


@pytest.fixture
def explorer(network, digits):
    explorer = prediction_explorer(network, digits.test_images, digits.test_labels)
    yield explorer
    explorer.close()


def test_an_inspection_agrees_with_scikit_learn(network, digits):
    """The same parameters in scikit-learn's network, cut off after each layer in turn."""
    image = digits.test_images[5]
    found = inspect_prediction(network, image)
    layers = range(1, len(network.layer_sizes))
    W, b = ([network.parameters[f"{name}{l}"].T.astype(float) for l in layers] for name in "Wb")
    reference = MLPClassifier(network.layer_sizes[1:-1], activation="relu")
    reference.n_layers_, reference.n_outputs_, reference.out_activation_ = len(layers) + 1, 10, "softmax"
    reference.coefs_, reference.intercepts_ = W, [each[0] for each in b]
    a = image.reshape(1, -1) / 255
    np.testing.assert_allclose(found.probabilities, reference._forward_pass_fast(a)[0], atol=1e-5)
    for l, (activations, fired) in enumerate(zip(found.activations, found.fired, strict=True)):
        a = np.maximum(a @ W[l] + b[l], 0)
        np.testing.assert_allclose(activations, a[0], atol=1e-4)
        np.testing.assert_array_equal(fired, a[0] > 0)


def test_an_inspection_of_a_network_worked_by_hand():
    network = NeuralNetwork([784, 3, 10], ["tanh", "softmax"], rng=0)
    W1 = np.zeros((3, 784))
    W1[0, 0], W1[1, 1] = 2, -2
    network.parameters |= {"W1": W1, "W2": np.zeros((10, 3))}
    image = np.zeros((28, 28), dtype=np.uint8)
    image[0, :2] = 255
    found = inspect_prediction(network, image)
    np.testing.assert_allclose(found.activations, [np.tanh([2, -2, 0])])
    assert [fired.tolist() for fired in found.fired] == [[True, False, False]]
    np.testing.assert_allclose(found.probabilities, np.full(10, 0.1))
    assert network.cache == {}


def test_images_are_found_by_class_and_mistake():
    labels, answers = [3, 1, 3, 3, 0], [3, 2, 8, 3, 0]
    assert find_images(labels, answers).tolist() == [0, 1, 2, 3, 4]
    assert find_images(labels, answers, only_mistakes=True).tolist() == [1, 2]
    assert find_images(labels, answers, true_class=3).tolist() == [0, 2, 3]
    assert find_images(labels, answers, only_mistakes=True, true_class=3).tolist() == [2]
    assert find_images(labels, answers, only_mistakes=True, true_class=0).tolist() == []


def test_what_does_not_fit_is_refused(network, digits):
    with pytest.raises(ValueError, match="expected 784 inputs and 10 softmax outputs"):
        prediction_explorer(NeuralNetwork([2, 3, 1], ["tanh", "sigmoid"], rng=0))
    with pytest.raises(ValueError, match=r"came with \{'images': 297\}; expected images"):
        prediction_explorer(network, digits.test_images)
    with pytest.raises(ValueError, match="expected images"):
        prediction_explorer(network, digits.test_images, digits.test_labels[:-1])


@pytest.mark.parametrize("only_mistakes", [False, True])
@pytest.mark.parametrize("index", [0, 7])
def test_the_picture_and_the_read_out_agree_with_the_twin(explorer, network, digits, numbers_in, only_mistakes, index):
    explorer.controls["only_mistakes"].value = only_mistakes
    explorer.controls["index"].value = index
    answers = network.predict(images_to_columns(digits.test_images))
    chosen = find_images(digits.test_labels, answers, only_mistakes)
    number, true = chosen[index], digits.test_labels[chosen[index]]
    found = inspect_prediction(network, digits.test_images[number])
    answer = found.probabilities.argmax()
    assert answer == answers[number] and (answer != true) >= only_mistakes

    np.testing.assert_array_equal(explorer.ink.get_array(), digits.test_images[number])
    np.testing.assert_allclose([bar.get_width() for bar in explorer.bars], found.probabilities, rtol=1e-6)
    colors = [to_hex(bar.get_facecolor()) for bar in explorer.bars]
    assert colors[answer] == (POSITIVE if answer == true else NEGATIVE)
    assert set(np.delete(colors, answer)) == {NEUTRAL}
    texts = [percent.get_text() for percent in explorer.percents]
    marks = {true: "✓ right"} if answer == true else {true: "← true", answer: "✗ answer"}
    assert all(texts[k].endswith(mark) for k, mark in marks.items())
    mark = "✓" if answer == true else "✗"
    assert explorer.title.get_text() == f"true {true}, answer {answer} {mark}"
    assert explorer.edge.get_linestyle() == ("-" if answer == true else "--")

    sides = explorer.units.get_sizes()
    np.testing.assert_array_equal(sides > sides.mean(), np.concatenate(found.fired))
    counts = [int(np.sum(fired)) for fired in found.fired]
    assert [numbers_in(count.get_text()) for count in explorer.counts] == [[1, counts[0], 128], [2, counts[1], 64]]

    readout = explorer.readout.value
    assert readout.startswith("<b>right</b>" if answer == true else "<b>wrong</b>")
    percents = 100 * found.probabilities[[answer, true]]
    loss = -np.log(found.probabilities[true])
    expected = [true, answer, percents[0], *([] if answer == true else [percents[1]]), loss]
    expected += [counts[0], 128, counts[1], 64, number, index, len(chosen)]
    expected += [297, 100 * np.mean(answers == digits.test_labels)]
    assert numbers_in(readout) == pytest.approx(expected, abs=0.051)


def test_a_new_choice_starts_with_its_first_image_and_reset_brings_all_back(explorer, digits):
    index = explorer.controls["index"]
    index.value = 250
    explorer.controls["true_class"].value = 4
    of_class_4 = np.flatnonzero(digits.test_labels == 4)
    assert (index.value, index.max, index.disabled) == (0, len(of_class_4) - 1, False)
    assert explorer.place.get_text() == f"image {of_class_4[0]}\nindex 0 of {len(of_class_4)}\nimages of class 4"
    index.value = index.max
    assert explorer.place.get_text().startswith(f"image {of_class_4[-1]}\nindex {len(of_class_4) - 1} of")
    explorer.reset()
    assert (index.value, index.max) == (0, 296)
    assert explorer.place.get_text() == "image 0\nindex 0 of 297\nimages"


def test_where_no_image_fits_it_says_so(network, digits):
    fives = digits.test_labels == 5
    images, answers = digits.test_images[fives][:3], network.predict(images_to_columns(digits.test_images[fives][:3]))
    labels = answers.copy()
    labels[0] = (labels[0] + 1) % 10  # the only mistake
    explorer = prediction_explorer(network, images, labels)
    index, shown = explorer.controls["index"], explorer.of_an_image

    explorer.controls["only_mistakes"].value = True
    assert index.disabled and explorer.title.get_visible()
    assert "index 0 of 1 mistakes" in explorer.readout.value
    explorer.controls["true_class"].value = (labels[0] + 1) % 10
    assert index.disabled and not any(artist.get_visible() for artist in shown)
    sentence = f"There are no mistakes of class {(labels[0] + 1) % 10}."
    assert explorer.nothing.get_text() == sentence and sentence in explorer.readout.value
    explorer.reset()
    assert not index.disabled and explorer.title.get_visible() and explorer.nothing.get_text() == ""
    explorer.close()


@pytest.mark.parametrize("hidden", [[], [3], [300, 200], [32] * 4])
def test_networks_of_any_depth_have_room(digits, hidden):
    network = NeuralNetwork([784, *hidden, 10], ["sigmoid"] * len(hidden) + ["softmax"], init_method="glorot", rng=0)
    explorer = prediction_explorer(network, digits.test_images, digits.test_labels)
    explorer.controls["index"].value = 1
    offsets = explorer.units.get_offsets()
    assert len(offsets) == sum(hidden) and len(explorer.counts) == len(hidden)
    (left, right), (bottom, top) = explorer.units.axes.get_xlim(), explorer.units.axes.get_ylim()
    if hidden:
        assert left < offsets[:, 0].min() and offsets[:, 0].max() < right
        assert top < offsets[:, 1].min() and offsets[:, 1].max() < bottom
        assert pdist(offsets, "chebyshev").min() > explorer.units.get_sizes().max() ** 0.5, "squares overlap"
    else:
        assert "hidden units that fired: there are none" in explorer.readout.value
    explorer.close()


def test_without_arguments_it_asks_the_network_that_ships_and_the_test_images(monkeypatch, network, digits):
    monkeypatch.setenv("NNLIB_DATA", "digits")
    explorer = prediction_explorer()
    np.testing.assert_array_equal(explorer.images, digits.test_images)
    np.testing.assert_array_equal(explorer.network.parameters["W1"], network.parameters["W1"])
    explorer.close()


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((0, 28, 28), np.uint8), np.zeros(0, int), "one image at least"),
        (np.zeros((3, 784), np.uint8), np.zeros(3, int), r"expected \(m, 28, 28\)"),
        (np.zeros((3, 28, 28), np.uint8), np.zeros((3, 10), int), "not one-hot"),
        (np.zeros((3, 28, 28), np.uint8), ["3", "4", "5"], "not strings"),
        (np.zeros((3, 28, 28), np.uint8), [3, 4, 10], "from 0 to 9"),
    ],
)
def test_images_and_labels_of_another_form_are_refused(images, labels, message):
    with pytest.raises(ValueError, match=message):
        prediction_explorer(None, images, labels)


def test_what_a_network_learns_later_does_not_show(network):
    images, labels = np.full((2, 28, 28), 50, np.uint8), [0, 1]
    explorer = prediction_explorer(network, images, labels)
    before = explorer.readout.value
    network.parameters["b3"][:] += np.arange(10).reshape(10, 1)
    explorer.refresh()
    assert explorer.readout.value == before
    explorer.close()
