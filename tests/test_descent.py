import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.descent import (
    SURFACES,
    get_surface,
    learning_rate_path,
    learning_rate_verdict,
    stability_limit,
)
from nnlib.optimizers import OPTIMIZERS

points = st.tuples(st.floats(-3, 3), st.floats(-3, 3))
surfaces = st.sampled_from(sorted(SURFACES))


def test_two_steps_by_hand():
    # ∇J(−2, 2) = (2·(−3), 4·2.5) = (−6, 10); ∇J(−1.4, 1) = (−4.8, 6)
    path = learning_rate_path(0.1, steps=2)
    np.testing.assert_allclose(path, [[-2, 2], [-1.4, 1.0], [-0.92, 0.4]], rtol=1e-14)


def test_each_step_on_a_quadratic_multiplies_the_error_by_one_minus_eta_lambda():
    for name, curvatures in (("bowl", (2, 4)), ("ravine", (1, 20))):
        path = learning_rate_path(0.07, name, start=(0.5, -2), steps=30)
        factors = 1 - 0.07 * np.array(curvatures)
        error = np.array([0.5, -2]) - SURFACES[name].minimum
        expected = SURFACES[name].minimum + error * factors ** np.arange(31)[:, None]
        np.testing.assert_allclose(path, expected, atol=1e-12)


@given(surfaces, points)
def test_gradient_and_hessian_are_the_slopes_of_the_loss(name, point):
    surface, h = SURFACES[name], 1e-5
    w = np.array(point)
    for i, step in enumerate(np.eye(2) * h):
        slope = (surface.loss(*(w + step)) - surface.loss(*(w - step))) / (2 * h)
        assert surface.gradient(*w)[i] == pytest.approx(slope, rel=1e-6, abs=1e-6)
        row = np.subtract(surface.gradient(*(w + step)), surface.gradient(*(w - step))) / (2 * h)
        np.testing.assert_allclose(surface.hessian(*w)[i], row, rtol=1e-6, atol=1e-6)


@given(surfaces, points)
def test_the_minimum_is_the_lowest_point(name, point):
    surface = SURFACES[name]
    assert surface.loss(*surface.minimum) == pytest.approx(0, abs=1e-12)
    assert surface.loss(*point) >= -1e-12
    np.testing.assert_allclose(surface.gradient(*surface.minimum), 0, atol=1e-12)


def test_two_valleys_has_a_shallow_one_and_a_ridge_between():
    surface = SURFACES["two valleys"]
    for w1, bends_up in ((-1.5, True), (0, False), (2, True)):
        np.testing.assert_allclose(surface.gradient(w1, -0.5), 0, atol=1e-12)
        assert (np.linalg.eigvalsh(surface.hessian(w1, -0.5)).min() > 0) == bends_up
    assert surface.loss(2, -0.5) < surface.loss(-1.5, -0.5) < surface.loss(0, -0.5)


def test_stability_limits():
    assert stability_limit("bowl") == 2 / 4
    assert stability_limit("ravine") == 2 / 20
    assert stability_limit("two valleys") == pytest.approx(2 / 3.5)


@pytest.mark.parametrize("name", ["bowl", "ravine"])
def test_momentum_raises_the_limit_to_where_its_own_steps_stay_bounded(name):
    limit = stability_limit(name, momentum=0.9)
    assert limit == pytest.approx(1.9 * stability_limit(name))
    for factor, stays in ((0.99, True), (1.01, False)):
        path = learning_rate_path(factor * limit, name, steps=2000, optimizer="momentum")
        assert np.isfinite(path).all() == stays


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_path_is_what_the_optimizer_does_step_by_step(optimizer):
    w, stepper = {"w": np.array([-2.0, 2.0])}, OPTIMIZERS[optimizer](0.05)
    path = learning_rate_path(0.05, "ravine", steps=20, optimizer=optimizer)
    for point in path[1:]:
        stepper.step(w, {"dw": np.array(SURFACES["ravine"].gradient(*w["w"]))})
        np.testing.assert_array_equal(point, w["w"])


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("optimizer", ["momentum", "RMSProp", "Adam"])
@pytest.mark.parametrize("learning_rate", [0.001, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0])
def test_verdicts_on_optimizers_that_remember_hold_when_the_path_goes_on(surface, optimizer, learning_rate):
    verdict = learning_rate_verdict(learning_rate_path(learning_rate, surface, optimizer=optimizer))
    longer = learning_rate_path(learning_rate, surface, steps=1000, optimizer=optimizer)
    if verdict == "diverges":
        assert not np.isfinite(longer).all()
        return
    assert np.isfinite(longer).all()
    late = np.abs(np.diff(longer[-100:], axis=0)).max()
    if verdict == "bounces for ever":
        assert late > learning_rate / 2
    # RMSProp never settles for good: its steps stay about η long, and it bursts out of the minimum again.
    if verdict.startswith("converges") and optimizer != "RMSProp":
        assert late < 1e-3


