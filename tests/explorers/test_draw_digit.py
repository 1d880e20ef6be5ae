import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlib import data, images_to_columns, one_hot_encode
from nnlib.explorers import center_digit, draw_digit, draw_strokes, load_digit_network, read_digit
from nnlib.explorers.digit_strokes import DIGIT_STROKES, smooth_stroke

TEST_ACCURACY = 0.9895


@pytest.fixture(scope="module")
def network():
    return load_digit_network()


def moved(strokes, scale, dx, dy):
    return [[[scale * x + dx, scale * y + dy] for x, y in stroke] for stroke in strokes]


def enlarged(image, side, left, top):
    """The image as a square of this side on a larger sheet, pixel by pixel."""
    sheet = np.zeros((side + 80, side + 60), dtype=np.uint8)
    square = Image.fromarray(image).resize((side, side), Image.Resampling.NEAREST)
    sheet[top : top + side, left : left + side] = square
    return sheet


# The network that ships


def test_the_network_reads_mnists_test_images(network, real_mnist):
    X, Y = images_to_columns(real_mnist.test_images), one_hot_encode(real_mnist.test_labels)
    assert network.evaluate(X, Y)[1] == pytest.approx(TEST_ACCURACY, abs=2e-4)  # two images: other platforms' last bits


def test_the_accuracy_is_said_where_the_network_is_used():
    said = f"{100 * TEST_ACCURACY:.2f} %"
    explorer = draw_digit()
    assert said in explorer.readout.value
    explorer.close()
    assert said in (data.data_folder() / "README.md").read_text(encoding="utf-8")


def test_the_network_is_small_and_holds_nothing_but_parameters_and_history():
    path = data.data_folder() / "digit_network.npz"
    assert path.stat().st_size < 1e6
    with np.load(path, allow_pickle=False) as file:
        groups = {name.partition("/")[0] for name in file}
        assert groups == {"parameters", "history", "settings"}
        assert all(file[name].dtype == np.float32 for name in file if name.startswith("parameters"))


def test_a_missing_network_is_named_with_the_command_that_makes_it(monkeypatch, tmp_path):
    monkeypatch.setattr(sys.modules[load_digit_network.__module__], "data_folder", lambda: tmp_path)
    with pytest.raises(FileNotFoundError, match=r"digit_network\.npz is missing.*python data/digit_network\.py"):
        load_digit_network()


# From strokes to MNIST's 28 × 28 pixels


def test_mnists_images_enlarged_and_moved_come_back(real_mnist):
    # Three of the 10,000 do not fill their box of 20 pixels; they are not among these.
    for image in real_mnist.test_images[:500]:
        np.testing.assert_array_equal(center_digit(enlarged(image, 28 * 7, 33, 70)), image)


def test_mnists_images_enlarged_by_a_fraction_come_nearly_back(real_mnist, network):
    images = real_mnist.test_images[:500]
    back = np.stack([center_digit(enlarged(image, 266, 5, 0)) for image in images])
    differences = np.abs(back.astype(float) - images).mean(axis=(1, 2))
    assert differences.mean() < 2  # of 255 levels; 1.4 was measured. Unrelated digits differ by some 50.
    readings = network.predict(images_to_columns(back))
    assert np.mean(readings == network.predict(images_to_columns(images))) > 0.99


def test_a_digit_keeps_its_proportions_in_the_box():
    ink = np.zeros((300, 200))
    ink[40:240, 60:110] = 255
    image = center_digit(ink)
    # 200 × 50 becomes 20 × 5, around pixel 14.
    rows, columns = np.nonzero(image)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 23, 12, 16)
    assert image[4:24, 12:17].min() == 255


def test_the_centre_of_mass_counts_and_not_the_box():
    ink = np.zeros((100, 100))
    ink[:, :20] = 255
    ink[80:, :] = 255  # an L: its mass lies to the left of and below the middle
    image = center_digit(ink)
    row, column = (float(image.sum(axis=axis) @ np.arange(28) / image.sum()) for axis in (1, 0))
    assert (row, column) == pytest.approx((14, 14), abs=0.5)
    rows, columns = np.nonzero(image)
    assert (rows.min(), columns.min()) == (1, 8)
    # By hand, in the box of 20: 80 pixels around (9.5, 1.5) and 64 around (17.5, 11.5) balance at (13.06, 5.94).


