"""Where the weights start (Part 3 of the source document)."""

import numpy as np

from nnlib.validation import as_generator, check_choice, check_layer_sizes, check_precision, check_room

# The standard deviation of a layer's weights, from the number of its inputs and outputs.
INIT_METHODS = {
    "zeros": lambda n_in, n_out: 0.0,
    "random": lambda n_in, n_out: 0.01,
    "xavier": lambda n_in, n_out: np.sqrt(1 / n_in),  # the source document's "Xavier"; LeCun et al., 1998
    "glorot": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),  # Glorot and Bengio, 2010
    "he": lambda n_in, n_out: np.sqrt(2 / n_in),  # He et al., 2015
}


def initialize_parameters(layer_sizes, init_method="he", *, rng=None, dtype=np.float64):
    """Draw the weights of a network and set its biases to zero.

    `layer_sizes` lists the neurons per layer, input first: [3, 4, 2]. `init_method` is a name from `INIT_METHODS`,
    `rng` an int seed or a NumPy Generator (fresh randomness without one). Returns a dictionary with `W1` (4, 3),
    `b1` (4, 1), `W2` (2, 4), `b2` (2, 1). Raises ValueError for an unknown method or sizes that make no network.
    """
    sizes = check_layer_sizes(layer_sizes)
    spread = INIT_METHODS[check_choice(init_method, INIT_METHODS, "init_method")]
    rng, dtype = as_generator(rng), check_precision(dtype)
    parameters = {}
    for l, (n_in, n_out) in enumerate(zip(sizes[:-1], sizes[1:], strict=True), start=1):
        check_room("layer_sizes", n_out, n_in)
        W = spread(n_in, n_out) * rng.standard_normal((n_out, n_in))
        parameters[f"W{l}"] = (W + 0.0).astype(dtype)  # a spread of 0 times a negative number is −0, printed as -0.
        parameters[f"b{l}"] = np.zeros((n_out, 1), dtype)
    return parameters


def count_parameters(layer_sizes):
    """Return the number of weights and biases: Σ n[l] · n[l−1] + n[l]. 26 for [3, 4, 2]."""
    sizes = check_layer_sizes(layer_sizes)
    return sum(n_out * n_in + n_out for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True))
