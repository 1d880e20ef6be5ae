"""What the two steppers share: an algorithm as a list of steps, and a picture that shows one of them at a time."""

import functools
import re
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle

from nnlib.explorers.base import FigureExplorer
from nnlib.gradient_check import GradientCheck
from nnlib.plots import INK, NEUTRAL, PALE, PALE_DIVERGING, draw_neural_network, edge_looks
from nnlib.propagation import forward_propagation
from nnlib.validation import check_integer

INTERVAL = 1500  # milliseconds a step while it plays
FIGSIZE = (8.4, 4.4)
CELL = (45, 30)  # a matrix entry's width and height, in points
LABELS = 38  # the height of a matrix's name and shape
MIDDLE = 158  # the equation's height on the page, in points
STRIP = 20  # the height of the strip of all steps
THICKEST = 3  # the width of the strongest edge of a layer, in points


class Term(NamedTuple):
    """A matrix in a step's equation, with the sign that stands before it."""

    sign: str
    name: str
    matrix: np.ndarray


class Step(NamedTuple):
    """One step: what it computes, from which numbers, and for a derivative whether a nudge agrees with it.

    `formula` is mathtext, `meaning` says it in words. The last of the `terms` is the result.
    """

    name: str
    phase: str
    formula: str
    meaning: str
    terms: list[Term]
    check: GradientCheck | None = None

    @property
    def value(self):
        """The result of the step, a matrix."""
        return self.terms[-1].matrix

    @property
    def shape(self):
        """The shape of the result, (rows, columns)."""
        return self.value.shape


def forward_pass_steps(X, parameters, activations):
    """The steps of one forward pass: A0, then Z and A of each layer, as a list of `Step`.

    Arguments as for `forward_propagation`, whose numbers these are; it raises ValueError where they do not fit.
    """
    _, cache = forward_propagation(X, parameters, activations)
    steps = [Step("A0", "input", "$A^{[0]} = X$", "the sample as it comes in", [Term("", "A0", cache["A0"])])]
    for l, activation in enumerate(activations, start=1):
        before, Z, A = f"A{l - 1}", f"Z{l}", f"A{l}"
        weigh = [
            Term("", f"W{l}", parameters[f"W{l}"]),
            Term("·", before, cache[before]),
            Term("+", f"b{l}", parameters[f"b{l}"]),
            Term("=", Z, cache[Z]),
        ]
        bend = [Term(f"{activation}(", Z, cache[Z]), Term(") =", A, cache[A])]
        weighing = f"$Z^{{[{l}]}} = W^{{[{l}]}} A^{{[{l - 1}]}} + b^{{[{l}]}}$"
        bending = f"$A^{{[{l}]}} = \\mathrm{{{activation}}}(Z^{{[{l}]}})$"
        steps.append(Step(Z, f"layer {l}", weighing, "weigh what comes in and add the bias", weigh))
        steps.append(Step(A, f"layer {l}", bending, "bend each sum with the activation", bend))
    return steps


def sample_column(samples, number):
    """The sample of that number as a matrix of one column; ValueError unless it is a whole number from 1 to m."""
    if check_integer(number, "sample", 1) > samples.shape[1]:
        raise ValueError(f"sample is {number}; there are {samples.shape[1]}, counted from 1. Give one of them.")
    return samples[:, [number - 1]]


