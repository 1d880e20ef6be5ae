import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from nnlib.explorers import forward_stepper, forward_steps
from nnlib.explorers.forward_stepper import PARAMETERS, X
from nnlib.explorers.stepper import forward_pass_steps


def as_shown(number):
    return number.get_text().replace("−", "-")


def test_the_first_sample_by_hand():
    steps = {step.name: step for step in forward_steps(1)}
    assert list(steps) == ["A0", "Z1", "A1", "Z2", "A2"]
    np.testing.assert_allclose(steps["A0"].value, [[1], [2], [-1]])
    np.testing.assert_allclose(steps["Z1"].value, [[1.5], [-0.1], [0.1], [0.1]])
    np.testing.assert_allclose(steps["A1"].value, [[1.5], [0], [0.1], [0.1]], atol=1e-12)
    np.testing.assert_allclose(steps["Z2"].value, [[-0.64], [0.42]])
    np.testing.assert_allclose(steps["A2"].value, 1 / (1 + np.exp([[0.64], [-0.42]])))
    assert [step.shape for step in steps.values()] == [(3, 1), (4, 1), (4, 1), (2, 1), (2, 1)]


def test_scikit_learn_gives_the_same_outputs():
    outputs = np.hstack([forward_steps(sample)[-1].value for sample in range(1, 6)])
    classifier = MLPClassifier(hidden_layer_sizes=(4,), activation="relu", random_state=0)
    classifier.partial_fit(X.T, (outputs.T > 0.5).astype(int), classes=[0, 1])
    classifier.coefs_ = [PARAMETERS["W1"].T, PARAMETERS["W2"].T]
    classifier.intercepts_ = [PARAMETERS["b1"].ravel(), PARAMETERS["b2"].ravel()]
    np.testing.assert_allclose(outputs.T, classifier.predict_proba(X.T))


@pytest.mark.parametrize("sample", range(1, 6))
def test_the_terms_of_a_weighing_give_its_result(sample):
    steps = {step.name: step for step in forward_steps(sample)}
    for name in ("Z1", "Z2"):
        W, A, b, Z = (term.matrix for term in steps[name].terms)
        assert [term.sign for term in steps[name].terms] == ["", "·", "+", "="]
        expected = [sum(w * a for w, a in zip(row, A[:, 0])) + bias for row, bias in zip(W, b[:, 0])]
        np.testing.assert_allclose(Z[:, 0], expected)


@pytest.mark.parametrize(("sample", "message"), [(6, "there are 5, counted from 1"), (0, "at least 1"), (1.5, "whole")])
def test_a_sample_that_is_not_there_is_refused(sample, message):
    with pytest.raises(ValueError, match=message):
        forward_steps(sample)


def test_a_deeper_network_has_two_steps_a_layer():
    parameters = PARAMETERS | {"W3": np.ones((1, 2)), "b3": np.zeros((1, 1))}
    steps = forward_pass_steps(X[:, :1], parameters, ["relu", "tanh", "linear"])
    assert [step.name for step in steps] == ["A0", "Z1", "A1", "Z2", "A2", "Z3", "A3"]
    assert steps[-1].value == np.tanh(steps[3].value).sum()


@pytest.mark.parametrize("sample", [1, 4])
@pytest.mark.parametrize("step", range(1, 6))
def test_the_picture_and_the_read_out_agree_with_the_twin(numbers_in, step, sample):
    explorer = forward_stepper()
    explorer.controls["step"].value, explorer.controls["sample"].value = step, sample
    steps = forward_steps(sample)
    now = steps[step - 1]
    assert numbers_in(explorer.readout.value.split("<br>")[1])[1:] == pytest.approx(now.value.ravel(), abs=6e-4)

    entries = [float(as_shown(entry)) for entry in explorer.entries if entry.get_text()]
    assert entries == pytest.approx(np.concatenate([term.matrix.ravel() for term in now.terms]), abs=6e-4)
    assert explorer.formula.get_text() == now.formula
    shapes = [shape.get_text() for shape in explorer.shapes if shape.get_text()]
    assert shapes == [str(term.matrix.shape) for term in now.terms]

    # Each layer shows the last of its quantities; what has not been reached is empty.
    reached = {int(each.name[1]): each for each in steps[:step]}
    for layer, (quantity, neurons) in enumerate(zip(explorer.quantities, explorer.says)):
        assert quantity.get_text() == (reached[layer].name if layer in reached else "")
        says = [float(as_shown(neuron)) for neuron in neurons if neuron.get_text()]
        assert says == pytest.approx(reached[layer].value.ravel() if layer in reached else [], abs=6e-3)
    explorer.close()


def test_every_matrix_lies_on_the_page():
    explorer = forward_stepper()
    width, height = explorer.page.get_xlim()[1], explorer.page.get_ylim()[1]
    for step in range(1, 6):
        explorer.controls["step"].value = step
        corners = np.concatenate([path.vertices for path in explorer.cells.get_paths()])
        assert corners.min(axis=0)[0] > 0.37 * width and corners.max(axis=0)[0] < width - 3
        assert 0 < corners.min() and corners.max(axis=0)[1] < height
    explorer.close()


def test_play_and_step_follow_each_other_and_reset_stops_the_play():
    explorer = forward_stepper()
    step, play = explorer.controls["step"], explorer.play
    assert (play.min, play.max, play.value) == (1, 5, step.value)
    play.playing = True
    play.value = 4
    assert step.value == 4 and "<b>Z2</b>" in explorer.readout.value
    step.value = 5
    assert play.value == 5
    explorer.reset()
    assert (play.playing, play.value, step.value) == (False, 2, 2)
    play.playing = True
    explorer.close()
    assert not play.playing and play.comm is None
