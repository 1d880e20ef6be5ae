import re

import numpy as np
import pytest

from nnlib import Neuron
from nnlib.explorers import neuron_explorer, neuron_outputs, right_answers

CORNERS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def logistic(z):
    return 1 / (1 + np.exp(-z))


def set_to(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value


def test_the_outputs_at_the_four_corners():
    # By hand, for w = (2, −1) and b = 0.5: z = 0.5, −0.5, 2.5, 1.5.
    z = np.array([0.5, -0.5, 2.5, 1.5])
    np.testing.assert_allclose(neuron_outputs(2, -1, 0.5, "linear"), z)
    np.testing.assert_allclose(neuron_outputs(2, -1, 0.5), logistic(z))
    np.testing.assert_allclose(neuron_outputs(2, -1, 0.5, "tanh"), np.tanh(z))
    np.testing.assert_allclose(neuron_outputs(2, -1, 0.5, "relu"), [0.5, 0, 2.5, 1.5])
    np.testing.assert_allclose(neuron_outputs(2, -1, 0.5, "linear", np.array([[3], [5]])), [1.5])


@pytest.mark.parametrize(("question", "answer"), [("AND", min), ("OR", max), ("XOR", lambda x: x[0] ^ x[1])])
def test_right_answers_are_those_of_the_truth_table(question, answer):
    yes = right_answers(question, 0, 0, 1)
    no = right_answers(question, 0, 0, -1)
    np.testing.assert_array_equal(yes, [answer(corner) == 1 for corner in CORNERS])
    np.testing.assert_array_equal(no, ~yes)


def test_a_point_on_the_line_is_a_yes():
    np.testing.assert_array_equal(right_answers("AND", 10, 10, -20), [True] * 4)
    with pytest.raises(ValueError, match="unknown question 'XNOR'"):
        right_answers("XNOR", 1, 1, 0)


def test_each_question_starts_with_the_best_that_random_weights_find():
    controls = neuron_explorer().controls
    some = np.random.default_rng(0).integers(-40, 41, (2000, 3)) / 2
    for question, best in (("OR", 4), ("XOR", 3), ("AND", 4)):
        controls["question"].value = question
        assert right_answers(*[controls[name].value for name in ("question", "w1", "w2", "b")]).sum() == best
        assert max(right_answers(question, *weights).sum() for weights in some) == best


SETTINGS = [
    dict(question="AND", w1=20.0, w2=10.0, b=-15.0, activation="sigmoid"),
    dict(question="OR", w1=-7.5, w2=3.0, b=2.0, activation="tanh"),
    dict(question="XOR", w1=20.0, w2=20.0, b=20.0, activation="linear"),
    dict(question="XOR", w1=0.5, w2=-20.0, b=0.0, activation="relu"),
]


@pytest.mark.parametrize("values", SETTINGS)
def test_the_picture_and_the_read_out_agree_with_the_twin(numbers_in, values):
    explorer = neuron_explorer()
    set_to(explorer, **values)
    question, w1, w2, b, activation = values.values()
    z = np.array([w1 * x1 + w2 * x2 + b for x1, x2 in CORNERS])
    a, right = neuron_outputs(w1, w2, b, activation), right_answers(question, w1, w2, b)

    verdict, *answers, line = explorer.readout.value.split("<br>")
    assert verdict.startswith(f"<b>{question}: {right.sum()} of 4 right")
    assert explorer.plane.get_title() == f"{question}: {right.sum()} of 4 right"
    for corner, z_i, a_i, ok, row, text in zip(CORNERS, z, a, right, answers, explorer.answers, strict=True):
        assert numbers_in(row) == pytest.approx([*corner, z_i, a_i], abs=5e-4)
        assert ("yes" in row) == (z_i >= 0) and ("no" in row) == (z_i < 0)
        assert ("✓" in row) == ("✓" in text.get_text()) == ok
        assert numbers_in(text.get_text()) == pytest.approx([a_i], abs=5e-3)

    wrong = [corner for corner, ok in zip(CORNERS, right) if not ok]
    assert list(map(tuple, explorer.wrong.get_xydata())) == wrong
    np.testing.assert_array_equal(explorer.wrong_on_f.get_xdata(), np.clip(z, -30, 30)[~right])
    np.testing.assert_array_equal(explorer.wrong_on_f.get_ydata(), np.clip(a, -30, 30)[~right])
    classes = [set(map(tuple, points.get_xydata())) for points in explorer.points]
    expected = {"AND": {(1, 1)}, "OR": {(0, 1), (1, 0), (1, 1)}, "XOR": {(0, 1), (1, 0)}}[question]
    assert classes == [set(CORNERS) - expected, expected]

    coefficients = [value for value in (w1, w2, b) if value]
    assert numbers_in(re.sub(r"([−+]) ", r"\1", line)) == coefficients + [0]


def test_the_line_the_arrow_and_the_surface_are_where_the_equation_says():
    explorer = neuron_explorer()
    set_to(explorer, w1=8.0, w2=-6.0, b=1.0)
    ends = explorer.line.get_xydata()
    np.testing.assert_allclose(ends @ [8, -6] + 1, 0, atol=1e-12)
    tail, tip = map(np.array, explorer.arrow._posA_posB)
    np.testing.assert_allclose(tail @ [8, -6] + 1, 0, atol=1e-12)
    np.testing.assert_allclose((tip - tail) / np.linalg.norm(tip - tail), [0.8, -0.6])

    surface = explorer.surface.get_array()
    left, right, bottom, top = explorer.surface.get_extent()
    assert (left, right, bottom, top) == (-0.5, 1.5, -0.5, 1.5) and explorer.surface.origin == "lower"
    assert surface[75, 25] == pytest.approx(logistic(8 * 0 - 6 * 1 + 1))  # row 75 is x₂ = 1, column 25 is x₁ = 0
    assert surface[25, 75] == pytest.approx(logistic(8 * 1 - 6 * 0 + 1))


def test_where_there_is_no_line_to_see_it_says_so():
    explorer = neuron_explorer()
    set_to(explorer, w1=0.0, w2=0.0, b=0.0)
    assert "no line: both weights are 0, the answer is always yes" in explorer.readout.value
    assert not explorer.line.get_visible() and not explorer.arrow.get_visible()
    set_to(explorer, w1=1.0, b=-1.6)
    assert "line: 1 x₁ − 1.6 = 0 (outside the picture)" in explorer.readout.value
    set_to(explorer, b=-1.0)
    assert "line: 1 x₁ − 1 = 0" in explorer.readout.value and "outside" not in explorer.readout.value
    assert explorer.line.get_visible()


def test_the_activation_changes_the_outputs_but_no_answer(numbers_in):
    explorer = neuron_explorer()
    answers, outputs = {}, {}
    for activation in explorer.controls["activation"].options:
        explorer.controls["activation"].value = activation
        rows = explorer.readout.value.split("<br>")[1:5]
        answers[activation] = [row.split(": ")[-1] for row in rows]
        outputs[activation] = [numbers_in(row)[-1] for row in rows]
        z, a = explorer.f.get_data()
        np.testing.assert_allclose(a, one_input(activation, z))
    assert len(set(map(tuple, answers.values()))) == 1
    assert len(set(map(tuple, outputs.values()))) == len(outputs)


def one_input(activation, z):
    neuron = Neuron(1, activation)
    neuron.weights = np.ones(1)
    return neuron.forward(z.reshape(1, -1))
