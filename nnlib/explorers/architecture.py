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
        self.diagram.set_axis_off()
        self.table = self._draw_table(figure.add_axes((0.55, 0.1, 0.44, 0.8)))
        return self.table

    def _draw_table(self, ax):
        """The header, and room for a row for each layer: shapes, parameters, and its share of them as a bar."""
        ax.set(xlim=(0, 1), ylim=(MOST_HIDDEN + 2.6, -0.6))
        ax.set_axis_off()
        columns = {"layer": (0.05, "center"), "$W^{[l]}$": (0.27, "center"), "$b^{[l]}$": (0.54, "center")}
        columns["parameters"] = (0.98, "right")
        look = {"va": "center", "fontsize": 12}
        for name, (x, side) in columns.items():
            ax.text(x, 0, name, ha=side, weight="bold", **look)
        ax.plot([0, 1], [0.5, 0.5], color=NEUTRAL, ls="-", lw=1)
        rows = range(1, MOST_HIDDEN + 2)
        self.rows = [[ax.text(x, y, "", ha=side, **look) for x, side in columns.values()] for y in rows]
        self.all = ax.barh([y + 0.32 for y in rows], 1, height=0.1, color=PALE)
        self.shares = ax.barh([y + 0.32 for y in rows], 1, height=0.1, color=POSITIVE)
        (self.rule,) = ax.plot([], [], color=NEUTRAL, ls="-", lw=1)
        ends = (0.05, "center"), (0.98, "right")
        self.sum = [ax.text(x, 0, "", ha=side, weight="bold", **look) for x, side in ends]
        self.key = ax.text(0.5, 0, "bar: the layer's share of all parameters", ha="center", color=INK, fontsize=10)
        return [*sum(self.rows, []), *self.all, *self.shares, self.rule, *self.sum, self.key]

    def update(self, task, hidden, **widths):
        for l in range(1, MOST_HIDDEN + 1):
            self.controls[f"n{l}"].disabled = l > hidden
        inputs, outputs, _ = TASKS[task]
        sizes = [inputs, *list(widths.values())[:hidden], outputs]
        layers, total = layer_shapes(sizes), count_parameters(sizes)
        self._draw_diagram(sizes)
        self._fill_table(layers, total)
        first, (n1, n0) = layers[0].parameters, layers[0].W
        return (
            f"<b>{total:,} parameters</b><br>{_layers(len(layers))}, the input not counted<br>"
            f"layer 1 has {100 * first / total:.1f} % of them:<br>{n1:,} · {n0:,} + {n1:,} = {first:,}"
        )

    def _draw_diagram(self, sizes):
        """Another network has other artists: they take the place of the last one's among those that move."""
        ax = self.diagram
        for artist in [*ax.collections, *ax.patches, *ax.texts]:
            artist.remove()
        ax.set_position(DIAGRAM)  # the last one, with its equal axes, took less room
        draw_neural_network(sizes, ax, str(sizes))
        ax.apply_aspect()
        network = [*ax.collections, *ax.patches, *ax.texts, ax.title]
        for artist in network:
            artist.set_animated(True)
        self.moving = [*self.table, *network]

    def _fill_table(self, layers, total):
        for row, bar, share, l in zip(self.rows, self.all, self.shares, range(1, MOST_HIDDEN + 2)):
            layer = layers[l - 1] if l <= len(layers) else None
            texts = [""] * 4 if layer is None else [str(l), str(layer.W), str(layer.b), f"{layer.parameters:,}"]
            for text, words in zip(row, texts):
                text.set_text(words)
            bar.set_visible(layer is not None)
            share.set(visible=layer is not None, width=0 if layer is None else layer.parameters / total)
        self.rule.set_data([0, 1], [len(layers) + 0.5] * 2)
        for text, words in zip(self.sum, ("sum", f"{total:,}")):
            text.set(text=words, y=len(layers) + 1)
        self.key.set_y(len(layers) + 1.75)


def _width(task, l):
    """How many neurons hidden layer l has when a task is chosen: where there is none yet, as many as the last."""
    hidden = TASKS[task][-1]
    return hidden[min(l, len(hidden)) - 1]


def _layers(n):
    return "L = 1 layer" if n == 1 else f"L = {n} layers"
