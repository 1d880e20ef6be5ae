"""Gradient descent on a surface you can look at: two weights, and what the learning rate does to their path.

Part 7 of the source document, without its clipping: a path that diverges is seen to diverge.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nnlib.validation import check_choice, check_learning_rate, check_positive_integer

BLOWN_UP = 1e6
ARRIVED = 0.01


class Surface(NamedTuple):
    """A loss over two weights, with what descending it needs. `loss` and `gradient` work entry by entry on arrays.

    `loss(w1, w2)` → J; `gradient(w1, w2)` → (∂J/∂w1, ∂J/∂w2); `hessian(w1, w2)` → (2, 2) array of second derivatives;
    `minimum` (w1, w2) is the lowest point, where the loss is 0.
    """

    loss: Callable
    gradient: Callable
    hessian: Callable
    minimum: tuple


SURFACES = {
    "bowl": Surface(
        loss=lambda w1, w2: (w1 - 1) ** 2 + 2 * (w2 + 0.5) ** 2,
        gradient=lambda w1, w2: (2 * (w1 - 1), 4 * (w2 + 0.5)),
        hessian=lambda w1, w2: np.diag([2.0, 4.0]),
        minimum=(1.0, -0.5),
    ),
    "ravine": Surface(
        loss=lambda w1, w2: (w1 - 1) ** 2 / 2 + 10 * (w2 + 0.5) ** 2,
        gradient=lambda w1, w2: (w1 - 1, 20 * (w2 + 0.5)),
        hessian=lambda w1, w2: np.diag([1.0, 20.0]),
        minimum=(1.0, -0.5),
    ),
    # ∂J/∂w1 = (w1 + 1.5) w1 (w1 − 2) / 2: a shallow valley at −1.5, a ridge at 0, the deep valley at 2.
    "two valleys": Surface(
        loss=lambda w1, w2: w1**4 / 8 - w1**3 / 12 - 3 * w1**2 / 4 + 5 / 3 + (w2 + 0.5) ** 2,
        gradient=lambda w1, w2: ((w1 + 1.5) * w1 * (w1 - 2) / 2, 2 * (w2 + 0.5)),
        hessian=lambda w1, w2: np.diag([(3 * w1**2 - w1 - 3) / 2, 2.0]),
        minimum=(2.0, -0.5),
    ),
}


def get_surface(name):
    """Return the `Surface` of that name. Raises ValueError, with the nearest valid name, if there is none."""
    return SURFACES[check_choice(name, SURFACES, "surface")]


def stability_limit(surface="bowl"):
    """2/λmax, with λmax the largest curvature at the surface's minimum.

    Near the minimum one step multiplies the error along a curvature λ by 1 − ηλ. Below the limit every such factor
    lies between −1 and 1 and the error shrinks; at it the steepest direction bounces for ever; above it, it grows.
    """
    surface = get_surface(surface)
    return 2 / float(np.linalg.eigvalsh(surface.hessian(*surface.minimum)).max())


def learning_rate_path(learning_rate, surface="bowl", start=(-2, 2), steps=50):
    """The weights of gradient descent, (steps + 1, 2): `start`, then w ← w − η ∇J(w), `steps` times.

    Nothing is clipped. Once a weight is beyond a million the path stops, and its remaining rows are NaN.
    Raises ValueError for an unknown surface, a learning rate that is not positive, or a start that is no point.
    """
    learning_rate = check_learning_rate(learning_rate)
    gradient = get_surface(surface).gradient
    path = np.full((check_positive_integer(steps, "steps") + 1, 2), np.nan)
    path[0] = _check_start(start)
    for k in range(len(path) - 1):
        with np.errstate(over="ignore"):
            path[k + 1] = path[k] - learning_rate * np.array(gradient(*path[k]))
        if np.abs(path[k + 1]).max() > BLOWN_UP:
            break
    return path


def learning_rate_verdict(path):
    """What a path (k, 2) of gradient descent does, read off the path itself:

    "diverges": the steps grow while they turn back and forth, or have left every bound;
    "bounces for ever": they keep turning back and do not shrink;
    "converges, zig-zagging": they turn back time and again, and shrink;
    "converges": along each weight they have shrunk to a hundredth of the longest;
    "too slow": none of these; the path is still on its way when it ends.
    """
    path = np.asarray(path, dtype=float)
    if path.ndim != 2 or path.shape[1] != 2 or len(path) < 9:
        raise ValueError(f"path has shape {path.shape}; expected (k, 2) with at least 8 steps.")
    if not np.all(np.isfinite(path)):
        return "diverges"
    steps = np.diff(path, axis=0)
    longest = np.abs(steps).max(axis=0)
    long_enough = np.abs(steps) > ARRIVED * longest
    turns = (steps[1:] * steps[:-1] < 0) & long_enough[1:]
    if np.all(np.abs(steps[-2:]) <= ARRIVED * longest):
        return "converges, zig-zagging" if turns.sum(axis=0).max() >= 3 else "converges"

    late = len(steps) // 2
    if turns[late:].any(axis=1).mean() < 0.5:
        return "too slow"
    # A step is compared with the one before the last: with the last but one, which went the same way.
    lengths = np.linalg.norm(steps[late:], axis=1)
    growth = lengths[2:] / lengths[:-2]
    if np.all(growth > 1 + 1e-4):
        return "diverges"
    return "converges, zig-zagging" if np.all(growth < 1 - 1e-4) else "bounces for ever"


def _check_start(start):
    point = np.asarray(start, dtype=float)
    if point.shape != (2,) or not np.abs(point).max() <= BLOWN_UP:
        raise ValueError(f"start is {start!r}; expected two finite weights such as (-2, 2).")
    return point
