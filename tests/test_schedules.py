import numpy as np
import pytest

from nnlib.network import NeuralNetwork
from nnlib.optimizers import Adam, GradientDescent, Optimizer
from nnlib.schedules import SCHEDULES, constant, cosine, get_schedule, one_cycle, step_decay
from nnlib.training import DivergenceWarning

GRID = np.linspace(0, 1, 10_001)[:-1]
X = np.random.default_rng(0).normal(size=(3, 10))
Y = X[:1]


class Recorder(Optimizer):
    """Changes nothing, and notes the learning rate of each step."""

    def __init__(self, learning_rate, then=None):
        super().__init__(learning_rate)
        self.seen, self.then = [], then

    def step(self, parameters, gradients):
        self.seen.append(self.learning_rate)
        if self.then:
            self.then(len(self.seen), parameters)


def network():
    return NeuralNetwork([3, 1], ["linear"], 0.5, rng=0)


@pytest.mark.parametrize(
    ("schedule", "values"),
    [
        (constant, {0: 1, 0.5: 1, 0.999: 1}),
        (step_decay, {0: 1, 0.499: 1, 0.5: 0.1, 0.749: 0.1, 0.75: 0.01, 0.999: 0.01}),
        (cosine, {0: 1, 1 / 3: 0.75, 0.5: 0.5, 2 / 3: 0.25, 1 - 1e-6: 0}),
        # half a wave from 0.04 to 1 over 0.3, and one from 1 to 0 over 0.7
        (one_cycle, {0: 0.04, 0.1: 0.28, 0.15: 0.52, 0.2: 0.76, 0.3: 1, 8 / 15: 0.75, 0.65: 0.5, 1 - 1e-6: 0}),
    ],
)
def test_values_worked_by_hand(schedule, values):
    for progress, value in values.items():
        assert schedule(progress) == pytest.approx(value, abs=1e-11)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_factor_is_above_0_and_at_most_1(name):
    factors = [get_schedule(name)(progress) for progress in GRID]
    assert 0 < min(factors) <= max(factors) <= 1


@pytest.mark.parametrize(("schedule", "steepest"), [(cosine, np.pi / 2), (one_cycle, 0.96 / 0.3 * np.pi / 2)])
def test_waves_have_no_jumps(schedule, steepest):
    changes = np.diff([schedule(progress) for progress in GRID])
    assert np.abs(changes).max() == pytest.approx(steepest * 1e-4, rel=1e-4)


def test_one_cycle_rises_and_then_falls():
    factors = np.array([one_cycle(progress) for progress in GRID])
    peak = 3000
    assert factors.argmax() == peak
    assert (np.diff(factors[: peak + 1]) > 0).all()
    assert (np.diff(factors[peak:]) < 0).all()


@pytest.mark.parametrize("name", ["constant", "step", "cosine"])
def test_the_others_never_rise(name):
    assert (np.diff([get_schedule(name)(progress) for progress in GRID]) <= 0).all()


def test_a_schedule_has_a_name_or_is_a_function():
    assert get_schedule("step") is step_decay
    assert get_schedule("one_cycle") is one_cycle

    def warm_up(progress):
        return min(1, 10 * progress)

    assert get_schedule(warm_up) is warm_up
    with pytest.raises(ValueError, match="unknown schedule 'cosin'. Did you mean 'cosine'?"):
        get_schedule("cosin")
    with pytest.raises(ValueError, match="unknown schedule 0.1. Choose one of: constant, step, cosine, one_cycle."):
        get_schedule(0.1)


def test_progress_counts_the_samples_of_all_epochs():
    shown = []
    network().fit(X, Y, 2, False, batch_size=4, schedule=lambda progress: shown.append(progress) or 1.0)
    assert shown.pop(0) == 0  # whether it gives a number is tried before anything changes
    assert shown == pytest.approx([0, 4 / 20, 8 / 20, 10 / 20, 14 / 20, 18 / 20])  # batches of 4, 4 and 2


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_step_has_its_own_learning_rate(name):
    recorder = Recorder(0.5)
    network().fit(X, Y, 20, False, batch_size=4, optimizer=recorder, schedule=name)
    seen = np.arange(20)[:, np.newaxis] * 10 + [0, 4, 8]
    assert recorder.seen == pytest.approx([0.5 * SCHEDULES[name](samples / 200) for samples in seen.ravel()])
    assert recorder.learning_rate == 0.5


