import warnings

import numpy as np
import pytest

from nnlib.network import NeuralNetwork
from nnlib.optimizers import Adam, GradientDescent, Momentum, Optimizer, RMSProp
from nnlib.training import DivergenceWarning, _progress_bar

X = np.random.default_rng(0).normal(size=(3, 40))
Y = np.eye(2)[(X[0] * X[1] > 0).astype(int)].T


def classifier(learning_rate=0.5, seed=1):
    return NeuralNetwork([3, 6, 2], ["tanh", "softmax"], learning_rate, rng=seed)


def copy_of(parameters):
    return {name: value.copy() for name, value in parameters.items()}


def assert_same(parameters, others):
    assert parameters.keys() == others.keys()
    for name in parameters:
        np.testing.assert_array_equal(parameters[name], others[name])


class Recorder:
    """Gradient descent that notes which samples it was asked to learn from."""

    def __init__(self, network, then=None):
        self.network, self.batches, self.then = network, [], then
        self.descent = GradientDescent(0.1)

    def step(self, parameters, gradients):
        self.batches.append(self.network.cache["A0"].copy())
        self.descent.step(parameters, gradients)
        if self.then:
            self.then(len(self.batches), parameters)


def test_every_epoch_walks_once_through_all_samples_in_a_new_order():
    network = classifier()
    recorder = Recorder(network)
    network.fit(X, Y, 2, verbose=False, batch_size=16, optimizer=recorder, rng=0)
    assert [batch.shape[1] for batch in recorder.batches] == [16, 16, 8] * 2
    first, second = np.hstack(recorder.batches[:3]), np.hstack(recorder.batches[3:])
    for epoch in (first, second):
        assert sorted(epoch[0]) == sorted(X[0])
    assert not np.array_equal(first, second)


def test_the_full_batch_keeps_the_order():
    network = classifier()
    recorder = Recorder(network)
    network.fit(X, Y, 3, verbose=False, optimizer=recorder)
    assert len(recorder.batches) == 3
    for batch in recorder.batches:
        np.testing.assert_array_equal(batch, X)


