"""A valid call of every public function, class and method: the table that `test_inputs.py` goes through."""

import inspect
import io
import math
from contextlib import redirect_stdout
from typing import NamedTuple

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import nnlib
from nnlib import exercises, explorers
from tests.trust.disguises import (
    arrays,
    choice,
    labels,
    levels,
    number,
    numbers,
    routine,
    same,
    seed,
    several,
    texts,
    thing,
    whole,
    without,
)


class Call(NamedTuple):
    """A valid call. `oracle`, another way to the result, judges what is returned for a wrong value."""

    function: object
    arguments: dict
    oracle: object = None


def call(function, oracle=None, **arguments):
    return Call(function, arguments, oracle)


# Values that float16 holds exactly, so that every guise has the same ones.
X = np.array([[1, -2, 0.5, 3, -0.25], [0.5, 1, -1, 2, 0.75], [-1, 0, 2, -0.5, 1.25]])
Y = np.eye(2)[[0, 1, 1, 0, 1]].T
PARAMETERS = {
    "W1": np.array([[0.5, -0.25, 1], [1, 0.75, -0.5], [-1, 0.25, 0.5], [0.125, 1, 2]]),
    "b1": np.array([[0.5], [-0.25], [0.125], [1]]),
    "W2": np.array([[1, -0.5, 0.25, 0.75], [-1, 0.5, 1, 0.25]]),
    "b2": np.array([[0.25], [-0.5]]),
}
GRADIENTS = {f"d{name}": value[::-1] / 4 for name, value in PARAMETERS.items()}
ACTIVATIONS = ["tanh", "softmax"]
IMAGE = np.arange(42).reshape(6, 7) % 5 - 1.5
IMAGES = (np.arange(2 * 6 * 7 * 2).reshape(2, 6, 7, 2) * 7 % 11 - 5) / 4
KERNELS = (np.arange(3 * 2 * 2 * 3).reshape(3, 2, 2, 3) * 5 % 7 - 3) / 4
PATH = np.array([[2 * 0.75**k, (-0.5) ** k] for k in range(12)])
PIXELS = (np.arange(6 * 784).reshape(6, 28, 28) * 31 % 256).astype(np.uint8)


def network(activations=("tanh", "softmax"), **options):
    return nnlib.NeuralNetwork([3, 4, 2], list(activations), 0.5, rng=0, **options)


def convnet():
    return nnlib.ConvNet(
        [nnlib.Convolution(3), nnlib.MaxPooling(2), nnlib.Flatten(), nnlib.Dense(2, "softmax")], (6, 7, 2), rng=0
    )


def axes():
    return plt.figure(figsize=(3, 3), layout="none").add_subplot()


def on(role="ax", rows=0):
    """Axes to draw on, or with `rows` a list of so many."""
    make = axes if not rows else lambda: [axes() for _ in range(rows)]
    return thing(make, role, {"a figure": Figure(), "a list of figures": [Figure()]})


ENTRY_BY_ENTRY = {
    "sigmoid": lambda z: (1 + math.tanh(z / 2)) / 2,
    "sigmoid_derivative": lambda z: (1 - math.tanh(z / 2) ** 2) / 4,
    "tanh": math.tanh,
    "tanh_derivative": lambda z: 1 - math.tanh(z) ** 2,
    "relu": lambda z: z if z > 0 or math.isnan(z) else 0,
    "relu_derivative": lambda z: 1 if z > 0 else 0,
    "leaky_relu": lambda z: z if z > 0 else z / 4,
    "leaky_relu_derivative": lambda z: 1 if z > 0 else 1 / 4,
    "elu": lambda z: z if z > 0 else (math.exp(z) - 1) / 4,
    "elu_derivative": lambda z: 1 if z > 0 else math.exp(z) / 4,
    "linear": lambda z: z,
    "linear_derivative": lambda z: 1,
}


def entry_by_entry(name):
    def oracle(z, **alpha):
        return np.array([ENTRY_BY_ENTRY[name](float(each)) for each in np.ravel(z)]).reshape(np.shape(z))

    alpha = {"alpha": number(0.25, -0.25)} if "elu" in name and name[0] != "r" else {}
    return call(getattr(nnlib, name), oracle, z=numbers(X), **alpha)


def quiet(oracle):
    """An oracle whose own NaN and infinities are no warnings."""

    def judged(*given, **arguments):
        with np.errstate(all="ignore"):
            return oracle(*given, **arguments)

    return judged


@quiet
def softmax_oracle(z):
    exponentials = np.exp(np.asarray(z, np.longdouble) - np.max(z, axis=0))
    return exponentials / exponentials.sum(axis=0)


def summed(loss):
    """A loss as it is written: a sum over the entries, one by one, divided by the number of columns."""

    @quiet
    def oracle(y_true, y_pred, epsilon=0.0):
        pairs = zip(np.ravel(y_true), np.float64(np.ravel(y_pred)))
        return float(sum(loss(y, p, epsilon) for y, p in pairs) / np.shape(y_pred)[1])

    return oracle


def binary(y, p, epsilon):
    return -(y * np.log(np.maximum(p, epsilon)) + (1 - y) * np.log(np.maximum(1 - p, epsilon)))


