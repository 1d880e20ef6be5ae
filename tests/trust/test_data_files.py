"""Damaged, forged and absurd data files: refused in the package's own words, or read right.

Never a crash, a hang, a warning, more than 1 GB, or a wrong array. What is right is decided by other readers, below.
"""

import ast
import contextlib
import csv
import gzip
import io
import json
import pickle
import re
import signal
import struct
import sys
import warnings
import zipfile
import zlib
from math import prod
from pathlib import Path

import numpy as np
import psutil
import pytest

from nnlib import Adam, ConvNet, Convolution, DataError, Dense, Flatten, MaxPooling, NeuralNetwork, load_mnist
from nnlib.mnist_files import KAGGLE_FILE, MNIST_FILES, read_kaggle_csv
from tests.trust.damage import CELLS, damaged_csv, damaged_idx, damaged_npz, members, pick, text_array, zipped

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")

GIGABYTE, MINUTE = 10**9, 60
NOT_SAVED = r"\.npz is not a network saved by (NeuralNetwork|ConvNet)\.save \(.+\)\. Check the path, or save it again\."


class Hang(BaseException):
    """A file took longer than a minute; no `except Exception` of the reader's may catch this."""


@contextlib.contextmanager
def confined():
    """At most a gigabyte more than now, at most a minute, and no warning."""

    def too_long(*_):
        raise Hang

    before = resource.getrlimit(resource.RLIMIT_AS)
    alarm = signal.signal(signal.SIGALRM, too_long)
    resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + GIGABYTE, before[1]))
    signal.alarm(MINUTE)
    try:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            yield
        assert not seen
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, before)
        signal.signal(signal.SIGALRM, alarm)


def read_or_refuse(refusal, read, *arguments, **options):
    """What `read` returns; or its ValueError, which must say what `refusal` says and be none for want of memory."""
    with confined():
        try:
            return read(*arguments, **options)
        except ValueError as error:
            refused = error
    assert re.search(refusal, str(refused)), refused
    assert len(str(refused).encode()) < 600
    assert not isinstance(refused.__cause__ or refused.__context__, MemoryError)
    return refused


