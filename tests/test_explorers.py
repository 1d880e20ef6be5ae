import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from ipywidgets import Button, SelectionSlider
from PIL import Image

from nnlib.activations import elu, leaky_relu, tanh, tanh_derivative
from nnlib.descent import SURFACES, learning_rate_path, learning_rate_verdict, stability_limit
from nnlib.explorers import activation_explorer, activation_point, learning_rate_explorer
from nnlib.notebook import ALT_WORDS

EXPLORERS = [activation_explorer, learning_rate_explorer]
MOVES = {
    activation_explorer: {"function": "elu", "z": -3.0},
    learning_rate_explorer: {"learning_rate": 0.3, "surface": "ravine", "start": (0, 2)},
}


def numbers_in(readout):
    """Every number of a read-out, in the order it is read."""
    plain = re.sub("<[^>]*>", " ", readout).replace("−", "-")
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?", plain)]


def texts_outside(figure):
    """The texts of a figure that its edge cuts off."""
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    texts = [t for ax in figure.axes for t in (*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label)]
    boxes = {t.get_text(): t.get_window_extent() for t in texts if t.get_text()}
    return [words for words, box in boxes.items() if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]


@pytest.mark.parametrize("make", EXPLORERS)
def test_the_static_picture_and_its_alt_text_stand_beside_the_widget(make):
    explorer = make()
    data, metadata = explorer._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    live = Image.open(io.BytesIO(explorer.image.value))
    np.testing.assert_array_equal(np.asarray(image), np.asarray(live))
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert ALT_WORDS[0] <= len(data["text/plain"].split()) <= ALT_WORDS[1]


@pytest.mark.parametrize("make", EXPLORERS)
def test_the_stored_picture_is_the_same_every_time_and_in_every_style(make):
    first = make()._repr_mimebundle_()[0]["image/png"]
    with plt.style.context(["classic", "nnlib.series"]):
        assert make()._repr_mimebundle_()[0]["image/png"] == first


@pytest.mark.parametrize("make", EXPLORERS)
def test_every_control_changes_the_picture_and_reset_brings_it_back(make):
    explorer = make()
    start, text = explorer.image.value, explorer.readout.value
    for name, value in MOVES[make].items():
        before = explorer.image.value
        explorer.controls[name].value = value
        assert explorer.image.value != before, f"{name} changes nothing"
        assert texts_outside(explorer.figure) == []
    (reset,) = [w for w in explorer.children[0].children[0].children if isinstance(w, Button)]
    assert reset.description == "Reset"
    reset.click()
    assert explorer.values == explorer.defaults
    assert (explorer.image.value, explorer.readout.value) == (start, text)


@pytest.mark.parametrize("make", EXPLORERS)
def test_the_picture_depends_on_the_settings_and_not_on_the_way_there(make):
    straight, detour = make(), make()
    detour.controls["surface" if make is learning_rate_explorer else "function"].index = 2
    for explorer in (detour, straight):
        for name, value in MOVES[make].items():
            explorer.controls[name].value = value
    assert straight.image.value == detour.image.value


@pytest.mark.parametrize("make", EXPLORERS)
def test_no_text_is_cut_off_and_the_picture_keeps_its_size(make):
    explorer = make()
    assert texts_outside(explorer.figure) == []
    size = Image.open(io.BytesIO(explorer.image.value)).size
    assert size == (int(explorer.image.width), int(explorer.image.height))


@pytest.mark.parametrize("make", EXPLORERS)
def test_no_figure_is_left_open(make):
    before = plt.get_fignums()
    make()
    assert plt.get_fignums() == before


# Activations


def test_a_point_on_an_activation():
    assert activation_point("sigmoid", 0) == (0.5, 0.25)
    assert activation_point("relu", -2) == (0, 0)
    assert activation_point("tanh", 1.5) == (float(tanh(1.5)), float(tanh_derivative(1.5)))
    assert activation_point("leaky_relu", -2) == (-0.02, 0.01)
    assert activation_point("leaky_relu", -2, 0.3) == (-0.6, 0.3)
    assert activation_point("elu", -1, 0.5) == pytest.approx((0.5 * (np.exp(-1) - 1), 0.5 * np.exp(-1)))
    assert all(type(number) is float for number in activation_point("elu", -1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sigmiod", 0), "Did you mean 'sigmoid'"),
        (("softmax", 0), "'softmax' needs a whole column of z"),
        (("relu", 0, 0.1), "'relu' has no alpha; only leaky_relu and elu have one"),
    ],
)
def test_a_point_on_no_activation_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        activation_point(*arguments)


