import numpy as np
import pytest
from ipywidgets import SelectionSlider

from nnlib.descent import SURFACES, learning_rate_path, learning_rate_verdict, stability_limit
from nnlib.explorers import learning_rate_explorer
from nnlib.optimizers import OPTIMIZERS


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("learning_rate", [0.01, 0.1, 0.5, 3.0])
def test_the_picture_and_the_read_out_agree_with_the_path(numbers_in, surface, optimizer, learning_rate):
    explorer = learning_rate_explorer()
    explorer.controls["surface"].value = surface
    explorer.controls["optimizer"].value = optimizer
    explorer.controls["learning_rate"].value = learning_rate
    path = learning_rate_path(learning_rate, surface, (-2, 2), 50, optimizer=optimizer)
    np.testing.assert_array_equal(explorer.path.get_xydata(), path)
    losses = SURFACES[surface].loss(*path.T)
    np.testing.assert_array_equal(explorer.losses.get_ydata(), losses)

    verdict = learning_rate_verdict(path)
    assert f"<b>{verdict}</b>" in explorer.readout.value
    assert explorer.plane.get_title() == f"η = {learning_rate:g}: {verdict}"
    last = np.flatnonzero(np.isfinite(path[:, 0]))[-1]
    limit = {
        "gradient descent": [2, stability_limit(surface)],
        "momentum": [2, 1, stability_limit(surface, momentum=0.9)],
    }
    expected = [last, *path[last], losses[last], *limit.get(optimizer, [])]
    assert numbers_in(explorer.readout.value) == pytest.approx(expected, rel=2e-3, abs=1e-12)


def test_the_axes_stay_where_they_are_when_it_diverges():
    explorer = learning_rate_explorer()
    frame = [(ax.get_position().bounds, ax.get_xlim(), ax.get_ylim()) for ax in explorer.figure.axes]
    explorer.controls["learning_rate"].value = 3.0
    explorer.figure.canvas.draw()
    assert [(ax.get_position().bounds, ax.get_xlim(), ax.get_ylim()) for ax in explorer.figure.axes] == frame


def test_the_learning_rates_are_named_and_reach_divergence():
    slider = learning_rate_explorer().controls["learning_rate"]
    assert isinstance(slider, SelectionSlider)
    assert slider.description == "learning rate η"
    rates = [rate for _, rate in slider.options]
    assert rates == sorted(rates)
    verdicts = {learning_rate_verdict(learning_rate_path(rate)) for rate in rates}
    assert {"too slow", "converges", "bounces for ever", "diverges"} <= verdicts
    assert learning_rate_verdict(learning_rate_path(slider.value)) == "converges"


def test_a_start_on_the_ridge_stops_at_the_saddle():
    explorer = learning_rate_explorer()
    explorer.controls["surface"].value = "two valleys"
    explorer.controls["start"].value = (0, 2)
    assert "loss 1.667" in explorer.readout.value