def test_one_batch_of_all_samples_is_a_full_batch():
    full, mini = classifier(), classifier()
    full.fit(X, Y, 5, verbose=False)
    mini.fit(X, Y, 5, verbose=False, batch_size=40, rng=0)
    for name in full.parameters:
        np.testing.assert_allclose(full.parameters[name], mini.parameters[name], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(full.history["loss"], mini.history["loss"], rtol=1e-12)


def test_the_seed_decides_the_shuffling():
    runs = [classifier() for _ in range(4)]
    for network, rng in zip(runs, [3, np.random.default_rng(3), 4, None], strict=True):
        network.fit(X, Y, 2, verbose=False, batch_size=7, rng=rng)
    assert_same(runs[0].parameters, runs[1].parameters)
    for other in runs[2:]:
        assert not np.array_equal(runs[0].parameters["W1"], other.parameters["W1"])


def test_history_is_measured_before_the_update_and_validation_after_it():
    network = classifier()
    before = network.evaluate(X, Y)
    network.fit(X, Y, 1, verbose=False, validation_data=(X[:, :10], Y[:, :10]))
    after = network.evaluate(X[:, :10], Y[:, :10])
    history = network.history
    assert (history["loss"], history["accuracy"]) == ([before[0]], [before[1]])
    assert (history["validation_loss"], history["validation_accuracy"]) == ([after[0]], [after[1]])
    assert {type(value) for values in history.values() for value in values} == {float}


def test_the_loss_of_an_epoch_is_the_average_over_its_samples():
    network = classifier()

    class Idle:
        def step(self, parameters, gradients):
            pass

    loss, accuracy = network.evaluate(X, Y)
    network.fit(X, Y, 1, verbose=False, batch_size=16, optimizer=Idle(), rng=0)
    assert network.history["loss"] == pytest.approx([loss], rel=1e-12)
    assert network.history["accuracy"] == pytest.approx([accuracy], rel=1e-12)


def test_a_schedule_sees_the_progress_through_all_epochs():
    seen = []
    classifier().fit(X, Y, 2, False, batch_size=20, schedule=lambda progress: seen.append(progress) or 1.0)
    assert seen[-4:] == [0, 0.25, 0.5, 0.75]


def test_a_schedule_scales_the_learning_rate_of_each_step():
    class Recording(GradientDescent):
        def step(self, parameters, gradients):
            rates.append(self.learning_rate)

    rates, optimizer = [], Recording(0.5)
    classifier().fit(X, Y, 2, False, batch_size=20, optimizer=optimizer, schedule=lambda progress: 1 - progress)
    assert rates == [0.5, 0.375, 0.25, 0.125]
    assert optimizer.learning_rate == 0.5


def test_an_epoch_without_a_right_answer_has_accuracy_0():
    network = classifier()
    network.fit(X, np.eye(2)[1 - network.predict(X)].T, 1, False)
    assert network.history["accuracy"] == [0]


def test_regression_has_no_accuracy():
    network = NeuralNetwork([3, 4, 1], ["tanh", "linear"], rng=0)
    network.fit(X, X[:1], 2, verbose=False, validation_data=(X, X[:1]))
    assert set(network.history) == {"loss", "validation_loss"}


def test_fit_goes_on_where_it_stopped():
    once, twice = classifier(), classifier()
    once.fit(X, Y, 6, verbose=False)
    twice.fit(X, Y, 4, verbose=False)
    twice.fit(X, Y, 2, verbose=False)
    assert_same(once.parameters, twice.parameters)
    assert once.history == twice.history


def steps_until_bad(learning_rate, batch_size):
    """Return how many whole steps stay finite, and the parameters after them, found by single steps."""
    network = NeuralNetwork([3, 6, 1], ["relu", "linear"], learning_rate, rng=1)
    good = copy_of(network.parameters)
    with np.errstate(all="ignore"):
        for step in range(1000):
            before = copy_of(network.parameters)
            if not np.isfinite(network.compute_loss(X[:1], network.forward(X))):
                return step - 1, good
            network.update_parameters(network.backward(X[:1]))
            if not all(np.isfinite(value).all() for value in network.parameters.values()):
                return step, before
            good = before
    raise AssertionError("it never diverged")


@pytest.mark.parametrize("learning_rate", [3.0, 30.0, 1e4, 1e150])
def test_divergence_stops_before_the_bad_step(learning_rate):
    steps, good = steps_until_bad(learning_rate, None)
    network = NeuralNetwork([3, 6, 1], ["relu", "linear"], learning_rate, rng=1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        network.fit(X, X[:1], 1000, verbose=False)
    assert [warning.category for warning in caught] == [DivergenceWarning]
    message = str(caught[0].message)
    assert f"learning rate {learning_rate}" in message
    assert "undone, and the parameters are as before that epoch. Try a learning rate ten times smaller" in message
    assert_same(network.parameters, good)
    assert len(network.history["loss"]) == steps
    assert np.isfinite(network.history["loss"]).all()


def test_a_divergence_warning_points_at_the_line_that_trains():
    with pytest.warns(DivergenceWarning) as caught:
        NeuralNetwork([3, 6, 1], ["relu", "linear"], 30.0, rng=1).fit(X, X[:1], 1000, verbose=False)
    assert [warning.filename for warning in caught] == [__file__]


def test_infinity_minus_infinity_warns_only_of_divergence():
    network = NeuralNetwork([3, 2, 2], ["linear", "softmax"], rng=1)
    network.parameters |= {"W1": np.array([[1e300] * 3, [-1e300] * 3]), "W2": np.ones((2, 2))}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        network.fit(np.full((3, 2), 1e100), Y[:, :2], 3, verbose=False)
    assert [warning.category for warning in caught] == [DivergenceWarning]
    assert network.history == {"loss": [], "accuracy": []}


@pytest.mark.parametrize("bad_step", [1, 2, 3, 4, 6, 7])
def test_divergence_in_a_mini_batch_undoes_only_its_epoch(bad_step):
    network = classifier()
    seen = [copy_of(network.parameters)]

    def spoil(step, parameters):
        seen.append(copy_of(parameters))
        if step == bad_step:
            parameters["W2"][0, 0] = np.inf

    epoch = (bad_step - 1) // 3
    what = "W2" if bad_step % 3 == 0 else "the loss"  # within an epoch the loss of the next step tells
    with pytest.warns(DivergenceWarning, match=rf"in epoch {epoch} \(loss .*\): {what} became"):
        network.fit(X, Y, 9, verbose=False, batch_size=16, optimizer=Recorder(network, spoil), rng=0)
    assert_same(network.parameters, seen[3 * epoch])
    assert len(network.history["loss"]) == epoch


def spoil_or_stop(step, how):
    """An augmentation that blows up the inputs of one step, or interrupts it."""
    steps = []

    def augment(inputs, rng):
        steps.append(1)
        if len(steps) == step and how == "interrupt":
            raise KeyboardInterrupt
        return inputs * 1e200 if len(steps) == step else inputs

    return augment


@pytest.mark.parametrize("how", ["divergence", "interrupt"])
@pytest.mark.parametrize("kind", [GradientDescent, Momentum, RMSProp, Adam])
@pytest.mark.filterwarnings("ignore::nnlib.training.DivergenceWarning")
def test_an_optimizer_goes_back_with_the_parameters(kind, how, capsys):
    networks = [NeuralNetwork([3, 6, 1], ["relu", "linear"], rng=1) for _ in range(2)]
    optimizers = [kind(0.01), kind(0.01)]
    for network, optimizer, epochs, augment in zip(networks, optimizers, (1, 9), (None, spoil_or_stop(5, how))):
        network.fit(X, X[:1], epochs, False, batch_size=16, optimizer=optimizer, augment=augment, rng=0)
    assert optimizers[1].steps == 3  # the fourth is undone with its epoch
    for network, optimizer in zip(networks, optimizers):
        network.fit(X, X[:1], 2, False, optimizer=optimizer)
    assert_same(networks[0].parameters, networks[1].parameters)
    assert_same(optimizers[0].state(), optimizers[1].state())
    assert networks[0].history == networks[1].history


@pytest.mark.parametrize("how", ["divergence", "interrupt"])
@pytest.mark.filterwarnings("ignore::nnlib.training.DivergenceWarning")
def test_the_generator_goes_back_with_the_epoch(how, capsys):
    ended, stopped = np.random.default_rng(0), np.random.default_rng(0)
    settings = dict(verbose=False, batch_size=16, optimizer=GradientDescent(0.01))
    for rng, epochs, augment in ((ended, 1, None), (stopped, 9, spoil_or_stop(6, how))):
        NeuralNetwork([3, 1], ["linear"], rng=1).fit(X, X[:1], epochs, rng=rng, augment=augment, **settings)
    assert stopped.bit_generator.state == ended.bit_generator.state


def test_an_error_undoes_the_epoch_it_broke_off():
    network, reference, adam, steps = classifier(), classifier(), Adam(), iter(range(9))

    def augment(inputs, rng):
        return inputs[:2] if next(steps) == 5 else inputs

    with pytest.raises(ValueError, match="augment returned shape"):
        network.fit(X, Y, 9, verbose=False, batch_size=16, optimizer=adam, augment=augment, rng=0)
    reference.fit(X, Y, 1, verbose=False, batch_size=16, optimizer=Adam(), rng=0)
    assert_same(network.parameters, reference.parameters)
    assert (network.history, adam.steps) == (reference.history, 3)


@pytest.mark.parametrize(("kind", "memory"), [(RMSProp, "mean_square"), (Adam, "square_sum")])
def test_an_optimizer_that_remembers_infinity_would_stand_still(kind, memory):
    network, optimizer = NeuralNetwork([3, 1], ["linear"], rng=1), kind()
    with pytest.warns(DivergenceWarning, match=f"the optimizer's {memory} of W1 became infinite"):
        network.fit(100 * X.astype(np.float32), 1e18 * X[:1], 3, False, optimizer=optimizer)
    assert network.history == {"loss": []}
    assert_same(optimizer.state(), kind().state())


def test_divergence_before_the_first_step_undoes_nothing():
    network, adam = NeuralNetwork([3, 1], ["linear"], rng=1), Adam()
    start = copy_of(network.parameters)
    with pytest.warns(DivergenceWarning, match="in epoch 0"):
        network.fit(X, X[:1], 3, False, optimizer=adam, augment=spoil_or_stop(1, "divergence"))
    assert_same(network.parameters, start)
    assert network.history == {"loss": []}
    assert_same(adam.state(), Adam().state())


def test_divergence_seen_only_in_the_validation_loss():
    network = NeuralNetwork([1, 1], ["linear"], 0.1, rng=0)
    start = copy_of(network.parameters)
    far = np.full((1, 1), 1e200)
    with pytest.warns(DivergenceWarning, match="the validation loss became infinite"):
        network.fit(np.ones((1, 2)), np.ones((1, 2)), 5, verbose=False, validation_data=(far, -far))
    assert_same(network.parameters, start)
    assert network.history["loss"] == []


def test_an_interrupt_keeps_the_finished_epochs(capsys):
    network, reference = classifier(), classifier()
    seen = []

    def press_stop(step, parameters):
        if step == 8:  # the second of the third epoch's three steps, half done
            raise KeyboardInterrupt
        seen.append(copy_of(parameters))

    network.fit(X, Y, 9, verbose=False, batch_size=16, optimizer=Recorder(network, press_stop), rng=0)
    assert capsys.readouterr().out == "Training interrupted; 2 of 9 epochs are finished and kept.\n"
    reference.fit(X, Y, 2, verbose=False, batch_size=16, optimizer=GradientDescent(0.1), rng=0)
    assert network.history == reference.history
    assert_same(network.parameters, reference.parameters)
    assert_same(network.parameters, seen[5])
    network.fit(X, Y, 1, verbose=False)
    assert len(network.history["loss"]) == 3


def test_an_interrupt_between_two_steps_undoes_nothing(capsys, monkeypatch):
    network, reference = classifier(), classifier()
    reference.fit(X, Y, 3, verbose=False)
    network.fit(X, Y, 1, verbose=False)
    forward, calls = network.forward, []

    def press_stop(X, rng):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return forward(X, rng)

    monkeypatch.setattr(network, "forward", press_stop)
    network.fit(X, Y, 9, verbose=False)
    assert "2 of 9 epochs are finished" in capsys.readouterr().out  # the epoch of the first fit does not count
    assert_same(network.parameters, reference.parameters)
    assert network.history == reference.history


def test_the_network_sees_what_augment_returns():
    network, shown = classifier(), []
    recorder = Recorder(network)

    def augment(inputs, rng):
        assert isinstance(rng, np.random.Generator)
        shown.append((inputs.copy(), inputs + rng.normal(size=inputs.shape)))
        return shown[-1][1]

    network.fit(X, Y, 2, False, batch_size=16, optimizer=recorder, augment=augment, validation_data=(X, Y), rng=0)
    assert [batch.shape[1] for batch in recorder.batches] == [16, 16, 8] * 2
    for (_, augmented), seen in zip(shown, recorder.batches, strict=True):
        np.testing.assert_array_equal(seen, augmented)
    for epoch in (shown[:3], shown[3:]):
        assert sorted(np.hstack([given for given, _ in epoch])[0]) == sorted(X[0])
    assert network.history["validation_loss"][-1] == network.evaluate(X, Y)[0]


def test_inputs_and_targets_stay_together_under_augmentation():
    network, plain = classifier(), classifier()
    network.fit(X, Y, 3, False, batch_size=16, augment=lambda inputs, rng: inputs, rng=0)
    plain.fit(X, Y, 3, False, batch_size=16, rng=0)
    assert_same(network.parameters, plain.parameters)


@pytest.mark.parametrize("batch_size", [None, 16])
def test_augment_may_write_into_what_it_gets(batch_size):
    data, networks = X.copy(), [classifier() for _ in range(2)]

    def double(inputs, rng):
        inputs *= 2
        return inputs

    networks[0].fit(data, Y, 3, False, batch_size=batch_size, augment=double, rng=0)
    networks[1].fit(2 * X, Y, 3, False, batch_size=batch_size, rng=0)
    np.testing.assert_array_equal(data, X)
    assert_same(networks[0].parameters, networks[1].parameters)


def test_the_seed_decides_the_augmentation():
    runs = [classifier() for _ in range(3)]
    for network, seed in zip(runs, [1, 1, 2]):
        network.fit(X, Y, 3, False, augment=lambda inputs, rng: inputs + rng.normal(size=inputs.shape), rng=seed)
    assert_same(runs[0].parameters, runs[1].parameters)
    assert not np.array_equal(runs[0].parameters["W1"], runs[2].parameters["W1"])


@pytest.mark.parametrize(
    ("augment", "message"),
    [
        (lambda inputs, rng: inputs[:2], r"augment returned shape \(2, 16\); expected \(3, 16\), as it was given"),
        (lambda inputs, rng: inputs[:, 1:], r"augment returned shape \(3, 15\); expected \(3, 16\)"),
        (lambda inputs, rng: inputs.T, r"augment returned shape \(16, 3\); expected \(3, 16\)"),
        (lambda inputs, rng: None, r"augment returned shape \(\); expected \(3, 16\)"),
        (lambda inputs, rng: inputs * np.nan, "X has 48 NaN or infinite entries of 48"),
    ],
)
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_augmented_inputs_that_do_not_fit_are_refused(augment, message, dropout):
    network = NeuralNetwork([3, 6, 2], ["tanh", "softmax"], dropout=dropout, rng=1)
    with pytest.raises(ValueError, match=message):
        network.fit(X, Y, 2, False, batch_size=16, augment=augment)
    assert_same(network.parameters, classifier().parameters)


class Script(Optimizer):
    """Sets all parameters to given values, one after the other; an exception among them is raised."""

    numbers = ("steps",)

    def __init__(self, *values):
        super().__init__(1.0)
        self.values = values

    def update(self, W, dW):
        value = self.values[self.steps - 1]
        if not isinstance(value, (int, float)):
            raise value
        W[:] = value


def scripted(values, patience, epochs=None, **settings):
    """A network w x + b whose validation loss is (2 value)² after each epoch of one step, and its optimizer."""
    network, script, one = NeuralNetwork([1, 1], ["linear"], rng=0), Script(*values), np.ones((1, 1))
    network.fit(
        one, one, epochs or len(values), optimizer=script, validation_data=(one, 0 * one), patience=patience,
        **dict(verbose=False) | settings,
    )
    return network, script


def assert_is_at(network, script, epoch):
    value = script.values[epoch]
    assert {name: array.item() for name, array in network.parameters.items()} == {"W1": value, "b1": value}
    assert script.steps == epoch + 1


def validation_losses(*values):
    return [float((2 * value) ** 2) for value in values]


@pytest.mark.parametrize(
    ("values", "patience", "best", "epochs"),
    [
        ([3, 2, 4, 5, 9, 1, 0], 3, 1, 5),
        ([3, 2, -2, 2, 1], 2, 1, 4),  # as low is not lower
        ([5, 6, 4, 6, 3, 7, 2, 8, 9, 1], 2, 6, 9),  # a lower one starts the wait anew
        ([3, 4, 1], 1, 0, 2),
        ([5, 4, 3, 2], 2, 3, 4),
        ([5, 1, 3], 3, 1, 3),  # the epochs are over before the patience is
        ([1, 3], 1, 0, 2),
    ],
)
def test_patience_goes_back_to_the_lowest_validation_loss(values, patience, best, epochs):
    network, script = scripted(values, patience)
    assert network.history["validation_loss"] == validation_losses(*values[:epochs])
    assert len(network.history["loss"]) == epochs
    assert_is_at(network, script, best)


def test_without_patience_the_last_parameters_stay():
    network, script = scripted([3, 1, 4, 5], None)
    assert len(network.history["loss"]) == 4
    assert_is_at(network, script, 3)


def test_stopping_early_is_said_when_verbose(capsys):
    scripted([3, 2, 4, 5, 9, 1], 3, verbose=True, print_every=1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert lines[4].split(":")[0].split() == ["Epoch", "4/6"]
    assert lines[5] == "No lower validation loss for 3 epochs: back to epoch 1."
    scripted([3, 2, 4, 5, 9, 1], 3)
    assert capsys.readouterr() == ("", "")


def test_each_fit_waits_for_itself():
    network, _ = scripted([1, 2, 3], 2)
    one, script = np.ones((1, 1)), Script(9, 8, 9, 9, 1)
    network.fit(one, one, 5, False, optimizer=script, validation_data=(one, 0 * one), patience=2)
    assert network.history["validation_loss"] == validation_losses(1, 2, 3, 9, 8, 9, 9)
    assert_is_at(network, script, 1)


def test_an_interrupt_goes_back_to_the_best_epoch_too(capsys):
    network, script = scripted([3, 2, 4, KeyboardInterrupt(), 1], 5)
    assert capsys.readouterr().out == "Training interrupted; 3 of 5 epochs are finished and kept.\n"
    assert network.history["validation_loss"] == validation_losses(3, 2, 4)
    assert_is_at(network, script, 1)


def test_divergence_goes_back_to_the_best_epoch_too():
    with pytest.warns(DivergenceWarning, match="in epoch 3 .*undone, and the parameters are those of the best epoch"):
        network, script = scripted([3, 2, 4, float("inf"), 1], 5)
    assert network.history["validation_loss"] == validation_losses(3, 2, 4)
    assert_is_at(network, script, 1)


def test_the_best_epoch_stays_in_the_history_even_if_divergence_shows_right_after_it():
    with pytest.warns(DivergenceWarning, match="in epoch 2"):
        network, script = scripted([3, 2, 4, 1], 5, augment=spoil_or_stop(3, "divergence"))
    assert network.history["validation_loss"] == validation_losses(3, 2)
    assert_is_at(network, script, 1)


@pytest.mark.parametrize("kind", [GradientDescent, Momentum, RMSProp, Adam])
def test_patience_leaves_all_as_if_training_had_ended_with_the_best_epoch(kind):
    rng = np.random.default_rng(3)
    noise, validation_data = np.eye(2)[rng.integers(0, 2, 40)].T, (rng.normal(size=(3, 40)), Y)
    networks = [NeuralNetwork([3, 6, 2], ["tanh", "softmax"], dropout=0.2, l2=1e-3, rng=1) for _ in range(2)]
    optimizers = [kind(0.05), kind(0.05)]
    settings = dict(verbose=False, batch_size=16, validation_data=validation_data)
    networks[0].fit(X, noise, 300, optimizer=optimizers[0], patience=3, rng=0, **settings)
    losses = networks[0].history["validation_loss"]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 3 < 300
    networks[1].fit(X, noise, best + 1, optimizer=optimizers[1], rng=0, **settings)
    assert networks[1].history["validation_loss"] == losses[: best + 1]
    for _ in range(2):
        assert_same(networks[0].parameters, networks[1].parameters)
        assert_same(optimizers[0].state(), optimizers[1].state())
        for network, optimizer in zip(networks, optimizers):
            network.fit(X, noise, 2, optimizer=optimizer, rng=5, **settings)


@pytest.mark.parametrize("verbose", [True, False])
def test_only_a_verbose_run_has_a_progress_bar(verbose, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE")
    with _progress_bar(3, verbose) as bar:
        assert bar.disable is not verbose
        assert verbose is False or bar.leave is False


def test_verbose_prints_first_last_and_every_so_many(capsys):
    classifier().fit(X, Y, 25, print_every=10, validation_data=(X, Y))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].split() for line in lines] == [["Epoch", f"{e}/25"] for e in (0, 10, 20, 24)]
    assert all(name in lines[0] for name in ("loss", "accuracy", "validation loss", "validation accuracy"))
    classifier().fit(X, Y, 25, verbose=False)
    assert capsys.readouterr() == ("", "")


def test_progress_shows_what_was_measured_in_this_run_only(capsys):
    network = classifier()
    network.fit(X, Y, 1, validation_data=(X, Y))
    capsys.readouterr()
    network.fit(X, Y, 1)
    assert "validation" not in capsys.readouterr().out


def test_accuracy_never_exceeds_one():
    x = np.where(np.arange(1350) % 2, 1.0, -1.0)[None]
    network = NeuralNetwork([1, 1], ["sigmoid"], rng=0)
    network.parameters["W1"][:] = 5.0
    network.fit(x, x > 0, 3, verbose=False, batch_size=64, rng=0)
    assert network.history["accuracy"] == [1.0, 1.0, 1.0]
