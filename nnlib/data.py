"""Handwritten digits: MNIST from wherever it is, or scikit-learn's; one-hot targets, splits, mini-batches."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib.mnist_files import (
    KAGGLE_FILE,
    MNIST_FILES,
    DataError,
    find_idx_files,
    is_file,
    read_idx_files,
    read_kaggle_csv,
)
from nnlib.validation import (
    as_array,
    as_generator,
    check_choice,
    check_labels,
    check_number,
    check_path,
    check_positive_integer,
    check_room,
)

KAGGLE_FOLDER = Path("/kaggle/input/digit-recognizer")
SPLIT_SEED = 0


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images (m, 28, 28) and labels (m,), both uint8, to train and to test on; `name` and `source` say which."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    name: str
    source: str

    def __repr__(self):
        return f"{self.name}: {len(self.train_labels):,} training and {len(self.test_labels):,} test images"


def load_mnist(source="auto", data_dir=None):
    """Return a `Dataset` of handwritten digits; its `name` says which, its `source` where they came from.

    `source="auto"` takes the first of: MNIST's files in the folder `data_dir`, in the folder $NNLIB_DATA, in the
    repository's data folder, in Kaggle's input folder; a checked download into the first of these folders that
    is named; the built-in digits, with a line that says so. $NNLIB_DATA=digits asks for the built-in digits.
    `source="mnist"` takes nothing but MNIST; `source="digits"` takes the built-in digits, quietly.

    MNIST's files are its four IDX files, gzipped or not, in the folder or in its subfolder `mnist`, or Kaggle's
    train.csv, of which a stratified seventh becomes the test part. IDX files with other images than MNIST's are
    named "MNIST-format data", with a line that says so, and refused by `source="mnist"`.

    Raises DataError if a file is damaged or missing from its set, if $NNLIB_DATA is no folder, or if
    `source="mnist"` finds nothing.
    """
    check_choice(source, ["auto", "mnist", "digits"], "source")
    if source == "digits":
        return _built_in_digits()
    setting = os.environ.get("NNLIB_DATA", "")
    if source == "mnist" and setting == "digits":
        setting = ""  # what the caller says outranks the environment
    folders = mnist_folders(data_dir, setting)
    for label, folder in folders.items():
        if dataset := read_folder(folder, label, source):
            return dataset
    if setting == "digits":
        print("Using the built-in digits, not MNIST: $NNLIB_DATA asks for them.")
        return _built_in_digits()
    label, folder = next(iter(folders.items()))
    try:
        return _download(folder, label)
    except DataError as error:
        if source == "mnist":
            names = ", ".join(file.name for file in MNIST_FILES.values())
            raise DataError(
                f"MNIST is not in {', '.join(map(str, folders.values()))}. {error} Put {names} (with .gz or "
                f"unpacked), or Kaggle's {KAGGLE_FILE}, into {folder}; or use source='digits'."
            ) from None
        print(
            f"Using the built-in digits, not MNIST: 1,797 smaller images that come with scikit-learn. {error} "
            f"For MNIST, put its files into {label} (data/README.md says how) or connect, and load again."
        )
        return _built_in_digits()


def images_to_columns(images):
    """Return images (m, 28, 28) of uint8 as float32 columns (784, m) in [0, 1], one column per image.

    The result is a transposed view of sample-major memory, so that a mini-batch of columns is quick to gather.
    """
    images = as_array(images, "images")
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        hint = " For a single image, did you mean images[np.newaxis]?" if images.shape == (28, 28) else ""
        raise ValueError(f"images have shape {images.shape}; expected (m, 28, 28).{hint}")
    if images.dtype != np.uint8:
        raise ValueError(
            f"images hold {images.dtype} values; expected uint8 from 0 to 255, as load_mnist gives them. "
            "Pass the images before any scaling."
        )
    return np.divide(images.reshape(-1, 784), 255, dtype=np.float32).T


def one_hot_encode(y, num_classes=10):
    """Return the labels y (m,) as one-hot targets Y (num_classes, m), float32: Y[y[i], i] = 1, all else 0.

    Raises ValueError unless y is one-dimensional and holds whole numbers from 0 to num_classes − 1.
    """
    num_classes = check_positive_integer(num_classes, "num_classes")
    y = check_labels(y, "y")
    if y.size and (y.min() < 0 or y.max() >= num_classes):
        raise ValueError(
            f"y has labels from {y.min()} to {y.max()}; expected 0 to {num_classes - 1}. "
            "Number the classes from 0, or give num_classes."
        )
    check_room("num_classes", num_classes, len(y))
    # 0 and 1 are exact in float32, which leaves float32 networks float32 and float64 networks float64.
    Y = np.zeros((len(y), num_classes), dtype=np.float32)
    Y[np.arange(len(y)), y] = 1
    return Y.T


def center_by_mass(box):
    """Return the ink `box` (h, w), of 0 to 255, in an empty image (28, 28), uint8: its centre of mass at pixel 14, 14.

    So MNIST's digits are placed, by whole pixels. The box, at most 28 × 28 and not empty, stays inside the image.
    """
    image = np.zeros((28, 28), dtype=np.uint8)
    corner = [
        int(np.clip(np.rint(14 - box.sum(axis=1 - axis) @ np.arange(size) / box.sum()), 0, 28 - size))
        for axis, size in enumerate(box.shape)
    ]
    image[tuple(slice(start, start + size) for start, size in zip(corner, box.shape))] = np.rint(box)
    return image


def shift_images(images, rng=None, pixels=2):
    """Return images (m, h, w) or (m, h, w, c), each moved by up to `pixels` rows and columns, at random.

    Paper (0) comes in, and what leaves is lost. Made for `fit(augment=…)`: a moved digit is the same digit, and a
    network that has seen it in many places is harder to fool. `rng` is an int or a Generator.
    """
    images, rng = as_array(images, "images"), as_generator(rng)
    pixels = check_positive_integer(pixels, "pixels")
    if images.ndim not in (3, 4) or images.dtype.kind not in "uif":
        came = f"shape {images.shape} of {images.dtype}"
        raise ValueError(f"images have {came}; expected numbers (m, h, w) or (m, h, w, c).")
    m, h, w = images.shape[:3]
    check_room("pixels", m, h + 2 * pixels, w + 2 * pixels, *images.shape[3:])
    frame = ((0, 0), (pixels, pixels), (pixels, pixels), (0, 0))
    places = sliding_window_view(np.pad(images, frame[: images.ndim]), (h, w), axis=(1, 2))
    moved = places[np.arange(m), *rng.integers(0, 2 * pixels + 1, (2, m))]
    return moved if images.ndim == 3 else np.moveaxis(moved, 1, 3)


def split_indices(labels, validation_fraction=0.1, *, rng=None):
    """Return (train_indices, validation_indices), both sorted: a stratified split of 0 … m − 1.

    `labels` (m,) are integers. Of the m samples, round(validation_fraction · m) go to validation, and of every
    class its share, rounded up or down. `rng` is an int or a Generator. These are indices, not copies of the
    data: `images[train_indices]` copies where it is needed. Raises ValueError if a part would be empty.
    """
    labels = check_labels(labels, "labels")
    between = "a fraction between 0 and 1"
    validation_fraction = check_number(validation_fraction, "validation_fraction", lambda part: 0 < part < 1, between)
    m = len(labels)
    n_validation = round(validation_fraction * m)
    if not 0 < n_validation < m:
        raise ValueError(
            f"validation_fraction {validation_fraction} of {m} samples leaves a part empty; give more samples."
        )
    rng = as_generator(rng)
    _, class_of, counts = np.unique(labels, return_inverse=True, return_counts=True)
    shares = counts * n_validation / m
    quotas = np.floor(shares).astype(int)
    # The largest remainders get what rounding down has left over.
    quotas[np.argsort(quotas - shares, kind="stable")[: n_validation - quotas.sum()]] += 1
    in_validation = np.zeros(m, dtype=bool)
    for k, quota in enumerate(quotas):
        in_validation[rng.choice(np.flatnonzero(class_of == k), size=quota, replace=False)] = True
    return np.flatnonzero(~in_validation), np.flatnonzero(in_validation)


def mini_batches(m, batch_size, rng=None):
    """Yield arrays of `batch_size` indices that together cover 0 … m − 1 once, in random order.

    The last may be shorter. `rng` is an int or a Generator.
    """
    m = check_positive_integer(m, "m, the number of samples,")
    batch_size = check_positive_integer(batch_size, "batch_size")
    check_room("m", m)
    order = as_generator(rng).permutation(m)
    return (order[start : start + batch_size] for start in range(0, m, batch_size))


def mnist_folders(data_dir, setting):
    """Return {what to call it: folder} in the order in which to look; `setting` is $NNLIB_DATA."""
    folders = {}
    if data_dir is not None:
        folders["data_dir"] = check_path(data_dir, "data_dir")
        if is_file(folders["data_dir"]):
            raise DataError(f"data_dir is the file {data_dir}; expected a folder. Name the folder that holds it.")
    if setting == "digits":
        return folders
    if setting:
        folders["$NNLIB_DATA"] = Path(setting).expanduser()
        if not os.path.isdir(folders["$NNLIB_DATA"]):
            raise DataError(f"$NNLIB_DATA is {setting!r}, which is no folder. Set it to one, or to 'digits'.")
    return folders | {"data": data_folder(), str(KAGGLE_FOLDER): KAGGLE_FOLDER}


def data_folder():
    """The repository's data folder; where nnlib is installed without it, one in the current folder."""
    root = Path(__file__).resolve().parents[1]
    return root / "data" if (root / "pyproject.toml").is_file() else Path.cwd() / "data"


