import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.ndimage import maximum_filter
from scipy.signal import correlate, correlate2d

from nnlib.convolution import (
    KERNELS,
    average_pool2d,
    convolution_error,
    convolution_forward,
    convolution_gradients,
    convolution_output_size,
    convolve2d,
    max_pool2d,
    max_pool_error,
    max_pool_forward,
    pooling_blocks,
    pooling_stride,
)
from nnlib.gradient_check import compare_gradients, numerical_gradients

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


def framed(images, padding, value=0.0):
    return np.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)), constant_values=value)


@given(
    st.tuples(st.integers(1, 3), sizes, sizes, st.integers(1, 3)),
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 3)),
    st.integers(0, 3),
    st.integers(1, 3),
    st.integers(0, 2**32 - 1),
)
def test_a_batch_agrees_with_scipys_correlation(images_shape, kernels_shape, padding, stride, seed):
    rng = np.random.default_rng(seed)
    kh, kw, F = kernels_shape
    A, W, b = rng.normal(size=images_shape), rng.normal(size=(kh, kw, images_shape[3], F)), rng.normal(size=F)
    assume(kh <= images_shape[1] + 2 * padding and kw <= images_shape[2] + 2 * padding)
    Z = convolution_forward(A, W, b, padding=padding, stride=stride)
    expected = [
        [correlate(image, W[..., f], mode="valid")[::stride, ::stride, 0] + b[f] for f in range(F)]
        for image in framed(A, padding)
    ]
    np.testing.assert_allclose(Z, np.moveaxis(expected, 1, 3), rtol=0, atol=1e-12)


def test_one_channel_and_one_kernel_are_convolve2d():
    spots = np.random.default_rng(0).normal(size=(3, 7, 6))
    Z = convolution_forward(spots[..., None], KERNEL[:, :, None, None].astype(float), np.zeros(1), padding=1, stride=2)
    for image, output in zip(spots, Z, strict=True):
        np.testing.assert_allclose(output[..., 0], convolve2d(image, KERNEL, padding=1, stride=2), atol=1e-14)


# (m, H, W, C), (kh, kw), F, padding, stride
CONVOLUTIONS = [
    ((2, 5, 5, 1), (3, 3), 1, 0, 1),
    ((2, 5, 7, 2), (3, 2), 3, 0, 1),
    ((1, 6, 4, 3), (2, 3), 2, 1, 1),
    ((3, 7, 6, 2), (3, 3), 2, 0, 2),
    ((2, 6, 8, 2), (1, 4), 2, 2, 3),
    ((2, 4, 5, 2), (1, 1), 3, 1, 2),
    ((2, 5, 6, 2), (5, 6), 2, 0, 1),
    ((2, 3, 2, 1), (5, 4), 2, 2, 1),
]


@pytest.mark.parametrize(("shape", "kernel_shape", "F", "padding", "stride"), CONVOLUTIONS)
def test_the_derivatives_of_a_convolution_are_the_slopes(shape, kernel_shape, F, padding, stride):
    rng = np.random.default_rng(0)
    shapes = {"A": shape, "W": (*kernel_shape, shape[3], F), "b": F}
    parameters = {name: rng.normal(size=size) for name, size in shapes.items()}
    options = dict(padding=padding, stride=stride)
    dZ = rng.normal(size=convolution_forward(*parameters.values(), **options).shape)

    def summed_loss(nudged):
        return float((dZ * convolution_forward(nudged["A"], nudged["W"], nudged["b"], **options)).sum())

    dW, db = convolution_gradients(dZ, parameters["A"], kernel_shape, **options)
    analytic = {  # the gradients of parameters are averages over the images, the errors are not
        "dA": convolution_error(dZ, parameters["W"], shape[1:3], **options),
        "dW": dW * shape[0],
        "db": db * shape[0],
    }
    check = compare_gradients(analytic, numerical_gradients(summed_loss, parameters), 1e-6)
    assert check.passed, check


def distinct(shape, seed=0):
    """Numbers of both signs in random order, no two of them closer than 0.1."""
    n = int(np.prod(shape))
    return np.random.default_rng(seed).permutation(n).reshape(shape) / 10 - n / 20


# (m, H, W, C), pool_size, padding, stride
POOLINGS = [
    ((2, 4, 6, 1), 2, 0, None),
    ((2, 5, 7, 2), 2, 0, None),
    ((1, 6, 5, 3), 3, 1, None),
    ((2, 6, 7, 2), 3, 0, 1),
    ((2, 7, 6, 2), 3, 2, 2),
    ((2, 7, 8, 2), 2, 0, 3),
    ((2, 5, 4, 2), 1, 0, 2),
    ((2, 3, 3, 2), 3, 0, None),
]


