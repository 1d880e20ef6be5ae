"""Two ways to keep a network from learning its examples by heart: a price on large weights, and dropout."""

import numpy as np


def l2_penalty(parameters, l2):
    """λ/2 Σ W², over all weights and no biases: what L2 regularization adds to the loss. `l2` is λ. Returns a float."""
    return l2 / 2 * sum(float(np.sum(np.square(W))) for name, W in parameters.items() if name[0] == "W")


def add_l2_gradients(gradients, parameters, l2):
    """Add the penalty's slope to the gradients, in place: dW ← dW + λW."""
    for name, W in parameters.items():
        if name[0] == "W":
            gradients[f"d{name}"] += l2 * W


def dropout_masks(layer_sizes, m, dropout, *, rng=None, dtype=np.float64):
    """Draw which hidden activations survive a step: {"D1": (n1, m), …}, each entry 0 or 1 / (1 − p).

    Each entry is 0 with probability p, which is `dropout`. Dividing the others by 1 − p keeps their expected sum, so
    that nothing has to be rescaled when the network is used: *inverted* dropout. (Srivastava et al., 2014)
    """
    rng, dtype = np.random.default_rng(rng), np.dtype(dtype)
    return {
        f"D{l}": (rng.random((n, m), dtype) >= dropout) * dtype.type(1 / (1 - dropout))
        for l, n in enumerate(layer_sizes[1:-1], start=1)
    }