def test_the_full_batch_has_a_step_an_epoch():
    recorder = Recorder(3.0)
    network().fit(X, Y, 4, False, optimizer=recorder, schedule="step")
    assert recorder.seen == pytest.approx([3, 3, 0.3, 0.03])


def test_the_first_step_of_one_cycle_is_small():
    scheduled, plain = network(), network()
    plain.forward(X)
    gradients = plain.backward(Y)
    scheduled.fit(X, Y, 1, False, schedule="one_cycle")
    for name, value in plain.parameters.items():
        np.testing.assert_allclose(scheduled.parameters[name], value - 0.04 * 0.5 * gradients[f"d{name}"], rtol=1e-12)


def test_a_constant_schedule_changes_nothing():
    scheduled, plain = network(), network()
    scheduled.fit(X, Y, 5, False, batch_size=4, optimizer=Adam(0.1), schedule="constant", rng=0)
    plain.fit(X, Y, 5, False, batch_size=4, optimizer=Adam(0.1), rng=0)
    assert scheduled.history == plain.history


def test_after_divergence_the_learning_rate_is_the_original_one():
    def spoil(step, parameters):
        parameters["W1"][:] = np.inf if step == 7 else 0.0

    recorder = Recorder(0.5, spoil)
    with pytest.warns(DivergenceWarning, match="learning rate 0.5"):
        network().fit(X, Y, 9, False, batch_size=4, optimizer=recorder, schedule="cosine")
    assert recorder.seen[-1] < 0.45
    assert recorder.learning_rate == 0.5


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ZeroDivisionError])
def test_after_an_interrupt_or_an_error_the_learning_rate_is_the_original_one(stop):
    def press_stop(step, parameters):
        if step == 8:
            raise stop

    recorder = Recorder(0.5, press_stop)
    try:
        network().fit(X, Y, 9, False, batch_size=4, optimizer=recorder, schedule="cosine")
    except ZeroDivisionError:
        assert stop is ZeroDivisionError
    assert len(recorder.seen) == 8
    assert recorder.seen[-1] < 0.45
    assert recorder.learning_rate == 0.5


@pytest.mark.parametrize("patience", [None, 1, 50])
def test_with_patience_too_the_learning_rate_is_the_original_one(patience):
    adam = Adam(0.1)
    network().fit(X, Y, 50, False, optimizer=adam, schedule="one_cycle", validation_data=(X, -Y), patience=patience)
    assert (adam.learning_rate, adam.state()["learning_rate"]) == (0.1, 0.1)


def test_the_networks_own_descent_is_scheduled_too():
    by_default, by_hand = network(), network()
    by_default.fit(X, Y, 5, False, schedule="cosine")
    by_hand.fit(X, Y, 5, False, schedule="cosine", optimizer=GradientDescent(0.5))
    assert by_default.history == by_hand.history
    assert by_default.learning_rate == 0.5


@pytest.mark.parametrize("name", SCHEDULES)
def test_progress_is_a_number_from_0_to_1(name):
    assert SCHEDULES[name](0) > 0 and SCHEDULES[name](1) >= 0
    for progress in (-0.1, 1.1, np.nan, "half"):
        with pytest.raises(ValueError, match=r"progress is .*; expected a number from 0 to 1\."):
            SCHEDULES[name](progress)


def test_schedules_worked_by_hand():
    assert [step_decay(p) for p in (0, 0.49, 0.5, 0.74, 0.75, 1)] == [1, 1, 0.1, 0.1, 0.01, 0.01]
    assert [cosine(p) for p in (0, 1 / 3, 0.5, 1)] == pytest.approx([1, 0.75, 0.5, 0])
    # half-way up: (1 + 0.04) / 2; at three tenths 1; half-way down, at 0.65, 1/2
    assert [one_cycle(p) for p in (0, 0.15, 0.3, 0.65, 1)] == pytest.approx([0.04, 0.52, 1, 0.5, 0])
    assert constant(0.5) == 1
