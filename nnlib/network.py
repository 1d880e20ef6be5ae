"""`NeuralNetwork`: parameters and a history over the functions of this package (Part 8 of the source document)."""

import io
import json

import numpy as np

from nnlib.activations import check_activations
from nnlib.files import read_arrays, write_whole
from nnlib.initialization import count_parameters, initialize_parameters
from nnlib.losses import check_loss, get_loss
from nnlib.optimizers import GradientDescent, update_parameters
from nnlib.propagation import backward_propagation, forward_propagation
from nnlib.regularization import add_l2_gradients, dropout_masks
from nnlib.schedules import get_schedule
from nnlib.training import train
from nnlib.validation import (
    as_float,
    as_generator,
    check_columns,
    check_finite,
    check_fraction,
    check_l2,
    check_layer_sizes,
    check_learning_rate,
    check_number,
    check_path,
    check_positive_integer,
    check_targets,
)

COLUMNS_AT_ONCE = 8192  # what prediction holds in memory at a time


class NeuralNetwork:
    """A fully connected network.

    `layer_sizes` lists the neurons per layer, input first; `activations` names one function per layer, input excluded.
    The loss follows from the output (sigmoid → binary cross-entropy, softmax → categorical cross-entropy, anything else
    → mse) unless `loss` names it. `l2` is the price λ of large weights, `dropout` the probability p with which a hidden
    activation is switched off in a training step. `rng` is an int seed or a NumPy Generator; without one each network
    starts differently.

    `parameters` holds W1, b1, …; `history` holds the loss, and for classification the accuracy, of every epoch;
    `cache` holds what the last `forward` computed. Raises ValueError for sizes, names or a loss that do not fit.
    """

    def __init__(
        self,
        layer_sizes,
        activations,
        learning_rate=0.01,
        init_method="he",
        *,
        loss=None,
        l2=0.0,
        dropout=0.0,
        rng=None,
    ):
        self.layer_sizes = check_layer_sizes(layer_sizes)
        self.activations = check_activations(activations, len(self.layer_sizes) - 1)
        if self.activations[-1] == "softmax" and self.layer_sizes[-1] == 1:
            raise ValueError("softmax over a single output is always 1. Use 'sigmoid' there, or two outputs.")
        self.loss = check_loss(loss, self.activations[-1])
        self.learning_rate = check_learning_rate(learning_rate)
        self.l2 = check_l2(l2)
        self.dropout = check_fraction(dropout, "dropout")
        self.parameters = initialize_parameters(self.layer_sizes, init_method, rng=rng)
        self.history = {"loss": []} if self.loss == "mse" else {"loss": [], "accuracy": []}
        self.cache = {}

    @property
    def n_outputs(self):
        return self.layer_sizes[-1]

    def forward(self, X, rng=None):
        """Return A^[L] (n_L, m) for `X` (n0, m), and keep every Z and A in `cache` for `backward`.

        Training hands over a Generator `rng`: then dropout, if the network has any, switches off activations.
        """
        masks = None
        if self.dropout and rng is not None:
            X = self._check_inputs(X)
            masks = dropout_masks(self.layer_sizes, X.shape[1], self.dropout, rng=rng, dtype=X.dtype)
        A, self.cache = forward_propagation(X, self.parameters, self.activations, masks=masks)
        return A

    def backward(self, Y):
        """Return the gradients dW1, db1, … for targets `Y` (n_L, m), after `forward` on the same samples.

        With `l2` they are those of the loss plus `l2_penalty`.
        """
        if not self.cache:
            raise ValueError("backward has no forward pass to go back through. Call forward(X) first.")
        gradients = backward_propagation(Y, self.cache, self.parameters, self.activations, loss=self.loss)
        if self.l2:
            add_l2_gradients(gradients, self.parameters, self.l2)
        return gradients

    def update_parameters(self, gradients):
        """Take one step of gradient descent with the network's learning rate."""
        self.parameters = update_parameters(self.parameters, gradients, self.learning_rate)

    def compute_loss(self, Y, Y_pred):
        """Return the loss of predictions `Y_pred` against targets `Y`, both (n_L, m), as a float."""
        return get_loss(self.loss)(Y, Y_pred)

    def accuracy(self, Y, Y_pred):
        """Return the share of right answers: of samples for softmax, of outputs for sigmoid. None for regression.

        It is NaN where predictions are not finite. Raises ValueError for targets that are not, and for other shapes.
        """
        if self.loss == "mse":
            return None
        Y, Y_pred = as_float(Y, "Y"), as_float(Y_pred, "Y_pred")
        if Y.shape != Y_pred.shape or Y.ndim != 2 or Y.size == 0:
            raise ValueError(f"Y has shape {Y.shape} and Y_pred {Y_pred.shape}; expected the same (n_L, m), one-hot.")
        check_finite(Y, "Y")
        if not np.isfinite(Y_pred).all():
            return float("nan")
        return float(np.mean(self._decide(Y_pred) == self._decide(Y)))

    def evaluate(self, X, Y):
        """Return (loss, accuracy) of the network on `X` (n0, m) and targets `Y` (n_L, m)."""
        Y_pred = self.predict_proba(X)
        Y = check_targets(Y, self.n_outputs, Y_pred.shape[1], self.loss)
        return self.compute_loss(Y, Y_pred), self.accuracy(Y, Y_pred)

    def fit(
        self,
        X,
        Y,
        epochs=1000,
        verbose=True,
        print_every=100,
        *,
        batch_size=None,
        validation_data=None,
        optimizer=None,
        schedule=None,
        augment=None,
        patience=None,
        rng=None,
    ):
        """Train on `X` (n0, m) and targets `Y` (n_L, m).

        Without `batch_size` every epoch is one step on all samples, as in the source document; with it, an epoch walks
        through shuffled mini-batches. `validation_data` is (X, Y) to measure after every epoch. `optimizer` has a
        method `step(parameters, gradients)`; without one it is gradient descent with the network's learning rate.
        `schedule`, a name from `SCHEDULES` or a function, changes its learning rate from step to step.
        `augment(X, rng)` returns what a mini-batch's inputs are replaced by. With `patience`, training stops early once
        so many epochs in a row have not lowered the validation loss, and takes the parameters of the best epoch.
        `rng`, an int seed or a Generator, decides the shuffling, dropout and augmentation. The parameters take on the
        precision of `X`.

        Training that diverges stops with a `DivergenceWarning`, and an interrupt keeps the finished epochs.
        Raises ValueError, before anything changes, for data that do not fit the network.
        """
        X, Y = self._check_samples(X, Y)
        epochs = check_positive_integer(epochs, "epochs")
        print_every = check_positive_integer(print_every, "print_every")
        if batch_size is not None:
            batch_size = check_positive_integer(batch_size, "batch_size")
        if validation_data is not None:
            if not isinstance(validation_data, (tuple, list)) or len(validation_data) != 2:
                raise ValueError("validation_data is not a pair; expected (X, Y), inputs and targets.")
            validation_data = self._check_samples(*validation_data, names=("validation X", "validation Y"))
        if optimizer is None:
            optimizer = GradientDescent(self.learning_rate)
        elif isinstance(optimizer, type) or not hasattr(optimizer, "step"):
            raise ValueError(f"optimizer is {optimizer!r}; expected an object with step(parameters, gradients).")
        if schedule is not None:
            schedule = get_schedule(schedule)
            check_number(schedule(0.0), "schedule(0)", expected="a finite factor of the learning rate")
            if not hasattr(optimizer, "learning_rate"):
                raise ValueError(f"schedule needs an optimizer with a learning_rate; {optimizer!r} has none.")
        if augment is not None and not callable(augment):
            raise ValueError(f"augment is {augment!r}; expected a function of (X, rng) that returns other inputs.")
        if patience is not None:
            patience = check_positive_integer(patience, "patience")
            if validation_data is None:
                raise ValueError("patience waits for the validation loss; give validation_data=(X, Y) as well.")
        rng = as_generator(rng)  # here, so that a seed that is none is refused before anything changes
        self.parameters = {name: value.astype(Y.dtype, copy=False) for name, value in self.parameters.items()}

        def batch_of(indices):
            inputs = self._take(X, indices)
            if augment is not None:
                shape, inputs = inputs.shape, augment(inputs.copy("K"), rng)  # it may write into it
                if np.shape(inputs) != shape:
                    raise ValueError(f"augment returned shape {np.shape(inputs)}; expected {shape}, as it was given.")
            return inputs, Y[:, indices]

        train(
            self,
            batch_of,
            Y.shape[1],
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            schedule=schedule,
            patience=patience,
            rng=rng,
            validation_data=validation_data,
            verbose=verbose,
            print_every=print_every,
        )

    def predict(self, X):
        """Return the network's decisions for `X` (n0, m).

        Softmax: the class of each sample, (m,). Sigmoid: 1 where the output is at least 0.5, else 0, (m,) for one
        output and (n_L, m) for several. Regression: the outputs themselves, (n_L, m).
        """
        Y_pred = self.predict_proba(X)
        if self.loss == "mse":
            return Y_pred
        decisions = self._decide(Y_pred)
        return decisions[0] if decisions.ndim == 2 and len(decisions) == 1 else decisions

    def predict_proba(self, X):
        """Return the outputs A^[L] (n_L, m) for `X` (n0, m), a block of columns at a time."""
        X = check_columns(X, self.layer_sizes[0])
        blocks = [X[:, start : start + COLUMNS_AT_ONCE] for start in range(0, X.shape[1], COLUMNS_AT_ONCE)]
        return np.hstack([forward_propagation(block, self.parameters, self.activations)[0] for block in blocks])

    def save(self, path, *, optimizer=None, rng=None):
        """Write the network to `path`, a `.npz` file without pickles: whole, or not at all.

        It holds all that is needed to predict and to train on. With the `optimizer` and the Generator `rng` that `fit`
        was given it holds their states, too: then training goes on after `load` as if it had never paused, bit for bit
        with as many threads.
        """
        arrays = {f"parameters/{name}": value for name, value in self.parameters.items()}
        arrays |= {f"history/{name}": np.array(values) for name, values in self.history.items()}
        if optimizer is not None:
            arrays |= {f"optimizer/{name}": np.asarray(value) for name, value in optimizer.state().items()}
        if rng is not None:
            _check_generator(rng)
            arrays["rng"] = np.array(json.dumps(rng.bit_generator.state, default=np.ndarray.tolist))
        settings = self._settings() | {"learning_rate": self.learning_rate}
        arrays["settings"] = np.array(json.dumps(settings, default=float))
        path = check_path(path, "path")
        if not path.parent.is_dir():
            raise FileNotFoundError(f"{path.parent} is no folder; expected one to save {path.name} in. Make it first.")
        content = io.BytesIO()
        np.savez(content, **arrays)
        write_whole(path, content.getbuffer())

    @classmethod
    def load(cls, path, *, optimizer=None, rng=None):
        """Return the network that `save` wrote to `path`; `optimizer` and `rng` take over the states stored with it.

        `rng` is a Generator. What spans one fit begins anew in the next: a patience waits from 0, and the second half
        of a schedule is a function of its own, such as `lambda progress: cosine(0.5 + progress / 2)`.
        Raises FileNotFoundError if there is no such file, ValueError if it is not a whole saved network.
        """
        if rng is not None:
            _check_generator(rng)
        path = check_path(path, "path")
        try:
            arrays = read_arrays(path)
            network = cls._from_arrays(arrays)
            state = _optimizer_state(arrays, network.parameters)
        except (FileNotFoundError, PermissionError):
            raise
        except Exception as fault:  # a damaged file can make NumPy, zipfile and json raise almost anything
            what = f"{path} is not a network saved by {cls.__name__}.save ({_in_short(fault)})"
            raise ValueError(f"{what}. Check the path, or save it again.") from fault
        if optimizer is not None:
            if not state:
                raise ValueError(f"{path} holds no optimizer state. Save it with save(path, optimizer=optimizer).")
            optimizer.restore(state)
        if rng is not None:
            _restore_generator(rng, arrays, path)
        return network

    def __repr__(self):
        return f"NeuralNetwork({self.layer_sizes}, {self.activations}, loss={self.loss!r})"

    def _check_samples(self, X, Y, names=("X", "Y")):
        X = self._check_inputs(X, names[0])
        Y = check_targets(Y, self.n_outputs, self._count(X), self.loss, names[1])
        return X, Y.astype(X.dtype if X.dtype.kind == "f" else np.float32, copy=False)

    def _check_inputs(self, X, name="X"):
        return check_columns(X, self.layer_sizes[0], name)

    def _count(self, X):
        return X.shape[1]

    def _take(self, X, indices):
        return X[:, indices]

    def _settings(self):
        names = ("layer_sizes", "activations", "loss", "l2", "dropout")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def _from_arrays(cls, arrays):
        settings, parameters = _from_json(arrays["settings"]), _group(arrays, "parameters/")
        # Before anything is made that large: a damaged file can ask for any size.
        asked, held = cls._count_parameters(settings), sum(value.size for value in parameters.values())
        if asked != held:
            raise ValueError(f"its settings ask for {asked:,} parameters, it holds {held:,}")
        network = cls._from_settings(settings)
        for name, start in network.parameters.items():
            network.parameters[name] = _floats(parameters, name, start.shape)
        for name, values in (history := _group(arrays, "history/")).items():
            network.history[name] = _floats(history, name, (values.size,)).tolist()
        return network

    @staticmethod
    def _count_parameters(settings):
        return count_parameters(settings["layer_sizes"])

    @classmethod
    def _from_settings(cls, settings):
        return cls(**settings)

    def _decide(self, outputs):
        return np.argmax(outputs, axis=0) if self.activations[-1] == "softmax" else (outputs >= 0.5).astype(int)


