"""Draw a digit and watch a network read it (notebooks 1 and 9)."""

from pathlib import Path

import anywidget
import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw
from traitlets import Bytes, List, Unicode

from nnlib.data import center_by_mass, data_folder, images_to_columns
from nnlib.explorers.base import ONE_AT_A_TIME, Explorer, series_style
from nnlib.explorers.digit_strokes import DIGIT_STROKES
from nnlib.network import NeuralNetwork
from nnlib.notebook import png_bytes
from nnlib.plots import INK, NEUTRAL, POSITIVE, plot_image
from nnlib.validation import check_numbers

TEST_ACCURACY = 0.9895  # of the network in data/digit_network.npz, on MNIST's 10,000 test images
BOX = 20  # MNIST's digits fit a box of this side, in pixels
PEN = 2.5  # the width of MNIST's strokes, in the same pixels
FINE = 8  # strokes are drawn this many times finer than MNIST's pixels
FAR = 1000  # in canvases: where a stroke cannot be
SMALLEST = 0.1  # a drawing smaller than this part of the canvas gets no thinner pen


def load_digit_network():
    """The network that reads drawings: 784-128-64-10, trained on distorted MNIST by data/digit_network.py.

    Raises FileNotFoundError, with the command that makes it again, where data/digit_network.npz is missing, and
    ValueError where it holds another kind of network.
    """
    path = data_folder() / "digit_network.npz"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing. Make it again, in minutes: python data/digit_network.py")
    return check_digit_network(NeuralNetwork.load(path))


def check_digit_network(network):
    """The network as it came; ValueError unless it has 784 inputs and ten softmax outputs."""
    if not isinstance(network, NeuralNetwork):
        raise ValueError(f"network is {network!r}; expected a NeuralNetwork that reads digits.")
    if (network.layer_sizes[0], network.layer_sizes[-1], network.activations[-1]) != (784, 10, "softmax"):
        raise ValueError(f"network is {network}; expected 784 inputs and 10 softmax outputs, one for each digit.")
    return network


def draw_strokes(strokes):
    """The ink (h, w) of strokes, uint8 from 0 (paper) to 255, cut to its edges: 160 or 161 pixels at the longer one.

    `strokes` is a list of strokes, each a list of [x, y] from 0 to 1, x to the right and y down. The round pen is as
    thick as MNIST's in proportion to the drawing, so that a small drawing and a large one give the same ink.
    """
    points = _points_of(strokes)
    if not points:
        return np.zeros((FINE * BOX, FINE * BOX), dtype=np.uint8)
    low, high = np.vstack(points).min(axis=0), np.vstack(points).max(axis=0)
    pen = max(np.max(high - low), SMALLEST) * PEN / (BOX - PEN)
    scale = FINE * BOX / (np.max(high - low) + pen)
    width, height = np.ceil(scale * (high - low + pen)).astype(int).tolist()
    paper = Image.new("L", (width, height))
    pencil = ImageDraw.Draw(paper)
    for stroke in points:
        places = scale * (stroke - low + pen / 2)
        pencil.line(places.ravel().tolist(), fill=255, width=round(scale * pen))
        for x, y in places.tolist():
            pencil.circle((x, y), scale * pen / 2, fill=255)
    return np.asarray(paper)


def _points_of(strokes):
    """Return the points (k, 2) of each stroke that has any, once they are known to be numbers on a sheet."""
    if not isinstance(strokes, list | tuple):
        raise ValueError(f"strokes is {strokes!r}; expected a list of strokes, each a list of [x, y].")
    points = [check_numbers(stroke, "a stroke, of strokes,", "k", 2) for stroke in strokes if np.size(stroke)]
    if any(np.abs(stroke).max() > FAR for stroke in points):
        raise ValueError(f"strokes reach further than {FAR}; expected x and y from 0 to 1, or near it.")
    return points


def _levels_of(ink):
    """Return ink (h, w) as whole levels, uint8, once it is known to lie between paper and black."""
    ink = check_numbers(ink, "ink", "h", "w")
    if ink.min() < 0 or ink.max() > 255:
        raise ValueError(f"ink has levels from {ink.min():g} to {ink.max():g}; expected 0 (paper) to 255.")
    return ink.astype(np.uint8)


def center_digit(ink):
    """The ink (h, w), from 0 (paper) to 255, prepared as MNIST's digits were: an image (28, 28), uint8.

    The digit, cut to its edges, is scaled to fit a box of 20 × 20 pixels with its proportions kept, and placed
    with its centre of mass in the middle. No ink, or hardly any, gives an empty image.
    Source: Y. LeCun and others, Gradient-based learning applied to document recognition (1998), section III A.
    """
    picture = Image.fromarray(_levels_of(ink))
    edges = picture.getbbox()
    if edges is None:
        return np.zeros((28, 28), dtype=np.uint8)
    digit = picture.crop(edges)
    size = [max(1, round(BOX * side / max(digit.size))) for side in digit.size]
    box = np.asarray(digit.resize(size, Image.Resampling.BOX))
    return center_by_mass(box) if box.any() else np.zeros((28, 28), dtype=np.uint8)


