"""The exercises of notebook 3."""

import numpy as np

from nnlib.exercises.checking import Exercise, Mistake, add
from nnlib.initialization import initialize_parameters


def initialize(layer_sizes, rng):
    """He's weights, drawn layer by layer, and biases of 0."""
    return initialize_parameters(layer_sizes, rng=rng)


def glorot_uniform(n_in, n_out, rng):
    """The (n_out, n_in) weights of a layer, uniform between −r and r with r² = 6 / (n_in + n_out)."""
    r = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-r, r, (n_out, n_in))


def _network(layer, first=1, left_out=0):
    """A wrong `initialize`, of layers that `layer(n_in, n_out, rng)` draws: their W and b."""

    def wrong(layer_sizes, rng):
        sizes = zip(layer_sizes[:-1], layer_sizes[1 : len(layer_sizes) - left_out])
        drawn = enumerate([layer(n_in, n_out, rng) for n_in, n_out in sizes], first)
        return {f"{name}{l}": value for l, pair in drawn for name, value in zip("Wb", pair)}

    return wrong


def _he(n_in, n_out, rng):
    return np.sqrt(2 / n_in) * rng.standard_normal((n_out, n_in)), np.zeros((n_out, 1))


def _spread(spread):
    return _network(
        lambda n_in, n_out, rng: (spread(n_in, n_out) * rng.standard_normal((n_out, n_in)), np.zeros((n_out, 1)))
    )


def _wrong_way_round(n_in, n_out, rng):
    return np.sqrt(2 / n_in) * rng.standard_normal((n_in, n_out)), np.zeros((n_out, 1))


def _never_negative(n_in, n_out, rng):
    return np.sqrt(2 / n_in) * rng.random((n_out, n_in)), np.zeros((n_out, 1))


def _drawn_biases(n_in, n_out, rng):
    return _he(n_in, n_out, rng)[0], rng.standard_normal((n_out, 1))


def _flat_biases(n_in, n_out, rng):
    return _he(n_in, n_out, rng)[0], np.zeros(n_out)


add(
    Exercise(
        "initialize",
        notebook=3,
        answer=initialize,
        run=lambda answer, layer_sizes, seed: answer(layer_sizes, np.random.default_rng(seed)),
        cases=(([2, 1], 0), ([3, 4, 2], 1), ([5, 2, 4, 3], 2)),
        mistakes=(
            Mistake(
                _spread(lambda n_in, n_out: 0),
                "All weights are 0: the neurons of a layer would stay equal for ever. Draw them at random.",
            ),
            Mistake(
                _spread(lambda n_in, n_out: 1),
                "The standard normal numbers are not scaled; He multiplies them by the square root of 2 / n_in.",
            ),
            Mistake(
                _spread(lambda n_in, n_out: 2 / n_in),
                "2 / n_in is the variance; the numbers are multiplied by the standard deviation, its square root.",
            ),
            Mistake(
                _spread(lambda n_in, n_out: np.sqrt(1 / n_in)),
                "1 / n_in is the variance for tanh; ReLU drops half of the mean square, and He's 2 makes up for it.",
            ),
            Mistake(
                _spread(lambda n_in, n_out: np.sqrt(2 / n_out)),
                "It divides by the neurons of the layer, n_out; what counts is how many values each one adds up, n_in.",
            ),
            Mistake(
                _network(_wrong_way_round),
                "W is the wrong way round: it is (n_out, n_in), one row for each neuron of the layer.",
            ),
            Mistake(
                _network(_never_negative),
                "rng.random draws between 0 and 1, so no weight is negative; rng.standard_normal draws around 0.",
            ),
            Mistake(
                _network(_drawn_biases),
                "The biases are drawn as well; they start at 0, and only weights take numbers from rng.",
            ),
            Mistake(
                _network(_flat_biases),
                "The biases are flat; they are a column, (n_out, 1).",
            ),
            Mistake(
                lambda layer_sizes, rng: initialize(layer_sizes, 1),
                "It makes a generator of its own; all that is random here comes from the rng that is handed over.",
            ),
            Mistake(
                _network(_he, left_out=1),
                "The last layer is missing: layers run from 1 to len(layer_sizes) - 1, and range stops before its end.",
            ),
            Mistake(_network(_he, first=0), "Layers are counted from 1: W1 and b1 come first, the input has none."),
        ),
        hints=(
            "Go through the layers l = 1, 2, … in order; n_in = layer_sizes[l - 1] and n_out = layer_sizes[l].",
            "rng.standard_normal((n_out, n_in)) draws numbers of standard deviation 1; multiply them by He's.",
            "He's standard deviation is np.sqrt(2 / n_in); the biases are np.zeros((n_out, 1)).",
        ),
        piece=True,
    ),
    Exercise(
        "level",
        notebook=3,
        answer=("he", "xavier"),
        mistakes=(
            Mistake(
                ("xavier", "xavier"),
                "A leak of 0.01 drops nearly half of the mean square, as ReLU does, so its weights need the 2 as well.",
            ),
            Mistake(
                ("he", "he"),
                "A linear layer drops nothing, so He's 2 is one too many: the mean square doubles in every layer.",
            ),
            Mistake(
                ("xavier", "he"), "The two are swapped: the 2 belongs where the negative half is lost, to leaky_relu."
            ),
        ),
        hints=(
            "Change the cell of the picture twice: put leaky_relu, then linear, in the place of relu.",
            "How much of the mean square does each of them drop? He's factor 2 makes up for one half.",
        ),
    ),
    Exercise(
        "glorot_uniform",
        notebook=3,
        answer=glorot_uniform,
        run=lambda answer, n_in, n_out, seed: answer(n_in, n_out, np.random.default_rng(seed)),
        cases=((1, 2, 0), (3, 4, 1), (5, 2, 2)),
        mistakes=(
            Mistake(
                lambda n_in, n_out, rng: glorot_uniform(n_in, n_out, rng) / np.sqrt(3),
                "2 / (n_in + n_out) is the variance; the limit r of a uniform distribution is √3 times its spread.",
            ),
            Mistake(
                lambda n_in, n_out, rng: glorot_uniform(n_in, n_out, rng) * np.sqrt(6 / (n_in + n_out)),
                "The square root of r is missing.",
            ),
            Mistake(
                lambda n_in, n_out, rng: glorot_uniform(n_out, n_in, rng),
                "The shape is the wrong way round: (n_out, n_in), to, from.",
            ),
            Mistake(
                lambda n_in, n_out, rng: rng.uniform(0, np.sqrt(6 / (n_in + n_out)), (n_out, n_in)),
                "It draws between 0 and r, so no weight is negative; draw between -r and r.",
            ),
            Mistake(
                lambda n_in, n_out, rng: np.sqrt(6 / (n_in + n_out)) * rng.standard_normal((n_out, n_in)),
                "That is a normal distribution, with numbers beyond r; rng.uniform stays between its two limits.",
            ),
        ),
        hints=("First compute r.", "rng.uniform(low, high, shape) draws between low and high."),
    ),
)
