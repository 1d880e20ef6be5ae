"""Convolution and pooling: on one image, then on a batch of images with channels, forward and backward (Part 10).

A batch is (m, H, W, C): images first, channels last. As everywhere, errors belong to single samples, and the gradients
of parameters are averaged over the m samples.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib.validation import (
    FLOATS,
    as_float,
    check_array,
    check_finite,
    check_integer,
    check_positive_integer,
    check_room,
    without_overflow_warnings,
)

KERNELS = {
    "edge detection": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], float),
    "box blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], float),
    "horizontal edge": np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]], float),
    "vertical edge": np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], float),
}


def convolution_output_size(size, kernel_size, padding=0, stride=1):
    """Return ⌊(n + 2p − k) / s⌋ + 1: how many places a kernel of k pixels has along n pixels.

    `padding` p is added on both sides, `stride` s is the step. Raises ValueError if the kernel does not fit once.
    """
    size, kernel_size = check_positive_integer(size, "size"), check_positive_integer(kernel_size, "kernel_size")
    padding, stride = check_integer(padding, "padding", 0), check_positive_integer(stride, "stride")
    if size + 2 * padding < kernel_size:
        raise ValueError(
            f"a kernel of {kernel_size} does not fit into {size} pixels with padding {padding}; "
            "expected a kernel no larger than the padded image."
        )
    return (size + 2 * padding - kernel_size) // stride + 1


@without_overflow_warnings
def convolve2d(image, kernel, *, padding=0, stride=1):
    """Slide `kernel` (kh, kw) over `image` (h, w) and sum the products at every place.

    The image is first framed by `padding` zeros on each side; the kernel then moves `stride` pixels at a time. Returns
    (convolution_output_size of h, of w). As in every deep-learning library, the kernel is not flipped: in mathematics
    this is called cross-correlation, and convolution would turn the kernel by 180° first.
    """
    image, kernel = _check_image(image), _check_image(kernel, "kernel")
    padding, stride = check_integer(padding, "padding", 0), check_positive_integer(stride, "stride")
    kh, kw = kernel.shape
    rows = convolution_output_size(image.shape[0], kh, padding, stride)
    columns = convolution_output_size(image.shape[1], kw, padding, stride)
    check_room("padding", *(n + 2 * padding for n in image.shape))
    image = np.pad(image, padding) if padding else image
    output = np.zeros((rows, columns), np.result_type(image, kernel))
    for a in range(kh):
        for b in range(kw):
            output += kernel[a, b] * image[a : a + rows * stride : stride, b : b + columns * stride : stride]
    return output


def pooling_blocks(image, pool_size):
    """Return `image` (h, w) cut into blocks: (h // pool_size, pool_size, w // pool_size, pool_size).

    Axes 1 and 3 run within a block. Rows and columns left over at the bottom and right, where the size is not a
    multiple of pool_size, are dropped.
    """
    image, p = _check_image(image), check_positive_integer(pool_size, "pool_size")
    rows, columns = image.shape[0] // p, image.shape[1] // p
    if rows == 0 or columns == 0:
        raise ValueError(f"pool_size is {p}, larger than the image {image.shape}; expected at most {min(image.shape)}.")
    return image[: rows * p, : columns * p].reshape(rows, p, columns, p)


def max_pool2d(image, pool_size=2):
    """Return the largest value of each pool_size × pool_size block of `image` (h, w): (h // pool_size, w // pool_size).

    Leftovers are dropped, as in `pooling_blocks`.
    """
    return pooling_blocks(image, pool_size).max(axis=(1, 3))


@without_overflow_warnings
def average_pool2d(image, pool_size=2):
    """Return the mean of each pool_size × pool_size block of `image` (h, w): (h // pool_size, w // pool_size).

    Leftovers are dropped, as in `pooling_blocks`.
    """
    return pooling_blocks(image, pool_size).mean(axis=(1, 3))


@without_overflow_warnings
def convolution_forward(A, W, b, *, padding=0, stride=1):
    """Convolve every image with every kernel: Z[n, i, j, f] = Σ_{a,b,c} A[n, i·s + a, j·s + b, c] W[a, b, c, f] + b[f].

    `A` is (m, H, W, C), framed by `padding` zeros; `W` is (kh, kw, C, F), F kernels as deep as the images; `b` is (F,).
    Returns Z (m, rows, columns, F). All patches of all images become the rows of one matrix, and the kernels the
    columns of another, so that the work is one matrix product.
    """
    kh, kw, C, F = _kernels_shape(W)
    rows, columns = _output_shape(A, (kh, kw), padding, stride)
    check_array(A, "A", "m", "H", "W", C)
    check_array(b, "b", F)
    Z = _patches(A, (kh, kw), padding, stride) @ W.reshape(-1, F)
    Z += b
    return Z.reshape(len(A), rows, columns, F)


@without_overflow_warnings
def convolution_gradients(dZ, A, kernel_shape, *, padding=0, stride=1):
    """Return dW (kh, kw, C, F) and db (F,) for the errors `dZ` (m, rows, columns, F) of a convolution of `A`.

    Every place of every image used the same kernels, so dW is a sum over all places: dW[a, b, c, f] =
    Σ_{n,i,j} A[n, i·s + a, j·s + b, c] dZ[n, i, j, f] / m. `kernel_shape` is (kh, kw).
    """
    rows, columns = _output_shape(A, kernel_shape, padding, stride)
    check_array(dZ, "dZ", len(A), rows, columns, "F")
    m, F = len(A), dZ.shape[-1]
    dZ = dZ.reshape(-1, F)
    dW = _patches(A, kernel_shape, padding, stride).T @ dZ / m
    # A product with ones adds up the rows several times faster than dZ.sum(axis=0).
    return dW.reshape(*kernel_shape, A.shape[3], F), np.ones(len(dZ), dZ.dtype) @ dZ / m


@without_overflow_warnings
def convolution_error(dZ, W, image_shape, *, padding=0, stride=1):
    """Return dA (m, H, W, C), the error of the images that a convolution with `W` turned into `dZ` errors.

    What flowed forward from a pixel to an output through W[a, b] flows back through the same weight. `image_shape` is
    (H, W); `dZ` is (m, rows, columns, F).
    """
    kh, kw, C, F = _kernels_shape(W)
    dA = _empty_frame(dZ, W, image_shape, padding)
    rows, columns = _output_shape(dA, (kh, kw), 0, stride)
    check_array(dZ, "dZ", "m", rows, columns, F)
    m = len(dZ)
    dZ = dZ.reshape(-1, F)
    for a, b, pixels in _places(dA, (kh, kw), rows, columns, stride):
        pixels += (dZ @ W[a, b].T).reshape(m, rows, columns, C)
    return _without_frame(dA, padding)


def max_pool_forward(A, pool_size=2, *, padding=0, stride=None):
    """Return the largest value of every block: P[n, i, j, c] = max_{a,b} A[n, i·s + a, j·s + b, c].

    `A` is (m, H, W, C); blocks are pool_size × pool_size and `stride` apart, side by side if it is None. Padding is
    never the largest. What is left over at the bottom and right belongs to no block.
    """
    stride = pooling_stride(pool_size, padding, stride)
    rows, columns = _output_shape(A, (pool_size, pool_size), padding, stride)
    A = _frame(A, padding, -np.inf)
    P = np.full((len(A), rows, columns, A.shape[3]), -np.inf, A.dtype)
    for *_, pixels in _places(A, (pool_size, pool_size), rows, columns, stride):
        np.maximum(P, pixels, out=P)
    return P


@without_overflow_warnings
def max_pool_error(dP, A, P, pool_size=2, *, padding=0, stride=None):
    """Return dA (m, H, W, C) for the errors `dP` of `P = max_pool_forward(A, …)`.

    Only the pixel that was the largest of its block had a say in P, so it gets the error, and the others 0. Of several
    equal ones the first in reading order gets it whole: a block passes on exactly what it received.
    """
    stride = pooling_stride(pool_size, padding, stride)
    rows, columns = _output_shape(A, (pool_size, pool_size), padding, stride)
    check_array(P, "P", len(A), rows, columns, A.shape[3])
    check_array(dP, "dP", *P.shape)
    A = _frame(A, padding, -np.inf)
    dA, waiting = np.zeros(A.shape, dP.dtype), dP.copy()
    places = _places(A, (pool_size, pool_size), rows, columns, stride)
    errors = _places(dA, (pool_size, pool_size), rows, columns, stride)
    for (*_, pixels), (*_, error) in zip(places, errors):
        share = waiting * (pixels == P)
        error += share
        waiting -= share
    return _without_frame(dA, padding)


def pooling_stride(pool_size, padding=0, stride=None):
    """Return how far apart blocks are: side by side if `stride` is None. Raises ValueError unless each has a pixel."""
    pool_size = check_positive_integer(pool_size, "pool_size")
    if check_integer(padding, "padding", 0) >= pool_size:
        raise ValueError(f"padding is {padding}; expected less than pool_size, {pool_size}, or blocks hold no pixel.")
    return pool_size if stride is None else check_positive_integer(stride, "stride")


def _kernels_shape(W):
    check_array(W, "W", "kh", "kw", "C", "F", hint=" Give F kernels as deep as the images.")
    return W.shape


def _output_shape(A, kernel_shape, padding, stride):
    """Return (rows, columns) of what a kernel makes of the images `A`, once they are known to be a batch of images."""
    check_array(A, "A")
    A = np.asarray(A)
    if A.ndim != 4 or A.size == 0 or A.dtype not in FLOATS:
        hint = " Did you mean images[..., np.newaxis]?" if A.ndim == 3 else ""
        raise ValueError(f"A has shape {A.shape} of {A.dtype}; expected (m, H, W, C) of floats, channels last.{hint}")
    check_room("padding", len(A), *(n + 2 * check_integer(padding, "padding", 0) for n in A.shape[1:3]), A.shape[3])
    sizes = zip(A.shape[1:3], _check_pair(kernel_shape, "kernel_shape"))
    return tuple(convolution_output_size(size, kernel_size, padding, stride) for size, kernel_size in sizes)


def _check_pair(shape, name):
    """Return (height, width) as ints; raise a ValueError unless these are two whole numbers of at least 1."""
    if not isinstance(shape, (tuple, list, np.ndarray)) or len(shape) != 2:
        raise ValueError(f"{name} is {shape!r}; expected (height, width).")
    return tuple(check_positive_integer(n, name) for n in shape)


def _empty_frame(dZ, W, image_shape, padding):
    """Zeros (m, H, W, C) for the errors of images of this shape, padding included."""
    check_array(dZ, "dZ", "m", "rows", "columns", "F")
    padding = check_integer(padding, "padding", 0)
    shape = (len(dZ), *(n + 2 * padding for n in _check_pair(image_shape, "image_shape")), W.shape[2])
    check_room("image_shape, with its padding,", *shape)
    return np.zeros(shape, np.result_type(dZ, W, np.float32))


def _places(images, kernel_shape, rows, columns, stride):
    """Yield (a, b, view): the pixels of `images` that entry (a, b) of the kernel meets, (m, rows, columns, C)."""
    stride = int(stride)  # as np.uint8 its multiples would overflow
    for a, b in np.ndindex(*kernel_shape):
        yield a, b, images[:, a : a + rows * stride : stride, b : b + columns * stride : stride]


def _patches(A, kernel_shape, padding, stride):
    """Return what the kernel meets at every place, a row each: (m · rows · columns, kh · kw · C)."""
    windows = sliding_window_view(_frame(A, padding), kernel_shape, axis=(1, 2))[:, ::stride, ::stride]
    return np.moveaxis(windows, 3, 5).reshape(-1, kernel_shape[0] * kernel_shape[1] * A.shape[3])


def _frame(A, padding, value=0.0):
    if padding == 0:
        return A
    padding = int(padding)
    return np.pad(A, ((0, 0), (padding, padding), (padding, padding), (0, 0)), constant_values=value)


def _without_frame(A, padding):
    padding = int(padding)
    return A[:, padding : A.shape[1] - padding, padding : A.shape[2] - padding]


def _check_image(image, name="image"):
    image = as_float(image, name)
    if image.ndim != 2 or image.size == 0:
        hint = " Did you mean one image of a stack, such as images[0]?" if image.ndim == 3 else ""
        raise ValueError(f"{name} has shape {image.shape}; expected two dimensions (height, width).{hint}")
    check_finite(image, name)
    return image
