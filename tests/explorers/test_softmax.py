import numpy as np
import pytest
from scipy.special import softmax as scipy_softmax
from scipy.stats import entropy as scipy_entropy

from nnlib.explorers import entropy, softmax_at_temperature, softmax_explorer


def set_to(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value


@pytest.mark.parametrize("temperature", [0.1, 1 / 3, 1, 10])
@pytest.mark.parametrize("z", [[2.0, 1.0, 0.1], [-4.0, 8.0, 0.0], [5.0, 5.0, 5.0]])
def test_the_twins_agree_with_scipy(z, temperature):
    p = softmax_at_temperature(z, temperature)
    np.testing.assert_allclose(p, scipy_softmax(np.array(z) / temperature))
    assert entropy(p) == pytest.approx(scipy_entropy(p), abs=1e-12)


def test_columns_are_samples_and_the_temperature_is_positive():
    Z = np.array([[2.0, -1.0], [1.0, 3.0]])
    np.testing.assert_allclose(softmax_at_temperature(Z, 2), scipy_softmax(Z / 2, axis=0))
    for temperature in (0, -1, np.nan):
        with pytest.raises(ValueError, match="expected a number above 0"):
            softmax_at_temperature(Z, temperature)


def test_entropy_by_hand():
    assert entropy([1, 0, 0]) == 0
    assert entropy([0.5, 0.5, 0]) == pytest.approx(np.log(2))
    assert entropy([1 / 3] * 3) == pytest.approx(np.log(3))
    assert type(entropy([0.5, 0.5])) is float


@pytest.mark.parametrize(
    ("z", "shift", "temperature", "leader"),
    [
        ((2.0, 1.0, 0.1), 0.0, 1.0, "class 0 leads"),
        ((-4.0, 3.9, 4.0), -4.0, 0.1, "class 2 leads"),
        ((1.0, 3.0, 3.0), 1.3, 3.0, "2 classes lead"),
        ((-4.0, -4.0, -4.0), -4.0, 10.0, "3 classes lead"),
        ((4.0, -4.0, 4.0), 4.0, 0.1, "2 classes lead"),
    ],
)
def test_the_picture_and_the_read_out_agree_with_the_twin(numbers_in, z, shift, temperature, leader):
    explorer = softmax_explorer()
    set_to(explorer, z0=z[0], z1=z[1], z2=z[2], shift=shift, temperature=temperature)
    a = scipy_softmax((np.array(z) + shift) / temperature)
    H = scipy_entropy(a)

    verdict, probabilities, *rest = explorer.readout.value.split("<br>")
    assert leader in verdict and numbers_in(verdict)[-1] == pytest.approx(a.max(), abs=5e-4)
    assert numbers_in(probabilities) == pytest.approx(a, abs=5e-4)
    assert numbers_in(" ".join(rest)) == pytest.approx([H, 100 * H / np.log(3), 3, np.log(3)], abs=0.05)
    assert numbers_in(rest[0]) == pytest.approx([H], abs=5e-4)

    np.testing.assert_allclose([bar.get_height() for bar in explorer.scores], np.array(z) + shift)
    np.testing.assert_allclose([bar.get_height() for bar in explorer.probabilities], a)
    assert explorer.entropy.get_height() == pytest.approx(H, abs=1e-12)
    for texts, values, places in ((explorer.score_texts, np.array(z) + shift, 1), (explorer.probability_texts, a, 3)):
        shown = [numbers_in(text.get_text())[0] for text in texts]
        assert shown == pytest.approx(values, abs=0.51 * 10**-places)
    assert numbers_in(explorer.entropy_text.get_text())[0] == pytest.approx(H, abs=5.1e-3)


def test_a_shift_moves_the_scores_and_leaves_all_else_as_it_was():
    explorer = softmax_explorer()
    readout = explorer.readout.value
    scores = np.array([bar.get_height() for bar in explorer.scores])
    for shift in (-4.0, 2.5, 4.0):
        set_to(explorer, shift=shift)
        np.testing.assert_allclose([bar.get_height() for bar in explorer.scores], scores + shift)
        assert explorer.readout.value == readout


def test_a_lower_temperature_lowers_the_entropy_and_keeps_the_order():
    explorer = softmax_explorer()
    entropies = []
    for _, temperature in explorer.controls["temperature"]._options_full:
        set_to(explorer, temperature=temperature)
        entropies.append(explorer.entropy.get_height())
        assert np.argsort([bar.get_height() for bar in explorer.probabilities]).tolist() == [2, 1, 0]
    assert entropies == sorted(entropies)
    assert entropies[0] < 0.01 and entropies[-1] > 0.99 * np.log(3)


def test_negative_scores_are_told_apart_by_more_than_their_colour():
    explorer = softmax_explorer()
    set_to(explorer, z1=-1.0)
    assert [bool(bar.get_hatch()) for bar in explorer.scores] == [False, True, False]
    set_to(explorer, z1=1.0)
    assert not any(bar.get_hatch() for bar in explorer.scores)
