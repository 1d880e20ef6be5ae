"""The training loop: forward, loss, backward, update, again (Parts 8 and 9 of the source document)."""

import os
import warnings

import numpy as np

from nnlib.data import mini_batches


class DivergenceWarning(UserWarning):
    """Training stopped because the loss or a parameter was no longer finite."""


def train(network, batch_of, m, *, epochs, batch_size, optimizer, rng, validation_data, verbose, print_every):
    """Train `network` in place for a number of epochs and write what happens into `network.history`.

    `batch_of(indices)` returns (X, Y) of some of the m samples; with `batch_size` None each step takes all of them, in
    their order. The network has `parameters` and `history` (dictionaries), and the methods `forward(X)`,
    `compute_loss(Y, Y_pred)`, `accuracy(Y, Y_pred)` (None for regression), `backward(Y)` and `evaluate(X, Y)`.
    Loss and accuracy of an epoch are measured before each update and averaged over its samples; the validation loss and
    accuracy follow its last update.

    A step that makes a parameter or a loss infinite or NaN is undone and ends training with a `DivergenceWarning`; an
    interrupt (stop button) ends it too. The epochs finished before stay in the parameters and in the history.
    """
    rng = np.random.default_rng(rng)
    epochs_before = len(network.history["loss"])
    before_step, stepping = _snapshot(network), False
    with _progress_bar(epochs, verbose) as bar, np.errstate(over="ignore", invalid="ignore"):
        try:
            for epoch in range(epochs):
                loss = accuracy = 0.0
                for indices in [slice(None)] if batch_size is None else mini_batches(m, batch_size, rng):
                    X, Y = batch_of(indices)
                    Y_pred = network.forward(X)
                    batch_loss = network.compute_loss(Y, Y_pred)
                    _require_finite(batch_loss, "the loss")
                    gradients = network.backward(Y)
                    before_step, stepping = _snapshot(network), True
                    optimizer.step(network.parameters, gradients)
                    stepping = False
                    for name, value in network.parameters.items():
                        _require_finite(value, name)
                    share = Y.shape[-1] / m
                    loss += share * batch_loss
                    accuracy += share * (network.accuracy(Y, Y_pred) or 0.0)
                measured = _record(network, loss, accuracy, validation_data)
                bar.update()
                if verbose and (epoch % print_every == 0 or epoch == epochs - 1):
                    bar.clear()
                    print(_progress_line(epoch, epochs, measured))
        except _NotFinite as fault:
            _restore(network, before_step)
            warnings.warn(
                f"training stopped in epoch {epoch} (loss {batch_loss:.4g}, learning rate "
                f"{getattr(optimizer, 'learning_rate', 'unknown')}): {fault}. Parameters and history are as they were "
                "before that step. Try a learning rate ten times smaller, or inputs scaled to about −1 … 1.",
                DivergenceWarning,
                stacklevel=3,
            )
        except KeyboardInterrupt:
            if stepping:
                _restore(network, before_step)
            finished = len(network.history["loss"]) - epochs_before
            print(f"Training interrupted; {finished} of {epochs} epochs are finished and kept.")
        bar.total = bar.n  # a bar that stopped early would stay, in red


class _NotFinite(ArithmeticError):
    """A loss or a parameter that is infinite or NaN."""


def _require_finite(value, what):
    if not np.isfinite(value).all():
        raise _NotFinite(f"{what} became infinite or NaN")


def _snapshot(network):
    return {name: value.copy() for name, value in network.parameters.items()}, network.history


def _restore(network, snapshot):
    network.parameters, network.history = snapshot


def _record(network, loss, accuracy, validation_data):
    """Append the figures of an epoch to the history, and return them by name."""
    measured = {"loss": loss, "accuracy": min(accuracy, 1.0)}  # shares of the samples may sum to a hair above 1
    if validation_data is not None:
        measured["validation_loss"], measured["validation_accuracy"] = network.evaluate(*validation_data)
        _require_finite(measured["validation_loss"], "the validation loss")
    if "accuracy" not in network.history:
        measured = {name: value for name, value in measured.items() if name.endswith("loss")}
    # In one assignment, so that no interrupt leaves half an epoch behind.
    grown = {name: [*network.history.get(name, []), value] for name, value in measured.items()}
    network.history = network.history | grown
    return measured


def _progress_bar(epochs, verbose):
    from tqdm.auto import tqdm

    # tqdm itself reads TQDM_DISABLE in a terminal only, not in a notebook.
    disable = not verbose or bool(os.environ.get("TQDM_DISABLE"))
    return tqdm(total=epochs, unit="epoch", leave=False, delay=2, disable=disable)


def _progress_line(epoch, epochs, measured):
    figures = ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in measured.items())
    return f"Epoch {epoch:5d}/{epochs}: {figures}"
