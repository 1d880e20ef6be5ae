"""scikit-learn's own checks, and its MLP beside the estimators."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
    make_friedman1,
    make_multilabel_classification,
    make_regression,
)
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from nnlib import DivergenceWarning, NeuralNetwork, one_hot_encode
from nnlib.estimators import NeuralNetworkClassifier, NeuralNetworkRegressor

EPOCHS = 60
FOLDS = StratifiedKFold(5, shuffle=True, random_state=0)


@parametrize_with_checks([NeuralNetworkClassifier(), NeuralNetworkRegressor()])
def test_scikit_learns_check(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer, load_digits])
def test_accuracy_is_that_of_scikit_learns_mlp(load):
    X, y = load(return_X_y=True)
    accuracy = [
        cross_val_score(make_pipeline(StandardScaler(), model), X, y, cv=FOLDS)
        for model in (
            NeuralNetworkClassifier((32,), learning_rate=0.01, epochs=EPOCHS, random_state=0),
            MLPClassifier((32,), learning_rate_init=0.01, max_iter=EPOCHS, alpha=0, tol=0, random_state=0),
        )
    ]
    ours, theirs = np.mean(accuracy, axis=1)
    assert ours == pytest.approx(theirs, abs=0.02)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "data",
    [load_diabetes(return_X_y=True), make_friedman1(400, noise=1.0, random_state=0)],
    ids=["diabetes", "friedman1"],
)
def test_r2_is_that_of_scikit_learns_mlp(data):
    r2 = [
        cross_val_score(
            TransformedTargetRegressor(make_pipeline(StandardScaler(), model), transformer=StandardScaler()),
            *data,
            cv=KFold(5, shuffle=True, random_state=0),
        )
        for model in (
            NeuralNetworkRegressor((16,), "tanh", batch_size=32, epochs=EPOCHS, random_state=0),
            MLPRegressor(
                hidden_layer_sizes=(16,),
                activation="tanh",
                batch_size=32,
                max_iter=EPOCHS,
                alpha=0,
                tol=0,
                random_state=0,
            ),
        )
    ]
    ours, theirs = np.mean(r2, axis=1)
    assert ours == pytest.approx(theirs, abs=0.05)


@pytest.fixture(scope="module")
def wine():
    X, y = load_wine(return_X_y=True)
    return StandardScaler().fit_transform(X), y


def weights_of(estimator):
    return np.concatenate([value.ravel() for value in estimator.network_.parameters.values()])


def test_it_is_the_network_on_columns(wine):
    X, y = wine
    settings = dict(optimizer="gradient descent", batch_size=len(X), random_state=3)
    start = NeuralNetworkClassifier((8, 4), "tanh", learning_rate=1e-300, epochs=1, **settings).fit(X, y)
    estimator = NeuralNetworkClassifier((8, 4), "tanh", learning_rate=0.1, epochs=30, **settings).fit(X, y)
    network = NeuralNetwork([13, 8, 4, 3], ["tanh", "tanh", "softmax"], 0.1)
    network.parameters = start.network_.parameters
    network.fit(X.T, one_hot_encode(y, 3), 30, verbose=False)
    np.testing.assert_allclose(estimator.predict_proba(X), network.predict_proba(X.T).T, rtol=1e-9)
    assert np.array_equal(estimator.predict(X), network.predict(X.T))
    np.testing.assert_allclose(estimator.loss_curve_, network.history["loss"], rtol=1e-9)


def test_a_grid_search_over_a_pipeline_finds_the_setting_that_learns(wine):
    model = make_pipeline(StandardScaler(), NeuralNetworkClassifier((8,), epochs=20, batch_size=16, random_state=0))
    grid = {
        "neuralnetworkclassifier__learning_rate": [1e-6, 1e-2],
        "neuralnetworkclassifier__optimizer": ["Adam", "momentum"],
    }
    search = GridSearchCV(model, grid, cv=3).fit(*wine)
    assert search.best_params_["neuralnetworkclassifier__learning_rate"] == 1e-2
    assert search.best_score_ > 0.9


def test_partial_fit_on_all_rows_is_an_epoch_of_fit(wine):
    whole = NeuralNetworkClassifier((8,), epochs=3, batch_size=16, dropout=0.2, random_state=5).fit(*wine)
    pieces = clone(whole)
    for _ in range(3):
        pieces.partial_fit(*wine, classes=[0, 1, 2])
    assert np.array_equal(weights_of(pieces), weights_of(whole))
    assert pieces.loss_curve_ == whole.loss_curve_


def test_partial_fit_meets_a_class_it_was_told_of_only_later(wine):
    X, y = wine
    estimator = NeuralNetworkClassifier((8,), learning_rate=0.01, random_state=0)
    estimator.partial_fit(X[y < 2], y[y < 2], classes=[0, 1, 2])
    for _ in range(60):
        estimator.partial_fit(X, y)
    assert estimator.score(X, y) > 0.95


def test_partial_fit_of_the_regressor_learns():
    X, y = make_regression(200, 4, random_state=0)
    estimator = NeuralNetworkRegressor((16,), learning_rate=0.01, random_state=0)
    for _ in range(200):
        estimator.partial_fit(X, y / y.std())
    assert estimator.score(X, y / y.std()) > 0.95


def test_warm_start_goes_on_and_a_plain_fit_starts_again(wine):
    settings = dict(optimizer="gradient descent", learning_rate=0.1, batch_size=16, random_state=0)
    whole = NeuralNetworkClassifier((8,), epochs=6, **settings).fit(*wine)
    warm = NeuralNetworkClassifier((8,), epochs=3, warm_start=True, **settings).fit(*wine).fit(*wine)
    assert np.array_equal(weights_of(warm), weights_of(whole))
    assert warm.loss_curve_ == whole.loss_curve_
    assert len(warm.set_params(warm_start=False).fit(*wine).loss_curve_) == 3


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_several_labels_at_once_as_scikit_learns_mlp():
    X, Y = make_multilabel_classification(300, n_classes=4, random_state=0)
    X = StandardScaler().fit_transform(X)
    ours = NeuralNetworkClassifier((32,), learning_rate=0.01, epochs=EPOCHS, random_state=0)
    theirs = MLPClassifier((32,), learning_rate_init=0.01, max_iter=EPOCHS, alpha=0, tol=0, random_state=0)
    right = [np.mean(model.fit(X[:200], Y[:200]).predict(X[200:]) == Y[200:]) for model in (ours, theirs)]
    assert ours.network_.activations[-1] == "sigmoid"
    assert right[0] == pytest.approx(right[1], abs=0.03)


def test_several_targets_at_once():
    X, Y = make_regression(200, 5, n_targets=3, random_state=0)
    Y /= Y.std(axis=0)
    estimator = NeuralNetworkRegressor((32,), learning_rate=0.01, random_state=0).fit(X, Y)
    assert estimator.predict(X).shape == (200, 3)
    assert estimator.score(X, Y) > 0.95


@pytest.mark.parametrize("estimator", [NeuralNetworkClassifier(), NeuralNetworkRegressor()])
def test_patience_holds_rows_out_and_stops(estimator, wine):
    X, y = wine
    estimator = clone(estimator).set_params(patience=2, epochs=500, learning_rate=0.05, random_state=0).fit(X, y)
    history = estimator.network_.history
    assert len(history["validation_loss"]) < 500
    assert np.argmin(history["validation_loss"]) == len(history["validation_loss"]) - 3


def test_float32_stays_float32(wine):
    X, y = wine
    estimator = NeuralNetworkClassifier((8,), epochs=2).fit(X.astype(np.float32), y)
    assert estimator.predict_proba(X.astype(np.float32)).dtype == np.float32


def test_divergence_warns_and_leaves_a_network_that_predicts():
    X, y = make_regression(50, 3, random_state=0)
    estimator = NeuralNetworkRegressor((8,), "linear", optimizer="gradient descent", learning_rate=100.0)
    with pytest.warns(DivergenceWarning):
        estimator.fit(X, y)
    assert np.isfinite(estimator.predict(X)).all()


@pytest.mark.parametrize(
    "train, sentence",
    [
        (lambda X, y: NeuralNetworkClassifier().fit(X, y * 0), r"one class, \[0\]; expected two or more"),
        (lambda X, y: NeuralNetworkClassifier().partial_fit(X, y), "classes is None; expected"),
        (
            lambda X, y: NeuralNetworkClassifier().partial_fit(X, y, [0, 1, 2]).partial_fit(X, y, [0, 1]),
            r"classes is \[0, 1\]; expected those of the first call",
        ),
        (
            lambda X, y: NeuralNetworkClassifier(epochs=1).fit(X, y).partial_fit(X, y + 1),
            r"classes \[3\]; expected none but \[0 1 2\]",
        ),
        (
            lambda X, y: NeuralNetworkClassifier(epochs=1, warm_start=True).fit(X, y).fit(X, y + 1),
            r"classes \[3\]; expected none but \[0 1 2\]",
        ),
        (
            lambda X, y: NeuralNetworkClassifier(patience=3).partial_fit(X, y, [0, 1, 2]),
            "patience and schedule span a whole training",
        ),
        (lambda X, y: NeuralNetworkRegressor(schedule="cosine").partial_fit(X, y), "patience and schedule"),
        (lambda X, y: NeuralNetworkClassifier(optimizer="adam").fit(X, y), "optimizer 'adam'. Did you mean 'Adam'?"),
        (lambda X, y: NeuralNetworkClassifier(activation="rely").fit(X, y), "Did you mean 'relu'?"),
        (lambda X, y: NeuralNetworkClassifier((0,)).fit(X, y), r"layer_sizes\[1\] is 0; expected a whole number"),
        (lambda X, y: NeuralNetworkRegressor(learning_rate=-1).fit(X, y), "learning_rate is -1; expected"),
        (lambda X, y: NeuralNetworkRegressor(epochs=0).fit(X, y), "epochs is 0; expected"),
    ],
)
def test_what_does_not_fit_is_said(train, sentence, wine):
    with pytest.raises(ValueError, match=sentence):
        train(*wine)
