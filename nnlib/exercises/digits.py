"""The exercises of notebook 9."""

import numpy as np

from nnlib.exercises.checking import Exercise, Mistake, add
from nnlib.network import NeuralNetwork


def sigmoid_network(rng):
    """The network of the notebook's beginning, with sigmoid in its hidden layers and the start that suits it."""
    return _network(["sigmoid", "sigmoid", "softmax"], "glorot", rng)


def confusion_matrix(y_true, y_predicted):
    """How often each true digit (row) got each answer (column)."""
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (y_true, y_predicted), 1)
    return counts


def recall(confusion):
    """Of the images of each class, the share that was found."""
    return np.diag(confusion) / confusion.sum(axis=1)


def _network(activations, init_method, rng):
    return NeuralNetwork([784, 128, 64, 10], activations, learning_rate=0.2, init_method=init_method, rng=rng)


def _settings(answer, rng):
    network = answer(rng)
    return network and {
        "layer sizes": network.layer_sizes,
        "activations": network.activations,
        "learning rate": network.learning_rate,
        "standard deviation of W2": network.parameters["W2"].std(),
    }


def _entries(answer, y_true, y_predicted):
    """A matrix of counts as text: a hundred numbers, most of them 0, would hide the few that matter."""
    counts = answer(y_true, y_predicted)
    if counts is None or counts is ...:
        return None
    counts = np.asarray(counts)
    entries = [f"{counts[tuple(place)]:g} at {place.tolist()}" for place in np.argwhere(counts)]
    return f"{' × '.join(map(str, counts.shape))}: {', '.join(entries) or 'zeros'}"


def _of_size(y_true, y_predicted):
    size = max(y_true.max(), y_predicted.max()) + 1
    return confusion_matrix(y_true, y_predicted)[:size, :size]


def _each_pair_once(y_true, y_predicted):
    return np.minimum(confusion_matrix(y_true, y_predicted), 1)


def _mistakes_only(y_true, y_predicted):
    wrong = y_true != y_predicted
    return confusion_matrix(y_true[wrong], y_predicted[wrong])


add(
    Exercise(
        "sigmoid_network",
        notebook=9,
        answer=sigmoid_network,
        cases=((0,), (1,)),
        run=_settings,
        mistakes=(
            Mistake(lambda rng: _network(["relu", "relu", "softmax"], "he", rng), "Both hidden layers are still ReLU."),
            Mistake(
                lambda rng: _network(["sigmoid", "sigmoid", "softmax"], "he", rng),
                'The weights still start in the way that suits ReLU: init_method="glorot" belongs into the call, too.',
            ),
            Mistake(
                lambda rng: _network(["sigmoid"] * 3, "glorot", rng),
                "The output has to stay softmax: with sigmoid the ten answers no longer sum to 1.",
            ),
            Mistake(
                lambda rng: _network(["sigmoid", "relu", "softmax"], "glorot", rng),
                "Only the first of the two hidden layers is sigmoid.",
            ),
            Mistake(lambda rng: sigmoid_network(0), "The seed is always the same: hand the argument on, rng=rng."),
        ),
        hints=(
            "The second argument names the activation of each layer, from the first hidden layer to the output.",
            'The output stays "softmax"; the start of the weights is the argument init_method.',
            'NeuralNetwork([784, 128, 64, 10], ["sigmoid", "sigmoid", "softmax"], 0.2, init_method=…, rng=rng)',
        ),
    ),
    Exercise(
        "confusion_matrix",
        notebook=9,
        answer=confusion_matrix,
        cases=(
            (np.array([5]), np.array([3])),
            (np.array([5, 5, 5, 3]), np.array([5, 3, 3, 3])),
            (np.array([0, 9, 4], np.uint8), np.array([0, 4, 9], np.uint8)),
            (np.repeat(np.array([7, 2], np.uint8), [300, 4]), np.repeat(np.array([7, 2, 7], np.uint8), [300, 3, 1])),
        ),
        run=_entries,
        mistakes=(
            Mistake(
                lambda y_true, y_predicted: confusion_matrix(y_predicted, y_true),
                "Rows and columns are swapped: the row is the true digit, the column the answer.",
            ),
            Mistake(
                _each_pair_once,
                "A pair that comes several times counts once. counts[y_true, y_predicted] += 1 does that as well: "
                "it adds to each place once, however often it is named. Take one image at a time.",
            ),
            Mistake(_mistakes_only, "The right answers are missing: every image counts, they make the diagonal."),
            Mistake(
                lambda y_true, y_predicted: confusion_matrix(y_true, y_predicted) / len(y_true),
                "These are shares of all images. A confusion matrix holds counts.",
            ),
            Mistake(_of_size, "The matrix is 10 × 10, whichever digits occur: one without images has a row of 0."),
        ),
        hints=(
            "Each image adds 1 to a single place of the matrix.",
            "zip(y_true, y_predicted) gives the pairs, one image at a time.",
            "The place is counts[true_digit, answer].",
        ),
    ),
    Exercise(
        "recall",
        notebook=9,
        answer=recall,
        cases=(
            (np.array([[3, 1], [2, 4]]),),
            (np.array([[8, 2, 0], [0, 5, 0], [1, 1, 6]]),),
            (np.array([[970, 2, 8, 0], [1, 1100, 30, 4], [12, 0, 1000, 20], [5, 0, 95, 900]]),),
        ),
        mistakes=(
            Mistake(
                lambda confusion: np.diag(confusion) / confusion.sum(axis=0),
                "That is precision: it divides by the columns, by how often the network gave each answer. "
                "Recall divides by the rows, by how often each digit was there.",
            ),
            Mistake(
                lambda confusion: np.trace(confusion) / confusion.sum(),
                "That is accuracy, one number for all classes. Recall asks each class on its own.",
            ),
            Mistake(
                lambda confusion: np.diag(confusion) / confusion.sum(),
                "Each class is divided by all images; divide it by its own row.",
            ),
            Mistake(
                lambda confusion: np.diag(confusion) // confusion.sum(axis=1),
                "// divides whole numbers and drops what is left; the share needs /.",
            ),
            Mistake(
                lambda confusion: confusion / confusion.sum(axis=1, keepdims=True),
                "Every row is turned into shares, and recall is among them: take the diagonal only.",
            ),
            Mistake(
                lambda confusion: 1 - np.diag(confusion) / confusion.sum(axis=1),
                "That is what was missed. Recall is the share that was found.",
            ),
        ),
        hints=(
            "How many were found stands on the diagonal; how many there were is the sum of a row.",
            "np.diag(confusion) is the diagonal; axis=1 adds along a row.",
            "One division: np.diag(confusion) / confusion.sum(axis=…).",
        ),
    ),
)
