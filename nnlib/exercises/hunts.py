"""Bug hunts: four backward passes whose networks learn, each with one wrong line; the gradient check sees it.

The first two stand in notebook 6, the other two in notebook 8.
"""

import inspect

import numpy as np
from IPython.display import display

from nnlib.activations import get_activation
from nnlib.exercises.checking import Exercise, Mistake, add


def backward_1(Y, cache, parameters, activations, *, loss=None):
    m = Y.shape[1]
    dZ2 = cache["A2"] - Y
    dW2 = dZ2 @ cache["A1"].T / m
    db2 = dZ2.sum(axis=1, keepdims=True) / m
    dA1 = parameters["W2"].T @ dZ2
    dZ1 = dA1 * (1 - np.tanh(cache["A1"]) ** 2)
    dW1 = dZ1 @ cache["A0"].T / m
    db1 = dZ1.sum(axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def backward_2(Y, cache, parameters, activations, *, loss=None):
    m = Y.shape[1]
    dZ2 = cache["A2"] - Y
    dW2 = dZ2 @ cache["Z1"].T / m
    db2 = dZ2.sum(axis=1, keepdims=True) / m
    dA1 = parameters["W2"].T @ dZ2
    dZ1 = dA1 * (1 - np.tanh(cache["Z1"]) ** 2)
    dW1 = dZ1 @ cache["A0"].T / m
    db1 = dZ1.sum(axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def backward_3(Y, cache, parameters, activations, *, loss=None):
    L, m = len(activations), Y.shape[1]
    gradients = {}
    dZ = cache[f"A{L}"] - Y
    for l in range(L, 0, -1):
        gradients[f"dW{l}"] = dZ @ cache[f"A{l - 1}"].T / m
        gradients[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dA = parameters[f"W{l}"].T @ dZ
            derivative = get_activation(activations[l - 2]).derivative
            dZ = dA * derivative(cache[f"Z{l}"])
    return gradients


def backward_4(Y, cache, parameters, activations, *, loss="mse"):
    L, m = len(activations), Y.shape[1]
    gradients = {}
    dZ = cache[f"A{L}"] - Y
    for l in range(L, 0, -1):
        gradients[f"dW{l}"] = dZ @ cache[f"A{l - 1}"].T / m
        gradients[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / m
        if l > 1:
            dA = parameters[f"W{l}"].T @ dZ
            derivative = get_activation(activations[l - 2]).derivative
            dZ = dA * derivative(cache[f"Z{l - 1}"])
    return gradients


HUNTS = {1: backward_1, 2: backward_2, 3: backward_3, 4: backward_4}


def hunt(number):
    """Return the backward pass of a bug hunt, 1 to 4, for `gradient_check(…, backward=hunt(1))`."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number not in HUNTS:
        raise ValueError(f"there is no hunt {number!r}; choose one of: {', '.join(map(str, HUNTS))}.")
    return HUNTS[number]


def show_hunt(number):
    """Display the source of a bug hunt, 1 to 4, with the numbers of its lines."""
    lines = inspect.getsource(hunt(number)).splitlines()
    code = "\n".join(f"{i:2}  {line}" for i, line in enumerate(lines, start=1))
    text = f"`hunt({number})`\n\n```python\n{code}\n```"
    display({"text/markdown": text, "text/plain": text}, raw=True)


def wrong_line(number, line, notebook, right_lines, hints):
    """The exercise that asks for the wrong line of a hunt; `right_lines` says why others are right."""
    mistakes = tuple(Mistake(i, f"Line {i} is right: {says}") for i, says in right_lines.items())
    return Exercise(f"hunt_{number}", notebook=notebook, answer=line, mistakes=mistakes, hints=hints)


add(
    wrong_line(
        1,
        line=7,
        notebook=6,
        right_lines={
            2: "the samples are the columns of Y.",
            3: "with sigmoid and cross-entropy the first error is A − Y.",
            4: "error times the input of layer 2, which is A1, averaged. The check finds nothing wrong with W2.",
            5: "the error of layer 2, averaged over samples. The check finds nothing wrong with b2.",
            6: "the error goes back through the same weights, turned. What becomes of it next?",
            8: "error times input, averaged. Its error dZ1 comes from an earlier line.",
            9: "the error, averaged over samples. That error dZ1 comes from an earlier line.",
            10: "each gradient stands under its own name.",
        },
        hints=(
            "The check names a parameter of layer 1. Which lines does layer 1 depend on, and layer 2 not?",
            "W1 and b1 are both wrong, so look at what they share: dZ1, and the line that makes it.",
            "A slope g′ is taken at Z, where the activation was applied. Which line takes one elsewhere?",
        ),
    ),
    wrong_line(
        2,
        line=4,
        notebook=6,
        right_lines={
            2: "the samples are the columns of Y.",
            3: "with sigmoid and cross-entropy the first error is A − Y. Were it wrong, b2 would be wrong too.",
            5: "the error of layer 2, averaged over samples. The check finds nothing wrong with b2.",
            6: "the error goes back through the same weights, turned. The check finds nothing wrong with layer 1.",
            7: "the slope of tanh, taken at Z1. The check finds nothing wrong with layer 1.",
            8: "error times input, averaged; the input of layer 1 is A0. The check finds nothing wrong with W1.",
            9: "the error, averaged over samples. The check finds nothing wrong with b1.",
            10: "each gradient stands under its own name.",
        },
        hints=(
            "Only one parameter fails the check. Which line makes its gradient, and no other?",
            "dW is error times input. What is the input of layer 2?",
            "Layer 2 sees what tanh has made of Z1.",
        ),
    ),
    wrong_line(
        3,
        line=11,
        notebook=8,
        right_lines={
            2: "L counts the layers, and the samples are the columns of Y.",
            4: "with sigmoid and cross-entropy the first error is A − Y. The check finds nothing wrong with layer 3.",
            5: "from the last layer, L, down to 1.",
            6: "error times the input of layer l, which is A of the layer before, averaged over samples.",
            7: "the error of layer l, averaged over samples.",
            8: "before layer 1 there is only the data, which gets no error.",
            9: "the error goes back through the weights of layer l, turned. What becomes of it next?",
            10: "the list has no entry for the input, so layer l − 1 has the index l − 2.",
        },
        hints=(
            "The last layer passes the check and both hidden layers fail: what is done between two layers?",
            "Say for each name of lines 9 to 11 to which layer it belongs: l or l − 1?",
            "dA belongs to layer l − 1, and so must the slope that it is multiplied by. At which Z is it taken?",
        ),
    ),
    wrong_line(
        4,
        line=4,
        notebook=8,
        right_lines={
            2: "L counts the layers, and the samples are the columns of Y.",
            5: "from the last layer, L, down to 1.",
            6: "error times input, averaged over samples. Its error comes from an earlier line.",
            7: "the error, averaged over samples. That error comes from an earlier line.",
            8: "before layer 1 there is only the data, which gets no error.",
            9: "the error goes back through the weights of layer l, turned.",
            10: "the list has no entry for the input, so layer l − 1 has the index l − 2.",
            11: "the error that arrives times the slope of its own layer, l − 1.",
        },
        hints=(
            "The check fails at every layer, even the last one: what do all gradients start from?",
            "Read the first line: which loss is this, and which pairs of output and loss start from A − Y?",
            "The error of mse is 2 (A − Y) g′(Z).",
        ),
    ),
)
