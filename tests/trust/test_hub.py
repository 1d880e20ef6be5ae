"""A class on one hub: all run one notebook at once, each in a home of their own, over one read-only folder of data.

In CI two learners run the beginning of notebook 9. With --trials 20, twenty run the whole of it, and -n 0 -s shows
time and memory. All start within seconds, which is the most that a class can ask of its hub.
"""

import hashlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
from itertools import takewhile
from pathlib import Path

import nbformat
import psutil
import pytest
from packaging.specifiers import SpecifierSet
from traitlets.config import Config

if sys.platform == "win32":
    pytest.skip("folders have no permission bits on Windows", allow_module_level=True)

ROOT = Path(__file__).parents[2]
NOTEBOOK = "09_training_on_mnist.ipynb"
BEGINNING_ENDS_AT = "### Choose settings on the validation set"
SAMPLING_SECONDS = 0.5
# Root may write everywhere; without its capabilities it is a user like any other.
AS_A_LEARNER = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
# On a crowded machine a kernel takes longer to start and to answer than nbclient waits by itself.
PATIENCE = ["--ExecutePreprocessor.startup_timeout=900", "--ExecutePreprocessor.iopub_timeout=900"]

KEEP = """
import numpy as np
from nnlib.exercises import keep

def my_neuron(x, w, b):
    return 1 / (1 + np.exp(-(np.dot(w, x) + b)))

keep("neuron", my_neuron)
"""


class Learner:
    """Runs a notebook among copies of the others in a new home folder, as a process of its own."""

    def __init__(self, home, notebook, data):
        folder = shutil.copytree(ROOT / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns("*.py"))
        self.path, self.log = folder / NOTEBOOK, home / "log"
        nbformat.write(notebook, self.path)
        command = [sys.executable, "-m", "nbconvert", "--to=notebook", "--execute", "--inplace", *PATIENCE, NOTEBOOK]
        environment = hub(home, NNLIB_DATA=str(data))
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*AS_A_LEARNER, *command], cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def memory(self):
        """The kernel's memory in MB (2^20 bytes): what is its own, and its share of what others use, too."""
        try:
            infos = [kernel.memory_full_info() for kernel in psutil.Process(self.process.pid).children()]
        except psutil.Error:
            return 0  # just gone
        return sum(getattr(info, "pss", info.uss) for info in infos) / 2**20  # only Linux knows shares

    def notebook(self):
        return nbformat.read(self.path, as_version=4)


def hub(home, **others):
    """The environment that a learner gets from a hub that is set up as the lecturers' page says."""
    page = (ROOT / "notebooks" / "lectures" / "README.md").read_text(encoding="utf-8")
    config = Config()
    exec(re.search(r"^```python\n(c\.Spawner.+?)^```$", page, re.MULTILINE | re.DOTALL).group(1), {"c": config})
    return os.environ | config.Spawner.environment | {"HOME": str(home)} | others


def outputs(notebook, kinds, ignore=None):
    """Of each cell with code that is not tagged `ignore`: what it printed, and what it showed of these MIME types."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and ignore not in cell.metadata.get("tags", []):
            printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
            yield printed, [output.data.get(kind) for output in cell.outputs if "data" in output for kind in kinds]


def checksums(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def read_only(folder):
    """Take from everybody the right to write in a folder, and see that it is gone."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    run = subprocess.run([*AS_A_LEARNER, "touch", folder / "new"], capture_output=True, text=True)
    assert "Permission denied" in run.stderr
    return folder


def test_a_class_runs_notebook_9_at_once_over_one_read_only_folder(
    real_mnist, tmp_path, trials, pytestconfig, monkeypatch
):
    monkeypatch.delenv("MPLBACKEND")  # kernels choose it themselves
    stored = nbformat.read(ROOT / "notebooks" / NOTEBOOK, as_version=4)
    if not pytestconfig.getoption("--trials"):
        stored.cells = list(takewhile(lambda cell: not cell.source.startswith(BEGINNING_ENDS_AT), stored.cells))
    shared = read_only(shutil.copytree(os.environ["NNLIB_DATA"], tmp_path / "shared"))
    before, start = checksums(shared), time.perf_counter()

    learners = [Learner(tmp_path / f"learner_{i}", stored, shared) for i in range(trials(2))]
    moments = []
    while any(learner.process.poll() is None for learner in learners):
        moments.append([learner.memory() for learner in learners])
        time.sleep(SAMPLING_SECONDS)

    peaks = [max(each) for each in zip(*moments)]
    print(
        f"\n{len(learners)} kernels in {time.perf_counter() - start:.0f} s, load average {os.getloadavg()[1]:.1f}; "
        f"each at its peak: median {statistics.median(peaks):.0f} MB, at most {max(peaks):.0f} MB; "
        f"all together at most {max(map(sum, moments)):.0f} MB"
    )
    for i, learner in enumerate(learners):
        assert learner.process.returncode == 0, f"learner {i}: {learner.log.read_text()}"
    assert checksums(shared) == before
    of_first = list(outputs(learners[0].notebook(), ["text/plain", "image/png"]))
    for i, learner in enumerate(learners):
        assert list(outputs(learner.notebook(), ["text/plain", "image/png"])) == of_first, f"learner {i}"
    told = [list(outputs(each, ["text/plain"], "nbval-ignore-output")) for each in (learners[0].notebook(), stored)]
    assert told[0] == told[1]


def test_where_notebooks_are_read_only_keep_says_so_and_takes_a_file_at_home(tmp_path):
    folder, script = tmp_path / "notebooks", tmp_path / "keep.py"
    folder.mkdir()
    read_only(folder)
    script.write_text(KEEP)

    def said(**settings):
        command = [*AS_A_LEARNER, sys.executable, script]
        return subprocess.run(command, cwd=folder, env=hub(tmp_path, **settings), capture_output=True, text=True).stdout

    assert f"Not kept: {folder / 'my_network.py'} cannot be written: Permission denied." in said(NNLIB_KEPT="")
    assert "Kept in my_network.py." in said()
    assert "def my_neuron(x, w, b):" in (tmp_path / "my_network.py").read_text()


def test_repo2docker_is_asked_for_a_fitting_python_and_for_what_we_pin():
    """And not for a copy of nnlib, which would miss data/: that is what it makes where there is no .binder."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    python = (ROOT / ".binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert python in SpecifierSet(project["requires-python"])
    assert "-r ../requirements.txt" in (ROOT / ".binder" / "requirements.txt").read_text().splitlines()
    assert (ROOT / "requirements.txt").read_text().endswith("\n-e .\n")


def test_what_repo2docker_runs_when_the_image_is_built_succeeds():
    environment = os.environ | {"NNLIB_DATA": "digits"}
    command = [sys.executable, ROOT / ".binder" / "postBuild"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "built-in digits: 1,500 training and 297 test images" in run.stdout


@pytest.mark.parametrize("given, there", [({}, "1"), ({"OPENBLAS_NUM_THREADS": "4"}, "4")])
def test_what_repo2docker_runs_at_the_start_asks_for_one_thread(given, there):
    command = ["bash", ROOT / ".binder" / "start", "printenv", "OPENBLAS_NUM_THREADS"]
    others = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    run = subprocess.run(command, env=others | given, capture_output=True, text=True, check=True)
    assert run.stdout == f"{there}\n"
