import re
import threading

import numpy as np
import pytest
from sklearn.datasets import make_circles, make_moons

from nnlib.explorers import (
    playground_data,
    playground_explorer,
    playground_network,
    playground_surfaces,
    train_playground,
)
from nnlib.explorers.playground import HIDDEN, LEARNING_RATES, LossCurve
from nnlib.training import DivergenceWarning


@pytest.fixture
def explorer():
    explorer = playground_explorer()
    yield explorer
    explorer.close()


def ask(explorer, *epochs, k=1):
    """What the browser sends: a question for the k epochs after each of these."""
    for epoch in epochs:
        explorer.view._handle_custom_msg({"type": "step", "run": explorer.run, "after": epoch, "epochs": k}, [])


def floats(value):
    return np.frombuffer(value, dtype=np.float32)


def choose(explorer, **settings):
    for name, value in settings.items():
        explorer.controls[name].value = value


# Data


@pytest.mark.parametrize("name", ["XOR", "moons", "circles", "spiral"])
@pytest.mark.parametrize("noise", [0, 0.1, 0.5])
def test_data_are_two_standardised_halves_of_two_classes(name, noise):
    X, Y, X_held_out, Y_held_out = playground_data(name, noise)
    assert X.shape == X_held_out.shape == (2, 200) and Y.shape == Y_held_out.shape == (1, 200)
    np.testing.assert_allclose(X.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(X.std(axis=1), 1)
    for labels in (Y, Y_held_out):
        assert set(labels.ravel()) == {0, 1} and 0.4 < labels.mean() < 0.6
    assert len(np.unique(np.hstack([X, X_held_out]), axis=1).T) == 400, "a held-out point is one of the others"
    np.testing.assert_array_equal(X, playground_data(name, noise)[0])


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("moons", lambda: make_moons(400, noise=0.2, random_state=0)),
        ("circles", lambda: make_circles(400, noise=0.2, factor=0.5, random_state=0)),
    ],
)
def test_moons_and_circles_are_scikit_learns(name, points):
    X, Y, X_held_out, Y_held_out = playground_data(name, 0.2)
    expected, y = points()
    np.testing.assert_array_equal(np.hstack([Y, Y_held_out])[0], y)
    # Standardising is affine and keeps the order of distances along an axis.
    for feature in (0, 1):
        together = np.hstack([X, X_held_out])[feature]
        assert np.corrcoef(together, expected[:, feature])[0, 1] == pytest.approx(1)


def test_xor_is_one_where_one_input_is_positive_and_the_spiral_turns_once_and_a_quarter():
    X, Y, *_ = playground_data("XOR", 0)
    centre = (X[:, Y[0] == 1].mean(axis=1), X[:, Y[0] == 0].mean(axis=1))
    np.testing.assert_allclose(centre, 0, atol=0.25)
    far = np.abs(X).min(axis=0) > 0.2  # the zero of the untransformed inputs is about the mean
    np.testing.assert_array_equal((X[0] * X[1] < 0)[far], Y[0, far] == 1)

    X, Y, *_ = playground_data("spiral", 0)
    arm = X[:, Y[0] == 0]
    arm = arm[:, np.argsort(np.linalg.norm(arm, axis=0))]
    angle = np.unwrap(np.arctan2(arm[1], arm[0]))
    assert abs(angle[-1] - angle[0]) / (2 * np.pi) == pytest.approx(1.25 * 0.9, abs=0.15)  # it starts at radius 0.1


def test_an_unknown_shape_is_refused():
    with pytest.raises(ValueError, match="spiral"):
        playground_data("spirals")


# What the neurons compute


