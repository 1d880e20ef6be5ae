"""Interactive explorers, each an ipywidgets box of controls beside a picture, each with a plain function that
gives the same numbers: `activation_point` and `nnlib.descent.learning_rate_path`."""

from nnlib.explorers.activation import activation_explorer, activation_point
from nnlib.explorers.learning_rate import learning_rate_explorer

__all__ = ["activation_explorer", "activation_point", "learning_rate_explorer"]
