"""One GridSearchCV, unchanged, in this process, over joblib's processes, and on a Dask cluster that loses a worker."""

import os
import signal
import time
from itertools import chain

import joblib
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from nnlib.estimators import NeuralNetworkClassifier

distributed = pytest.importorskip("distributed", reason="needs the extra 'cluster'")

DIGITS, LABELS = (array[:400] for array in load_digits(return_X_y=True))
FOLDS = list(StratifiedKFold(3).split(DIGITS, LABELS))
GRID = {"learning_rate": [1e-5, 1e-4, 1e-3], "dropout": [0.0, 0.2]}


def search(scoring=None):
    model = NeuralNetworkClassifier((16,), epochs=5, batch_size=32, random_state=0)
    return GridSearchCV(model, GRID, cv=FOLDS, scoring=scoring, error_score="raise").fit(DIGITS, LABELS)


@pytest.fixture(scope="module")
def serial():
    return search()


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.amm.stop()  # the memory manager takes copies away that are not in use
        yield client


def assert_same(found, serial):
    assert found.best_params_ == serial.best_params_
    for name in (f"split{k}_test_score" for k in range(3)):
        assert np.array_equal(found.cv_results_[name], serial.cv_results_[name])


def test_joblib_finds_what_the_serial_search_finds(serial):
    with joblib.parallel_config(n_jobs=2):
        assert_same(search(), serial)


def test_dask_finds_what_the_serial_search_finds(serial, client, tmp_path):
    def score_and_sign(model, X, y):
        (tmp_path / str(os.getpid())).touch()
        return model.score(X, y)

    with joblib.parallel_config("dask"):
        assert_same(search(score_and_sign), serial)
    assert {int(path.name) for path in tmp_path.iterdir()} <= set(client.run(os.getpid).values())


def test_a_search_outlives_one_of_its_workers(serial, client, tmp_path):
    scored, killed = tmp_path / "scored", tmp_path / "killed"

    def score_or_die_once(model, X, y):
        with open(scored, "a") as file:
            file.write(".")
        if scored.stat().st_size > 2 and not killed.exists():
            killed.write_text(str(os.getpid()))
            time.sleep(3)  # the memory manager, if it runs, looks every two seconds
            os.kill(os.getpid(), signal.SIGKILL)
        return model.score(X, y)

    workers = set(client.run(os.getpid).values())
    # Without `scatter`, joblib lays each array on one worker only, which takes it along when it dies.
    with joblib.parallel_config("dask", scatter=[DIGITS, LABELS, *chain.from_iterable(FOLDS)]):
        assert_same(search(score_or_die_once), serial)
    assert int(killed.read_text()) in workers
    assert scored.stat().st_size > len(GRID["learning_rate"]) * len(GRID["dropout"]) * len(FOLDS)