def test_surfaces_are_what_the_formulas_give_at_each_place():
    network = train_playground(3, hidden=(4, 2))
    answer, (inputs, first, second) = playground_surfaces(network)
    assert (answer.shape, inputs.shape, first.shape, second.shape) == ((50, 50), (2, 50, 50), (4, 50, 50), (2, 50, 50))
    assert (inputs[:, 0, 0] * [-1, 1] == 2.6 * 49 / 50).all(), "top left is x₁ smallest, x₂ largest"
    W, b = (network.parameters[name] for name in ("W1", "b1"))
    for row, column in ((0, 0), (10, 31), (49, 49)):
        x = inputs[:, [row], [column]]
        np.testing.assert_allclose(first[:, [row], [column]], np.tanh(W @ x + b))
        assert answer[row, column] == pytest.approx(network.predict_proba(x).item())


def test_the_picture_carries_the_surfaces_weights_and_points(explorer):
    choose(explorer, hidden=(4, 4), data="moons")
    ask(explorer, 0, 1)
    view, network = explorer.view, explorer.network
    answer, layers = playground_surfaces(network)
    np.testing.assert_allclose(np.frombuffer(view.answer, np.uint8) / 255, answer.ravel(), atol=0.51 / 255)
    shown = np.frombuffer(view.neurons, np.uint8).reshape(2 + 4 + 4, 25, 25) / 127.5 - 1
    np.testing.assert_allclose(shown[2:6], layers[1][:, ::2, ::2], atol=0.51 / 127.5)
    np.testing.assert_allclose(shown[:2] * 2.6 * 49 / 50, layers[0][:, ::2, ::2], atol=0.011)
    expected = np.concatenate([network.parameters[f"W{l}"].ravel() for l in (1, 2, 3)])
    np.testing.assert_array_equal(floats(view.weights), expected.astype(np.float32))
    X, Y, X_held_out, Y_held_out = playground_data("moons", 0.1)
    points = floats(view.points).reshape(400, 4)
    np.testing.assert_allclose(points[:200, :3], np.vstack([X, Y]).T, rtol=1e-6)
    np.testing.assert_allclose(points[200:, :3], np.vstack([X_held_out, Y_held_out]).T, rtol=1e-6)
    assert points[:, 3].tolist() == [0] * 200 + [1] * 200


# Training


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"data": "spiral", "hidden": (8, 8), "activation": "relu", "learning_rate": 0.3},
        {"data": "XOR", "noise": 0.3, "hidden": (), "activation": "sigmoid", "learning_rate": 1.0},
    ],
)
def test_epochs_asked_one_by_one_give_the_network_that_fit_gives_at_once(explorer, numbers_in, settings):
    choose(explorer, **settings)
    ask(explorer, *range(12))
    network = train_playground(12, **settings)
    for name, value in network.parameters.items():
        np.testing.assert_array_equal(explorer.network.parameters[name], value)
    X, Y, *held_out = playground_data(settings.get("data", "circles"), settings.get("noise", 0.1))
    measured = [*network.evaluate(X, Y), *network.evaluate(*held_out)]
    assert measured[2] == network.history["validation_loss"][-1]
    shown = numbers_in(explorer.readout.value.split("</b>")[1])
    loss, accuracy, loss_held_out, accuracy_held_out = measured
    expected = [12, settings.get("learning_rate", 0.1), loss, 100 * accuracy, loss_held_out, 100 * accuracy_held_out]
    assert shown == pytest.approx(expected, abs=0.051)
    assert [shown[2], shown[4]] == pytest.approx([loss, loss_held_out], abs=0.00051)
    last = floats(explorer.view.curve).reshape(-1, 3)[-1]
    np.testing.assert_allclose(last, [12, loss, loss_held_out], rtol=1e-6)
    assert explorer.view.state["epoch"] == 12 and "epoch 12" in explorer.view.state["label"]


def test_every_change_of_a_setting_reaches_the_picture(explorer):
    # The browser draws anew when the state changes, and only then.
    changes = []
    explorer.view.observe(lambda change: changes.append(change.new), "state")
    for noise in np.arange(10, -1, -1) / 20:
        choose(explorer, noise=noise)
    assert len(changes) == 11
    for name in ("data", "hidden", "activation", "learning_rate"):
        for _, value in explorer.controls[name]._options_full:
            before = len(changes)
            if value != explorer.controls[name].value:
                choose(explorer, **{name: value})
                assert len(changes) == before + 1, f"{name} = {value}"


