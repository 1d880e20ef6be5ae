"""The exercises of notebook 4."""

import numpy as np

from nnlib.activations import relu, sigmoid, softmax, tanh
from nnlib.exercises.checking import Exercise, Mistake, add


def forward(X, parameters, functions):
    """Z = W A + b and A = g(Z), with the g of each layer; returns A^[L] and the cache with A0, Z1, A1, …"""
    A, cache = X, {"A0": X}
    for l, g in enumerate(functions, start=1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        A = g(Z)
        cache[f"Z{l}"], cache[f"A{l}"] = Z, A
    return A, cache


def forward_rows(X, parameters):
    """The pass of a network with one hidden layer, relu then sigmoid, and samples in rows."""
    A1 = relu(X @ parameters["W1"].T + parameters["b1"].T)
    return sigmoid(A1 @ parameters["W2"].T + parameters["b2"].T)


def yes(b2):
    """How many samples get a yes, above 0.5, from each output of the notebook's network with other biases."""
    A, _ = forward(SAMPLES, NETWORK | {"b2": b2}, [relu, sigmoid])
    return (A > 0.5).sum(axis=1)


SAMPLES = np.array([[1.0, 0, 2, -1, 1], [2, 1, 0, 1, -1], [-1, 1, 1, 0, 2]])
NETWORK = {
    "W1": np.array([[0.3, 0.7, 0.3], [-1.1, 0.7, 0.4], [-0.4, 0.5, 0.3], [0.2, 0.0, 0.4]]),
    "b1": np.array([[0.1], [0.0], [-0.2], [0.3]]),
    "W2": np.array([[-0.5, -0.1, -0.3, 0.4], [0.0, -0.2, -0.6, -0.2]]),
    "b2": np.array([[0.1], [0.5]]),
}
# With as many samples as features and neurons, wrong ways round raise no error, and so can be told apart.
SQUARE = {
    "W1": np.array([[1.0, -2.0], [0.5, 1.0]]),
    "b1": np.array([[0.5], [-1.0]]),
    "W2": np.array([[2.0, -1.0], [0.0, 1.0]]),
    "b2": np.array([[0.0], [0.25]]),
}
SQUARE_SAMPLES = np.array([[3.0, 1.0], [0.0, 2.0]])
THREE_LAYERS = {
    "W1": np.array([[1.0, -1.0], [0.5, 2.0], [-1.5, 0.5]]),
    "b1": np.array([[0.5], [-1.0], [0.0]]),
    "W2": np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.5]]),
    "b2": np.array([[0.25], [-0.5]]),
    "W3": np.array([[1.0, -1.0], [0.5, 1.5], [-2.0, 1.0]]),
    "b3": np.array([[1.0], [0.0], [-1.0]]),
}


def _pass(layer):
    """A wrong `forward`, in which `layer(W, b, A, g)` returns the Z and A of a layer in another way."""

    def wrong(X, parameters, functions):
        A, cache = X, {"A0": X}
        for l, g in enumerate(functions, start=1):
            Z, A = layer(parameters[f"W{l}"], parameters[f"b{l}"], A, g)
            cache[f"Z{l}"], cache[f"A{l}"] = Z, A
        return A, cache

    return wrong


def _without_bias(W, b, A, g):
    return W @ A, g(W @ A)


def _transposed(W, b, A, g):
    return W.T @ A + b, g(W.T @ A + b)


def _entry_by_entry(W, b, A, g):
    return W * A + b, g(W * A + b)


def _data_on_the_left(W, b, A, g):
    return A @ W + b, g(A @ W + b)


def _flat_bias(W, b, A, g):
    return W @ A + b.ravel(), g(W @ A + b.ravel())


def _only_bent_kept(W, b, A, g):
    return g(W @ A + b), g(W @ A + b)


def _never_bent(W, b, A, g):
    return W @ A + b, W @ A + b


def _without_input(X, parameters, functions):
    A, cache = forward(X, parameters, functions)
    cache.pop("A0")
    return A, cache


def _two_layers(X, parameters, functions):
    return forward(X, {name: parameters[name] for name in NETWORK}, functions[:2])


