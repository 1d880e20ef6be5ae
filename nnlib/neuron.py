"""One artificial neuron, with its weights and bias in plain sight (Part 1 of the source document)."""

import numpy as np

from nnlib.activations import get_activation
from nnlib.validation import as_float, as_generator, check_finite, check_positive_integer, check_room


class Neuron:
    """A neuron: output = f(w · x + b).

    `weights` has shape (n_inputs,) and starts at small random values, `bias` is a float and starts at 0; both are there
    to be read and set. `activation` is a name from `ACTIVATIONS` except softmax, which needs several neurons.
    `rng` is an int seed or a NumPy Generator; without one each neuron starts differently.
    """

    def __init__(self, n_inputs, activation="sigmoid", *, rng=None):
        if get_activation(activation).derivative is None:
            raise ValueError(f"a single neuron cannot use {activation!r}, which compares neurons. Use 'sigmoid'.")
        n_inputs = check_positive_integer(n_inputs, "n_inputs")
        check_room("n_inputs", n_inputs)
        self.weights = 0.01 * as_generator(rng).standard_normal(n_inputs)
        self.bias = 0.0
        self.activation = str(activation)

    def forward(self, inputs):
        """Return f(w · x + b): a number for `inputs` of shape (n_inputs,), m numbers for (n_inputs, m).

        Raises ValueError for another shape or for NaN or infinite inputs.
        """
        x = self._check(inputs)
        z = np.dot(self.weights, x) + self.bias
        return get_activation(self.activation).function(z)

    def _check(self, inputs):
        x = as_float(inputs, "inputs")
        n = len(self.weights)
        if x.ndim not in (1, 2) or x.shape[0] != n or x.size == 0:
            hint = " Did you mean inputs.T?" if x.ndim == 2 and x.shape[1] == n else ""
            raise ValueError(f"inputs has shape {x.shape}; expected ({n},), or ({n}, m) for m samples.{hint}")
        check_finite(x, "inputs")
        return x

    def __repr__(self):
        return f"Neuron({len(self.weights)}, {self.activation!r})"
