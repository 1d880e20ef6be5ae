"""Every check takes the right answer, and rejects what learners get wrong with a message that names the fault."""

import copy
import importlib
from pathlib import Path

import pytest

from nnlib.exercises import EXERCISES, check
from nnlib.exercises.checking import judge

TABLES = sorted(path.stem for path in (Path(__file__).parent / "wrong").glob("notebook_*.py"))
WRONG = {
    name: answers
    for table in TABLES
    for name, answers in importlib.import_module(f"tests.exercises.wrong.{table}").WRONG.items()
}
CASES = [
    pytest.param(name, answer, fault, id=f"{name}-{getattr(answer, '__name__', repr(answer))}")
    for name, answers in WRONG.items()
    for answer, fault in answers
]


@pytest.mark.parametrize("name, answer, fault", CASES)
def test_wrong_answer_is_rejected_and_named(name, answer, fault, capsys):
    report = check(name, answer)
    assert not report
    assert report.message.startswith("Not yet: ")
    assert fault in report.message
    assert capsys.readouterr().out == report.message + "\n"


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_right_answer_is_taken_and_arguments_are_left_alone(exercise):
    cases = copy.deepcopy(exercise.cases)
    assert judge(exercise, exercise.answer)
    assert str(cases) == str(exercise.cases)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_three_wrong_answers_and_hints(exercise):
    assert len(WRONG.get(exercise.name, [])) >= 3, "at least three typical wrong answers"
    assert 2 <= len(exercise.hints) <= 4


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_known_mistakes_are_mistakes(exercise):
    for mistake in exercise.mistakes:
        report = judge(exercise, mistake.answer)
        assert not report and mistake.says in report.message


def test_an_error_of_another_cause_gets_no_misconception():
    report = judge(EXERCISES["forward"], lambda X, parameters, functions: parameters["w1"] @ X)
    assert "KeyError: 'w1'" in report.message and "there is no W0" not in report.message
    report = judge(EXERCISES["sigmoid"], lambda: 1)
    assert "takes 0 positional arguments" in report.message and "functions of math" not in report.message


def test_what_an_answer_prints_is_not_repeated_for_every_known_mistake(capsys):
    check("relu", lambda z: print("seen"))
    assert capsys.readouterr().out.count("seen") == 1
