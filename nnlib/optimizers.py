"""How gradients become better parameters (Part 7 of the source document), and what came after plain descent."""

import numpy as np

from nnlib.validation import (
    check_changeable,
    check_epsilon,
    check_fraction,
    check_gradients,
    check_learning_rate,
    without_overflow_warnings,
)


@without_overflow_warnings
def update_parameters(parameters, gradients, learning_rate):
    """Return the parameters after one step of gradient descent: W − η dW, b − η db. The arguments are left alone.

    `parameters` holds W1, b1, …, `gradients` dW1, db1, … of the same shapes; η is `learning_rate`.
    Raises ValueError for a gradient that is missing or has another shape, and unless η is finite and positive.
    """
    learning_rate = check_learning_rate(learning_rate)
    check_gradients(parameters, gradients)
    return {name: value - learning_rate * gradients[f"d{name}"] for name, value in parameters.items()}


class Optimizer:
    """What all optimizers share: a learning rate η, and arrays that they remember for every parameter.

    To write one, name those arrays in `remembers` and write `update(W, dW, *remembered)`, which changes W and the
    remembered arrays in place; they are shaped like W and start at 0. `numbers` names the attributes that are saved
    with them. An optimizer belongs to one network.
    """

    remembers = ()
    numbers = ("learning_rate", "steps")

    def __init__(self, learning_rate):
        self.learning_rate = check_learning_rate(learning_rate)
        self.steps = 0
        self.memory = {kind: {} for kind in self.remembers}  # memory["velocity"]["W1"] is shaped like W1

    @without_overflow_warnings
    def step(self, parameters, gradients):
        """Take one step, in place: `parameters` holds W1, b1, …, `gradients` dW1, db1, … of the same shapes.

        Raises ValueError, before anything changes, for a gradient that is missing or does not fit, and for parameters
        of another network than before.
        """
        check_gradients(parameters, gradients)
        check_changeable(parameters)
        self._remember(parameters)
        self.steps += 1
        for name, value in parameters.items():
            self.update(value, gradients[f"d{name}"], *(arrays[name] for arrays in self.memory.values()))

    def update(self, W, dW, *remembered):
        """Change the parameter W and what is remembered for it, in place, by its gradient dW."""
        raise NotImplementedError

    def state(self):
        """Return what is needed to go on later: a flat dictionary of numbers and arrays, none of them shared."""
        state = {name: getattr(self, name) for name in self.numbers}
        for kind, arrays in self.memory.items():
            state |= {f"{kind}/{name}": array.copy() for name, array in arrays.items()}
        return state

    def restore(self, state):
        """Take over a state that `state()` returned. Raises ValueError if it is another optimizer's."""
        if not isinstance(state, dict):
            raise ValueError(f"state is {state!r}; expected the dictionary that state() returned.")
        numbers = {name for name in state if "/" not in name}
        kinds = {name.partition("/")[0] for name in state if "/" in name}  # none before the first step
        if differing := (numbers ^ set(self.numbers)) | (kinds ^ set(self.remembers) if kinds else set()):
            raise ValueError(
                f"this state is not one of {type(self).__name__}: {', '.join(sorted(differing))} differ. "
                "Use what state() of the same kind of optimizer returned."
            )
        for name in self.numbers:
            setattr(self, name, type(getattr(self, name))(state[name]))
        for kind in self.remembers:
            prefix = f"{kind}/"
            self.memory[kind] = {
                name.removeprefix(prefix): np.array(array) for name, array in state.items() if name.startswith(prefix)
            }

    def _remember(self, parameters):
        for arrays in self.memory.values():
            if not arrays:
                arrays.update((name, np.zeros_like(value)) for name, value in parameters.items())
            given, remembered = ({name: array.shape for name, array in d.items()} for d in (parameters, arrays))
            if given != remembered:
                differing = [name for name in given | remembered if given.get(name) != remembered.get(name)]
                raise ValueError(
                    f"{', '.join(differing)}: this {type(self).__name__} remembers other parameters than these. It "
                    "belongs to another network; make a new one for this network."
                )

    def __repr__(self):
        numbers = ", ".join(f"{name}={getattr(self, name)}" for name in self.numbers if name != "steps")
        return f"{type(self).__name__}({numbers})"


