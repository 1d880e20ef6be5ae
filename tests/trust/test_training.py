"""Random valid trainings: each ends in finite numbers, or says that it diverged and leaves all as it was before."""

import warnings

import numpy as np
import pytest

from nnlib.descent import BLOWN_UP, SURFACES, learning_rate_path, learning_rate_verdict
from nnlib.optimizers import OPTIMIZERS
from nnlib.training import DivergenceWarning
from tests.trust.trainings import SEED, assert_is_as_an_epoch_left_it, drawn_training, log_uniform, one_of, record

PARTS = 8  # of the trials, to run side by side
VERDICTS = (
    "diverges", "bounces for ever", "converges, zig-zagging", "converges, swinging", "converges", "too slow",
    "still swinging",
)  # fmt: skip


def diverged(i):
    """Make training number i, check what must hold afterwards, and tell how it ended."""
    training = drawn_training(i)
    learning_rate, copies = training.optimizer.learning_rate, record(training)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        warnings.simplefilter("always", DivergenceWarning)
        training.fit()
        assert_is_as_an_epoch_left_it(training, copies, learning_rate)
        if caught:
            assert str(caught[0].message).startswith("training stopped in epoch ")
            # Finite weights of 1e150 can still ask for more than the largest float: that is ∞, and an answer.
            assert not np.isnan(training.network.predict_proba(training.X)).any()
        elif training.settings["patience"] is None:
            assert len(training.network.history["loss"]) == training.settings["epochs"]
    assert len(caught) <= 1
    return bool(caught)


@pytest.mark.parametrize("part", range(PARTS))
def test_training_ends_in_finite_numbers_or_says_that_it_diverged(part, trials):
    ends = []
    for i in range(part, trials(400), PARTS):
        try:
            ends.append(diverged(i))
        except BaseException as fault:
            fault.add_note(f"in training number {i}")
            raise
    print(f"{len(ends)} trainings: {ends.count(False)} finished, {ends.count(True)} diverged")
    assert 0 < ends.count(True) < len(ends) / 2  # or the trials would say little of one of the ends


@pytest.mark.parametrize("part", range(PARTS))
def test_a_path_of_descent_is_finite_until_it_leaves_the_surface(part, trials):
    for i in range(part, trials(200), PARTS):
        rng = np.random.default_rng([SEED, i])
        surface, optimizer, start = one_of(rng, SURFACES), one_of(rng, OPTIMIZERS), rng.uniform(-3, 3, 2)
        learning_rate, steps = log_uniform(rng, 1e-6, 1e3), int(rng.integers(8, 60))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            path = learning_rate_path(learning_rate, surface, start, steps, optimizer=optimizer)
            verdict = learning_rate_verdict(path)
        finite = np.isfinite(path).all(axis=1)
        last = np.count_nonzero(finite) - 1
        assert finite[: last + 1].all() and np.isnan(path[last + 1 :]).all(), f"trial {i}"
        assert np.abs(path[:last]).max(initial=0) <= BLOWN_UP, f"trial {i}"
        left = np.abs(path[last]).max() > BLOWN_UP
        assert len(path) == steps + 1 and (left or last == steps), f"trial {i}"
        assert verdict == "diverges" if left else verdict in VERDICTS, f"trial {i}"
