"""Send a sample through a 2-3-1 network, its error back, and take one step, each derivative checked (notebook 6)."""

import numpy as np

from nnlib.activations import get_activation, relu_derivative
from nnlib.explorers.stepper import Step, Stepper, Term, forward_pass_steps, sample_column
from nnlib.gradient_check import compare_gradients, numerical_gradients
from nnlib.losses import binary_crossentropy, output_error
from nnlib.optimizers import update_parameters
from nnlib.propagation import backward_propagation, forward_propagation

PARAMETERS = {
    "W1": np.array([[0.5, 0.8], [-0.9, 0.6], [0.7, -0.4]]),
    "b1": np.array([[0.1], [-0.2], [-0.3]]),
    "W2": np.array([[0.9, -1.2, 0.6]]),
    "b2": np.array([[-0.2]]),
}
ACTIVATIONS = ["relu", "sigmoid"]
LEARNING_RATE = 0.5
# A confident mistake, a right answer, a mistake the other way, and a sample for which every hidden neuron is silent.
X = np.array([[1.0, 2.0, -1.0, -1.0], [2.0, -1.0, 1.0, -2.0]])
Y = np.array([[0.0, 1.0, 1.0, 0.0]])


def backprop_steps(sample=1):
    """Forward pass, loss, backward pass, update and new loss for one of four samples, counted from 1.

    Returns a list of 18 `nnlib.explorers.stepper.Step`. Each derivative (dZ2, dW2, db2, dA1, dZ1, dW1, db1) carries a
    `GradientCheck`: its own quantity is nudged and the rest of the forward pass run again, by central differences.
    Raises ValueError for a sample that is not there.
    """
    x, y = sample_column(X, sample), sample_column(Y, sample)
    forward = [step._replace(phase="forward") for step in forward_pass_steps(x, PARAMETERS, ACTIVATIONS)]
    prediction, cache = forward_propagation(x, PARAMETERS, ACTIVATIONS)
    forward.append(_loss(y, prediction))
    return [*forward, *_backward(y, cache), *_update(x, y, cache)]


def backprop_stepper():
    """A stepper through backpropagation and one update: step, play, and which sample is learned from."""
    rows = enumerate(zip(*X, *Y), start=1)
    samples = [(f"{s}: ({x1:.0f}, {x2:.0f}), y = {y:.0f}".replace("-", "−"), s) for s, (x1, x2, y) in rows]
    return Stepper(
        backprop_steps,
        samples,
        PARAMETERS,
        start="dA1",
        alt="A 2-3-1 network with errors in its neurons; beside it W2 transposed times dZ2 gives dA1, check passed.",
    )


def _backward(y, cache):
    """The steps from dZ2 back to db1, each with its check."""
    W2 = PARAMETERS["W2"]
    dZ2 = output_error(y, cache["A2"], cache["Z2"], ACTIVATIONS[-1], "binary_crossentropy")
    dA1 = W2.T @ dZ2
    slope = relu_derivative(cache["Z1"])
    dZ1 = dA1 * slope
    errors = {"dZ2": dZ2, "dA1": dA1, "dZ1": dZ1}
    analytic = errors | backward_propagation(y, cache, PARAMETERS, ACTIVATIONS)
    measured = _measured(y, cache)

    def step(name, formula, meaning, *terms):
        check = compare_gradients({name: analytic[name]}, {name: measured[name]})
        return Step(name, "backward", formula, meaning, [*terms, Term("=", name, analytic[name])], check)

    def step_dW(l):
        formula = rf"$dW^{{[{l}]}} = \frac{{1}}{{m}}\,dZ^{{[{l}]}} A^{{[{l - 1}]T}}$"
        dZ, A_in = Term("", f"dZ{l}", errors[f"dZ{l}"]), Term("·", f"A{l - 1}ᵀ", cache[f"A{l - 1}"].T)
        return step(f"dW{l}", formula, "error times input; one sample, so m = 1", dZ, A_in)

    def step_db(l):
        formula = rf"$db^{{[{l}]}} = \frac{{1}}{{m}}\,\sum\,dZ^{{[{l}]}}$"
        return step(f"db{l}", formula, "the error itself; one sample, so m = 1", Term("Σ", f"dZ{l}", errors[f"dZ{l}"]))

    target = Term("", "A2", cache["A2"]), Term("−", "Y", y)
    weights = Term("", "W2ᵀ", W2.T), Term("·", "dZ2", dZ2)
    bend = Term("", "dA1", dA1), Term("⊙", "g′(Z1)", slope)
    return [
        step("dZ2", "$dZ^{[2]} = A^{[2]} - Y$", "prediction minus target", *target),
        step_dW(2),
        step_db(2),
        step("dA1", "$dA^{[1]} = W^{[2]T} dZ^{[2]}$", "send the error back through the same weights", *weights),
        step("dZ1", r"$dZ^{[1]} = dA^{[1]} \odot g\,'(Z^{[1]})$", "scale it by the slope of relu, 1 or 0", *bend),
        step_dW(1),
        step_db(1),
    ]


