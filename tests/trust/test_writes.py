"""All that writes a file, killed in the middle, on a full disk, in a read-only folder, and twice at once.

Afterwards the whole new file is there, or the old one as it was, or none where none was; and the message says why.
"""

import contextlib
import io
import linecache
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pooch  # noqa: F401
import pytest
import requests  # noqa: F401
import tqdm.auto  # noqa: F401
from sklearn import datasets

from nnlib import Adam, NeuralNetwork, load_mnist, mnist_download
from nnlib.exercises import keep
from nnlib.files import A_DAY
from nnlib.mnist_download import download_mnist
from nnlib.mnist_files import MNIST_FILES, find_idx_files, read_idx_files
from tests.trust.mirror import mirror

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills, limits and mounts as Linux does")

# Children come from a process that has imported all this and has no threads: quick, safe to fork, and complete before
# they lose their rights.
CHILDREN = multiprocessing.get_context("forkserver" if sys.platform == "linux" else None)
CHILDREN.set_forkserver_preload([__name__])


class World(NamedTuple):
    """What a child process has to know: where MNIST is, what its files are, and what OpenML would send."""

    mirrors: tuple
    files: dict
    arrays: dict

    def enter(self):
        os.environ["NO_PROXY"] = "*"
        MNIST_FILES.update(self.files)
        mnist_download.MIRRORS, mnist_download.RETRIES = self.mirrors, 0
        datasets.fetch_openml = self.fetch_openml

    def fetch_openml(self, name, *, data_home, **options):
        if self.mirrors:
            raise OSError("only the mirrors are there")
        images = np.concatenate([self.arrays["train_images"], self.arrays["test_images"]])
        labels = np.concatenate([self.arrays["train_labels"], self.arrays["test_labels"]])
        Path(data_home, "cache").write_bytes(images[:25].tobytes())
        return images.reshape(-1, 784).astype(np.float64), labels.astype(str).astype(object)


def download(folder, version):
    download_mnist(folder)


def save(folder, version):
    NeuralNetwork([300, 200, 10], ["relu", "softmax"], rng=version).save(folder / "network.npz", optimizer=Adam())


def keep_a_piece(folder, version):
    os.environ["NNLIB_KEPT"] = str(folder / "my_network.py")
    source = f"def my_neuron(x, w, b):\n    return 1 / (1 + np.exp(-(np.dot(w, x) + b)))  # version {version}\n"
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    exec(compile(source, "<cell>", "exec"), cell := {"np": np})
    keep("neuron", cell["my_neuron"])


def read_download(folder):
    arrays, genuine = read_idx_files(find_idx_files(folder / "mnist"))
    assert genuine
    return {part: array.tobytes() for part, array in arrays.items()}


def read_save(folder):
    optimizer = Adam()
    network = NeuralNetwork.load(folder / "network.npz", optimizer=optimizer)
    return {name: value.tobytes() for name, value in network.parameters.items()}


def read_kept(folder):
    text = (folder / "my_network.py").read_text()
    exec(compile(text, "my_network.py", "exec"), {})
    return text


class Writer(NamedTuple):
    """What writes into a folder, what reads it again, what is then there, and how it says that it cannot write."""

    write: Callable
    read: Callable
    name: str
    refusal: str
    replaces: bool  # an older file


DOWNLOAD = Writer(download, read_download, "mnist", "DataError: MNIST cannot be downloaded into .*: ", False)
WRITERS = {
    "download": DOWNLOAD,
    "cache of OpenML": DOWNLOAD,
    "save": Writer(save, read_save, "network.npz", "Error: .*network.npz cannot be written: ", True),
    "keep": Writer(keep_a_piece, read_kept, "my_network.py", "Not kept: .*my_network.py cannot be written: ", True),
}


def found(writer, folder):
    """What the writer's file holds; None if it is not there."""
    return writer.read(folder) if (folder / writer.name).exists() else None


@pytest.fixture
def world(tiny_mnist, no_network, request):
    with mirror(tiny_mnist.contents) as address:
        mirrors = () if "OpenML" in request.node.name else (address,)
        yield World(mirrors, {part: MNIST_FILES[part] for part in tiny_mnist.arrays}, tiny_mnist.arrays)


# ---- child processes and what befalls them

DISK = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod"}


def nothing_happens(touched):
    pass


def killed_at_touch(k, touched):
    """SIGKILL before the k-th time that the disk is touched."""
    touched.die_at = k


def killed_at_byte(n, touched):
    """A file that grows beyond n bytes is the end of the process, without a word."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n, n))


def no_file_beyond(n, touched):
    """As on a full disk, a file that grows beyond n bytes is an error; Python ignores the signal."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (n, n))


