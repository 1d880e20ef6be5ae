"""Slide a prediction towards or away from its target and watch what the loss charges for it (notebook 5)."""

from functools import cache

import ipywidgets as widgets
import numpy as np

from nnlib.activations import sigmoid_derivative
from nnlib.explorers.base import FigureExplorer
from nnlib.losses import check_loss, get_loss, output_error
from nnlib.plots import INK, NEGATIVE, NEUTRAL, POSITIVE
from nnlib.validation import check_number

LOSS_NAMES = {"binary_crossentropy": "binary cross-entropy", "mse": "mse"}
SHORT_NAMES = {"binary_crossentropy": "cross-entropy", "mse": "mse"}
PREDICTIONS = (0.001, 0.002, 0.005, 0.01, *(k / 50 for k in range(1, 50)), 0.99, 0.995, 0.998, 0.999)
CONFIDENT = 0.4  # away from one half
WEAK = 0.05
HIGHEST = 5
Y_PRED = np.linspace(0.002, 0.998, 400)
# Where the curves' names stand for target 1, beside J and beside dJ/dz; target 0 is the mirror image.
NAME_PLACES = {"binary_crossentropy": [(0.05, 3.75), (0.5, -0.68)], "mse": [(0.015, 1.14), (0.27, -0.47)]}


def loss_point(y, y_pred, loss="binary_crossentropy"):
    """(J, dJ/dŷ, dJ/dz) of one sample with target y whose sigmoid output is ŷ = `y_pred`, as floats.

    `loss` is binary_crossentropy or mse. Raises ValueError for another loss, and unless 0 < ŷ < 1: there is no z at
    which a sigmoid reaches 0 or 1.
    """
    check_loss(loss, "sigmoid")
    y = check_number(y, "y", lambda target: 0 <= target <= 1, "a target from 0 to 1")
    between = "a number between 0 and 1, both excluded"
    y_pred = check_number(y_pred, "y_pred", lambda prediction: 0 < prediction < 1, between)
    target, prediction = np.array([[y]], dtype=float), np.array([[y_pred]], dtype=float)
    z = _logit(prediction)
    error = output_error(target, prediction, z, "sigmoid", loss)
    slope = error / sigmoid_derivative(z)  # the chain rule read backwards: dJ/dz = dJ/dŷ · σ′(z)
    return get_loss(loss)(target, prediction), slope.item(), error.item()


def loss_explorer():
    """An explorer of the loss of one sample: target y, prediction ŷ, and the loss."""
    return LossExplorer()


