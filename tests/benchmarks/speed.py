"""Prints a Markdown table of how fast, how accurate and how small nnlib is, each figure beside what we aim at.

python tests/benchmarks/speed.py [SECTION...]

The sections, all of them unless some are named: mlp, to98, accuracy, cnn, convolve, memory, growth, import. They need
MNIST, and an idle machine. What is compared runs in turns, and medians count, as the threads of one library may disturb
the next. PyTorch is optional (pip install torch==2.13.0).
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import date
from functools import cache, partial
from importlib.metadata import distributions
from pathlib import Path
from unittest import mock

import numpy as np
from threadpoolctl import threadpool_info

import nnlib
from nnlib import DIAGRAM, Adam, ConvNet, Convolution, Dense, Flatten, MaxPooling, NeuralNetwork
from nnlib.parallel import thread_count

EPOCH_ROUNDS = 7  # of a training epoch
ROUNDS = 5  # of all else
SEEDS = (0, 1, 2)
SIZES = [784, 128, 64, 10]
SMALL = (Convolution(8), MaxPooling(2), Convolution(16), MaxPooling(2), Flatten(), Dense(10, "softmax"))


def shift_columns(X, rng):
    return nnlib.shift_images(X.T.reshape(-1, 28, 28), rng, pixels=2).reshape(-1, 784).T


# For `accuracy`: layers, learning rate, options of the network, options of fit, target.
RECIPES = {
    "MLP 784-256-128-10": ([784, 256, 128, 10], 0.005, {}, dict(epochs=8, batch_size=128), "≥ 98.3 %"),
    "MLP 784-512-256-10, dropout, shifted images": (
        [784, 512, 256, 10],
        0.005,
        dict(dropout=0.1),
        dict(epochs=30, batch_size=256, augment=shift_columns),
        "≥ 98.9 % in ≤ 90 s",
    ),
    "the diagram's ConvNet": (DIAGRAM, 0.004, {}, dict(epochs=2, batch_size=64), "≥ 99.0 %"),
    "the diagram's ConvNet, for longer": (DIAGRAM, 0.004, {}, dict(epochs=4, batch_size=64), "≥ 99.2 %"),
    "ConvNet of 8 and 16 filters": (SMALL, 0.01, {}, dict(epochs=3, batch_size=64), "≥ 98.5 % in < 40 s"),
}

# For `to98`, which takes the fewest epochs that suffice.
GOAL, SHORT_RATE, SHORT_L2, SHORT_EPOCHS = 0.98, 0.005, 3e-5, (4, 5, 6, 7)


def mlp():
    """An epoch of the MLP: on all threads, then in a process in which every library has one."""
    yield from mlp_rows()
    if thread_count() > 1:
        yield from in_new_process("list(mlp_rows())", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")


def mlp_rows():
    X, Y, y = training_data()
    contenders = {
        "ours": lambda: train(new_network(SIZES, 1e-3), X, Y, batch_size=128),
        "scikit-learn": lambda: train_scikit_learn(X.T, y),
        "limit": lambda: gather_and_multiply(X, Y, batch_size=128),
    }
    if torch := import_torch():
        contenders["PyTorch"] = lambda: train_torch(torch, torch_mlp(torch.nn), X.T, y, batch_size=128)
    seconds = in_turns(contenders, EPOCH_ROUNDS)
    label = f"MLP 784-128-64-10, an epoch of MNIST, {threads()}"
    yield label, f"{len(y) / seconds['ours']:,.0f} samples/s", ""
    yield f"{label}: against scikit-learn", against("scikit-learn", seconds), "≥ 1.8 ×"
    yield f"{label}: against PyTorch", against("PyTorch", seconds), "≥ 1.6 ×"
    share = f"{100 * seconds['limit'] / seconds['ours']:.0f} %"
    yield f"{label}: share of the limit, mini-batches and products alone", share, "≥ 70 %"


def train_scikit_learn(X, y):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(SIZES[1:-1], batch_size=128, learning_rate_init=1e-3, alpha=0, max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # one epoch is meant to be too few
        network.fit(X, y)


def gather_and_multiply(X, Y, batch_size):
    """The limit: an epoch's mini-batches and matrix products, and nothing else."""
    weights = [np.full(shape, 1 / shape[1], np.float32) for shape in zip(SIZES[1:], SIZES)]
    for indices in nnlib.mini_batches(X.shape[1], batch_size):
        A, _ = X[:, indices], Y[:, indices]
        inputs = []
        for W in weights:
            inputs.append(A)
            A = W @ A
        dZ = A
        for W, A in zip(weights[::-1], inputs[::-1]):
            dZ @ A.T
            if W is not weights[0]:
                dZ = W.T @ dZ


