"""`ConvNet`: a convolutional network, trained by hand-derived gradients (Part 10 of the source document)."""

from math import prod
from typing import NamedTuple

import numpy as np

from nnlib.activations import check_activations, get_activation
from nnlib.convolution import (
    convolution_error,
    convolution_forward,
    convolution_gradients,
    convolution_output_size,
    max_pool_error,
    max_pool_forward,
    pooling_stride,
)
from nnlib.initialization import INIT_METHODS
from nnlib.losses import default_loss, output_error
from nnlib.network import NeuralNetwork
from nnlib.optimizers import Adam
from nnlib.parallel import side_by_side, thread_count
from nnlib.regularization import add_l2_gradients
from nnlib.validation import (
    as_generator,
    check_array,
    check_images,
    check_l2,
    check_learning_rate,
    check_positive_integer,
    check_room,
    check_targets,
    without_overflow_warnings,
)

IMAGES_AT_ONCE = 100  # what prediction holds in memory at a time, on each thread


# Every layer turns what comes in, A, into Z: `forward(A, W, b)`. On the way back `gradients(dZ, A)` returns dW and db,
# and `error(dZ, A, Z, W, b)` returns dA. Layers without parameters have no `gradients`, and get no W and b.


class Convolution(NamedTuple):
    """A layer of `filters` kernels, kernel_size × kernel_size and as deep as what comes in, each with a bias."""

    filters: int
    kernel_size: int = 3
    padding: int = 0
    stride: int = 1
    activation: str = "relu"

    def output_shape(self, shape):
        sides = (convolution_output_size(n, self.kernel_size, self.padding, self.stride) for n in shape[:2])
        return (*sides, check_positive_integer(self.filters, "filters"))

    def parameter_shapes(self, shape):
        return (self.kernel_size, self.kernel_size, shape[2], self.filters), (self.filters,)

    def forward(self, A, W, b):
        return convolution_forward(A, W, b, padding=self.padding, stride=self.stride)

    def gradients(self, dZ, A):
        kernel_shape = (self.kernel_size, self.kernel_size)
        return convolution_gradients(dZ, A, kernel_shape, padding=self.padding, stride=self.stride)

    def error(self, dZ, A, Z, W, b):
        return convolution_error(dZ, W, A.shape[1:3], padding=self.padding, stride=self.stride)


class MaxPooling(NamedTuple):
    """A layer that keeps the largest value of every pool_size × pool_size block of every channel."""

    pool_size: int = 2
    padding: int = 0
    stride: int | None = None
    activation = None

    def output_shape(self, shape):
        stride = pooling_stride(self.pool_size, self.padding, self.stride)
        sides = (convolution_output_size(n, self.pool_size, self.padding, stride) for n in shape[:2])
        return (*sides, shape[2])

    def forward(self, A):
        return max_pool_forward(A, self.pool_size, padding=self.padding, stride=self.stride)

    def error(self, dZ, A, Z):
        return max_pool_error(dZ, A, Z, self.pool_size, padding=self.padding, stride=self.stride)


class Flatten(NamedTuple):
    """From images (m, H, W, C) to columns (H·W·C, m): what dense layers read."""

    activation = None

    def output_shape(self, shape):
        return (prod(shape),)

    def forward(self, A):
        check_array(A, "A", "m", "H", "W", "C")
        return A.reshape(len(A), -1).T

    def error(self, dZ, A, Z):
        check_array(A, "A", "m", "H", "W", "C")
        check_array(dZ, "dZ", prod(A.shape[1:]), len(A))
        return dZ.T.reshape(A.shape)


class Dense(NamedTuple):
    """A fully connected layer of so many neurons."""

    neurons: int
    activation: str = "relu"

    def output_shape(self, shape):
        return (check_positive_integer(self.neurons, "neurons"),)

    def parameter_shapes(self, shape):
        return (self.neurons, shape[0]), (self.neurons, 1)

    @without_overflow_warnings
    def forward(self, A, W, b):
        check_array(W, "W", self.neurons, "n")
        check_array(A, "A", W.shape[1], "m")
        check_array(b, "b", self.neurons, 1)
        return W @ A + b

    @without_overflow_warnings
    def gradients(self, dZ, A):
        check_array(A, "A", "n", "m")
        m = A.shape[1]
        check_array(dZ, "dZ", self.neurons, m)
        return dZ @ A.T / m, dZ.sum(axis=1, keepdims=True) / m

    @without_overflow_warnings
    def error(self, dZ, A, Z, W, b):
        check_array(W, "W", self.neurons, "n")
        check_array(dZ, "dZ", self.neurons, "m")
        return W.T @ dZ


LAYERS = {layer.__name__: layer for layer in (Convolution, MaxPooling, Flatten, Dense)}

