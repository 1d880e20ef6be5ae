"""How gradients become better parameters (Part 7 of the source document)."""

import numpy as np

from nnlib.validation import check_learning_rate


def update_parameters(parameters, gradients, learning_rate):
    """Return the parameters after one step of gradient descent: W − η dW, b − η db. The arguments are left alone.

    `parameters` holds W1, b1, …, `gradients` dW1, db1, … of the same shapes; η is `learning_rate`.
    Raises ValueError for a gradient that is missing or has another shape, and unless η is finite and positive.
    """
    learning_rate = check_learning_rate(learning_rate)
    _check_gradients(parameters, gradients)
    return {name: value - learning_rate * gradients[f"d{name}"] for name, value in parameters.items()}


class GradientDescent:
    """Plain gradient descent: every parameter moves by −η times its gradient.

    An optimizer is any object with `step(parameters, gradients)` that changes the parameters in place. `state()` and
    `restore(state)` let a network save it and go on where it stopped.
    """

    def __init__(self, learning_rate=0.01):
        self.learning_rate = check_learning_rate(learning_rate)

    def step(self, parameters, gradients):
        """Take one step, in place: W ← W − η dW, b ← b − η db."""
        _check_gradients(parameters, gradients)
        for name, value in parameters.items():
            value -= self.learning_rate * gradients[f"d{name}"]

    def state(self):
        """Return what is needed to go on later: a dictionary of numbers and arrays."""
        return {"learning_rate": self.learning_rate}

    def restore(self, state):
        """Take over a state that `state()` returned."""
        self.learning_rate = check_learning_rate(float(state["learning_rate"]))

    def __repr__(self):
        return f"GradientDescent(learning_rate={self.learning_rate})"


def _check_gradients(parameters, gradients):
    # NumPy would stretch a gradient that lost an axis until it fits, and the parameter with it.
    for name, value in parameters.items():
        if f"d{name}" not in gradients:
            raise ValueError(f"gradients has no d{name}; expected one for each of {', '.join(parameters)}.")
        shape = np.shape(gradients[f"d{name}"])
        if shape != np.shape(value):
            raise ValueError(
                f"d{name} has shape {shape}; expected {np.shape(value)}, like {name}. "
                "A sum over the samples keeps its axis with keepdims=True."
            )
