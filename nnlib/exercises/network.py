"""The exercises of notebook 8."""

import numpy as np

from nnlib.activations import relu, relu_derivative, sigmoid, softmax, tanh, tanh_derivative
from nnlib.exercises.architecture import initialize
from nnlib.exercises.backward import backward
from nnlib.exercises.checking import Exercise, Mistake, add
from nnlib.exercises.forward import forward
from nnlib.losses import binary_crossentropy, categorical_crossentropy
from nnlib.optimizers import update_parameters


class Network:
    """A network of the pieces that notebooks 3 to 7 build."""

    def __init__(self, layer_sizes, functions, derivatives, loss, learning_rate, rng):
        self.functions, self.derivatives, self.loss, self.learning_rate = functions, derivatives, loss, learning_rate
        self.parameters = initialize(layer_sizes, rng)

    def forward(self, X):
        A, self.cache = forward(X, self.parameters, self.functions)
        return A

    def compute_loss(self, Y, Y_pred):
        return self.loss(Y, Y_pred)

    def backward(self, Y):
        return backward(Y, self.cache, self.parameters, self.derivatives)

    def update_parameters(self, gradients):
        self.parameters = update_parameters(self.parameters, gradients, self.learning_rate)


def fit(network, X, Y, epochs):
    """The losses of so many full-batch steps, each measured before its update."""
    losses = []
    for _ in range(epochs):
        losses.append(network.compute_loss(Y, network.forward(X)))
        network.update_parameters(network.backward(Y))
    return losses


YES_NO = ([2, 3, 1], [tanh, sigmoid], [tanh_derivative], binary_crossentropy)
ONE_OF_TWO = ([3, 4, 4, 2], [relu, tanh, softmax], [relu_derivative, tanh_derivative], categorical_crossentropy)


def samples(layer_sizes):
    """Four samples for a network of these sizes: X, and Y with one 1 a column (alternating labels for one output)."""
    X = np.random.default_rng(1).standard_normal((layer_sizes[0], 4))
    return X, (np.arange(4) % 2 == np.arange(layer_sizes[-1])[:, None]).astype(float)


def settings_of(layer_sizes):
    """What a network class is handed before its rng."""
    return *next(each for each in (YES_NO, ONE_OF_TWO) if each[0] == layer_sizes), 0.5


def network_part(answer, part, layer_sizes):
    """What a part of a network class gives, once the parts before it have done theirs."""
    rng = np.random.default_rng(0)
    network, second = (answer(*settings_of(layer_sizes), rng) for _ in range(2))
    return PARTS[part](network, second, *samples(layer_sizes))


def stepped(network, X, Y, steps):
    """The parameters after some steps of training."""
    for _ in range(steps):
        network.forward(X)
        network.update_parameters(network.backward(Y))
    return network.parameters


def trained(answer, layer_sizes, epochs):
    """The losses that a `fit` returns, and where it leaves the parameters."""
    network = Network(*settings_of(layer_sizes), np.random.default_rng(0))
    return {"losses": answer(network, *samples(layer_sizes), epochs), "parameters": network.parameters}


PARTS = {
    "parameters": lambda network, second, X, Y: network.parameters,
    "forward(X)": lambda network, second, X, Y: network.forward(X),
    "compute_loss(Y, Y_pred)": lambda network, second, X, Y: network.compute_loss(Y, np.full(Y.shape, 0.25)),
    "backward(Y)": lambda network, second, X, Y: [network.forward(X), network.backward(Y)][-1],
    "parameters after update_parameters": lambda network, second, X, Y: stepped(network, X, Y, 1),
    "parameters after three steps": lambda network, second, X, Y: stepped(network, X, Y, 3),
    "parameters of a second network, after steps of the first": (
        lambda network, second, X, Y: [stepped(network, X, Y, 3), second.parameters][-1]
    ),
}


def but(**changes):
    """A network like the right one, but for these methods and attributes."""
    return type("But", (Network,), changes)


def _forward_keeps_the_first_cache(self, X):
    A, cache = forward(X, self.parameters, self.functions)
    self.cache = getattr(self, "cache", cache)
    return A


def _forward_returns_both(self, X):
    A, self.cache = forward(X, self.parameters, self.functions)
    return A, self.cache


def _backward_steps(self, Y):
    gradients = Network.backward(self, Y)
    self.update_parameters(gradients)
    return gradients


def _init_shares(self, layer_sizes, functions, derivatives, loss, learning_rate, rng):
    self.functions, self.derivatives, self.loss, self.learning_rate = functions, derivatives, loss, learning_rate
    self.parameters.update(initialize(layer_sizes, rng))


def _update_shares(self, gradients):
    self.parameters.update(update_parameters(self.parameters, gradients, self.learning_rate))


def _fit(epoch):
    """A fit that calls `epoch(network, X, Y)` for the loss of each."""
    return lambda network, X, Y, epochs: [epoch(network, X, Y) for _ in range(epochs)]


def _measured_after(network, X, Y):
    stepped(network, X, Y, 1)
    return network.compute_loss(Y, network.forward(X))