@pytest.mark.parametrize("ink", [np.zeros((20, 30)), np.zeros((1, 1))])
def test_no_ink_gives_an_empty_image(ink):
    assert not center_digit(ink).any()


def test_specks_too_small_for_the_box_give_an_empty_image():
    ink = np.zeros((1000, 1000))
    ink[0, 0] = ink[999, 999] = 1
    assert not center_digit(ink).any()


def test_strokes_are_drawn_with_a_round_pen():
    ink = draw_strokes([[[0.2, 0.5], [0.7, 0.5]]])
    # 2.5 of 20 pixels, eight times finer: 160 wide, 20 high, and round at the ends.
    assert ink.shape == (20, 160)
    assert set(np.unique(ink)) == {0, 255}
    assert ink[10].all() and ink[:, 80].all() and not ink[0, 0] and not ink[-1, -1]


def test_a_dot_is_a_disc():
    ink = draw_strokes([[[0.3, 0.9]]])
    assert ink.shape == (160, 160)
    assert ink.mean() / 255 == pytest.approx(np.pi / 4, abs=0.01)


@pytest.mark.parametrize("strokes", [[], [[]], [[], []]])
def test_nothing_drawn_is_not_read(network, strokes):
    image, probabilities = read_digit(strokes, network)
    assert not image.any() and not probabilities.any()


def test_size_and_place_of_a_drawing_do_not_matter(network):
    for strokes in DIGIT_STROKES.values():
        image = read_digit(strokes, network)[0].astype(float)
        for scale, dx, dy in [(0.5, 0, 0), (0.25, 0.75, 0.7), (1.3, -0.15, -0.15)]:
            other = read_digit(moved(strokes, scale, dx, dy), network)[0]
            assert np.abs(other - image).mean() < 6


@pytest.mark.parametrize("strokes", [[[[0.5, 0.1], [0.5, 0.9]]], [[[0, 0]]], [[[0, 0], [1, 1]], [[1, 0], [0, 1]]]])
def test_what_has_no_width_or_fills_the_sheet_is_read(network, strokes):
    image, probabilities = read_digit(strokes, network)
    assert image.max() == 255
    assert probabilities.sum() == pytest.approx(1, abs=1e-6)


