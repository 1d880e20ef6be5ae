"""Training that is saved, and goes on in another process: bit for bit the training that never paused."""

import os
import subprocess
import sys
import warnings
from itertools import product
from pathlib import Path

import numpy as np

from nnlib.convnet import ConvNet
from nnlib.network import NeuralNetwork
from nnlib.optimizers import OPTIMIZERS, Adam
from nnlib.parallel import thread_count
from nnlib.schedules import cosine
from nnlib.training import DivergenceWarning
from tests.trust.trainings import drawn_training

ROOT = Path(__file__).parents[2]
SPANNING_A_FIT = dict(schedule=None, patience=None)


def save(training, path):
    training.network.save(path, optimizer=training.optimizer, rng=training.settings["rng"])


def save_whole_and_begun(i, folder):
    """Make all epochs of training number i, and some; return how many are left, and what the training is of."""
    whole, begun = drawn_training(i), drawn_training(i)
    epochs = whole.settings["epochs"] + 1
    whole.fit(epochs=epochs, **SPANNING_A_FIT)
    save(whole, folder / f"{i}-whole.npz")
    first = i % epochs or 1
    begun.fit(epochs=first, **SPANNING_A_FIT)
    save(begun, folder / f"{i}-begun.npz")
    return epochs - first, (type(whole.network), type(whole.optimizer), whole.network.parameters["W1"].dtype.name)


def go_on(folder, left):
    """Make the epochs that are left of each training, with nothing but its file, its data and its settings."""
    for i, epochs in left.items():
        training = drawn_training(int(i))
        optimizer, rng = type(training.optimizer)(), np.random.default_rng()
        network = type(training.network).load(f"{folder}/{i}-begun.npz", optimizer=optimizer, rng=rng)
        resumed = training._replace(network=network, optimizer=optimizer, settings=training.settings | {"rng": rng})
        resumed.fit(epochs=epochs, **SPANNING_A_FIT)
        save(resumed, Path(folder) / f"{i}-resumed.npz")


def test_a_saved_training_goes_on_in_another_process(tmp_path, trials):
    left, kinds = {}, set()
    for i in range(trials(200)):
        with warnings.catch_warnings():
            warnings.simplefilter("error", DivergenceWarning)
            try:
                left[i], kind = save_whole_and_begun(i, tmp_path)
            except DivergenceWarning:
                continue
        kinds.add(kind)
    code = f"from tests.trust.test_resume import go_on; go_on({str(tmp_path)!r}, {left})"
    as_here = os.environ | {"OPENBLAS_NUM_THREADS": str(thread_count())}  # other sums are rounded otherwise
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=as_here, check=True)
    differing = [i for i in left if read(tmp_path / f"{i}-resumed.npz") != read(tmp_path / f"{i}-whole.npz")]
    print(f"{len(left)} trainings went on, {len(differing)} of them to another end")
    assert differing == []
    assert kinds == set(product([NeuralNetwork, ConvNet], OPTIMIZERS.values(), ["float32", "float64"]))


def read(path):
    """All that the file of a network holds, bit for bit: parameters, history, the states of optimizer and rng."""
    with np.load(path) as arrays:
        return {name: (array.dtype, array.shape, array.tobytes()) for name, array in arrays.items()}


def test_the_second_half_of_a_schedule_is_a_function_of_its_own():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3, 50))
    whole, halves = (NeuralNetwork([3, 6, 1], ["tanh", "linear"], rng=1) for _ in range(2))
    adams, rngs = [Adam(0.01), Adam(0.01)], [np.random.default_rng(2), np.random.default_rng(2)]
    data = dict(X=X, Y=X[:1] * X[1:2], verbose=False, batch_size=8)
    whole.fit(epochs=10, optimizer=adams[0], rng=rngs[0], schedule=cosine, **data)
    for half in (0, 1):
        part = lambda progress: cosine((half + progress) / 2)  # noqa: B023, E731
        halves.fit(epochs=5, optimizer=adams[1], rng=rngs[1], schedule=part, **data)
    np.testing.assert_allclose(halves.history["loss"], whole.history["loss"], rtol=1e-12)
    for name, value in whole.parameters.items():
        np.testing.assert_allclose(halves.parameters[name], value, rtol=1e-10, atol=1e-13)
