"""Questions to answer before the answer is seen: predictions, recall from earlier notebooks, and Check yourself.

The questions stand in questions/*.toml, a file for each notebook. jupyterquiz was looked at first: what it stores is a
script with random names, which nbval cannot compare and a static page cannot show.
"""

import html
import re
import tomllib
from importlib.resources import files
from typing import NamedTuple

import ipywidgets as widgets
from IPython import get_ipython

from nnlib.validation import check_choice, check_positive_integer

# A long choice breaks into lines, which a button of ipywidgets does not do by itself.
STYLE = """<style>
.nnlib-question { margin-bottom: 1em; }
.nnlib-question button { width: auto; height: auto; white-space: normal; text-align: left; line-height: 1.5; }
</style>"""


class Question(NamedTuple):
    """A question with its choices, the right one, and what it means to have chosen each.

    `text` is empty where the question stands above the cell. A question for a number has the choices "lower", "right"
    and "higher", and the interval of right numbers.
    """

    text: str
    answer: str
    choices: dict
    interval: tuple = ()

    def meaning(self, choice):
        """What it means to have chosen this."""
        return ("✓ " if choice == self.answer else "✗ ") + self.choices[choice]

    def judged(self, number):
        """Which of the choices lower, right and higher a number is."""
        low, high = self.interval
        return "lower" if number < low else "higher" if number > high else "right"


def predict(name):
    """Take a prediction before the next cell is run, and afterwards say what it means.

    `name` is that of a question in questions/*.toml. Who skips it misses nothing but the surprise. Raises ValueError
    for a name that no question has.
    """
    questions = {key: each for file in _files() for key, each in file.get("predict", {}).items()}
    if not isinstance(name, str) or name not in questions:
        raise ValueError(f"there is no prediction {name!r}; choose one of: {', '.join(questions)}.")
    return QuestionBox([Prediction(_question(questions[name]))])


def recall(notebook):
    """Ask for what earlier notebooks have taught and this one builds on: `notebook` is its number, 1 to 11."""
    return QuestionBox([Choice(each) for each in load_questions(notebook, "recall")])


def check_yourself(notebook):
    """Ask the questions at the end of notebook number `notebook`, 1 to 11, with feedback for every choice."""
    return QuestionBox([Choice(each) for each in load_questions(notebook, "check")])


def load_questions(notebook, kind):
    """Return the questions of one kind, "recall" or "check", of the notebook with this number."""
    files = _files()
    if check_positive_integer(notebook, "notebook") > len(files):
        raise ValueError(f"notebook is {notebook}; expected 1 to {len(files)}.")
    return [_question(each) for each in files[notebook - 1][check_choice(kind, ["recall", "check"], "kind")]]


class Choice(widgets.VBox):
    """A question with a button for each choice, by mouse or by Tab and Enter. It can be answered again."""

    def __init__(self, question):
        self.question = question
        self.number = widgets.FloatText(layout={"width": "120px"}) if question.interval else None
        self.buttons = {choice: widgets.Button(description=choice) for choice in question.choices}
        if question.interval:
            self.buttons = {None: widgets.Button(description="Answer", layout={"width": "120px"})}
        for choice, button in self.buttons.items():
            button.on_click(lambda _, choice=choice: self.answer(choice))
        self.feedback = widgets.HTMLMath()
        text = [widgets.HTMLMath(_html(question.text))] if question.text else []
        number = [self.number] if question.interval else []
        super().__init__([*text, *number, *self.buttons.values(), self.feedback])
        self.add_class("nnlib-question")

    def answer(self, choice):
        """Mark what was chosen, and say what it means."""
        self.mark(choice)
        self.feedback.value = _html(self.question.meaning(choice or self.question.judged(self.number.value)))

    def mark(self, choice):
        """Let one button look pressed."""
        for each, button in self.buttons.items():
            button.icon = "chevron-right" if each == choice else ""


class Prediction(Choice):
    """A question that the next cell answers: what a choice means is told once that cell has run."""

    def __init__(self, question):
        self._shell, self._answered = get_ipython(), False
        self._open = self._shell is not None
        super().__init__(question)
        if self._open:
            self._shell.events.register("pre_run_cell", self._wait)

    def answer(self, choice):
        self._choice, self._answered = choice, True
        if not self._open:
            return super().answer(choice)
        self.mark(choice)
        self.feedback.value = f"You predict {_html(choice or f'{self.number.value:g}')}. Now run the next cell."

    def _wait(self, info):
        """The next cell begins: wait for its end."""
        self._shell.events.unregister("pre_run_cell", self._wait)
        self._shell.events.register("post_run_cell", self._reveal)

    def _reveal(self, result):
        self._shell.events.unregister("post_run_cell", self._reveal)
        self._open = False
        if self._answered:
            super().answer(self._choice)


class QuestionBox(widgets.VBox):
    """Questions one below the other; on a page that cannot run them, a list with the answers folded."""

    def __init__(self, questions):
        self.questions = questions
        super().__init__([widgets.HTML(STYLE), *questions])

    def _repr_mimebundle_(self, **kwargs):
        questions = [each.question for each in self.questions]
        static = {"text/html": "\n".join(map(_static, questions)), "text/plain": "\n".join(map(_plain, questions))}
        return super()._repr_mimebundle_(**kwargs) | static


def _static(question):
    if question.interval:
        choices, shown = "", {"Answer": question.choices["right"]}
    else:
        shown = {choice: question.meaning(choice) for choice in question.choices}
        choices = "<ul>" + "".join(f"<li>{_html(choice)}</li>" for choice in question.choices) + "</ul>"
    meanings = "".join(f"<li><em>{_html(choice)}</em>: {_html(meaning)}</li>" for choice, meaning in shown.items())
    text = f"<p>{_html(question.text)}</p>" if question.text else ""
    return f"{text}{choices}<details><summary>What each choice means</summary><ul>{meanings}</ul></details>"


def _plain(question):
    choices = "a number" if question.interval else " / ".join(question.choices)
    return f"{question.text} {choices}".strip()


def _question(entry):
    text = f"(notebook {entry['from']}) {entry['text']}" if "from" in entry else entry.get("text", "")
    if "interval" in entry:
        return Question(text, "right", {key: entry[key] for key in ("lower", "right", "higher")}, entry["interval"])
    return Question(text, entry["answer"], entry["choices"])


def _files():
    folder = files("nnlib.exercises") / "questions"
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in paths]


def _html(text):
    """Text as HTML: `code` in back quotes is code, $maths$ stays for the page to typeset."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
