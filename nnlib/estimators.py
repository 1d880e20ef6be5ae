"""The network as scikit-learn estimators, for its pipelines, its cross-validation and its searches.

scikit-learn keeps a sample in a row, nnlib in a column: data are transposed here and nowhere else.
"""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MultiOutputMixin, RegressorMixin, is_regressor
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from nnlib.network import NeuralNetwork
from nnlib.optimizers import OPTIMIZERS
from nnlib.validation import FLOATS, check_choice


class _NeuralNetworkEstimator(BaseEstimator):
    def __init__(
        self,
        hidden_layer_sizes=(100,),
        activation="relu",
        *,
        optimizer="Adam",
        learning_rate=0.001,
        init_method="glorot",
        l2=0.0,
        dropout=0.0,
        batch_size=200,
        epochs=200,
        schedule=None,
        patience=None,
        validation_fraction=0.1,
        warm_start=False,
        verbose=False,
        random_state=None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.init_method = init_method
        self.l2 = l2
        self.dropout = dropout
        self.batch_size = batch_size
        self.epochs = epochs
        self.schedule = schedule
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state

    @property
    def loss_curve_(self):
        """The loss of every epoch so far."""
        return self.network_.history["loss"]

    def fit(self, X, y):
        """Train on the rows of `X` (m, n) and their targets `y` for `epochs`; with `warm_start`, from the last weights.

        Returns self. Raises ValueError for data that do not fit, and for settings that make no network.
        """
        X, Y = self._start(X, y, anew=not (self.warm_start and hasattr(self, "network_")))
        self._optimizer = self._new_optimizer()
        validation_data = None
        if self.patience is not None:
            X, X_val, Y, Y_val = train_test_split(
                X,
                Y,
                test_size=self.validation_fraction,
                stratify=self._strata(Y),
                random_state=int(self._rng.integers(2**31)),
            )
            validation_data = X_val.T, Y_val.T
        return self._train(
            X, Y, self.epochs, validation_data=validation_data, patience=self.patience, schedule=self.schedule
        )

    def _partial_fit(self, X, y, **labels):
        if self.patience is not None or self.schedule is not None:
            raise ValueError("patience and schedule span a whole training; expected None for both in partial_fit.")
        return self._train(*self._start(X, y, anew=not hasattr(self, "network_"), **labels), epochs=1)

    def _start(self, X, y, anew, **labels):
        """Return rows X (m, n) and targets Y (m, n_L) as numbers; `anew` builds an untrained network for them."""
        X, y = validate_data(self, X, y, dtype=FLOATS, multi_output=True, y_numeric=is_regressor(self), reset=anew)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        Y = self._targets(y, anew, **labels)
        if anew:
            rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31))
            hidden = np.atleast_1d(self.hidden_layer_sizes).tolist()
            self.network_ = NeuralNetwork(
                [X.shape[1], *hidden, Y.shape[1]],
                [self.activation] * len(hidden) + [self._output_activation()],
                self.learning_rate,
                self.init_method,
                l2=self.l2,
                dropout=self.dropout,
                rng=rng,
            )
            self._rng, self._optimizer = rng, self._new_optimizer()
        return X, Y

    def _new_optimizer(self):
        return OPTIMIZERS[check_choice(self.optimizer, OPTIMIZERS, "optimizer")](self.learning_rate)

    def _train(self, X, Y, epochs, **options):
        options |= dict(batch_size=self.batch_size, optimizer=self._optimizer, rng=self._rng)
        self.network_.fit(X.T, Y.T, epochs, self.verbose, **options)
        return self

    def _outputs(self, X):
        check_is_fitted(self)
        return self.network_.predict_proba(validate_data(self, X, dtype=FLOATS, reset=False).T).T


class NeuralNetworkClassifier(ClassifierMixin, _NeuralNetworkEstimator):
    """A `NeuralNetwork` that classifies, as a scikit-learn estimator.

    The output layer follows from the labels: one sigmoid for two classes, softmax for more, a sigmoid for each label
    where a sample may have several at once (`y` as an indicator matrix). `hidden_layer_sizes` and one `activation` make
    the hidden layers; `optimizer` is a name from `OPTIMIZERS`. With `patience`, a `validation_fraction` of the rows is
    held out and decides when to stop. `warm_start` lets `fit` go on from the last weights, with a new optimizer. All
    else means what it means for `NeuralNetwork`; the defaults are those of scikit-learn's `MLPClassifier`, as far as it
    has them. After `fit`, `network_` is the network, with its history, and `classes_` holds the labels.
    """

    def partial_fit(self, X, y, classes=None):
        """Train for one epoch on some rows; weights, optimizer and random numbers go on from the call before.

        The first call needs `classes`, all labels that any call will bring. Returns self. Raises ValueError for labels
        of other classes, and with `patience` or `schedule`.
        """
        if hasattr(self, "classes_"):
            if classes is not None and not np.array_equal(np.unique(classes), self.classes_):
                raise ValueError(f"classes is {classes}; expected those of the first call, {self.classes_}, or None.")
        elif classes is None:
            raise ValueError("classes is None; expected all labels that any call will bring, in the first partial_fit.")
        return self._partial_fit(X, y, classes=classes)

    def predict(self, X):
        """Return the label of each row of `X` (m, n): (m,), or an indicator matrix (m, n_L) for several at once."""
        outputs = self._outputs(X)
        return self._binarizer.inverse_transform(outputs)

    def predict_proba(self, X):
        """Return the probability of each class for each row of `X` (m, n): (m, n_classes), as ordered in `classes_`."""
        outputs = self._outputs(X)
        return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs

    def _targets(self, y, anew, classes=None):
        check_classification_targets(y)
        if anew:
            self._binarizer = LabelBinarizer().fit(y if classes is None or y.ndim == 2 else classes)
            self.classes_ = self._binarizer.classes_
            if len(self.classes_) < 2:
                raise ValueError(f"y has one class, {self.classes_}; expected two or more to tell apart.")
        unknown = np.setdiff1d(unique_labels(y), self.classes_)
        if unknown.size:
            raise ValueError(f"y has the classes {unknown}; expected none but {self.classes_}, as before.")
        return self._binarizer.transform(y)

    def _output_activation(self):
        return "softmax" if self._binarizer.y_type_ == "multiclass" else "sigmoid"

    def _strata(self, Y):
        return Y if self._output_activation() == "softmax" or Y.shape[1] == 1 else None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class NeuralNetworkRegressor(MultiOutputMixin, RegressorMixin, _NeuralNetworkEstimator):
    """A `NeuralNetwork` that predicts one number or several, as a scikit-learn estimator.

    Its output is linear and its loss mse; settings and `network_` are those of `NeuralNetworkClassifier`. Targets far
    from −1 … 1 are better scaled, with scikit-learn's `TransformedTargetRegressor`.
    """

    def partial_fit(self, X, y):
        """Train for one epoch on some rows; weights, optimizer and random numbers go on from the call before.

        Returns self. Raises ValueError for data of another width, and with `patience` or `schedule`.
        """
        return self._partial_fit(X, y)

    def predict(self, X):
        """Return the prediction for each row of `X` (m, n): (m,), or (m, n_L) if `y` had several columns."""
        outputs = self._outputs(X)
        return outputs[:, 0] if outputs.shape[1] == 1 else outputs

    def _targets(self, y, anew):
        return y.reshape(len(y), -1)

    def _output_activation(self):
        return "linear"

    def _strata(self, Y):
        return None
