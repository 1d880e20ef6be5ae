"""Random valid trainings, of networks and of convolutional networks, and a record of what each step left."""

from typing import NamedTuple

import numpy as np

from nnlib.activations import ACTIVATIONS
from nnlib.convnet import ConvNet, Convolution, Dense, Flatten, MaxPooling
from nnlib.data import one_hot_encode, shift_images
from nnlib.initialization import INIT_METHODS
from nnlib.losses import default_loss
from nnlib.network import NeuralNetwork
from nnlib.optimizers import OPTIMIZERS, Optimizer
from nnlib.schedules import SCHEDULES

SEED = 6
HIDDEN = [name for name in ACTIVATIONS if name != "softmax"]


class Training(NamedTuple):
    """All that a fit is given."""

    network: NeuralNetwork
    optimizer: Optimizer
    X: np.ndarray
    Y: np.ndarray
    settings: dict

    def fit(self, **others):
        self.network.fit(self.X, self.Y, **dict(verbose=False, optimizer=self.optimizer) | self.settings | others)

    @property
    def steps_per_epoch(self):
        m = self.Y.shape[1]
        return -(-m // (self.settings["batch_size"] or m))


def drawn_training(i):
    """Training number i, the same each time, and as new: a tenth are of convolutional networks."""
    rng = np.random.default_rng([SEED, i])
    network = drawn_convnet(rng) if rng.random() < 0.1 else drawn_network(rng)
    optimizer = drawn_optimizer(rng)
    scale, target_scale, dtype = log_uniform(rng, 1e-6, 1e6), log_uniform(rng, 1e-6, 1e6), one_of(rng, ["f4", "f8"])

    def data(m):
        X = drawn_inputs(rng, network, m, scale)
        return X if X.dtype == np.uint8 else X.astype(dtype), drawn_targets(rng, network, m, target_scale)

    X, Y = data(sometimes(rng, 0.1, 1, int(rng.integers(2, 41))))
    validation_data = sometimes(rng, 0.5, data(int(rng.integers(1, 20))))
    settings = dict(
        epochs=int(rng.integers(1, 21)),
        batch_size=sometimes(rng, 0.6, int(rng.integers(1, 17))),
        validation_data=validation_data,
        patience=None if validation_data is None else sometimes(rng, 0.4, int(rng.integers(1, 4))),
        schedule=sometimes(rng, 0.4, one_of(rng, SCHEDULES)),
        augment=sometimes(rng, 0.2, augmented),
        rng=rng,
    )
    return Training(network, optimizer, X, Y, settings)


def drawn_network(rng):
    sizes = rng.integers(1, 17, rng.integers(1, 5)).tolist()
    n_outputs, output = drawn_output(rng)
    return NeuralNetwork(
        [*sizes, n_outputs],
        [one_of(rng, HIDDEN) for _ in sizes[1:]] + [output],
        init_method=one_of(rng, INIT_METHODS),
        loss=one_of(rng, [None, default_loss(output), "mse" if output == "sigmoid" else None]),
        l2=drawn_l2(rng),
        dropout=sometimes(rng, 0.3, rng.uniform(0, 0.99), 0.0),
        rng=rng,
    )


def drawn_convnet(rng):
    convolution = Convolution(
        filters=int(rng.integers(1, 4)),
        kernel_size=int(rng.integers(1, 4)),
        padding=int(rng.integers(0, 3)),
        stride=int(rng.integers(1, 3)),
        activation=one_of(rng, HIDDEN),
    )
    layers = [
        convolution,
        *sometimes(rng, 0.5, [MaxPooling(2, padding=int(rng.integers(0, 2)))], []),
        Flatten(),
        *sometimes(rng, 0.5, [Dense(4, one_of(rng, HIDDEN))], []),
        Dense(*drawn_output(rng)),
    ]
    input_shape = rng.integers(5, 9, 2).tolist() + [int(rng.integers(1, 3))]
    return ConvNet(layers, input_shape, l2=drawn_l2(rng), rng=rng)


def drawn_output(rng):
    """How many outputs, and their activation."""
    activation = one_of(rng, ACTIVATIONS)
    return int(rng.integers(2 if activation == "softmax" else 1, 6)), activation


def drawn_l2(rng):
    return sometimes(rng, 0.3, log_uniform(rng, 1e-6, 1e3), 0.0)


def drawn_optimizer(rng):
    numbers = dict(
        learning_rate=log_uniform(rng, 1e-6, 1e3),
        momentum=one_of(rng, [0.0, 0.5, 0.9, 0.999]),
        decay=one_of(rng, [0.0, 0.5, 0.9, 0.999]),
        beta1=one_of(rng, [0.0, 0.5, 0.9, 0.999]),
        beta2=one_of(rng, [0.0, 0.9, 0.999, 1 - 1e-9]),
        epsilon=log_uniform(rng, 1e-16, 1.0),
    )
    kind = one_of(rng, OPTIMIZERS.values())
    return kind(**{name: numbers[name] for name in kind.numbers if name != "steps"})


def drawn_inputs(rng, network, m, scale):
    if not isinstance(network, ConvNet):
        X = scale * rng.normal(size=(network.layer_sizes[0], m))
    elif rng.random() < 0.3:
        return rng.integers(0, 256, (m, *network.shapes[0]), dtype=np.uint8)
    else:
        X = scale * rng.normal(size=(m, *network.shapes[0]))
    for constant in (X[:1], X[..., :1]):  # a feature and a sample, or an image and a channel
        if rng.random() < 0.2:
            constant[:] = constant.flat[0]
    return X


def drawn_targets(rng, network, m, scale):
    if network.loss == "mse":
        return scale * rng.normal(size=(network.n_outputs, m))
    if network.loss == "binary_crossentropy":
        return rng.integers(0, 2, (network.n_outputs, m))
    return one_hot_encode(rng.integers(0, network.n_outputs, m), network.n_outputs)


def augmented(inputs, rng):
    return shift_images(inputs, rng, 1) if inputs.ndim == 4 else inputs * inputs.dtype.type(rng.uniform(0.5, 2))


def log_uniform(rng, low, high):
    return float(10 ** rng.uniform(np.log10(low), np.log10(high)))


def one_of(rng, values):
    return list(values)[rng.integers(len(values))]


def sometimes(rng, probability, value, otherwise=None):
    return value if rng.random() < probability else otherwise


def copy_of(training):
    return {name: value.copy() for name, value in training.network.parameters.items()}, training.optimizer.state()


def record(training):
    """Return a list that holds a copy from before the first step, and gets one after each, while training goes on."""
    copies, step = [copy_of(training)], training.optimizer.step

    def recorded(parameters, gradients):
        step(parameters, gradients)
        copies.append(copy_of(training))

    training.optimizer.step = recorded
    return copies


def assert_is_as_an_epoch_left_it(training, copies, learning_rate):
    """The history is whole; parameters and optimizer are bit for bit those after its last epoch, or with patience after
    its best, and the schedule is forgotten."""
    network, history = training.network, training.network.history
    epochs = len(history["loss"])
    for name, values in history.items():
        assert (len(values), np.isfinite(values).all()) == (epochs, True), name
    if training.settings["patience"] is not None and epochs:
        epochs = 1 + int(np.argmin(history["validation_loss"]))
    parameters, state = copies[epochs * training.steps_per_epoch]
    for name, value in network.parameters.items():
        assert np.isfinite(value).all(), name
        np.testing.assert_array_equal(value, parameters[name].astype(value.dtype), err_msg=name)
    assert_same(training.optimizer.state(), state | {"learning_rate": learning_rate})
    for name, value in state.items():
        assert np.isfinite(value).all(), name


def assert_same(arrays, others):
    assert arrays.keys() == others.keys()
    for name in arrays:
        np.testing.assert_array_equal(arrays[name], others[name], err_msg=name)
