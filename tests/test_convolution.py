import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import maximum_filter
from scipy.signal import correlate2d

from nnlib.convolution import KERNELS, average_pool2d, convolution_output_size, convolve2d, max_pool2d

IMAGE = np.array([[1, 2, 3, 0, 1], [0, 1, 2, 3, 0], [1, 0, 1, 2, 1], [2, 1, 0, 1, 0], [0, 1, 2, 0, 1]])
KERNEL = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])


def test_the_5_by_5_example_worked_by_hand():
    # top left: 1 + 3 + 1 + 1 + 1 = 7; bottom right: 1 + 1 + 1 + 2 + 1 = 6
    assert convolve2d(IMAGE, KERNEL).tolist() == [[7, 6, 9], [4, 7, 4], [5, 3, 6]]


sizes = st.integers(1, 9)


@given(sizes, sizes, sizes, sizes, st.integers(0, 3), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_it_agrees_with_scipys_correlation(h, w, kh, kw, padding, stride, seed):
    rng = np.random.default_rng(seed)
    image, kernel = rng.normal(size=(h, w)), rng.normal(size=(kh, kw))
    if kh > h + 2 * padding or kw > w + 2 * padding:
        with pytest.raises(ValueError, match="does not fit"):
            convolve2d(image, kernel, padding=padding, stride=stride)
        return
    ours = convolve2d(image, kernel, padding=padding, stride=stride)
    theirs = correlate2d(np.pad(image, padding), kernel, mode="valid")[::stride, ::stride]
    np.testing.assert_allclose(ours, theirs, atol=1e-12)
    assert ours.shape == tuple(convolution_output_size(n, k, padding, stride) for n, k in ((h, kh), (w, kw)))


@pytest.mark.parametrize(
    ("size", "kernel", "padding", "stride", "expected"),
    [(28, 3, 0, 1, 26), (13, 3, 0, 1, 11), (28, 3, 1, 1, 28), (28, 5, 2, 2, 14), (5, 3, 0, 2, 2), (3, 3, 0, 1, 1)],
)
def test_output_sizes(size, kernel, padding, stride, expected):
    assert convolution_output_size(size, kernel, padding, stride) == expected


def test_the_kernel_is_not_flipped():
    spot = np.zeros((3, 3))
    spot[0, 0] = 1
    assert convolve2d(spot, [[5.0, 6.0], [7.0, 8.0]]).tolist() == [[5, 0], [0, 0]]


def test_the_named_kernels_do_what_they_are_named_for():
    flat, step = np.ones((5, 5)), np.tile(np.arange(5) > 2, (5, 1))
    for name in ("edge detection", "horizontal edge", "vertical edge"):
        assert not convolve2d(flat, KERNELS[name]).any(), name
    for name in ("box blur", "sharpen"):
        np.testing.assert_allclose(convolve2d(flat, KERNELS[name]), 1)
    assert convolve2d(step, KERNELS["vertical edge"]).tolist() == [[0, 3, 3]] * 3
    assert not convolve2d(step, KERNELS["horizontal edge"]).any()
    assert convolve2d(step.T, KERNELS["horizontal edge"]).T.tolist() == [[0, 3, 3]] * 3


def test_max_pooling_by_hand_drops_the_leftovers():
    image = np.array([[1, 5, 2, 0, 9], [3, 4, 1, 1, 9], [0, 0, 7, 6, 9], [0, 2, 8, 5, 9], [9, 9, 9, 9, 9]])
    assert max_pool2d(image).tolist() == [[5, 2], [2, 8]]
    assert average_pool2d(image).tolist() == [[3.25, 1.0], [0.5, 6.5]]
    assert max_pool2d(np.ones((11, 11))).shape == (5, 5)


@given(st.integers(2, 12), st.integers(2, 12), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_max_pooling_agrees_with_scipys_maximum_filter(h, w, size, seed):
    image = np.random.default_rng(seed).normal(size=(h, w))
    if size > min(h, w):
        with pytest.raises(ValueError, match="larger than the image"):
            max_pool2d(image, size)
        return
    windows = maximum_filter(image, size, origin=-(size // 2))  # the window at (i, j) starts there
    expected = windows[: h // size * size : size, : w // size * size : size]
    np.testing.assert_array_equal(max_pool2d(image, size), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(dtype):
    image = np.ones((4, 4), dtype)
    assert convolve2d(image, np.ones((2, 2), dtype)).dtype == dtype
    assert max_pool2d(image).dtype == average_pool2d(image).dtype == dtype


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: convolve2d(np.ones((2, 5, 5)), KERNEL), r"image has shape \(2, 5, 5\).*images\[0\]"),
        (lambda: convolve2d(IMAGE, np.ones(3)), r"kernel has shape \(3,\)"),
        (lambda: convolve2d(IMAGE, np.ones((6, 6))), "a kernel of 6 does not fit into 5 pixels"),
        (lambda: convolve2d(IMAGE, KERNEL, padding=-1), "padding is -1; expected a whole number of at least 0"),
        (lambda: convolve2d(IMAGE, KERNEL, padding=1.0), "padding is 1.0"),
        (lambda: convolve2d(np.where(IMAGE > 2, np.nan, IMAGE), KERNEL), "image has 2 NaN or infinite"),
        (lambda: max_pool2d(np.where(IMAGE > 2, np.nan, IMAGE)), "image has 2 NaN or infinite"),
        (lambda: convolution_output_size(28, 3, stride=0), "stride is 0"),
        (lambda: convolution_output_size(28.5, 3), "size is 28.5"),
        (lambda: convolution_output_size(28, 0), "kernel_size is 0"),
        (lambda: convolve2d(IMAGE, KERNEL, stride=0), "stride is 0"),
        (lambda: max_pool2d(IMAGE, 0), "pool_size is 0"),
        (lambda: max_pool2d(IMAGE, 6), "pool_size is 6, larger than the image"),
        (lambda: max_pool2d(np.ones(5)), r"image has shape \(5,\)"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