def to98():
    """The time to the goal, against that of the source document's 500 full-batch epochs: our code, its float64."""
    X, Y, y = training_data()
    source_X, source_Y = X[:, :16_000].astype(float), Y[:, :16_000]
    epochs, mean = fewest_epochs(X, Y, y)
    label, goal = f"MLP 784-128-64-10, {epochs} epochs", f"≥ {100 * GOAL:.1f} %"
    yield f"{label}: mean accuracy on a validation tenth, {len(SEEDS)} seeds", f"{100 * mean:.2f} %", goal
    networks = []
    contenders = {
        "ours": lambda: networks.append(train_shortly(X, Y, epochs, seed=len(networks))),
        "source": lambda: new_network(SIZES, 0.1).fit(source_X, source_Y, 20, verbose=False),
    }
    seconds = in_turns(contenders, ROUNDS)
    accuracies = ", ".join(f"{test_accuracy(network):.2f}" for network in networks[1:])  # the first was the warm-up
    yield f"{label}: accuracy on the test images, each run", f"{accuracies} %", goal
    ours, source = seconds["ours"], 25 * seconds["source"]
    label += ": its time as part of that of 500 full-batch epochs of 16,000 images in float64 (20 timed)"
    yield label, f"1/{source / ours:.1f} ({ours:.1f} s, {source:.0f} s)", "≤ 1/12"


def fewest_epochs(X, Y, y):
    """Return the fewest epochs that get to the goal on a validation tenth (or, if none do, the most we try), and the
    mean accuracy there over the seeds.
    """
    kept, set_aside = nnlib.split_indices(y, 0.1, rng=0)
    for epochs in SHORT_EPOCHS:
        networks = [train_shortly(X[:, kept], Y[:, kept], epochs, seed) for seed in SEEDS]
        mean = statistics.mean(network.evaluate(X[:, set_aside], Y[:, set_aside])[1] for network in networks)
        if mean >= GOAL:
            break
    return epochs, mean


def train_shortly(X, Y, epochs, seed):
    network = new_network(SIZES, SHORT_RATE, l2=SHORT_L2, rng=seed)
    return train(network, X, Y, epochs=epochs, batch_size=128, schedule="one_cycle", rng=seed)


def accuracy():
    """Trained on all training images; the test images are read once, at the end of each run."""
    X, Y, _ = training_data()
    for name, (layers, learning_rate, options, fit_options, target) in RECIPES.items():
        inputs = X if isinstance(layers, list) else mnist().train_images
        accuracies, seconds = [], []
        for seed in SEEDS:
            network = new_network(layers, learning_rate, rng=seed, **options)
            start = time.perf_counter()
            train(network, inputs, Y, schedule="one_cycle", rng=seed, **fit_options)
            seconds.append(time.perf_counter() - start)
            accuracies.append(test_accuracy(network))
        measured = f"{statistics.mean(accuracies):.2f} ± {statistics.stdev(accuracies):.2f} %"
        label = f"{name}, {fit_options['epochs']} epochs: accuracy on the test images, {len(SEEDS)} seeds"
        yield label, f"{measured} in {statistics.median(seconds):.0f} s", target


def cnn(m=3200):
    """The diagram's ConvNet on m images, against PyTorch, and against itself when only BLAS uses threads."""
    images, y = mnist().train_images[:m, ..., np.newaxis] / np.float32(255), mnist().train_labels[:m]
    Y = nnlib.one_hot_encode(y)

    def ours():
        train(ConvNet(), images, Y, batch_size=64)

    def whole_batches():
        one_part = dict(thread_count=lambda: 1, side_by_side=lambda *call: list(map(*call)))
        with mock.patch.multiple("nnlib.convnet", **one_part):
            ours()

    contenders = {"ours": ours, "whole batches": whole_batches}
    if torch := import_torch():
        channels_first = images.reshape(m, 1, 28, 28)
        contenders["PyTorch"] = lambda: train_torch(torch, torch_cnn(torch.nn), channels_first, y, batch_size=64)
    seconds = in_turns(contenders, EPOCH_ROUNDS)
    label = f"the diagram's ConvNet, {m:,} images, {threads()}"
    yield label, f"{m / seconds['ours']:,.0f} samples/s", ""
    yield f"{label}: against PyTorch", against("PyTorch", seconds), "≥ 1.0 ×"
    yield f"{label}: against whole batches, threads in BLAS only", against("whole batches", seconds), ""


