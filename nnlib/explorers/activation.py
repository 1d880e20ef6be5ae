"""Slide a point along an activation function and watch its tangent (notebook 2)."""

import ipywidgets as widgets
import numpy as np
from matplotlib.collections import PolyCollection

from nnlib.activations import ACTIVATIONS, get_activation
from nnlib.explorers.base import FigureExplorer
from nnlib.plots import INK, NEGATIVE, NEUTRAL, PALE, POSITIVE
from nnlib.validation import check_number

SLOPES = {"leaky_relu": 0.01, "elu": 1.0}
FLAT = 0.05
Z = np.linspace(-6, 6, 601)


def activation_point(name, z, alpha=None):
    """(f(z), f′(z)) of the named activation, as floats. `alpha` is the slope parameter of leaky_relu and elu.

    Raises ValueError for an unknown name, for softmax (no single z), and for an alpha where there is none.
    """
    function, derivative = get_activation(name)
    if derivative is None:
        raise ValueError(f"{name!r} needs a whole column of z, not one. Choose one of: {', '.join(_curves())}.")
    if alpha is not None and name not in SLOPES:
        raise ValueError(f"{name!r} has no alpha; only {' and '.join(SLOPES)} have one. Leave it out.")
    slope = {} if alpha is None else {"alpha": alpha}
    z = np.array(check_number(z, "z"))
    return float(function(z, **slope)), float(derivative(z, **slope))


def activation_explorer():
    """An explorer of f and f′ at one z: function, z, and the parameter α where the function has one."""
    return ActivationExplorer()


class ActivationExplorer(FigureExplorer):
    """f and f′ with the point at z, its tangent, and the flat stretches shaded, where f′ is below 0.05."""

    def __init__(self):
        controls = {
            "function": widgets.Dropdown(options=_curves(), value="sigmoid", description="function f"),
            "z": widgets.FloatSlider(2.0, min=-6, max=6, step=0.1, description="input z", readout_format=".1f"),
            "alpha": widgets.FloatSlider(1.0, min=0, max=1, step=0.01, description="parameter α", readout_format=".2f"),
        }
        super().__init__(
            controls,
            figsize=(6.4, 4),
            alt="The sigmoid and its derivative from z = -6 to 6, the tangent at z = 2, the flat ends shaded.",
        )

    def draw_frame(self, figure):
        ax = self.axes = figure.add_axes((0.13, 0.14, 0.84, 0.76))
        ax.set(xlim=(Z[0], Z[-1]), xlabel="$z$", ylabel="$f(z)$ and $f\\,′(z)$")
        zero_lines = [ax.axhline(0, color=NEUTRAL, lw=0.8), ax.axvline(0, color=NEUTRAL, lw=0.8)]
        (self.tangent,) = ax.plot([], [], color=INK, lw=1.2, ls=":")
        (self.f,) = ax.plot([], [], color=POSITIVE, ls="-")
        (self.slope,) = ax.plot([], [], color=NEGATIVE, ls="--")
        (self.point,) = ax.plot([], [], marker="o", ms=13, color=POSITIVE, mec="white", ls="none")
        (self.slope_point,) = ax.plot([], [], marker="D", ms=7, color=NEGATIVE, mec="white", ls="none")
        self.flat = ax.add_collection(PolyCollection([], facecolor=PALE), autolim=False)
        self.shown_function = None
        return [self.flat, *zero_lines, self.tangent, self.f, self.slope, self.point, self.slope_point]

    def adapt(self, name):
        """A new function starts with the slope it is known for."""
        if name == "function":
            self.controls["alpha"].value = SLOPES.get(self.controls["function"].value, self.defaults["alpha"])

    def update(self, function, z, alpha):
        self.controls["alpha"].disabled = function not in SLOPES
        alpha = alpha if function in SLOPES else None
        slope = {} if alpha is None else {"alpha": alpha}
        f, derivative = (g(Z, **slope) for g in ACTIVATIONS[function])
        value, steepness = activation_point(function, z, alpha)
        flat = np.abs(derivative) < FLAT
        derivative[1:][np.abs(np.diff(derivative)) > 0.05] = np.nan  # a jump is no line

        low, high = (-1.3, 1.3) if function in ("sigmoid", "tanh") else (-2.2, 6.2)
        if function != self.shown_function:
            self.shown_function = function
            self.redraw_frame()
            self.axes.set_ylim(low, high)
            name = function.replace("_", " ")
            self.axes.set_title(f"{name}: $f$ solid, $f\\,′$ dashed, tangent dotted; flat is grey")
        self.flat.set_verts([[(a, low), (a, high), (b, high), (b, low)] for a, b in _stretches(flat)])
        self.f.set_data(Z, f)
        self.slope.set_data(Z, derivative)
        self.tangent.set_data(Z, value + steepness * (Z - z))
        self.point.set_data([z], [value])
        self.slope_point.set_data([z], [steepness])

        numbers = f"f({_number(z, 1)}) = {_number(value)}<br>f′({_number(z, 1)}) = {_number(steepness)}"
        state = "flat here: almost no slope to learn from" if abs(steepness) < FLAT else "not flat here"
        return f"{numbers}<br>{state}"


def _stretches(flat):
    """The ends (z, z) of each stretch of Z where `flat` is true."""
    edges = np.flatnonzero(np.diff(np.r_[False, flat, False]))
    return [(Z[start], Z[end - 1]) for start, end in edges.reshape(-1, 2)]


def _curves():
    return [name for name, activation in ACTIVATIONS.items() if activation.derivative is not None]


def _number(value, places=4):
    return f"{value:.{places}f}".replace("-", "−")