def test_a_question_that_comes_twice_or_late_trains_nothing(explorer):
    ask(explorer, 0, 0, 5, None, 1)
    assert explorer.epoch == 2
    old = {"type": "step", "run": explorer.run, "after": 0, "epochs": 1}
    choose(explorer, noise=0.2)
    ask(explorer, 2)
    explorer.view._handle_custom_msg(old, [])
    explorer.view._handle_custom_msg({"type": "other", "after": 0}, [])
    assert explorer.epoch == 0


def test_one_question_may_ask_for_a_few_epochs_and_shows_each(explorer):
    answers = []
    explorer.view.observe(lambda change: answers.append((change.new["epoch"], change.new["more"])), "state")
    ask(explorer, 0, k=3)
    assert answers == [(1, 2), (2, 1), (3, 0)]
    ask(explorer, 3, k=1_000_000)
    assert explorer.epoch == 6 and answers[-1] == (6, 0)
    choose(explorer, hidden=(8, 8), activation="linear", learning_rate=3.0)
    del answers[:]
    ask(explorer, 0, k=3)
    assert answers == [(0, 0)] and explorer.diverged


def test_reset_in_the_middle_of_an_epoch_wins(explorer):
    start, fit = explorer.view.weights, explorer.network.fit
    reset = threading.Thread(target=explorer.reset)

    def fit_while_another_thread_resets(*args, **options):
        if reset.ident is None:
            reset.start()
            reset.join(0.3)
        fit(*args, **options)

    explorer.network.fit = fit_while_another_thread_resets
    ask(explorer, 0, k=3)
    reset.join()
    assert explorer.epoch == 0 and explorer.view.state["epoch"] == 0 and explorer.view.weights == start


def test_a_change_of_settings_starts_anew_and_plays_on_while_reset_stops(explorer):
    start = explorer.view.weights
    explorer.view.playing = True
    ask(explorer, 0, 1)
    assert explorer.view.weights != start
    choose(explorer, learning_rate=0.3)
    assert explorer.view.weights == start and explorer.view.state["epoch"] == 0 and explorer.view.playing
    ask(explorer, 0)
    explorer.reset()
    assert explorer.view.weights == start and explorer.epoch == 0 and not explorer.view.playing


def test_divergence_is_a_labelled_result(explorer, capfd):
    choose(explorer, hidden=(8, 8), activation="linear", learning_rate=3.0)
    explorer.view.playing = True
    ask(explorer, 0)
    assert explorer.view.state["diverged"].startswith("diverged in epoch 1: learning rate 3 is too large")
    assert explorer.view.state["diverged"] in explorer.readout.value
    assert not explorer.view.playing
    with pytest.warns(DivergenceWarning):
        network = train_playground(1, hidden=(8, 8), activation="linear", learning_rate=3.0)
    # What is shown is the last epoch that ended, here the start, and not where the steps have led since.
    assert np.isfinite(network.parameters["W1"]).all() and explorer.epoch == 0
    start = playground_network((8, 8), "linear")
    np.testing.assert_array_equal(explorer.network.parameters["W1"], start.parameters["W1"])
    loss, accuracy = start.evaluate(*playground_data()[:2])
    assert f"epoch 0, learning rate 3<br>training: loss {loss:.3f}, accuracy {100 * accuracy:.1f}" in (
        explorer.readout.value
    )
    before = explorer.view.state
    ask(explorer, 0)
    assert explorer.view.state == before, "it trains on"
    explorer.view.set_state({"playing": True})  # Play, arriving after the question that it led to
    assert not explorer.view.playing
    assert capfd.readouterr() == ("", "")
    choose(explorer, learning_rate=0.01)
    assert explorer.view.state["diverged"] == ""
    ask(explorer, 0)
    assert explorer.epoch == 1


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
@pytest.mark.parametrize("hidden", [HIDDEN[0], HIDDEN[-1]])
@pytest.mark.parametrize("learning_rate", [LEARNING_RATES[0], LEARNING_RATES[-1]])
def test_extreme_settings_train_or_say_why_not(explorer, activation, hidden, learning_rate):
    choose(explorer, data="spiral", noise=0.5, hidden=hidden, activation=activation, learning_rate=learning_rate)
    ask(explorer, *range(12))
    assert explorer.epoch == 12 or "diverged in epoch" in explorer.readout.value
    assert np.isfinite(floats(explorer.view.weights)).all()
    assert not re.search("nan|inf", explorer.readout.value)


