"""The questions: each has feedback for every choice, tells a prediction's meaning late, and reads on a static page."""

import html
import re

import pytest
from IPython.core.interactiveshell import InteractiveShell

from nnlib.exercises import check_yourself, load_questions, predict, questions, recall
from nnlib.exercises.questions import Choice, Prediction, Question
from tests.exercises.conftest import NOTEBOOKS

NUMBERS = range(1, len(NOTEBOOKS) + 1)
FILES = [path.stem for path in NOTEBOOKS]
PREDICTIONS = {name: each for file in questions._files() for name, each in file.get("predict", {}).items()}

PLAIN = Question("Which?", "b", {"a": "No: `a` is < b.", "b": "Yes, $b^2$."})
NUMBER = Question("How many?", "right", {"lower": "Too few.", "right": "So many.", "higher": "Too many."}, (3, 5))


def press(question, choice):
    question.buttons[choice].click()
    return question.feedback.value


def all_questions():
    for number in NUMBERS:
        yield from load_questions(number, "recall") + load_questions(number, "check")
    yield from (questions._question(each) for each in PREDICTIONS.values())


# What stands in the files


def test_each_notebook_has_its_file():
    paths = (questions.files("nnlib.exercises") / "questions").iterdir()
    assert sorted(path.name for path in paths) == [f"{name}.toml" for name in FILES]


def test_names_of_predictions_are_given_once():
    assert len(PREDICTIONS) == sum(len(file.get("predict", {})) for file in questions._files())


@pytest.mark.parametrize("number", NUMBERS)
def test_five_questions_at_the_end_and_some_from_earlier_at_the_start(number):
    assert len(load_questions(number, "check")) == 5
    earlier = questions._files()[number - 1]["recall"]
    if number == 1:
        assert len(earlier) >= 4
    else:
        assert 1 <= len(earlier) <= 2 and all(1 <= each["from"] < number for each in earlier)


@pytest.mark.parametrize("question", list(all_questions()), ids=lambda question: question.text[:40] or "prediction")
def test_every_choice_has_its_feedback(question):
    assert question.answer in question.choices
    assert 2 <= len(question.choices) <= 4
    for choice, meaning in question.choices.items():
        assert len(meaning.split()) >= 4, f"says nothing: {meaning}"
        assert "$" not in choice and "`" not in choice, "a button cannot typeset"
    assert len(set(question.choices.values())) == len(question.choices)


def test_right_answers_do_not_stand_in_one_place():
    places = [list(each.choices).index(each.answer) for each in all_questions() if not each.interval]
    assert max(places.count(place) for place in set(places)) < 0.6 * len(places)


# How they are asked


def test_a_choice_says_what_it_means():
    question = Choice(PLAIN)
    assert press(question, "a") == "✗ No: <code>a</code> is &lt; b."
    assert question.buttons["a"].icon and not question.buttons["b"].icon
    assert press(question, "b") == "✓ Yes, $b^2$."
    assert question.buttons["b"].icon and not question.buttons["a"].icon


@pytest.mark.parametrize("number, said", [(2, "✗ Too few."), (3, "✓ So many."), (5, "✓ So many."), (6, "✗ Too many.")])
def test_a_number_is_judged(number, said):
    question = Choice(NUMBER)
    question.number.value = number
    assert press(question, None) == said


def asked_in_a_cell(shell):
    shell.user_ns["ask"] = lambda: Prediction(PLAIN)
    shell.run_cell("question = ask()", store_history=True)
    return shell.user_ns["question"]


def test_a_prediction_means_something_once_the_next_cell_has_run(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr(questions, "get_ipython", lambda: shell)
    question = asked_in_a_cell(shell)
    assert press(question, "a") == "You predict a. Now run the next cell."
    assert press(question, "b") == "You predict b. Now run the next cell."
    shell.run_cell("1 + 1", store_history=True)
    assert question.feedback.value == "✓ Yes, $b^2$."
    assert press(question, "a").startswith("✗ No")
    assert question._reveal not in shell.events.callbacks["post_run_cell"]


def test_a_prediction_after_the_next_cell_is_judged_at_once(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr(questions, "get_ipython", lambda: shell)
    question = asked_in_a_cell(shell)
    shell.run_cell("1 + 1", store_history=True)
    assert question.feedback.value == ""
    assert press(question, "a").startswith("✗ No")


def test_an_unknown_prediction_is_refused():
    with pytest.raises(ValueError, match="there is no prediction 'no such'; choose one of: "):
        predict("no such")


# On a page that cannot run them


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("ask", [recall, check_yourself])
def test_the_static_page_has_every_choice_and_folds_what_it_means(ask, number):
    box = ask(number)
    page = box._repr_mimebundle_()["text/html"]
    folds = re.findall(r"<details>.*?</details>", page, re.DOTALL)
    assert len(folds) == len(box.questions)
    for each, fold in zip(box.questions, folds):
        for choice, meaning in each.question.choices.items():
            assert f"<li>{html.escape(choice, quote=False)}</li>" in page
            mark = "✓" if choice == each.question.answer else "✗"
            assert f"{mark} {questions._html(meaning)}</li>" in fold
    unfolded = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    assert "✓" not in unfolded and "✗" not in unfolded


def test_a_prediction_for_a_number_shows_no_answer_unfolded():
    page = questions._static(NUMBER)
    assert re.sub(r"<details>.*?</details>", "", page) == "<p>How many?</p>"
    assert "So many." in page
