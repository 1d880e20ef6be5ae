"""Measure how much of the gradient reaches each layer of a deep network before training (notebook 3)."""

import ipywidgets as widgets
import numpy as np

from nnlib.activations import ACTIVATIONS
from nnlib.data import one_hot_encode
from nnlib.explorers.base import FigureExplorer
from nnlib.initialization import INIT_METHODS, initialize_parameters
from nnlib.plots import INK, NEGATIVE, NEUTRAL, PALE, POSITIVE
from nnlib.propagation import backward_propagation, forward_propagation
from nnlib.validation import check_number, check_numbers, check_positive_integer, check_room

WIDTH, CLASSES, SAMPLES = 64, 10, 200
DEPTHS = (2, 20)
SMALLEST, LARGEST = 1e-2, 1e2
FLOOR, CEILING = 1e-24, 1e11


def gradient_sizes(activation, depth, init_method, scale=1.0, *, width=WIDTH, samples=SAMPLES):
    """The length ‖dW^[l]‖ of the gradient in each layer before training, first layer first: an array (depth + 1,).

    The network has `depth` hidden layers of `width` neurons and a softmax over ten classes, with weights drawn by
    `init_method` and multiplied by `scale`. Inputs (width, samples), classes and weights are random, from one fixed
    seed; the loss is the cross-entropy. Raises ValueError for an unknown activation or method.
    """
    _check_sizes(depth=depth, width=width, samples=samples)
    scale = check_number(scale, "scale")
    rng = np.random.default_rng(0)
    X = rng.standard_normal((width, samples))
    Y = one_hot_encode(rng.integers(CLASSES, size=samples), CLASSES)
    parameters = initialize_parameters([width] * (depth + 1) + [CLASSES], init_method, rng=rng)
    parameters = {name: scale * value for name, value in parameters.items()}
    activations = [activation] * depth + ["softmax"]
    _, cache = forward_propagation(X, parameters, activations)
    gradients = backward_propagation(Y, cache, parameters, activations)
    return np.array([np.linalg.norm(gradients[f"dW{l}"]) for l in range(1, depth + 2)])


def _check_sizes(**sizes):
    for name, size in sizes.items():
        check_room(name, check_positive_integer(size, name), CLASSES)
    check_room("samples", sizes["width"], sizes["samples"])


def gradient_verdict(sizes):
    """What becomes of the gradient, from its size in each layer, first layer first.

    It explodes if it exceeds 100 in any layer, and has vanished where less than 0.01 is left: in every layer, or on
    its way from the last layer, which still gets more, to layer 1. (With inputs of spread 1 it is of the order of 1 in
    a network that trains.) The ratio of first to last layer would not do: where the signal fades on its way forward
    as the error does on its way back, all layers get the same, which may be nothing.
    """
    sizes = check_numbers(sizes, "sizes", "layers", finite=False)
    first, last = sizes[0], sizes[-1]
    if not np.max(sizes) <= LARGEST:  # NaN, too
        return "explodes"
    if np.min(sizes) >= SMALLEST:
        return "stays between 0.01 and 100"
    if np.max(sizes) < SMALLEST:
        return "vanishes in every layer"
    if first == 0:
        return "never reaches layer 1"
    return "vanishes on its way back" if first < SMALLEST <= last else "falls below 0.01 in some layers"


def vanishing_gradient_explorer():
    """An explorer of the gradient's size per layer: activation, depth, initialization, and a scale of the weights."""
    return VanishingGradientExplorer()


