"""Train a small network live on points in the plane and see what each of its neurons computes (notebook 8)."""

import warnings
from collections import deque
from pathlib import Path

import anywidget
import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from traitlets import Bool, Bytes, Dict

from nnlib.explorers.base import ONE_AT_A_TIME, Explorer, series_style
from nnlib.network import NeuralNetwork
from nnlib.notebook import png_bytes
from nnlib.plots import plot_curves, plot_decision_boundary, plot_matrix
from nnlib.propagation import forward_propagation
from nnlib.training import DivergenceWarning
from nnlib.validation import check_choice, check_number

POINTS = 200  # to train on; as many again are held out
BATCH_SIZE = 10
SEED = 0
LEARNING_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
HIDDEN = ((), (2,), (4,), (8,), (4, 4), (8, 8), (8, 8, 8))
ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
EDGE = 2.6  # the picture shows −2.6 … 2.6 along both inputs, in standard deviations
SIDE = 50  # samples along each side of the picture
AT_ONCE = 3  # epochs, each with its picture, that one question may ask for
STILL_EPOCHS = 100
GUESSING = np.log(2)  # the loss of ŷ = ½ for every point
PATIENCE = 10  # epochs before a verdict: less may be chance


# What there is to learn


def _xor(noise, m):
    rng = np.random.default_rng(SEED)
    X = rng.uniform(-1, 1, (2, m))
    return X + noise * rng.standard_normal((2, m)), X[0] * X[1] < 0


def _moons(noise, m):
    from sklearn.datasets import make_moons

    points, y = make_moons(m, noise=noise, random_state=SEED)
    return points.T, y


def _circles(noise, m):
    from sklearn.datasets import make_circles

    points, y = make_circles(m, noise=noise, factor=0.5, random_state=SEED)
    return points.T, y


def _spiral(noise, m):
    rng = np.random.default_rng(SEED)
    y = np.arange(m) % 2
    radius = np.sqrt(rng.uniform(0.01, 1, m))
    angle = 2.5 * np.pi * radius + np.pi * y  # one turn and a quarter
    # The arms lie closer together than the halves of the other shapes.
    return radius * [np.cos(angle), np.sin(angle)] + 0.3 * noise * rng.standard_normal((2, m)), y


SHAPES = {"XOR": _xor, "moons": _moons, "circles": _circles, "spiral": _spiral}


def playground_data(data="circles", noise=0.1):
    """(X, Y, X_held_out, Y_held_out): 200 points to train on and 200 to measure on, X (2, 200) and Y (1, 200).

    `data` is one of XOR, moons, circles, spiral; `noise` scales the Gaussian noise in both coordinates. The inputs are
    standardised by mean and standard deviation of the points to train on. The same arguments give the same points.
    Raises ValueError for an unknown name.
    """
    noise = check_number(noise, "noise", lambda spread: spread >= 0, "0 or a small positive number such as 0.1")
    X, y = SHAPES[check_choice(data, SHAPES, "data")](noise, 2 * POINTS)
    seen = X[:, :POINTS]
    X = (X - seen.mean(axis=1, keepdims=True)) / seen.std(axis=1, keepdims=True)
    Y = y.reshape(1, -1).astype(float)
    return X[:, :POINTS], Y[:, :POINTS], X[:, POINTS:], Y[:, POINTS:]


# The network that learns it


def playground_network(hidden=(4,), activation="tanh", learning_rate=0.1):
    """The playground's network before training: two inputs, `hidden` layers, one sigmoid output. Always the same."""
    if not isinstance(hidden, list | tuple | np.ndarray):
        raise ValueError(f"hidden is {hidden!r}; expected the neurons of each hidden layer, such as (4, 4).")
    return NeuralNetwork([2, *hidden, 1], [activation] * len(hidden) + ["sigmoid"], learning_rate, rng=SEED)


