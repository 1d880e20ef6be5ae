"""Wrong answers that learners give to the exercises of notebook 10, each with what its message must say."""

import numpy as np


def kernel_turned(image, kernel):
    (kh, kw), output = kernel.shape, np.zeros(np.subtract(image.shape, kernel.shape) + 1)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            for a in range(kh):
                for b in range(kw):
                    output[i, j] += image[i + a, j + b] * kernel[kh - 1 - a, kw - 1 - b]
    return output


def one_place_too_few(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    output = np.zeros((h - kh, w - kw))
    for i in range(h - kh):
        for j in range(w - kw):
            output[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return output


def as_large_as_the_image(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    output = np.zeros(image.shape)
    for i in range(h - kh + 1):
        for j in range(w - kw + 1):
            output[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return output


def mean_of_products(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    output = np.zeros((h - kh + 1, w - kw + 1))
    for i in range(h - kh + 1):
        for j in range(w - kw + 1):
            output[i, j] = (image[i : i + kh, j : j + kw] * kernel).mean()
    return output


def whole_numbers(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    output = np.zeros((h - kh + 1, w - kw + 1), dtype=int)
    for i in range(h - kh + 1):
        for j in range(w - kw + 1):
            output[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return output


def square_kernels_only(image, kernel):
    k = kernel.shape[0]
    output = np.zeros((image.shape[0] - k + 1, image.shape[1] - k + 1))
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = np.sum(image[i : i + k, j : j + k] * kernel)
    return output


def mean_of_block(image):
    output = np.zeros((image.shape[0] // 2, image.shape[1] // 2))
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].mean()
    return output


def best_so_far_is_zero(image):
    output = np.zeros((image.shape[0] // 2, image.shape[1] // 2))
    for i in range(2 * output.shape[0]):
        for j in range(2 * output.shape[1]):
            output[i // 2, j // 2] = max(output[i // 2, j // 2], image[i, j])
    return output


def leftovers_kept(image):
    rows = [image[i : i + 2] for i in range(0, image.shape[0], 2)]
    return np.array([[row[:, j : j + 2].max() for j in range(0, image.shape[1], 2)] for row in rows])


def blocks_overlap(image):
    output = np.zeros((image.shape[0] - 1, image.shape[1] - 1))
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = image[i : i + 2, j : j + 2].max()
    return output


def even_images_only(image):
    h, w = image.shape
    return image.reshape(h // 2, 2, w // 2, 2).max(axis=(1, 3))


def divided_by_the_places(dO, image):
    rows, columns = dO.shape
    dK = np.zeros((image.shape[0] - rows + 1, image.shape[1] - columns + 1))
    for i in range(rows):
        for j in range(columns):
            dK += dO[i, j] * image[i : i + dK.shape[0], j : j + dK.shape[1]] / (rows * columns)
    return dK


def errors_turned(dO, image):
    rows, columns = dO.shape
    dK = np.zeros((image.shape[0] - rows + 1, image.shape[1] - columns + 1))
    for i in range(rows):
        for j in range(columns):
            dK += dO[rows - 1 - i, columns - 1 - j] * image[i : i + dK.shape[0], j : j + dK.shape[1]]
    return dK


def replaced_at_each_place(dO, image):
    dK = np.zeros((image.shape[0] - dO.shape[0] + 1, image.shape[1] - dO.shape[1] + 1))
    for i in range(dO.shape[0]):
        for j in range(dO.shape[1]):
            dK = dO[i, j] * image[i : i + dK.shape[0], j : j + dK.shape[1]]
    return dK


def kernel_is_three_by_three(dO, image):
    dK = np.zeros((3, 3))
    for i in range(dO.shape[0]):
        for j in range(dO.shape[1]):
            dK += dO[i, j] * image[i : i + 3, j : j + 3]
    return dK


def kernel_not_turned(dO, kernel):
    kh, kw = kernel.shape
    framed = np.zeros((dO.shape[0] + 2 * kh - 2, dO.shape[1] + 2 * kw - 2))
    framed[kh - 1 : kh - 1 + dO.shape[0], kw - 1 : kw - 1 + dO.shape[1]] = dO
    dI = np.zeros((dO.shape[0] + kh - 1, dO.shape[1] + kw - 1))
    for i in range(dI.shape[0]):
        for j in range(dI.shape[1]):
            dI[i, j] = np.sum(framed[i : i + kh, j : j + kw] * kernel)
    return dI


def overlaps_replaced(dO, kernel):
    kh, kw = kernel.shape
    dI = np.zeros((dO.shape[0] + kh - 1, dO.shape[1] + kw - 1))
    for i in range(dO.shape[0]):
        for j in range(dO.shape[1]):
            dI[i : i + kh, j : j + kw] = dO[i, j] * kernel
    return dI


def overlaps_averaged(dO, kernel):
    kh, kw = kernel.shape
    dI = np.zeros((dO.shape[0] + kh - 1, dO.shape[1] + kw - 1))
    times = np.zeros(dI.shape)
    for i in range(dO.shape[0]):
        for j in range(dO.shape[1]):
            dI[i : i + kh, j : j + kw] += dO[i, j] * kernel
            times[i : i + kh, j : j + kw] += 1
    return dI / times


def one_row_short(dO, kernel):
    rows, columns = dO.shape[0] + kernel.shape[0] - 2, dO.shape[1] + kernel.shape[1] - 2
    dI = np.zeros((rows, columns))
    for i, j in np.ndindex(rows, columns):
        for a, b in np.ndindex(kernel.shape):
            if 0 <= i - a < dO.shape[0] and 0 <= j - b < dO.shape[1]:
                dI[i, j] += dO[i - a, j - b] * kernel[a, b]
    return dI


def every_equal_maximum(dP, image):
    dI = np.zeros(image.shape)
    for i in range(2 * dP.shape[0]):
        for j in range(2 * dP.shape[1]):
            block = image[i // 2 * 2 : i // 2 * 2 + 2, j // 2 * 2 : j // 2 * 2 + 2]
            if image[i, j] == block.max():
                dI[i, j] = dP[i // 2, j // 2]
    return dI


def equal_maxima_share(dP, image):
    dI = np.zeros(image.shape)
    for i in range(dP.shape[0]):
        for j in range(dP.shape[1]):
            block = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            largest = block == block.max()
            dI[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = dP[i, j] * largest / largest.sum()
    return dI


def averaged_over_the_block(dP, image):
    dI = np.zeros(image.shape)
    for i in range(2 * dP.shape[0]):
        for j in range(2 * dP.shape[1]):
            dI[i, j] = dP[i // 2, j // 2] / 4
    return dI


def without_the_leftovers(dP, image):
    dI = np.zeros((2 * dP.shape[0], 2 * dP.shape[1]))
    for i in range(dP.shape[0]):
        for j in range(dP.shape[1]):
            a, b = divmod(int(np.argmax(image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])), 2)
            dI[2 * i + a, 2 * j + b] = dP[i, j]
    return dI


def in_the_image_itself(dP, image):
    for i in range(dP.shape[0]):
        for j in range(dP.shape[1]):
            block = image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            a, b = divmod(int(np.argmax(block)), 2)
            block[:] = 0
            block[a, b] = dP[i, j]
    image[2 * dP.shape[0] :], image[:, 2 * dP.shape[1] :] = 0, 0
    return image


WRONG = {
    "diagonal_kernel": [
        (np.array([[0, 2, 2], [-2, 0, 2], [-2, -2, 0]]), "signs are the wrong way round"),
        (np.array([[-1, -1, 0], [-1, 0, 1], [0, 1, 1]]), "the other diagonal"),
        (np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]), "no entry tells left from right"),
        (np.array([[0, 0, -1], [0, 0, 0], [1, 0, 0]]), "as much to straight edges"),
        (np.array([[0, -1, -1], [1, 1, -1], [1, 1, 0]]), "sum of its entries?'\nReturned: 1\nExpected: 0"),
        (np.array([0, -1, -1, 1, 0, -1, 1, 1, 0]), "expected two dimensions"),
    ],
    "convolve2d": [
        (kernel_turned, "turned by 180°"),
        (one_place_too_few, "h − kh + 1"),
        (as_large_as_the_image, "has the size of the image"),
        (mean_of_products, "averaged"),
        (whole_numbers, "behind the decimal point"),
        (square_kernels_only, "ValueError"),
    ],
    "max_pool2d": [
        (mean_of_block, "average pooling"),
        (best_so_far_is_zero, "negative numbers gives 0"),
        (leftovers_kept, "it is dropped"),
        (blocks_overlap, "overlap"),
        (even_images_only, "ValueError"),
    ],
    "kernel_gradient": [
        (divided_by_the_places, "divided by the number of places"),
        (errors_turned, "turned by 180°"),
        (replaced_at_each_place, "Only the last place"),
        (kernel_is_three_by_three, "could not be broadcast"),
    ],
    "image_error": [
        (kernel_not_turned, "turned by 180°"),
        (overlaps_replaced, "the last one replaces"),
        (overlaps_averaged, "are averaged"),
        (one_row_short, "one row and one column larger"),
    ],
    "max_pool_error": [
        (every_equal_maximum, "hands out more than it received"),
        (equal_maxima_share, "share the error"),
        (averaged_over_the_block, "as in average pooling"),
        (without_the_leftovers, "get 0"),
        (in_the_image_itself, "changed what was handed to it"),
    ],
}