@quiet
def forward_oracle(X, parameters, activations, masks=None):
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = np.tanh(Z1) * masks["D1"]
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = softmax_oracle(z=Z2)
    return A2, {"A0": X, "Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2, **masks}


@quiet
def step_oracle(parameters, gradients, learning_rate):
    return {name: value - learning_rate * gradients[f"d{name}"] for name, value in parameters.items()}


@quiet
def backward_oracle(Y, cache, parameters, activations, loss):
    m, dZ2 = Y.shape[1], cache["A2"] - Y
    dZ1 = parameters["W2"].T @ dZ2 * (1 - np.tanh(cache["Z1"]) ** 2)
    errors = {"W1": dZ1 @ cache["A0"].T, "b1": dZ1.sum(axis=1), "W2": dZ2 @ cache["A1"].T, "b2": dZ2.sum(axis=1)}
    return {f"d{name}": error.reshape(len(error), -1) / m for name, error in errors.items()}


def backward_call():
    A, cache = nnlib.forward_propagation(X, PARAMETERS, ACTIVATIONS)
    given = dict(
        Y=numbers(Y),
        cache=arrays(cache, role=r"cache|[AZW]\d"),
        parameters=arrays(PARAMETERS, "parameters|W1"),
        activations=several(ACTIVATIONS, "activations?", [["tanh", "softmaxx"], ["softmax"], ["tanh"] * 3]),
        loss=choice("categorical_crossentropy", none=True),
    )
    return call(nnlib.backward_propagation, backward_oracle, **given)


@quiet
def sum_of_squares(parameters):
    return np.sum(np.square(parameters["W1"]))


@quiet
def penalized_oracle(gradients, parameters, l2):
    return gradients | {f"d{W}": gradients[f"d{W}"] + l2 * parameters[W] for W in ("W1", "W2")}


def stepped(make):
    def step(parameters, gradients):
        optimizer = make(0.5)
        optimizer.step(parameters, gradients)
        optimizer.step(parameters, gradients)
        return parameters

    return step


def stepped_oracle(name):
    """Two steps with the same gradient, entry by entry, as the papers have them."""

    @quiet
    def oracle(parameters, gradients):
        return {key: TWO_STEPS[name](value, gradients[f"d{key}"]) for key, value in parameters.items()}

    return oracle


def two_steps_of_rmsprop(w, g):
    for s in (0.1 * g**2, 0.19 * g**2):
        w = w - 0.5 * g / (np.sqrt(s) + 1e-8)
    return w


def two_steps_of_adam(w, g):
    for _ in range(2):  # of equal gradients every average is the gradient
        w = w - 0.5 * g / (np.sqrt(g**2) + 1e-8)
    return w


TWO_STEPS = {
    "GradientDescent": lambda w, g: w - g,
    "Momentum": lambda w, g: w - 0.5 * g - 0.95 * g,
    "RMSProp": two_steps_of_rmsprop,
    "Adam": two_steps_of_adam,
}


def optimizer_calls():
    settings = {
        nnlib.GradientDescent: {},
        nnlib.Momentum: {"momentum": number(0.5, 1.0, -0.5)},
        nnlib.RMSProp: {"decay": number(0.5, 1.0, -0.5), "epsilon": number(0.125, 0.0, -1.0)},
        nnlib.Adam: {
            "beta1": number(0.5, 1.0, -0.5),
            "beta2": number(0.5, 1.0, -0.5),
            "epsilon": number(0.125, 0.0, -1.0),
        },
    }
    for kind, others in settings.items():
        name = kind.__name__
        yield name, call(kind, learning_rate=number(0.5, 0.0, -0.5), **others)
        yield (
            f"{name}.step",
            call(
                stepped(kind),
                stepped_oracle(name),
                parameters=without(arrays(PARAMETERS, "W1|parameters", in_place=True), "no W1"),
                gradients=arrays(GRADIENTS, "dW1|gradients"),
            ),
        )
        yield (
            f"{name}.restore",
            call(
                restored(kind),
                state=thing(lambda kind=kind: kind().state(), "state"),
            ),
        )


def restored(kind):
    def restore(state):
        optimizer = kind()
        optimizer.restore(state)
        return optimizer

    return restore


def fitted(make):
    def fit(*args, **options):
        net = make()
        net.fit(*args, verbose=False, **options)
        return net

    return fit


def fit_arguments():
    return dict(
        epochs=without(whole(2), "10**9"),
        print_every=whole(1, harmless=("10**9",)),
        batch_size=whole(2, none=True, harmless=("10**9",)),
        optimizer=thing(lambda: nnlib.Adam(0.25), wrong={"a class": nnlib.Adam}, none=True),
        schedule=routine(lambda: "cosine", none=True, misspelt="cosin", rubbish=lambda progress: "x"),
        augment=routine(lambda: lambda X, rng: X, none=True, nothing=lambda X, rng: None),
        patience=whole(2, none=True, harmless=("10**9",)),
        rng=seed(),
    )


def calls():
    """Every public name, with a valid call."""
    for name in ENTRY_BY_ENTRY:
        yield name, entry_by_entry(name)
    yield "softmax", call(nnlib.softmax, softmax_oracle, z=numbers(X))
    for name in ("get_activation", "default_loss"):
        argument = inspect.signature(getattr(nnlib, name)).parameters
        yield name, call(getattr(nnlib, name), **{next(iter(argument)): choice("tanh", "activation")})
    yield "get_loss", call(nnlib.get_loss, name=choice("mse", "loss"))
    yield "get_surface", call(nnlib.get_surface, name=choice("bowl", "surface"))
    yield "get_schedule", call(nnlib.get_schedule, schedule=choice("cosine", harmless=("a function",)))
    yield (
        "check_loss",
        call(nnlib.check_loss, loss=choice("mse", none=True), output_activation=choice("linear", "activation")),
    )
    names = several(ACTIVATIONS, "activations?", [["tanh"], ["tanh"] * 3, ["tanh", "x"], ["softmax", "tanh"], [3, 3]])
    sizes = several(
        [3, 4, 2], "layer_sizes", [[3], [3, 0], [3, -1], [3, 1.5], [3, True], [3, 10**400], [[3, 4]], ["3", "2"]]
    )
    yield (
        "check_activations",
        call(nnlib.check_activations, activations=names, n_layers=whole(2, role="n_layers|activations?")),
    )
    yield (
        "initialize_parameters",
        call(
            nnlib.initialize_parameters,
            layer_sizes=sizes._replace(wrong=sizes.wrong | {"huge": [3, 10**9], "huger": [10**9, 10**9]}),
            init_method=choice("he"),
            rng=seed()._replace(make=lambda: 3),
            dtype=thing(
                lambda: np.float32, harmless=("None",), wrong={"int": int, "complex": complex, "misspelt": "flot32"}
            ),
        ),
    )
    yield "count_parameters", call(nnlib.count_parameters, layer_sizes=sizes)
    yield (
        "dropout_masks",
        call(
            nnlib.dropout_masks,
            layer_sizes=sizes,
            m=whole(5),
            dropout=number(0.5, 1.0, -0.5),
            rng=seed()._replace(make=lambda: 3),
            dtype=thing(
                lambda: np.float32, harmless=("None",), wrong={"int": int, "complex": complex, "misspelt": "flot32"}
            ),
        ),
    )
    yield (
        "Neuron",
        call(
            lambda **given: vars(nnlib.Neuron(**given)),
            n_inputs=whole(3),
            activation=choice("sigmoid"),
            rng=seed()._replace(make=lambda: 3),
        ),
    )
    yield "Neuron.forward", call(lambda inputs: nnlib.Neuron(3, rng=0).forward(inputs), inputs=numbers(X))

    for name, loss in (
        ("binary_crossentropy", binary),
        ("categorical_crossentropy", lambda y, p, epsilon: -y * np.log(np.maximum(p, epsilon))),
    ):
        yield (
            name,
            call(
                getattr(nnlib, name),
                summed(loss),
                y_true=numbers(Y),
                y_pred=numbers((Y + 0.25) / 1.5 // 0.125 * 0.125),
                epsilon=number(2**-10, 0.0, -1.0),
            ),
        )
    yield "mse", call(nnlib.mse, summed(lambda y, p, epsilon: (p - y) ** 2), y_true=numbers(Y), y_pred=numbers(X[:2]))
    yield (
        "output_error",
        call(
            nnlib.output_error,
            quiet(lambda Y, A, Z, activation, loss: 2 * (A - Y) * (1 - np.tanh(Z) ** 2)),
            Y=numbers(Y),
            A=numbers(np.tanh(X[:2]).round(3)),
            Z=numbers(X[:2]),
            activation=choice("tanh"),
            loss=choice("mse", harmless=("None",)),
        ),
    )
    yield (
        "forward_propagation",
        call(
            nnlib.forward_propagation,
            forward_oracle,
            X=numbers(X),
            parameters=arrays(PARAMETERS, "parameters|W1|X"),
            activations=names,
            masks=without(
                arrays({"D1": np.arange(20).reshape(4, 5) % 2 * 2.0}, "masks|D1"),
                "None",
                "no D1",
                "an empty dictionary",
            ),
        ),
    )
    yield "backward_propagation", backward_call()
    yield (
        "update_parameters",
        call(
            nnlib.update_parameters,
            step_oracle,
            parameters=arrays(PARAMETERS, "parameters|W1"),
            gradients=arrays(GRADIENTS, "gradients|dW1"),
            learning_rate=number(0.5, 0.0, -0.5),
        ),
    )
    yield from optimizer_calls()
    for name in ("constant", "step_decay", "cosine", "one_cycle"):
        yield name, call(getattr(nnlib, name), progress=number(0.5, -0.25, 1.5))
    yield (
        "l2_penalty",
        call(
            nnlib.l2_penalty,
            quiet(lambda parameters, l2: l2 / 2 * float(sum(np.sum(parameters[W] ** 2) for W in ("W1", "W2")))),
            parameters=without(arrays(PARAMETERS, "parameters|W1"), "no W1"),
            l2=number(0.5, -0.5),
        ),
    )
    yield (
        "add_l2_gradients",
        call(
            lambda gradients, **given: nnlib.add_l2_gradients(gradients, **given) or gradients,
            penalized_oracle,
            gradients=arrays(GRADIENTS, "gradients|dW1", in_place=True),
            parameters=without(arrays(PARAMETERS, "parameters|W1"), "no W1"),
            l2=number(0.5, -0.5),
        ),
    )
    yield (
        "numerical_gradients",
        call(
            nnlib.numerical_gradients,
            lambda loss_of, parameters, epsilon: {"dW1": 2 * np.asarray(parameters["W1"])},
            loss_of=routine(lambda: sum_of_squares, rubbish=lambda parameters: "x", nothing=lambda parameters: None),
            parameters=arrays({"W1": X}, "parameters|W1"),
            epsilon=number(2**-10, 0.0, -1.0),
        ),
    )
    yield (
        "compare_gradients",
        call(
            lambda **given: nnlib.compare_gradients(**given).passed,
            lambda **given: False,
            analytic=arrays(GRADIENTS, "analytic|gradients|dW1"),
            numerical=arrays(GRADIENTS | {"dW2": PARAMETERS["W2"]}, "numerical|gradients|dW1"),
            tolerance=number(2**-10, -1.0),
        ),
    )
    yield (
        "gradient_check",
        call(
            lambda **given: nnlib.gradient_check(**given)[0],
            X=numbers(X),
            Y=numbers(Y),
            parameters=arrays(PARAMETERS, "parameters|W1|X"),
            activations=names,
            loss=choice("categorical_crossentropy", none=True),
            backward=routine(
                lambda: nnlib.backward_propagation, "backward|gradients", rubbish=lambda *given, loss: None
            ),
            epsilon=number(2**-10, 0.0, -1.0),
            tolerance=number(2**-10, -1.0),
        ),
    )

    yield (
        "convolution_output_size",
        call(
            nnlib.convolution_output_size,
            size=whole(7, harmless=("10**9",)),
            kernel_size=whole(3, role="kernel_size|kernel"),
            padding=whole(1, 0, harmless=("10**9",)),
            stride=whole(2, harmless=("10**9",)),
        ),
    )
    yield (
        "convolve2d",
        call(
            nnlib.convolve2d,
            image=numbers(IMAGE, harmless=("transposed",)),
            kernel=numbers(KERNELS[:, :, 0, 0], harmless=("transposed",)),
            padding=whole(1, 0),
            stride=whole(2, harmless=("10**9",)),
        ),
    )
    for name in ("pooling_blocks", "max_pool2d", "average_pool2d"):
        yield name, call(getattr(nnlib, name), image=numbers(IMAGE, harmless=("transposed",)), pool_size=whole(2))
    yield from convolution_calls()
    yield from data_calls()
    yield from network_calls()
    yield from descent_calls()
    yield from drawing_calls()


def places(A, kernel_shape, padding, stride):
    """Yield where the kernel stands: (n, i, j) in the output, and the slices of the framed images that it covers."""
    (kh, kw), (m, H, W, _) = kernel_shape, A.shape
    rows, columns = ((n + 2 * padding - k) // stride + 1 for n, k in ((H, kh), (W, kw)))
    for n, i, j in np.ndindex(m, rows, columns):
        yield (n, i, j), (n, slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw))


def framed(A, padding):
    return np.pad(A, ((0, 0), (padding, padding), (padding, padding), (0, 0)))


@quiet
def convolution_oracle(A, W, b, padding, stride):
    sums = [
        (place, (framed(A, padding)[here][..., None] * W).sum((0, 1, 2)) + b)
        for place, here in places(A, W.shape[:2], padding, stride)
    ]
    Z = np.empty((*np.add(sums[-1][0], 1), len(b)))
    for place, entry in sums:
        Z[place] = entry
    return Z


@quiet
def gradients_oracle(dZ, A, kernel_shape, padding, stride):
    dW = np.zeros((*kernel_shape, A.shape[3], dZ.shape[3]))
    for place, here in places(A, kernel_shape, padding, stride):
        dW += framed(A, padding)[here][..., None] * dZ[place]
    return dW / len(A), dZ.sum((0, 1, 2)) / len(A)


@quiet
def error_oracle(dZ, W, image_shape, padding, stride):
    A = np.zeros((len(dZ), *image_shape, W.shape[2]))
    dA = framed(A, padding)
    for place, here in places(A, W.shape[:2], padding, stride):
        dA[here] += W @ dZ[place]
    return dA[:, padding : padding + A.shape[1], padding : padding + A.shape[2]]


@quiet
def pooling_oracle(A, pool_size, padding, stride):
    entries = [A[here].max((0, 1)) for _, here in places(A, (pool_size, pool_size), padding, stride)]
    return np.reshape(entries, (len(A), A.shape[1] // 2, A.shape[2] // 2, A.shape[3]))


def convolution_calls():
    Z = nnlib.convolution_forward(IMAGES, KERNELS[:2], np.zeros(3), padding=1, stride=2)
    dZ = numbers(np.rint(Z) / 4, samples=0)
    A, W = numbers(IMAGES, samples=0), numbers(KERNELS[:2], "W|b|dZ", samples=0)
    b = numbers([0.5, -1, 0.25])
    steps = dict(padding=whole(1, 0), stride=whole(2, 1, role="stride|dZ", harmless=("10**9",)))
    image_shape = several((6, 7), "image_shape|dZ", [(6,), (6, 0), (6, 10**9), (6.5, 7), ("6", "7")])
    kernel_shape = several((2, 2), "kernel_shape|kernel|dZ", [(2,), (2, 0), (2, 10**9), (2.5, 2), ("2", "2")])
    forward = call(nnlib.convolution_forward, convolution_oracle, A=A, W=W, b=b, **steps)
    gradients = call(nnlib.convolution_gradients, gradients_oracle, dZ=dZ, A=A, kernel_shape=kernel_shape, **steps)
    error = call(nnlib.convolution_error, error_oracle, dZ=dZ, W=W, image_shape=image_shape, **steps)
    pooled = nnlib.max_pool_forward(IMAGES, 2)
    # Which pixel a NaN belongs to cannot be told, and an infinite error is NaN times the others of its block.
    spoilt = ("NaN", "inf", "-inf", "transposed")
    P, dP = numbers(pooled, samples=0, harmless=spoilt), numbers(np.rint(pooled), samples=0, harmless=spoilt)
    blocks = dict(
        pool_size=whole(2, role="pool_size|kernel"),
        padding=whole(0, 0),
        stride=whole(2, role="stride|P", none=True, harmless=("10**9",)),
    )
    pool_forward = call(nnlib.max_pool_forward, pooling_oracle, A=A, **blocks)
    pool_error = call(nnlib.max_pool_error, dP=dP, A=numbers(IMAGES, samples=0, harmless=spoilt), P=P, **blocks)
    yield "convolution_forward", forward
    yield "convolution_gradients", gradients
    yield "convolution_error", error
    yield "max_pool_forward", pool_forward
    yield "max_pool_error", pool_error


def data_calls():
    yield (
        "load_mnist",
        call(
            lambda **given: vars(nnlib.load_mnist(**given)),
            source=choice("auto"),
            data_dir=thing(lambda: "no folder", none=True, harmless=("a text",)),
        ),
    )
    yield (
        "images_to_columns",
        call(nnlib.images_to_columns, lambda images: np.zeros((784, 0), np.float32), images=levels(PIXELS)),
    )
    yield (
        "one_hot_encode",
        call(
            nnlib.one_hot_encode,
            lambda y, num_classes: np.zeros((num_classes, 0), np.float32),
            y=labels([0, 2, 1, 3, 2]),
            num_classes=whole(4),
        ),
    )
    yield (
        "shift_images",
        call(
            nnlib.shift_images,
            images=numbers(
                IMAGES[..., 0],
                role="images?",
                samples=0,
                harmless=("an axis more", "transposed", "NaN", "inf", "-inf", "no samples"),
            ),
            rng=seed()._replace(make=lambda: 3),
            pixels=whole(2),
        ),
    )
    yield (
        "split_indices",
        call(
            nnlib.split_indices,
            labels=labels([0, 1, 0, 1, 1, 0, 2, 2], "labels|samples", harmless=("-1", "10**9")),
            validation_fraction=number(0.5, 0.0, 1.0, -0.5),
            rng=seed()._replace(make=lambda: 3),
        ),
    )
    yield (
        "mini_batches",
        call(
            lambda **given: list(nnlib.mini_batches(**given)),
            m=whole(5),
            batch_size=whole(2, harmless=("10**9",)),
            rng=seed()._replace(make=lambda: 3),
        ),
    )


def share_of_right(Y, Y_pred):
    return np.mean(Y.argmax(axis=0) == Y_pred.argmax(axis=0)) if np.isfinite(Y_pred).all() else np.nan


def positional(function, *names):
    """A function that is given these arguments in this order, whatever it calls them."""
    return lambda **given: function(*(given[name] for name in names))


def calls_of_methods(name, make, given):
    """The methods that both networks have; `given` are data to train on."""
    first = next(iter(given))
    on_first = {first: given[first]}

    def method(name):
        return lambda *args, **given: getattr(make(), name)(*args, **given)

    def after_forward(name):
        def function(**arguments):
            net = make()
            net.forward(given[first].make())
            return getattr(net, name)(**arguments)

        return function

    def updated(gradients):
        net = make()
        net.update_parameters(gradients)
        return net

    def updated_oracle(gradients):
        net = make()
        parameters = step_oracle(net.parameters, gradients, net.learning_rate)
        return {"parameters": parameters, "history": net.history}

    for each in ("predict", "predict_proba"):
        yield f"{name}.{each}", call(positional(method(each), first), **on_first)
    yield f"{name}.forward", call(method("forward"), **on_first)
    yield f"{name}.backward", call(after_forward("backward"), Y=given["Y"])
    yield f"{name}.evaluate", call(positional(method("evaluate"), *given), **given)
    pair = dict(Y=given["Y"], Y_pred=numbers((given["Y"].make() + 0.25) / 1.5 // 0.125 * 0.125))
    yield (
        f"{name}.compute_loss",
        call(
            method("compute_loss"),
            lambda Y, Y_pred: summed(lambda y, p, epsilon: -y * np.log(np.maximum(p, 1e-15)))(y_true=Y, y_pred=Y_pred),
            **{label: argument._replace(role=f"{label}|y_true|y_pred") for label, argument in pair.items()},
        ),
    )
    yield f"{name}.accuracy", call(method("accuracy"), share_of_right, **pair)
    yield (
        f"{name}.update_parameters",
        call(
            updated,
            updated_oracle,
            gradients=arrays({f"d{key}": value / 2 for key, value in make().parameters.items()}, "gradients|dW1"),
        ),
    )
    yield (
        f"{name}.fit",
        call(
            fitted(make),
            **given,
            validation_data=thing(lambda: tuple(each.make() for each in given.values()), none=True),
            **fit_arguments(),
        ),
    )


def network_calls():
    names = several(ACTIVATIONS, "activations?", [["tanh"], ["tanh"] * 3, ["tanh", "x"], ["softmax", "tanh"], [3, 3]])
    sizes = several([3, 4, 2], "layer_sizes", [[3], [3, 0, 2], [3, 1.5, 2], [3, True, 2], [3, 10**9, 2], [[3, 4]]])
    yield (
        "NeuralNetwork",
        call(
            nnlib.NeuralNetwork,
            layer_sizes=sizes,
            activations=names,
            learning_rate=number(0.5, 0.0, -0.5),
            init_method=choice("he"),
            loss=choice("categorical_crossentropy", none=True),
            l2=number(0.5, -0.5),
            dropout=number(0.5, 1.0, -0.5),
            rng=seed()._replace(make=lambda: 3),
        ),
    )
    layers = [nnlib.Convolution(3), nnlib.MaxPooling(2), nnlib.Flatten(), nnlib.Dense(2, "softmax")]
    wrong_layers = [layers[:2], [*layers[:2], nnlib.Dense(2)], [*layers[:3], nnlib.Dense(10**9)], [layers[0], 3]]
    wrong_layers += [[nnlib.Convolution(n), *layers[1:]] for n in (0, 1.5, "3", None, 10**9)]
    wrong_layers += [[nnlib.Convolution(3, k), *layers[1:]] for k in (0, 9, 1.5, "3", None)]
    wrong_layers += [
        [nnlib.Convolution(3, 3, p, s, g), *layers[1:]] for p, s, g in ((-1, 1, "relu"), (0, 0, "relu"), (0, 1, "x"))
    ]
    wrong_layers += [[layers[0], nnlib.MaxPooling(p), *layers[2:]] for p in (0, 9, 1.5, "3", None)]
    role = "layers?|input_shape|activation|neurons"
    yield (
        "ConvNet",
        call(
            nnlib.ConvNet,
            layers=thing(lambda: layers, role, {repr(each): each for each in wrong_layers}),
            input_shape=several([6, 7, 2], role, [[6, 7], [6, 7, 0], [6, 7, 1.5], [6, 7, 10**9], [1, 1, 1]]),
            learning_rate=number(0.5, 0.0, -0.5),
            l2=number(0.5, -0.5),
            rng=seed()._replace(make=lambda: 3),
        ),
    )
    data = dict(X=numbers(X, harmless=("1e300",)), Y=numbers(Y))
    images = numbers(IMAGES, samples=0, harmless=("1e300",))
    image_data = dict(images=images, Y=numbers(np.eye(2)))
    yield from calls_of_methods("NeuralNetwork", network, data)
    yield from calls_of_methods("ConvNet", convnet, image_data)
    yield from layer_calls()
    yield "ConvNet.feature_maps", call(lambda images: convnet().feature_maps(images), images=images)


def layer_calls():
    """What `ConvNet` calls of its layers, and the functions of convolution have checked or the layers check."""
    functions = dict(convolution_calls())
    convolution, pooling = nnlib.Convolution(3, 2, 1, 2), nnlib.MaxPooling(2)

    def row(method, function, names, **others):
        arguments = {name: functions[function].arguments[name] for name in names}
        return call(
            lambda **given: method(**given, **others),
            **{name: without(each, "NaN", "inf", "-inf", "transposed") for name, each in arguments.items()},
        )

    yield "Convolution.forward", row(convolution.forward, "convolution_forward", "AWb")
    yield "Convolution.gradients", row(convolution.gradients, "convolution_gradients", ("dZ", "A"))
    yield "Convolution.error", row(convolution.error, "convolution_error", ("dZ", "W"), A=IMAGES, Z=None, b=None)
    yield "MaxPooling.forward", row(pooling.forward, "max_pool_forward", "A")
    yield (
        "MaxPooling.error",
        call(
            lambda dP, A, P: pooling.error(dP, A, P),
            **{name: functions["max_pool_error"].arguments[name] for name in ("dP", "A", "P")},
        ),
    )
    dense = nnlib.Dense(4)
    A, W, b = numbers(X), numbers(PARAMETERS["W1"]), numbers(PARAMETERS["b1"])
    dZ = numbers(PARAMETERS["W1"] @ X)
    yield (
        "Dense.forward",
        call(dense.forward, quiet(lambda A, W, b: W @ A + b), A=A._replace(role="A|W"), W=W._replace(role="A|W"), b=b),
    )
    yield (
        "Dense.gradients",
        call(
            dense.gradients,
            quiet(lambda dZ, A: (dZ @ A.T / 5, dZ.sum(axis=1).reshape(-1, 1) / 5)),
            dZ=dZ,
            A=A._replace(role="A|dZ"),
        ),
    )
    yield (
        "Dense.error",
        call(lambda dZ, W: dense.error(dZ, X, None, W, None), quiet(lambda dZ, W: W.T @ dZ), dZ=dZ, W=W),
    )
    flatten = nnlib.Flatten()
    stack, columns = numbers(IMAGES, "A|dZ", samples=0), numbers(IMAGES.reshape(2, -1).T)
    yield "Flatten.forward", call(flatten.forward, lambda A: np.array([image.ravel() for image in A]).T, A=stack)
    yield (
        "Flatten.error",
        call(
            lambda dZ, A: flatten.error(dZ, A, None),
            lambda dZ, A: np.array([column.reshape(A.shape[1:]) for column in dZ.T]),
            dZ=columns,
            A=stack,
        ),
    )


def descent_calls():
    yield "stability_limit", call(nnlib.stability_limit, surface=choice("bowl"), momentum=number(0.5, 1.0, -0.5))
    yield (
        "learning_rate_path",
        call(
            nnlib.learning_rate_path,
            learning_rate=number(0.25, 0.0, -0.5),
            surface=choice("bowl"),
            start=numbers([-2, 2]),
            steps=whole(3),
            optimizer=choice("momentum"),
        ),
    )
    yield (
        "learning_rate_verdict",
        call(nnlib.learning_rate_verdict, lambda path: "diverges", path=numbers(PATH, harmless=("1e300",), samples=0)),
    )


ANY_SHAPE = ("an axis more for one", "an axis less for one", "transposed for one")


def drawing_calls():
    ax = on()
    plane = dict(X=numbers(X[:2]), y=labels([0, 1, 1, 0, 2], harmless=("an axis more",)))
    sizes = [[3], [3, 0], [3, 1.5], [3, True], [[3, 4]], ["3", "2"]]
    shown = [np.array([1.0, 2, -1]), np.array([0.5, -0.5, 1, 0]), np.array([0.25, 0.75])]
    yield (
        "draw_neural_network",
        call(
            nnlib.draw_neural_network,
            layer_sizes=several([3, 4, 2], "layer_sizes", sizes),
            ax=ax,
            parameters=without(arrays(PARAMETERS, "parameters|W1"), "None"),
            values=thing(
                lambda: shown,
                wrong={"too few": shown[:1], "text": ["x"] * 3, "NaN": [shown[0] * np.nan, *shown[1:]]},
                none=True,
            ),
            labels=thing(
                lambda: [list("abc"), list("defg"), list("hi")],
                wrong={"too few": ["abc"], "too short": ["a", "b", "c"]},
                none=True,
            ),
            captions=texts("in", "middle", "out"),
        ),
    )
    yield (
        "draw_neuron",
        call(
            nnlib.draw_neuron,
            weights=numbers([0.5, -1, 2], "weights|inputs", harmless=("an axis more",)),
            bias=number(0.5),
            ax=ax,
            inputs=without(numbers([1, -2, 0.5], harmless=("an axis more",)), "None"),
            activation=choice("sigmoid"),
        ),
    )
    yield (
        "draw_flow",
        call(
            nnlib.draw_flow,
            nodes=texts("X", "Z", "A", none=False),
            ax=ax,
            inputs=thing(lambda: {"Z": "W"}, wrong={"strangers": {"Q": "W"}, "no text": {"Z": 3}}, none=True),
            backward=texts("", "dZ", "dA"),
            outputs=thing(lambda: {"dZ": "dW"}, wrong={"strangers": {"Q": "W"}, "no text": {"dZ": 3}}, none=True),
        ),
    )
    stages = [("image", (28, 28, 1)), ("maps", (26, 26, 8)), ("scores", (10,))]
    wrong_stages = {
        str(each): each for each in ([], [("x", 3)], [("x", (0, 1, 1))], [("x", ("a",))], [3], [("x", (3, 4))])
    }
    yield "draw_cnn", call(nnlib.draw_cnn, stages=thing(lambda: stages, "stages?|shape", wrong_stages), ax=ax)
    yield (
        "draw_path",
        call(
            nnlib.draw_path,
            path=numbers(PATH, samples=0, harmless=("NaN", "inf", "-inf")),
            ax=ax,
            span=number(8.0, 0.0, -1.0),
        ),
    )
    curves = {"one": np.array([1, 2, 4.0]), "two": np.array([3, 1, 0.5])}
    yield (
        "plot_curves",
        call(
            nnlib.plot_curves,
            curves=arrays(curves, "curves|one", harmless=("NaN for one", "inf for one", "-inf for one", "no one")),
            ax=ax,
            x=without(numbers([1, 2, 4]), "None"),
        ),
    )
    yield (
        "plot_layer_spread",
        call(
            nnlib.plot_layer_spread,
            # matplotlib's logarithmic axis overflows at 1e300.
            spreads=without(
                arrays(curves, "spreads|one", harmless=("NaN for one", "inf for one", "-inf for one", "no one")),
                "1e300 for one",
            ),
            ax=ax,
        ),
    )
    yield (
        "plot_activation",
        call(
            nnlib.plot_activation,
            name=choice("elu", "activation"),
            ax=ax,
            z_range=thing(
                lambda: (-4, 4), wrong={"one": (1,), "backwards": (4, -4), "NaN": (np.nan, 1), "text": ("a", "b")}
            ),
            alpha=number(0.5, -0.5),
        ),
    )
    history = {"loss": [2.0, 1.0, 0.5], "accuracy": [0.5, 0.75, 1.0]}
    yield (
        "plot_history",
        call(
            nnlib.plot_history,
            history=thing(
                lambda: history, "history|loss", {"empty": {}, "text": {"loss": ["x"]}, "no list": {"loss": 3}}
            ),
            axes=on("ax|axes", 2),
        ),
    )
    yield (
        "plot_distributions",
        call(
            nnlib.plot_distributions,
            # SciPy's density overflows at 1e300.
            samples=without(
                arrays(
                    {"one": X, "two": X[:2] / 2}, "samples|one", harmless=("a number for one", "no one", *ANY_SHAPE)
                ),
                "1e300 for one",
            ),
            ax=ax,
        ),
    )
    yield (
        "plot_bars",
        call(
            nnlib.plot_bars,
            values=numbers([0.5, -1, 2], "values|labels", harmless=("an axis more",)),
            labels=texts("a", "b", "c", none=False),
            ax=ax,
        ),
    )
    yield "plot_points", call(nnlib.plot_points, **plane, ax=ax)
    yield (
        "plot_decision_boundary",
        call(
            nnlib.plot_decision_boundary,
            predict=routine(
                lambda: lambda X: (X[0] > 0).astype(int),
                nothing=lambda X: None,
                too_few=lambda X: np.ones(3),
                text=lambda X: ["a"] * X.shape[1],
            ),
            **plane,
            ax=ax,
        ),
    )
    pair = {"one": (1,), "backwards": (4, -4), "NaN": (np.nan, 1), "text": ("a", "b")}
    yield (
        "plot_descent",
        call(
            nnlib.plot_descent,
            loss=routine(
                lambda: nnlib.get_surface("bowl").loss, rubbish=lambda w1, w2: "x", a_number=lambda w1, w2: 1.0
            ),
            path=without(numbers(PATH, samples=0, harmless=("NaN", "inf", "-inf")), "None"),
            ax=ax,
            minimum=without(numbers([1, -0.5]), "None"),
            w1_range=thing(lambda: (-3, 3), wrong=pair),
            w2_range=thing(lambda: (-3, 3), wrong=pair),
        ),
    )
    yield (
        "plot_matrix",
        call(
            nnlib.plot_matrix,
            M=numbers(X, "M|labels|row_labels", harmless=("NaN",)),
            ax=ax,
            row_labels=texts("a", "b", "c"),
            column_labels=texts(*"abcde"),
            highlight=thing(lambda: (0, 0, 2, 2), wrong={"too few": (0, 0)}, none=True),
            largest=number(4.0, 0.0, -1.0, none=True),
        ),
    )
    yield (
        "plot_image",
        call(
            nnlib.plot_image,
            image=numbers(IMAGE, harmless=("transposed",)),
            ax=ax,
            largest=number(4.0, 0.0, -1.0, none=True),
        ),
    )
    yield (
        "plot_images",
        call(
            nnlib.plot_images,
            images=numbers(IMAGES[..., 0], "images?|titles", samples=0),
            titles=texts("a", "b", none=False),
            axes=on("ax|axes", 3),
            correct=thing(lambda: [True, False], wrong={"too few": [True]}, none=True),
            largest=number(4.0, 0.0, -1.0, none=True),
        ),
    )
    yield (
        "plot_weights_as_images",
        call(
            nnlib.plot_weights_as_images,
            W=numbers(np.tile(X, 5)[:, :25], "W|image"),
            axes=on("ax|axes", 3),
            titles=texts("a", "b", "c"),
        ),
    )
    yield (
        "plot_confusion_matrix",
        call(
            nnlib.plot_confusion_matrix,
            cm=labels([[5, 1, 0], [0, 4, 2], [1, 0, 6]], "cm", harmless=("10**9",)),
            ax=ax,
            class_names=texts("a", "b", "c"),
        ),
    )
    yield (
        "show",
        call(
            nnlib.show,
            fig=thing(lambda: axes().figure, "fig|Figure", {"an Axes": axes()}),
            alt=thing(lambda: "eight words that say what is seen here", "alt"),
        ),
    )
    yield (
        "show_source",
        call(lambda obj: nnlib.show_source(obj), obj=routine(lambda: nnlib.relu, "show_source", builtin=len)),
    )


def explorer_calls():
    strokes = [[[0.25, 0.25], [0.5, 0.75]], [[0.5, 0.5]]]
    wrong_strokes = {"no pairs": [[0.5]], "text": [[["a", "b"]]], "NaN": [[[np.nan, 1]]], "1e300": [[[1e300, 1]]]}
    wrong_strokes |= {"a stroke": strokes[0], "three": [[[1, 2, 3]]]}
    reader = thing(explorers.load_digit_network, "network", {"another network": network()})
    yield (
        "activation_point",
        call(
            explorers.activation_point,
            name=choice("elu", "activation"),
            z=number(0.5),
            alpha=number(0.25, -0.25, none=True),
        ),
    )
    yield "backprop_steps", call(explorers.backprop_steps, sample=whole(1, 1, 5))
    yield "forward_steps", call(explorers.forward_steps, sample=whole(1, 1, 6))
    yield (
        "center_digit",
        call(explorers.center_digit, ink=numbers(np.arange(80).reshape(10, 8) * 2, harmless=("transposed",))),
    )
    yield "draw_strokes", call(explorers.draw_strokes, strokes=thing(lambda: strokes, "strokes?", wrong_strokes))
    yield (
        "read_digit",
        call(explorers.read_digit, strokes=thing(lambda: strokes, "strokes?", wrong_strokes), network=reader),
    )
    yield (
        "convolution_window",
        call(
            explorers.convolution_window,
            image=numbers(IMAGE, harmless=("transposed",)),
            kernel=numbers(KERNELS[:, :, 0, 0], harmless=("transposed",)),
            row=whole(1, 0),
            column=whole(1, 0),
            padding=whole(1, 0),
            stride=whole(1, role="stride|row"),
        ),
    )
    yield "entropy", call(explorers.entropy, p=numbers([0.25, 0.5, 0.25]))
    yield (
        "softmax_at_temperature",
        call(
            explorers.softmax_at_temperature,
            lambda z, temperature: softmax_oracle(z=z / np.float64(temperature)),
            z=numbers(X),
            temperature=number(0.5, 0.0, -1.0),
        ),
    )
    yield (
        "find_images",
        call(
            explorers.find_images,
            labels=labels([0, 1, 2, 1], harmless=("-1", "10**9")),
            answers=labels([0, 2, 2, 1], harmless=("-1", "10**9")),
            only_mistakes=same(True),
            true_class=thing(lambda: 1, harmless=("a number",)),
        ),
    )
    yield (
        "gradient_sizes",
        call(
            explorers.gradient_sizes,
            activation=choice("tanh"),
            depth=whole(2),
            init_method=choice("he"),
            scale=number(0.5),
            width=whole(4),
            samples=whole(5),
        ),
    )
    yield (
        "gradient_verdict",
        call(explorers.gradient_verdict, lambda sizes: "explodes", sizes=without(numbers([0.5, 1, 0.25]), "-inf")),
    )
    yield "inspect_prediction", call(explorers.inspect_prediction, network=reader, image=levels(PIXELS[0], "images?"))
    yield (
        "layer_shapes",
        call(explorers.layer_shapes, layer_sizes=several([3, 4, 2], "layer_sizes", [[3], [3, 0], [3, 1.5], [3, True]])),
    )
    yield "loss_point", call(explorers.loss_point, y=number(1.0), y_pred=number(0.5, 0.0, 1.0, 2.0), loss=choice("mse"))
    neuron = dict(w1=number(0.5), w2=number(-2.0), b=number(0.25))
    yield (
        "neuron_outputs",
        call(explorers.neuron_outputs, **neuron, activation=choice("tanh"), X=numbers(X[:2], "X|inputs")),
    )
    yield "right_answers", call(explorers.right_answers, question=choice("AND"), **neuron)
    noise = number(0.25, -0.25)
    hidden = several([3, 2], "hidden|layer_sizes", [[0], [1.5], [True], ["3"], [10**9, 10**9]])
    yield "playground_data", call(explorers.playground_data, data=choice("circles"), noise=noise)
    playground = dict(
        hidden=hidden._replace(wrong={label: value for label, value in hidden.wrong.items() if label != "nothing"}),
        activation=choice("tanh"),
        learning_rate=number(0.25, 0.0, -0.5),
    )
    yield "playground_network", call(explorers.playground_network, **playground)
    yield (
        "train_playground",
        call(
            explorers.train_playground, epochs=without(whole(1), "10**9"), data=choice("XOR"), noise=noise, **playground
        ),
    )
    yield (
        "playground_surfaces",
        call(
            explorers.playground_surfaces,
            network=thing(explorers.playground_network, wrong={"three inputs": network(("tanh", "softmax"))}),
        ),
    )
    yield (
        "prediction_explorer",
        call(
            explorers.prediction_explorer,
            network=reader._replace(wrong={label: value for label, value in reader.wrong.items() if label != "None"}),
            images=levels(PIXELS),
            labels=labels([0, 2, 1, 3, 2, 9]),
        ),
    )


def exercise_calls():
    notebook = whole(1, 1, 12)
    yield "check", call(told(exercises.check), name=choice("relu", "exercise"), answer=same(nnlib.relu))
    yield "hint", call(told(first_hint), name=choice("relu", "exercise"))
    yield "keep", call(told(exercises.keep), name=choice("relu", "exercise"), answer=same(nnlib.relu))
    yield "hunt", call(exercises.hunt, number=whole(1, 1, 5, role="hunt"))
    yield "show_hunt", call(exercises.show_hunt, number=whole(1, 1, 5, role="hunt"))
    for name in ("recall", "check_yourself"):
        yield name, call(getattr(exercises, name), notebook=notebook)
    yield "load_questions", call(exercises.load_questions, notebook=notebook, kind=choice("check"))
    first = next(iter(exercises.questions._files()[0]["predict"]))
    yield "predict", call(exercises.predict, name=choice(first, "prediction"))
    losses = numbers([1, 0.5, 0.25], harmless=("NaN", "inf", "-inf", "1e300"))
    yield "assembled", call(told(exercises.assembled), my_losses=losses, library_losses=losses)


def first_hint(name):
    exercises.checking._hints_given.clear()
    exercises.hint(name)


def told(function):
    """A function that prints what is wrong instead of raising it, as one that does raise."""

    def raising(**arguments):
        with redirect_stdout(io.StringIO()) as printed:
            function(**arguments)
        return Printed(printed.getvalue())

    return raising


class Printed(str):
    """What a function printed."""


def every_call():
    yield from ((f"nnlib.{name}", each) for name, each in calls())
    yield from ((f"explorers.{name}", each) for name, each in explorer_calls())
    yield from ((f"exercises.{name}", each) for name, each in exercise_calls())


CALLS = dict(every_call())