def train_playground(epochs, data="circles", noise=0.1, hidden=(4,), activation="tanh", learning_rate=0.1):
    """The playground's network after so many epochs, in batches of ten: what Play shows when it gets there.

    Its history holds losses and accuracies, the validation ones on the held-out points. Where training diverges it
    stops with a DivergenceWarning. Raises ValueError for settings that make no data or no network.
    """
    X, Y, *held_out = playground_data(data, noise)
    network = playground_network(hidden, activation, learning_rate)
    network.fit(X, Y, epochs, verbose=False, batch_size=BATCH_SIZE, validation_data=tuple(held_out), rng=SEED)
    return network


def playground_surfaces(network):
    """What the network computes over the plane: ŷ (50, 50), and of each layer below it A^[l] (n_l, 50, 50).

    Returns (ŷ, [A⁰, A¹, …]), inputs first, at the centres of 50 × 50 squares that cover −2.6 … 2.6; row 0 is the top.
    """
    if not isinstance(network, NeuralNetwork) or (network.layer_sizes[0], network.n_outputs) != (2, 1):
        raise ValueError(f"network is {network!r}; expected one with two inputs and one output.")
    answer, cache = forward_propagation(PLANE, network.parameters, network.activations)
    layers = [np.nan_to_num(cache[f"A{l}"]) for l in range(len(network.layer_sizes) - 1)]
    return np.nan_to_num(answer, nan=0.5).reshape(SIDE, SIDE), [A.reshape(-1, SIDE, SIDE) for A in layers]


_centres = EDGE * ((2 * np.arange(SIDE) + 1) / SIDE - 1)
PLANE = np.stack(np.meshgrid(_centres, _centres[::-1])).reshape(2, -1)


# The explorer


class LossCurve:
    """Rows (epoch, training loss, held-out loss), thinned so that any number of epochs fits in `MOST` of them.

    When they are full, every other row goes, and from then on only every other epoch adds one; the last always shows.
    """

    MOST = 400

    def __init__(self):
        self.rows, self.last, self.stride = [], None, 1

    def add(self, epoch, training, held_out):
        self.last = (epoch, training, held_out)
        if epoch % self.stride == 0:
            self.rows.append(self.last)
        if len(self.rows) == self.MOST:
            self.rows, self.stride = self.rows[::2], 2 * self.stride

    def array(self):
        """All rows, and the last one, as (k, 3) float32."""
        return np.array([*self.rows, self.last], dtype=np.float32)


class PlaygroundView(anywidget.AnyWidget):
    """The picture, with Play and Step. It holds what there is to draw; playground.js draws it and is the clock.

    Asked {"type": "step", "run": run, "after": epoch, "epochs": k}, Python trains k epochs and sets all of these
    after each.
    """

    _esm = Path(__file__).with_name("playground.js")
    playing = Bool(False).tag(sync=True)
    state = Dict().tag(sync=True)  # run, epoch, how many `more` of this answer will follow, layer_sizes, words
    points = Bytes().tag(sync=True)  # float32 rows x₁, x₂, class, held out
    answer = Bytes().tag(sync=True)  # uint8 (50, 50), ŷ from 0 to 255
    neurons = Bytes().tag(sync=True)  # uint8 (25, 25) each, inputs first: 0 is −, 128 is 0, 255 is +
    weights = Bytes().tag(sync=True)  # float32 W1, W2, … row by row
    curve = Bytes().tag(sync=True)  # float32 rows of LossCurve


def playground_explorer():
    """An explorer that trains a network live: data, noise, hidden layers, activation, η; Play, Step and Reset."""
    return PlaygroundExplorer()