def convolve():
    """convolve2d on one image, against the source document's double loop and SciPy."""
    from scipy.signal import correlate2d

    kernel = nnlib.KERNELS["sharpen"]
    for side, repeats, loop_target, scipy_target in ((28, 100, "≥ 50 ×", ""), (512, 10, "≥ 200 ×", "≥ 1 ×")):
        contenders = {
            "ours": partial(nnlib.convolve2d, noise(side, side), kernel),
            "SciPy": partial(correlate2d, noise(side, side), kernel, mode="valid"),
            "double loop": partial(double_loop, noise(side, side), kernel),
        }
        seconds = in_turns(contenders, ROUNDS, {"ours": repeats, "SciPy": repeats})
        label = f"convolve2d, 3 × 3 on {side} × {side}"
        yield label, f"{1000 * seconds['ours']:.3f} ms", ""
        yield f"{label}: against a double loop", against("double loop", seconds), loop_target
        yield f"{label}: against SciPy's correlate2d", against("SciPy", seconds), scipy_target


def double_loop(image, kernel):
    output = np.zeros((image.shape[0] - 2, image.shape[1] - 2))
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = np.sum(image[i : i + 3, j : j + 3] * kernel)
    return output


def memory():
    """What a process that trains holds in MB (2^20 bytes)."""
    if not Path("/proc/self/status").exists():
        yield "memory", "measured on Linux only", ""
        return
    for label, call, target in (
        ("MLP 784-128-64-10 on MNIST, 3 epochs", "memory_of_mlp()", "≤ 550 MB"),
        ("the diagram's ConvNet on MNIST, 2 epochs and prediction", "memory_of_convnet()", "≤ 750 MB"),
    ):
        peak, *after_epochs = in_new_process(call)
        yield f"{label}: peak", f"{peak:.0f} MB", target
        yield f"{label}: after each epoch", ", ".join(f"{each:.0f}" for each in after_epochs) + " MB", "flat"


def memory_of_mlp():
    digits = mnist()
    kept, set_aside = nnlib.split_indices(digits.train_labels, 0.1, rng=0)
    (X, Y), validation_data = (
        (nnlib.images_to_columns(digits.train_images[part]), nnlib.one_hot_encode(digits.train_labels[part]))
        for part in (kept, set_aside)
    )
    after_epochs = watch(new_network(SIZES, 1e-3), X, Y, 3, batch_size=128, validation_data=validation_data)
    return [used_memory("VmHWM"), *after_epochs]


def memory_of_convnet():
    network = ConvNet()
    after_epochs = watch(network, mnist().train_images, nnlib.one_hot_encode(mnist().train_labels), 2)
    network.predict(mnist().test_images)
    return [used_memory("VmHWM"), *after_epochs]


def watch(network, X, Y, epochs, **options):
    """Train epoch by epoch; return the memory after each."""
    optimizer, after_epochs = Adam(), []
    for _ in range(epochs):
        network.fit(X, Y, 1, verbose=False, optimizer=optimizer, **options)
        after_epochs.append(used_memory("VmRSS"))
    return after_epochs


def used_memory(kind):
    """VmRSS: now; VmHWM: at most. (ru_maxrss would begin with the memory of the process that started this one.)"""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status[kind].split()[0]) / 2**10


def growth():
    """The power of the size with which our time grows, and the one with which the number of operations grows."""
    for what, sizes, operations, run in (
        ("samples", (3750, 7500, 15_000, 30_000, 60_000), lambda m: m, lambda m: train_part(SIZES, m)),
        ("hidden width", (64, 128, 256, 512, 1024), lambda n: n, lambda n: train_part([784, n, 10], 20 * 128)),
        ("image side, 8 to 8 channels", (16, 32, 64, 128, 256), lambda n: (n - 2) ** 2, convolve_both_ways),
        ("image side, convolve2d", (64, 128, 256, 512, 1024), lambda n: (n - 2) ** 2, convolve_one),
    ):
        work = np.array([operations(size) for size in sizes])
        repeats = dict(zip(sizes, np.rint(work[-1] / work).astype(int)))  # as much work for every size
        seconds = in_turns({size: partial(run, size) for size in sizes}, ROUNDS, repeats)
        grown = np.stack([list(seconds.values()), work], axis=1)
        ours, expected = np.polyfit(np.log(sizes), np.log(grown), 1)[0]
        label = f"exponent of time over {what}, {sizes[0]:,} to {sizes[-1]:,}"
        yield label, f"{ours:.2f} (operations: {expected:.2f}), {ours / expected:.2f} ×", "≤ 1.1 ×"


def train_part(sizes, m):
    X, Y, _ = training_data()
    train(new_network(sizes, 1e-3), X[:, :m], Y[:, :m], batch_size=128)


def convolve_both_ways(side, m=4):
    A, dZ = noise(m, side, side, 8, dtype=np.float32), noise(m, side - 2, side - 2, 8, dtype=np.float32)
    W, b = noise(3, 3, 8, 8, dtype=np.float32), noise(8, dtype=np.float32)
    nnlib.convolution_forward(A, W, b)
    nnlib.convolution_gradients(dZ, A, (3, 3))
    nnlib.convolution_error(dZ, W, (side, side))


