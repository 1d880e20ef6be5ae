import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d
from sklearn.datasets import load_digits

from nnlib.convolution import KERNELS, average_pool2d, convolve2d, max_pool2d
from nnlib.explorers import convolution_explorer, convolution_window, example_images
from nnlib.plots import DIVERGING

IMAGE = np.array([[1, 2, 3, 0, 1], [0, 1, 2, 3, 0], [1, 0, 1, 2, 1], [2, 1, 0, 1, 0], [0, 1, 2, 0, 1]])
KERNEL = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
ENTRIES = [f"kernel_{row}_{column}" for row in range(3) for column in range(3)]


@pytest.fixture
def explorer():
    explorer = convolution_explorer()
    yield explorer
    explorer.close()


def choose(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value


def kernel_of(explorer):
    return np.reshape([explorer.controls[name].value for name in ENTRIES], (3, 3))


def test_a_window_worked_by_hand():
    patch, products, total = convolution_window(IMAGE, KERNEL, 0, 2)
    assert patch.tolist() == [[3, 0, 1], [2, 3, 0], [1, 2, 1]]
    assert products.tolist() == [[3, 0, 1], [0, 3, 0], [1, 0, 1]]
    assert total == 9 and type(total) is float
    patch, _, total = convolution_window(IMAGE, KERNEL, 0, 0, padding=1)
    assert patch.tolist() == [[0, 0, 0], [0, 1, 2], [0, 0, 1]] and total == 2
    patch, _, total = convolution_window(IMAGE, KERNEL, 1, 0, stride=2)
    assert patch.tolist() == [[1, 0, 1], [2, 1, 0], [0, 1, 2]] and total == 5


@given(st.integers(3, 8), st.integers(3, 8), st.integers(0, 2), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_windows_add_up_to_scipys_correlation(h, w, padding, stride, seed):
    rng = np.random.default_rng(seed)
    image, kernel = rng.normal(size=(h, w)), rng.normal(size=(3, 2))
    theirs = correlate2d(np.pad(image, padding), kernel, mode="valid")[::stride, ::stride]
    ours = [convolution_window(image, kernel, *place, padding, stride)[2] for place in np.ndindex(theirs.shape)]
    np.testing.assert_allclose(ours, theirs.ravel(), atol=1e-12)


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (3, 0, "row 3, column 0 is outside of the output, which is 3 × 3"),
        (0, 3, "row 0, column 3 is outside of the output, which is 3 × 3"),
        (-1, 0, "row is -1; expected a whole number of at least 0"),
        (0, -1, "column is -1; expected a whole number of at least 0"),
    ],
)
def test_a_window_outside_of_the_output_is_refused(row, column, message):
    with pytest.raises(ValueError, match=message):
        convolution_window(IMAGE, KERNEL, row, column)


def test_the_images_are_ink_on_paper():
    images = example_images()
    assert all(image.shape == (12, 12) and image.min() == 0 and image.max() == 1 for image in images.values())
    np.testing.assert_array_equal(images["digit 3"][2:10, 2:10], load_digits().images[13] / 16)
    assert load_digits().target[13] == 3
    assert (images["checkerboard"] == np.tile([[1, 0], [0, 1]], (6, 6))).all()
    assert (images["cross"] == images["cross"].T).all() and images["cross"].sum() == 2 * 20 - 4


