"""The notebooks as they are stored, one test run each."""

import os
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root():
    return ROOT


@pytest.fixture(params=sorted(ROOT.glob("notebooks/*.ipynb")), ids=lambda path: path.stem)
def notebook_path(request):
    return request.param


@pytest.fixture
def notebook(notebook_path):
    return nbformat.read(notebook_path, as_version=4)


@pytest.fixture
def as_a_reader(monkeypatch):
    """Kernels choose the matplotlib backend themselves, as they do in JupyterLab."""
    monkeypatch.delenv("MPLBACKEND")


@pytest.fixture
def on_mnist(real_mnist, monkeypatch):
    """Kernels load real MNIST; they run in another folder, so that $NNLIB_DATA must not be relative."""
    monkeypatch.setenv("NNLIB_DATA", str(Path(os.environ["NNLIB_DATA"]).resolve()))
