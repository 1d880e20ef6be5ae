"""The exercises of notebook 6; its bug hunts stand in hunts.py."""

import inspect

import numpy as np

from nnlib.activations import get_activation, relu_derivative, tanh_derivative
from nnlib.exercises.checking import Exercise, Mistake, add
from nnlib.initialization import initialize_parameters
from nnlib.propagation import forward_propagation


def backward(Y, cache, parameters, derivatives):
    """The gradients dW1, db1, … of a network whose first error is A − Y."""
    L, m = len(derivatives) + 1, Y.shape[1]
    gradients = {}
    dZ = cache[f"A{L}"] - Y
    for l in range(L, 0, -1):
        gradients[f"dW{l}"] = dZ @ cache[f"A{l - 1}"].T / m
        gradients[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dA = parameters[f"W{l}"].T @ dZ
            dZ = dA * derivatives[l - 2](cache[f"Z{l - 1}"])
    return gradients


def changed(right, wrong):
    """`backward` with one piece of its source replaced."""
    world = {}
    exec(inspect.getsource(backward).replace(right, wrong), world)
    return world["backward"]


CHANGES = (
    ("Y.shape[1]", "Y.shape[0]", "That m counts outputs. The samples are the columns of Y: m = Y.shape[1]."),
    (" / m", "", "The 1/m is missing: the loss is an average over samples, so dW and db are divided by m."),
    ("- Y", "/ m - Y / m", "Divided by m twice. dZ is the error of each sample; the 1/m enters in dW and db alone."),
    ('f"Z{l - 1}"', 'f"A{l - 1}"', "The slope g′ is taken at A. It is taken at Z, where the activation was applied."),
    (
        ' * derivatives[l - 2](cache[f"Z{l - 1}"])',
        "",
        "The error goes back through W but not through the activation: multiply it by g′(Z).",
    ),
    ('parameters[f"W{l}"].T @ dZ', "dZ", "The error is not sent back through the weights: dA = W.T @ dZ."),
    ("[l - 2]", "[l - 1]", "The list starts with layer 1: the derivative of layer l − 1 has the index l − 2."),
    ("= cache[", "= 2 * Y - cache[", "Every sign is turned: the error is what was said minus what was true, A − Y."),
    (", keepdims=True", "", "db is flat. keepdims=True keeps the column a column, like b."),
    ("axis=1", "axis=0", "db is summed over the neurons. The samples lie along axis=1."),
    ("axis=1, keepdims=True", "", "db has one number for each neuron: sum over the samples alone, axis=1."),
    ('f"d', 'f"', "Those are the names of the parameters. Their gradients are called dW1, db1, …"),
    (".T / m", " / m", "A product does not fit: in dW = dZ @ A.T the transpose lines up samples with samples."),
    (".T @ dZ", " @ dZ", "A product does not fit: dA = W.T @ dZ sums over the neurons, which are the rows of W."),
    ("len(derivatives) + 1", "2", "That is written for two layers. Loop from L = len(derivatives) + 1 down to 1."),
)


def case(sizes, hidden, m):
    """The arguments of a backward pass through a network of round numbers; `hidden` names its hidden activations."""
    rng = np.random.default_rng(0)
    shapes = {name: value.shape for name, value in initialize_parameters(sizes).items()}
    parameters = {name: rng.uniform(-1, 1, shape).round(1) for name, shape in shapes.items()}
    X, Y = rng.uniform(-2, 2, (sizes[0], m)).round(1), rng.integers(0, 2, (sizes[-1], m))
    cache = forward_propagation(X, parameters, [*hidden, "sigmoid"])[1]
    return Y, cache, parameters, [get_activation(name).derivative for name in hidden]


# The network of the notebook, with tanh in its hidden layer: the error that arrives there, and where it goes on.
X = np.array([[1.0, 0.0, 2.0, -1.0, 1.0], [2.0, 1.0, 0.0, 1.0, -1.0], [-1.0, 1.0, 1.0, 0.0, 2.0]])
Y = np.array([[1, 0, 1, 0, 1], [0, 1, 0, 1, 1]])
PARAMETERS = {name: value.round(1) for name, value in initialize_parameters([3, 4, 2], rng=1).items()}
PARAMETERS |= {"b1": np.array([[0.1], [0.0], [-0.2], [0.3]]), "b2": np.array([[0.1], [0.5]])}


def arriving(hidden):
    """dA1, where `hidden` is the activation of the hidden layer."""
    return PARAMETERS["W2"].T @ (forward_propagation(X, PARAMETERS, [hidden, "sigmoid"])[0] - Y)


Z1 = PARAMETERS["W1"] @ X + PARAMETERS["b1"]
SLOPE = tanh_derivative(Z1)

add(
    Exercise(
        "tanh_error",
        notebook=6,
        answer=arriving("tanh") * SLOPE,
        mistakes=(
            Mistake(arriving("tanh") * tanh_derivative(np.tanh(Z1)), "That slope is taken at A1. g′ is taken at Z1."),
            Mistake(arriving("relu") * SLOPE, "That dA1 is of the ReLU network: run the forward pass with tanh first."),
            Mistake(arriving("relu") * relu_derivative(Z1), "That is the dZ1 of the lesson, with the ReLU's mask."),
            Mistake(arriving("tanh") * relu_derivative(Z1), "The mask is the slope of the ReLU; tanh has 1 − tanh² Z."),
            Mistake(arriving("tanh") * (1 - np.tanh(Z1)), "The square is missing: the slope of tanh is 1 − tanh² Z."),
            Mistake(arriving("tanh"), "That is dA1. It still has to pass back through the activation."),
            Mistake(SLOPE, "That is the slope alone. It scales the error dA1."),
        ),
        hints=(
            "Which of the four equations has the activation in it? The others stay as they are.",
            'A new forward pass, forward_propagation(X, parameters, ["tanh", "sigmoid"]), gives a new dZ2 and dA1.',
            "The slope of tanh is 1 - np.tanh(Z1) ** 2.",
        ),
    ),
    Exercise(
        "backward",
        notebook=6,
        answer=backward,
        cases=(
            case([2, 1], [], 3),
            case([1, 2, 1], ["tanh"], 2),
            case([3, 4, 2], ["relu"], 5),
            case([2, 3, 4, 2], ["leaky_relu", "tanh"], 4),
        ),
        mistakes=tuple(Mistake(changed(right, wrong), says) for right, wrong, says in CHANGES),
        hints=(
            "There are L = len(derivatives) + 1 layers. Start with dZ = A − Y and go from layer L down to layer 1.",
            "In each round: dW and db from dZ and the A of the layer before; then, unless l is 1, the next dZ.",
            "The next dZ is W.T @ dZ times the slope at Z of layer l − 1.",
            'dZ = (parameters[f"W{l}"].T @ dZ) * derivatives[l - 2](cache[f"Z{l - 1}"])',
        ),
        piece=True,
    ),
)