@pytest.mark.parametrize(
    ("function", "z", "alpha"),
    [("tanh", 1.3, None), ("relu", 2.0, None), ("leaky_relu", -4.0, 0.2), ("elu", -1.0, 0.5)],
)
def test_the_read_out_agrees_with_the_twin_and_the_picture(function, z, alpha):
    explorer = activation_explorer()
    explorer.controls["function"].value = function
    explorer.controls["z"].value = z
    if alpha is not None:
        explorer.controls["alpha"].value = alpha
    f, slope = activation_point(function, z, alpha)
    assert numbers_in(explorer.readout.value) == pytest.approx([z, f, z, slope], abs=5e-5)
    assert explorer.point.get_xydata().tolist() == [[z, f]]
    assert explorer.slope_point.get_xydata().tolist() == [[z, slope]]
    (x0, x1), (y0, y1) = explorer.tangent.get_xdata()[[0, -1]], explorer.tangent.get_ydata()[[0, -1]]
    assert (y1 - y0) / (x1 - x0) == pytest.approx(slope)
    assert y0 + slope * (z - x0) == pytest.approx(f)


def test_alpha_is_offered_where_the_function_has_one():
    explorer = activation_explorer()
    alpha = explorer.controls["alpha"]
    offered = {}
    for function in explorer.controls["function"].options:
        explorer.controls["function"].value = function
        offered[function] = (not alpha.disabled, alpha.value if not alpha.disabled else None)
    assert {name for name, (shown, _) in offered.items() if shown} == {"leaky_relu", "elu"}
    assert offered["leaky_relu"][1] == 0.01 and offered["elu"][1] == 1.0
    np.testing.assert_allclose(explorer.f.get_ydata(), explorer.f.get_xdata())  # the last one is linear


def test_a_new_function_is_drawn_once_with_its_own_slope():
    explorer = activation_explorer()
    drawn = []
    explorer.image.observe(lambda change: drawn.append(explorer.f.get_ydata()[0]), "value")
    explorer.controls["function"].value = "leaky_relu"
    assert drawn == [pytest.approx(-0.06)]


def test_the_curve_follows_alpha():
    explorer = activation_explorer()
    for function, reference in (("leaky_relu", leaky_relu), ("elu", elu)):
        explorer.controls["function"].value = function
        explorer.controls["alpha"].value = 0.25
        np.testing.assert_allclose(explorer.f.get_ydata(), reference(explorer.f.get_xdata(), 0.25))


def test_flat_stretches_are_named_and_shaded():
    explorer = activation_explorer()
    assert "not saturated" in explorer.readout.value
    explorer.controls["z"].value = 5.0
    assert "saturated: almost no slope" in explorer.readout.value
    # σ′ = 0.05 where σ (1 − σ) = 0.05, so z = ± ln((1 + √0.8) / (1 − √0.8))
    edge = np.log((1 + np.sqrt(0.8)) / (1 - np.sqrt(0.8)))
    left, right = sorted(explorer.flat.get_paths(), key=lambda path: path.vertices[:, 0].min())
    assert left.vertices[:, 0].max() == pytest.approx(-edge, abs=0.03)
    assert right.vertices[:, 0].min() == pytest.approx(edge, abs=0.03)


# Learning rates


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("learning_rate", [0.01, 0.1, 0.5, 3.0])
def test_the_picture_and_the_read_out_agree_with_the_path(surface, learning_rate):
    explorer = learning_rate_explorer()
    explorer.controls["surface"].value = surface
    explorer.controls["learning_rate"].value = learning_rate
    path = learning_rate_path(learning_rate, surface, (-2, 2), 50)
    np.testing.assert_array_equal(explorer.path.get_xydata(), path)
    losses = SURFACES[surface].loss(*path.T)
    np.testing.assert_array_equal(explorer.losses.get_ydata(), losses)

    verdict = learning_rate_verdict(path)
    assert f"<b>{verdict}</b>" in explorer.readout.value
    assert explorer.plane.get_title() == f"η = {learning_rate:g}: {verdict}"
    last = np.flatnonzero(np.isfinite(path[:, 0]))[-1]
    expected = [last, *path[last], losses[last], 2, stability_limit(surface)]
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