@pytest.mark.parametrize(("shape", "pool_size", "padding", "stride"), POOLINGS)
def test_the_derivative_of_max_pooling_is_the_slope(shape, pool_size, padding, stride):
    A, options = distinct(shape), dict(padding=padding, stride=stride)
    P = max_pool_forward(A, pool_size, **options)
    dP = np.random.default_rng(1).normal(size=P.shape)

    def summed_loss(nudged):
        return float((dP * max_pool_forward(nudged["A"], pool_size, **options)).sum())

    analytic = {"dA": max_pool_error(dP, A, P, pool_size, **options)}
    check = compare_gradients(analytic, numerical_gradients(summed_loss, {"A": A}), 1e-6)
    assert check.passed, check


@pytest.mark.parametrize(("shape", "pool_size", "padding", "stride"), POOLINGS)
def test_max_pooling_of_a_batch_agrees_with_scipys_maximum_filter(shape, pool_size, padding, stride):
    A = distinct(shape) - 1e3
    p, s = pool_size, stride or pool_size
    filtered = maximum_filter(
        framed(A, padding, -np.inf), (1, p, p, 1), origin=(0, -(p // 2), -(p // 2), 0), mode="constant", cval=-np.inf
    )
    height, width = (n + 2 * padding - p + 1 for n in shape[1:3])
    P = max_pool_forward(A, pool_size, padding=padding, stride=stride)
    np.testing.assert_array_equal(P, filtered[:, :height:s, :width:s])


@given(st.tuples(st.integers(1, 3), sizes, sizes, st.integers(1, 3)), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_max_pooling_of_a_batch_is_max_pool2d_of_every_channel(shape, pool_size, seed):
    assume(pool_size <= min(shape[1:3]))
    A = np.random.default_rng(seed).normal(size=shape)
    expected = [[max_pool2d(image[..., c], pool_size) for c in range(shape[3])] for image in A]
    np.testing.assert_array_equal(max_pool_forward(A, pool_size), np.moveaxis(expected, 1, 3))


def pooling_error(image, dP, pool_size=2, **options):
    """max_pool_error for one image of one channel, as lists."""
    A, dP = np.array(image, float)[None, ..., None], np.array(dP, float)[None, ..., None]
    P = max_pool_forward(A, pool_size, **options)
    return max_pool_error(dP, A, P, pool_size, **options)[0, ..., 0].tolist()


def test_of_four_zeros_the_first_gets_the_error():
    assert pooling_error(np.zeros((2, 2)), [[1]]) == [[1, 0], [0, 0]]
    assert pooling_error(-np.ones((2, 2)), [[1]]) == [[1, 0], [0, 0]]


def test_of_two_equal_maxima_the_first_in_reading_order_gets_it_all():
    assert pooling_error([[1, 5], [5, 5]], [[3]]) == [[0, 3], [0, 0]]
    assert pooling_error([[1, 2], [5, 5]], [[3]]) == [[0, 0], [3, 0]]
    assert pooling_error([[1, 5], [5, 2]], [[3]]) == [[0, 3], [0, 0]]


def test_errors_of_overlapping_blocks_add_up():
    image = [[0, 1, 0], [0, 9, 0], [2, 0, 0]]
    assert pooling_error(image, [[1, 10], [100, 1000]], stride=1) == [[0, 0, 0], [0, 1111, 0], [0, 0, 0]]
    image = [[7, 1, 8], [0, 2, 0], [9, 0, 0]]
    assert pooling_error(image, [[1, 10], [100, 1000]], stride=1) == [[1, 0, 10], [0, 1000, 0], [100, 0, 0]]


def test_what_belongs_to_no_block_gets_no_error():
    image = [[1, 2, 9], [3, 4, 9], [9, 9, 9]]
    assert pooling_error(image, [[5]]) == [[0, 0, 0], [0, 5, 0], [0, 0, 0]]
    assert pooling_error([[1, 9, 3]], [[5, 6]], 1, stride=2) == [[5, 0, 6]]


def test_padding_never_wins():
    A = -1.0 - np.arange(16).reshape(1, 4, 4, 1)
    P = max_pool_forward(A, 2, padding=1)
    assert P[0, ..., 0].tolist() == [[-1, -2, -4], [-5, -6, -8], [-13, -14, -16]]
    assert max_pool_error(np.ones(P.shape), A, P, 2, padding=1)[0, ..., 0].tolist() == [
        [1, 1, 0, 1], [1, 1, 0, 1], [0, 0, 0, 0], [1, 1, 0, 1],
    ]  # fmt: skip
    assert pooling_error(np.zeros((2, 2)), [[1, 2], [3, 4]], padding=1) == [[1, 2], [3, 4]]


@given(
    st.tuples(st.integers(1, 3), st.integers(3, 9), st.integers(3, 9), st.integers(1, 3)),
    st.integers(1, 3),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 2**32 - 1),
)
def test_blocks_side_by_side_pass_on_exactly_what_they_received(shape, pool_size, padding, gap, seed):
    assume(padding < pool_size)
    rng = np.random.default_rng(seed)
    A = np.maximum(0, rng.integers(-3, 3, shape)) / 2.0  # full of zeros, with ties, as images and relu make them
    options = dict(padding=padding, stride=pool_size + gap)
    P = max_pool_forward(A, pool_size, **options)
    dP = rng.integers(1, 100, P.shape).astype(float)
    dA = max_pool_error(dP, A, P, pool_size, **options)
    assert sorted(dA[dA != 0]) == sorted(dP.ravel())
    np.testing.assert_array_equal(dA.sum(axis=(1, 2)), dP.sum(axis=(1, 2)))


BATCH, WEIGHTS, BIASES = np.ones((2, 5, 6, 3)), np.ones((3, 2, 3, 4)), np.zeros(4)
ERRORS = np.ones((2, 3, 5, 4))
POOLED = np.ones((2, 2, 3, 3))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_batches_keep_their_precision(dtype):
    A, W, b, dZ = (array.astype(dtype) for array in (BATCH, WEIGHTS, BIASES, ERRORS))
    P = max_pool_forward(A, padding=1)
    forward = convolution_forward(A, W, b), P
    gradients = convolution_gradients(dZ, A, (3, 2))
    errors = convolution_error(dZ, W, (5, 6)), max_pool_error(P, A, P, padding=1)
    assert {result.dtype for result in forward + gradients + errors} == {np.dtype(dtype)}


def test_arguments_are_left_alone():
    rng = np.random.default_rng(0)
    A, W, b, dZ, dP = (rng.normal(size=array.shape) for array in (BATCH, WEIGHTS, BIASES, ERRORS, POOLED))
    P = max_pool_forward(A)
    arguments = A, W, b, dZ, dP, P
    before = [argument.copy() for argument in arguments]
    convolution_forward(A, W, b)
    convolution_gradients(dZ, A, (3, 2))
    convolution_error(dZ, W, (5, 6))
    max_pool_error(dP, A, P)
    for argument, copy in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(argument, copy)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: convolution_forward(BATCH[..., 0], WEIGHTS, BIASES), r"A has shape \(2, 5, 6\).*\[..., np.newaxis\]"),
        (lambda: convolution_forward(BATCH.astype(int), WEIGHTS, BIASES), "A has shape .* of int.*floats"),
        (lambda: convolution_forward(BATCH[..., :2], WEIGHTS, BIASES), r"A has shape .*2\); expected \(m, H, W, 3\)"),
        (lambda: convolution_forward(BATCH, WEIGHTS[..., 0], BIASES), r"W has shape .*; expected \(kh, kw, C, F\)"),
        (lambda: convolution_forward(BATCH, WEIGHTS, BIASES[:, None]), r"b has shape \(4, 1\); expected \(4,\)"),
        (lambda: convolution_forward(BATCH, WEIGHTS, BIASES[:1]), r"b has shape \(1,\); expected \(4,\)"),
        (lambda: convolution_forward(BATCH, WEIGHTS, BIASES, padding=-1), "padding is -1"),
        (lambda: convolution_forward(BATCH, WEIGHTS, BIASES, stride=0), "stride is 0"),
        (lambda: convolution_forward(BATCH[:, :2], WEIGHTS, BIASES), "a kernel of 3 does not fit into 2 pixels"),
        (lambda: convolution_gradients(ERRORS, BATCH[0], (3, 2)), "A has shape"),
        (lambda: convolution_gradients(ERRORS[:, :2], BATCH, (3, 2)), r"dZ has shape .*; expected \(2, 3, 5, F\)"),
        (lambda: convolution_gradients(ERRORS[:1], BATCH, (3, 2)), r"dZ has shape .*; expected \(2, 3, 5, F\)"),
        (lambda: convolution_gradients(ERRORS, BATCH, (3, 2), padding=1), r"dZ has shape .*; expected \(2, 5, 7, F\)"),
        (lambda: convolution_error(ERRORS[..., :2], WEIGHTS, (5, 6)), r"dZ has shape .*; expected \(m, 3, 5, 4\)"),
        (lambda: convolution_error(ERRORS[0], WEIGHTS, (5, 6)), r"dZ has shape \(3, 5, 4\); expected"),
        (lambda: convolution_error(ERRORS, WEIGHTS[0], (5, 6)), r"W has shape .*; expected \(kh, kw, C, F\)"),
        (lambda: convolution_error(ERRORS, WEIGHTS, (5, 6), stride=2), r"dZ has shape .*; expected \(m, 2, 3, 4\)"),
        (lambda: convolution_error(ERRORS[:, 1:2, 1:4], WEIGHTS, (5, 6), padding=-1), "padding is -1"),
        (lambda: max_pool_forward(BATCH[0]), "A has shape"),
        (lambda: max_pool_forward(BATCH.astype(np.uint8)), "A has shape .* of uint8"),
        (lambda: max_pool_forward(BATCH, 0), "pool_size is 0"),
        (lambda: max_pool_forward(BATCH, 2.5), "pool_size is 2.5"),
        (lambda: max_pool_forward(BATCH, stride=0), "stride is 0"),
        (lambda: max_pool_forward(BATCH, padding=-1), "padding is -1"),
        (lambda: max_pool_forward(BATCH, padding=2), "padding is 2; expected less than pool_size, 2"),
        (lambda: max_pool_forward(BATCH, 6), "a kernel of 6 does not fit into 5 pixels"),
        (lambda: max_pool_error(POOLED[:1], BATCH, POOLED), r"dP has shape .*; expected \(2, 2, 3, 3\)"),
        (lambda: max_pool_error(POOLED[:1], BATCH, POOLED[:1]), r"P has shape .*; expected \(2, 2, 3, 3\)"),
        (lambda: max_pool_error(POOLED, BATCH, POOLED, padding=2), "padding is 2; expected less"),
    ],
)
def test_batches_that_do_not_fit_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_what_the_named_kernels_compute():
    image = np.random.default_rng(0).normal(size=(6, 7))
    around = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    middle, total = image[1:-1, 1:-1], around.sum(axis=(2, 3))
    beside = image[:-2, 1:-1] + image[2:, 1:-1] + image[1:-1, :-2] + image[1:-1, 2:]
    for name, expected in {
        "edge detection": 9 * middle - total,
        "box blur": total / 9,
        "sharpen": middle + 4 * middle - beside,
        "horizontal edge": around[..., 2, :].sum(axis=2) - around[..., 0, :].sum(axis=2),
        "vertical edge": around[..., 2].sum(axis=2) - around[..., 0].sum(axis=2),
    }.items():
        np.testing.assert_allclose(convolve2d(image, KERNELS[name]), expected, atol=1e-12)