@contextlib.contextmanager
def named(trial):
    """Names the trial in a failure, so that it can be made again."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"in trial {trial}")
        raise


def report(what, refused):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what}: {len(refused)} files, {sum(refused)} refused, {len(refused) - sum(refused)} right; peak {peak} MB")


# ---- IDX


def idx_array(content, shape):
    """The array in an IDX file of unsigned bytes of this shape; None if it holds anything else."""
    size = 4 + 4 * len(shape)
    if len(content) != size + prod(shape):
        return None
    *magic, sizes = struct.unpack(f">HBB{4 * len(shape)}s", content[:size])
    if magic != [0, 8, len(shape)] or struct.unpack(f">{len(shape)}I", sizes) != shape:
        return None
    if len(shape) == 1 and max(content[size:]) > 9:
        return None
    return np.array(list(content[size:])).reshape(shape)


def unzipped(content):
    """The content of a file, gzipped or not; None if it is damaged as a gzip file, or unpacks to more than 10 MB."""
    if content[:2] != b"\x1f\x8b":
        return content
    unpacked = b""
    while content.strip(b"\0"):  # one member after the other, and zeros that fill a block
        member = zlib.decompressobj(31)
        known_flags = bytes(byte & 0x1F for byte in content[3:4])  # zlib refuses unknown ones, Python ignores them
        try:
            unpacked += member.decompress(content[:3] + known_flags + content[4:], 10**7)
        except zlib.error:
            return None
        if not member.eof or len(unpacked) > 10**7:
            return None
        content = member.unused_data
    return unpacked


def gzip_bomb():
    """Three megabytes that unpack to more than three gigabytes."""
    return gzip.compress(bytes(2**24)) * 200


def images_announced(*sizes):
    return lambda images: struct.pack(f">I{len(sizes)}I", 2051, *sizes) + images[16:]


ABSURD_IDX = {
    "2^31 images": images_announced(2**31, 28, 28),
    "as many as can be written": images_announced(*[2**32 - 1] * 3),
    "no images": images_announced(0, 28, 28),
    "sizes whose product overflows to the right one": images_announced(60, 28, 28 + 2**32 // 60),
    "255 axes": lambda images: b"\0\0\x08\xff" + b"\xff" * 4 * 255,
    "doubles": lambda images: b"\0\0\x0e\x03" + images[4:],
    "little-endian": lambda images: struct.pack("<4I", 2051, 60, 28, 28) + images[16:],
    "a gzip bomb": lambda images: gzip.compress(images) + gzip_bomb(),
    "a gzip bomb of zeros": lambda images: gzip_bomb(),
    "gzipped twice": lambda images: gzip.compress(gzip.compress(images)),
    "nothing, gzipped 10,000 times": lambda images: gzip.compress(b"") * 10_000,
    "a gzip header alone": lambda images: gzip.compress(b"")[:10],
    "a zip file": lambda images: zipped([("train-images-idx3-ubyte", images)]),
    "a pickle": lambda images: pickle.dumps(images),
}


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("source", ["auto", "mnist"])
@pytest.mark.parametrize("absurd", ABSURD_IDX.values(), ids=ABSURD_IDX)
def test_absurd_idx_files_are_refused(tiny_mnist, tmp_path, absurd, source):
    tiny_mnist.contents["train_images"] = absurd(tiny_mnist.contents["train_images"])
    tiny_mnist.write(tmp_path, "")
    refused = read_or_refuse("train-images-idx3-ubyte is not usable: .*fresh copy", load_mnist, source, tmp_path)
    assert isinstance(refused, DataError)


@pytest.mark.usefixtures("no_network")
def test_damaged_idx_files_are_refused_or_read_right(tiny_mnist, tmp_path, trials):
    originals = tiny_mnist.contents
    absurd = [make(originals["train_images"]) for make in ABSURD_IDX.values()]
    refused = []
    for trial in range(trials(300)):
        rng = np.random.default_rng([1, trial])
        part = pick(rng, list(originals))
        start = originals[part] if rng.integers(8) else pick(rng, absurd)
        damaged = damaged_idx(start, rng, pick(rng, [*originals.values(), *absurd]))
        tiny_mnist.contents = originals | {part: damaged}
        tiny_mnist.write(tmp_path, "")
        source = pick(rng, ["auto", "mnist"])
        with named(trial):
            dataset = read_or_refuse("is not usable|that are not MNIST's", load_mnist, source, tmp_path)
            refused.append(isinstance(dataset, DataError))
            content = unzipped(damaged)
            right = None if content is None else idx_array(content, MNIST_FILES[part].shape)
            genuine = content == originals[part]
            if refused[-1]:
                assert right is None or (source == "mnist" and not genuine)
            else:
                assert right is not None and (genuine or source == "auto")
                assert (dataset.name == "MNIST") == genuine
                for name, array in (tiny_mnist.arrays | {part: right}).items():
                    np.testing.assert_array_equal(getattr(dataset, name), array, strict=False)
    report("IDX", refused)


# ---- CSV


def csv_table(content):
    """The numbers in Kaggle's table of 70 rows; None if it holds anything else. Spaces, + and a quoted header pass."""
    try:
        text = content.decode("utf-8-sig")
        header, *rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except (UnicodeDecodeError, csv.Error, ValueError):
        return None
    if [name.strip().strip('"') for name in header] != ["label", *(f"pixel{i}" for i in range(784))]:
        return None
    if len(rows) != 70 or {len(row) for row in rows} != {785}:
        return None
    cells = {cell for row in rows for cell in row}
    if not all(re.fullmatch(r"\s*\+?[0-9]+\s*", cell) and int(cell) <= 255 for cell in cells):
        return None
    numbers = {cell: int(cell) for cell in cells}
    table = np.array([[numbers[cell] for cell in row] for row in rows])
    return table if table[:, 0].max() <= 9 else None


def after_the_header(content):
    return lambda table: table[: table.index(b"\n") + 1] + content + table[table.index(b"\n") + 1 :]


