"""Where load_mnist looks and what it says; labels, splits and mini-batches. No network: see `no_network`."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import label_binarize

from nnlib import data, mnist_download
from nnlib.data import (
    DataError,
    images_to_columns,
    load_mnist,
    mini_batches,
    one_hot_encode,
    shift_images,
    split_indices,
)
from nnlib.mnist_files import MNIST_FILES

LABELS = arrays.arrays(np.int64, st.integers(0, 200), elements=st.integers(0, 9))


@pytest.fixture
def digits():
    return load_mnist("digits")


def assert_is_tiny(dataset, tiny_mnist):
    assert dataset.name == "MNIST"
    for part, array in tiny_mnist.arrays.items():
        np.testing.assert_array_equal(getattr(dataset, part), array)


# ---- where load_mnist looks


def test_data_dir_comes_before_everything(no_network, tiny_mnist, kaggle_csv, tmp_path, monkeypatch):
    tiny_mnist.write(tmp_path / "mine")
    kaggle_csv(tmp_path / "shared")
    kaggle_csv(no_network)
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "shared"))
    dataset = load_mnist(data_dir=str(tmp_path / "mine"))
    assert_is_tiny(dataset, tiny_mnist)
    assert dataset.source == "the four IDX files in data_dir"


def test_then_comes_the_folder_of_the_environment(no_network, tiny_mnist, kaggle_csv, tmp_path, monkeypatch):
    kaggle_csv(no_network)
    monkeypatch.setenv("NNLIB_DATA", str(tiny_mnist.write(tmp_path / "shared")))
    dataset = load_mnist(data_dir=tmp_path / "empty")
    assert_is_tiny(dataset, tiny_mnist)
    assert dataset.source == "the four IDX files in $NNLIB_DATA"


def test_then_the_repository_then_kaggle(no_network, tiny_mnist, kaggle_csv, tmp_path):
    kaggle_csv(tmp_path / "kaggle")
    assert load_mnist().name == "MNIST (Kaggle digit-recognizer)"
    tiny_mnist.write(no_network / "mnist")
    dataset = load_mnist()
    assert_is_tiny(dataset, tiny_mnist)
    assert dataset.source == "the four IDX files in data/mnist"


def test_the_repository_is_the_one_that_holds_nnlib(monkeypatch, tmp_path):
    folder = data.data_folder()
    assert folder.name == "data" and (folder.parent / "nnlib" / "data.py").is_file()
    monkeypatch.setattr(data, "__file__", str(tmp_path / "site-packages" / "nnlib" / "data.py"))
    monkeypatch.chdir(tmp_path)
    assert data.data_folder() == tmp_path / "data"


def test_the_environment_can_ask_for_the_digits(no_network, tiny_mnist, monkeypatch, capsys):
    tiny_mnist.write(no_network)
    monkeypatch.setenv("NNLIB_DATA", "digits")
    assert load_mnist().name == "built-in digits"
    assert capsys.readouterr().out == "Using the built-in digits, not MNIST: $NNLIB_DATA asks for them.\n"
    assert_is_tiny(load_mnist("mnist"), tiny_mnist)
    assert_is_tiny(load_mnist(data_dir=no_network), tiny_mnist)


def test_digits_by_name_look_for_nothing_and_say_nothing(no_network, tiny_mnist, monkeypatch, capsys):
    tiny_mnist.write(no_network)
    monkeypatch.setenv("NNLIB_DATA", "/no such folder")
    assert load_mnist("digits").name == "built-in digits"
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("source", ["auto", "mnist"])
def test_a_folder_of_the_environment_must_exist(no_network, monkeypatch, source):
    monkeypatch.setenv("NNLIB_DATA", "/no such folder")
    with pytest.raises(DataError, match=r"\$NNLIB_DATA is '/no such folder', which is no folder. Set it"):
        load_mnist(source)


def test_a_file_as_data_dir_is_an_error(no_network, tmp_path):
    (tmp_path / "train.csv").write_text("")
    with pytest.raises(DataError, match="data_dir is the file .*; expected a folder"):
        load_mnist(data_dir=tmp_path / "train.csv")


def test_an_unknown_source_is_an_error(no_network):
    with pytest.raises(ValueError, match="unknown source 'minst'. Did you mean 'mnist'?"):
        load_mnist("minst")


def test_a_damaged_file_is_never_passed_over(no_network, tiny_mnist, kaggle_csv, tmp_path):
    kaggle_csv(tmp_path / "kaggle")
    path = tiny_mnist.write(no_network) / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte.gz is not usable"):
        load_mnist()


def test_another_data_set_in_mnists_format_is_named_so(no_network, tiny_mnist, monkeypatch, capsys):
    tiny_mnist.write(no_network)
    file = MNIST_FILES["train_images"]._replace(sha256="0" * 64)
    monkeypatch.setitem(MNIST_FILES, "train_images", file)
    assert load_mnist().name == "MNIST-format data (not the original MNIST)"
    assert capsys.readouterr().out == "The files in data have MNIST's format, but they are not MNIST.\n"
    with pytest.raises(DataError, match="that are not MNIST's"):
        load_mnist("mnist")


def test_kaggle_rows_are_split_by_class_and_always_alike(no_network, kaggle_csv):
    kaggle_csv(no_network)
    first, second = load_mnist(), load_mnist("mnist")
    assert first.train_images.shape == (60, 28, 28) and first.test_images.shape == (10, 28, 28)
    np.testing.assert_array_equal(np.sort(first.test_labels), np.arange(10))
    np.testing.assert_array_equal(first.test_images, second.test_images)
    rows = {row.tobytes() for row in np.concatenate([first.train_images, first.test_images])}
    assert rows == {row.tobytes() for row in kaggle_csv.table[:, 1:].astype(np.uint8)}


# ---- without files: the download, or the digits


def test_without_network_auto_takes_the_digits_and_says_so_in_one_line(no_network, capsys):
    assert load_mnist().name == "built-in digits"
    captured = capsys.readouterr()
    assert captured.err == "" and captured.out.count("\n") == 1
    for words in ("built-in digits, not MNIST", "No server", "put its files into data", "data/README.md"):
        assert words in captured.out
    assert not no_network.exists()


def test_without_network_mnist_by_name_is_an_error_that_helps(no_network):
    with pytest.raises(DataError) as error:
        load_mnist("mnist")
    for file in MNIST_FILES.values():
        assert file.name in str(error.value)
    assert str(no_network) in str(error.value) and "source='digits'" in str(error.value)


def test_a_failed_download_is_told_not_hidden(no_network, monkeypatch, capsys):
    monkeypatch.setattr(mnist_download, "network_is_there", lambda: True)
    assert load_mnist().name == "built-in digits"
    reasons = "127.0.0.1:9: the connection failed; 127.0.0.1:9: OSError"
    assert f"MNIST could not be downloaded ({reasons})" in capsys.readouterr().out
    with pytest.raises(DataError, match="could not be downloaded"):
        load_mnist("mnist")


@pytest.mark.parametrize("named", ["data_dir", "environment", "neither"])
def test_a_download_goes_to_the_first_folder_that_is_named(no_network, tiny_mnist, tmp_path, monkeypatch, named):
    def download(folder):
        tiny_mnist.write(folder / "mnist")
        return "example.org"

    monkeypatch.setattr(mnist_download, "network_is_there", lambda: True)
    monkeypatch.setattr(mnist_download, "download_mnist", download)
    folder, label = no_network, "data"
    if named == "environment":
        folder, label = tmp_path / "shared", "$NNLIB_DATA"
        folder.mkdir()
        monkeypatch.setenv("NNLIB_DATA", str(folder))
    if named == "data_dir":
        folder, label = tmp_path / "mine", "data_dir"
    dataset = load_mnist(data_dir=folder if named == "data_dir" else None)
    assert_is_tiny(dataset, tiny_mnist)
    assert dataset.source == f"downloaded from example.org into {label}/mnist"
    assert len(list((folder / "mnist").iterdir())) == 4
    assert load_mnist("mnist", folder).source == "the four IDX files in data_dir/mnist"


# ---- the data sets themselves


def test_real_mnist(real_mnist):
    assert repr(real_mnist) == "MNIST: 60,000 training and 10,000 test images"
    assert real_mnist.train_images.shape == (60_000, 28, 28) and real_mnist.train_images.dtype == np.uint8
    # The first labels and the class counts as everyone knows them.
    assert real_mnist.train_labels[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    assert real_mnist.test_labels[:8].tolist() == [7, 2, 1, 0, 4, 1, 4, 9]
    assert np.bincount(real_mnist.train_labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert real_mnist.train_images.mean() / 255 == pytest.approx(0.1307, abs=5e-5)


def test_built_in_digits_are_scikit_learns_in_a_stratified_split(digits):
    assert repr(digits) == "built-in digits: 1,500 training and 297 test images"
    for images, labels in ((digits.train_images, digits.train_labels), (digits.test_images, digits.test_labels)):
        assert images.dtype == labels.dtype == np.uint8 and images.shape == (len(labels), 28, 28)
    labels = np.concatenate([digits.train_labels, digits.test_labels])
    np.testing.assert_array_equal(np.bincount(labels), np.bincount(load_digits().target))
    assert np.ptp(np.bincount(digits.test_labels)) <= 2


def test_built_in_digits_fill_mnists_box_around_their_centre_of_mass(digits):
    images = digits.train_images.astype(float)
    centre = np.arange(28)
    for axis in (1, 2):
        centre_of_mass = images.sum(axis=axis) @ centre / images.sum(axis=(1, 2))
        assert np.abs(centre_of_mass - 14).max() <= 0.51
        extent = (images.sum(axis=axis) > 0).sum(axis=1)
        assert extent.max() <= 20
    assert images.max() == 255 and images.min() == 0


def test_built_in_digits_agree_with_scipys_interpolation(digits):
    small, labels = load_digits(return_X_y=True)
    train, _ = split_indices(labels, 297 / 1797, rng=data.SPLIT_SEED)
    correlations = []
    for image, old in zip(digits.train_images[:200], small[train[:200]].reshape(-1, 8, 8)):
        zoomed = np.pad(ndimage.zoom(old, 2.5, order=3, mode="nearest", grid_mode=True).clip(0), 4)
        shift = np.rint(14 - np.array(ndimage.center_of_mass(zoomed))).astype(int)
        correlations.append(np.corrcoef(image.ravel(), np.roll(zoomed, shift, axis=(0, 1)).ravel())[0, 1])
    # Where the centre lies between two pixels, the two interpolations may round it to different sides.
    assert np.quantile(correlations, 0.05) > 0.98


def test_built_in_digits_can_be_learned(digits):
    X, X_test = images_to_columns(digits.train_images).T, images_to_columns(digits.test_images).T
    model = LogisticRegression(max_iter=30, tol=1e-2).fit(X, digits.train_labels)
    assert model.score(X_test, digits.test_labels) > 0.93


def test_a_dataset_shows_no_arrays_and_no_folder(no_network, tiny_mnist, tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_DATA", str(tiny_mnist.write(tmp_path / "shared")))
    dataset = load_mnist()
    assert repr(dataset) == "MNIST: 60 training and 20 test images"
    assert str(tmp_path) not in dataset.source


def test_importing_the_module_loads_nothing_heavy():
    code = "import sys, nnlib.data; print(*{'sklearn', 'pooch', 'tqdm', 'requests', 'scipy'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


# ---- images to columns


def test_images_become_columns_between_0_and_1():
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    images[0, 0, :2] = 0, 255
    X = images_to_columns(images)
    assert X.shape == (784, 5) and X.dtype == np.float32
    assert (X[0, 0], X[1, 0]) == (0.0, 1.0)
    for i in range(5):
        np.testing.assert_allclose(X[:, i], images[i].astype(np.float64).ravel() / 255, rtol=1e-7)


def test_columns_are_a_transposed_view_of_sample_major_memory():
    X = images_to_columns(np.zeros((7, 28, 28), np.uint8))
    assert X.T.flags.c_contiguous and not X.flags.owndata
    assert images_to_columns(np.zeros((0, 28, 28), np.uint8)).shape == (784, 0)


@pytest.mark.parametrize(
    "images, message",
    [
        (np.zeros((28, 28), np.uint8), r"shape \(28, 28\); expected \(m, 28, 28\).*images\[np.newaxis\]"),
        (np.zeros((5, 784), np.uint8), r"shape \(5, 784\); expected"),
        (np.zeros((5, 8, 8), np.uint8), r"shape \(5, 8, 8\); expected"),
        (np.zeros((5, 28, 28)), "hold float64 values; expected uint8 .*before any scaling"),
        (np.zeros((5, 28, 28), int), "hold int64 values; expected uint8"),
        ("picture.png", r"shape \(\); expected"),
    ],
)
def test_images_of_another_kind_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        images_to_columns(images)


# ---- one-hot targets


def test_one_hot_by_hand():
    np.testing.assert_array_equal(one_hot_encode([2, 0, 1], 3), [[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    assert one_hot_encode(np.array([], dtype=int)).shape == (10, 0)


@given(LABELS.filter(len))
def test_one_hot_agrees_with_scikit_learn(y):
    Y = one_hot_encode(y)
    np.testing.assert_array_equal(Y, label_binarize(y, classes=range(10)).T)
    assert Y.dtype == np.float32 and Y.T.flags.c_contiguous


@pytest.mark.parametrize(
    "y, message",
    [
        ([0, 10], r"labels from 0 to 10; expected 0 to 9. Number the classes from 0"),
        ([-1, 3], r"labels from -1 to 3; expected 0 to 9"),
        ([0.0, 1.0], r"holds float64 values; expected integers. Did you mean y.astype\(int\)"),
        ([0, np.nan], "holds float64"),
        ([True, False], "holds bool"),
        (["3", "4"], "holds <U1"),
        ([[1], [2]], r"shape \(2, 1\); expected \(m,\).*y.ravel\(\)"),
        (np.eye(10, dtype=int), r"shape \(10, 10\); expected \(m,\).*one-hot already"),
        (3, r"shape \(\)"),
    ],
)
def test_labels_of_another_kind_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        one_hot_encode(y)


@pytest.mark.parametrize("num_classes", [0, -3, 2.5, True, "10"])
def test_the_number_of_classes_is_a_positive_integer(num_classes):
    with pytest.raises(ValueError, match="num_classes is .*expected a whole number of at least 1"):
        one_hot_encode([0], num_classes)


# ---- splits


@given(LABELS.filter(lambda y: len(y) >= 2), st.floats(0.01, 0.99), st.integers(0, 9))
def test_a_split_covers_all_once_and_every_class_by_its_share(labels, fraction, seed):
    m = len(labels)
    n_validation = round(fraction * m)
    if n_validation in (0, m):
        with pytest.raises(ValueError, match="leaves a part empty"):
            split_indices(labels, fraction, rng=seed)
        return
    train, validation = split_indices(labels, fraction, rng=seed)
    np.testing.assert_array_equal(np.sort(np.concatenate([train, validation])), np.arange(m))
    assert len(validation) == n_validation
    for part in (train, validation):
        np.testing.assert_array_equal(part, np.sort(part))
    share = np.bincount(labels, minlength=10) * n_validation / m
    assert (np.abs(np.bincount(labels[validation], minlength=10) - share) < 1).all()


def test_a_split_follows_its_seed():
    labels = np.arange(1000) % 10
    first, again, other = (split_indices(labels, rng=seed)[1] for seed in (1, np.random.default_rng(1), 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert len(first) == 100


def test_a_split_takes_from_all_over_the_data():
    _, validation = split_indices(np.zeros(10_000, int), 0.5, rng=0)
    assert np.histogram(validation, bins=10, range=(0, 10_000))[0] == pytest.approx(500, abs=80)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, float("nan")])
def test_a_fraction_lies_between_0_and_1(fraction):
    with pytest.raises(ValueError, match="validation_fraction is .*expected a fraction between 0 and 1"):
        split_indices(np.arange(10), fraction)


def test_a_split_needs_labels():
    with pytest.raises(ValueError, match="labels holds float64"):
        split_indices(np.linspace(0, 1, 10))


# ---- mini-batches


@given(st.integers(1, 300), st.integers(1, 400), st.integers(0, 9))
def test_mini_batches_cover_all_once(m, batch_size, seed):
    batches = list(mini_batches(m, batch_size, seed))
    np.testing.assert_array_equal(np.sort(np.concatenate(batches)), np.arange(m))
    assert all(len(batch) == batch_size for batch in batches[:-1])
    assert len(batches) == -(-m // batch_size) and 1 <= len(batches[-1]) <= batch_size


def test_mini_batches_are_shuffled_by_their_rng():
    rng = np.random.default_rng(5)
    first, second = (np.concatenate(list(mini_batches(1000, 64, rng))) for _ in range(2))
    np.testing.assert_array_equal(first, np.concatenate(list(mini_batches(1000, 64, 5))))
    assert not np.array_equal(first, second)
    assert abs(np.corrcoef(first, np.arange(1000))[0, 1]) < 0.15


@pytest.mark.parametrize("m, batch_size", [(0, 1), (10, 0), (10, -1), (10, 2.0), (10, None), (10, True), ("10", 2)])
def test_mini_batches_take_positive_integers_and_say_so_at_once(m, batch_size):
    with pytest.raises(ValueError, match="expected a whole number of at least 1"):
        mini_batches(m, batch_size, 0)


@pytest.mark.parametrize("shape", [(200, 5, 6), (200, 5, 6, 2)])
def test_shifted_images_are_the_images_in_other_places(shape):
    images = np.random.default_rng(0).integers(1, 256, shape, dtype=np.uint8)
    moved = shift_images(images, 3, pixels=2)
    assert (moved.shape, moved.dtype) == (shape, np.uint8)
    seen = set()
    for image, other in zip(images, moved):
        for down in range(-2, 3):
            for right in range(-2, 3):
                place = np.zeros_like(image)
                place[max(down, 0) : 5 + down, max(right, 0) : 6 + right] = image[
                    max(-down, 0) : 5 - down, max(-right, 0) : 6 - right
                ]
                if np.array_equal(place, other):
                    seen.add((down, right))
    assert seen == {(down, right) for down in range(-2, 3) for right in range(-2, 3)}
    assert np.array_equal(moved, shift_images(images, np.random.default_rng(3), pixels=2))


@pytest.mark.parametrize("arguments", [(np.zeros((28, 28)),), (np.zeros((3, 4, 4)), None, 0), (np.zeros((784, 5)),)])
def test_shifts_of_what_is_no_stack_of_images_are_refused(arguments):
    with pytest.raises(ValueError, match=r"images have shape|pixels is 0"):
        shift_images(*arguments)