class GradientDescent(Optimizer):
    """Plain gradient descent: W ← W − η dW."""

    def __init__(self, learning_rate=0.01):
        super().__init__(learning_rate)

    def update(self, W, dW):
        W -= self.learning_rate * dW


class Momentum(Optimizer):
    """Gradient descent with a velocity: v ← μv − η dW, W ← W + v. (Polyak, 1964)

    Where successive gradients agree the velocity grows, up to 1/(1 − μ) times the plain step; where they alternate,
    they cancel in it. `momentum` is μ, from 0 (plain descent) to below 1.
    """

    remembers = ("velocity",)
    numbers = ("learning_rate", "momentum", "steps")

    def __init__(self, learning_rate=0.01, momentum=0.9):
        super().__init__(learning_rate)
        self.momentum = check_fraction(momentum, "momentum")

    def update(self, W, dW, velocity):
        velocity *= self.momentum
        velocity -= self.learning_rate * dW
        W += velocity


class RMSProp(Optimizer):
    """Every entry with a step of its own: s ← ρs + (1 − ρ) dW², W ← W − η dW / (√s + ε). (Tieleman and Hinton, 2012)

    √s is the recent size of the entry's gradient (root mean square), so that each entry moves by about η whether its
    gradients are large or small. `decay` is ρ, from 0 to below 1; `epsilon` keeps the quotient finite.
    """

    remembers = ("mean_square",)
    numbers = ("learning_rate", "decay", "epsilon", "steps")

    def __init__(self, learning_rate=1e-3, decay=0.9, epsilon=1e-8):
        super().__init__(learning_rate)
        self.decay = check_fraction(decay, "decay")
        self.epsilon = check_epsilon(epsilon)

    def update(self, W, dW, mean_square):
        mean_square *= self.decay
        mean_square += (1 - self.decay) * (dW * dW)
        W -= self.learning_rate * dW / (np.sqrt(mean_square) + self.epsilon)


class Adam(Optimizer):
    """Momentum and RMSProp together: W ← W − η m̂ / (√v̂ + ε). (Kingma and Ba, 2015, algorithm 1)

    m̂ and v̂ are weighted averages over all gradients and over their squares so far, in which the k-th last gradient
    has the weights β₁^k and β₂^k. `beta1` and `beta2` go from 0 to below 1; `epsilon` keeps the quotient finite.
    """

    remembers = ("gradient_sum", "square_sum")
    numbers = ("learning_rate", "beta1", "beta2", "epsilon", "steps")

    def __init__(self, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(learning_rate)
        self.beta1 = check_fraction(beta1, "beta1")
        self.beta2 = check_fraction(beta2, "beta2")
        self.epsilon = check_epsilon(epsilon)

    def update(self, W, dW, gradient_sum, square_sum):
        # Weighted sums are kept, and made averages by their weights' sum, 1 + β + β² + … = (1 − βᵗ) / (1 − β).
        # The paper keeps (1 − β) times them and calls the quotient its bias correction; the steps are the same.
        gradient_sum *= self.beta1
        gradient_sum += dW
        square_sum *= self.beta2
        square_sum += dW * dW
        weights1 = (1 - self.beta1**self.steps) / (1 - self.beta1)
        weights2 = (1 - self.beta2**self.steps) / (1 - self.beta2)
        # η m̂ / (√v̂ + ε), with numerator and denominator times √weights2: each array is walked through once less.
        scale = weights2**0.5
        W -= self.learning_rate * scale / weights1 * gradient_sum / (np.sqrt(square_sum) + self.epsilon * scale)


OPTIMIZERS = {"gradient descent": GradientDescent, "momentum": Momentum, "RMSProp": RMSProp, "Adam": Adam}
