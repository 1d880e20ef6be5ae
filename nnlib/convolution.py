"""Convolution and pooling on one image, as loops that show what moves where (Part 10 of the source document)."""

import numpy as np

from nnlib.validation import as_float, check_finite, check_integer, check_positive_integer

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


def convolve2d(image, kernel, *, padding=0, stride=1):
    """Slide `kernel` (kh, kw) over `image` (h, w) and sum the products at every place.

    The image is first framed by `padding` zeros on each side; the kernel then moves `stride` pixels at a time. Returns
    (convolution_output_size of h, of w). As in every deep-learning library, the kernel is not flipped: in mathematics
    this is called cross-correlation, and convolution would turn the kernel by 180° first.
    """
    image, kernel = _check_image(image), _check_image(kernel, "kernel")
    kh, kw = kernel.shape
    rows = convolution_output_size(image.shape[0], kh, padding, stride)
    columns = convolution_output_size(image.shape[1], kw, padding, stride)
    image = np.pad(image, padding)
    output = np.zeros((rows, columns), np.result_type(image, kernel))
    for i in range(rows):
        for j in range(columns):
            patch = image[i * stride : i * stride + kh, j * stride : j * stride + kw]
            output[i, j] = np.sum(patch * kernel)
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


def average_pool2d(image, pool_size=2):
    """Return the mean of each pool_size × pool_size block of `image` (h, w): (h // pool_size, w // pool_size).

    Leftovers are dropped, as in `pooling_blocks`.
    """
    return pooling_blocks(image, pool_size).mean(axis=(1, 3))


def _check_image(image, name="image"):
    image = as_float(image, name)
    if image.ndim != 2 or image.size == 0:
        hint = " Did you mean one image of a stack, such as images[0]?" if image.ndim == 3 else ""
        raise ValueError(f"{name} has shape {image.shape}; expected two dimensions (height, width).{hint}")
    check_finite(image, name)
    return image
