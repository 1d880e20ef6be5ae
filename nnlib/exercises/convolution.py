"""The exercises of notebook 10, all on single images."""

import numpy as np

from nnlib import convolution as library
from nnlib.convolution import convolve2d, max_pool2d
from nnlib.exercises.checking import Exercise, Mistake, add


def kernel_gradient(dO, image):
    """dK: each kernel entry adds up the errors of all places, each times the pixel that it met there."""
    return convolve2d(image, dO)


def image_error(dO, kernel):
    """dI: every place lays its error times the kernel on its patch, and where patches overlap they add up."""
    return convolve2d(np.pad(dO, [(k - 1, k - 1) for k in kernel.shape]), kernel[::-1, ::-1])


def max_pool_error(dP, image):
    """dI: the first of the largest pixels of each 2 × 2 block gets the error of the block, the others 0."""
    A, dP = (np.asarray(each, float)[np.newaxis, ..., np.newaxis] for each in (image, dP))
    return library.max_pool_error(dP, A, library.max_pool_forward(A))[0, ..., 0]


# Eight edges: ink on one side of a line, by the side that it is on.
BELOW = np.repeat([0.0, 1.0], [4, 5])[:, np.newaxis] * np.ones(9)
LOWER_LEFT = np.tril(np.ones((9, 9)), -1)
EDGES = {
    name: np.rot90(edge, turns)
    for edge, names in (
        (BELOW, ("below", "on the right", "above", "on the left")),
        (LOWER_LEFT, ("at the lower left", "at the lower right", "at the upper right", "at the upper left")),
    )
    for turns, name in enumerate(names)
}


def _strongest(kernel):
    """The side of the ink at the edge, or edges, to which a kernel answers most."""
    largest = {side: convolve2d(edge, kernel).max() for side, edge in EDGES.items()}
    most = max(largest.values())
    return " and ".join(side for side, answer in largest.items() if np.isclose(answer, most))


QUESTIONS = {"What is the sum of its entries?": np.sum, "Where is the ink when it answers most?": _strongest}


def _asked(kernel, question):
    return None if kernel is None or kernel is ... else QUESTIONS[question](np.asarray(kernel))


def _loops(answer):
    """A convolution whose weighted sum, of a patch and the kernel, is replaced by another `answer`."""

    def convolve(image, kernel):
        (h, w), (kh, kw) = image.shape, kernel.shape
        rows, columns = range(h - kh + 1), range(w - kw + 1)
        return np.array([[answer(image[i : i + kh, j : j + kw], kernel) for j in columns] for i in rows])

    return convolve


def _from_last_place(dO, image):
    patch = image[dO.shape[0] - 1 :, dO.shape[1] - 1 :]
    return dO[-1, -1] * patch


def _laid_not_added(dO, kernel):
    (rows, columns), (kh, kw) = dO.shape, kernel.shape
    dI = np.zeros((rows + kh - 1, columns + kw - 1))
    for i, j in np.ndindex(rows, columns):
        dI[i : i + kh, j : j + kw] = dO[i, j] * kernel
    return dI