def read_digit(strokes, network):
    """What the network sees of the strokes, an image (28, 28), and how probable it finds each digit, (10,).

    Without strokes both are all 0: of nothing there is no reading.
    """
    check_digit_network(network)
    image = center_digit(draw_strokes(strokes))
    if not image.any():
        return image, np.zeros(10)
    return image, network.predict_proba(images_to_columns(image[np.newaxis]))[:, 0]


def draw_digit():
    """An explorer to draw on with mouse, finger or pen: what the network sees of it, and how it reads it."""
    return DrawDigit()


class DrawingPad(anywidget.AnyWidget):
    """A sheet to draw on beside what the network sees and its ten probabilities; draw_digit.js draws it.

    `strokes` changes here and in the browser alike; the others are the answer to it.
    """

    _esm = Path(__file__).with_name("draw_digit.js")
    _css = Path(__file__).with_name("draw_digit.css")
    strokes = List().tag(sync=True)
    image = Bytes(bytes(784)).tag(sync=True)
    probabilities = List([0.0] * 10).tag(sync=True)
    reading = Unicode().tag(sync=True)


class DrawDigit(Explorer):
    """The drawing, or a sample of one, read by the network that ships with the series at every point added to it."""

    def __init__(self):
        self.network = load_digit_network()
        samples = ["none", *DIGIT_STROKES]
        controls = {"sample": widgets.SelectionSlider(options=samples, value="3", description="sample digit")}
        pad = DrawingPad(layout={"flex": "0 1 auto", "min_width": "0"})
        super().__init__(
            controls,
            pad,
            alt="A hand-drawn 3, the same as 28 by 28 pixels, and ten bars of which that of the 3 is nearly 1.",
        )
        pad.observe(lambda _: self._on_drawing(), "strokes")

    def adapt(self, name):
        """No sample is a blank sheet."""
        if self.controls["sample"].value == "none":
            self.view.strokes = []

    def refresh(self):
        sample = self.controls["sample"].value
        with self.quiet(), self.view.hold_sync():
            if sample in DIGIT_STROKES:
                self.view.strokes = DIGIT_STROKES[sample]
            image, probabilities = read_digit(self.view.strokes, self.network)
            self.view.image = image.tobytes()
            self.view.probabilities = probabilities.tolist()
            self.view.reading = _reading(probabilities)
        # As many lines with a drawing as without: where the sheet lies below them, it must not move under the pen.
        then = f"then {_answer(probabilities, 1)}" if image.any() else "with mouse, finger or pen"
        layers = "-".join(map(str, self.network.layer_sizes))
        self.readout.value = (
            f"<b>{self.view.reading}</b><br>{then}<br>"
            f"The network, {layers}, is right on {100 * TEST_ACCURACY:.2f} % of MNIST’s test images."
        )

    def still_picture(self):
        strokes = DIGIT_STROKES[self.defaults["sample"]]
        with series_style():
            return png_bytes(_still_figure(strokes, *read_digit(strokes, self.network)))

    def _on_drawing(self):
        """A sample that somebody draws on is a sample no more."""
        with ONE_AT_A_TIME:
            if self._quiet:
                return
            with self.quiet():
                self.controls["sample"].value = "none"
            self.refresh()


def _reading(probabilities):
    return f"read as {_answer(probabilities, 0)}" if probabilities.any() else "draw a digit"


def _answer(probabilities, place):
    """The digit at this place in the order of probability (0: the first), with its probability, in words."""
    digit = np.argsort(-probabilities, kind="stable")[place]
    return f"{digit} at {_percent(probabilities[digit])}"


def _percent(p):
    """A probability in percent; softmax never quite reaches 0 or 1, and neither does what is printed."""
    return "over 99.9 %" if p > 0.999 else "under 0.1 %" if p < 0.001 else f"{100 * p:.1f} %"


def _still_figure(strokes, image, probabilities):
    """The three parts of the view in the browser, as a figure."""
    figure = Figure(figsize=(8.2, 3.4), layout="none")
    sheet = figure.add_axes((0.01, 0.06, 0.34, 0.82), xlim=(0, 1), ylim=(1, 0), xticks=[], yticks=[], aspect="equal")
    sheet.set_title("draw here")
    sheet.grid(visible=False)
    sheet.spines[:].set(visible=True, color=NEUTRAL)
    for stroke in strokes:
        sheet.plot(*zip(*stroke), color=INK, ls="-", lw=14, solid_capstyle="round", solid_joinstyle="round")
    plot_image(image, figure.add_axes((0.39, 0.165, 0.25, 0.6)), "the network sees", largest=255)
    bars = figure.add_axes((0.7, 0.06, 0.16, 0.82), xlim=(0, 1), xticks=[])
    bars.set_title(_reading(probabilities))
    numbers = ["" if p < 0.005 else _percent(p) for p in probabilities]
    labels = bars.bar_label(bars.barh(range(10), probabilities, color=POSITIVE), numbers, padding=4, fontsize=11)
    labels[probabilities.argmax()].set_fontweight("bold")
    bars.set_yticks(range(10))
    bars.tick_params(length=0)
    bars.invert_yaxis()
    bars.grid(visible=False)
    bars.spines["bottom"].set_visible(False)
    return figure
