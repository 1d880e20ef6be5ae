"""Send one sample through the [3, 4, 2] network of notebook 4, a step at a time."""

import numpy as np

from nnlib.explorers.stepper import Stepper, forward_pass_steps, sample_column
from nnlib.initialization import initialize_parameters

PARAMETERS = {name: value.round(1) for name, value in initialize_parameters([3, 4, 2], rng=1).items()}
PARAMETERS |= {"b1": np.array([[0.1], [0.0], [-0.2], [0.3]]), "b2": np.array([[0.1], [0.5]])}
ACTIVATIONS = ["relu", "sigmoid"]
X = np.array([[1.0, 0.0, 2.0, -1.0, 1.0], [2.0, 1.0, 0.0, 1.0, -1.0], [-1.0, 1.0, 1.0, 0.0, 2.0]])


def forward_steps(sample=1):
    """The forward pass of one of the five samples of notebook 4, counted from 1: A0, Z1, A1, Z2, A2.

    Returns a list of `nnlib.explorers.stepper.Step`, each with its formula and its numbers; a value is (n, 1).
    Raises ValueError for a sample that is not there.
    """
    return forward_pass_steps(sample_column(X, sample), PARAMETERS, ACTIVATIONS)


def forward_stepper():
    """A stepper through the forward pass: step, play, and which sample goes through."""
    samples = [(f"{s}: ({x1:.0f}, {x2:.0f}, {x3:.0f})".replace("-", "−"), s) for s, (x1, x2, x3) in enumerate(X.T, 1)]
    return Stepper(
        forward_steps,
        samples,
        PARAMETERS,
        start="Z1",
        alt="A 3-4-2 network filled up to its hidden layer; beside it W1 times the input plus b1 gives Z1.",
    )