def turned(strokes, degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return [[[c * (x - 0.5) - s * (y - 0.5), s * (x - 0.5) + c * (y - 0.5)] for x, y in stroke] for stroke in strokes]


def test_what_notebooks_1_and_9_say_of_it(network):
    three = DIGIT_STROKES["3"]
    small = moved(three, 1 / 3, 0, 0)
    assert read_digit(small, network)[1][3] > 0.99
    assert 0.85 < read_digit([*small, [[0.9, 0.9]]], network)[1][5] < 0.97
    for degrees in (-30, 30):
        assert read_digit(turned(three, degrees), network)[1][3] > 0.99
    for degrees in (-90, 90):
        assert read_digit(turned(three, degrees), network)[1][3] < 0.1
    mirrored = [[[-x, y] for x, y in stroke] for stroke in three]
    assert read_digit(mirrored, network)[1].argmax() == 8
    letter = [[[0.3, 0.85], [0.5, 0.15], [0.7, 0.85]], [[0.38, 0.6], [0.62, 0.6]]]
    assert read_digit(letter, network)[1][4] > 0.98
    for height in (0.45, 0.5, 0.55):
        barred = [*DIGIT_STROKES["7"], [[0.42, height], [0.68, height]]]
        assert read_digit(barred, network)[1].argmax() == 7
    flag, foot = [[0.38, 0.32], [0.55, 0.15], [0.55, 0.85]], [[0.38, 0.85], [0.72, 0.85]]
    assert read_digit([flag, foot], network)[1].argmax() == 1


# The samples


@pytest.mark.parametrize("digit", DIGIT_STROKES)
@pytest.mark.parametrize("place", [(1, 0, 0), (0.5, 0.4, 0.1), (0.3, 0, 0.7), (0.12, 0.85, 0.85)])
def test_every_sample_is_read_right_wherever_it_is(network, digit, place):
    probabilities = read_digit(moved(DIGIT_STROKES[digit], *place), network)[1]
    assert probabilities.argmax() == int(digit) and probabilities.max() > 0.8


def test_samples_lie_on_the_sheet():
    assert list(DIGIT_STROKES) == list("0123456789")
    points = np.array([point for strokes in DIGIT_STROKES.values() for stroke in strokes for point in stroke])
    assert points.min() > 0.1 and points.max() < 0.9


def test_a_smooth_stroke_goes_through_its_points():
    points = [(0, 0), (0.2, 0.6), (0.6, 0.4), (1, 1)]
    curve = smooth_stroke(points, steps=4)
    assert len(curve) == 13
    assert curve[::4] == [list(point) for point in points]
    assert smooth_stroke([(0, 0), (0.5, 0.5), (1, 1)], steps=2)[1] == pytest.approx([0.219, 0.219])  # (7/16) / 2


# The explorer


@pytest.fixture
def explorer():
    explorer = draw_digit()
    yield explorer
    explorer.close()


def test_view_and_read_out_agree_with_the_twin(explorer, network, numbers_in):
    strokes = [[[0.3, 0.3], [0.7, 0.3], [0.45, 0.8]], [[0.4, 0.55], [0.65, 0.55]]]
    explorer.view.strokes = strokes
    image, probabilities = read_digit(strokes, network)
    assert explorer.view.image == image.tobytes()
    assert explorer.view.probabilities == probabilities.tolist()
    first, second = np.argsort(-probabilities)[:2]
    assert explorer.view.reading.startswith(f"read as {first} at ")
    assert f"<b>{explorer.view.reading}</b><br>then {second} at " in explorer.readout.value
    shown = numbers_in(re.search(r" at (.*?) %", explorer.view.reading).group(1))
    assert shown == pytest.approx([min(99.9, 100 * probabilities[first])], abs=0.06)


@pytest.mark.parametrize(
    ("probabilities", "first", "second"),
    [([0.25, 0.75], "1 at 75.0 %", "0 at 25.0 %"), ([0.9996, 0.0004], "0 at over 99.9 %", "1 at under 0.1 %")],
)
def test_no_probability_is_rounded_to_certainty(explorer, monkeypatch, probabilities, first, second):
    answer = np.array(probabilities + [0.0] * 8)
    monkeypatch.setattr(explorer.network, "predict_proba", lambda X: answer[:, np.newaxis])
    explorer.refresh()
    assert f"<b>read as {first}</b><br>then {second}<br>" in explorer.readout.value


@pytest.mark.parametrize("digit", DIGIT_STROKES)
def test_a_sample_is_drawn_and_read(explorer, digit):
    explorer.controls["sample"].value = digit
    assert explorer.view.strokes == DIGIT_STROKES[digit]
    assert explorer.view.reading.startswith(f"read as {digit} at")


def test_drawing_on_a_sample_goes_on_with_it(explorer):
    strokes = [*explorer.view.strokes, [[0.1, 0.1], [0.2, 0.1]]]
    explorer.view.strokes = strokes
    assert explorer.controls["sample"].value == "none"
    assert explorer.view.strokes == strokes
    explorer.reset()
    assert explorer.controls["sample"].value == "3"
    assert explorer.view.strokes == DIGIT_STROKES["3"]


def test_no_sample_and_a_cleared_sheet_are_not_read(explorer):
    for clear in (
        lambda: setattr(explorer.controls["sample"], "value", "none"),
        lambda: setattr(explorer.view, "strokes", []),
    ):
        explorer.reset()
        clear()
        assert explorer.controls["sample"].value == "none"
        assert explorer.view.strokes == []
        assert not any(explorer.view.image) and not any(explorer.view.probabilities)
        assert explorer.view.reading == "draw a digit"
        assert "<b>draw a digit</b><br>with mouse, finger or pen<br>The network" in explorer.readout.value


def test_the_stored_picture_is_that_of_the_start(explorer):
    start = explorer.still_picture()
    explorer.controls["sample"].value = "7"
    assert explorer.still_picture() == start


def test_one_change_is_one_message(explorer, monkeypatch):
    sent = []
    monkeypatch.setattr(explorer.view, "_send", lambda message, buffers=None: sent.append(message["state"]))
    explorer.controls["sample"].value = "7"
    (state,) = sent
    assert set(state) == {"strokes", "probabilities", "reading"}  # and the image, as bytes of its own


def test_the_view_is_one_module_that_asks_for_nothing_else():
    folder = Path(data.__file__).parent / "explorers"
    for file in ("draw_digit.js", "draw_digit.css"):
        text = (folder / file).read_text(encoding="utf-8")
        assert "http" not in text and "import" not in text
