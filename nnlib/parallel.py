"""Threads for work that falls into independent parts, such as the halves of a mini-batch.

NumPy lets other threads run while it computes. Parts on threads of their own, with a BLAS that uses one thread for
each, keep the cores busier than one part after the other with a BLAS that divides every product: all that is not a
product runs side by side, too.
"""

from contextvars import copy_context
from functools import cache


def thread_count():
    """Return how many threads matrix products use: one per core, or what OPENBLAS_NUM_THREADS and its like ask for."""
    return _blas()[1]


def side_by_side(function, *arguments):
    """Return [function(*each) for each of zip(*arguments)], computed on `thread_count()` threads."""
    calls = list(zip(*arguments))
    if thread_count() == 1:
        return [function(*each) for each in calls]
    contexts = [copy_context() for _ in calls]  # the caller's np.errstate holds on the other threads, too
    with _blas()[0].limit(limits=1):
        return list(_threads().map(lambda context, each: context.run(function, *each), contexts, calls))


@cache
def _blas():
    from threadpoolctl import ThreadpoolController

    controller = ThreadpoolController().select(user_api="blas")
    return controller, max((library["num_threads"] for library in controller.info()), default=1)


@cache
def _threads():
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(thread_count())