def test_convolution_and_pooling_unless_more_is_said():
    assert convolution_output_size(5, 3) == 3
    assert max_pool2d(np.arange(16.0).reshape(4, 4)).tolist() == [[5, 7], [13, 15]]
    assert average_pool2d(np.arange(16.0).reshape(4, 4)).tolist() == [[2.5, 4.5], [10.5, 12.5]]
    A = np.arange(16.0).reshape(1, 4, 4, 1)
    assert max_pool_forward(A)[0, ..., 0].tolist() == [[5, 7], [13, 15]]
    assert (pooling_stride(3), pooling_stride(1)) == (3, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: convolution_output_size(3, 4), "a kernel of 4 does not fit into 3 pixels with padding 0"),
        (lambda: convolution_output_size(1, 4, 1), "a kernel of 4 does not fit into 1 pixels with padding 1"),
        (lambda: convolution_output_size(5, 3, -1), "padding is -1; expected a whole number of at least 0"),
        (lambda: pooling_stride(2, -1), "padding is -1; expected a whole number of at least 0"),
        (lambda: max_pool_forward(BATCH[:0]), r"A has shape \(0, 5, 6, 3\) of float64; expected \(m, H, W, C\)"),
        (lambda: convolve2d(BATCH[0], KERNEL), r"image has shape \(5, 6, 3\).* Did you mean one image of a stack"),
        (lambda: convolve2d(IMAGE, KERNEL[0]), r"kernel has shape \(3,\); expected two dimensions .*\)\.$"),
        (lambda: convolve2d(IMAGE, np.ones((0, 3))), r"kernel has shape \(0, 3\)"),
        (lambda: convolve2d(IMAGE, KERNEL, padding=2**15), "padding asks for an array of 65,541 × 65,541 numbers"),
        (lambda: pooling_blocks(IMAGE[:, :2], 3), r"pool_size is 3, larger than .*\(5, 2\); expected at most 2"),
        (lambda: pooling_blocks(IMAGE[:2], 3), r"pool_size is 3, larger than the image \(2, 5\); expected at most 2"),
        (lambda: convolution_gradients(ERRORS, BATCH, (3, 2, 1)), r"kernel_shape is \(3, 2, 1\); expected \(height"),
        (lambda: convolution_gradients(ERRORS, BATCH, 3), r"kernel_shape is 3; expected \(height, width\)"),
        (lambda: convolution_gradients(ERRORS, BATCH, (0, 2)), "kernel_shape is 0; expected a whole number"),
        (lambda: convolution_error(ERRORS, WEIGHTS, (5,)), r"image_shape is \(5,\); expected \(height, width\)"),
        (
            lambda: convolution_error(ERRORS, WEIGHTS, (2**14, 2**14), padding=1),
            "image_shape, with its padding, asks for an array of 2 × 16,386 × 16,386 × 3 numbers",
        ),
        (
            lambda: convolution_forward(BATCH, WEIGHTS, BIASES, padding=2**13),
            "padding asks for an array of 2 × 16,389 × 16,390 × 3 numbers",
        ),
    ],
)
def test_kernels_and_pools_that_do_not_fit_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_block_as_large_as_the_image_and_a_kernel_as_large_as_its_frame_fit():
    assert max_pool2d(IMAGE, 5).tolist() == [[3]]
    assert convolution_output_size(2, 4, 1) == 1
    assert convolve2d(np.ones((1, 1)), np.ones((3, 3)), padding=1).tolist() == [[1]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_whole_numbers_of_numpy_are_sizes_as_python_has_them(dtype):
    A = np.random.default_rng(0).normal(size=(1, 300, 2, 1))
    one, large = dtype(1), dtype(200)
    for ours, theirs in [
        (max_pool_forward(A, dtype(2), padding=one), max_pool_forward(A, 2, padding=1)),
        (max_pool_forward(A, 2, stride=large), max_pool_forward(A, 2, stride=200)),
    ]:
        np.testing.assert_array_equal(ours, theirs)
    W = np.ones((1, 1, 1, 1))
    assert convolution_error(np.ones((1, 2, 1, 1)), W, (300, 2), stride=large).sum() == 2
    assert convolution_error(np.ones((1, 302, 4, 1)), W, (300, 2), padding=one).shape == (1, 300, 2, 1)


def test_images_too_bright_for_a_float_give_no_warning():
    bright = np.full((1, 2, 2, 1), 1e308)
    W, b = np.full((2, 2, 1, 1), 1e308), np.zeros(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isinf(convolve2d(bright[0, ..., 0], W[..., 0, 0])).all()
        assert np.isinf(average_pool2d(bright[0, ..., 0])).all()
        assert np.isinf(convolution_forward(bright, W, b)).all()
        assert np.isinf(convolution_gradients(bright[:, :1, :1], bright, (2, 2))[0]).all()
        assert np.isinf(convolution_error(bright[:, :1, :1], W, (2, 2))).all()
        P = max_pool_forward(bright)
        assert np.isnan(max_pool_error(P * np.inf, bright, P)).any()


def test_arguments_have_names():
    assert convolve2d(image=IMAGE, kernel=KERNEL, stride=2).tolist() == [[7, 9], [5, 6]]
    A, W = np.arange(4.0).reshape(1, 2, 2, 1), np.array([[[[2.0]]]])
    Z = convolution_forward(A=A, W=W, b=np.ones(1))
    assert Z.ravel().tolist() == [1, 3, 5, 7]
    dW, db = convolution_gradients(dZ=Z, A=A, kernel_shape=(1, 1))
    assert (dW.item(), db.item()) == (34, 16)  # 0·1 + 1·3 + 2·5 + 3·7
    assert convolution_error(dZ=Z, W=W, image_shape=(2, 2)).ravel().tolist() == [2, 6, 10, 14]
    P = max_pool_forward(A=A, pool_size=2)
    assert max_pool_error(dP=P, A=A, P=P, pool_size=2).ravel().tolist() == [0, 0, 0, 3]