ABSURD_CSV = {
    "a line of 50 MB": after_the_header(b"1" * 50_000_000),
    "a line of 10 million columns": after_the_header(b"1," * 10_000_000),
    "a header of 10 million columns": lambda table: b"pixel," * 10_000_000 + table,
    "10 million empty lines": after_the_header(b"\n" * 10_000_000),
    "NUL bytes": lambda table: bytes(len(table)),
    "NUL bytes after the header": after_the_header(bytes(1_000_000)),
    "the header twice": lambda table: table[: table.index(b"\n") + 1] + table,
    "two rows in a line, far apart": lambda table: (b" " * 30_000).join(table.rsplit(b"\n", 2)[:2]) + b"\n",
    "a quote that never ends": after_the_header(b'"1,'),
    "UTF-16": lambda table: table.decode().encode("utf-16"),
    "a byte order mark in the middle": after_the_header("\ufeff".encode()),
    "gzipped": gzip.compress,
    "a gzip bomb": lambda table: gzip_bomb(),
    "semicolons": lambda table: table.replace(b",", b";"),
}


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("absurd", ABSURD_CSV.values(), ids=ABSURD_CSV)
def test_absurd_csv_files_are_refused(kaggle_csv, tmp_path, absurd):
    path = kaggle_csv(tmp_path)
    path.write_bytes(absurd(path.read_bytes()))
    refused = read_or_refuse(r"train\.csv is not usable: .*fresh copy", load_mnist, "auto", tmp_path)
    assert isinstance(refused, DataError)


def read_csv_and_compare(content, path):
    """Whether the file was refused; if it was not, its arrays are those that Python's csv module finds."""
    path.write_bytes(content)
    result = read_or_refuse(r"train\.csv is not usable: .*fresh copy", read_kaggle_csv, path)
    right = csv_table(content)
    if isinstance(result, DataError):
        plain = right is not None and not re.search(rb'"', content)
        assert not plain, "a right table was refused"
        return True
    assert right is not None
    images, labels = result
    assert images.dtype == labels.dtype == np.uint8
    np.testing.assert_array_equal(labels, right[:, 0])
    np.testing.assert_array_equal(images.reshape(70, 784), right[:, 1:])
    return False


HARMLESS_THERE = [("10", 5), ("10", 784), ("7\r\n", 784)]  # no label; and an empty line at the end


def test_odd_cells_are_refused_or_read_right(kaggle_csv, tmp_path):
    for cell in CELLS:
        for row, column in ((0, 0), (3, 5), (69, 784)):

            def change(header, rows, row=row, column=column, cell=cell):
                rows[row][column] = cell
                return header, rows

            path = kaggle_csv(tmp_path, change)
            with named(repr(cell)):
                refused = read_csv_and_compare(path.read_bytes(), path)
                harmless = cell in ("+7", " 7 ", "007", "7\u00a0") or (cell, column) in HARMLESS_THERE
                assert refused != harmless


def test_a_line_without_end_is_not_read(kaggle_csv, tmp_path):
    path = kaggle_csv(tmp_path)
    with open(path, "r+b") as file:
        file.truncate(2 * GIGABYTE)  # sparse: it takes no place on the disk
    assert isinstance(read_or_refuse("a line of at least 20,000 characters", read_kaggle_csv, path), DataError)


def test_damaged_csv_files_are_refused_or_read_right(kaggle_csv, tmp_path, trials):
    whole = kaggle_csv(tmp_path).read_bytes()
    absurd = [make(whole)[:200_000] for make in ABSURD_CSV.values()]
    refused = []
    for trial in range(trials(100)):
        rng = np.random.default_rng([2, trial])
        start = whole if rng.integers(8) else pick(rng, absurd)
        damaged = damaged_csv(start, rng, pick(rng, [whole, *absurd]))
        with named(trial):
            refused.append(read_csv_and_compare(damaged, tmp_path / KAGGLE_FILE))
    report("CSV", refused)


# ---- saved networks


