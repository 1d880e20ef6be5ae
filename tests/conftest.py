"""What every test runs in: a home folder of its own, no window, no progress bars.

And for the tests of the data modules: small stand-ins for MNIST's files, and a world without network.
"""

import atexit
import gzip
import hashlib
import os
import shutil
import struct
import tempfile

import hypothesis
import numpy as np
import pytest

from nnlib import data, mnist_download, mnist_files

# Parallel workers and kernels inherit the environment, so the first process makes the folder and removes it.
if "NNLIB_TEST_HOME" not in os.environ:
    home = tempfile.mkdtemp(prefix="nnlib-tests-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for name in list(os.environ):
        if name.startswith(("JUPYTER", "IPYTHON", "MPL", "XDG_")) or name in ("PYTEST_ADDOPTS", "SCIKIT_LEARN_DATA"):
            del os.environ[name]
    os.environ |= dict.fromkeys(("NNLIB_TEST_HOME", "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), home)
    os.environ |= {"MPLBACKEND": "Agg", "TQDM_DISABLE": "1"}
    os.environ |= {"NNLIB_KEPT": os.path.join(home, "my_network.py")}  # a learner's own pieces change no test
    # Kernels run side by side here; with several threads each they would wait for each other in every product.
    os.environ |= {"OPENBLAS_NUM_THREADS": "1"}
    startup = os.path.join(home, ".ipython", "profile_default", "startup")
    os.makedirs(startup)
    shutil.copy(os.path.join(os.path.dirname(__file__), "kernel_startup.py"), startup)

# The same examples in each run, and no clock: a busy machine is no fault.
hypothesis.settings.register_profile("nnlib", deadline=None, derandomize=True)
hypothesis.settings.load_profile("nnlib")

TINY_TRAIN, TINY_TEST = 60, 20


def pytest_addoption(parser):
    parser.addoption("--trials", type=int, metavar="N", help="make N random trials in tests/trust, not a small sample")


@pytest.fixture
def trials(request):
    """How many random trials to make: `trials(40)` is 40, or what `--trials` asks for."""
    return lambda sample: request.config.getoption("--trials") or sample


def idx_bytes(array):
    """A uint8 array in the IDX format, written out here a second time as the tests' own oracle."""
    magic = {1: 2049, 3: 2051}[array.ndim]
    return struct.pack(f">{1 + array.ndim}I", magic, *array.shape) + array.tobytes()


class TinyMnist:
    """Sixty training and twenty test images with random pixels, in MNIST's four files."""

    def __init__(self):
        rng = np.random.default_rng(7)
        self.arrays = {}
        for part, m in (("train", TINY_TRAIN), ("test", TINY_TEST)):
            self.arrays[f"{part}_images"] = rng.integers(0, 256, (m, 28, 28), dtype=np.uint8)
            self.arrays[f"{part}_labels"] = np.arange(m, dtype=np.uint8) % 10
        self.contents = {part: idx_bytes(array) for part, array in self.arrays.items()}

    def write(self, folder, ending=".gz", parts=("train_images", "train_labels", "test_images", "test_labels")):
        folder.mkdir(parents=True, exist_ok=True)
        for part in parts:
            content = self.contents[part]
            path = folder / (mnist_files.MNIST_FILES[part].name + ending)
            path.write_bytes(gzip.compress(content, 1) if ending == ".gz" else content)
        return folder


@pytest.fixture
def tiny_mnist(monkeypatch):
    """A data set of eighty images that nnlib takes for the genuine MNIST while the test runs."""
    tiny = TinyMnist()
    for part, array in tiny.arrays.items():
        file = mnist_files.MNIST_FILES[part]
        sha256 = hashlib.sha256(tiny.contents[part]).hexdigest()
        monkeypatch.setitem(mnist_files.MNIST_FILES, part, file._replace(shape=array.shape, sha256=sha256))
    return tiny


@pytest.fixture
def kaggle_csv(monkeypatch):
    """A function that writes a train.csv of seventy rows, of which `change(header, rows)` may spoil something."""
    monkeypatch.setattr(mnist_files, "KAGGLE_ROWS", 70)
    table = np.random.default_rng(3).integers(0, 256, (70, 785))
    table[:, 0] = np.arange(70) % 10

    def write(folder, change=lambda header, rows: (header, rows)):
        header, rows = change(["label", *(f"pixel{i}" for i in range(784))], [list(map(str, row)) for row in table])
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "train.csv"
        path.write_text("".join(",".join(row) + "\n" for row in [header, *rows]))
        return path

    write.table = table
    return write


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """No server to be reached, no data anywhere yet, and nothing that leads out of `tmp_path`; returns data/."""
    nowhere = "http://127.0.0.1:9/"  # the discard port: nothing listens

    def no_openml(*args, **kwargs):
        raise OSError("no OpenML in tests")

    monkeypatch.setattr(mnist_download, "MIRRORS", (nowhere,))
    monkeypatch.setattr(mnist_download, "OPENML", nowhere)
    monkeypatch.setattr(mnist_download, "RETRIES", 0)
    monkeypatch.setattr("sklearn.datasets.fetch_openml", no_openml)
    monkeypatch.delenv("NNLIB_DATA", raising=False)
    for proxy in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    monkeypatch.setattr(data, "KAGGLE_FOLDER", tmp_path / "kaggle")
    monkeypatch.setattr(data, "data_folder", lambda: tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(scope="session")
def real_mnist():
    """The real MNIST from the folder $NNLIB_DATA; skips the test where there is none."""
    folder = os.environ.get("NNLIB_DATA", "")
    if folder in ("", "digits"):
        pytest.skip("needs MNIST: set NNLIB_DATA to the folder that holds its four files")
    dataset = data.load_mnist("mnist", folder)
    if dataset.name != "MNIST":
        pytest.skip(f"needs MNIST's four files in NNLIB_DATA, which holds {dataset.name}")
    return dataset