def _loss_swapped(network, X, Y):
    loss = network.compute_loss(network.forward(X), Y)
    network.update_parameters(network.backward(Y))
    return loss


def _one_forward(network, X, Y, epochs):
    Y_pred = network.forward(X)
    for _ in range(epochs):
        network.update_parameters(network.backward(Y))
    return [network.compute_loss(Y, Y_pred)] * epochs


add(
    Exercise(
        "answers",
        notebook=8,
        answer=np.array([[0, 0, 0, 1], [0, 1, 1, 0]]),
        mistakes=(
            Mistake(
                np.array([[0, 1, 1, 0], [0, 0, 0, 1]]), "The rows are swapped: the first answers AND, the second XOR."
            ),
            Mistake(np.array([[0, 1, 1, 1], [0, 1, 1, 0]]), "The first row answers OR; AND is 1 for the last alone."),
            Mistake(
                np.array([[0, 0], [0, 1], [0, 1], [1, 0]]),
                "One row per sample; the series has one column per sample and one row per output.",
            ),
            Mistake(np.array([0, 1, 1, 0]), "One answer per sample, to XOR alone: the network needs a second output."),
            Mistake(np.array([[0, 0, 0, 0], [0, 1, 1, 0]]), "AND is 1 for the last sample, where both inputs are 1."),
        ),
        hints=(
            "The targets have one row per question and one column per sample: (2, 4).",
            'Two outputs: NeuralNetwork([2, 8, 2], ["tanh", "sigmoid"], …). Then fit, then predict(xor_X).',
        ),
    ),
    Exercise(
        "network",
        notebook=8,
        answer=Network,
        cases=(
            *((part, YES_NO[0]) for part in PARTS),
            ("backward(Y)", ONE_OF_TWO[0]),
            ("parameters after three steps", ONE_OF_TWO[0]),
        ),
        run=network_part,
        mistakes=(
            Mistake(
                but(update_parameters=lambda self, dW: update_parameters(self.parameters, dW, self.learning_rate)),
                "my_update returns a new dictionary, and it is lost: put it into self.parameters.",
            ),
            Mistake(
                but(learning_rate=property(lambda self: 0.01, lambda self, rate: None)),
                "The step does not take the learning rate that was handed over: keep it in __init__.",
            ),
            Mistake(
                but(__init__=lambda self, *given: Network.__init__(self, *given[:-1], np.random.default_rng(0))),
                "The weights come from a Generator made inside: draw them from the rng handed over.",
            ),
            Mistake(
                but(forward=lambda self, X: forward(X, self.parameters, self.functions)[0]),
                "forward does not keep its cache: self.cache is what backward works from.",
            ),
            Mistake(
                but(forward=_forward_keeps_the_first_cache),
                "backward goes back through an old pass: each forward replaces self.cache.",
            ),
            Mistake(but(forward=_forward_returns_both), "forward returns A alone; the cache stays in self.cache."),
            Mistake(
                but(compute_loss=lambda self, Y, Y_pred: self.loss(Y_pred, Y)),
                "The loss takes the targets first: self.loss(Y, Y_pred).",
            ),
            Mistake(
                but(backward=_backward_steps),
                "backward takes a step as well: it only returns gradients, update_parameters steps.",
            ),
            Mistake(
                but(parameters={}, __init__=_init_shares, update_parameters=_update_shares),
                "All networks share one dictionary, that of the class: make it in __init__, as self.parameters.",
            ),
        ),
        hints=(
            "Each method is one or two lines: it calls a piece and fills in what the object remembers.",
            "In __init__ keep what the methods need as self.…; my_initialize gives self.parameters.",
            "forward: A, self.cache = my_forward(X, self.parameters, self.functions). backward hands self.cache on.",
            "update_parameters: self.parameters = my_update(self.parameters, gradients, self.learning_rate)",
        ),
        piece=True,
    ),
    Exercise(
        "fit",
        notebook=8,
        answer=fit,
        cases=((YES_NO[0], 1), (YES_NO[0], 3), (ONE_OF_TWO[0], 5)),
        run=trained,
        mistakes=(
            Mistake(
                _fit(lambda network, X, Y: network.compute_loss(Y, network.forward(X))),
                "The weights never change: hand the gradients of backward to update_parameters.",
            ),
            Mistake(
                _fit(_measured_after), "Each loss is measured after its update: take it from the forward pass before."
            ),
            Mistake(_fit(_loss_swapped), "compute_loss takes the targets first: compute_loss(Y, Y_pred)."),
            Mistake(
                _one_forward, "forward runs once, before the loop: the weights change, so each epoch needs its own."
            ),
            Mistake(lambda *given: fit(*given)[-1], "That is the last loss alone; keep all of them in a list."),
            Mistake(
                lambda network, X, Y, epochs: network.fit(X, Y, epochs),
                "fit is what you are to write: use the four methods that every network has.",
            ),
        ),
        hints=(
            "Four lines: forward, compute_loss, backward, update_parameters, in this order.",
            "Append the loss before you update: network.compute_loss(Y, Y_pred).",
            "network.update_parameters(network.backward(Y))",
        ),
        piece=True,
    ),
)
