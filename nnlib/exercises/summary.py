"""The exercises of notebook 11."""

import numpy as np

from nnlib.activations import sigmoid
from nnlib.exercises.checking import Exercise, Mistake, add


def l2_gradients(gradients, parameters, strength):
    """The gradients of the loss plus strength / 2 · Σ W²; biases cost nothing."""
    weights = {f"d{name}": strength * value for name, value in parameters.items() if name.startswith("W")}
    return {name: gradient + weights.get(name, 0) for name, gradient in gradients.items()}


def softplus(z):
    """log(1 + e^z), for every z."""
    return np.logaddexp(0, z)


def all_penalised(gradients, parameters, strength):
    return {f"d{name}": gradients[f"d{name}"] + strength * value for name, value in parameters.items()}


def weights_with(factor):
    def penalised(gradients, parameters, strength):
        return l2_gradients(gradients, parameters, factor * strength)

    return penalised


PARAMETERS = {"W1": np.array([[1.0, -2.0, 3.0]]), "b1": np.array([[5.0]])}
GRADIENTS = {"dW1": np.array([[0.5, 0.0, -1.0]]), "db1": np.array([[2.0]])}
DEEPER = {"W2": np.array([[4.0], [-1.0]]), "b2": np.array([[1.0], [0.0]])}
DEEPER_GRADIENTS = {"dW2": np.array([[0.0], [1.0]]), "db2": np.array([[0.0], [3.0]])}

add(
    Exercise(
        "deep_count",
        notebook=11,
        answer=499,
        mistakes=(
            Mistake(472, "Those are the weights. Each of the 27 neurons has a bias as well."),
            Mistake(47, "Those are the numbers of the layers added up. Parameters live on the edges between them."),
            Mistake(519, "The input has no biases: its 20 values are no neurons."),
        ),
        hints=(
            "A layer of n neurons that reads k values has n · k weights and n biases.",
            "Three layers: 20 to 16, 16 to 8, 8 to 3. The first has 20 · 16 + 16 parameters.",
        ),
    ),
    Exercise(
        "failing_checks",
        notebook=11,
        answer=3,
        mistakes=(
            Mistake(0, "Some do fail from this start: use rng=1, and hand over those parameters."),
            Mistake(42, "That is how many there are. Count those whose report has passed == False."),
            Mistake(39, "That is how many pass. Count the others."),
        ),
        hints=(
            "Repeat the cell with reports, with initialize_parameters([3, 4, 2], rng=1) for small_parameters.",
            "sum(not report.passed for report in reports) counts them.",
        ),
    ),
    Exercise(
        "l2_gradients",
        notebook=11,
        answer=l2_gradients,
        cases=(
            (GRADIENTS, PARAMETERS, 0.1),
            (GRADIENTS, PARAMETERS, 0.0),
            (GRADIENTS | DEEPER_GRADIENTS, PARAMETERS | DEEPER, 0.5),
        ),
        mistakes=(
            Mistake(lambda gradients, parameters, strength: dict(gradients), "The penalty's slope is still missing."),
            Mistake(all_penalised, "Biases are not penalised: only the W get strength times their value."),
            Mistake(weights_with(2), "The slope of λ/2 · w² is λw: the 2 of the square and the half cancel."),
            Mistake(weights_with(0.5), "The slope of λ/2 · w² is λw: the square brings down a 2."),
            Mistake(weights_with(-1), "The sign is turned: a price on large weights adds λW to the gradient."),
        ),
        hints=(
            "The slope of λ/2 · w² with respect to w is λw.",
            "So each dW gets strength times its W added, and each db stays.",
            'Loop over parameters.items(), and for names that start with "W" set my_gradients["d" + name].',
        ),
    ),
    Exercise(
        "softplus",
        notebook=11,
        answer=softplus,
        cases=((0.0,), (np.array([-2.0, 1.0]),), (np.array([[-1000.0, 0.0, 1000.0]]),), (np.array([3, -3]),)),
        mistakes=(
            Mistake(lambda z: np.log(1 + np.exp(z)), "Right on paper, but e^1000 overflows. np.logaddexp survives."),
            Mistake(lambda z: np.log1p(np.exp(z)), "Right on paper, but e^1000 overflows. np.logaddexp survives."),
            Mistake(lambda z: z, "That is the stub: the identity has no bend."),
            Mistake(lambda z: np.maximum(0, z), "That is ReLU, with its corner. Softplus at 0 is log 2."),
        ),
        hints=(
            "log(1 + e^z) is log(e^0 + e^z).",
            "NumPy has a function for the logarithm of a sum of two exponentials: np.logaddexp.",
        ),
    ),
    Exercise(
        "softplus_derivative",
        notebook=11,
        answer=sigmoid,
        cases=((0.0,), (np.array([-2.0, 1.0]),), (np.array([[-700.0, 0.0, 700.0]]),), (np.array([3, -3]),)),
        mistakes=(
            Mistake(lambda z: np.ones_like(z), "That is the stub: the slope of the identity."),
            Mistake(lambda z: (np.asarray(z) > 0) * 1.0, "That is ReLU's slope, a step. Softplus has no corner."),
            Mistake(lambda z: sigmoid(z) * (1 - sigmoid(z)), "That is the slope of the slope. The slope is σ(z)."),
        ),
        hints=(
            "By the chain rule the slope of log(1 + e^z) is e^z / (1 + e^z).",
            "Divide top and bottom by e^z, and you know the function: the sigmoid.",
        ),
    ),
)
