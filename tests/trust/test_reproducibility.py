"""The same seed on the same machine gives the same bits; another number of threads, the same up to rounding."""

import os
import subprocess
import sys
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from nnlib.convnet import ConvNet, Convolution, Dense, Flatten, MaxPooling
from nnlib.data import images_to_columns, one_hot_encode, shift_images
from nnlib.explorers import train_playground
from nnlib.network import NeuralNetwork
from nnlib.optimizers import Adam
from nnlib.parallel import thread_count

ROOT = Path(__file__).parents[2]
IMAGES = np.random.default_rng(0).integers(0, 256, (200, 28, 28), dtype=np.uint8)


def trained_network(dtype):
    X = images_to_columns(IMAGES).astype(dtype)
    network = NeuralNetwork([784, 128, 64, 10], ["relu", "relu", "softmax"], l2=1e-4, dropout=0.2, rng=0)
    return trained(network, X, lambda X, rng: X + rng.normal(0, 0.1, X.shape).astype(dtype))


def trained_convnet():
    layers = [Convolution(8), MaxPooling(), Convolution(16), MaxPooling(), Flatten(), Dense(32), Dense(10, "softmax")]
    return trained(ConvNet(layers, rng=0), IMAGES, shift_images)


def trained(network, X, augment):
    """What a training leaves: parameters, history, and the optimizer's state."""
    adam, Y = Adam(), one_hot_encode(np.arange(len(IMAGES)) % 10, 10)
    network.fit(X, Y, 4, verbose=False, batch_size=50, optimizer=adam, schedule="one_cycle", augment=augment, rng=0)
    return network.parameters | network.history | adam.state()


def trained_in_the_playground():
    network = train_playground(30, hidden=(8, 8))
    return network.parameters | network.history


TRAININGS = {
    "network, float32": partial(trained_network, "float32"),
    "network, float64": partial(trained_network, "float64"),
    "ConvNet": trained_convnet,
    "playground": trained_in_the_playground,
}


def save_all(path):
    arrays = {f"{name}: {key}": value for name, train in TRAININGS.items() for key, value in train().items()}
    np.savez(path, threads=thread_count(), **arrays)


@cache
def run(threads, hash_seed):
    """What all trainings leave in a process of their own, and how many threads they used."""
    environment = os.environ | dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), str(threads))
    with TemporaryDirectory() as folder:
        path = f"{folder}/run.npz"
        code = f"from tests.trust.test_reproducibility import save_all; save_all({path!r})"
        command = [sys.executable, "-c", code]
        subprocess.run(command, cwd=ROOT, env=environment | {"PYTHONHASHSEED": str(hash_seed)}, check=True)
        with np.load(path) as arrays:
            return dict(arrays)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_gives_the_same_bits(threads):
    one, other = run(threads, hash_seed=1), run(threads, hash_seed=2)
    assert one.keys() == other.keys()
    differing = [name for name in one if one[name].tobytes() != other[name].tobytes()]
    assert differing == []


def test_two_threads_train_as_one_does_up_to_rounding():
    one, two = run(1, hash_seed=1), run(2, hash_seed=1)
    if two["threads"] == 1:
        pytest.skip("needs two cores: matrix products use one thread here")
    assert (one["threads"], two["threads"]) == (1, 2)
    for training in TRAININGS:
        gap = max(np.max(np.abs(two[name] - one[name])) for name in one if name.startswith(training))
        print(f"{training}: at most {gap:.1e} apart")
    for name in one.keys() - {"threads"}:
        np.testing.assert_allclose(two[name], one[name], rtol=1e-5, atol=1e-5, err_msg=name)
