"""Exercises: what judges a learner's answer, gives hints, keeps what passed, and asks before a cell reveals.

The exercises stand in a file for each notebook, the questions in questions/*.toml.
"""

from nnlib.exercises import (  # noqa: F401 (each enters its exercises into EXERCISES)
    activation_functions,
    architecture,
    backward,
    convolution,
    descent,
    digits,
    forward,
    hunts,
    losses,
    network,
    neuron,
    summary,
)
from nnlib.exercises.checking import EXERCISES, Exercise, Mistake, Report, check, hint
from nnlib.exercises.hunts import hunt, show_hunt
from nnlib.exercises.keeping import assembled, keep, kept_file, missing_pieces, pieces, show_pieces
from nnlib.exercises.questions import check_yourself, load_questions, predict, recall

__all__ = [
    "EXERCISES",
    "Exercise",
    "Mistake",
    "Report",
    "assembled",
    "check",
    "check_yourself",
    "hint",
    "hunt",
    "keep",
    "kept_file",
    "load_questions",
    "missing_pieces",
    "pieces",
    "predict",
    "recall",
    "show_hunt",
    "show_pieces",
]
