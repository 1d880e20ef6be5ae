"""MNIST from files, checked: the four IDX files of its authors, or Kaggle's train.csv."""

import gzip
import hashlib
import os
import stat
import warnings
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np


class DataError(ValueError):
    """A data file or folder is not what it should be; the message names it, the fault and the cure."""


class IdxFile(NamedTuple):
    """One of MNIST's files: its name, the shape of the array in it, the SHA-256 of its uncompressed bytes."""

    name: str
    shape: tuple[int, ...]
    sha256: str

    @property
    def header(self):
        """The bytes before the data: the magic number (0x08 for uint8, the number of axes), then the sizes."""
        return np.array([0x0800 + len(self.shape), *self.shape], dtype=">u4").tobytes()


MNIST_FILES = {
    "train_images": IdxFile(
        "train-images-idx3-ubyte",
        (60_000, 28, 28),
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train_labels": IdxFile(
        "train-labels-idx1-ubyte",
        (60_000,),
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "test_images": IdxFile(
        "t10k-images-idx3-ubyte",
        (10_000, 28, 28),
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "test_labels": IdxFile(
        "t10k-labels-idx1-ubyte",
        (10_000,),
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}

KAGGLE_FILE = "train.csv"
KAGGLE_ROWS = 42_000
LONGEST_LINE = 20_000  # characters; the header is the longest, with half as many

CURE = "Delete it and get a fresh copy (data/README.md says where from)."


def find_idx_files(folder):
    """Return {part: path} of the four IDX files in `folder`, gzipped or not; {} if none of them is there.

    Names with a dot (`train-images.idx3-ubyte`) count too. Raises DataError if only some are there.
    """
    found = {}
    for part, file in MNIST_FILES.items():
        names = (file.name, file.name.replace("-idx", ".idx"))
        paths = [Path(folder, name + ending) for name in names for ending in ("", ".gz")]
        if path := next(filter(is_file, paths), None):
            found[part] = path
    missing = [file.name for part, file in MNIST_FILES.items() if part not in found]
    if found and missing:
        raise DataError(
            f"{folder} holds {len(found)} of MNIST's four files but not {', '.join(missing)} (or .gz). "
            "Add what is missing, or move the others away."
        )
    return found


def is_file(path):
    """Whether there is such a file; DataError if we may not know, since what is closed to us is not absent."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except PermissionError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. Check its permissions.") from None
    except (OSError, ValueError):  # nothing there, or no path at all
        return False


def read_idx_files(paths):
    """Return ({part: array}, genuine) from the four files: images (m, 28, 28) and labels (m,), uint8.

    `genuine` says whether they are MNIST to the byte; another data set in MNIST's format is not.
    """
    arrays, genuine = {}, True
    for part, path in paths.items():
        arrays[part], is_original = read_idx(path, MNIST_FILES[part])
        genuine &= is_original
    return arrays, genuine


def read_idx(path, expected):
    """Return (array, is_original) from an IDX file; raise DataError unless it is what `expected` describes.

    Source: the format's description on the MNIST page of LeCun, Cortes and Burges.
    """
    header = expected.header
    n_bytes = len(header) + int(np.prod(expected.shape))
    content = _read_at_most(path, n_bytes + 1)
    found = content[: len(header)].tobytes()
    if len(found) < len(header):
        raise _fault(path, f"it ends after {len(content):,} bytes; expected {n_bytes:,}")
    if found[:4] != header[:4]:
        raise _fault(path, f"it starts with 0x{found[:4].hex()}; expected the magic number 0x{header[:4].hex()}")
    if found != header:
        sizes = tuple(np.frombuffer(found[4:], dtype=">u4").tolist())
        raise _fault(path, f"its header announces shape {sizes}; expected {expected.shape}")
    if len(content) < n_bytes:
        raise _fault(path, f"it is truncated: {len(content):,} of {n_bytes:,} bytes")
    if len(content) > n_bytes:
        raise _fault(path, f"it goes on after the {n_bytes:,} bytes that its header announces")
    array = content[len(header) :].reshape(expected.shape)
    if array.ndim == 1 and array.max() > 9:
        raise _fault(path, f"it has the label {array.max()}; expected 0 to 9")
    return array, hashlib.sha256(content).hexdigest() == expected.sha256


def _read_at_most(path, limit):
    """Return the first `limit` bytes of a file, decompressed, as uint8; a gzip bomb never fills the memory."""
    buffer = np.empty(limit, dtype=np.uint8)
    filled = 0
    try:
        with open(path, "rb") as file:
            # The content decides, not the name: browsers unpack .gz files and leave the name as it was.
            zipped = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            with gzip.open(file) if zipped else file as stream:
                while count := stream.readinto(memoryview(buffer)[filled:]):
                    filled += count
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _fault(path, f"it is truncated or damaged as a gzip file ({error})") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. Check its permissions.") from None
    return buffer[:filled]


def read_kaggle_csv(path):
    """Return images (42000, 28, 28) and labels (42000,), uint8, from Kaggle's train.csv.

    Raises DataError for other columns, another number of rows, or values that are not whole numbers in range.
    """
    header = ["label", *(f"pixel{i}" for i in range(784))]
    try:
        with open(path, encoding="utf-8-sig") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # NumPy's on a file without rows: we count them below
            warnings.simplefilter("error", DeprecationWarning)  # NumPy 2.0 only warns of 0.5, and takes it for 0
            lines = _lines(path, file)
            columns = [name.strip().strip('"') for name in next(lines, "").split(",")]
            if columns != header:
                raise _fault(path, f"its columns are {_short(columns)}; expected {_short(header)} (785 columns)")
            # One row more than expected is enough to see that there are too many.
            table = np.loadtxt(lines, dtype=np.uint8, delimiter=",", comments=None, ndmin=2, max_rows=KAGGLE_ROWS + 1)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. Check its permissions.") from None
    except UnicodeDecodeError:
        raise _fault(path, "it is not a text file") from None
    except DataError:
        raise
    except ValueError as error:
        fault = str(error).split(";")[0].rstrip(".")
        raise _fault(path, f"{fault}, counted after the header; expected 785 whole numbers from 0 to 255") from None
    if table.shape != (KAGGLE_ROWS, len(header)):
        rows, n_columns = table.shape
        at_least = "more than " if rows > KAGGLE_ROWS else ""
        count = KAGGLE_ROWS if at_least else rows
        raise _fault(path, f"it has {at_least}{count:,} rows of {n_columns} values; expected {KAGGLE_ROWS:,} of 785")
    labels = table[:, 0].copy()
    if labels.max() > 9:
        raise _fault(path, f"it has the label {labels.max()} in row {int(labels.argmax()) + 1}; expected 0 to 9")
    return np.ascontiguousarray(table[:, 1:]).reshape(-1, 28, 28), labels


def _lines(path, file):
    """Yield the lines of a text file; raise DataError before they could fill the memory or go on for ever."""
    most = 3 * KAGGLE_ROWS  # some may be empty
    for _ in range(most):
        line = file.readline(LONGEST_LINE)
        if not line:
            return
        if len(line) == LONGEST_LINE:
            raise _fault(path, f"it has a line of at least {LONGEST_LINE:,} characters; expected 785 short columns")
        yield line
    raise _fault(path, f"it has at least {most:,} lines; expected {KAGGLE_ROWS:,} and a header")


def _short(columns):
    names = [name[:40] for name in columns]
    return f"{', '.join(names[:2])}, …" if len(names) > 2 else ", ".join(names)


def _fault(path, fault):
    return DataError(f"{path} is not usable: {fault}. {CURE}")
