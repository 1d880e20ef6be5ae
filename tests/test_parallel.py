import os
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from nnlib.parallel import _blas, side_by_side


@pytest.fixture(params=[1, 2, 3])
def threads(request, monkeypatch):
    """A machine with so many cores, and all the BLAS that other tests have loaded."""
    _blas.cache_clear()
    _blas()
    monkeypatch.setattr("nnlib.parallel.thread_count", lambda: request.param)
    with ThreadPoolExecutor(request.param) as executor:
        monkeypatch.setattr("nnlib.parallel._threads", lambda: executor)
        yield request.param


def blas_threads():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_results_come_in_the_order_of_the_arguments(threads):
    last_began = threading.Event()

    def power(base, exponent):
        if base == threads - 1:
            last_began.set()
        assert last_began.wait(30), "the parts do not run side by side"
        return base**exponent

    assert side_by_side(power, range(threads), [3] * threads) == [base**3 for base in range(threads)]
    assert side_by_side(divmod, range(9), range(1, 10)) == [divmod(i, i + 1) for i in range(9)]


def test_there_may_be_nothing_to_do(threads):
    assert side_by_side(divmod, [], []) == []


def test_parts_run_on_threads_of_their_own_unless_there_is_one(threads):
    names = set(side_by_side(lambda _: threading.current_thread().name, range(20)))
    assert (names == {threading.current_thread().name}) == (threads == 1)
    assert len(names) <= threads


def test_an_exception_reaches_the_caller(threads):
    with pytest.raises(ZeroDivisionError):
        side_by_side(divmod, [1, 2, 3], [1, 0, 1])
    assert side_by_side(divmod, [7], [2]) == [(3, 1)]


def test_what_numpy_shall_ignore_is_ignored_on_every_thread(threads):
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        side_by_side(np.exp, [1.0, 1e3, 1e3])
    with np.errstate(over="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert side_by_side(np.exp, [1e3] * 5) == [np.inf] * 5


@pytest.mark.parametrize("before", [1, 2])
def test_blas_uses_one_thread_meanwhile_and_afterwards_what_it_used_before(threads, before):
    with threadpool_limits(before, user_api="blas"):
        at_first = blas_threads()
        meanwhile = at_first if threads == 1 else [1] * len(at_first)
        assert side_by_side(lambda _: blas_threads(), range(3)) == [meanwhile] * 3
        assert blas_threads() == at_first
        with pytest.raises(ZeroDivisionError):
            side_by_side(divmod, [1, 2], [0, 0])
        assert blas_threads() == at_first


@pytest.mark.parametrize("asked", [1, 2])
def test_the_thread_count_is_what_the_environment_asks_for(asked):
    code = (
        "from threadpoolctl import threadpool_info; from nnlib.parallel import thread_count;"
        "print(thread_count(), max((library['num_threads'] for library in threadpool_info()), default=1))"
    )
    environment = os.environ | {"OPENBLAS_NUM_THREADS": str(asked), "OMP_NUM_THREADS": str(asked)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    count, used = map(int, run.stdout.split())
    assert count == used == min(asked, used)