class Stepper(FigureExplorer):
    """A network diagram beside the equation of one step, in numbers, over a strip of all steps.

    `steps_of(sample)` gives the list of `Step`; `samples` are the (label, sample) that can be chosen; `start` names
    the step that is shown first.
    """

    def __init__(self, steps_of, samples, parameters, start, alt):
        self.steps_of = functools.cache(steps_of)
        self.parameters = parameters
        first = samples[0][1]
        self.outline = self.steps_of(first)  # names, phases and sizes are the same for every sample
        names = [step.name for step in self.outline]
        controls = {
            "step": widgets.SelectionSlider(
                options=[(name, number) for number, name in enumerate(names, start=1)],
                value=names.index(start) + 1,
                description="step",
            ),
            "sample": widgets.Dropdown(options=samples, value=first, description="sample"),
        }
        step = controls["step"]
        self.play = widgets.Play(value=step.value, min=1, max=len(names), interval=INTERVAL, show_repeat=False)
        widgets.link((self.play, "value"), (step, "value"))
        super().__init__(controls, FIGSIZE, alt)

    def arrange(self):
        step, sample = super().arrange()
        label = widgets.Label("play", layout={"width": "105px", "display": "flex", "justify_content": "flex-end"})
        return [step, widgets.HBox([label, self.play]), sample]

    def reset(self):
        self.play.playing = False
        super().reset()

    def close(self):
        self.play.playing = False  # the timer is the browser's: left alone it would go on to the last step
        super().close()

    def draw_frame(self, figure):
        width, height = (72 * inches for inches in FIGSIZE)
        self.page = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height), zorder=1)
        self.page.patch.set_visible(False)
        self.page.set_axis_off()
        diagram = figure.add_axes((0.005, 0.2, 0.36, 0.74))
        return [*self._draw_diagram(diagram), *self._draw_equation(0.37 * width, width), self._draw_strip(width)]

    def update(self, step, sample):
        steps = self.steps_of(sample)
        self._fill_diagram(steps[:step])
        self._write_equation(steps[step - 1])
        self.mark.set_x(self.slots[step - 1] - self.mark.get_width() / 2)
        return _readout(steps[step - 1])

    # The diagram

    def _draw_diagram(self, ax):
        layers = len(self.parameters) // 2
        sizes = [self.parameters["W1"].shape[1], *(len(self.parameters[f"W{l}"]) for l in range(1, layers + 1))]
        draw_neural_network(sizes, ax, "", parameters=self.parameters, labels=[[""] * n for n in sizes])
        self.edges = list(ax.collections)
        ends = np.cumsum(sizes)[:-1]
        self.neurons = [list(layer) for layer in np.split(np.array(ax.patches, dtype=object), ends)]
        centred = {"ha": "center", "va": "center", "zorder": 5}
        self.says = [[ax.text(*each.center, "", fontsize=10, **centred) for each in layer] for layer in self.neurons]
        tops = [(layer[0].center[0], layer[0].center[1] + 0.62) for layer in self.neurons]
        self.quantities = [ax.text(*top, "", fontsize=12, weight="bold", **centred) for top in tops]
        return [*self.edges, *sum(self.neurons, []), *sum(self.says, []), *self.quantities]

    def _fill_diagram(self, steps):
        """Each layer shows the last that this phase computed of its neurons; one not reached yet is grey and empty.

        The backward phase goes on from the forward one; the update starts anew, with weights that change.
        """
        now, last = steps[-1], len(self.edges)
        phase = [step for step in steps if (step.phase == "update") == (now.phase == "update")]
        known = [*(step.terms[-1] for step in phase), *(term for term in now.terms if term.name.startswith("new A"))]
        latest = {int(term.name[-1]): term for term in known if re.fullmatch(r"(?:d?[AZ]|new A)\d", term.name)}
        weights = self.parameters | {step.name[-2:]: step.value for step in phase if step.name.startswith("new W")}
        at_work = {last} if now.name == "J" else _layers(r"(?:new )?d?[AZb](\d)", now.name)
        used = _layers(r"d?W(\d)", *(term.name for term in now.terms))
        for l, edges in enumerate(self.edges, start=1):
            edges.set(**edge_looks(weights[f"W{l}"], THICKEST), alpha=1 if l in used else 0.25)
        for l, neurons in enumerate(self.neurons):
            term = latest.get(l)
            self.quantities[l].set_text(term.name if term else "")
            values = [None] * len(neurons) if term is None else term.matrix[:, 0]
            decimals = 0 if term is None else min(_decimals(term.matrix), 2)
            for neuron, text, value in zip(neurons, self.says[l], values):
                neuron.set_facecolor(PALE if value is None else PALE_DIVERGING(0.5 + value / 2))
                neuron.set_linewidth(3 if l in at_work else 1)
                text.set_text("" if value is None else _number(value, decimals))

    # The equation

    def _draw_equation(self, left, right):
        self.centre, self.room = (left + right) / 2, right - left - 4
        page, centred = self.page, {"ha": "center", "va": "center"}
        self.formula = page.text(self.centre, 290, "", fontsize=18, **centred)
        self.meaning = page.text(self.centre, 261, "", fontsize=12, **centred)
        self.verdict = page.text(self.centre, 72, "", fontsize=13, weight="bold", **centred)
        self.cells = page.add_collection(PolyCollection([], edgecolor="#b3b3b3", linewidth=0.8), autolim=False)
        self.result = page.add_patch(Rectangle((0, 0), 0, 0, fill=False, edgecolor=INK, linewidth=2.5))
        most = max(sum(term.matrix.size for term in step.terms) for step in self.outline)
        self.entries = [page.text(0, 0, "", fontsize=10.5, **centred) for _ in range(most)]
        self.signs = [page.text(0, 0, "", fontsize=14, **centred) for _ in range(4)]
        self.names = [page.text(0, 0, "", fontsize=12, weight="bold", **centred) for _ in range(4)]
        self.shapes = [page.text(0, 0, "", fontsize=11, color="#555555", **centred) for _ in range(4)]
        words = [self.formula, self.meaning, self.verdict]
        return [*words, self.cells, self.result, *self.entries, *self.signs, *self.names, *self.shapes]

    def _write_equation(self, step):
        self.formula.set_text(step.formula)
        self.meaning.set_text(step.meaning)
        self.verdict.set_text("" if step.check is None else _verdict(step.check))
        for text in (*self.entries, *self.signs, *self.names, *self.shapes):
            text.set_text("")
        wide, tall = CELL
        corners, values, entries = [], [], iter(self.entries)
        labels = zip(self.signs, self.names, self.shapes)
        for (x, y, term), (sign, name, shape) in zip(self._places(step.terms), labels):
            rows, columns = term.matrix.shape
            top, centre = y + rows * tall / 2, x + columns * wide / 2
            sign.set(text=term.sign, x=x - _gap(term.sign) / 2, y=y)
            name.set(text=term.name, x=centre, y=top + 11)
            shape.set(text=str(term.matrix.shape), x=centre, y=top - rows * tall - 11)
            decimals = _decimals(term.matrix)
            for (i, j), value in np.ndenumerate(term.matrix):
                corners.append((x + j * wide, top - (i + 1) * tall))
                values.append(value)
                next(entries).set(text=_number(value, decimals), x=x + (j + 0.5) * wide, y=top - (i + 0.5) * tall)
        self.result.set_bounds(x, top - rows * tall, columns * wide, rows * tall)
        self.cells.set_verts([[(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)] for x, y in corners])
        self.cells.set_facecolor(PALE_DIVERGING(0.5 + np.array(values) / 2))

    def _places(self, terms):
        """(left, middle, term) of each matrix; the result takes a second line where one is too short."""
        lines = [terms] if _width(terms) <= self.room else [terms[:-1], terms[-1:]]
        heights = [max(term.matrix.shape[0] for term in line) * CELL[1] + LABELS for line in lines]
        bottom = MIDDLE + sum(heights) / 2
        for line, height in zip(lines, heights):
            x, bottom = self.centre - _width(line) / 2, bottom - height
            for term in line:
                x += _gap(term.sign)
                yield x, bottom + height / 2, term
                x += term.matrix.shape[1] * CELL[0]

    # The strip

    def _draw_strip(self, width):
        """All steps in a row under the names of their phases; returns the frame that marks one of them."""
        phases = [step.phase for step in self.outline]
        changes = np.cumsum([0, *(before != after for before, after in zip(phases, phases[1:]))])
        places = np.arange(len(phases)) + 0.4 * changes
        slot = min((width - 16) / (places[-1] + 1), 72)
        self.slots = width / 2 + (places - places[-1] / 2) * slot
        centred = {"ha": "center", "va": "center"}
        for x, step in zip(self.slots, self.outline):
            self.page.text(x, STRIP, step.name.replace(" ", "\n"), fontsize=10, linespacing=0.9, **centred)
        for phase in dict.fromkeys(phases):
            xs = self.slots[[each == phase for each in phases]]
            self.page.plot([xs[0] - 0.4 * slot, xs[-1] + 0.4 * slot], [STRIP + 17] * 2, color=NEUTRAL, ls="-", lw=1)
            self.page.text(xs.mean(), STRIP + 20, phase, fontsize=10, color="#555555", ha="center", va="bottom")
        self.mark = Rectangle((0, STRIP - 14), 0.96 * slot, 28, fill=False, edgecolor=INK, linewidth=2)
        return self.page.add_patch(self.mark)