def read_folder(folder, label, source):
    """Return the `Dataset` in a folder or its subfolder `mnist`; None if there is none."""
    for place, called in ((folder, label), (folder / "mnist", f"{label}/mnist")):
        if paths := find_idx_files(place):
            arrays, genuine = read_idx_files(paths)
            if not genuine and source == "mnist":
                raise DataError(f"{place} has files in MNIST's format that are not MNIST's. Move them away.")
            if not genuine:
                print(f"The files in {called} have MNIST's format, but they are not MNIST.")
            name = "MNIST" if genuine else "MNIST-format data (not the original MNIST)"
            return Dataset(**arrays, name=name, source=f"the four IDX files in {called}")
    if is_file(folder / KAGGLE_FILE):
        images, labels = read_kaggle_csv(folder / KAGGLE_FILE)
        return _split_dataset(
            images,
            labels,
            1 / 7,
            "MNIST (Kaggle digit-recognizer)",
            f"{KAGGLE_FILE} in {label}, 1/7 kept for the test",
        )
    return None


def _download(folder, label):
    from nnlib.mnist_download import download_mnist, network_is_there

    if not network_is_there():
        raise DataError("No server that has MNIST can be reached.")
    origin = download_mnist(folder)
    dataset = read_folder(folder / "mnist", f"{label}/mnist", "mnist")
    return replace(dataset, source=f"downloaded from {origin} into {label}/mnist")


