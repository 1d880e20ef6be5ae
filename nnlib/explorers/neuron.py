"""Set a neuron's weights by hand and see which yes-or-no questions its line answers (notebook 1)."""

import ipywidgets as widgets
import numpy as np
from matplotlib.patches import FancyArrowPatch

from nnlib.explorers.base import FigureExplorer
from nnlib.neuron import Neuron
from nnlib.plots import CLASS_COLORS, CLASS_MARKERS, INK, NEUTRAL, PALE_DIVERGING
from nnlib.validation import check_choice, check_number

CORNERS = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
QUESTIONS = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}
HAND_SET = {"AND": (10.0, 10.0, -15.0), "OR": (10.0, 10.0, -5.0), "XOR": (10.0, 10.0, -5.0)}
Z_EDGE = 30
OUTPUT_RANGES = {"sigmoid": (0, 1), "tanh": (-1, 1), "relu": (-Z_EDGE, Z_EDGE), "linear": (-Z_EDGE, Z_EDGE)}
Z = np.linspace(-Z_EDGE, Z_EDGE, 601)
VIEW = (-0.5, 1.5)
VIEW_CORNERS = np.where(CORNERS, VIEW[1], VIEW[0])
MIDDLE = np.array([0.5, 0.5])
ANSWER_PLACES = [(x1, x2 - 0.21) for x1, x2 in CORNERS.T]
PIXELS = np.stack(np.meshgrid(*[np.linspace(*VIEW, 101)] * 2)).reshape(2, -1)


def neuron_outputs(w1, w2, b, activation="sigmoid", X=CORNERS):
    """f(w₁x₁ + w₂x₂ + b) for the columns of X (2, m), as (m,): by default (0, 0), (0, 1), (1, 0) and (1, 1)."""
    neuron = Neuron(2, activation)
    neuron.weights, neuron.bias = np.array([check_number(w1, "w1"), check_number(w2, "w2")]), check_number(b, "b")
    return neuron.forward(X)


def right_answers(question, w1, w2, b):
    """Which of the four corners (4,) the neuron answers as AND, OR or XOR demands; yes is z ≥ 0.

    Raises ValueError for another question.
    """
    demanded = QUESTIONS[check_choice(question, QUESTIONS, "question")]
    return (neuron_outputs(w1, w2, b, "linear") >= 0) == np.array(demanded, dtype=bool)


def neuron_explorer():
    """An explorer of one neuron on four points: question, weights w₁ and w₂, bias b, activation f."""
    return NeuronExplorer()