def _pooled(value, image, rounded_up=False):
    h, w = image.shape
    rows, columns = (-(-h // 2), -(-w // 2)) if rounded_up else (h // 2, w // 2)
    blocks = [[image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] for j in range(columns)] for i in range(rows)]
    return np.array([[value(block) for block in row] for row in blocks])


def _handed_out(share, dP, image):
    """The error of a pooling in which each block gets `share(block, error)`."""
    dI = np.zeros(image.shape)
    for i, j in np.ndindex(dP.shape):
        block = slice(2 * i, 2 * i + 2), slice(2 * j, 2 * j + 2)
        dI[block] = share(image[block], dP[i, j])
    return dI


def _to_the_last(block, error):
    last = np.zeros(4)
    last[3 - np.argmax(block.ravel()[::-1])] = error
    return last.reshape(2, 2)


TOY = np.array([[1, 2, 3, 0, 1], [0, 1, 2, 3, 0], [1, 0, 1, 2, 1], [2, 1, 0, 1, 0], [0, 1, 2, 0, 1]])
SMALL = np.array([[1, 5, 2, 0], [3, 4, 1, 1], [0, 0, 7, 6], [0, 2, 8, 5]])
K = np.array([[1, 2, 0], [3, 1, -1], [-1, 0, 2]])
WIDE = np.array([[0.5, -1.0, 2.0, 0.0, 1.5], [1.0, 3.0, -2.0, 0.5, 0.0], [-1.0, 0.0, 1.0, 2.5, -0.5]])

add(
    Exercise(
        "diagonal_kernel",
        notebook=10,
        answer=np.array([[0, -1, -1], [1, 0, -1], [1, 1, 0]]),
        cases=tuple((question,) for question in QUESTIONS),
        run=_asked,
        mistakes=(
            Mistake(
                np.array([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]]),
                "The signs are the wrong way round: it answers most where paper, not ink, is at the lower left.",
            ),
            Mistake(
                np.array([[-1, -1, 0], [-1, 0, 1], [0, 1, 1]]),
                "That is the other diagonal: np.rot90 turns a kernel by a quarter.",
            ),
            Mistake(
                np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
                "That is a straight edge: no entry tells left from right.",
            ),
            Mistake(
                np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
                "That is a straight edge: no entry tells above from below.",
            ),
            Mistake(
                np.array([[0, 0, -1], [0, 0, 0], [1, 0, 0]]),
                "It answers as much to straight edges: give the neighbours of both corners a say.",
            ),
        ),
        hints=(
            "Where ink, a 1, is to count for it, the entry is positive; where it is to count against it, negative.",
            "The diagonal from the upper left to the lower right parts the two sides of such an edge.",
            "Three entries 1 at the lower left, three entries −1 at the upper right, 0 on the diagonal between them.",
        ),
    ),
    Exercise(
        "convolve2d",
        notebook=10,
        answer=convolve2d,
        cases=(
            (np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), np.array([[1, 0], [2, -1]])),
            (WIDE, np.array([[1.0, -1.0, 0.5], [2.0, 0.0, -0.5]])),
            (TOY, np.array([[0.5, 0.25]])),
            (TOY, K),
        ),
        mistakes=(
            Mistake(
                lambda image, kernel: convolve2d(image, kernel[::-1, ::-1]),
                "The kernel is turned by 180°. Lay it on as it is: entry (a, b) meets pixel (i + a, j + b).",
            ),
            Mistake(
                lambda image, kernel: convolve2d(image, kernel)[:-1, :-1],
                "The last row and column of places are missing: there are h − kh + 1 of them, not h − kh.",
            ),
            Mistake(
                lambda image, kernel: np.pad(convolve2d(image, kernel), [(0, k - 1) for k in kernel.shape]),
                "The output has the size of the image. Without padding the kernel has h − kh + 1 places.",
            ),
            Mistake(
                _loops(lambda patch, kernel: np.mean(patch * kernel)),
                "The products are averaged; a weighted sum adds them.",
            ),
            Mistake(
                _loops(lambda patch, kernel: np.sum(patch)),
                "The patch is added up without the kernel: multiply the two first.",
            ),
            Mistake(
                _loops(lambda patch, kernel: int(np.sum(patch * kernel))),
                "Everything behind the decimal point is lost: an output of whole numbers cannot hold it.",
            ),
            Mistake(
                lambda image, kernel: convolve2d(image, kernel.T),
                "Height and width of the kernel are mixed up: its shape is (rows, columns).",
            ),
        ),
        hints=(
            "Two loops, over the rows i and the columns j of the output; in them, one patch and one weighted sum.",
            "The patch at place (i, j) is image[i : i + kh, j : j + kw], with kh, kw = kernel.shape.",
            "output[i, j] = np.sum(patch * kernel), and output starts as np.zeros((h - kh + 1, w - kw + 1)).",
        ),
        piece=True,
    ),
    Exercise(
        "max_pool2d",
        notebook=10,
        answer=max_pool2d,
        cases=(
            (np.array([[1, 5], [3, 4]]),),
            (np.array([[-1.0, -5.0], [-3.0, -0.5]]),),
            (SMALL,),
            (np.arange(15).reshape(3, 5) % 7,),
            (np.arange(20.0).reshape(5, 4) % 6 - 8,),
        ),
        mistakes=(
            Mistake(lambda image: _pooled(np.mean, image), "That is the mean of each block, average pooling."),
            Mistake(lambda image: _pooled(np.min, image), "That is the smallest number of each block."),
            Mistake(
                lambda image: _pooled(lambda block: max(0, *block.ravel()), image),
                "A block of negative numbers gives 0: start from the block's own first number, or use np.max.",
            ),
            Mistake(
                lambda image: _pooled(np.max, image, rounded_up=True),
                "A row or column that is left over makes blocks of its own; it is dropped: h // 2 rows are left.",
            ),
            Mistake(
                lambda image: _loops(lambda patch, _: np.max(patch))(image, np.ones((2, 2))),
                "The blocks overlap: they lie side by side, so place (i, j) begins at row 2 * i and column 2 * j.",
            ),
            Mistake(
                lambda image: max_pool2d(image)[: min(image.shape) // 2, : min(image.shape) // 2],
                "Only a square is pooled: an image may be wider than high, so rows and columns are counted apart.",
            ),
        ),
        hints=(
            "Two loops, over the h // 2 rows and the w // 2 columns of the output.",
            "The block of place (i, j) begins at row 2 * i and column 2 * j.",
            "P[i, j] = np.max(image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])",
        ),
        piece=True,
    ),
    Exercise(
        "kernel_gradient",
        notebook=10,
        answer=kernel_gradient,
        cases=(
            (np.array([[1, 2], [0, -1]]), np.array([[1, 5, 2], [3, 4, 1], [0, 0, 7]])),
            (np.array([[1, 2], [0, -1]]), SMALL),
            (np.array([[1.0, -0.5, 2.0], [0.25, 0.0, -1.0]]), WIDE),
        ),
        mistakes=(
            Mistake(
                lambda dO, image: convolve2d(image, dO) / dO.size,
                "It is divided by the number of places. Places add up; only images are averaged.",
            ),
            Mistake(
                lambda dO, image: convolve2d(image, dO[::-1, ::-1]),
                "The errors are turned by 180°. The error of place (i, j) belongs to the patch at place (i, j).",
            ),
            Mistake(
                lambda dO, image: convolve2d(image, np.ones(dO.shape)),
                "The pixels are added up without the errors: each counts as much as the error of its place.",
            ),
            Mistake(
                _from_last_place,
                "Only the last place has a say: each one replaces what the places before it gave. Add them up with +=.",
            ),
            Mistake(
                lambda dO, image: convolve2d(image, dO).T,
                "Rows and columns of the kernel are mixed up: dK[a, b] belongs to row a and column b.",
            ),
        ),
        hints=(
            "Each place of the output used the whole kernel once, on its own patch: it adds dO[i, j] * patch to dK.",
            "Kernel and patch are of the same shape: image.shape[0] - dO.shape[0] + 1 rows, and columns likewise.",
            "dK[a, b] is the sum of dO times the pixels that entry (a, b) met: a convolution of the image with dO.",
            "return my_convolve2d(image, dO)",
        ),
        piece=True,
    ),
    Exercise(
        "image_error",
        notebook=10,
        answer=image_error,
        cases=(
            (np.array([[10, 1]]), np.array([[1, 2], [3, -1]])),
            (np.array([[1, 2], [0, -1]]), K),
            (np.array([[1.0, -0.5, 2.0], [0.25, 0.0, -1.0]]), np.array([[0.5, -1.0, 2.0]])),
        ),
        mistakes=(
            Mistake(
                lambda dO, kernel: image_error(dO, kernel[::-1, ::-1]),
                "The kernel is laid on the wrong way round. Spreading needs it as it is; "
                "a convolution of the framed errors needs it turned by 180°.",
            ),
            Mistake(
                _laid_not_added,
                "Where patches overlap the last one replaces the others. A pixel with a say in several outputs adds up "
                "their errors: +=.",
            ),
            Mistake(
                lambda dO, kernel: image_error(dO, kernel) / image_error(np.ones(dO.shape), np.ones(kernel.shape)),
                "The errors of overlapping patches are averaged; they add up.",
            ),
            Mistake(
                lambda dO, kernel: image_error(dO, kernel.T),
                "Rows and columns of the kernel are mixed up.",
            ),
            Mistake(
                lambda dO, kernel: image_error(dO, kernel)[:-1, :-1],
                "The image is one row and one column larger: dO.shape[0] + kernel.shape[0] - 1 rows.",
            ),
            Mistake(
                lambda dO, kernel: image_error(dO, np.ones(kernel.shape)),
                "The errors come back without the weights that the pixels went through.",
            ),
        ),
        hints=(
            "Start from zeros with dO.shape[0] + kernel.shape[0] - 1 rows, and columns likewise.",
            "Every place (i, j) lays dO[i, j] * kernel on the patch it looked at in the forward pass.",
            "dI[i : i + kh, j : j + kw] += dO[i, j] * kernel",
        ),
        piece=True,
    ),
    Exercise(
        "max_pool_error",
        notebook=10,
        answer=max_pool_error,
        cases=(
            (np.array([[10]]), np.array([[1, 5], [3, 4]])),
            (np.array([[4]]), np.array([[0, 2], [2, 2]])),
            (np.array([[10.5, 20.0], [30.0, -40.0]]), SMALL),
            (np.array([[1, 2]]), np.array([[-3, -1, -2, -2, 9], [-1, -4, -5, -2, 9], [9, 9, 9, 9, 9]])),
        ),
        mistakes=(
            Mistake(
                lambda dP, image: _handed_out(lambda block, error: error * (block == block.max()), dP, image),
                "Equal largest pixels each get the whole error, so a block hands out more than it received. "
                "One of them gets it, the first in reading order.",
            ),
            Mistake(
                lambda dP, image: _handed_out(
                    lambda block, error: error * (block == block.max()) / np.sum(block == block.max()), dP, image
                ),
                "Equal largest pixels share the error. The first of them, in reading order, gets it whole.",
            ),
            Mistake(
                lambda dP, image: _handed_out(_to_the_last, dP, image),
                "Of equal largest pixels the last gets the error; here it is the first in reading order.",
            ),
            Mistake(
                lambda dP, image: _handed_out(lambda block, error: error / 4, dP, image),
                "The error is spread over the block as in average pooling; the largest pixel alone had a say.",
            ),
            Mistake(
                lambda dP, image: _handed_out(lambda block, error: error, dP, image),
                "All four pixels get the error; the largest alone had a say.",
            ),
            Mistake(
                lambda dP, image: max_pool_error(np.ones(dP.shape), image),
                "The largest pixels are marked with 1: they get the error dP of their block.",
            ),
            Mistake(
                lambda dP, image: max_pool_error(dP, image)[: 2 * dP.shape[0], : 2 * dP.shape[1]],
                "dI has the shape of the image: rows and columns that pooling dropped get 0.",
            ),
            Mistake(
                lambda dP, image: max_pool_error(dP, image).astype(int),
                "Everything behind the decimal point is lost: start from np.zeros(image.shape).",
            ),
        ),
        hints=(
            "Start from np.zeros(image.shape) and go through the places (i, j) of dP: one block, one error.",
            "np.argmax(block) is the position of the first largest number, counted from 0 to 3 in reading order.",
            "divmod(position, 2) makes a row and a column within the block of it.",
            "a, b = divmod(int(np.argmax(block)), 2), then dI[2 * i + a, 2 * j + b] = dP[i, j]",
        ),
        piece=True,
    ),
)