def _built_in_digits():
    """The 1,797 digits of 8 × 8 pixels that come with scikit-learn, in MNIST's layout: 1,500 to train on.

    As in MNIST, the digit fills a box of 20 × 20 pixels whose centre of mass lies in the centre of the image.
    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (1998), UCI.
    """
    from sklearn.datasets import load_digits

    digits = load_digits()
    enlarge = _interpolation(8, 20)
    boxes = np.clip(enlarge @ (digits.images * (255 / 16)) @ enlarge.T, 0, 255)
    return _split_dataset(
        np.stack([center_by_mass(box) for box in boxes]),
        digits.target.astype(np.uint8),
        297 / 1797,
        "built-in digits",
        "scikit-learn's load_digits, scaled from 8 × 8 and centred in 28 × 28",
    )


def _interpolation(size, new_size):
    """The matrix (new_size, size) of smooth (cubic, Catmull-Rom) interpolation; its rows sum to 1.

    Source: R. Keys, Cubic convolution interpolation for digital image processing (1981), a = −1/2.
    """
    centres = (np.arange(new_size) + 0.5) * size / new_size - 0.5
    t = np.abs(centres[:, np.newaxis] - np.arange(size))
    weights = np.where(t < 1, 1.5 * t**3 - 2.5 * t**2 + 1, np.where(t < 2, -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2, 0))
    return weights / weights.sum(axis=1, keepdims=True)


def _split_dataset(images, labels, test_fraction, name, source):
    train, test = split_indices(labels, test_fraction, rng=SPLIT_SEED)
    return Dataset(images[train], labels[train], images[test], labels[test], name, source)
