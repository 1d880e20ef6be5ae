"""Writes the student edition: the series without solutions, lecturers' notes and stored answers.

.venv/bin/python notebooks/lectures/student.py [FOLDER]

It goes to build/student, or to the folder named, with what the notebooks need: the README's set-up works there, too.
"""

import re
import shutil
import sys
from pathlib import Path

import nbformat
from vendor import BUILD, HERE

ROOT = HERE.parents[1]
NOTEBOOKS = sorted(HERE.parent.glob("*.ipynb"))
NEEDED = (
    *("README.md", "CONTRIBUTING.md", "LICENSE", "pyproject.toml", "requirements.txt", "nnlib"),
    *("data/README.md", "data/digit_network.npz", "notebooks/images", "notebooks/formula_sheet.md"),
    *("notebooks/glossary.md", "notebooks/lectures/README.md"),
)
NOT_FOR_STUDENTS = re.compile(r"<details><summary>(?:Solution|For lecturers)</summary>.*?</details>\s*", re.DOTALL)
STORED_ANSWERS = re.compile(r"<details>.*?</details>", re.DOTALL)


def student_version(notebook):
    """Take solutions, lecturers' notes and the answers in stored outputs out of a notebook, and return it."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = NOT_FOR_STUDENTS.sub("", cell.source).rstrip()
        for data in [output.data for output in cell.get("outputs", []) if "data" in output]:
            if "text/html" in data:
                data["text/html"] = STORED_ANSWERS.sub("", data["text/html"])
    notebook.cells = [cell for cell in notebook.cells if cell.source]
    return notebook


def write_edition(folder):
    """Write the student edition of all notebooks, and what they need, to `folder`."""
    for name in NEEDED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        else:
            shutil.copy(source, target)
    for path in NOTEBOOKS:
        nbformat.write(student_version(nbformat.read(path, as_version=4)), folder / "notebooks" / path.name)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "student"
    write_edition(folder)
    print(folder)
