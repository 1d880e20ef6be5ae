"""Every notebook runs top to bottom and gives its stored outputs, on real MNIST and on the built-in digits.

nbval compares texts and leaves pictures out: test_pictures.py looks at those.
"""

import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NBVAL = ["--nbval", f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}", "--nbval-cell-timeout=300"]


def check(notebook_path):
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "--color=no", *NBVAL]
    run = subprocess.run([*command, notebook_path], cwd=ROOT, capture_output=True, text=True, timeout=900)
    if run.returncode:
        pytest.fail(run.stdout + run.stderr, pytrace=False)


def test_on_mnist(notebook_path, on_mnist, as_a_reader):
    check(notebook_path)


def test_on_built_in_digits(notebook_path, as_a_reader, monkeypatch):
    monkeypatch.setenv("NNLIB_DATA", "digits")
    check(notebook_path)


@pytest.mark.parametrize(
    "source, category",
    [
        ("import numpy as np\n\nnp.exp(1000.0)", "RuntimeWarning"),
        ("import warnings\n\nwarnings.warn('soon gone', DeprecationWarning)", "DeprecationWarning"),
    ],
    ids=("overflow", "deprecation"),
)
def test_a_warning_fails_a_cell(source, category):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    with pytest.raises(nbclient.exceptions.CellExecutionError) as error:
        nbclient.NotebookClient(notebook, kernel_name="python3").execute()
    assert error.value.ename == category