def _check_generator(rng):
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"rng is {rng!r}; expected the Generator that fit was given, such as np.random.default_rng(0): "
            "a seed does not know how far training has come."
        )


def _restore_generator(rng, arrays, path):
    """Set a Generator to the state that a saved network's arrays hold."""
    if "rng" not in arrays:
        raise ValueError(f"{path} holds no rng state. Save it with save(path, rng=rng).")
    kind = type(rng.bit_generator).__name__
    try:
        rng.bit_generator.state = _from_json(arrays["rng"])
    except Exception as fault:  # each kind raises what comes
        raise ValueError(
            f"{path} holds no state of a {kind} ({_in_short(fault)}). Give a Generator of the kind that was saved."
        ) from fault


def _from_json(text):
    # As bytes: NumPy's own text may hold characters that no Python string can, and whoever reads them crashes.
    return json.loads(text.tobytes().decode("utf-32"))


def _in_short(fault):
    """The message of an exception, as part of a sentence; it may quote anything, half a character even."""
    text = " ".join(str(fault).split()) or type(fault).__name__
    return text[:200].rstrip(".").encode(errors="backslashreplace").decode()


def _group(arrays, prefix):
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}


def _optimizer_state(arrays, parameters):
    """Return an optimizer's state from a file: finite numbers, and what it remembers, shaped like the parameters."""
    stored = _group(arrays, "optimizer/")
    numbers = {name: value.item() for name, value in stored.items() if "/" not in name}
    for name in numbers:
        check_number(as_float(stored[name], name).item(), name, np.isfinite, "a finite number")
    kinds = {name.partition("/")[0] for name in stored if "/" in name}
    shapes = {f"{kind}/{name}": value.shape for kind in kinds for name, value in parameters.items()}
    return numbers | {name: _floats(stored, name, shape) for name, shape in shapes.items()}


def _floats(arrays, name, shape):
    """Return the array of this name; raise a ValueError unless it is there, finite floats of this shape."""
    stored = arrays.get(name)
    if stored is None or stored.shape != shape or stored.dtype not in (np.float32, np.float64):
        found = "missing" if stored is None else f"{stored.dtype} {stored.shape}"
        raise ValueError(f"{name} is {found}, expected floats {shape}")
    check_finite(stored, name)
    return stored
