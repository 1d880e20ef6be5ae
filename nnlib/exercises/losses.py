"""The exercises of notebook 5."""

import numpy as np

from nnlib import losses
from nnlib.exercises.checking import Exercise, Mistake, add

FLOOR = 1e-15


def _binary(y, p):
    """What binary cross-entropy adds up, entry by entry."""
    return -(y * np.log(np.maximum(p, FLOOR)) + (1 - y) * np.log(np.maximum(1 - p, FLOOR)))


def _unguarded(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def _clipped(y, p):
    """Its common guard, which lets log(0) through in float32."""
    return _unguarded(y, np.clip(p, FLOOR, 1 - FLOOR))


def _categorical(y, p):
    return -y * np.log(np.maximum(p, FLOOR))


def _averages(entries):
    """What goes wrong between the entries and the one number, with each of the losses."""
    return (
        Mistake(
            lambda y, p: np.mean(entries(y, p)),
            "np.mean divides by outputs times samples. Sum over the outputs, and divide by the samples alone.",
        ),
        Mistake(lambda y, p: np.sum(entries(y, p)), "The sum is not averaged: divide it by m = y_true.shape[1]."),
        Mistake(
            lambda y, p: np.sum(entries(y, p)) / len(y),
            "That divides by the number of rows, the outputs. The samples are the columns: y_true.shape[1].",
        ),
        Mistake(
            lambda y, p: np.sum(entries(y, p), axis=0) / y.shape[1],
            "Python's sum adds up rows, so an array is left. np.sum adds up everything.",
        ),
        Mistake(
            lambda y, p: np.sum(entries(y, p), axis=0),
            "That is one loss for each sample. Average them into one number.",
        ),
        Mistake(
            lambda y, p: np.mean(entries(y, p), axis=1),
            "That is one loss for each output. Add them up into one number.",
        ),
    )


def _other_floors(loss):
    return tuple(
        Mistake(
            lambda y, p, floor=floor: loss(y, p, floor),
            f"Your guard stands at {floor:g}; the task asks for 1e-15, so that a certain mistake costs more.",
        )
        for floor in (1e-7, 1e-8, 1e-9, 1e-10, 1e-12)
    )


FLOAT32 = "In float32 1 − 1e-15 is 1, so this clipping lets log(0) through. Keep 1 − ŷ itself above 1e-15."
NO_GUARD = "Nothing guards the logarithm of 0. Keep what goes into it above 1e-15, with np.maximum."
TWO_OUTPUTS = np.array([[1, 0, 1], [0, 0, 1]]), np.array([[0.9, 0.2, 0.6], [0.3, 0.1, 0.4]])
CERTAIN = np.array([[1.0, 0.0]])

add(
    Exercise(
        "mse",
        notebook=5,
        answer=losses.mse,
        cases=(
            (np.array([[1.0]]), np.array([[1.5]])),
            (np.array([[1, 2, 3]]), np.array([[2, 0, 6]])),
            (np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]]), np.array([[1.5, 1.0, 5.0], [0.5, 1.0, 1.0]])),
        ),
        mistakes=(
            *_averages(lambda y, p: (p - y) ** 2),
            Mistake(
                lambda y, p: np.sum(p - y) / y.shape[1],
                "The misses are not squared: a miss of +1 and one of −1 would make 0.",
            ),
            Mistake(
                lambda y, p: np.sum(p - y) ** 2 / y.shape[1],
                "The sum is squared, not each miss: np.sum((y_pred - y_true) ** 2).",
            ),
            Mistake(lambda y, p: np.sum(np.abs(p - y)) / y.shape[1], "Those are absolute misses. Square them."),
            Mistake(
                lambda y, p: np.sqrt(np.sum((p - y) ** 2) / y.shape[1]),
                "That is the root of the mean squared error. Leave the root away.",
            ),
            Mistake(
                lambda y, p: np.sum((p - y) ** 2) / (2 * y.shape[1]),
                "Some texts take half of it, so that the slope has no 2. The loss of this series has no half.",
            ),
        ),
        hints=(
            "Three steps: the misses, their squares, one number.",
            "The samples are the columns, so m is y_true.shape[1].",
            "np.sum((y_pred - y_true) ** 2), divided by m.",
        ),
        piece=True,
    ),
    Exercise(
        "binary_crossentropy",
        notebook=5,
        answer=losses.binary_crossentropy,
        cases=(
            (np.array([[1]]), np.array([[0.8]])),
            (np.array([[0.9]]), np.array([[0.8]])),
            (np.array([[0, 1]]), CERTAIN.astype(np.float32)),
            (np.array([[0, 1]]), CERTAIN),
            TWO_OUTPUTS,
        ),
        mistakes=(
            *_averages(_binary),
            *_other_floors(losses.binary_crossentropy),
            Mistake(lambda y, p: np.sum(_clipped(y, p)) / y.shape[1], FLOAT32),
            Mistake(lambda y, p: np.mean(_clipped(y, p)), FLOAT32),
            Mistake(lambda y, p: np.sum(_unguarded(y, p)) / y.shape[1], NO_GUARD),
            Mistake(lambda y, p: np.mean(_unguarded(y, p)), NO_GUARD),
            Mistake(
                lambda y, p: -losses.binary_crossentropy(y, p),
                "The minus is missing: the logarithm of a probability is negative.",
            ),
            Mistake(
                losses.categorical_crossentropy,
                "That charges the samples with y = 1 alone. The other half is (1 − y) log(1 − ŷ).",
            ),
            Mistake(
                lambda y, p: losses.binary_crossentropy(y, p) / np.log(10),
                "That is the logarithm to base 10. np.log is the natural one.",
            ),
            Mistake(
                lambda y, p: losses.binary_crossentropy((y == 1).astype(int), p),
                "A target between 0 and 1 counts in part: use y itself as the switch, and 1 − y.",
            ),
        ),
        hints=(
            "Write the two logarithms first, of ŷ and of 1 − ŷ, each with its guard.",
            "np.log(np.maximum(1 - y_pred, 1e-15)) is finite in float32 as well.",
            "Add y_true times the one and 1 - y_true times the other; then minus the sum, divided by y_true.shape[1].",
        ),
        piece=True,
    ),
    Exercise(
        "categorical_crossentropy",
        notebook=5,
        answer=losses.categorical_crossentropy,
        cases=(
            (np.array([[0], [1], [0]]), np.array([[0.2], [0.7], [0.1]])),
            (np.array([[1, 0], [0, 1]]), np.array([[1, 1], [0, 0]], np.float32)),
            (
                np.array([[1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0]]),
                np.array([[0.7, 0.1, 0.3, 0.2], [0.2, 0.7, 0.3, 0.1], [0.1, 0.2, 0.4, 0.7]]),
            ),
        ),
        mistakes=(
            *_averages(_categorical),
            *_averages(lambda y, p: -y * np.log(p))[:1],
            *_other_floors(losses.categorical_crossentropy),
            Mistake(
                lambda y, p: -np.sum(y * np.log(p)) / y.shape[1],
                "Nothing guards the logarithm: 0 · log 0 is not a number. Keep ŷ above 1e-15, with np.maximum.",
            ),
            Mistake(
                lambda y, p: -losses.categorical_crossentropy(y, p),
                "The minus is missing: the logarithm of a probability is negative.",
            ),
            Mistake(
                losses.binary_crossentropy,
                "That is the binary loss: it charges the wrong classes as well. Here only the true class enters.",
            ),
            Mistake(
                lambda y, p: np.sum(_categorical(p, y)) / y.shape[1],
                "The two are exchanged: the logarithm is of the prediction, and the target picks.",
            ),
            Mistake(
                lambda y, p: np.sum(y * (1 - p)) / y.shape[1],
                "That is what the true class was not given. Its cost is minus the logarithm of what it was given.",
            ),
        ),
        hints=(
            "Which entries of y_true * np.log(y_pred) are not zero?",
            "The guard is np.log(np.maximum(y_pred, 1e-15)).",
            "Minus the sum of y_true times that logarithm, divided by y_true.shape[1].",
        ),
        piece=True,
    ),
    Exercise(
        "lowest",
        notebook=5,
        answer=0.9,
        run=lambda answer: round(answer, 2),
        mistakes=(
            Mistake(0.99, "That is the edge of the grid, with the target still 1."),
            Mistake(1.0, "At 1 a target of 0.9 costs dearly: its other tenth meets a prediction of 0."),
            Mistake(0.33, "That is the loss there. Asked for is the prediction."),
            Mistake(0.5, "The coin costs 0.69 whatever the target; the grid has a lower one."),
        ),
        hints=(
            "Change the first line of the cell above, and run it.",
            "The cell prints both: where the loss is lowest, and how large it is there.",
        ),
    ),
    Exercise(
        "constant",
        notebook=5,
        answer=(1.0, 0.7, 0.7),
        run=lambda answer: tuple(round(each, 2) for each in answer),
        mistakes=(
            Mistake((0.7, 0.7, 0.7), "Two are right. The absolute error at 0.7 is 0.42; at another ŷ it is 0.30."),
            Mistake((0.7, 0.7, 1.0), "One is right. The absolute error at 0.7 is 0.42, at ŷ = 1 it is 0.30."),
            Mistake((1.0, 1.0, 1.0), "One is right. At ŷ = 1 the squared error is 0.30; at another ŷ it is 0.21."),
            Mistake((1.0, 0.7, 1.0), "Two are right. At ŷ = 1 three samples cost cross-entropy about 34.5 each."),
            Mistake((0.5, 0.7, 0.7), "Two are right. The absolute error at 0.5 is 0.50; at another ŷ it is 0.30."),
            Mistake(0.7, "Three numbers are asked for, one for each error: (absolute, squared, cross-entropy)."),
            Mistake((0.3, 0.42, 0.61), "Those are losses. Asked for are the ŷ at which they are lowest."),
            Mistake((0.5, 0.5, 0.5), "A coin for an event that happens in 7 of 10: measure some larger ŷ too."),
        ),
        hints=(
            "Try a grid, such as np.linspace(0.05, 1, 20): np.full((1, 10), q) is one model.",
            "For each loss: compute it for every ŷ of the grid, and take the ŷ with the smallest.",
            "The three are not equal. One of them rewards exaggeration.",
        ),
    ),
)