class VanishingGradientExplorer(FigureExplorer):
    """The size of dW^[l] in each layer on a logarithmic axis, between layer 1 and the output."""

    def __init__(self):
        controls = {
            "activation": widgets.Dropdown(
                options=[name for name, each in ACTIVATIONS.items() if each.derivative is not None],
                value="relu",
                description="activation g",
            ),
            "depth": widgets.IntSlider(10, min=DEPTHS[0], max=DEPTHS[1], description="hidden layers"),
            "init_method": widgets.Dropdown(options=list(INIT_METHODS), value="he", description="initialization"),
            "scale": widgets.SelectionSlider(
                options=[("× 0.5", 0.5), ("× 1", 1.0), ("× 2", 2.0)], value=1.0, description="weights W"
            ),
        }
        super().__init__(
            controls,
            figsize=(7.4, 4.4),
            alt="Gradient size of eleven layers on a log axis: nearly level around 1, with relu and he weights.",
        )

    def draw_frame(self, figure):
        ax = figure.add_axes((0.12, 0.18, 0.82, 0.73))
        ax.set(xlim=(0.3, DEPTHS[1] + 2), yscale="log", ylim=(FLOOR, CEILING))
        ax.set(xlabel="layer $l$", ylabel="gradient size of $dW^{[l]}$")
        ax.set_xticks([1, 5, 10, 15, 20], ["1\n(first)", "5", "10", "15", "20"])
        ax.set_yticks([10.0**power for power in range(-24, 12, 4)])
        ax.minorticks_off()
        ax.axhspan(SMALLEST, LARGEST, color=PALE, lw=0)
        for edge, words in ((SMALLEST, "0.01"), (LARGEST, "100")):
            ax.text(1.01, edge, words, transform=ax.get_yaxis_transform(), va="center", fontsize=10, color=NEUTRAL)
        arrow = {"arrowstyle": "-|>", "color": NEUTRAL, "lw": 1.3}
        ax.annotate("", (7, 1e9), (16, 1e9), arrowprops=arrow)
        ax.text(11.5, 2.5e9, "the error travels back", ha="center", va="bottom", fontsize=10, color=NEUTRAL)
        (self.line,) = ax.plot([], [], color=POSITIVE, ls="-", marker="o", ms=6)
        (self.output,) = ax.plot([], [], color=POSITIVE, ls="none", marker="s", ms=9, mec="white")
        at_the_edge = {"color": NEGATIVE, "ls": "none", "ms": 9, "mec": "white", "clip_on": False}
        (self.below,) = ax.plot([], [], marker="v", **at_the_edge)
        (self.zeros,) = ax.plot([], [], marker="X", **at_the_edge)
        self.note = ax.text(0.8, 1e3 * FLOOR, "", va="bottom", fontsize=11, color=NEGATIVE)
        self.output_note = ax.text(0, 0, "output", ha="center", va="bottom", fontsize=10, color=INK)
        self.title = ax.set_title(" ")
        return [self.line, self.output, self.below, self.zeros, self.note, self.output_note, self.title]

    def update(self, activation, depth, init_method, scale):
        sizes = gradient_sizes(activation, depth, init_method, scale)
        verdict = gradient_verdict(sizes)
        layers = np.arange(1, depth + 2)
        zero, below = sizes == 0, (sizes > 0) & (sizes < FLOOR)

        self.line.set_data(layers, np.where(zero, np.nan, sizes))
        self.output.set_data(layers[-1:], sizes[-1:])
        self.output_note.set_position((layers[-1], 6 * max(sizes[-1], FLOOR)))
        for marks, here in ((self.below, below), (self.zeros, zero)):
            marks.set_data(layers[here], np.full(here.sum(), FLOOR))
        self.note.set_text(_note(zero.any(), below.any()))
        self.title.set_text(f"{activation.replace('_', ' ')}, {init_method}: the gradient {verdict}")

        first, last = sizes[0], sizes[-1]
        if first == 0 or last == 0:
            comparison = "no ratio, where one of them is 0"
        else:
            ratio = first / last
            a_layer = f"a factor {ratio ** (1 / depth):.2f} a layer, backwards"
            comparison = f"ratio first : last = {_number(ratio)}<br>{a_layer}"
        return (
            f"<b>{verdict}</b><br>layer 1: {_number(first)}<br>"
            f"layer {depth + 1} (output): {_number(last)}<br>{comparison}"
        )


def _note(has_zeros, has_below):
    """What the marks on the lower edge stand for."""
    if has_zeros:
        return "✗ exactly 0: no place on a log axis"
    return "▼ below $10^{-24}$" if has_below else ""


def _number(value):
    return "exactly 0" if value == 0 else f"{value:.1e}".replace("-", "−")
