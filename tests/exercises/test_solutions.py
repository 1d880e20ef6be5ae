"""The folded solutions, taken out of the notebooks, pass their checks, are kept, and make the whole network."""

import subprocess
import sys

import nbclient
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from nnlib.exercises import EXERCISES
from nnlib.exercises.keeping import names_used
from tests.exercises.conftest import NOTEBOOKS, stored_exercises


@pytest.fixture
def run(monkeypatch):
    """A function that runs a notebook in place, on the built-in digits."""
    monkeypatch.setenv("NNLIB_DATA", "digits")
    monkeypatch.delenv("MPLBACKEND")
    return lambda notebook: nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def test_every_exercise_stands_in_its_notebook():
    stood = {
        name: number
        for number, path in enumerate(NOTEBOOKS, start=1)
        for exercise in stored_exercises(nbformat.read(path, as_version=4))
        for name in exercise.checks
    }
    assert stood == {exercise.name: exercise.notebook for exercise in EXERCISES.values()}


def test_every_answer_is_called_as_the_messages_call_it(notebook):
    for exercise in stored_exercises(notebook):
        assert exercise.checks == {name: EXERCISES[name].my_name for name in exercise.checks}


def test_solutions_pass_their_checks(notebook, run):
    exercises = list(stored_exercises(notebook))
    for exercise in exercises:
        notebook.cells[exercise.index].source = exercise.solution
    run(notebook)
    for exercise in exercises:
        verdicts = printed(notebook.cells[exercise.index + 1]).splitlines()
        assert len(verdicts) == len(exercise.checks) and all(line.startswith("✓") for line in verdicts), verdicts


def test_no_solution_needs_what_is_taught_later(notebook):
    my_names = {exercise.my_name: exercise.notebook for exercise in EXERCISES.values()}
    for exercise in stored_exercises(notebook):
        here = min(EXERCISES[name].notebook for name in exercise.checks)
        later = {name for name in names_used(exercise.solution) if my_names.get(name, 0) > here}
        assert not later


def test_all_pieces_are_kept_and_train_as_the_library_does(kept, run):
    cells = [new_code_cell("import numpy as np\n\nfrom nnlib.exercises import assembled, keep, show_pieces")]
    for path in NOTEBOOKS:
        for exercise in stored_exercises(nbformat.read(path, as_version=4)):
            pieces = [f'keep("{name}", {called})' for name, called in exercise.checks.items() if EXERCISES[name].piece]
            if pieces:
                cells += [new_code_cell(exercise.solution), new_code_cell("\n".join(pieces))]
    run(new_notebook(cells=cells))
    assert printed(cells[-1]).endswith("That was the last piece.\n")
    alone = "import sys, my_network; print([name for name in sys.modules if name.startswith(('nnlib', 'scipy'))])"
    done = subprocess.run([sys.executable, "-c", alone], cwd=kept.parent, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

    capstone = nbformat.read(NOTEBOOKS[-1], as_version=4)
    run(capstone)
    verdicts = [line for cell in capstone.cells if "assembled(" in cell.source for line in printed(cell).splitlines()]
    assert verdicts.count("✓ The same 30 losses, and every piece is yours.") == 1
    assert verdicts.count("✓ The same 20 losses, and every piece is yours.") == 1
