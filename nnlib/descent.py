"""Descent on a surface you can look at: two weights, and what learning rate and optimizer do to their path.

Part 7 of the source document, without its clipping: a path that diverges is seen to diverge.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nnlib.optimizers import OPTIMIZERS
from nnlib.validation import check_choice, check_fraction, check_numbers, check_positive_integer, check_room

BLOWN_UP = 1e6
ARRIVED = 0.01
SWING = 0.8


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


def stability_limit(surface="bowl", *, momentum=0.0):
    """2 (1 + μ) / λmax, with λmax the largest curvature at the surface's minimum and μ the `momentum`.

    Near the minimum one step of gradient descent multiplies the error along a curvature λ by 1 − ηλ. Below the limit
    every such factor lies between −1 and 1 and the error shrinks; at it the steepest direction bounces for ever; above
    it, it grows. A velocity that keeps the share μ of itself raises the limit (Polyak, 1964).
    """
    surface = get_surface(surface)
    curvature = float(np.linalg.eigvalsh(surface.hessian(*surface.minimum)).max())
    return 2 * (1 + check_fraction(momentum, "momentum")) / curvature


def learning_rate_path(learning_rate, surface="bowl", start=(-2, 2), steps=50, *, optimizer="gradient descent"):
    """The weights of a descent, (steps + 1, 2): `start`, then one step of the optimizer after the other.

    `optimizer` is a name from `OPTIMIZERS`; gradient descent takes w ← w − η ∇J(w). Nothing is clipped. Once a weight
    is beyond a million the path stops, and its remaining rows are NaN.
    Raises ValueError for an unknown surface or optimizer, a learning rate that is not positive, or a start that is no
    point.
    """
    optimizer = OPTIMIZERS[check_choice(optimizer, OPTIMIZERS, "optimizer")](learning_rate)
    gradient = get_surface(surface).gradient
    steps = check_positive_integer(steps, "steps")
    check_room("steps", steps + 1, 2)
    path = np.full((steps + 1, 2), np.nan)
    path[0] = _check_start(start)
    weights = {"w": path[0].copy()}
    for k in range(steps):
        with np.errstate(over="ignore"):
            optimizer.step(weights, {"dw": np.array(gradient(*weights["w"]))})
        path[k + 1] = weights["w"]
        if np.abs(path[k + 1]).max() > BLOWN_UP:
            break
    return path


def learning_rate_verdict(path):
    """What a path (k, 2) of descent does, read off the path itself:

    "diverges": the steps grow while they turn back and forth, or have left every bound;
    "bounces for ever": they keep turning back and do not shrink;
    "converges, zig-zagging": they turn back step after step, and shrink;
    "converges, swinging": they turn back now and then, and shrink from swing to swing, as momentum makes them do;
    "converges": along each weight they have shrunk to a hundredth of the longest;
    "too slow", "still swinging": none of these; the path, which has not or has turned back, is on its way when it ends.
    """
    path = check_numbers(path, "path", "k", 2, finite=False)
    if len(path) < 9:
        raise ValueError(f"path has shape {path.shape}; expected (k, 2) with at least 8 steps.")
    if not np.all(np.isfinite(path)):
        return "diverges"
    steps = np.diff(path, axis=0)
    longest = np.abs(steps).max(axis=0)
    long_enough = np.abs(steps) > ARRIVED * longest
    turns = (steps[1:] * steps[:-1] < 0) & long_enough[1:]
    if np.all(np.abs(steps[-2:]) <= ARRIVED * longest):
        return "converges, zig-zagging" if turns.sum(axis=0).max() >= 3 else "converges"

    lengths = np.linalg.norm(steps, axis=1)
    swings = lengths[-3 * (len(lengths) // 4) :].reshape(3, -1).max(axis=1)  # the largest step of each later quarter
    swings_shrink = np.all(swings[1:] < SWING * swings[:-1])
    three_in_a_row = turns[2:] & turns[1:-1] & turns[:-2]
    how = "converges, zig-zagging" if three_in_a_row.any() else "converges, swinging"
    late = len(steps) // 2
    if turns[late:].any(axis=1).mean() < 0.5:
        if not turns.any():
            return "too slow"
        return how if swings_shrink else "still swinging"
    # A step is compared with the one before the last: with the last but one, which went the same way.
    growth = lengths[late + 2 :] / lengths[late:-2]
    if np.all(growth > 1 + 1e-4):
        return "diverges"
    if np.all(growth < 1 - 1e-4):
        return "converges, zig-zagging"
    return how if swings_shrink else "bounces for ever"


def _check_start(start):
    point = check_numbers(start, "start", 2)
    if np.abs(point).max() > BLOWN_UP:
        raise ValueError(f"start is {start!r}; expected two weights such as (-2, 2), no further from 0 than a million.")
    return point
