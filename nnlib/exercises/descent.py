"""The exercises of notebook 7."""

import numpy as np

from nnlib.exercises.checking import Exercise, Mistake, add
from nnlib.optimizers import update_parameters


def momentum_walk(gradient, start, learning_rate, momentum, steps):
    """Where a walk with momentum ends: v ← μv − η ∇J(w), w ← w + v, from v = 0 on."""
    w, velocity = np.array(start, dtype=float), 0.0
    for _ in range(steps):
        velocity = momentum * velocity - learning_rate * gradient(w)
        w = w + velocity
    return w


def slope_of_bowl(w):
    """∇J of (w1 − 1)² + 2 (w2 + 0.5)²."""
    return np.array([2.0, 4.0]) * (w - np.array([1.0, -0.5]))


def slope_of_ravine(w):
    """∇J of (w1 − 1)² / 2 + 10 (w2 + 0.5)²."""
    return np.array([1.0, 20.0]) * (w - np.array([1.0, -0.5]))


def _each(change):
    """An update that takes `change(value, gradient, η)` for every parameter."""
    return lambda parameters, gradients, learning_rate: {
        name: change(value, gradients[f"d{name}"], learning_rate) for name, value in parameters.items()
    }


def _matched_by_place(parameters, gradients, learning_rate):
    pairs = zip(parameters.items(), gradients.values())
    return {name: value - learning_rate * gradient for (name, value), gradient in pairs}


def _weights_only(parameters, gradients, learning_rate):
    steps = {name: learning_rate * gradients[f"d{name}"] if name[0] == "W" else 0 for name in parameters}
    return {name: value - steps[name] for name, value in parameters.items()}


def _in_place(parameters, gradients, learning_rate):
    for name in parameters:
        parameters[name] -= learning_rate * gradients[f"d{name}"]
    return parameters


def _walk(step):
    """A walk in which `step(w, v, gradient, η, μ)` returns the next w and v."""

    def walk(gradient, start, learning_rate, momentum, steps):
        w, velocity = np.array(start, dtype=float), 0.0
        for _ in range(steps):
            w, velocity = step(w, velocity, gradient, learning_rate, momentum)
        return w

    return walk


def _forgetful(w, velocity, gradient, learning_rate, momentum):
    return w - learning_rate * gradient(w), velocity


def _uphill(w, velocity, gradient, learning_rate, momentum):
    velocity = momentum * velocity + learning_rate * gradient(w)
    return w + velocity, velocity


def _averaging(w, velocity, gradient, learning_rate, momentum):
    velocity = momentum * velocity - (1 - momentum) * learning_rate * gradient(w)
    return w + velocity, velocity


def _never_slowed(w, velocity, gradient, learning_rate, momentum):
    velocity = velocity - learning_rate * gradient(w)
    return w + velocity, velocity


def _slope_of_the_start(gradient, start, *settings):
    return momentum_walk(lambda w: gradient(np.array(start)), start, *settings)


def _one_step_short(gradient, start, learning_rate, momentum, steps):
    return momentum_walk(gradient, start, learning_rate, momentum, steps - 1)


# Gradients stand as backpropagation lists them, the last layer first.
ONE_LAYER = (
    {"W1": np.array([[1.0, 2.0]]), "b1": np.array([[3.0]])},
    {"dW1": np.array([[10.0, -10.0]]), "db1": np.array([[5.0]])},
    0.1,
)
TWO_LAYERS = (
    {"W1": np.ones((2, 2)), "b1": np.zeros((2, 1)), "W2": -np.ones((2, 2)), "b2": np.ones((2, 1))},
    {
        "dW2": np.full((2, 2), 4.0),
        "db2": np.array([[1.0], [-1.0]]),
        "dW1": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "db1": np.array([[-6.0], [0.0]]),
    },
    0.5,
)
WHOLE_NUMBERS = (
    {"W1": np.array([[1, -2, 0]]), "b1": np.array([[0]])},
    {"dW1": np.array([[0.5, 0.5, -3.0]]), "db1": np.array([[1.5]])},
    0.3,
)