class LossExplorer(FigureExplorer):
    """The loss over ŷ with the point and its tangent; beside it the slope that is left behind the sigmoid."""

    def __init__(self):
        controls = {
            "y": widgets.Dropdown(options=[0, 1], value=1, description="target y"),
            "y_pred": widgets.SelectionSlider(
                options=[(f"{y_pred:g}", y_pred) for y_pred in PREDICTIONS], value=0.1, description="prediction ŷ"
            ),
            "loss": widgets.Dropdown(
                options=[(text, name) for name, text in LOSS_NAMES.items()],
                value="binary_crossentropy",
                description="loss J",
            ),
        }
        super().__init__(
            controls,
            figsize=(8.6, 4),
            alt="Binary cross-entropy for target 1 falls steeply; at prediction 0.1 a steep tangent, and beside it "
            "a strong pull on z.",
        )

    def draw_frame(self, figure):
        self.height = figure.add_axes((0.065, 0.14, 0.42, 0.76))
        self.height.set(xlim=(0, 1), ylim=(0, HIGHEST), xlabel="prediction $\\hat y$", ylabel="loss $J$ of one sample")
        self.height.set_title("the loss and its slope in $\\hat y$")
        self.pull = figure.add_axes((0.58, 0.14, 0.4, 0.76))
        self.pull.set(xlim=(0, 1), ylim=(-1.1, 1.1), xlabel="prediction $\\hat y$", ylabel="slope $dJ/dz$")
        self.pull.set(yticks=(-1, -0.5, 0, 0.5, 1), title="the slope that reaches $z$")
        self.pull.axhline(0, color=NEUTRAL, lw=0.8)

        self.losses = {name: self.height.plot([], [], ls="-")[0] for name in LOSS_NAMES}
        self.errors = {name: self.pull.plot([], [], ls="-")[0] for name in LOSS_NAMES}
        self.loss_names = {name: self.height.text(0, 0, text, fontsize=11) for name, text in SHORT_NAMES.items()}
        self.error_names = {name: self.pull.text(0, 0, text, fontsize=11) for name, text in SHORT_NAMES.items()}
        (self.tangent,) = self.height.plot([], [], color=INK, lw=1.2, ls=":")
        dot = {"ms": 12, "mec": "white", "ls": "none", "clip_on": False}
        (self.point,) = self.height.plot([], [], color=POSITIVE, **dot)
        (self.stem,) = self.pull.plot([], [], ls="-", lw=3)
        (self.error_point,) = self.pull.plot([], [], **dot)
        self.numbers = self.height.text(0, 0.97, "", va="top", transform=self.height.transAxes, linespacing=1.4)
        self.step = self.pull.text(0.5, 0, "", ha="center", linespacing=1.4)
        return [
            *self.losses.values(),
            *self.errors.values(),
            *self.loss_names.values(),
            *self.error_names.values(),
            *(self.tangent, self.stem, self.point, self.error_point, self.numbers, self.step),
        ]

    def update(self, y, y_pred, loss):
        self._draw_curves(y, loss)
        value, slope, error = loss_point(y, y_pred, loss)
        scaled = value <= HIGHEST
        self.point.set(data=([y_pred], [min(value, HIGHEST)]), marker="o" if scaled else "^")
        self.tangent.set_data([0, 1], [value - slope * y_pred, value + slope * (1 - y_pred)])
        height = f"J = {_number(value)}" if scaled else f"off the scale: J = {_number(value)}"
        text = f"{height}\nslope dJ/dŷ = {_number(slope)}"
        self.numbers.set(text=text, x=0.97 if y else 0.03, ha="right" if y else "left")

        color, marker = (NEGATIVE, "v") if error < 0 else (POSITIVE, "^")
        self.stem.set(data=([y_pred, y_pred], [0, error]), color=color)
        self.error_point.set(data=([y_pred], [error]), color=color, marker=marker)
        sign, way = ("negative", "raises") if error < 0 else ("positive", "lowers")
        self.step.set(text=f"dJ/dz = {_number(error)}\n{sign}: a step {way} z", y=-0.65 + 1.15 * y)

        coin, _, _ = loss_point(y, 0.5, loss)
        return (
            f"<b>{_verdict(y_pred if y else 1 - y_pred, error)}</b><br>"
            f"loss J = {_number(value)}<br>{_number(value / coin)} times the cost of answering 0.5<br>"
            f"slope dJ/dŷ = {_number(slope)}<br>behind the sigmoid dJ/dz = {_number(error)}"
        )

    def _draw_curves(self, y, chosen):
        """Both losses for this target, the chosen one blue, each with its name where there is room for it."""
        for name in LOSS_NAMES:
            look = {"color": POSITIVE, "lw": 2.2} if name == chosen else {"color": NEUTRAL, "lw": 1.2}
            losses, _, errors = _curve(y, name)
            self.losses[name].set(data=(Y_PRED, losses), **look)
            self.errors[name].set(data=(Y_PRED, errors), **look)
            (x, height), (x_error, error) = NAME_PLACES[name]
            look = {"color": look["color"], "ha": "left" if y else "right"}
            self.loss_names[name].set(x=x if y else 1 - x, y=height, **look)
            self.error_names[name].set(x=x_error if y else 1 - x_error, y=error if y else -error, **look)


@cache
def _curve(y, loss):
    """loss_point at every Y_PRED: the three curves (3, 400)."""
    return np.array([loss_point(y, y_pred, loss) for y_pred in Y_PRED]).T


def _verdict(given_to_truth, error):
    if given_to_truth == 0.5:
        return "undecided, like a coin"
    confident = abs(given_to_truth - 0.5) >= CONFIDENT
    if given_to_truth > 0.5:
        return "right, and sure of it" if confident else "right"
    mistake = "a confident mistake" if confident else "a mistake"
    return f"{mistake}, with hardly a slope left" if abs(error) < WEAK else mistake


def _logit(y_pred):
    """The z at which the sigmoid is ŷ."""
    return np.log(y_pred / (1 - y_pred))


def _number(value):
    return np.format_float_positional(value, precision=4, fractional=False, trim="-").replace("-", "−")
