"""Two ways to keep a network from learning its examples by heart: a price on large weights, and dropout."""

import numpy as np

from nnlib.validation import (
    as_generator,
    check_arrays,
    check_changeable,
    check_fraction,
    check_gradients,
    check_l2,
    check_layer_sizes,
    check_positive_integer,
    check_precision,
    check_room,
    without_overflow_warnings,
)


@without_overflow_warnings
def l2_penalty(parameters, l2):
    """λ/2 Σ W², over all weights and no biases: what L2 regularization adds to the loss. `l2` is λ. Returns a float.

    Raises ValueError for parameters that are no arrays of numbers, and unless λ is finite and not negative.
    """
    check_arrays(parameters, "parameters")
    return check_l2(l2) / 2 * sum(float(np.sum(np.square(W))) for name, W in parameters.items() if name[0] == "W")


@without_overflow_warnings
def add_l2_gradients(gradients, parameters, l2):
    """Add the penalty's slope to the gradients, in place: dW ← dW + λW.

    Raises ValueError, before anything changes, for arrays that do not fit, and unless λ is finite and not negative.
    """
    l2 = check_l2(l2)
    check_gradients(parameters, gradients)
    check_changeable(gradients)
    for name, W in parameters.items():
        if name[0] == "W":
            gradients[f"d{name}"] += l2 * W


def dropout_masks(layer_sizes, m, dropout, *, rng=None, dtype=np.float64):
    """Draw which hidden activations survive a step: {"D1": (n1, m), …}, each entry 0 or 1 / (1 − p).

    Each entry is 0 with probability p, which is `dropout`. Dividing the others by 1 − p keeps their expected sum, so
    that nothing has to be rescaled when the network is used: *inverted* dropout. (Srivastava et al., 2014)
    Raises ValueError for sizes that make no network, and unless p is from 0 to below 1.
    """
    sizes, m = check_layer_sizes(layer_sizes), check_positive_integer(m, "m")
    dropout = check_fraction(dropout, "dropout")
    check_room("m", sum(sizes[1:-1]), m)
    rng, dtype = as_generator(rng), check_precision(dtype)
    return {
        f"D{l}": (rng.random((n, m), dtype) >= dropout) * dtype.type(1 / (1 - dropout))
        for l, n in enumerate(sizes[1:-1], start=1)
    }
