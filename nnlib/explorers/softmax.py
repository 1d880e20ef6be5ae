"""Move three scores, shift them all, change the temperature: what softmax makes of them (notebook 2)."""

import ipywidgets as widgets
import numpy as np

from nnlib.activations import softmax
from nnlib.explorers.base import FigureExplorer
from nnlib.losses import categorical_crossentropy
from nnlib.plots import INK, NEGATIVE, NEUTRAL, POSITIVE
from nnlib.validation import as_float, check_number, check_numbers, without_overflow_warnings

TEMPERATURES = (0.1, 0.3, 1.0, 3.0, 10.0)
SCORES = (2.0, 1.0, 0.1)
CLASSES = range(len(SCORES))
LARGEST_ENTROPY = float(np.log(len(SCORES)))


@without_overflow_warnings
def softmax_at_temperature(z, temperature=1.0):
    """softmax(z / T): T < 1 sharpens the probabilities, T > 1 flattens them. Same shape as `z`, classes on axis 0.

    Raises ValueError unless T > 0. (Hinton, Vinyals and Dean, 2015)
    """
    above_0 = "a number above 0, 1 for the plain softmax"
    temperature = check_number(temperature, "temperature", lambda T: T > 0, above_0)
    return softmax(as_float(z, "z") / temperature)


def entropy(p):
    """H = −Σ p log p of probabilities `p` (n,), a float in nats: 0 for a certain answer, log n where all are equal.

    It is the categorical cross-entropy of `p` with itself.
    """
    p = check_numbers(p, "p", "n").reshape(-1, 1)
    if p.min() < 0 or p.max() > 1:
        raise ValueError(f"p has values from {p.min():g} to {p.max():g}; expected probabilities, from 0 to 1.")
    return categorical_crossentropy(p, p)


def softmax_explorer():
    """An explorer of softmax: scores z₀, z₁ and z₂, a shift c added to all three, temperature T."""
    return SoftmaxExplorer()


class SoftmaxExplorer(FigureExplorer):
    """The shifted scores, the probabilities softmax makes of them, and how far these are from certain."""

    def __init__(self):
        look = {"min": -4, "max": 4, "step": 0.1, "readout_format": ".1f"}
        scores = zip(("z0", "z1", "z2"), SCORES, ("score z₀", "score z₁", "score z₂"))
        controls = {
            **{name: widgets.FloatSlider(z, description=label, **look) for name, z, label in scores},
            "shift": widgets.FloatSlider(0.0, description="shift c of all", **look),
            "temperature": widgets.SelectionSlider(
                options=[(f"{T:g}", T) for T in TEMPERATURES], value=1.0, description="temperature T"
            ),
        }
        super().__init__(
            controls,
            figsize=(8.6, 4.0),
            alt="Scores 2.0, 1.0 and 0.1 become bars of 0.66, 0.24 and 0.10; the gauge of entropy is mostly full.",
        )

    def draw_frame(self, figure):
        scores = figure.add_axes((0.07, 0.1, 0.31, 0.79))
        scores.set(title="scores $z + c$", ylim=(-9.4, 9.4), yticks=(-8, -4, 0, 4, 8))
        chances = figure.add_axes((0.445, 0.1, 0.31, 0.79))
        chances.set(title="probabilities $a$, sum 1", ylim=(0, 1.1))
        chances.set_yticks([0, 1 / 3, 2 / 3, 1], ["0", "1/3", "2/3", "1"])
        gauge = figure.add_axes((0.875, 0.1, 0.065, 0.79))
        gauge.set(title="entropy $H$ (nats)", xlim=(-0.5, 0.5), ylim=(0, 1.1 * LARGEST_ENTROPY), xticks=[])
        gauge.set_yticks([0, 0.5, LARGEST_ENTROPY], ["0\none has all", "0.5", "ln 3\nall equal"], fontsize=10)
        gauge.grid(visible=False)
        for ax in (scores, chances):
            ax.set_xticks(CLASSES, [f"class {k}" for k in CLASSES])
            ax.tick_params(axis="x", length=0)
            ax.set_xlim(-0.5, len(CLASSES) - 0.5)
            ax.grid(visible=False, axis="x")
        self.scores = scores.bar(CLASSES, 0, width=0.7, edgecolor="white")
        self.probabilities = chances.bar(CLASSES, 0, width=0.7, color=POSITIVE)
        (self.entropy,) = gauge.bar([0], 0, width=0.7, color=NEUTRAL)
        lines = [
            scores.axhline(0, color=INK, ls="-", lw=0.8),
            chances.axhline(1 / 3, color=INK, ls="--", lw=1),
            gauge.axhline(LARGEST_ENTROPY, color=INK, ls="-", lw=1.6),
        ]
        look = {"ha": "center", "va": "bottom", "fontsize": 11}
        halo = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        self.score_texts = [scores.text(k, 0, "", **look) for k in CLASSES]
        self.probability_texts = [chances.text(k, 0, "", bbox=halo, **look) for k in CLASSES]
        self.entropy_text = gauge.text(0, 0, "", bbox=halo, **look)
        bars = [*self.scores, *self.probabilities, self.entropy]
        return [*bars, *lines, *self.score_texts, *self.probability_texts, self.entropy_text]

    def update(self, z0, z1, z2, shift, temperature):
        z = np.array([z0, z1, z2]) + shift
        a = softmax_at_temperature(z, temperature)
        H = entropy(a)
        for bar, text, score in zip(self.scores, self.score_texts, z):
            below = score < 0
            bar.set(height=score, facecolor=NEGATIVE if below else POSITIVE, hatch="//" if below else "")
            text.set(y=score - 0.3 if below else score + 0.2, va="top" if below else "bottom", text=_number(score, 1))
        for bar, text, probability in zip(self.probabilities, self.probability_texts, a):
            bar.set_height(probability)
            text.set(y=probability + 0.02, text=_probability(probability))
        self.entropy.set_height(H)
        self.entropy_text.set(y=H + 0.02, text=f"{H:.2f}")

        first = np.flatnonzero(a == a.max())
        leader = f"class {first[0]} leads" if len(first) == 1 else f"{len(first)} classes lead"
        return (
            f"<b>{leader} with {_probability(a.max())}</b><br>a = ({', '.join(map(_probability, a))})<br>"
            f"entropy H = {_number(H)} nats,<br>{100 * H / LARGEST_ENTROPY:.1f} % of the most, ln 3 = "
            f"{_number(LARGEST_ENTROPY)}"
        )


def _probability(p):
    """Three decimals; softmax never quite reaches 0 or 1, and neither does what is printed."""
    return "≈ 0" if p < 0.0005 else "≈ 1" if p >= 0.9995 else _number(p)


def _number(value, places=3):
    return f"{value:.{places}f}".replace("-", "−")
