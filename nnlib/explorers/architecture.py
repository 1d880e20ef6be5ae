"""Add layers and neurons and see which arrays the network needs, and where its parameters are (notebook 3)."""

from typing import NamedTuple

import ipywidgets as widgets

from nnlib.explorers.base import FigureExplorer
from nnlib.initialization import count_parameters
from nnlib.plots import INK, NEUTRAL, PALE, POSITIVE, draw_neural_network
from nnlib.validation import check_layer_sizes

WIDTHS = (1, 2, 3, 4, 5, 8, 16, 32, 64, 128, 256)
MOST_HIDDEN = 3
DIAGRAM = (0.0, 0.02, 0.53, 0.88)
# The inputs and outputs of a task, and the hidden layers it starts with.
TASKS = {
    "3 features, 2 answers": (3, 2, (4,)),
    "digits of 8 × 8": (64, 10, (16,)),
    "digits of 28 × 28": (784, 10, (128, 64)),
}


class LayerShapes(NamedTuple):
    """One layer: the shape of its W, (n_out, n_in), and of its b, (n_out, 1), and how many parameters they hold."""

    W: tuple[int, int]
    b: tuple[int, int]
    parameters: int


def layer_shapes(layer_sizes):
    """The `LayerShapes` of each layer of a fully connected network, the input not counted.

    `layer_sizes` lists the neurons per layer, input first. Raises ValueError for sizes that make no network.
    """
    sizes = check_layer_sizes(layer_sizes)
    return [
        LayerShapes((n_out, n_in), (n_out, 1), count_parameters([n_in, n_out]))
        for n_in, n_out in zip(sizes[:-1], sizes[1:])
    ]


def architecture_explorer():
    """An explorer of layouts: task (inputs and outputs), number of hidden layers, neurons in each of them."""
    return ArchitectureExplorer()


class ArchitectureExplorer(FigureExplorer):
    """The diagram of the network beside the shapes and parameters of its layers."""

    def __init__(self):
        task = next(iter(TASKS))
        controls = {
            "task": widgets.Dropdown(options=list(TASKS), value=task, description="task"),
            "hidden": widgets.IntSlider(len(TASKS[task][-1]), min=0, max=MOST_HIDDEN, description="hidden layers"),
        }
        for l in range(1, MOST_HIDDEN + 1):
            controls[f"n{l}"] = widgets.SelectionSlider(
                options=WIDTHS, value=_width(task, l), description=f"neurons n[{l}]"
            )
        super().__init__(
            controls,
            figsize=(8.8, 4.2),
            alt="A network of three inputs, four hidden and two output neurons; beside it the shapes and counts of "
            "its 26 parameters.",
        )

    def adapt(self, name):
        """A new task starts with hidden layers that suit it."""
        if name == "task":
            task = self.controls["task"].value
            self.controls["hidden"].value = len(TASKS[task][-1])
            for l in range(1, MOST_HIDDEN + 1):
                self.controls[f"n{l}"].value = _width(task, l)

    def draw_frame(self, figure):
        self.diagram = figure.add_axes(DIAGRAM)
        self.table = figure.add_axes((0.55, 0.1, 0.44, 0.8))
        return []

    def update(self, task, hidden, **widths):
        for l in range(1, MOST_HIDDEN + 1):
            self.controls[f"n{l}"].disabled = l > hidden
        inputs, outputs, _ = TASKS[task]
        sizes = [inputs, *list(widths.values())[:hidden], outputs]
        layers = layer_shapes(sizes)
        self.redraw_frame()
        self.diagram.clear()
        self.diagram.set_position(DIAGRAM)  # the diagram before, with its equal axes, took less room
        draw_neural_network(sizes, self.diagram, str(sizes))
        self._write_table(layers)

        total, first, (n1, n0) = count_parameters(sizes), layers[0].parameters, layers[0].W
        return (
            f"<b>{total:,} parameters</b><br>{_layers(len(layers))}, the input not counted<br>"
            f"layer 1 has {100 * first / total:.1f} % of them:<br>{n1:,} · {n0:,} + {n1:,} = {first:,}"
        )

    def _write_table(self, layers):
        """A row for each layer, its share of all parameters as a bar, and the sum."""
        ax, total = self.table, sum(layer.parameters for layer in layers)
        ax.clear()
        ax.set(xlim=(0, 1), ylim=(MOST_HIDDEN + 2.6, -0.6))
        ax.set_axis_off()
        columns = {"layer": (0.05, "center"), "$W^{[l]}$": (0.27, "center"), "$b^{[l]}$": (0.54, "center")}
        columns["parameters"] = (0.98, "right")
        rows = [[str(l), str(layer.W), str(layer.b), f"{layer.parameters:,}"] for l, layer in enumerate(layers, 1)]
        for y, texts in enumerate([list(columns), *rows, ["sum", "", "", f"{total:,}"]]):
            bold = "bold" if y in (0, len(layers) + 1) else "normal"
            for text, (x, side) in zip(texts, columns.values()):
                ax.text(x, y, text, ha=side, va="center", fontsize=12, weight=bold)
        for y in (0.5, len(layers) + 0.5):
            ax.plot([0, 1], [y, y], color=NEUTRAL, ls="-", lw=1)
        shares = [layer.parameters / total for layer in layers]
        places = [y + 0.32 for y in range(1, len(layers) + 1)]
        ax.barh(places, [1] * len(shares), height=0.1, color=PALE)
        ax.barh(places, shares, height=0.1, color=POSITIVE)
        key = "bar: the layer's share of all parameters"
        ax.text(0.5, len(layers) + 1.75, key, ha="center", color=INK, fontsize=10)


def _width(task, l):
    """How many neurons hidden layer l has when a task is chosen: where there is none yet, as many as the last."""
    hidden = TASKS[task][-1]
    return hidden[min(l, len(hidden)) - 1]


def _layers(n):
    return "L = 1 layer" if n == 1 else f"L = {n} layers"
