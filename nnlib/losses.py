"""Loss functions, and the error each sends back into the output layer (Parts 5 and 6 of the source document).

Targets and predictions are (n, m), one column per sample. A loss is summed over the n outputs and averaged over the m
samples.
"""

import numpy as np

from nnlib.activations import get_activation
from nnlib.validation import as_float, check_choice, check_epsilon, check_finite, without_overflow_warnings


@without_overflow_warnings
def binary_crossentropy(y_true, y_pred, epsilon=1e-15):
    """J = −(1/m) Σ [y log ŷ + (1 − y) log(1 − ŷ)], for sigmoid outputs. Returns a float, in nats.

    `epsilon` keeps the logarithm finite where a prediction is exactly 0 or 1.
    """
    y_true, y_pred = _check_pair(y_true, y_pred)
    epsilon = check_epsilon(epsilon)
    # ŷ and 1 − ŷ are each kept above epsilon: in float32, 1 − 1e-15 is 1 and would let log(0) through.
    log_p = np.log(np.maximum(y_pred, epsilon))
    log_q = np.log(np.maximum(1 - y_pred, epsilon))
    return _mean_over_samples(-(y_true * log_p + (1 - y_true) * log_q))


@without_overflow_warnings
def categorical_crossentropy(y_true, y_pred, epsilon=1e-15):
    """J = −(1/m) Σ y log ŷ, for softmax outputs and one-hot targets. Returns a float, in nats.

    `epsilon` keeps the logarithm finite where a prediction is exactly 0.
    """
    y_true, y_pred = _check_pair(y_true, y_pred)
    epsilon = check_epsilon(epsilon)
    return _mean_over_samples(-y_true * np.log(np.maximum(y_pred, epsilon)))


@without_overflow_warnings
def mse(y_true, y_pred):
    """J = (1/m) Σ (ŷ − y)², for regression. Returns a float, in squared units of y."""
    y_true, y_pred = _check_pair(y_true, y_pred)
    return _mean_over_samples((y_pred - y_true) ** 2)


LOSSES = {
    "binary_crossentropy": binary_crossentropy,
    "categorical_crossentropy": categorical_crossentropy,
    "mse": mse,
}


def get_loss(name):
    """Return the loss function of that name. Raises ValueError, with the nearest valid name, if there is none."""
    return LOSSES[check_choice(name, LOSSES, "loss")]


def default_loss(output_activation):
    """Return the loss that follows from the output: sigmoid → binary, softmax → categorical cross-entropy, else mse."""
    get_activation(output_activation)
    return {"sigmoid": "binary_crossentropy", "softmax": "categorical_crossentropy"}.get(output_activation, "mse")


def check_loss(loss, output_activation):
    """Return the name of the loss to use with this output; None asks for the one that follows from it.

    Raises ValueError for a pair that makes no sense: a cross-entropy needs the outputs of its own activation.
    """
    fitting = default_loss(output_activation)
    if loss is None:
        return fitting
    check_choice(loss, LOSSES, "loss")
    if loss == fitting or (loss == "mse" and output_activation != "softmax"):
        return str(loss)
    if output_activation == "softmax":
        raise ValueError(f"softmax outputs do not go with {loss}. Use loss='categorical_crossentropy'.")
    needed = {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax"}[loss]
    raise ValueError(
        f"{loss} needs {needed} outputs, but the output activation is {output_activation!r}. "
        f"Use {needed!r} at the output, or loss={fitting!r}."
    )


@without_overflow_warnings
def output_error(Y, A, Z, activation, loss):
    """Return dZ^[L] (n, m), the derivative of each sample's loss with respect to the output layer's Z.

    With sigmoid and binary cross-entropy, and with softmax and categorical cross-entropy, the activation's derivative
    cancels: A − Y. With mse it does not: 2 (A − Y) · g′(Z). One target may stand for all.
    """
    loss = check_loss(loss, activation)
    Y, A, Z = _check_output(Y, A, Z)
    if loss == "mse":
        return 2 * (A - Y) * get_activation(activation).derivative(Z)
    return A - Y


def _check_output(Y, A, Z):
    Y, A, Z = as_float(Y, "Y"), as_float(A, "A"), as_float(Z, "Z")
    if A.shape != Z.shape or Y.shape not in ((), A.shape) or A.size == 0:  # one target may stand for all
        raise ValueError(f"Y has shape {Y.shape}, A {A.shape} and Z {Z.shape}; expected the same (n, m) of all.")
    return Y, A, Z


def _check_pair(y_true, y_pred):
    y_true, y_pred = as_float(y_true, "y_true"), as_float(y_pred, "y_pred")
    if y_true.shape != y_pred.shape or y_true.ndim != 2 or y_true.size == 0:
        hint = ""
        if y_true.ndim == y_pred.ndim == 1:
            hint = " Did you mean y.reshape(1, -1)?"
        elif y_true.ndim == 1 and y_pred.ndim == 2 and y_pred.shape[0] > 1:
            hint = f" For integer labels use one_hot_encode(y, {y_pred.shape[0]})."
        elif y_true.shape == y_pred.shape[::-1]:
            hint = " Did you mean y_true.T?"
        raise ValueError(
            f"y_true has shape {y_true.shape} and y_pred {y_pred.shape}; "
            f"expected the same (n, m), one column per sample.{hint}"
        )
    check_finite(y_true, "y_true")
    return y_true.astype(y_pred.dtype, copy=False), y_pred


def _mean_over_samples(losses):
    return float(np.sum(losses, dtype=np.float64) / losses.shape[1])