SETTINGS = [
    {"position": 37},
    {"image": "digit 3", "kernel": "box blur", "padding": 1, "position": 77},
    {"image": "digit 3", "kernel": "sharpen", "stride": 2, "pooling": "mean 2 × 2", "position": 12},
    {"image": "step", "kernel_1_1": -40.5, "padding": 2, "stride": 3, "position": 6},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_picture_and_read_out_agree_with_the_twin(explorer, numbers_in, settings):
    choose(explorer, **settings)
    image, kernel, now = example_images()[explorer.controls["image"].value], kernel_of(explorer), explorer.values
    p, s = now["padding"], now["stride"]
    output = correlate2d(np.pad(image, p), kernel, mode="valid")[::s, ::s]
    row, column = divmod(now["position"], len(output))
    patch, products, total = convolution_window(image, kernel, row, column, p, s)
    pooled = (max_pool2d if now["pooling"].startswith("max") else average_pool2d)(output)

    for panel, values in (
        (explorer.input, np.pad(image, p)),
        (explorer.patch, patch),
        (explorer.kernel, kernel),
        (explorer.products, products),
        (explorer.sum, [[total]]),
        (explorer.output, output),
        (explorer.pooled, pooled),
        (explorer.pool, [[pooled[row // 2, column // 2]]]),
    ):
        np.testing.assert_allclose(panel.values, values, atol=1e-12)
    for panel, values in ((explorer.output, output), (explorer.pooled, pooled)):
        faces = DIVERGING(0.5 + values.ravel() / np.abs(output).max() / 2)
        np.testing.assert_allclose(panel.cells.get_facecolor(), faces, atol=0.01)
        np.testing.assert_array_equal(panel.cells.get_paths()[1].vertices[0], [1, 0])
    assert explorer.window.get_bbox().bounds == (column * s, row * s, 3, 3)
    assert explorer.output_pixel.get_bbox().bounds == (column, row, 1, 1)
    assert explorer.pooled_pixel.get_bbox().bounds == (column // 2, row // 2, 1, 1)

    terms = [number for place in (0, 1, -1) for number in (patch.ravel()[place], kernel.ravel()[place])]
    block = output[row // 2 * 2 :, column // 2 * 2 :][:2, :2].ravel()
    size, half = len(output), len(pooled)
    expected = [row, column, *terms, total, 12, 2, p, 3, s, 1, size]
    expected += [*block, pooled[row // 2, column // 2], size, 2, half]
    assert numbers_in(explorer.readout.value) == pytest.approx(expected, rel=6e-3, abs=6e-3)


def test_numbers_are_printed_short_and_in_place(explorer):
    choose(explorer, kernel="box blur", kernel_0_0=-99.5, kernel_0_1=-0.0, kernel_0_2=0.125)
    widths = [path.get_extents().width for path in explorer.kernel.words.get_paths()]
    cell = 0.43 * 72
    assert max(widths) < 0.95 * cell and len(widths) == 9
    assert widths[0] == max(widths) and widths[1] == min(widths)
    np.testing.assert_array_equal(explorer.kernel.words.get_offsets()[[0, 1, 3]], [[0.5, 0.5], [1.5, 0.5], [0.5, 1.5]])


def test_a_preset_fills_the_entries_and_an_entry_unsets_the_preset(explorer):
    for name, kernel in KERNELS.items():
        choose(explorer, kernel=name)
        np.testing.assert_array_equal(kernel_of(explorer), kernel)
        choose(explorer, kernel_2_0=7)
        assert explorer.controls["kernel"].value == "your own"
    before = kernel_of(explorer)
    choose(explorer, kernel="sharpen")
    choose(explorer, kernel="your own")
    np.testing.assert_array_equal(kernel_of(explorer), KERNELS["sharpen"])
    assert not np.array_equal(before, KERNELS["sharpen"])
    assert explorer.kernel.axes.get_title() == "kernel\nyour own"


def test_the_window_stays_where_it_is_when_the_output_grows_or_shrinks(explorer):
    under_it = explorer.patch.values.tolist()
    for padding, size in ((1, 12), (2, 14), (0, 10)):
        choose(explorer, padding=padding)
        assert explorer.controls["position"].max == size**2 - 1
        assert explorer.patch.values.tolist() == under_it
    choose(explorer, position=99)
    for stride, size in ((2, 5), (3, 4), (1, 10)):
        choose(explorer, stride=stride)
        position = explorer.controls["position"]
        assert position.max == size**2 - 1 and position.value <= position.max
        assert len(explorer.output.values) == size
    choose(explorer, padding=2, position=195)
    explorer.reset()
    assert (explorer.controls["position"].value, explorer.controls["position"].max) == (15, 99)


@pytest.mark.parametrize("position", [4, 20, 24])
def test_a_pixel_in_no_block_is_said_to_be_left_over(explorer, position):
    choose(explorer, stride=2, position=position)
    assert "<b>left over</b>" in explorer.readout.value
    assert explorer.pool_note.get_text().startswith("left over") and not explorer.pooled_pixel.get_visible()
    choose(explorer, position=18)
    assert "left over" not in explorer.readout.value
    assert explorer.pool_note.get_text() == "" and explorer.pooled_pixel.get_visible()
    choose(explorer, pooling="none")
    assert explorer.readout.value.endswith("no pooling") and not explorer.pooled.cells.get_visible()


def test_an_output_of_nothing_but_zeros_is_said(explorer):
    choose(explorer, image="checkerboard")
    assert explorer.scale.get_text() == "every output pixel is 0"
    choose(explorer, **dict.fromkeys(ENTRIES, 0.0), image="digit 3")
    assert explorer.scale.get_text() == "every output pixel is 0"
    choose(explorer, **dict.fromkeys(ENTRIES, 100.0))
    largest = convolve2d(example_images()["digit 3"], np.full((3, 3), 100)).max()
    assert explorer.scale.get_text() == f"output and pooled: full colour ±{largest:.0f}"


def test_rounding_is_not_coloured(explorer):
    choose(explorer, **dict.fromkeys(ENTRIES, 0.0))
    choose(explorer, kernel_0_0=1e-12, kernel_0_1=-1e-12)
    assert explorer.output.values.any()
    assert explorer.scale.get_text() == "every output pixel is 0"
    np.testing.assert_allclose(explorer.output.cells.get_facecolor(), 1, atol=0.01)


def test_no_title_is_cut_off_or_touches_another(explorer, choices):
    for name in ("kernel", "padding", "stride", "pooling"):
        for value in choices(explorer.controls[name]):
            choose(explorer, **{name: value})
            explorer.figure.canvas.draw()
            titles = [ax.title for ax in explorer.figure.axes if ax.get_title()]
            boxes = [title.get_window_extent() for title in titles]
            assert all(0 <= box.x0 and box.x1 <= 860 and 0 <= box.y0 and box.y1 <= 460 for box in boxes)
            assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i]), [
                t.get_text() for t in titles
            ]


def test_max_pooling_loses_the_orange_until_the_image_is_padded(explorer):
    assert explorer.output.values.min() == -3 and explorer.pooled.values.min() == 0
    choose(explorer, padding=1)
    assert explorer.output.values.min() == -3 and explorer.pooled.values.min() == -3
