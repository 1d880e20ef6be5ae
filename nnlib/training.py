"""The training loop: forward, loss, backward, update, again (Parts 8 and 9 of the source document)."""

import os
import sys
import warnings

import numpy as np

from nnlib.data import mini_batches
from nnlib.optimizers import Optimizer
from nnlib.stop_button import StopButton


class DivergenceWarning(UserWarning):
    """Training stopped because the loss or a parameter was no longer finite."""


def train(
    network, batch_of, m, *,
    epochs, batch_size, optimizer, schedule, rng, validation_data, patience, verbose, print_every,
):
    """Train `network` in place for a number of epochs and write what happens into `network.history`.

    `batch_of(indices)` returns (X, Y) of some of the m samples; with `batch_size` None each step takes all of them, in
    their order. The network has `parameters` and `history` (dictionaries), and the methods `forward(X, rng)`,
    `compute_loss(Y, Y_pred)`, `accuracy(Y, Y_pred)` (None for regression), `backward(Y)` and `evaluate(X, Y)`.
    Loss and accuracy of an epoch are measured before each update and averaged over its samples; the validation loss and
    accuracy follow its last update. `schedule(progress)` is a factor of the optimizer's learning rate.

    A loss or a parameter that becomes infinite or NaN undoes its epoch and ends training with a `DivergenceWarning`; an
    interrupt (stop button) ends it too. Network, optimizer and `rng` are then as the epoch before left them. With
    `patience`, training ends once that many epochs in a row have not lowered the validation loss, and however it ends,
    all is as the epoch with the lowest left it.
    """
    rng = np.random.default_rng(rng)
    learning_rate = getattr(optimizer, "learning_rate", "unknown")
    epochs_before, samples_seen = len(network.history["loss"]), 0
    epoch_start, unfinished = _copy_of(network, optimizer, rng.bit_generator.state), False
    best, lowest, waited = None, float("inf"), 0
    with (
        _progress_bar(epochs, verbose) as bar,
        StopButton() as stop_button,
        np.errstate(over="ignore", invalid="ignore"),
    ):
        try:
            for epoch in range(epochs):
                random_state = rng.bit_generator.state
                loss = accuracy = 0.0
                for indices in [slice(None)] if batch_size is None else mini_batches(m, batch_size, rng):
                    X, Y = batch_of(indices)
                    Y_pred = network.forward(X, rng)
                    batch_loss = network.compute_loss(Y, Y_pred)
                    _require_finite(batch_loss, "the loss")
                    gradients = network.backward(Y)
                    if not unfinished:
                        epoch_start, unfinished = _copy_of(network, optimizer, random_state), True
                    if schedule is not None:
                        optimizer.learning_rate = learning_rate * schedule(samples_seen / (epochs * m))
                    optimizer.step(network.parameters, gradients)
                    samples_seen += Y.shape[-1]
                    loss += Y.shape[-1] / m * batch_loss
                    accuracy += Y.shape[-1] / m * (network.accuracy(Y, Y_pred) or 0.0)
                    stop_button.raise_if_pressed()
                _require_finite_state(network, optimizer)
                measured = _record(network, loss, accuracy, validation_data)
                waited += 1
                if patience is not None and measured["validation_loss"] < lowest:
                    best = _copy_of(network, optimizer, rng.bit_generator.state)
                    lowest, waited = measured["validation_loss"], 0
                unfinished = False
                bar.update()
                if verbose and (epoch % print_every == 0 or epoch == epochs - 1):
                    bar.clear()
                    print(_progress_line(epoch, epochs, measured))
                if waited == patience:
                    if verbose:
                        print(f"No lower validation loss for {patience} epochs: back to epoch {epoch - patience}.")
                    break
        except _NotFinite as fault:
            unfinished = True  # what blew up may have passed for a finished epoch
            kept = "the parameters are those of the best epoch" if best else "the parameters are as before that epoch"
            warnings.warn(
                f"training stopped in epoch {epoch} (loss {batch_loss:.4g}, learning rate {learning_rate}): {fault}. "
                f"The epoch that led there is undone, and {kept}. Try a learning rate ten times smaller, or inputs "
                "scaled to about −1 … 1.",
                DivergenceWarning,
                stacklevel=_levels_of_nnlib(),
            )
        except KeyboardInterrupt:
            finished = len(network.history["loss"]) - epochs_before
            print(f"Training interrupted; {finished} of {epochs} epochs are finished and kept.")
        finally:
            if unfinished:
                _restore(network, optimizer, rng, epoch_start)
            if best is not None:
                # The history never ends before the epoch whose parameters it comes with.
                history = max(best["history"], network.history, key=lambda history: len(history["loss"]))
                _restore(network, optimizer, rng, best | {"history": history})
            if schedule is not None:
                optimizer.learning_rate = learning_rate
        bar.total = bar.n  # a bar that stopped early would stay, in red


class _NotFinite(ArithmeticError):
    """A loss or a parameter that is infinite or NaN."""


def _levels_of_nnlib():
    """Return how many of the innermost calls are the package's own, so that a warning points at its user's line."""
    frame, levels = sys._getframe(1), 1
    while frame.f_globals.get("__name__", "").startswith("nnlib."):
        frame, levels = frame.f_back, levels + 1
    return levels


def _require_finite(value, what):
    if not np.isfinite(value).all():
        raise _NotFinite(f"{what} became infinite or NaN")


def _require_finite_state(network, optimizer):
    """Raise _NotFinite unless all parameters are finite, and all that the optimizer remembers for them."""
    for name, value in network.parameters.items():
        _require_finite(value, name)
    if isinstance(optimizer, Optimizer):
        for kind, arrays in optimizer.memory.items():
            for name, value in arrays.items():
                _require_finite(value, f"the optimizer's {kind} of {name}")


def _copy_of(network, optimizer, random_state):
    """Copies of all that training changes. An optimizer may be any object with `step`, so its state is a courtesy."""
    return {
        "parameters": {name: value.copy() for name, value in network.parameters.items()},
        "history": network.history,
        "optimizer": optimizer.state() if hasattr(optimizer, "state") else None,
        "random_state": random_state,
    }


def _restore(network, optimizer, rng, copy):
    network.parameters, network.history = copy["parameters"], copy["history"]
    rng.bit_generator.state = copy["random_state"]
    if copy["optimizer"] is not None:
        optimizer.restore(copy["optimizer"])


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
