import sys

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import expit

from nnlib.explorers import backprop_stepper, backprop_steps
from nnlib.explorers.backprop_stepper import LEARNING_RATE, PARAMETERS, X, Y

DERIVATIVES = ["dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1"]
SAMPLES = range(1, 5)


def steps_of(sample):
    return {step.name: step for step in backprop_steps(sample)}


def loss_with(sample, name, flat):
    """The loss where the named quantity has the value `flat` and all before it is as it was, written out by hand."""
    x, y = X[:, sample - 1], Y[0, sample - 1]
    values = {key: value if key[0] == "W" else value[:, 0] for key, value in PARAMETERS.items()}
    if name in values:
        values[name] = flat.reshape(values[name].shape)
    z1 = flat if name == "Z1" else values["W1"] @ x + values["b1"]
    a1 = flat if name == "A1" else np.maximum(z1, 0)
    z2 = flat if name == "Z2" else values["W2"] @ a1 + values["b2"]
    return np.sum(np.log1p(np.exp(z2)) - y * z2)  # cross-entropy from the logit


def test_eighteen_steps_in_order():
    assert [step.name for step in backprop_steps()] == (
        ["A0", "Z1", "A1", "Z2", "A2", "J", *DERIVATIVES, "new W2", "new b2", "new W1", "new b1", "new J"]
    )
    assert [step.phase for step in backprop_steps()] == ["forward"] * 6 + ["backward"] * 7 + ["update"] * 5


def test_the_first_sample_by_hand():
    steps = steps_of(1)
    np.testing.assert_allclose(steps["Z1"].value, [[2.2], [0.1], [-0.4]])
    np.testing.assert_allclose(steps["A1"].value, [[2.2], [0.1], [0]], atol=1e-15)
    np.testing.assert_allclose(steps["Z2"].value, [[1.66]])  # 0.9 · 2.2 − 1.2 · 0.1 − 0.2
    error = expit(1.66)  # the target is 0
    np.testing.assert_allclose(steps["dZ2"].value, [[error]])
    np.testing.assert_allclose(steps["dW2"].value, [[2.2 * error, 0.1 * error, 0]], atol=1e-15)
    np.testing.assert_allclose(steps["dA1"].value, [[0.9 * error], [-1.2 * error], [0.6 * error]])
    np.testing.assert_allclose(steps["dZ1"].value, [[0.9 * error], [-1.2 * error], [0]])
    np.testing.assert_allclose(steps["dW1"].value, [[0.9 * error, 1.8 * error], [-1.2 * error, -2.4 * error], [0, 0]])


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("name", DERIVATIVES)
def test_every_derivative_and_its_verdict(sample, name):
    step = steps_of(sample)[name]
    quantity = name[1:]
    here = PARAMETERS[quantity] if quantity in PARAMETERS else steps_of(sample)[quantity].value
    measured = approx_fprime(here.ravel(), lambda flat: loss_with(sample, quantity, flat), 1e-7)
    np.testing.assert_allclose(step.value.ravel(), measured, atol=1e-6)
    assert step.shape == here.shape
    assert step.check.passed and step.check.relative_error < 1e-8
    assert step.check.parameter == quantity
    assert step.check.analytic == step.value[step.check.entry]


@pytest.mark.parametrize("sample", SAMPLES)
def test_loss_and_update(sample):
    steps = steps_of(sample)
    assert steps["J"].value.item() == pytest.approx(loss_with(sample, "Z2", steps["Z2"].value[:, 0]))
    for name, before in PARAMETERS.items():
        np.testing.assert_allclose(steps[f"new {name}"].value, before - LEARNING_RATE * steps[f"d{name}"].value)
    hidden = np.maximum(steps["new W1"].value @ X[:, [sample - 1]] + steps["new b1"].value, 0)
    logit = (steps["new W2"].value @ hidden + steps["new b2"].value).item()
    assert steps["new J"].value.item() == pytest.approx(np.log1p(np.exp(logit)) - Y[0, sample - 1] * logit)
    change = "falls" if steps["new J"].value < steps["J"].value else "does not fall"
    assert f"the loss {change}, from {steps['J'].value.item():.3f} to" in steps["new J"].meaning


def test_the_samples_are_as_different_as_the_text_says():
    silent = [np.flatnonzero(steps_of(sample)["A1"].value[:, 0] == 0).tolist() for sample in SAMPLES]
    assert silent == [[2], [1], [2], [0, 1, 2]]
    errors = [steps_of(sample)["dZ2"].value.item() for sample in SAMPLES]
    assert errors[0] > 0.8 and -0.3 < errors[1] < 0 and errors[2] < -0.8 and 0 < errors[3] < 0.5
    only_the_last_bias = {name for name in ("dW2", "db2", "dW1", "db1") if steps_of(4)[name].value.any()}
    assert only_the_last_bias == {"db2"}


