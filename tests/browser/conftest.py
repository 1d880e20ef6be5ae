"""JupyterLab in a real browser, one of each for a worker, and the notebooks that run in it."""

import os
from pathlib import Path

import pytest

from nnlib.explorers import EXPLORERS
from tests.browser.lab import (
    Notebook,
    Pair,
    ShownExplorer,
    chromium,
    explorer_cells,
    find_chromium,
    jupyter_lab,
    question_cells,
)

SCREENSHOTS = Path(os.environ.get("NNLIB_SCREENSHOTS", Path(__file__).parent / "screenshots"))


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    if find_chromium() is None:
        pytest.skip("needs a browser: sudo apt-get install chromium")
    with jupyter_lab(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture(scope="module")
def browser(address):
    """Ends with the module: as long as it is open, nothing else in this process can run an event loop."""
    with chromium() as context:
        yield context


@pytest.fixture(scope="module")
def notebook(request, browser, address):
    """The notebook whose path is the parameter, run from top to bottom."""
    notebook = Notebook(browser, address, f"notebooks/{request.param.name}")
    notebook.stored_pictures = [notebook.stored_picture(cell.index) for cell in explorer_cells(request.param)]
    notebook.stored_questions = [notebook.stored_words(index) for index in question_cells(request.param)]
    notebook.run_all()
    yield notebook
    notebook.close()


@pytest.fixture
def pair(notebook, cell):
    """The explorer in that ExplorerCell, at its start, and its twin in this process."""
    twin = EXPLORERS[cell.name]()
    yield Pair(ShownExplorer(notebook.page, cell.index), twin, same_data=cell.bare)
    twin.close()


@pytest.fixture
def screenshot(request, notebook):
    """A function that keeps a picture of the page under the name of the test's case."""

    def save(state):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        notebook.screenshot(SCREENSHOTS / f"{request.node.callspec.id}-{state}.png")

    return save
