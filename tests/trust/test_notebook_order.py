"""Notebook cells run twice, out of order, or after a restart in the middle: the same lesson, or a clear message.

The right lesson is what a first run from top to bottom shows: each text and value, and each picture to the last byte.
All kernels run on this machine and on the built-in digits, so that no cell needs a tolerance. Left out is what two runs
of a cell never have in common: ids of widgets, addresses in memory, and seconds.

A case is one notebook, or one restart; the sample takes one case a test, and `--trials 100` all of them.
"""

import ast
import builtins
import copy
import dis
import functools
import random
import re
import types
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import nbclient
import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHEAPEST_FIRST = [
    "01_neuron",
    "05_loss_functions",
    "06_backpropagation",
    "02_activation_functions",
    "04_forward_propagation",
    "03_network_architecture",
    "08_neural_network_class",
    "07_gradient_descent",
    "10_cnn_concepts",
    "11_summary",
    "09_training_on_mnist",
]
RUN_ABOVE = "Run > Run All Above Selected Cell"

# What a kernel is asked after each cell: a digest of every value. Figures are left out: each cell draws its own.
DIGESTS = """
def _digests():
    import joblib
    digests = {}
    for name, value in list(globals().items()):
        if not type(value).__module__.startswith("matplotlib"):
            try:
                digests[name] = joblib.hash(value)
            except Exception:
                pass  # what holds a lambda has no digest
    return digests

_digests()
"""


@pytest.fixture(autouse=True)
def as_a_reader(monkeypatch):
    monkeypatch.setenv("NNLIB_DATA", "digits")
    monkeypatch.delenv("MPLBACKEND")


def pytest_generate_tests(metafunc):
    sample = metafunc.config.getoption("--trials") or 1
    if "section" in metafunc.fixturenames:
        cases = [(name, title) for name in CHEAPEST_FIRST for title in sections(name)]
        metafunc.parametrize("name, section", random.Random(43).sample(cases, len(cases))[:sample])
    elif metafunc.function.__name__.startswith("test_run"):
        metafunc.parametrize("name", CHEAPEST_FIRST[:sample])
    else:
        metafunc.parametrize("name", CHEAPEST_FIRST)


# Nothing is run


def test_a_name_that_another_cell_reads_is_made_in_one_cell(name):
    cells = {cell.id: read_and_made(cell) for cell in code_cells(name)}
    for each in set().union(*(read for read, _ in cells.values())):
        makers = [cell for cell, (_, made) in cells.items() if each in made]
        readers = [cell for cell, (read, _) in cells.items() if each in read]
        assert len(makers) == 1, f"{each}, which {readers} read, is made in {makers}: out of order it is another one"


def test_the_opening_says_what_to_do_after_a_restart(name):
    cells = stored(name).cells
    opening = cells[: next(i for i, cell in enumerate(cells) if cell.source.startswith("recall("))]
    assert any(f"After a restart of the kernel, **{RUN_ABOVE}**" in cell.source for cell in opening)


# Run for real


def test_run_cells_leave_alone_what_other_cells_made(name):
    before, made = {}, set()
    for cell in code_cells(name):
        after = first_run(name)[cell.id].digests
        made_here = read_and_made(cell)[1]
        changed = {each for each in made - made_here if before.get(each) != after.get(each)}
        assert not changed, f"{changed}, made in another cell, is no longer the same after:\n{cell.source}"
        before, made = after, made | made_here


def test_run_each_cell_twice(name):
    with kernel() as run:
        for cell in code_cells(name):
            for time in ("first", "second"):
                assert run(cell) == first_run(name)[cell.id].shown, f"the {time} time:\n{cell.source}"


def test_run_all_again_in_another_order(name):
    cells = code_cells(name)
    with kernel() as run:
        for cell in cells:
            run(cell)
        for cell in random.Random(name).sample(cells, len(cells)):
            assert run(cell) == first_run(name)[cell.id].shown, f"run again, after later cells:\n{cell.source}"


