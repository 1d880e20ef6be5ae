"""The learner's own network, piece by piece: `from nnlib.exercises.mine import my_forward`.

Each name gives the learner's kept piece, and the library's own where it is still missing.
"""

from nnlib.exercises.keeping import pieces


def __getattr__(name):
    try:
        return pieces()[name]
    except KeyError:
        raise AttributeError(f"there is no piece {name!r}; the exercises have {', '.join(pieces())}.") from None