class PlaygroundExplorer(Explorer):
    """Decision surface, hidden neurons as pictures of what they compute, and loss curves, epoch by epoch.

    Every change of a setting starts anew from the same first weights. The browser asks for each epoch, so that nothing
    runs here once its view is gone.
    """

    def __init__(self):
        controls = {
            "data": widgets.Dropdown(options=list(SHAPES), value="circles", description="data"),
            "noise": widgets.FloatSlider(0.1, min=0, max=0.5, step=0.05, description="noise", readout_format=".2f"),
            "hidden": widgets.Dropdown(
                options=[("-".join(map(str, sizes)) or "none", sizes) for sizes in HIDDEN],
                value=(4,),
                description="hidden layers",
            ),
            "activation": widgets.Dropdown(options=ACTIVATIONS, value="tanh", description="activation g"),
            "learning_rate": widgets.SelectionSlider(
                options=[(f"{rate:g}", rate) for rate in LEARNING_RATES], value=0.1, description="learning rate η"
            ),
        }
        view = PlaygroundView(layout={"flex": "1 1 520px", "min_width": "0", "max_width": "820px"})
        self.run = 0  # counts the new starts, so that no question to an earlier network is answered by the next
        view.on_msg(lambda _, content, buffers: self._on_message(content))
        view.observe(lambda change: self._stop_if_diverged(), "playing")
        super().__init__(
            controls,
            view,
            alt="Circles and a 2-4-1 network: a boundary through the middle at the start, closed around the inner "
            "circle after 100 epochs; both losses fall.",
        )

    def refresh(self):
        """Start anew with the controls' settings."""
        with ONE_AT_A_TIME:
            self.settings = self.values
            data, noise, *network = self.settings.values()
            self.X, self.Y, self.X_held_out, self.Y_held_out = playground_data(data, noise)
            self.network = playground_network(*network)
            self.rng = np.random.default_rng(SEED)
            self.run += 1
            self.epoch = 0
            self.diverged = False
            self.curve = LossCurve()
            self.best = (0, np.inf, np.inf)
            self.recent = deque(maxlen=PATIENCE)
            self._measure()
            self._show(more=0)

    def reset(self):
        self.view.playing = False
        super().reset()

    def step(self, more=0):
        """Train one epoch, and show what has become of it; `more` are to follow.

        One in which training diverges does not count: what is shown stays that of the epoch before, with the verdict.
        """
        before = {name: value.copy() for name, value in self.network.parameters.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DivergenceWarning)  # the verdict says it
            held_out = self.X_held_out, self.Y_held_out
            self.network.fit(
                self.X, self.Y, 1, verbose=False, batch_size=BATCH_SIZE, validation_data=held_out, rng=self.rng
            )
        self.diverged = not self.network.history["loss"]
        if self.diverged:
            self.network.parameters = before
        else:
            self.epoch += 1
            self._measure()
        self._stop_if_diverged()
        # The curve is thinned; the history would grow for as long as Play runs.
        self.network.history = {name: [] for name in self.network.history}
        self._show(0 if self.diverged else more)

    def still_picture(self):
        start, trained = playground_network(), train_playground(STILL_EPOCHS)
        X, Y, *_ = playground_data()
        with series_style():
            figure = Figure(figsize=(8.6, 3.9), layout="constrained")
            figure.get_layout_engine().set(rect=(0, 0, 1, 0.93))
            figure.text(0.8, 0.98, f"hidden neurons, epoch {STILL_EPOCHS}", ha="center", va="top", fontsize=12)
            axes = figure.subplot_mosaic(
                [["start", "trained", *"0123"], ["start", "trained", *4 * ["losses"]]],
                width_ratios=(8, 8, 2, 2, 2, 2),
                height_ratios=(1, 2.2),
            )
            for name, network, epochs in (("start", start, 0), ("trained", trained, STILL_EPOCHS)):
                title = f"output ŷ, epoch {epochs}"
                plot_decision_boundary(network.predict_proba, X, Y[0], axes[name], title, legend=False)
            _, (_, neurons) = playground_surfaces(trained)
            for i, neuron in enumerate(neurons):
                plot_matrix(neuron, axes[str(i)], f"$a_{i + 1}$", largest=1, numbers=False)
            curves = {"training": trained.history["loss"], "held-out": trained.history["validation_loss"]}
            plot_curves(curves, axes["losses"], xlabel="epoch", ylabel="loss $J$")
            return png_bytes(figure)

    def _on_message(self, content):
        # Two views of one explorer both ask; a question may also be older than a change of settings.
        if content.get("type") != "step":
            return
        epochs = min(content["epochs"], AT_ONCE)
        for done in range(epochs):
            with ONE_AT_A_TIME:
                if self.diverged or (content["run"], content["after"]) != (self.run, self.epoch - done):
                    return
                self.step(more=epochs - 1 - done)

    def _stop_if_diverged(self):
        if self.diverged:  # "playing" may arrive after the question that it led to
            self.view.playing = False

    def _measure(self):
        """Loss and accuracy on both sets of points, with the weights as they are now."""
        with np.errstate(over="ignore", invalid="ignore"):
            self.training = self.network.evaluate(self.X, self.Y)
            self.held_out = self.network.evaluate(self.X_held_out, self.Y_held_out)
        self.curve.add(self.epoch, self.training[0], self.held_out[0])
        self.recent.append(self.curve.last)
        self.best = min(self.best, self.curve.last, key=lambda row: row[2])

    def _verdict(self):
        rate, (loss, accuracy) = self.settings["learning_rate"], self.training
        best_epoch, loss_then, lowest = self.best
        if self.diverged:
            return f"diverged in epoch {self.epoch + 1}: learning rate {rate:g} is too large. Choose a smaller one"
        if self.epoch == 0:
            return "not trained yet"
        start = self.curve.rows[0][1]
        if self.epoch >= PATIENCE and loss > 1.05 * max(start, GUESSING):
            return f"worse than at the start: with learning rate {rate:g} the steps overshoot"
        if self.epoch >= PATIENCE and loss > 0.95 * GUESSING and accuracy < 0.6:
            return "no better than guessing, whose loss is ln 2 ≈ 0.69"
        if all(loss < loss_then and held_out > 1.1 * lowest + 0.02 for _, loss, held_out in self.recent):
            return f"overfitting: the held-out loss was lowest after epoch {best_epoch}, {lowest:.3f}"
        return f"training loss {start:.2f} at the start, {loss:.2f} now"

    def _show(self, more):
        """Send everything there is to draw in one message, and say it in words."""
        verdict = self._verdict()
        sizes, rate = self.network.layer_sizes, self.settings["learning_rate"]
        numbers = {"training": self.training, "held-out": self.held_out}
        losses = [
            f"{name}: loss {loss:.3f}, accuracy {100 * accuracy:.1f} %" for name, (loss, accuracy) in numbers.items()
        ]
        words = [f"<b>{verdict}</b>", f"epoch {self.epoch:,}, learning rate {rate:g}", *losses]
        self.readout.value = "<br>".join(words)
        measured = ", ".join(f"{name} loss {loss:.3f}" for name, (loss, _) in numbers.items())
        answer, layers = playground_surfaces(self.network)
        with self.view.hold_sync():
            self.view.state = {
                "run": self.run,
                "epoch": self.epoch,
                "more": more,
                "learning_rate": rate,
                "layer_sizes": sizes,
                "activation": self.settings["activation"],
                "diverged": verdict if self.diverged else "",
                "label": f"{self.settings['data']} with noise {self.settings['noise']:.2f}, a "
                f"{'-'.join(map(str, sizes))} network in epoch {self.epoch:,}: {measured}; {verdict}.",
            }
            points = [[*self.X, self.Y[0], np.zeros(POINTS)], [*self.X_held_out, self.Y_held_out[0], np.ones(POINTS)]]
            self.view.points = np.hstack(points).T.astype(np.float32).tobytes()
            self.view.answer = _levels(2 * answer - 1)
            self.view.neurons = b"".join(_levels(A / _full_colour(A)) for layer in layers for A in layer[:, ::2, ::2])
            weights = [np.ravel(self.network.parameters[f"W{l}"]) for l in range(1, len(sizes))]
            self.view.weights = np.clip(np.concatenate(weights), -1e6, 1e6).astype(np.float32).tobytes()
            self.view.curve = self.curve.array().tobytes()


def _full_colour(A):
    """The value that gets full colour: 1, or what the neuron reaches where that is more."""
    return max(1.0, float(np.max(np.abs(A))))


def _levels(values):
    """Values from −1 to 1 as bytes: 0, 128 in the middle, 255."""
    return np.uint8(np.round(127.5 * (1 + values))).tobytes()