def _always_the_input(X, parameters, functions):
    cache = {"A0": X}
    for l, g in enumerate(functions, start=1):
        A, layer = forward(X, {"W1": parameters[f"W{l}"], "b1": parameters[f"b{l}"]}, [g])
        cache |= {f"Z{l}": layer["Z1"], f"A{l}": A}
    return A, cache


def _rows(sums, bend=relu, last=sigmoid):
    """A wrong `forward_rows`, whose layers have the sums `sums(W, b, A)`."""

    def wrong(X, parameters):
        A1 = bend(sums(parameters["W1"], parameters["b1"], X))
        return last(sums(parameters["W2"], parameters["b2"], A1))

    return wrong


add(
    Exercise(
        "b2",
        notebook=4,
        answer=np.array([[0.0], [0.9]]),
        run=yes,
        mistakes=(
            Mistake(
                NETWORK["b2"],
                "That is b2 as it was: the first output is above 0.5 for two samples, the second for three.",
            ),
            Mistake(
                np.array([[-1.0], [0.9]]), "The first output says no to everyone now: its bias is lowered too far."
            ),
            Mistake(
                np.array([[0.0], [0.58]]),
                "The first output is right. The second misses two samples: a bias moves the sum Z, not A, and "
                "row 2 of Z2 goes down to -0.3.",
            ),
            Mistake(np.array([[0.1], [0.9]]), "The second output is right; the first still says yes to two samples."),
            Mistake(np.array([[0.9], [0.0]]), "The two are swapped: row i of b2 belongs to output i."),
            Mistake(np.array([[0.9], [0.9]]), "Both outputs say yes to everyone: each has a bias of its own."),
            Mistake(
                np.array([[0.0], [0.8]]),
                "The first output is right. The second misses one sample: raise it by more than 0.3.",
            ),
            Mistake(
                np.array([[0.1], [0.8]]),
                "The first output still says yes to two samples, and the second still misses one.",
            ),
            Mistake(np.array([[-0.5], [0.5]]), "The first output says no to everyone, and the second is as it was."),
            Mistake(np.array([0.0, 0.9]), "That does not line up with five samples: b2 is a column, (2, 1)."),
        ),
        hints=(
            "An output is above 0.5 where its sum is above 0, and a bias moves a whole row of Z2. Print Z2.",
            "Row 1 of Z2 has the positive entries 0.04 and 0.47: lower it so that only one is left.",
            "Row 2 goes down to -0.3: raise it by more than that. b2 was [[0.1], [0.5]].",
        ),
    ),
    Exercise(
        "forward",
        notebook=4,
        answer=forward,
        cases=(
            (SQUARE_SAMPLES, {name: SQUARE[name] for name in ("W1", "b1")}, [sigmoid]),
            (SAMPLES, NETWORK, [relu, sigmoid]),
            (np.array([[1.0, 0, -1, 2], [0, 1, 3, -1]]), THREE_LAYERS, [tanh, relu, softmax]),
        ),
        mistakes=(
            Mistake(
                lambda X, parameters, functions: (X, {"A0": X}), "X comes out as it went in: no layer is computed."
            ),
            Mistake(_pass(_without_bias), "The bias is missing: Z = W @ A + b."),
            Mistake(
                _pass(_transposed),
                "W is transposed; with samples in columns it is W @ A as it stands, one row for each neuron.",
            ),
            Mistake(_pass(_entry_by_entry), "W * A multiplies entry by entry; the matrix product is W @ A."),
            Mistake(_pass(_data_on_the_left), "The weights stand on the left: W @ A, since samples are columns."),
            Mistake(
                _pass(_flat_bias), "A flat bias is added to samples, not to neurons: leave b the column that it is."
            ),
            Mistake(_pass(_never_bent), "No activation function is applied: A = g(Z) with the layer's g of functions."),
            Mistake(
                _pass(_only_bent_kept),
                "The cache keeps A under the name of Z: Z is the sum before the activation function.",
            ),
            Mistake(
                lambda X, parameters, functions: forward(X, parameters, functions[:-1] + [lambda Z: Z]),
                "The last activation function is missing: every layer bends, the output too.",
            ),
            Mistake(
                lambda X, parameters, functions: forward(X, parameters, functions[:1] * len(functions)),
                "Every layer gets the first function; layer l has its own, functions[l - 1].",
            ),
            Mistake(
                lambda X, parameters, functions: forward(X, parameters, [relu] * (len(functions) - 1) + [sigmoid]),
                "relu and sigmoid are written into it; the functions to apply are the ones handed over.",
            ),
            Mistake(
                lambda X, parameters, functions: functions[len(functions)],
                "functions counts from 0 and layers from 1: the function of layer l is functions[l - 1].",
            ),
            Mistake(lambda X, parameters, functions: parameters["W0"], "Layers are counted from 1: there is no W0."),
            Mistake(
                lambda X, parameters, functions: forward(X, NETWORK, [relu, sigmoid]),
                "It computes with the notebook's own W1, b1, …; take those in parameters.",
            ),
            Mistake(
                lambda X, parameters, functions: forward(X, parameters, functions[:1]),
                "It returns after layer 1: the return stands inside the loop.",
            ),
            Mistake(_two_layers, "It is written for two layers; loop over functions, so that any number will do."),
            Mistake(_always_the_input, "Every layer reads X; from the second on it reads the A of the layer before."),
            Mistake(lambda *given: forward(*given)[0], "Return both: the last A, and the cache."),
            Mistake(_without_input, 'The cache starts with the input: cache = {"A0": X}.'),
        ),
        hints=(
            'Start with A = X and cache = {"A0": X}; then take the two steps in a loop over the layers.',
            "for l, g in enumerate(functions, start=1) gives each layer's number and its function.",
            'In the loop: Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"], then A = g(Z), then keep both.',
        ),
        piece=True,
    ),
    Exercise(
        "forward_rows",
        notebook=4,
        answer=forward_rows,
        cases=((SQUARE_SAMPLES.T, SQUARE), (SAMPLES.T[:1], NETWORK), (SAMPLES.T[:4], NETWORK), (SAMPLES.T, NETWORK)),
        mistakes=(
            Mistake(
                lambda X, parameters: forward(X, parameters, [relu, sigmoid])[0],
                "That is the recipe for columns; with samples in rows the data stand on the left: X @ W1.T.",
            ),
            Mistake(
                _rows(lambda W, b, A: A @ W + b.T),
                "W is (to, from); to stand on the right of the data it has to be transposed.",
            ),
            Mistake(
                _rows(lambda W, b, A: A @ W.T + b),
                "The bias is still a column, one number per sample here; laid as a row, b.T, it is one per neuron.",
            ),
            Mistake(_rows(lambda W, b, A: A @ W + b), "Both are still as for columns: W and b have to be transposed."),
            Mistake(
                _rows(lambda W, b, A: W.T @ A + b.T),
                "Transposing a product reverses its order: the data stand on the left, X @ W1.T.",
            ),
            Mistake(_rows(lambda W, b, A: A @ W.T), "The biases are missing."),
            Mistake(
                lambda X, parameters: forward(X.T, parameters, [relu, sigmoid])[0],
                "Your answer stands in columns; it has to have one row per sample, as X has.",
            ),
            Mistake(_rows(lambda W, b, A: A @ W.T + b.T, bend=sigmoid), "The hidden layer bends with relu."),
            Mistake(
                _rows(lambda W, b, A: A @ W.T + b.T, bend=lambda Z: Z),
                "The hidden layer does not bend: relu is missing.",
            ),
            Mistake(
                _rows(lambda W, b, A: A @ W.T + b.T, last=lambda Z: Z),
                "What you return are the sums; the output layer ends in sigmoid.",
            ),
        ),
        hints=(
            "Transposing a product reverses it: W X becomes Xᵀ Wᵀ, and the X here is that Xᵀ.",
            "With samples in rows a bias must lie as a row too: b.T, or b.ravel().",
            'Layer 1 is relu(X @ parameters["W1"].T + parameters["b1"].T).',
        ),
    ),
)
