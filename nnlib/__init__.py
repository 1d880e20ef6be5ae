"""nnlib: a neural network in NumPy, small enough to read in an evening.

Read the files in this order: neuron, activations, initialization, propagation, losses, gradient_check, optimizers,
schedules, regularization, network, training, convolution, convnet. The rest loads data and draws pictures.
"""

from importlib import import_module as _import_module
from types import ModuleType as _ModuleType

from nnlib.activations import (
    ACTIVATIONS,
    Activation,
    check_activations,
    elu,
    elu_derivative,
    get_activation,
    leaky_relu,
    leaky_relu_derivative,
    linear,
    linear_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)
from nnlib.convnet import DIAGRAM, ConvNet, Convolution, Dense, Flatten, MaxPooling
from nnlib.convolution import (
    KERNELS,
    average_pool2d,
    convolution_error,
    convolution_forward,
    convolution_gradients,
    convolution_output_size,
    convolve2d,
    max_pool2d,
    max_pool_error,
    max_pool_forward,
    pooling_blocks,
)
from nnlib.data import (
    DataError,
    Dataset,
    images_to_columns,
    load_mnist,
    mini_batches,
    one_hot_encode,
    shift_images,
    split_indices,
)
from nnlib.descent import SURFACES, get_surface, learning_rate_path, learning_rate_verdict, stability_limit
from nnlib.gradient_check import GradientCheck, compare_gradients, gradient_check, numerical_gradients
from nnlib.initialization import INIT_METHODS, count_parameters, initialize_parameters
from nnlib.losses import (
    LOSSES,
    binary_crossentropy,
    categorical_crossentropy,
    check_loss,
    default_loss,
    get_loss,
    mse,
    output_error,
)
from nnlib.network import NeuralNetwork
from nnlib.neuron import Neuron
from nnlib.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum, Optimizer, RMSProp, update_parameters
from nnlib.propagation import backward_propagation, forward_propagation
from nnlib.regularization import add_l2_gradients, dropout_masks, l2_penalty
from nnlib.schedules import SCHEDULES, constant, cosine, get_schedule, one_cycle, step_decay
from nnlib.training import DivergenceWarning, train

# What draws needs matplotlib and seaborn, so it is imported when it is first asked for (PEP 562).
_DRAWING = {
    "nnlib.notebook": ("show", "show_source"),
    "nnlib.plots": (
        "POSITIVE",
        "NEGATIVE",
        "NEUTRAL",
        "DIVERGING",
        "draw_cnn",
        "draw_flow",
        "draw_neural_network",
        "draw_neuron",
        "draw_path",
        "plot_activation",
        "plot_bars",
        "plot_confusion_matrix",
        "plot_curves",
        "plot_decision_boundary",
        "plot_descent",
        "plot_distributions",
        "plot_history",
        "plot_image",
        "plot_images",
        "plot_layer_spread",
        "plot_matrix",
        "plot_points",
        "plot_weights_as_images",
    ),
}
_HOME = {name: module for module, names in _DRAWING.items() for name in names}

_NUMERIC = [name for name, value in globals().items() if name[0] != "_" and not isinstance(value, _ModuleType)]
__all__ = sorted([*_NUMERIC, *_HOME])


def __getattr__(name):
    if name in _HOME:
        return getattr(_import_module(_HOME[name]), name)
    raise AttributeError(f"module 'nnlib' has no attribute {name!r}")


def __dir__():
    return __all__