def trained(kind, dtype):
    """A small network of this kind after two epochs, and its optimizer."""
    rng = np.random.default_rng(5)
    Y = np.eye(3)[:, np.arange(12) % 3]
    if kind is NeuralNetwork:
        network, X = NeuralNetwork([6, 5, 3], ["elu", "softmax"], l2=0.01, dropout=0.1, rng=0), rng.random((6, 12))
    else:
        layers = [Convolution(2), MaxPooling(2), Flatten(), Dense(4), Dense(3, "softmax")]
        network, X = ConvNet(layers, (6, 6, 1), rng=0), rng.random((12, 6, 6, 1))
    optimizer = Adam()
    data = (X.astype(dtype), Y)
    network.fit(*data, 2, False, batch_size=6, optimizer=optimizer, validation_data=data, rng=1)
    return network, optimizer


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """{kind: bytes of saved networks, in float64 and float32, with and without the optimizer's and rng's states}."""
    path = tmp_path_factory.mktemp("saved") / "network.npz"
    contents = {}
    for kind in (NeuralNetwork, ConvNet):
        contents[kind] = []
        for dtype in (np.float64, np.float32):
            network, optimizer = trained(kind, dtype)
            for states in (dict(optimizer=optimizer, rng=np.random.default_rng(7)), {}):
                network.save(path, **states)
                contents[kind].append(path.read_bytes())
    return contents


def npy(header, data=b""):
    """An .npy file with this text as its header."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def announcing(descr, shape, data=b""):
    return npy(f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}\n", data)


def replaced(**parts):
    """A function from a saved network to one whose members of these names are others."""
    parts = {f"{name.replace('__', '/')}.npy": part for name, part in parts.items()}
    return lambda content: zipped((members(content) | parts).items())


def with_settings(**changes):
    def change(content):
        parts = members(content)
        settings = json.loads(str(np.load(io.BytesIO(parts["settings.npy"]))))
        return zipped((parts | {"settings.npy": text_array(json.dumps(settings | changes))}).items())

    return change


def with_setting_beyond_unicode(content):
    parts = members(with_settings(x=1)(content))
    letter, none = ('"x"'.encode("utf-32-le"), b'"\0\0\0x\0\xff\0"\0\0\0')
    return zipped((parts | {"settings.npy": parts["settings.npy"].replace(letter, none)}).items())


def with_nan(content):
    parts = members(content)
    return zipped((parts | {"parameters/W1.npy": parts["parameters/W1.npy"][:-8] + struct.pack("<d", np.nan)}).items())


def zip_bomb(content):
    """A saved network with one more array, of 4 GB in 4 MB: a deflated block of zeros, again and again."""
    packer = zlib.compressobj(wbits=-15)
    block = packer.compress(bytes(2**26)) + packer.flush(zlib.Z_FULL_FLUSH)
    archived = io.BytesIO()
    with zipfile.ZipFile(archived, "w") as archive:
        for name, part in members(content).items():
            archive.writestr(name, part)
        archive.writestr("parameters/W9.npy", block * 64 + packer.flush())
        archive.filelist[-1].compress_type = zipfile.ZIP_DEFLATED
        archive.filelist[-1].file_size = 64 * 2**26
    return archived.getvalue()


class Touch:
    """Unpickling it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def longer_than_its_file(content):
    """A saved network whose directory says of its first member that it takes 2 GB."""
    entry = content.index(b"PK\1\2")
    return content[: entry + 20] + struct.pack("<I", 2**31 - 1) + content[entry + 24 :]