def test_run_from_a_section_on_after_a_restart(name, section):
    cells = sections(name)[section]
    with kernel() as run:
        for cell in cells:  # by a reader who has forgotten even the imports
            outputs = run(cell)
            clear = outputs == first_run(name)[cell.id].shown or missing_name(outputs)
            assert clear, f"another lesson, or an error that does not tell what is missing:\n{outputs}\n{cell.source}"
        run(code_cells(name)[0])
        for cell in cells:
            outputs = run(cell)
            advice = f"{missing_name(outputs)} does not exist yet. If a cell above makes it, choose {RUN_ABOVE}"
            clear = outputs == first_run(name)[cell.id].shown or advice in "".join(text for _, text, _ in outputs)
            assert clear, f"another lesson, or no word on what to do:\n{outputs}\n{cell.source}"


# How


def stored(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code_cells(name):
    return [cell for cell in stored(name).cells if cell.cell_type == "code"]


def sections(name):
    """{heading: the code cells from there to the end}, for each heading that has any code below it."""
    cells, found = stored(name).cells, {}
    for i, cell in enumerate(cells):
        if heading := re.match(r"## (.+)", cell.source):
            found[heading.group(1)] = [each for each in cells[i:] if each.cell_type == "code"]
    return {heading: below for heading, below in found.items() if below}


def read_and_made(cell):
    """Return the names that a cell takes from other cells, and those that it makes, as its bytecode has them."""

    def names(code):
        read, made = set(), set()
        for step in dis.get_instructions(code):
            if isinstance(step.argval, types.CodeType):
                read |= names(step.argval)[0] - made
            elif step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
                read |= {step.argval} - made
            elif step.opname == "STORE_NAME":
                made.add(step.argval)
        return read - set(vars(builtins)), made

    return names(compile(cell.source, cell.id, "exec"))


@contextmanager
def kernel():
    """Start a kernel; yields a function that runs a cell in it and returns what the cell shows."""
    resources = {"metadata": {"path": str(NOTEBOOKS)}}
    client = nbclient.NotebookClient(
        nbformat.v4.new_notebook(), timeout=600, kernel_name="python3", allow_errors=True, resources=resources
    )

    def run(cell):
        cell = copy.deepcopy(cell)
        client.nb.cells = [cell]
        client.execute_cell(cell, 0)
        return shown(cell)

    with client.setup_kernel():
        yield run


class Ran(NamedTuple):
    """What a cell showed, and {name: digest} of all values after it."""

    shown: list
    digests: dict


@functools.cache
def first_run(name):
    """{cell id: Ran} of the notebook when it is run from top to bottom."""
    ran = {}
    with kernel() as run:
        for cell in code_cells(name):
            seen = run(cell)
            [(_, digests, _)] = run(nbformat.v4.new_code_cell(DIGESTS))
            ran[cell.id] = Ran(seen, ast.literal_eval(digests))
    return ran


def missing_name(outputs):
    """The name that a cell did not find; None where it did not stop at one."""
    texts = "\n".join(text for _, text, _ in outputs)
    match = re.search(r"^NameError: name '(\w+)' is not defined$", texts, re.MULTILINE)
    return match and match.group(1)


def shown(cell):
    """What a reader sees: (kind, text, picture) of each output, with a stream's pieces joined."""
    seen = []
    for output in cell.outputs:
        kind, text, picture = output.output_type, "", None
        if kind == "stream":
            kind, text = output.name, output.text
            if seen and seen[-1][0] == kind:
                text = seen.pop()[1] + text
        elif kind == "error":
            text = f"{output.ename}: {output.evalue}"
        else:
            text, picture = output.data.get("text/plain", ""), output.data.get("image/png")
        seen.append((kind, re.sub(r"0x[0-9a-f]{6,}| *\d+(\.\d+)? s\b", "…", text), picture))
    return seen
