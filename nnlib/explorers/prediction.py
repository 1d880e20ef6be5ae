"""Leaf through test images and see what the network answers, and which of its hidden units fire (notebook 9)."""

from copy import deepcopy
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np
from matplotlib.patches import Rectangle

from nnlib.data import images_to_columns, load_mnist, one_hot_encode
from nnlib.explorers.base import FigureExplorer
from nnlib.explorers.draw_digit import check_digit_network, load_digit_network
from nnlib.losses import categorical_crossentropy
from nnlib.plots import DIVERGING, INK, NEGATIVE, NEUTRAL, POSITIVE, plot_image
from nnlib.propagation import forward_propagation
from nnlib.validation import as_array, check_integer, check_labels

HIDDEN_AREA = (0.7, 0.04, 0.29, 0.88)
FIRED, SILENT = 0.86, 0.34  # side of a unit's square, of its cell's side


class Inspection(NamedTuple):
    """What a network makes of one image: output probabilities (10,), and for each hidden layer its activations (n,)
    and whether each unit fired (n,)."""

    probabilities: np.ndarray
    activations: list
    fired: list


def inspect_prediction(network, image):
    """The `Inspection` of one image (28, 28), uint8. A unit has fired where its sum z is above 0.

    The network's cache stays as it is.
    """
    check_digit_network(network)
    column = images_to_columns(as_array(image, "image")[np.newaxis])
    output, cache = forward_propagation(column, network.parameters, network.activations)
    hidden = range(1, len(network.activations))
    return Inspection(output[:, 0], [cache[f"A{l}"][:, 0] for l in hidden], [cache[f"Z{l}"][:, 0] > 0 for l in hidden])


def find_images(labels, answers, only_mistakes=False, true_class="all"):
    """The indices of the images with the label `true_class` ("all" for any), or only of those answered wrongly.

    `labels` and `answers` are (m,), the true classes and the network's.
    """
    labels, answers = check_labels(labels, "labels"), check_labels(answers, "answers")
    if labels.shape != answers.shape:
        raise ValueError(f"there are {len(labels)} labels and {len(answers)} answers; expected one for each image.")
    if true_class != "all":
        true_class = check_integer(true_class, "true_class", 0)
    fits = (labels != answers) if only_mistakes else np.ones(len(labels), dtype=bool)
    return np.flatnonzero(fits if true_class == "all" else fits & (labels == true_class))


def prediction_explorer(network=None, images=None, labels=None):
    """An explorer of a network's answers: index of the image, only mistakes, and true class.

    `images` (m, 28, 28) are uint8, `labels` (m,) their classes; without them it shows the test images of `load_mnist`.
    Without `network` it asks the one in data/, of `load_digit_network`. What the network learns later does not show:
    run the cell again. Raises ValueError for a network with other than 784 inputs and ten softmax outputs, for other
    images, and unless there is a label from 0 to 9 for each.
    """
    network = load_digit_network() if network is None else check_digit_network(network)
    if images is None and labels is None:
        digits = load_mnist()
        images, labels = digits.test_images, digits.test_labels
    given = {name: as_array(each, name) for name, each in (("images", images), ("labels", labels)) if each is not None}
    count = {name: len(np.atleast_1d(each)) for name, each in given.items()}
    if len(given) < 2 or count["images"] != count["labels"]:
        raise ValueError(f"came with {count}; expected images (m, 28, 28) and labels (m,), or neither.")
    images, labels = given["images"], given["labels"]
    if images.shape[1:] != (28, 28) or len(images) == 0:
        raise ValueError(f"images have shape {images.shape}; expected (m, 28, 28), one image at least.")
    if labels.shape != (len(images),) or labels.dtype.kind not in "iu" or not np.isin(labels, range(10)).all():
        came = f"shape {labels.shape} and type {labels.dtype}"
        raise ValueError(f"labels have {came}; expected (m,) whole numbers from 0 to 9, not one-hot, not strings.")
    return PredictionExplorer(network, images, labels)