ABSURD_NPZ = {
    "a member longer than its file": longer_than_its_file,
    "a zip bomb": zip_bomb,
    "a zip file in its place": lambda content: zipped([("network.npz", content)]),
    "a zip file in it": lambda content: zipped([*members(content).items(), ("more.npy", content)]),
    "an .npy file": lambda content: members(content)["parameters/W1.npy"],
    "an .npy file of 2^40 numbers": lambda content: announcing("<f8", (2**40,)),
    "2^40 numbers": replaced(parameters__W1=announcing("<f8", (2**20, 2**20))),
    "2^33 numbers in another array": replaced(another=announcing("<f8", (2**33,))),
    "sizes whose product overflows": replaced(parameters__W1=announcing("<f8", (2**32, 2**32))),
    "negative sizes": replaced(parameters__W1=announcing("<f8", (-1, 6), bytes(240))),
    "a text of 2^29 letters": replaced(settings=announcing(f"<U{2**29}", ())),
    "a header of 60,000 brackets": replaced(parameters__W1=npy("(" * 60_000)),
    "a header that runs code": replaced(parameters__W1=npy("__import__('os').abort()")),
    "a header of Python 2": replaced(another=announcing("<f8", "(1L,)", bytes(8))),
    "a header of version 2": replaced(parameters__W1=b"\x93NUMPY\x02\x00" + bytes(100)),
    "settings 100,000 deep": replaced(settings=text_array("[" * 100_000)),
    "settings that are no JSON": replaced(settings=text_array("{'layer_sizes'}")),
    "settings that are a number": replaced(settings=announcing("<f8", (), bytes(8))),
    "an unknown setting": with_settings(colour="red"),
    "a setting named by half a character": with_settings(**{"\ud800": 1}),
    "a setting beyond Unicode": with_setting_beyond_unicode,
    "a weight that is no number": with_nan,
    "a learning rate that is no number": with_settings(learning_rate=float("nan")),
    "a history that is no list": replaced(history__loss=announcing("<f8", (), bytes(8))),
    "a history of words": replaced(history__loss=announcing("<U1", (1,), b"a\0\0\0")),
    "a history of nothing known": replaced(history__loss=announcing("<M8[s]", (1,), bytes(8))),
    "optimizer's steps that are no number": replaced(optimizer__steps=announcing("<f8", (), struct.pack("<d", np.nan))),
    "optimizer's steps that are a list": replaced(optimizer__steps=announcing("<f8", (2,), bytes(16))),
    "optimizer's memory of another shape": replaced(optimizer__square_sum__W1=announcing("<f8", (2,), bytes(16))),
}
ABSURD_SETTINGS = {
    NeuralNetwork: {
        "10^12 layers' worth of neurons": with_settings(layer_sizes=[10**12, 10**12, 3]),
        "400 million parameters": with_settings(layer_sizes=[20_000, 20_000, 3]),
        "10^400 neurons": with_settings(layer_sizes=[10**400, 3]),
        "100,000 layers": with_settings(layer_sizes=[1] * 100_000, activations=["relu"] * 99_999),
        "no layers": with_settings(layer_sizes=[]),
        "layers of words": with_settings(layer_sizes=["6", "5", "3"]),
        "layers of halves": with_settings(layer_sizes=[6.0, 5.5, 3.0]),
        "a layer of True": with_settings(layer_sizes=[True, 5, 3]),
        "negative layers": with_settings(layer_sizes=[-6, -5, 3]),
    },
    ConvNet: {
        "images of 10^12 pixels": with_settings(input_shape=[10**6, 10**6, 1]),
        "images of 10,000 by 10,000 pixels": with_settings(input_shape=[10_000, 10_000, 1]),
        "10^12 filters": with_settings(layers=[["Convolution", 10**12], ["Flatten"], ["Dense", 3, "softmax"]]),
        "padding of 10^9": with_settings(layers=[["Convolution", 2, 3, 10**9], ["Flatten"], ["Dense", 3, "softmax"]]),
        "a stride of 0": with_settings(layers=[["Convolution", 2, 3, 0, 0], ["Flatten"], ["Dense", 3, "softmax"]]),
        "100,000 layers": with_settings(layers=[["Flatten"]] + [["Dense", 1]] * 100_000),
        "an unknown layer": with_settings(layers=[["__import__", "os"]]),
        "layers of words": with_settings(layers="Dense"),
        "an image of words": with_settings(input_shape="669"),
    },
}
ABSURD_NETWORKS = {
    f"{kind.__name__}, {name}": (kind, make)
    for kind, settings in ABSURD_SETTINGS.items()
    for name, make in (ABSURD_NPZ | settings).items()
}


@pytest.mark.parametrize("kind, absurd", ABSURD_NETWORKS.values(), ids=ABSURD_NETWORKS)
def test_absurd_networks_are_refused(saved, tmp_path, kind, absurd):
    path = tmp_path / "network.npz"
    path.write_bytes(absurd(saved[kind][0]))
    assert isinstance(read_or_refuse(NOT_SAVED, kind.load, path, optimizer=Adam()), ValueError)