# Part 10 of the source document draws this one: 225,034 parameters.
DIAGRAM = (
    Convolution(32),
    MaxPooling(2),
    Convolution(64),
    MaxPooling(2),
    Flatten(),
    Dense(128),
    Dense(10, "softmax"),
)


class ConvNet(NeuralNetwork):
    """A convolutional network: what a `NeuralNetwork` does with columns, it does with images.

    `layers` lists `Convolution`, `MaxPooling`, `Flatten` and `Dense` layers, by default those of the source document's
    diagram; `input_shape` is (H, W, C) of one image. Weights start as He et al. (2015) draw them. `learning_rate` is
    that of Adam, `l2` the price λ of large weights, `rng` an int seed or a Generator.

    Images are (m, H, W, C), or (m, H, W) if C is 1: floats, or uint8 from 0 to 255 as files have them, which are
    divided by 255. `parameters` holds W1 (kh, kw, C, F), b1 (F,), … for convolutions and W3 (n, n_in), b3 (n, 1), … for
    dense layers; `shapes` lists the shape of one image as it goes in and as it leaves each layer.
    Raises ValueError for layers that do not fit each other.
    """

    def __init__(self, layers=DIAGRAM, input_shape=(28, 28, 1), learning_rate=1e-3, *, l2=0.0, rng=None):
        self.layers, self.shapes = _check_layers(layers, input_shape)
        numbers = np.cumsum([hasattr(layer, "gradients") for layer in self.layers])
        self._names = [
            (f"W{l}", f"b{l}") if hasattr(layer, "gradients") else () for l, layer in zip(numbers, self.layers)
        ]
        names = [layer.activation for layer in self.layers if hasattr(layer, "gradients")]
        self.activations = check_activations(names, len(names))
        if self.activations[-1] == "softmax" and self.n_outputs == 1:
            raise ValueError("softmax over a single output is always 1. Use 'sigmoid' there, or two outputs.")
        self.loss = default_loss(self.activations[-1])
        self.learning_rate = check_learning_rate(learning_rate)
        self.l2 = check_l2(l2)
        self.parameters = self._initialize(as_generator(rng))
        self.history = {"loss": []} if self.loss == "mse" else {"loss": [], "accuracy": []}
        self.cache = []

    @property
    def n_outputs(self):
        return self.shapes[-1][0]

    def forward(self, images, rng=None):
        """Return the outputs (n_L, m) for images (m, H, W, C), and keep what `backward` needs.

        The batch is cut into as many parts as there are threads: the same arithmetic for other images, side by side.
        """
        images = self._check_inputs(images)
        parts = np.array_split(images, min(thread_count(), len(images)))
        self.cache = side_by_side(self._forward, parts)
        return np.hstack([A for A, _ in self.cache])

    @without_overflow_warnings
    def backward(self, Y):
        """Return the gradients dW1, db1, … for targets `Y` (n_L, m), after `forward` on the same images.

        A gradient is an average over samples, so that of the batch is the sum of those of its parts, each times its
        share of the samples. With `l2` the gradients are those of the loss plus `l2_penalty`.
        """
        if not self.cache:
            raise ValueError("backward has no forward pass to go back through. Call forward(images) first.")
        sizes = [A.shape[1] for A, _ in self.cache]
        Y = check_targets(Y, self.n_outputs, sum(sizes), self.loss).astype(self.cache[0][0].dtype, copy=False)
        parts, shares = np.split(Y, np.cumsum(sizes)[:-1], axis=1), [size / sum(sizes) for size in sizes]
        gradients, *others = side_by_side(self._backward, parts, self.cache, shares)
        for part in others:
            for name, gradient in part.items():
                gradients[name] += gradient
        if self.l2:
            add_l2_gradients(gradients, self.parameters, self.l2)
        return gradients

    def fit(self, images, Y, epochs=1, verbose=True, print_every=1, *, batch_size=64, optimizer=None, **options):
        """Train on images (m, H, W, C) and targets `Y` (n_L, m), with the options of `NeuralNetwork.fit`.

        Without an optimizer it is Adam with the network's learning rate.
        """
        optimizer = Adam(self.learning_rate) if optimizer is None else optimizer
        super().fit(images, Y, epochs, verbose, print_every, batch_size=batch_size, optimizer=optimizer, **options)

    def predict_proba(self, images):
        """Return the outputs (n_L, m) for images (m, H, W, C), a few at a time."""
        images = self._check_inputs(images)
        blocks = [images[start : start + IMAGES_AT_ONCE] for start in range(0, len(images), IMAGES_AT_ONCE)]
        return np.hstack(side_by_side(lambda block: self._forward(block)[0], blocks))

    def feature_maps(self, images):
        """Return what leaves each layer for images (m, H, W, C), one array a layer, activation functions included."""
        A, steps = self._forward(self._check_inputs(images))
        return [step.A for step in steps[1:]] + [A]

    def __repr__(self):
        return f"ConvNet({list(self.layers)}, input_shape={self.shapes[0]}, loss={self.loss!r})"

    def _forward(self, images):
        """Send part of a batch through the layers; return the outputs, and each layer's A and Z."""
        A = images / np.float32(255) if images.dtype == np.uint8 else images
        steps = []
        for layer, names in zip(self.layers, self._names):
            Z = layer.forward(A, *(self.parameters[name] for name in names))
            steps.append(_Step(layer, names, A, Z))
            A = get_activation(layer.activation).function(Z) if layer.activation else Z
        return A, steps

    def _backward(self, Y, cache, share):
        """Send the error of part of a batch back through the layers; return the gradients, times its share."""
        A, steps = cache
        gradients = {}
        dZ = share * output_error(Y, A, steps[-1].Z, self.activations[-1], self.loss)
        for i in range(len(steps) - 1, -1, -1):
            layer, names, A, Z = steps[i]
            if names:
                gradients |= zip((f"d{name}" for name in names), layer.gradients(dZ, A))
            if i > 0:
                dZ = layer.error(dZ, A, Z, *(self.parameters[name] for name in names))
                if activation := steps[i - 1].layer.activation:
                    dZ = dZ * get_activation(activation).derivative(steps[i - 1].Z)
        return gradients

    def _initialize(self, rng):
        parameters = {}
        for layer, names, shape in zip(self.layers, self._names, self.shapes):
            if names:
                W_shape, b_shape = layer.parameter_shapes(shape)
                check_room(f"layers, with {layer},", *W_shape)
                n_in = prod(W_shape) // prod(b_shape)  # how many numbers one output is a weighted sum of
                spread = INIT_METHODS["he"](n_in, prod(b_shape))
                parameters |= zip(names, (spread * rng.standard_normal(W_shape), np.zeros(b_shape)))
        return parameters

    def _check_samples(self, images, Y, names=("images", "Y")):
        return super()._check_samples(images, Y, names)

    def _check_inputs(self, images, name="images"):
        return check_images(images, self.shapes[0], name)

    def _count(self, images):
        return len(images)

    def _take(self, images, indices):
        return images[indices]

    def _settings(self):
        layers = [[type(layer).__name__, *map(_plain, layer)] for layer in self.layers]
        return {"layers": layers, "input_shape": self.shapes[0], "l2": self.l2}

    @staticmethod
    def _count_parameters(settings):
        layers, shapes = _check_layers(_stored_layers(settings), settings["input_shape"])
        learning = [(layer, shape) for layer, shape in zip(layers, shapes) if hasattr(layer, "gradients")]
        return sum(prod(W_or_b) for layer, shape in learning for W_or_b in layer.parameter_shapes(shape))

    @classmethod
    def _from_settings(cls, settings):
        return cls(**settings | {"layers": _stored_layers(settings)})


