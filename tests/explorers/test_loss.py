import numpy as np
import pytest
from scipy.special import expit, logit, xlogy

from nnlib.explorers import loss_explorer, loss_point
from nnlib.plots import NEUTRAL, POSITIVE


def reference(loss, y, y_pred):
    """The two losses of one sample, in SciPy."""
    return -(xlogy(y, y_pred) + xlogy(1 - y, 1 - y_pred)) if loss == "binary_crossentropy" else (y_pred - y) ** 2


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mse"])
@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("y_pred", [0.002, 0.1, 0.5, 0.9, 0.998])
def test_a_point_has_the_slopes_that_differences_measure(loss, y, y_pred):
    h = 1e-6
    z = logit(y_pred)
    in_prediction = (reference(loss, y, y_pred + h) - reference(loss, y, y_pred - h)) / (2 * h)
    in_z = (reference(loss, y, expit(z + h)) - reference(loss, y, expit(z - h))) / (2 * h)
    expected = reference(loss, y, y_pred), in_prediction, in_z
    assert loss_point(y, y_pred, loss) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_a_point_by_hand():
    assert loss_point(1, 0.8) == pytest.approx((-np.log(0.8), -1 / 0.8, -0.2))
    assert loss_point(0, 0.8, "mse") == pytest.approx((0.64, 1.6, 1.6 * 0.16))
    assert all(type(number) is float for number in loss_point(1, 0.8))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 0.0), "y_pred is 0.0; expected a number between 0 and 1"),
        ((1, 1.0), "y_pred is 1.0; expected a number between 0 and 1"),
        ((1, 0.5, "categorical_crossentropy"), "needs softmax outputs"),
        ((1, 0.5, "msee"), "Did you mean 'mse'"),
    ],
)
def test_a_point_on_no_curve_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        loss_point(*arguments)


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mse"])
@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("y_pred", [0.01, 0.1, 0.7])
def test_the_read_out_and_the_picture_show_the_point(numbers_in, loss, y, y_pred):
    explorer = loss_explorer()
    for name, value in {"y": y, "y_pred": y_pred, "loss": loss}.items():
        explorer.controls[name].value = value
    value, slope, error = loss_point(y, y_pred, loss)
    coin = reference(loss, y, 0.5)
    expected = [value, value / coin, 0.5, slope, error]
    assert numbers_in(explorer.readout.value) == pytest.approx(expected, rel=1e-3)
    assert numbers_in(explorer.numbers.get_text()) == pytest.approx([value, slope], rel=1e-3)
    assert numbers_in(explorer.step.get_text()) == pytest.approx([error], rel=1e-3)

    assert explorer.point.get_xydata().tolist() == [[y_pred, value]]
    assert explorer.error_point.get_xydata().tolist() == [[y_pred, error]]
    assert explorer.stem.get_xydata().tolist() == [[y_pred, 0], [y_pred, error]]
    (start, end) = explorer.tangent.get_ydata()
    assert end - start == pytest.approx(slope)
    assert start + slope * y_pred == pytest.approx(value)


@pytest.mark.parametrize("y", [0, 1])
def test_both_losses_are_drawn_and_the_chosen_one_is_blue(y):
    explorer = loss_explorer()
    explorer.controls["y"].value = y
    explorer.controls["loss"].value = "mse"
    for loss, color in {"binary_crossentropy": NEUTRAL, "mse": POSITIVE}.items():
        y_pred, J = explorer.losses[loss].get_data()
        np.testing.assert_allclose(J, reference(loss, y, y_pred), rtol=1e-9)
        pull = y_pred - y if loss == "binary_crossentropy" else 2 * (y_pred - y) * y_pred * (1 - y_pred)
        np.testing.assert_allclose(explorer.errors[loss].get_data(), (y_pred, pull), rtol=1e-9)
        shown = [explorer.losses[loss], explorer.errors[loss], explorer.loss_names[loss], explorer.error_names[loss]]
        assert {artist.get_color() for artist in shown} == {color}


def test_a_loss_above_the_axis_is_said_to_be_off_the_scale():
    explorer = loss_explorer()
    frame = [(ax.get_xlim(), ax.get_ylim()) for ax in explorer.figure.axes]
    assert "off the scale" not in explorer.numbers.get_text()
    explorer.controls["y_pred"].value = 0.001
    assert explorer.numbers.get_text().startswith("off the scale: J = 6.908\n")
    assert explorer.point.get_xydata().tolist() == [[0.001, frame[0][1][1]]]
    assert explorer.point.get_marker() == "^"
    assert [(ax.get_xlim(), ax.get_ylim()) for ax in explorer.figure.axes] == frame


@pytest.mark.parametrize(
    ("y", "y_pred", "loss", "verdict"),
    [
        (1, 0.5, "mse", "undecided, like a coin"),
        (1, 0.6, "mse", "right"),
        (0, 0.1, "mse", "right, and sure of it"),
        (0, 0.6, "mse", "a mistake"),
        (1, 0.1, "mse", "a confident mistake"),
        (0, 0.9, "mse", "a confident mistake"),
        (1, 0.01, "mse", "a confident mistake, with hardly a slope left"),
        (1, 0.01, "binary_crossentropy", "a confident mistake"),
    ],
)
def test_the_verdict(y, y_pred, loss, verdict):
    explorer = loss_explorer()
    for name, value in {"y": y, "y_pred": y_pred, "loss": loss}.items():
        explorer.controls[name].value = value
    assert explorer.readout.value.startswith(f"<b>{verdict}</b>")


def test_the_predictions_run_from_one_in_a_thousand_to_999():
    predictions = [y_pred for _, y_pred in loss_explorer().controls["y_pred"].options]
    assert predictions == sorted(set(predictions))
    assert predictions[0] == 0.001 and predictions[-1] == 0.999 and {0.1, 0.5, 0.9} <= set(predictions)
