"""Learning rates that change while training runs.

A schedule maps progress, from 0 at the first step to nearly 1 at the last, to a factor of the learning rate.
"""

from math import cos, pi

from nnlib.validation import check_choice, check_number

WARM_UP = 0.3
FIRST = 0.04


def constant(progress):
    """1: the learning rate stays."""
    check_progress(progress)
    return 1.0


def step_decay(progress):
    """1 for the first half of training, 0.1 for the next quarter, 0.01 for the last."""
    progress = check_progress(progress)
    return 1.0 if progress < 0.5 else 0.1 if progress < 0.75 else 0.01


def cosine(progress):
    """(1 + cos πp) / 2: from 1 down to 0 along half a wave. (Loshchilov and Hutter, 2017)"""
    progress = check_progress(progress)
    return (1 + cos(pi * progress)) / 2


def one_cycle(progress):
    """From 0.04 up to 1 in the first three tenths of training, then down to 0, both along half a wave.

    After Smith and Topin (2017), whose ramps are straight: warm up, take large steps, settle.
    """
    progress = check_progress(progress)
    if progress < WARM_UP:
        return 1 - (1 - FIRST) * cosine(progress / WARM_UP)
    return cosine((progress - WARM_UP) / (1 - WARM_UP))


SCHEDULES = {"constant": constant, "step": step_decay, "cosine": cosine, "one_cycle": one_cycle}


def check_progress(progress):
    """Return the progress of training as a float; raise a ValueError unless it is a number from 0 to 1."""
    return check_number(progress, "progress", lambda share: 0 <= share <= 1, "a number from 0 to 1")


def get_schedule(schedule):
    """Return the schedule of that name; a function of your own is returned as it is.

    Raises ValueError, with the nearest valid name, if there is none.
    """
    return schedule if callable(schedule) else SCHEDULES[check_choice(schedule, SCHEDULES, "schedule")]
