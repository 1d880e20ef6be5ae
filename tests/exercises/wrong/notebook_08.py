"""Wrong answers that learners give to the exercises of notebook 8, each with what its message must say."""

import numpy as np

from nnlib.exercises.mine import my_backward, my_forward, my_initialize, my_update


class Plain:
    """What the wrong networks below have right."""

    def __init__(self, layer_sizes, functions, derivatives, loss, learning_rate, rng):
        self.functions, self.derivatives = functions, derivatives
        self.loss, self.learning_rate = loss, learning_rate
        self.parameters = my_initialize(layer_sizes, rng)

    def forward(self, X):
        A, self.cache = my_forward(X, self.parameters, self.functions)
        return A

    def compute_loss(self, Y, Y_pred):
        return self.loss(Y, Y_pred)

    def backward(self, Y):
        return my_backward(Y, self.cache, self.parameters, self.derivatives)

    def update_parameters(self, gradients):
        self.parameters = my_update(self.parameters, gradients, self.learning_rate)


class Empty:
    def __init__(self, layer_sizes, functions, derivatives, loss, learning_rate, rng):
        pass

    def forward(self, X):
        pass


class StepIsLost(Plain):
    def update_parameters(self, gradients):
        parameters = my_update(self.parameters, gradients, self.learning_rate)
        return parameters


class FixedRate(Plain):
    def update_parameters(self, gradients):
        self.parameters = {
            key: value - 0.01 * np.asarray(gradients["d" + key]) for key, value in self.parameters.items()
        }


class FixedSeed(Plain):
    def __init__(self, layer_sizes, functions, derivatives, loss, learning_rate, rng):
        Plain.__init__(self, layer_sizes, functions, derivatives, loss, learning_rate, rng)
        rng = np.random.default_rng(0)
        self.parameters = my_initialize(layer_sizes, rng)


class CacheIsLocal(Plain):
    def forward(self, X):
        A, cache = my_forward(X, self.parameters, self.functions)
        return A


class ForwardReturnsBoth(Plain):
    def forward(self, X):
        A, self.cache = my_forward(X, self.parameters, self.functions)
        return A, self.cache


class CacheOfTheFirstPass(Plain):
    def forward(self, X):
        if not hasattr(self, "cache"):
            A, self.cache = my_forward(X, self.parameters, self.functions)
        return my_forward(X, self.parameters, self.functions)[0]


class LossOfSwappedArguments(Plain):
    def compute_loss(self, Y, Y_pred):
        return self.loss(Y_pred, Y)


class BackwardLearns(Plain):
    def backward(self, Y):
        gradients = my_backward(Y, self.cache, self.parameters, self.derivatives)
        self.parameters = my_update(self.parameters, gradients, self.learning_rate)
        return gradients


class OneDictionaryForAll(Plain):
    parameters = {}

    def __init__(self, layer_sizes, functions, derivatives, loss, learning_rate, rng):
        self.functions, self.derivatives = functions, derivatives
        self.loss, self.learning_rate = loss, learning_rate
        for key, value in my_initialize(layer_sizes, rng).items():
            self.parameters[key] = value

    def update_parameters(self, gradients):
        for key, value in my_update(self.parameters, gradients, self.learning_rate).items():
            self.parameters[key] = value


class TwoLayersOnly(Plain):
    def backward(self, Y):
        cache, m = self.cache, Y.shape[1]
        dZ2 = cache["A2"] - Y
        dZ1 = self.parameters["W2"].T @ dZ2 * self.derivatives[0](cache["Z1"])
        gradients = {"dW2": dZ2 @ cache["A1"].T / m, "dW1": dZ1 @ cache["A0"].T / m}
        return gradients | {"db2": dZ2.mean(axis=1, keepdims=True), "db1": dZ1.mean(axis=1, keepdims=True)}


def never_updates(network, X, Y, epochs):
    losses = []
    for _ in range(epochs):
        Y_pred = network.forward(X)
        losses.append(network.compute_loss(Y, Y_pred))
        network.backward(Y)
    return losses


def measures_after_the_update(network, X, Y, epochs):
    losses = []
    for _ in range(epochs):
        network.forward(X)
        network.update_parameters(network.backward(Y))
        Y_pred = network.forward(X)
        losses.append(network.compute_loss(Y, Y_pred))
    return losses


def predicts_once(network, X, Y, epochs):
    Y_pred = network.forward(X)
    losses = []
    for _ in range(epochs):
        loss = network.compute_loss(Y, Y_pred)
        network.update_parameters(network.backward(Y))
        losses.append(loss)
    return losses


def loss_the_wrong_way_round(network, X, Y, epochs):
    losses = []
    for _ in range(epochs):
        Y_pred = network.forward(X)
        losses.append(network.compute_loss(Y_pred, Y))
        network.update_parameters(network.backward(Y))
    return losses


def last_loss(network, X, Y, epochs):
    for _ in range(epochs):
        Y_pred = network.forward(X)
        loss = network.compute_loss(Y, Y_pred)
        network.update_parameters(network.backward(Y))
    return loss


def calls_fit(network, X, Y, epochs):
    network.fit(X, Y, epochs=epochs, verbose=False)
    return network.history["loss"]


def returns_inside_the_loop(network, X, Y, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(network.compute_loss(Y, network.forward(X)))
        network.update_parameters(network.backward(Y))
        return losses


WRONG = {
    "answers": [
        (np.array([[0, 1, 1, 0], [0, 0, 0, 1]]), "rows are swapped"),
        (np.array([[0, 1, 1, 1], [0, 1, 1, 0]]), "answers OR"),
        (np.array([[0, 0], [0, 1], [0, 1], [1, 0]]), "one column per sample"),
        (np.array([0, 1, 1, 0]), "needs a second output"),
    ],
    "network": [
        (Empty, "no attribute 'parameters'"),
        (StepIsLost, "put it into self.parameters"),
        (FixedRate, "does not take the learning rate"),
        (FixedSeed, "the rng handed over"),
        (CacheIsLocal, "does not keep its cache"),
        (ForwardReturnsBoth, "returns A alone"),
        (CacheOfTheFirstPass, "an old pass"),
        (LossOfSwappedArguments, "targets first"),
        (BackwardLearns, "takes a step as well"),
        (OneDictionaryForAll, "share one dictionary"),
        (TwoLayersOnly, "[3 4 4 2]"),
    ],
    "fit": [
        (never_updates, "weights never change"),
        (measures_after_the_update, "measured after its update"),
        (predicts_once, "runs once, before the loop"),
        (loss_the_wrong_way_round, "targets first"),
        (last_loss, "last loss alone"),
        (calls_fit, "the four methods"),
        (returns_inside_the_loop, "shape (1,)"),
    ],
}