@pytest.mark.parametrize("name", SURFACES)
def test_the_limit_divides_what_comes_back_from_what_goes_away(name):
    minimum = np.array(SURFACES[name].minimum)
    start = minimum + 1e-3
    below = learning_rate_path(0.95 * stability_limit(name), name, start, steps=300)[-1]
    above = learning_rate_path(1.05 * stability_limit(name), name, start, steps=30)[-1]
    assert np.linalg.norm(below - minimum) < 1e-4
    assert np.linalg.norm(above - minimum) > 2e-3


@pytest.mark.parametrize(
    ("learning_rate", "surface", "start", "verdict"),
    [
        (0.01, "bowl", (-2, 2), "too slow"),
        (0.1, "bowl", (-2, 2), "converges"),
        (0.4, "bowl", (-2, 2), "converges, zig-zagging"),
        (0.49, "bowl", (-2, 2), "converges, zig-zagging"),
        (0.5, "bowl", (-2, 2), "bounces for ever"),
        (0.51, "bowl", (-2, 2), "diverges"),
        (1.5, "bowl", (-2, 2), "diverges"),
        (0.03, "ravine", (-2, 2), "too slow"),
        (0.095, "ravine", (-2, 2), "converges, zig-zagging"),
        (0.1, "ravine", (-2, 2), "bounces for ever"),
        (0.3, "ravine", (-2, 2), "diverges"),
        (0.1, "two valleys", (-2, 2), "converges"),
        (0.001, "two valleys", (0.1, 0), "too slow"),  # its steps grow, coming down from the ridge
        (3.0, "two valleys", (-2, 2), "diverges"),
        (0.1, "bowl", (1, -0.5), "converges"),  # starts at the minimum and stays
    ],
)
def test_verdicts(learning_rate, surface, start, verdict):
    assert learning_rate_verdict(learning_rate_path(learning_rate, surface, start)) == verdict


@given(st.sampled_from(["bowl", "ravine"]), st.floats(0.02, 4), st.sampled_from([(-2, 2), (0.5, 2), (2.5, -2)]))
def test_on_a_quadratic_the_verdict_agrees_with_the_limit(name, share, start):
    verdict = learning_rate_verdict(learning_rate_path(share * stability_limit(name), name, start, steps=400))
    if share > 1.001:
        assert verdict == "diverges"
    elif share < 0.98:
        assert verdict in ("too slow", "converges", "converges, zig-zagging")


def test_where_the_path_ends_depends_on_where_it_starts():
    ends = {
        start: learning_rate_path(0.1, "two valleys", start, steps=300)[-1] for start in [(-2, 2), (0.5, 2), (0, 2)]
    }
    np.testing.assert_allclose(ends[-2, 2], (-1.5, -0.5), atol=1e-6)
    np.testing.assert_allclose(ends[0.5, 2], (2, -0.5), atol=1e-6)
    np.testing.assert_allclose(ends[0, 2], (0, -0.5), atol=1e-6)  # the ridge: a saddle, not a minimum


@given(surfaces, st.floats(1e-6, 1e308))
def test_divergence_is_not_clipped_and_gives_no_warning(name, learning_rate):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = learning_rate_path(learning_rate, name)
        verdict = learning_rate_verdict(path)
    computed = ~np.isnan(path).any(axis=1)
    assert computed[0] and not np.any(computed[1:] > computed[:-1]), "only the end of a path may be missing"
    if not computed.all():
        assert verdict == "diverges"
        assert np.abs(path[computed][-1]).max() > 1e6


def test_a_wrong_name_gets_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'ravine'"):
        learning_rate_path(0.1, "ravin")
    with pytest.raises(ValueError, match="bowl, ravine, two valleys"):
        get_surface("x")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"learning_rate": 0.1, "steps": 0}, "steps is 0"),
        ({"learning_rate": 0.1, "start": (1, 2, 3)}, r"start has shape \(3,\); expected \(2,\)"),
        ({"learning_rate": 0.1, "start": (np.nan, 0)}, "start has 1 NaN or infinite entries of 2"),
    ],
)
def test_bad_arguments_are_refused_in_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        learning_rate_path(**arguments)


def test_a_path_too_short_to_judge_is_refused():
    with pytest.raises(ValueError, match="at least 8 steps"):
        learning_rate_verdict(learning_rate_path(0.1, steps=7))


def verdict_on(*steps):
    """The verdict on a path with these steps along the first weight and none along the second."""
    return learning_rate_verdict(np.cumsum([(0, 0), *((step, 0) for step in steps)], axis=0))


def zigzag(ratio, n=12):
    return [(-ratio) ** k for k in range(n)]


