import numpy as np
import pytest

from nnlib.activations import elu, leaky_relu, tanh, tanh_derivative
from nnlib.explorers import activation_explorer, activation_point


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
def test_the_read_out_agrees_with_the_twin_and_the_picture(numbers_in, function, z, alpha):
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
    assert "not flat here" in explorer.readout.value
    explorer.controls["z"].value = 5.0
    assert "flat here: almost no slope" in explorer.readout.value
    # σ′ = 0.05 where σ (1 − σ) = 0.05, so z = ± ln((1 + √0.8) / (1 − √0.8))
    edge = np.log((1 + np.sqrt(0.8)) / (1 - np.sqrt(0.8)))
    left, right = sorted(explorer.flat.get_paths(), key=lambda path: path.vertices[:, 0].min())
    assert left.vertices[:, 0].max() == pytest.approx(-edge, abs=0.03)
    assert right.vertices[:, 0].min() == pytest.approx(edge, abs=0.03)