add(
    Exercise(
        "limit",
        notebook=7,
        answer=0.02,
        mistakes=(
            Mistake(100, "That is the curvature, the second derivative of 50 w². The limit is 2 divided by it."),
            Mistake(0.04, "The curvature is not the 50 in front of w²: its second derivative is 2 · 50."),
            Mistake(0.01, "At 1/λ the factor 1 − ηλ is 0: one step arrives. The factor reaches −1 at twice that rate."),
            Mistake(0.5, "That is the bowl's limit, 2/4. Here the curvature is larger."),
        ),
        hints=(
            "The limit is 2/λ, with λ the curvature: the second derivative of the loss.",
            "The slope of 50 w² is 100 w. How fast does that slope change?",
        ),
    ),
    Exercise(
        "rate",
        notebook=7,
        answer=0.01,
        mistakes=(
            Mistake(0.1, "The gradient is ten times as long now, so the same rate takes steps ten times as long."),
            Mistake(1.0, "That makes each step a hundred times as long: the gradient has grown tenfold already."),
            Mistake(0.05, "That is the new stability limit: the limit falls, and so does the rate for the old path."),
        ),
        hints=(
            "A step is the rate times the gradient. What has become of the gradient?",
            "Ten times the gradient needs a tenth of the rate to make the same step.",
        ),
    ),
    Exercise(
        "update",
        notebook=7,
        answer=update_parameters,
        cases=(ONE_LAYER, TWO_LAYERS, WHOLE_NUMBERS),
        mistakes=(
            Mistake(_each(lambda W, dW, rate: W + rate * dW), "That walks uphill: subtract the step."),
            Mistake(_each(lambda W, dW, rate: W - dW), "The learning rate is missing: a step is η times the gradient."),
            Mistake(_each(lambda W, dW, rate: -rate * dW), "That is the step alone: take it from the parameter."),
            Mistake(_each(lambda W, dW, rate: W - rate * W), "That shrinks the weight: the gradient has no say."),
            Mistake(_weights_only, "The biases stand still. They learn by the same line as the weights."),
            Mistake(
                _matched_by_place,
                'The gradients stand in another order, the last layer first: look each up by name, "d" + name.',
            ),
            Mistake(
                _each(lambda W, dW, rate: (W - rate * dW).astype(W.dtype)),
                "The new values are cut to whole numbers: put value - … itself into the new dictionary.",
            ),
            Mistake(_in_place, "-= changes the caller's arrays: compute value - … and put it into a new dictionary."),
        ),
        hints=(
            "Go through parameters.items(): for each name there is a gradient called 'd' + name.",
            "The new value is value - learning_rate * gradient; put it into updated under the same name.",
            'updated[name] = value - learning_rate * gradients["d" + name]',
        ),
        piece=True,
    ),
    Exercise(
        "momentum_walk",
        notebook=7,
        answer=momentum_walk,
        cases=(
            (slope_of_bowl, np.array([2.0, 0.5]), 0.1, 0.5, 2),
            (slope_of_bowl, np.array([-2, 2]), 0.1, 0.9, 5),
            (slope_of_ravine, np.array([-2.0, 2.0]), 0.1, 0.5, 40),
        ),
        mistakes=(
            Mistake(_walk(_forgetful), "That is plain gradient descent: the velocity has to live from step to step."),
            Mistake(_walk(_uphill), "The velocity grows uphill: η times the gradient is subtracted from it."),
            Mistake(_walk(_averaging), "No factor 1 − μ here: the whole step η ∇J goes into the velocity."),
            Mistake(_walk(_never_slowed), "The velocity never slows down: keep only the share μ of it."),
            Mistake(_slope_of_the_start, "The slope is that of the start throughout: take it where the walk stands."),
            Mistake(_one_step_short, "It is one step short: renew v first, then move w, in each of range(steps)."),
        ),
        hints=(
            "Two things live through the loop: the point w, and the velocity, which starts at 0.",
            "First renew the velocity from gradient(w), then move w by it.",
            "velocity = momentum * velocity - learning_rate * gradient(w)",
        ),
    ),
)