def convolve_one(side):
    nnlib.convolve2d(noise(side, side), nnlib.KERNELS["sharpen"])


def import_nnlib():
    """What `import nnlib` adds to NumPy, in fresh processes; the first of them compiles the modules."""
    code = "import time, numpy; start = time.perf_counter(); import nnlib; print(time.perf_counter() - start)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        environment["PYTHONPYCACHEPREFIX"] = folder
        seconds = [float(subprocess.check_output([sys.executable, "-c", code], env=environment)) for _ in range(10)]
    yield "import nnlib, beyond NumPy", f"{1000 * statistics.median(seconds[1:]):.0f} ms", "≤ 30 ms"


def in_turns(contenders, rounds, repeats=None):
    """Return each contender's median seconds a run, or a repeat of it; the first round is a warm-up."""
    seconds = {name: [] for name in contenders}
    for _ in range(1 + rounds):
        for name, run in contenders.items():
            times = (repeats or {}).get(name, 1)
            start = time.perf_counter()
            for _ in range(times):
                run()
            seconds[name].append((time.perf_counter() - start) / times)
    return {name: statistics.median(each[1:]) for name, each in seconds.items()}


def against(other, seconds):
    return f"{seconds[other] / seconds['ours']:.2f} × as fast" if other in seconds else f"{other} is not installed"


def in_new_process(call, **environment):
    """Return what `call`, an expression on functions of this file, is in a fresh process; it travels as JSON."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)} | environment
    code = f"import json; from speed import *; print(json.dumps({call}))"
    return json.loads(subprocess.check_output([sys.executable, "-c", code], env=environment))


@cache
def mnist():
    return nnlib.load_mnist("mnist")


@cache
def training_data():
    """All training images as columns, their targets and their labels."""
    X, y = nnlib.images_to_columns(mnist().train_images), mnist().train_labels
    return X, nnlib.one_hot_encode(y), y


@cache
def noise(*shape, dtype=float):
    return np.random.default_rng(0).random(shape, dtype)


def new_network(layers, learning_rate, **options):
    if isinstance(layers, list):
        return NeuralNetwork(layers, ["relu"] * (len(layers) - 2) + ["softmax"], learning_rate, **options)
    return ConvNet(layers, learning_rate=learning_rate, **options)


def train(network, X, Y, epochs=1, **options):
    network.fit(X, Y, epochs, verbose=False, optimizer=Adam(network.learning_rate), **options)
    return network


def test_accuracy(network):
    images = mnist().test_images
    predicted = network.predict(images if isinstance(network, ConvNet) else nnlib.images_to_columns(images))
    return 100 * np.mean(predicted == mnist().test_labels)


def import_torch():
    """Return PyTorch with as many threads as we use, or None."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(thread_count())
    return torch


def torch_mlp(nn):
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


def torch_cnn(nn):
    features = nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)
    return nn.Sequential(*features, nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10))


def train_torch(torch, model, X, y, batch_size):
    """An epoch as users of PyTorch write it."""
    X, y = torch.from_numpy(X), torch.from_numpy(y.astype(np.int64))
    optimizer, loss = torch.optim.Adam(model.parameters()), torch.nn.CrossEntropyLoss()
    for indices in torch.randperm(len(y)).split(batch_size):
        optimizer.zero_grad()
        loss(model(X[indices]), y[indices]).backward()
        optimizer.step()


def threads():
    return "one thread" if thread_count() == 1 else f"{thread_count()} threads"


def machine():
    """One line on the processor and the software that were measured."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    cpu = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    blas = ", ".join(f"{each['internal_api']} {each['version']}" for each in threadpool_info())
    found = {each.name: each.version for each in distributions()}
    versions = [f"{name} {found.get(name, 'not installed')}" for name in ("numpy", "scikit-learn", "scipy", "torch")]
    python = f"Python {platform.python_version()}"
    return ", ".join([cpu, f"{os.cpu_count()} cores", threads(), python, blas, *versions, str(date.today())])


SECTIONS = {each.__name__: each for each in (mlp, to98, accuracy, cnn, convolve, memory, growth)}
SECTIONS["import"] = import_nnlib


def main(names):
    if unknown := [name for name in names if name not in SECTIONS]:
        sys.exit(f"no section {', '.join(unknown)}; choose from {', '.join(SECTIONS)}.")
    print(machine(), "", "| what | measured | target |", "|---|---|---|", sep="\n", flush=True)
    for name in names or SECTIONS:
        for row in SECTIONS[name]():
            print("|", " | ".join(row), "|", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