def swing(*lengths):
    """Two steps there and two back, of each length."""
    return [sign * length for length in lengths for sign in (1, 1, -1, -1)]


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        # Arrived: the last two steps are at most a hundredth of the longest.
        ([100, 50, 25, 10, 5, 2, 1, 1], "converges"),
        ([100, 50, 25, 10, 5, 2, 1.1, 1], "too slow"),
        ([100, 50, 25, 10, 5, 2, 1, 1.1], "too slow"),
        # Three turns make a zig-zag; steps as short as those at the end do not count as turns.
        ([100, -100, 100, -100, -10, -1, -1, -1], "converges, zig-zagging"),
        ([100, -100, 100, 100, 10, 1, 1, 1], "converges"),
        ([100, -100, 100, 1, -1, 1, -1, 1], "converges"),
        ([100, -100, 100, 10, -1.1, -1, -1, -1], "converges, zig-zagging"),
        # Back and forth, each step compared with the last but one: it grows, stays or shrinks by a ten-thousandth.
        (zigzag(1.0001), "diverges"),
        (zigzag(1.00004), "bounces for ever"),
        (zigzag(0.99996), "bounces for ever"),
        (zigzag(0.9999), "converges, zig-zagging"),
        # Seldom turning, and the longest steps of the last three quarters shrink to four fifths, or not.
        (swing(2, 1, 0.79, 0.6), "converges, swinging"),
        (swing(2, 1, 0.8, 0.6), "still swinging"),
        (swing(2, 1, 0.79, 0.64), "still swinging"),
        ([3, *swing(2, 1, 0.79, 0.6)], "converges, swinging"),
        ([2, -2, 2, -2, *swing(1, 0.79, 0.6)], "converges, zig-zagging"),
        ([2, -2, 2, 2, *swing(-1, -0.79, -0.6)], "converges, swinging"),
        # Turning at four of the last seven places is bouncing, at three of them it is not.
        ([1, *swing(-1, -1, -1), -1, -1, 1], "bounces for ever"),
        (swing(1, 1, 1, 1), "still swinging"),
        ([1, *swing(-1, -0.7, -0.49), -0.34, -0.34, 0.34], "converges, swinging"),
        ([0.1] * 12, "too slow"),
        ([0.1, 0, *[0.1] * 10], "too slow"),  # a pause is no turn
        # The bounds themselves: half of the places turn; steps grow or shrink by exactly a ten-thousandth.
        ([*swing(1, 1, 1), 1], "bounces for ever"),
        ([1, -1, 1, -1, 1, -1, 1 + 1e-4, -1 - 1e-4], "bounces for ever"),
        ([1, -1, 1, -1, 1, -1, 1 - 1e-4, 1e-4 - 1], "bounces for ever"),
        # The later quarters of sixteen steps begin with their longest.
        ([1, 1, -1, -1, 1, 0.5, -0.5, -0.5, 0.7, 0.5, -0.5, -0.5, 0.5, 0.5, -0.5, -0.5], "converges, swinging"),
    ],
)
def test_verdicts_on_steps_made_by_hand(steps, verdict):
    assert verdict_on(*steps) == verdict
    assert verdict_on(*(-step for step in steps)) == verdict


def test_a_verdict_heeds_both_weights():
    zigzagging, arrived = np.array(zigzag(1.01)), np.array([1, 0.1, *[0.001] * 10])
    for steps in ((zigzagging, arrived), (arrived, zigzagging)):
        assert learning_rate_verdict(np.cumsum(np.transpose(steps), axis=0)) == "diverges"
    assert learning_rate_verdict(np.cumsum(np.transpose([arrived, arrived]), axis=0)) == "converges"
    slow = np.full(12, 0.1)
    assert learning_rate_verdict(np.cumsum(np.transpose([arrived, slow]), axis=0)) == "too slow"


def test_paths_that_can_be_judged():
    with pytest.raises(ValueError, match=r"path has shape \(9, 3\); expected \(k, 2\)"):
        learning_rate_verdict(np.zeros((9, 3)))
    with pytest.raises(ValueError, match="at least 8 steps"):
        learning_rate_verdict(np.zeros((8, 2)))
    assert learning_rate_verdict(np.zeros((9, 2))) == "converges"
    assert learning_rate_verdict([[0, 0]] * 8 + [[np.nan, 0]]) == "diverges"


def test_a_path_starts_at_minus_2_and_2_and_has_fifty_steps():
    path = learning_rate_path(0.1)
    assert (path.shape, path[0].tolist()) == ((51, 2), [-2, 2])


def test_a_path_ends_beyond_a_million():
    path = learning_rate_path(3.0, "ravine")
    computed = path[np.isfinite(path).all(axis=1)]
    assert np.abs(computed[:-1]).max() <= 1e6 < np.abs(computed[-1]).max()
    assert len(computed) < len(path)
    there_and_back = learning_rate_path(1.0, start=(-999_998, -0.5), steps=2)  # w1 − 1 turns its sign at every step
    assert there_and_back[1:, 0].tolist() == [1e6, -999_998]
    learning_rate_path(0.1, start=(1e6, -1e6), steps=1)
    with pytest.raises(ValueError, match="start is .*; expected two weights"):
        learning_rate_path(0.1, start=(0, 1e6 + 1), steps=1)
    with pytest.raises(ValueError, match="steps asks for an array of 268,435,457 × 2 numbers"):
        learning_rate_path(0.1, steps=2**28)


def test_arguments_have_names():
    assert stability_limit(surface="ravine") == 0.1
    path = learning_rate_path(learning_rate=0.1, surface="bowl", start=(1, 0.5), steps=1)
    assert path.tolist() == [[1, 0.5], [1, pytest.approx(0.1)]]  # 0.5 − 0.1 · 4 (0.5 + 0.5)