def _stored_layers(settings):
    return [LAYERS[name](*arguments) for name, *arguments in settings["layers"]]


def _plain(value):
    """Return a number of NumPy's as one that JSON can write."""
    return value.item() if isinstance(value, np.generic) else value


class _Step(NamedTuple):
    """What one layer did: it turned A into Z, with the parameters of these names."""

    layer: NamedTuple
    names: tuple
    A: np.ndarray
    Z: np.ndarray


def _check_layers(layers, input_shape):
    """Return the layers, and the shape of one image before and after each; raise a ValueError unless they fit."""
    try:
        layers = tuple(layers)
    except TypeError:
        raise ValueError(f"layers is {layers!r}; expected a list such as [Flatten(), Dense(10, 'softmax')].") from None
    try:
        shapes = [tuple(check_positive_integer(n, "input_shape") for n in input_shape)]
    except TypeError:
        raise ValueError(f"input_shape is {input_shape!r}; expected (H, W, C) such as (28, 28, 1).") from None
    if len(shapes[0]) != 3:
        raise ValueError(f"input_shape is {input_shape}; expected (H, W, C) such as (28, 28, 1).")
    for i, layer in enumerate(layers):
        if type(layer) not in LAYERS.values():
            raise ValueError(f"layer {i} is {layer!r}; expected one of {', '.join(LAYERS)}, such as Convolution(32).")
        if isinstance(layer, Dense) == (len(shapes[-1]) == 3):
            raise ValueError(
                f"layer {i}, {layer}, gets {shapes[-1]}. Put one Flatten() between the layers that read images and the "
                "Dense layers that read columns."
            )
        try:
            shapes.append(layer.output_shape(shapes[-1]))
        except ValueError as fault:
            raise ValueError(f"layer {i}, {layer}, does not fit what it gets, {shapes[-1]}: {fault}") from None
    if not layers or not isinstance(layers[-1], Dense):
        raise ValueError("the last layer is not Dense; expected one such as Dense(10, 'softmax').")
    return layers, shapes
