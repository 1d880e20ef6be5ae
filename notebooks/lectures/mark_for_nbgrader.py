"""Writes an nbgrader course: each notebook an assignment, its stubs to be filled in, its checks the autograder's tests.

.venv/bin/python notebooks/lectures/mark_for_nbgrader.py [FOLDER]

It goes to build/nbgrader, or to the folder named. There, `nbgrader generate_assignment 01_neuron` makes the release.
"""

import re
import sys
from pathlib import Path

import nbformat
from student import NOTEBOOKS, student_version
from vendor import BUILD

CHECK = re.compile(r"^check\(", re.MULTILINE)
CONFIG = """c = get_config()

# Sources hold no solutions. Without this line nbgrader would put its own stub in place of the series' stubs.
c.ClearSolutions.enabled = False
"""


def mark(notebook):
    """Mark the cells tagged `exercise` as solutions and those tagged `check` as tests, a point for each check."""
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "exercise" in tags:
            cell.metadata.nbgrader = _role(cell, solution=True)
        elif "check" in tags:
            cell.source, checks = CHECK.subn("assert check(", cell.source)
            cell.metadata.nbgrader = _role(cell, grade=True, locked=True) | {"points": checks}
    return notebook


def _role(cell, grade=False, solution=False, locked=False):
    """What nbgrader keeps of a cell, by the third version of its schema."""
    role = {"grade": grade, "solution": solution, "locked": locked, "task": False}
    return {"schema_version": 3, "grade_id": cell.id, **role}


def write_course(folder):
    """Write the marked student edition of each notebook, and nbgrader's settings, to `folder`."""
    for path in NOTEBOOKS:
        assignment = folder / "source" / path.stem
        assignment.mkdir(parents=True, exist_ok=True)
        notebook = mark(student_version(nbformat.read(path, as_version=4)))
        nbformat.write(notebook, assignment / path.name)
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "nbgrader"
    write_course(folder)
    print(folder)
