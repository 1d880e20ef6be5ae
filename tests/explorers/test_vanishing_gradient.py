import numpy as np
import pytest

from nnlib import numerical_gradients
from nnlib.explorers import gradient_sizes, gradient_verdict, vanishing_gradient, vanishing_gradient_explorer
from nnlib.losses import categorical_crossentropy
from nnlib.propagation import forward_propagation

CASES = [
    ("relu", 10, "he", 1.0, "stays between 0.01 and 100"),
    ("sigmoid", 10, "he", 1.0, "vanishes on its way back"),
    ("relu", 10, "random", 1.0, "vanishes in every layer"),
    ("relu", 20, "he", 2.0, "explodes"),
    ("tanh", 5, "zeros", 1.0, "vanishes in every layer"),
    ("sigmoid", 5, "zeros", 1.0, "never reaches layer 1"),
    ("relu", 11, "glorot", 1.0, "falls below 0.01 in some layers"),
]


def set_to(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value


@pytest.mark.parametrize(("activation", "init_method"), [("tanh", "xavier"), ("sigmoid", "he"), ("relu", "he")])
def test_the_sizes_are_those_of_numerical_gradients(monkeypatch, activation, init_method):
    sizes = gradient_sizes(activation, 3, init_method, 1.5, width=4, samples=6)

    def by_nudging(Y, cache, parameters, activations):
        def loss_of(nudged):
            return categorical_crossentropy(Y, forward_propagation(cache["A0"], nudged, activations)[0])

        return numerical_gradients(loss_of, parameters)

    monkeypatch.setattr(vanishing_gradient, "backward_propagation", by_nudging)
    nudged = gradient_sizes(activation, 3, init_method, 1.5, width=4, samples=6)
    np.testing.assert_allclose(sizes, nudged, rtol=1e-5)


@pytest.mark.parametrize(
    ("sizes", "verdict"),
    [
        ([1, 1, 1], "stays between 0.01 and 100"),
        ([0.01, 5, 100], "stays between 0.01 and 100"),
        ([0.009, 0.1, 1], "vanishes on its way back"),
        ([1e-8, 1e-8, 1e-8], "vanishes in every layer"),
        ([0, 0, 0], "vanishes in every layer"),
        ([1, 0.5, 0.009], "falls below 0.01 in some layers"),
        ([0.009, 0.02, 0.009], "falls below 0.01 in some layers"),
        ([1, 0.009, 1], "falls below 0.01 in some layers"),
        ([1, 101, 1], "explodes"),
        ([1e9, 1e3, 1], "explodes"),
        ([0, 0, 1], "never reaches layer 1"),
    ],
)
def test_the_verdict_by_hand(sizes, verdict):
    assert gradient_verdict(np.array(sizes)) == verdict


@pytest.mark.parametrize(("activation", "depth", "init_method", "scale", "verdict"), CASES)
def test_picture_and_read_out_agree_with_the_twin(numbers_in, activation, depth, init_method, scale, verdict):
    explorer = vanishing_gradient_explorer()
    set_to(explorer, activation=activation, depth=depth, init_method=init_method, scale=scale)
    sizes = gradient_sizes(activation, depth, init_method, scale)
    assert gradient_verdict(sizes) == verdict
    assert verdict in explorer.title.get_text() and f"<b>{verdict}</b>" in explorer.readout.value

    x, y = explorer.line.get_data()
    assert list(x) == list(range(1, depth + 2))
    np.testing.assert_array_equal(np.nan_to_num(y), sizes)
    read = explorer.readout.value.replace("exactly 0", "0").split("<br>")
    assert numbers_in(read[1]) == pytest.approx([1, sizes[0]], rel=0.06)
    assert numbers_in(read[2]) == pytest.approx([depth + 1, sizes[-1]], rel=0.06)
    assert ("no ratio" in read[3]) == (sizes[0] == 0)
    if sizes[0]:
        assert numbers_in(read[3]) == pytest.approx([sizes[0] / sizes[-1]], rel=0.06)
        assert numbers_in(read[4])[0] == pytest.approx((sizes[0] / sizes[-1]) ** (1 / depth), abs=0.006)


def test_what_has_no_place_on_the_axis_is_marked_at_its_edge():
    explorer = vanishing_gradient_explorer()
    set_to(explorer, activation="sigmoid", depth=20, init_method="random")
    sizes = gradient_sizes("sigmoid", 20, "random")
    assert list(explorer.below.get_xdata()) == list(1 + np.flatnonzero(sizes < vanishing_gradient.FLOOR))
    assert len(explorer.below.get_xdata()) > 0 and "below" in explorer.note.get_text()
    set_to(explorer, init_method="zeros")
    zeros = gradient_sizes("sigmoid", 20, "zeros") == 0
    assert list(explorer.zeros.get_xdata()) == list(1 + np.flatnonzero(zeros))
    assert zeros.any() and "exactly 0" in explorer.note.get_text()


def test_sigmoids_lose_at_least_a_factor_of_two_with_every_further_layer():
    depths = (2, 5, 10, 20)
    left = [gradient_sizes("sigmoid", depth, "xavier")[0] for depth in depths]
    for (d0, before), (d1, after) in zip(zip(depths, left), zip(depths[1:], left[1:])):
        assert after < before / 2 ** (d1 - d0)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_the_largest_gradient_fits_the_axis(scale):
    for activation in ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "linear"):
        for init_method in ("random", "xavier", "glorot", "he"):
            assert np.max(gradient_sizes(activation, 20, init_method, scale)) < vanishing_gradient.CEILING