def nobody(touched):
    """The user without rights, if we are the one who has them all."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


class Touched:
    """Counts how often a folder is touched."""

    def __init__(self, folder):
        self.folder, self.times, self.die_at = str(folder), 0, None
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if event in DISK and any(str(argument).startswith(self.folder) for argument in arguments):
            self.times += 1
            if self.times == self.die_at:
                os.kill(os.getpid(), signal.SIGKILL)


def child(connection, world, write, folder, version, befall):
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    world.enter()
    befall(touched := Touched(folder))
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            write(folder, version)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
    connection.send((said.getvalue(), touched.times))


class Child:
    """A process that writes, and what became of it: `said`, `times` that it touched the disk, `exitcode`."""

    def __init__(self, *arguments, befall=nothing_happens):
        self.connection, theirs = CHILDREN.Pipe(duplex=False)
        self.process = CHILDREN.Process(target=child, args=(theirs, *arguments, befall))
        self.process.start()
        theirs.close()

    def wait(self):
        with contextlib.suppress(EOFError):  # it was killed
            self.said, self.times = self.connection.recv()
        self.process.join()
        self.exitcode = self.process.exitcode
        return self


def run(*arguments, **options):
    return Child(*arguments, **options).wait()


# ---- killed


def the_day_after(folder):
    """Make all that is in the folder two days older."""
    past = time.time() - 2 * A_DAY
    for path in folder.iterdir():
        os.utime(path, (past, past))


def ten_points(touches, size):
    """Up to six points between the touches of the disk, the others in the middle of a file of this size."""
    between = sorted({*np.linspace(1, touches, 6, dtype=int)})
    within = np.linspace(0, size - 1, 10 - len(between), dtype=int)
    return [partial(killed_at_touch, k) for k in between] + [partial(killed_at_byte, int(n)) for n in within]


@pytest.mark.parametrize("name", WRITERS)
def test_killed_at_ten_points_it_leaves_the_whole_file_or_the_one_before(world, tmp_path, name):
    writer, reference = WRITERS[name], tmp_path / "reference"
    reference.mkdir()
    touches = run(world, writer.write, reference, 1).times
    new = found(writer, reference)
    size = max(path.stat().st_size for path in reference.rglob("*") if path.is_file())
    before_it_was_there = 0
    for number, befall in enumerate(ten_points(touches, size)):
        folder = tmp_path / str(number)
        folder.mkdir()
        if writer.replaces:
            run(world, writer.write, folder, 0)
        old = found(writer, folder)
        assert run(world, writer.write, folder, 1, befall=befall).exitcode in (-signal.SIGKILL, -signal.SIGXFSZ)
        assert found(writer, folder) in (old, new) and old != new
        before_it_was_there += found(writer, folder) == old
        run(world, writer.write, folder, 1)
        assert found(writer, folder) == new
        the_day_after(folder)
        run(world, writer.write, folder, 1)
        assert [path.name for path in folder.iterdir()] == [writer.name]
    assert before_it_was_there >= 6


# ---- a full disk


@pytest.fixture(params=["a limit of the file size", "a full disk"])
def full(request, tmp_path):
    """A function that lets no more than n bytes into a folder; returns what has to befall who writes there."""
    if request.param == "a limit of the file size":
        yield tmp_path, lambda n: partial(no_file_beyond, n)
        return
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("only root can mount a small disk")

    def fill(n):
        free = os.statvfs(disk)
        (disk / "other").write_bytes(bytes(max(free.f_bavail * free.f_bsize - n, 0)))
        return nothing_happens

    yield disk, fill
    subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_is_said_and_leaves_the_file_before(world, full, name):
    writer, (folder, fill) = WRITERS[name], full
    if writer.replaces:
        run(world, writer.write, folder, 0)
    old = found(writer, folder)
    befall = fill(0 if name == "keep" else 16_384)
    ended = run(world, writer.write, folder, 1, befall=befall)
    assert re.search(f"{writer.refusal}(No space left on device|File too large). Make room there", ended.said)
    assert found(writer, folder) == old
    assert {path.name for path in folder.iterdir()} <= {writer.name, "other"}


# ---- a read-only folder


@pytest.fixture
def read_only_folder():
    """A folder that everybody can read and nobody can write, outside of tmp_path, which is for one user."""
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path, "folder")
        folder.mkdir()
        Path(path).chmod(0o755)
        yield folder
        folder.chmod(0o755)


@pytest.mark.parametrize("name", WRITERS)
def test_a_read_only_folder_is_said_and_stays_as_it_was(world, read_only_folder, name):
    writer = WRITERS[name]
    if writer.replaces:
        run(world, writer.write, read_only_folder, 0)
    old, names = found(writer, read_only_folder), list(read_only_folder.iterdir())
    read_only_folder.chmod(0o555)
    ended = run(world, writer.write, read_only_folder, 1, befall=nobody)
    assert re.search(f"{writer.refusal}Permission denied. Make room there, .*folder of yours", ended.said)
    assert found(writer, read_only_folder) == old and list(read_only_folder.iterdir()) == names


def load_from(folder, version):
    load_mnist("mnist", folder / "closed" / "mnist")


def test_a_folder_that_is_closed_to_us_is_said_and_not_passed_over(world, read_only_folder):
    (read_only_folder / "closed").mkdir(mode=0o700 if os.getuid() == 0 else 0)
    said = run(world, load_from, read_only_folder, 0, befall=nobody).said
    assert re.search("DataError: .*closed.* cannot be read: Permission denied. Check its permissions", said)


# ---- two at once


def at_once(barrier, touched):
    """Waits for the other process."""
    barrier.wait()


def again_and_again(write, enough, folder, version):
    while not enough.is_set():
        write(folder, version)


@pytest.mark.parametrize("name", WRITERS)
def test_two_processes_at_once_leave_one_whole_file(world, tmp_path, name):
    writer, versions = WRITERS[name], []
    for version in (0, 1):
        (tmp_path / str(version)).mkdir()
        run(world, writer.write, tmp_path / str(version), version)
        versions.append(found(writer, tmp_path / str(version)))
    assert None not in versions
    folder, barrier, enough = tmp_path / "shared", CHILDREN.Barrier(2), CHILDREN.Event()
    folder.mkdir()
    writes = partial(again_and_again, writer.write, enough)
    children = [Child(world, writes, folder, version, befall=partial(at_once, barrier)) for version in (0, 1)]
    seen = 0
    try:
        while seen < 500 and all(each.process.is_alive() for each in children):
            seen += (content := found(writer, folder)) is not None
            assert content in (None, *versions)
    finally:
        enough.set()
    for each in children:
        assert each.wait().exitcode == 0 and "Error" not in each.said and "Not kept" not in each.said
    assert found(writer, folder) in versions
    assert [path.name for path in folder.iterdir()] == [writer.name]
