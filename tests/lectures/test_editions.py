"""The student edition tells no solution and works on its own; the nbgrader course is marked as nbgrader asks."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]
LECTURES = ROOT / "notebooks" / "lectures"
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
sys.path.append(str(LECTURES))

from mark_for_nbgrader import mark  # noqa: E402 (they are scripts beside notebooks, not a package)
from student import student_version  # noqa: E402

SOLUTION = "<details><summary>Solution</summary>\n\nIt is 7.\n\n```python\nmy_seven = 7\n```\n\n</details>"
HINT = "<details><summary>A hint</summary>\n\nIt is odd.\n\n</details>"


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """The student edition of the series, as the command writes it."""
    return written_by("student.py", tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The nbgrader course, as the command writes it."""
    return written_by("mark_for_nbgrader.py", tmp_path_factory.mktemp("nbgrader"))


def written_by(script, folder):
    subprocess.run([sys.executable, "-W", "error", LECTURES / script, folder], check=True, capture_output=True)
    return folder


def read(path):
    return nbformat.read(path, as_version=4)


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def made(*cells):
    """A notebook of these cells, each with its source for an id."""
    for cell in cells:
        cell.id = re.sub(r"\W+", "-", cell.source)[:20]
    return new_notebook(cells=list(cells))


# The student edition of a cell


def test_a_solution_goes_and_what_stands_around_it_stays():
    cell = new_markdown_cell(f"**1.** Compute.\n\n{SOLUTION}\n\n**2.** Look.\n\n{HINT}\n\n{SOLUTION}")
    (left,) = student_version(made(cell)).cells
    assert left.source == f"**1.** Compute.\n\n**2.** Look.\n\n{HINT}"


def test_a_cell_that_held_nothing_but_a_solution_goes():
    assert student_version(made(new_markdown_cell(SOLUTION), new_code_cell("x"))).cells[0].source == "x"


def test_lecturers_notes_go():
    notes = new_markdown_cell("<details><summary>For lecturers</summary>\n\n2 minutes. Ask.\n\n</details>")
    assert [cell.source for cell in student_version(made(notes, new_markdown_cell("Look."))).cells] == ["Look."]


def test_answers_in_stored_outputs_go_and_the_questions_stay():
    question = "<p>Which?</p><details><summary>What each choice means</summary>None.</details><p>And which?</p>"
    outputs = [
        new_output("stream", text="<details>"),
        new_output("display_data", {"text/html": question, "text/plain": "Which?"}),
    ]
    stream, asked = student_version(made(new_code_cell("recall(1)", outputs=outputs))).cells[0].outputs
    assert stream.text == "<details>"
    assert asked.data == {"text/html": "<p>Which?</p><p>And which?</p>", "text/plain": "Which?"}


# The student edition of the series


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_edition_is_the_notebook_without_solutions_and_answers(edition, path):
    student, ours = read(edition / "notebooks" / path.name), read(path)
    nbformat.validate(student)
    text = nbformat.writes(student)
    for told in ("<summary>Solution", "<summary>What each choice means", "<summary>For lecturers"):
        assert told in nbformat.writes(ours), f"nothing to take out: {told}"
        assert told not in text
    kept = {cell.id for cell in student.cells}
    assert [cell.id for cell in student.cells] == [cell.id for cell in ours.cells if cell.id in kept]
    code = [[cell.source for cell in each.cells if cell.cell_type == "code"] for each in (student, ours)]
    assert code[0] == code[1]


def test_links_in_the_edition_resolve(edition):
    pages = [*edition.glob("*.md"), *edition.glob("data/*.md"), *edition.glob("notebooks/**/*.md")]
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    for path in edition.glob("notebooks/*.ipynb"):
        texts[path] = "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    assert len(texts) > len(NOTEBOOKS)
    for path, text in texts.items():
        for target in re.findall(r"\]\(([^)\s#]+)", text):
            assert target.startswith("https://") or (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_edition_runs_on_its_own(edition):
    """Its nnlib is found in place of the installed one, and its stubs run."""
    path = edition / "notebooks" / "01_neuron.ipynb"
    sources = [cell.source for cell in tagged(read(path), "exercise")]
    code = "\n".join(["import numpy as np, nnlib.exercises, nnlib.explorers", *sources, "print(nnlib.__file__)"])
    run = subprocess.run([sys.executable, "-c", code], cwd=edition, capture_output=True, text=True, check=True)
    assert sources and Path(run.stdout.strip()) == edition / "nnlib" / "__init__.py"


# nbgrader

STUB = new_code_cell("def my_relu(z):\n    ...\n\n\nmy_seven = None", metadata={"tags": ["exercise"]})
CHECKS = new_code_cell('check("relu", my_relu)\ncheck("seven", my_seven)', metadata={"tags": ["check"]})


def test_a_stub_becomes_a_solution_that_nbgrader_leaves_as_it_is():
    stub, _ = mark(made(STUB.copy(), CHECKS.copy())).cells
    assert stub.source == STUB.source
    assert stub.metadata.nbgrader == {
        "schema_version": 3,
        "grade_id": stub.id,
        "grade": False,
        "solution": True,
        "locked": False,
        "task": False,
    }


def test_checks_become_tests_with_a_point_for_each():
    _, tests = mark(made(STUB.copy(), CHECKS.copy())).cells
    assert tests.source == 'assert check("relu", my_relu)\nassert check("seven", my_seven)'
    assert tests.metadata.nbgrader == {
        "schema_version": 3,
        "grade_id": tests.id,
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "points": 2,
    }


def test_other_cells_are_not_marked():
    cells = mark(made(new_code_cell('check("relu", relu)'), new_markdown_cell("text"))).cells
    assert cells[0].source == 'check("relu", relu)'
    assert all("nbgrader" not in cell.metadata for cell in cells)


def test_a_right_answer_passes_and_a_wrong_one_is_an_error():
    stub, tests = mark(made(new_code_cell("my_one = None", metadata={"tags": ["exercise"]}), CHECKS.copy())).cells
    named = {"check": lambda name, answer: answer == 1, "my_relu": 1}
    exec(tests.source, named | {"my_seven": 1})
    with pytest.raises(AssertionError):
        exec(tests.source, named | {"my_seven": 2})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_course_has_each_notebook_marked(course, path):
    notebook = read(course / "source" / path.stem / path.name)
    nbformat.validate(notebook)
    assert "<summary>Solution" not in nbformat.writes(notebook)
    stubs, checks = tagged(notebook, "exercise"), tagged(notebook, "check")
    assert stubs and len(stubs) == len(checks)
    marked = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert len(marked) == len(stubs) + len(checks)
    assert len({each.grade_id for each in marked}) == len(marked)
    assert all(re.fullmatch(r"[\w-]+", each.grade_id) for each in marked)  # as nbgrader's schema has it
    assert all(cell.metadata.nbgrader.points == cell.source.count("assert check(") > 0 for cell in checks)


def test_nbgrader_s_settings_keep_the_stubs(course):
    assert "c.ClearSolutions.enabled = False\n" in (course / "nbgrader_config.py").read_text(encoding="utf-8")