def _layers(pattern, *names):
    """The layers that the names belong to."""
    return {int(match.group(1)) for name in names if (match := re.match(pattern, name))}


def _gap(sign):
    return 12 + 7.5 * len(sign) if sign else 0


def _width(terms):
    return sum(_gap(term.sign) + term.matrix.shape[1] * CELL[0] for term in terms)


def _decimals(matrix):
    """As many decimals as the matrix needs, three at the most."""
    return next(d for d in range(4) if d == 3 or np.allclose(matrix, matrix.round(d), atol=1e-9))


def _number(value, decimals):
    return f"{round(float(value), decimals) + 0.0:.{decimals}f}".replace("-", "−")


def _list(matrix):
    decimals = _decimals(matrix)
    rows = [", ".join(_number(value, decimals) for value in row) for row in matrix]
    return "[" + "; ".join(rows) + "]"


def _verdict(check):
    mark, verdict = ("✓", "passed") if check.passed else ("✗", "FAILED")
    return f"{mark} gradient check {verdict}"


def _readout(step):
    lines = [f"<b>{step.name}</b> {step.shape}: {step.meaning}", f"{step.name} = {_list(step.value)}"]
    if step.check is not None:
        error = f"{step.check.relative_error:.1e}".replace("-", "−")
        pair = f"backward {_number(step.check.analytic, 6)}, nudged {_number(step.check.numerical, 6)}"
        lines += [f"<b>{_verdict(step.check)}</b>", f"{pair}, relative error {error}"]
    return "<br>".join(lines)
