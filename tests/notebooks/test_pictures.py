"""Every stored picture is the one that a fresh run on MNIST draws.

Tolerance: the same size, and at most 8 pixels that differ by more than 16 of 255 levels in a channel. A digit that
changes in a label is more than that, noise in the smoothing of edges is less. Cells tagged nbval-ignore-output
show results that the platform's last bits may move: of their pictures only number and size are compared.
"""

import base64
import io
import re
from importlib.metadata import version
from pathlib import Path

import matplotlib.pyplot as plt
import nbclient
import numpy as np
import pytest
from PIL import Image

from nnlib.notebook import png_bytes

LEVELS = 16
PIXELS = 8
REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"


@pytest.fixture(scope="module", autouse=True)
def pinned_versions():
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE))
    for name in ("matplotlib", "numpy", "seaborn"):
        if version(name) != pins[name]:
            pytest.skip(f"pictures are compared with {name} {pins[name]} only; this is {version(name)}")


def test_stored_pictures(notebook_path, notebook, on_mnist, as_a_reader):
    stored = [pictures(cell) for cell in notebook.cells]
    nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(notebook_path.parent)}}
    ).execute()
    faults = []
    for number, (cell, before) in enumerate(zip(notebook.cells, stored)):
        after = pictures(cell)
        loose = "nbval-ignore-output" in cell.metadata.get("tags", [])
        if len(before) != len(after):
            faults.append(f"cell {number}: {len(before)} pictures stored, {len(after)} drawn")
        for old, new in zip(before, after):
            if fault := difference(old, new, loose):
                faults.append(f"cell {number}: {fault}:\n{cell.source}")
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def test_tolerance_is_between_noise_and_a_changed_digit():
    def draw(title, slope=1.0):
        fig, ax = plt.subplots()
        ax.plot([0, slope], [0, 1])
        ax.set_title(title)
        data = {"image/png": base64.b64encode(png_bytes(fig))}
        plt.close(fig)
        return pictures({"outputs": [{"data": data}]})[0]

    stored = draw("accuracy 0.973")
    assert difference(stored, draw("accuracy 0.973", slope=1 + 1e-12)) is None
    assert "pixels" in difference(stored, draw("accuracy 0.978"))
    assert "pixels" in difference(stored, draw("accuracy 0.973", slope=1.01))
    assert difference(stored, draw("accuracy 0.978"), loose=True) is None
    assert "is now 640 x 479" in difference(stored, stored[1:], loose=True)


def pictures(cell):
    """The PNGs of a cell's outputs as (height, width, 4) arrays of levels."""
    pngs = [output.get("data", {}).get("image/png") for output in cell.get("outputs", [])]
    return [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA"), dtype=int) for png in pngs if png
    ]


def difference(old, new, loose=False):
    """What is wrong with the stored picture `old`, as text; None where it is as good as `new`."""
    if old.shape != new.shape:
        return f"a stored picture of {old.shape[1]} x {old.shape[0]} pixels is now {new.shape[1]} x {new.shape[0]}"
    pixels = int(np.sum(np.abs(old - new).max(axis=2) > LEVELS))
    if pixels > PIXELS and not loose:
        return f"{pixels} pixels of a stored picture differ from a fresh one (at most {PIXELS} may)"
    return None
