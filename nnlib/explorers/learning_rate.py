"""Change learning rate and optimizer, and watch the path, the loss and the verdict (notebook 7)."""

import ipywidgets as widgets
import numpy as np

from nnlib.descent import SURFACES, get_surface, learning_rate_path, learning_rate_verdict, stability_limit
from nnlib.explorers.base import FigureExplorer
from nnlib.optimizers import OPTIMIZERS, Momentum
from nnlib.plots import POSITIVE, plot_descent

LEARNING_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 3.0)
STARTS = {"(−2, 2)": (-2, 2), "(0, 2)": (0, 2), "(0.5, 2)": (0.5, 2), "(2.5, −2)": (2.5, -2)}
STEPS = 50
LOSS_RANGE = (1e-6, 1e4)


def learning_rate_explorer():
    """An explorer of descent: learning rate η, surface, start (w₁, w₂), and optimizer."""
    return LearningRateExplorer()


class LearningRateExplorer(FigureExplorer):
    """The path of 50 steps on a surface, the loss after each, and what the path does."""

    def __init__(self):
        controls = {
            "learning_rate": widgets.SelectionSlider(
                options=[(f"{rate:g}", rate) for rate in LEARNING_RATES],
                value=0.1,
                description="learning rate η",
            ),
            "surface": widgets.Dropdown(options=list(SURFACES), value="bowl", description="loss surface J"),
            "start": widgets.Dropdown(options=list(STARTS.items()), value=(-2, 2), description="start (w₁, w₂)"),
            "optimizer": widgets.Dropdown(
                options=list(OPTIMIZERS), value="gradient descent", description="optimizer"
            ),
        }
        super().__init__(
            controls,
            figsize=(8.4, 4),
            alt="A path curving from (-2, 2) down to the minimum of a bowl at learning rate 0.1; "
            "beside it the loss falling.",
        )

    def draw_frame(self, figure):
        place = (0.07, 0.14, 0.42, 0.76)
        self.ground = figure.add_axes(place)
        self.shown_surface = None
        self.plane = figure.add_axes(place, xlim=(-3.5, 3.5), ylim=(-3.5, 3.5), aspect="equal")
        self.plane.set_axis_off()
        (self.path,) = self.plane.plot([], [], color=POSITIVE, ls="-", lw=1.4, marker="o", ms=4)
        (self.start,) = self.plane.plot([], [], marker="o", ms=10, mfc="white", mec=POSITIVE, mew=2, ls="none")
        self.curve = figure.add_axes((0.58, 0.14, 0.4, 0.76))
        self.curve.set(xlim=(0, STEPS), yscale="log", ylim=LOSS_RANGE, xlabel="step", ylabel="loss $J$")
        self.curve.minorticks_off()
        self.curve.set_title("loss after each step")
        (self.losses,) = self.curve.plot([], [], color=POSITIVE, ls="-", marker="o", ms=3)
        return [self.path, self.start, self.plane.title, self.losses]

    def update(self, learning_rate, surface, start, optimizer):
        path = learning_rate_path(learning_rate, surface, start, STEPS, optimizer=optimizer)
        losses = get_surface(surface).loss(*path.T)
        verdict = learning_rate_verdict(path)

        if surface != self.shown_surface:
            self.shown_surface = surface
            self.redraw_frame()
            self.ground.clear()
            plot_descent(get_surface(surface).loss, None, self.ground, minimum=get_surface(surface).minimum)
        self.plane.set_title(f"η = {learning_rate:g}: {verdict}")
        self.path.set_data(*path.T)
        self.start.set_data([start[0]], [start[1]])
        self.losses.set_data(range(STEPS + 1), losses)

        steps = np.count_nonzero(np.isfinite(path[:, 0])) - 1
        w1, w2 = path[steps]
        return (
            f"<b>{verdict}</b><br>after {_steps(steps)}: w = ({_number(w1)}, {_number(w2)}), "
            f"loss {_number(losses[steps])}<br>{_limit(surface, optimizer)}"
        )


def _limit(surface, optimizer):
    if optimizer == "gradient descent":
        return f"stability limit at the minimum: 2/λ<sub>max</sub> = {stability_limit(surface):.4g}"
    if optimizer == "momentum":
        limit = stability_limit(surface, momentum=Momentum().momentum)
        return f"stability limit at the minimum: 2(1 + μ)/λ<sub>max</sub> = {limit:.4g}"
    return "no stability limit: the steps are about η long, whatever the slope"


def _steps(n):
    return "1 step" if n == 1 else f"{n} steps"


def _number(value):
    return f"{value:.4g}".replace("-", "−")