def test_after_divergence_the_losses_are_those_of_the_last_epoch(explorer, numbers_in):
    choose(explorer, data="moons", hidden=(2,), activation="linear", learning_rate=10.0)
    ask(explorer, *range(30))
    assert explorer.diverged and 0 < explorer.epoch < 30
    last = floats(explorer.view.curve).reshape(-1, 3)[-1]
    shown = numbers_in(explorer.readout.value.split("</b>")[1])
    assert [shown[0], shown[2], shown[4]] == pytest.approx(last, abs=0.00051)
    assert f"diverged in epoch {explorer.epoch + 1}:" in explorer.readout.value


# What it says


@pytest.mark.parametrize(
    ("settings", "epochs", "verdict"),
    [
        ({}, 0, "not trained yet"),
        ({}, 30, "training loss 0.71 at the start, "),
        ({"hidden": ()}, 12, "no better than guessing"),
        # About the loss of guessing, but seven answers in ten are right.
        ({"data": "moons", "hidden": (8, 8), "learning_rate": 0.001}, 15, "training loss 0.78 at the start, "),
        ({"learning_rate": 10.0}, 12, "worse than at the start: with learning rate 10 the steps overshoot"),
    ],
)
def test_the_verdict_follows_from_the_losses(explorer, settings, epochs, verdict):
    choose(explorer, **settings)
    ask(explorer, *range(epochs))
    assert explorer.readout.value.startswith(f"<b>{verdict}")
    assert verdict in explorer.view.state["label"]


def test_overfitting_names_the_epoch_of_the_lowest_held_out_loss(explorer):
    settings = {"noise": 0.5, "hidden": (8, 8), "learning_rate": 0.3}
    choose(explorer, **settings)
    ask(explorer, *range(100))
    losses = train_playground(100, **settings).history["validation_loss"]
    said = f"overfitting: the held-out loss was lowest after epoch {np.argmin(losses) + 1}, {min(losses):.3f}"
    assert explorer.readout.value.startswith(f"<b>{said}</b>")


# An hour of it


def test_a_curve_of_any_length_keeps_few_rows_evenly_and_the_last():
    curve = LossCurve()
    for epoch in range(72_001):
        curve.add(epoch, 1 / (epoch + 1), 2 / (epoch + 1))
    rows = curve.array()
    assert len(rows) <= LossCurve.MOST + 1
    assert rows[0].tolist() == [0, 1, 2] and rows[-1, 0] == 72_000
    assert set(np.diff(rows[:-1, 0])) == {256}
    np.testing.assert_allclose(rows[:, 1], 1 / (rows[:, 0] + 1), rtol=1e-6)


def test_no_history_grows_while_it_plays(explorer):
    ask(explorer, *range(20))
    assert explorer.epoch == 20
    assert all(len(values) == 0 for values in explorer.network.history.values())


def test_the_network_is_always_the_same_before_training():
    first, again = playground_network(), playground_network()
    np.testing.assert_array_equal(first.parameters["W1"], again.parameters["W1"])
    assert first.layer_sizes == [2, 4, 1] and first.activations == ["tanh", "sigmoid"]
    assert playground_network(()).layer_sizes == [2, 1]