@pytest.mark.parametrize("kind", [NeuralNetwork, ConvNet])
def test_no_pickle_runs(saved, tmp_path, kind):
    path, proof = tmp_path / "network.npz", tmp_path / "it ran"
    bomb = Touch(proof)
    objects = io.BytesIO()
    np.save(objects, np.array([bomb], dtype=object), allow_pickle=True)
    records = io.BytesIO()
    np.save(records, np.array([(1.0, bomb)], dtype=[("a", "<f8"), ("b", "O")]), allow_pickle=True)
    named_members = members(saved[kind][0])
    contents = [pickle.dumps(bomb), objects.getvalue(), records.getvalue()]
    contents += [
        zipped((named_members | {name: array.getvalue()}).items())
        for name in (*named_members, "another.npy")
        for array in (objects, records)
    ]
    contents.append(zipped((named_members | {"settings.npy": pickle.dumps(bomb)}).items()))
    for content in contents:
        path.write_bytes(content)
        assert isinstance(read_or_refuse(NOT_SAVED, kind.load, path, optimizer=Adam()), ValueError)
    assert not proof.exists()
    pickle.loads(pickle.dumps(bomb))
    assert proof.exists()


def test_a_number_of_steps_that_no_float_can_hold_comes_back(tmp_path):
    network, optimizer = trained(NeuralNetwork, np.float64)
    optimizer.steps = 2**53 + 1
    network.save(tmp_path / "network.npz", optimizer=optimizer)
    NeuralNetwork.load(tmp_path / "network.npz", optimizer=(restored := Adam()))
    assert restored.steps == 2**53 + 1


def floats(content, prefix):
    """{name: (shape, values in C order)} of the arrays of floats in an .npz file, unpacked by struct."""
    found = {}
    for name, part in members(content).items():
        if not name.startswith(prefix):
            continue
        end = 10 + int.from_bytes(part[8:10], "little")
        header = ast.literal_eval(part[10:end].decode("latin-1"))
        code = {"<f8": "d", "<f4": "f", "<i8": "q"}.get(header["descr"])
        if code is None:
            continue
        values = [value for (value,) in struct.iter_unpack(f"<{code}", part[end:])]
        array = np.array(values).reshape(header["shape"], order="F" if header["fortran_order"] else "C")
        found[name.removeprefix(prefix).removesuffix(".npy")] = array
    return found


@pytest.mark.parametrize("kind", [NeuralNetwork, ConvNet])
def test_damaged_networks_are_refused_or_read_right(saved, tmp_path, kind, trials):
    path, whole = tmp_path / "network.npz", saved[kind]
    others = [content for contents in saved.values() for content in contents]
    others += [absurd(whole[0]) for absurd in (ABSURD_NPZ | ABSURD_SETTINGS[kind]).values()]
    refusal = f"{NOT_SAVED}|this state is not one of Adam|holds no (optimizer|rng) state|holds no state of a PCG64"
    refused = []
    for trial in range(trials(250)):
        rng = np.random.default_rng([3, trial])
        start = pick(rng, whole) if rng.integers(8) else pick(rng, others)
        damaged = damaged_npz(start, rng, pick(rng, others))
        path.write_bytes(damaged)
        states = dict(optimizer=Adam(), rng=np.random.default_rng()) if rng.integers(2) else {}
        with named(trial):
            network = read_or_refuse(refusal, kind.load, path, **states)
            refused.append(isinstance(network, ValueError))
            if not refused[-1]:
                assert_is_what_the_file_holds(damaged, network, **states)
    report(kind.__name__, refused)


def assert_is_what_the_file_holds(content, network, optimizer=None, rng=None):
    stored = floats(content, "parameters/")
    for name, value in network.parameters.items():
        np.testing.assert_array_equal(value, stored[name])
        assert value.shape == stored[name].shape and np.isfinite(value).all()
        assert value.dtype in (np.float32, np.float64)
    history = floats(content, "history/")
    assert all(list(history[name]) == values for name, values in network.history.items() if name in history)
    if optimizer is not None:
        state = floats(content, "optimizer/")
        for name, value in optimizer.state().items():
            np.testing.assert_array_equal(value, state[name])
    if rng is not None:
        assert rng.bit_generator.state == json.loads(members(content)["rng.npy"][128:].decode("utf-32-le"))
    shape = (network.layer_sizes[0], 2) if type(network) is NeuralNetwork else (2, *network.shapes[0])
    with np.errstate(all="ignore"):  # forged weights may be as large as a float can be
        assert network.predict_proba(np.zeros(shape)).shape == (network.n_outputs, 2)