class PredictionExplorer(FigureExplorer):
    """An image, its ten probabilities, and a square for each hidden unit."""

    def __init__(self, network, images, labels):
        self.network, self.images, self.labels = deepcopy(network), images, labels
        self.answers = network.predict(images_to_columns(images))
        controls = {
            "index": widgets.IntSlider(0, min=0, max=max(1, len(images) - 1), description="index"),
            "only_mistakes": widgets.Checkbox(False, description="only mistakes"),
            "true_class": widgets.Dropdown(options=["all", *range(10)], value="all", description="true class"),
        }
        super().__init__(
            controls,
            figsize=(8.6, 4.2),
            alt="A digit, ten bars of which the answer's is marked right or wrong, and a square for each hidden unit, "
            "large where it fired.",
        )

    def adapt(self, name):
        """A new choice of images starts with its first."""
        if name != "index":
            self.controls["index"].value = 0

    def refresh(self):
        index = self.controls["index"]
        with self.quiet():
            count = len(self._chosen(self.controls["only_mistakes"].value, self.controls["true_class"].value))
            index.max = max(1, count - 1)  # a slider needs two ends, even where one image fits, or none
            index.disabled = count < 2
        super().refresh()

    def draw_frame(self, figure):
        paper = figure.add_axes((0.015, 0.2, 0.26, 0.26 * 8.6 / 4.2))
        self.ink = plot_image(np.zeros((28, 28)), paper, largest=255).images[0]
        paper.spines[:].set_visible(False)
        self.edge = paper.add_patch(Rectangle((-0.5, -0.5), 28, 28, fill=False, clip_on=False))
        self.title = paper.text(13.5, -2, "", ha="center", fontsize=13)
        self.place = paper.text(13.5, 28.8, "", ha="center", va="top", fontsize=10.5, linespacing=1.3)

        ax = figure.add_axes((0.335, 0.14, 0.175, 0.74))
        ax.set(xlim=(0, 1), ylim=(9.6, -0.6), yticks=range(10), xticks=(0, 0.5, 1), xlabel="probability")
        ax.set_ylabel("digit")
        ax.grid(visible=False, axis="y")
        self.bars = ax.barh(range(10), np.zeros(10), height=0.75)
        self.percents = [ax.text(1.04, k, "", va="center", fontsize=10.5) for k in range(10)]

        self.units, self.counts = self._lay_out_units(figure)
        self.nothing = figure.text(0.43, 0.93, "", ha="center", fontsize=13)
        self.of_an_image = [self.ink, self.edge, self.title, self.place, *self.bars, *self.percents]
        self.of_an_image += [self.units, *self.counts]
        return [*self.of_an_image, self.nothing]

    def _lay_out_units(self, figure):
        """A square for each hidden unit, all of one size, in rows below the words for their layer."""
        ax = figure.add_axes(HIDDEN_AREA)
        ax.set_axis_off()
        width, height = ax.get_position().size * figure.get_size_inches() * 72
        ax.set(xlim=(0, width), ylim=(height, 0))  # in points, from the top
        layers = self.network.layer_sizes[1:-1]
        heading, gap = 20, 12

        def rows(columns):
            return [-(-n // columns) for n in layers]

        def fits(columns):
            return sum(rows(columns)) * width / columns + len(layers) * (heading + gap) <= height

        columns = next(filter(fits, (16, 32, 64)), 128)
        self.cell = width / columns
        places, counts, top = [], [], 0
        for n, n_rows in zip(layers, rows(columns)):
            counts.append(ax.text(0, top + heading / 2, "", va="center", fontsize=11))
            row, column = np.divmod(np.arange(n), columns)
            places.append(np.stack([column + 0.5, row + 0.5], axis=1) * self.cell + (0, top + heading))
            top += heading + n_rows * self.cell + gap
        if not layers:
            ax.text(0, heading / 2, "no hidden layer", va="center", fontsize=11)
        x, y = np.concatenate([*places, np.empty((0, 2))]).T
        return ax.scatter(x, y, marker="s", linewidths=0.6, edgecolors=NEUTRAL), counts

    def _chosen(self, only_mistakes, true_class):
        return find_images(self.labels, self.answers, only_mistakes, true_class)

    def update(self, index, only_mistakes, true_class):
        chosen = self._chosen(only_mistakes, true_class)
        kind = "mistakes" if only_mistakes else "images"
        kind += "" if true_class == "all" else f" of class {true_class}"
        for artist in self.of_an_image:
            artist.set_visible(len(chosen) > 0)
        self.nothing.set_text("" if len(chosen) else f"There are no {kind}.")
        if len(chosen) == 0:
            return f"<b>There are no {kind}.</b><br>Choose another class, or all images."

        index = min(index, len(chosen) - 1)
        number, place = int(chosen[index]), f"index {index} of {len(chosen):,}"
        true = int(self.labels[number])
        probabilities, activations, fired = inspect_prediction(self.network, self.images[number])
        answer = int(np.argmax(probabilities))
        self._show_image(number, true, answer)
        self.place.set_text(f"image {number}\n{place}\n{kind}")
        self._show_probabilities(probabilities, true, answer)
        self._show_units(activations, fired)

        verdict = "right" if answer == true else "wrong"
        lost = "" if answer == true else f"left for the truth {_percent(probabilities[true])}: "
        loss = categorical_crossentropy(one_hot_encode([true]), probabilities[:, np.newaxis])
        counts = ", ".join(f"{np.sum(each)} of {len(each)}" for each in fired) or "there are none"
        return (
            f"<b>{verdict}</b>: true {true}, answer {answer} at {_percent(probabilities[answer])}<br>"
            f"{lost}loss {loss:.3f}<br>"
            f"hidden units that fired: {counts}<br>"
            f"image {number}: {place} {kind}<br>"
            f"of all {len(self.labels):,} images {100 * np.mean(self.answers == self.labels):.2f} % are right"
        )

    def _show_image(self, number, true, answer):
        self.ink.set_data(self.images[number])
        right = answer == true
        look = {"edgecolor": NEUTRAL, "ls": "-", "lw": 0.8} if right else {"edgecolor": NEGATIVE, "ls": "--", "lw": 3}
        self.edge.set(**look)
        mark, weight = ("✓", "normal") if right else ("✗", "bold")
        self.title.set(text=f"true {true}, answer {answer} {mark}", weight=weight)

    def _show_probabilities(self, probabilities, true, answer):
        marks = {answer: "✗ answer", true: "← true"} if answer != true else {true: "✓ right"}
        for k, (bar, percent, p) in enumerate(zip(self.bars, self.percents, probabilities)):
            bar.set_width(p)
            bar.set_facecolor(NEUTRAL if k != answer else POSITIVE if k == true else NEGATIVE)
            number = _percent(p) if k in marks or p >= 0.005 else ""
            percent.set(text=f"{number} {marks.get(k, '')}", color=INK, weight="bold" if k == true else "normal")

    def _show_units(self, activations, fired):
        for l, (count, each) in enumerate(zip(self.counts, fired), start=1):
            count.set_text(f"hidden layer {l}: {np.sum(each)} of {len(each)} fired")
        if self.counts:
            sides = np.where(np.concatenate(fired), FIRED, SILENT) * self.cell
            shades = [0.5 + a / (np.max(np.abs(a)) or 1) / 2 for a in activations]
            self.units.set(sizes=sides**2, facecolor=DIVERGING(np.concatenate(shades)))


def _percent(p):
    """A probability in percent; softmax never quite reaches 0 or 1, and neither does what is printed."""
    return "≈ 0 %" if p < 0.0005 else "≈ 100 %" if p >= 0.9995 else f"{100 * p:.1f} %"
