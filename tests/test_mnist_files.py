"""Reading MNIST's files: what is whole is read as it stands, what is damaged is named and never half-used."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from nnlib import mnist_files
from nnlib.mnist_files import MNIST_FILES, DataError, find_idx_files, read_idx, read_idx_files, read_kaggle_csv

TRAIN_LABELS = "train-labels-idx1-ubyte"


def read(folder):
    return read_idx_files(find_idx_files(folder))


@pytest.mark.parametrize("ending", [".gz", ""])
def test_four_files_are_read_as_written(tiny_mnist, tmp_path, ending):
    arrays, genuine = read(tiny_mnist.write(tmp_path, ending))
    assert genuine
    for part, array in tiny_mnist.arrays.items():
        assert arrays[part].dtype == np.uint8
        np.testing.assert_array_equal(arrays[part], array)


def test_headers_are_those_of_the_published_files():
    assert MNIST_FILES["train_images"].header == struct.pack(">IIII", 2051, 60000, 28, 28)
    assert MNIST_FILES["test_labels"].header == struct.pack(">II", 2049, 10000)


def test_names_with_a_dot_and_unpacked_files_that_kept_their_ending_are_found(tiny_mnist, tmp_path):
    tiny_mnist.write(tmp_path, "")
    for path in list(tmp_path.iterdir()):
        path.rename(tmp_path / (path.name.replace("-idx", ".idx") + ".gz"))
    arrays, genuine = read(tmp_path)
    assert genuine and len(arrays) == 4


def test_an_empty_or_absent_folder_holds_nothing(tmp_path):
    assert find_idx_files(tmp_path) == {}
    assert find_idx_files(tmp_path / "absent") == {}


def test_a_set_with_a_file_missing_is_an_error_that_names_it(tiny_mnist, tmp_path):
    tiny_mnist.write(tmp_path, parts=("train_images", "test_images", "test_labels"))
    with pytest.raises(DataError, match=rf"3 of MNIST's four files but not {TRAIN_LABELS} .*Add"):
        find_idx_files(tmp_path)


def test_another_content_in_the_same_format_is_not_genuine(tiny_mnist, tmp_path):
    folder = tiny_mnist.write(tmp_path, "")
    path = folder / "t10k-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)
    arrays, genuine = read(folder)
    assert not genuine and arrays["test_images"].shape == (20, 28, 28)


SPOILT = {
    "empty": (lambda content: b"", r"ends after 0 bytes"),
    "header cut": (lambda content: content[:5], r"ends after 5 bytes; expected 68"),
    "a web page": (lambda content: b"<!DOCTYPE html>" * 9, r"starts with 0x3c21444f; expected .*0x00000801"),
    "images": (lambda content: struct.pack(">I", 2051) + content[4:], r"starts with 0x00000803"),
    "announces fewer": (lambda content: struct.pack(">II", 2049, 59) + content[8:], r"shape \(59,\); expected \(60,\)"),
    "truncated": (lambda content: content[:-1], r"truncated: 67 of 68 bytes"),
    "trailing bytes": (lambda content: content + b"\0", r"goes on after the 68 bytes"),
    "label 10": (lambda content: content[:-1] + b"\x0a", r"label 10; expected 0 to 9"),
}


@pytest.mark.parametrize("ending", [".gz", ""])
@pytest.mark.parametrize("spoil, fault", SPOILT.values(), ids=SPOILT)
def test_damage_is_named_with_file_fault_and_cure(tiny_mnist, tmp_path, spoil, fault, ending):
    tiny_mnist.contents["train_labels"] = spoil(tiny_mnist.contents["train_labels"])
    tiny_mnist.write(tmp_path, ending)
    with pytest.raises(DataError, match=rf"{TRAIN_LABELS}.* is not usable: .*{fault}.*fresh copy"):
        read(tmp_path)


@pytest.mark.parametrize("keep", [5, 20, -8, -1])
def test_a_cut_gzip_file_is_refused(tiny_mnist, tmp_path, keep):
    path = tiny_mnist.write(tmp_path) / f"{TRAIN_LABELS}.gz"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=rf"{TRAIN_LABELS}\.gz is not usable: it is truncated or damaged as a gzip"):
        read(tmp_path)


def test_garbled_gzip_data_are_refused(tiny_mnist, tmp_path):
    path = tiny_mnist.write(tmp_path) / "train-images-idx3-ubyte.gz"
    content = bytearray(path.read_bytes())
    content[1000:1100] = bytes(100)
    path.write_bytes(content)
    with pytest.raises(DataError, match="train-images-idx3-ubyte.gz is not usable"):
        read(tmp_path)


def test_a_gzip_bomb_is_not_unpacked(tiny_mnist, tmp_path):
    bomb = tmp_path / "bomb.gz"
    with gzip.open(bomb, "wb", compresslevel=1) as stream:
        stream.write(tiny_mnist.contents["train_labels"])
        for _ in range(30):
            stream.write(bytes(1_000_000))
    tracemalloc.start()
    with pytest.raises(DataError, match="goes on after"):
        read_idx(bomb, MNIST_FILES["train_labels"])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000


def test_a_folder_in_the_place_of_a_file_counts_as_missing(tiny_mnist, tmp_path):
    tiny_mnist.write(tmp_path, parts=("train_images", "test_images", "test_labels"))
    (tmp_path / f"{TRAIN_LABELS}.gz").mkdir()
    with pytest.raises(DataError, match=TRAIN_LABELS):
        find_idx_files(tmp_path)


def test_kaggle_csv_is_read_as_written(kaggle_csv, tmp_path):
    images, labels = read_kaggle_csv(kaggle_csv(tmp_path))
    assert images.dtype == labels.dtype == np.uint8
    np.testing.assert_array_equal(labels, kaggle_csv.table[:, 0])
    np.testing.assert_array_equal(images.reshape(70, 784), kaggle_csv.table[:, 1:])


def test_kaggle_csv_with_quotes_windows_line_ends_and_byte_order_mark(kaggle_csv, tmp_path):
    path = kaggle_csv(tmp_path, lambda header, rows: ([f'"{name}"' for name in header], rows))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(read_kaggle_csv(path)[1]) == 70


def with_value(row, column, value):
    def change(header, rows):
        rows[row][column] = value
        return header, rows

    return change


SPOILT_CSV = {
    "empty": (lambda header, rows: ([], []), "its columns are"),
    "no rows": (lambda header, rows: (header, []), "it has 0 rows"),
    "another table": (lambda header, rows: (["PassengerId", "Survived", "Age"], []), "PassengerId, Survived, …"),
    "no header": (lambda header, rows: (rows[0], rows[1:]), "expected label, pixel0, …"),
    "a column missing": (lambda header, rows: (header[:-1], [row[:-1] for row in rows]), "its columns are"),
    "narrow rows": (lambda header, rows: (header, [row[:-1] for row in rows]), "70 rows of 784 values"),
    "truncated": (lambda header, rows: (header, rows[:-1]), "it has 69 rows of 785 values; expected 70"),
    "cut within a row": (lambda header, rows: (header, rows[:-1] + [rows[-1][:300]]), "number of columns changed"),
    "a row too many": (lambda header, rows: (header, rows + rows[:1]), "more than 70 rows"),
    "pixel 256": (with_value(3, 5, "256"), "'256'"),
    "pixel -1": (with_value(3, 5, "-1"), "'-1'"),
    "pixel 0.5": (with_value(3, 5, "0.5"), "'0.5'"),
    "pixel missing": (with_value(3, 5, ""), "''"),
    "pixel as text": (with_value(3, 5, "dark"), "'dark'"),
    "label 10": (with_value(3, 0, "10"), "the label 10 in row 4; expected 0 to 9"),
}


@pytest.mark.parametrize("change, fault", SPOILT_CSV.values(), ids=SPOILT_CSV)
def test_a_spoilt_kaggle_csv_is_named_with_fault_and_cure(kaggle_csv, tmp_path, change, fault):
    with pytest.raises(DataError, match=rf"train\.csv is not usable: .*{fault}.*fresh copy"):
        read_kaggle_csv(kaggle_csv(tmp_path, change))


def test_a_kaggle_csv_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "train.csv"
    path.write_bytes(gzip.compress(bytes(1000)))
    with pytest.raises(DataError, match="not a text file"):
        read_kaggle_csv(path)


def test_kaggle_publishes_42000_rows():
    assert mnist_files.KAGGLE_ROWS == 42_000
