"""The notebooks' exercises as they are stored: stub, checks and folded solution."""

import re
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))


class StoredExercise(NamedTuple):
    """Where the stub stands in the notebook, what its checks call, and the code of the folded solution."""

    index: int
    checks: dict
    solution: str


def stored_exercises(notebook):
    """The exercises of a notebook as StoredExercises; `checks` is {name of the exercise: name of the answer}."""
    for index, cell in enumerate(notebook.cells):
        if "exercise" in cell.metadata.get("tags", []):
            checks, solution = notebook.cells[index + 1 : index + 3]
            block = re.search(r"<summary>Solution</summary>.*?^```python\n(.*?)^```", solution.source, re.M | re.S)
            calls = dict(re.findall(r'^check\("(\w+)", (\w+)\)$', checks.source, re.MULTILINE))
            yield StoredExercise(index, calls, block.group(1))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The file into which this test's learner keeps pieces."""
    monkeypatch.setenv("NNLIB_KEPT", str(tmp_path / "my_network.py"))
    return tmp_path / "my_network.py"