class NeuronExplorer(FigureExplorer):
    """The neuron's output over the plane with its line and w; beside it the four points on f, in the order of z."""

    def __init__(self):
        w1, w2, b = HAND_SET["AND"]
        look = {"min": -20, "max": 20, "step": 0.5, "readout_format": ".1f"}
        controls = {
            "question": widgets.Dropdown(options=list(QUESTIONS), value="AND", description="question"),
            "w1": widgets.FloatSlider(w1, description="weight w₁", **look),
            "w2": widgets.FloatSlider(w2, description="weight w₂", **look),
            "b": widgets.FloatSlider(b, description="bias b", **look),
            "activation": widgets.Dropdown(options=list(OUTPUT_RANGES), value="sigmoid", description="activation f"),
        }
        super().__init__(
            controls,
            figsize=(8.6, 4.3),
            alt="A line parts the circle at (1, 1) from three squares; beside it, the sigmoid lifts the circle alone.",
        )

    def draw_frame(self, figure):
        self.shown_activation = None
        self.plane = figure.add_axes((0.06, 0.13, 0.39, 0.78))
        self.plane.set(xlim=VIEW, ylim=VIEW, xticks=[0, 1], yticks=[0, 1], xlabel="$x_1$", ylabel="$x_2$")
        self.plane.grid(visible=False)
        view = {"extent": (*VIEW, *VIEW), "origin": "lower", "interpolation": "bilinear", "cmap": PALE_DIVERGING}
        self.surface = self.plane.imshow([[0]], **view)
        (self.line,) = self.plane.plot([], [], color=INK, ls="-", lw=1.6)
        look = {"arrowstyle": "-|>", "mutation_scale": 16, "lw": 2, "color": INK, "shrinkA": 0, "shrinkB": 0}
        self.arrow = self.plane.add_patch(FancyArrowPatch((0, 0), (1, 1), **look))
        self.w = self.plane.text(0, 0, "w", ha="center", va="center", fontsize=14, style="italic", clip_on=True)
        self.wrong, *self.points = _markers(self.plane)
        halo = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
        look = {"ha": "center", "va": "center", "fontsize": 10.5, "bbox": halo}
        self.zero = self.plane.text(0, 0, "z = 0", clip_on=True, **look)
        self.answers = [self.plane.text(*place, "", **look) for place in ANSWER_PLACES]

        self.scale = figure.add_axes((0.56, 0.13, 0.016, 0.78))
        self.scale.set(xticks=[], ylabel="output $a = f(z)$")
        self.scale.grid(visible=False)
        self.scale.spines[:].set_visible(False)
        self.key = self.scale.imshow([[0]], aspect="auto", origin="lower", cmap=PALE_DIVERGING)
        self.curve = figure.add_axes((0.582, 0.13, 0.4, 0.78))
        self.curve.set(xlim=(-1.08 * Z_EDGE, 1.08 * Z_EDGE), yticks=[], xlabel="sum $z$ (beyond ±30: at the edge)")
        self.curve.spines["left"].set_visible(False)
        self.curve.axvline(0, color=INK, ls="-", lw=1.6)
        for x, side, words in ((-2, "right", "$z < 0$: no"), (2, "left", "$z \\geq 0$: yes")):
            self.curve.text(x, 1.02, words, ha=side, va="bottom", transform=self.curve.get_xaxis_transform())
        (self.f,) = self.curve.plot([], [], color=NEUTRAL, ls="-")
        self.wrong_on_f, *self.points_on_f = _markers(self.curve)
        line = [self.line, self.zero, self.arrow, self.w]
        on_plane = [self.surface, *line, self.wrong, *self.points, *self.answers, self.plane.title]
        return [*on_plane, self.f, self.wrong_on_f, *self.points_on_f]

    def adapt(self, name):
        """A new question starts with weights set by hand for it: for XOR, the best a line can do."""
        if name == "question":
            for control, value in zip(("w1", "w2", "b"), HAND_SET[self.controls["question"].value]):
                self.controls[control].value = value

    def update(self, question, w1, w2, b, activation):
        z, a = (neuron_outputs(w1, w2, b, f) for f in ("linear", activation))
        right = right_answers(question, w1, w2, b)
        if activation != self.shown_activation:
            self.shown_activation = activation
            self.redraw_frame()
            self._set_scale(activation)
        self.surface.set_data(neuron_outputs(w1, w2, b, activation, PIXELS).reshape(101, 101))
        self._move_line(np.array([w1, w2]), b)
        on_f = np.stack([np.clip(z, -Z_EDGE, Z_EDGE), np.clip(a, -Z_EDGE, Z_EDGE)])
        _place(self.points, self.wrong, CORNERS, question, right)
        _place(self.points_on_f, self.wrong_on_f, on_f, question, right)
        for text, a_i, ok in zip(self.answers, a, right):
            text.set_text(f"{_mark(ok)} {_number(a_i, '.2f')}")
        self.plane.set_title(f"{question}: {right.sum()} of 4 right")

        best = ", the best a line can do" if question == "XOR" and right.sum() == 3 else ""
        answers = [
            f"({x1}, {x2}): z = {_number(z_i)}, a = {_number(a_i, '.3f')}: {'yes' if z_i >= 0 else 'no'} {_mark(ok)}"
            for (x1, x2), z_i, a_i, ok in zip(CORNERS.T, z, a, right)
        ]
        return "<br>".join([f"<b>{question}: {right.sum()} of 4 right{best}</b>", *answers, _line(w1, w2, b)])

    def _set_scale(self, activation):
        """The axis of the outputs of this activation, in the colours of the plane: white is f(0), on the fence."""
        low, high = OUTPUT_RANGES[activation]
        f = neuron_outputs(1, 0, 0, activation, np.stack([Z, Z]))
        room = 0.06 * np.ptp(f)
        self.surface.set_clim(low, high)
        self.f.set_data(Z, f)
        self.curve.set_ylim(f.min() - room, f.max() + room)
        self.key.set(data=np.linspace(low, high, 256).reshape(-1, 1), extent=(0, 1, low, high), clim=(low, high))
        self.scale.set_ylim(self.curve.get_ylim())

    def _move_line(self, w, b):
        """The line z = 0, and w from a point on it off the middle, where it seldom hides one of the four points."""
        length = np.hypot(*w)
        for artist in (self.line, self.zero, self.arrow, self.w):
            artist.set_visible(length > 0)
        if length == 0:
            return
        normal = w / length
        along = np.array([-normal[1], normal[0]])
        foot = MIDDLE - (w @ MIDDLE + b) / length * normal
        self.line.set_data(*np.transpose([foot - 3 * along, foot + 3 * along]))
        start = foot + 0.35 * along
        tip = start + (0.1 + 0.02 * length) * normal
        self.arrow.set_positions(start, tip)
        beside_line = [foot + distance * along for distance in (-0.55, 0.55, -0.8, 0.8)]
        for label, places in ((self.zero, beside_line), (self.w, [tip + 0.09 * normal])):
            free = next(filter(_is_free, places), None)
            label.set_visible(free is not None)
            if free is not None:
                label.set_position(free)


def _is_free(place):
    """Whether a label here is neither cut off by the edge nor on one of the points' answers."""
    dx, dy = np.abs(place - np.array(ANSWER_PLACES)).T
    return np.max(np.abs(place - MIDDLE)) < 0.86 and not np.any((dx < 0.33) & (dy < 0.13))


def _markers(ax):
    """Artists for a cross behind each point that is answered wrongly, for the no-points, and for the yes-points."""
    (wrong,) = ax.plot([], [], marker="x", ms=20, mec=INK, mew=2.5, ls="none")
    looks = [{"marker": CLASS_MARKERS[k], "color": CLASS_COLORS[k], "mec": "white", "ls": "none"} for k in (0, 1)]
    return wrong, *(ax.plot([], [], ms=12, **look)[0] for look in looks)


def _place(points, wrong, places, question, right):
    for k, artist in enumerate(points):
        artist.set_data(*places[:, np.equal(QUESTIONS[question], k)])
    wrong.set_data(*places[:, ~right])


def _mark(ok):
    return "✓" if ok else "✗"


def _line(w1, w2, b):
    """The line's equation, with a word on why it is not to be seen where it is not."""
    if w1 == w2 == 0:
        return f"no line: both weights are 0, the answer is always {'yes' if b >= 0 else 'no'}"
    terms = "".join(f"{value:+g}{x}" for value, x in ((w1, " x₁"), (w2, " x₂"), (b, "")) if value)
    equation = _number(float(w1 or w2)) + terms[terms.index(" ") :].replace("+", " + ").replace("-", " − ")
    at_ends = neuron_outputs(w1, w2, b, "linear", VIEW_CORNERS)
    outside = " (outside the picture)" if np.all(at_ends > 0) or np.all(at_ends < 0) else ""
    return f"line: {equation} = 0{outside}"


def _number(value, form="g"):
    return f"{value:{form}}".replace("-", "−")