def _measured(y, cache):
    """Every derivative by central differences: nudge the quantity itself, then run the rest of the forward pass."""
    (hidden, output), W2, b2 = ACTIVATIONS, PARAMETERS["W2"], PARAMETERS["b2"]

    def loss_of(nudged):
        return binary_crossentropy(y, forward_propagation(cache["A0"], nudged, ACTIVATIONS)[0])

    def loss_after_Z2(nudged):
        return binary_crossentropy(y, get_activation(output).function(nudged["Z2"]))

    def loss_after_A1(nudged):
        return loss_after_Z2({"Z2": W2 @ nudged["A1"] + b2})

    def loss_after_Z1(nudged):
        return loss_after_A1({"A1": get_activation(hidden).function(nudged["Z1"])})

    measured = numerical_gradients(loss_of, PARAMETERS)
    for name, loss_after in (("Z2", loss_after_Z2), ("A1", loss_after_A1), ("Z1", loss_after_Z1)):
        measured |= numerical_gradients(loss_after, {name: cache[name]})
    return measured


def _update(x, y, cache):
    """One step of gradient descent, parameter by parameter, and the loss after it."""
    gradients = backward_propagation(y, cache, PARAMETERS, ACTIVATIONS)
    updated = update_parameters(PARAMETERS, gradients, LEARNING_RATE)
    steps = []
    for name in ("W2", "b2", "W1", "b1"):
        letter, l = name
        terms = [
            Term("", name, PARAMETERS[name]),
            Term(f"− {LEARNING_RATE}·", f"d{name}", gradients[f"d{name}"]),
            Term("=", f"new {name}", updated[name]),
        ]
        formula = f"${letter}^{{[{l}]}} \\leftarrow {letter}^{{[{l}]}} - \\eta\\,d{letter}^{{[{l}]}}$"
        meaning = f"a step against the gradient, η = {LEARNING_RATE}"
        steps.append(Step(f"new {name}", "update", formula, meaning, terms))
    before, after = _loss(y, cache["A2"]), _loss(y, forward_propagation(x, updated, ACTIVATIONS)[0])
    change = "falls" if after.value < before.value else "does not fall"
    meaning = f"forward again: the loss {change}, from {before.value.item():.3f} to {after.value.item():.3f}"
    terms = [term._replace(name=f"new {term.name}") for term in after.terms]
    return [*steps, after._replace(name="new J", phase="update", meaning=meaning, terms=terms)]


def _loss(y, prediction):
    """The step from ŷ to J: of the two logarithms one is multiplied by 0."""
    J = np.array([[binary_crossentropy(y, prediction)]])
    terms = [Term("−log(" if y.item() == 1 else "−log(1 −", "A2", prediction), Term(") =", "J", J)]
    formula = r"$J = -[\,y\,\log\,\hat y + (1 - y)\,\log(1 - \hat y)\,]$"
    return Step("J", "forward", formula, f"how wrong it is: the target y is {y.item():.0f}", terms)