def test_a_wrong_derivative_fails_its_own_check(monkeypatch):
    backprop = sys.modules["nnlib.explorers.backprop_stepper"]
    monkeypatch.setattr(backprop, "relu_derivative", lambda Z: np.ones_like(Z))
    verdicts = {step.name: step.check.passed for step in backprop_steps(1) if step.check}
    assert verdicts == {name: name != "dZ1" for name in DERIVATIVES}  # dW1 and db1 come from the library's own pass
    explorer = backprop_stepper()
    explorer.controls["step"].value = 11
    assert "gradient check FAILED" in explorer.readout.value
    assert explorer.verdict.get_text() == "✗ gradient check FAILED"
    explorer.close()


def test_a_sample_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="there are 4, counted from 1"):
        backprop_steps(5)


@pytest.mark.parametrize("sample", [1, 4])
def test_the_picture_and_the_read_out_agree_with_the_twin(numbers_in, sample):
    explorer = backprop_stepper()
    explorer.controls["sample"].value = sample
    for number, step in enumerate(backprop_steps(sample), start=1):
        explorer.controls["step"].value = number
        entries = [float(entry.get_text().replace("−", "-")) for entry in explorer.entries if entry.get_text()]
        assert entries == pytest.approx(np.concatenate([term.matrix.ravel() for term in step.terms]), abs=6e-4)
        assert (explorer.formula.get_text(), explorer.meaning.get_text()) == (step.formula, step.meaning)
        lines = explorer.readout.value.split("<br>")
        shown = numbers_in(lines[1].split(" = ")[1].replace(";", ","))
        assert shown == pytest.approx(step.value.ravel(), abs=6e-4)
        if step.check is None:
            assert explorer.verdict.get_text() == "" and len(lines) == 2
        else:
            assert explorer.verdict.get_text() in explorer.readout.value
            analytic, numerical, error = numbers_in(lines[3])
            assert analytic == pytest.approx(step.check.analytic, abs=6e-7)
            assert numerical == pytest.approx(step.check.numerical, abs=6e-7)
            assert error == pytest.approx(step.check.relative_error, rel=0.06)
        middle = explorer.mark.get_x() + explorer.mark.get_width() / 2
        assert middle == pytest.approx(explorer.slots[number - 1])
        corners = np.concatenate([path.vertices for path in explorer.cells.get_paths()])
        assert corners[:, 0].min() > 0.37 * explorer.page.get_xlim()[1]
        assert corners[:, 0].max() < explorer.page.get_xlim()[1] - 3
    explorer.close()


def test_the_diagram_carries_the_errors_back():
    explorer = backprop_stepper()
    shown = {}
    for number, step in enumerate(backprop_steps(1), start=1):
        explorer.controls["step"].value = number
        shown[step.name] = [quantity.get_text() for quantity in explorer.quantities]
    assert shown["Z1"] == ["A0", "Z1", ""]
    assert shown["J"] == ["A0", "A1", "A2"]
    assert shown["db2"] == ["A0", "A1", "dZ2"]
    assert shown["dA1"] == ["A0", "dA1", "dZ2"]
    assert shown["db1"] == ["A0", "dZ1", "dZ2"]
    assert shown["new W2"] == ["", "", ""]
    assert shown["new J"] == ["", "", "new A2"]
    explorer.controls["step"].value = 11
    assert [text.get_text() for text in explorer.says[1]] == ["0.76", "−1.01", "0.00"]
    ringed = [[neuron.get_linewidth() > 2 for neuron in layer] for layer in explorer.neurons]
    assert ringed == [[False] * 2, [True] * 3, [False]]
    explorer.close()


def test_the_edges_are_the_weights_and_change_with_the_update():
    explorer = backprop_stepper()
    explorer.controls["sample"].value = 3
    steps = backprop_steps(3)
    for number, step in enumerate(steps, start=1):
        explorer.controls["step"].value = number
        new = {each.name: each.value for each in steps[:number]}
        for l, edges in enumerate(explorer.edges, start=1):
            W = new.get(f"new W{l}", PARAMETERS[f"W{l}"]).ravel()
            widths = edges.get_linewidths()
            np.testing.assert_array_equal(np.argsort(widths), np.argsort(np.abs(W)))
            dashed = [pattern is not None for _, pattern in edges.get_linestyles()]
            assert dashed == list(W < 0), f"{step.name}, layer {l}"
    explorer.close()
