"""Interactive explorers, each an ipywidgets box of controls beside a picture, for one notebook.

The plain functions beside them compute what they show: `activation_point` for `activation_explorer`, and so on
(`nnlib.descent` for `learning_rate_explorer`).
"""

from nnlib.explorers.activation import activation_explorer, activation_point
from nnlib.explorers.architecture import architecture_explorer, layer_shapes
from nnlib.explorers.backprop_stepper import backprop_stepper, backprop_steps
from nnlib.explorers.convolution import convolution_explorer, convolution_window, example_images
from nnlib.explorers.draw_digit import center_digit, draw_digit, draw_strokes, load_digit_network, read_digit
from nnlib.explorers.forward_stepper import forward_stepper, forward_steps
from nnlib.explorers.learning_rate import learning_rate_explorer
from nnlib.explorers.loss import loss_explorer, loss_point
from nnlib.explorers.neuron import neuron_explorer, neuron_outputs, right_answers
from nnlib.explorers.playground import (
    playground_data,
    playground_explorer,
    playground_network,
    playground_surfaces,
    train_playground,
)
from nnlib.explorers.prediction import find_images, inspect_prediction, prediction_explorer
from nnlib.explorers.softmax import entropy, softmax_at_temperature, softmax_explorer
from nnlib.explorers.vanishing_gradient import gradient_sizes, gradient_verdict, vanishing_gradient_explorer

# In the order of the notebooks, by name.
EXPLORERS = {
    make.__name__: make
    for make in (
        neuron_explorer,
        activation_explorer,
        softmax_explorer,
        architecture_explorer,
        vanishing_gradient_explorer,
        forward_stepper,
        loss_explorer,
        backprop_stepper,
        learning_rate_explorer,
        playground_explorer,
        prediction_explorer,
        draw_digit,
        convolution_explorer,
    )
}

__all__ = [
    "EXPLORERS",
    "activation_explorer",
    "activation_point",
    "architecture_explorer",
    "backprop_stepper",
    "backprop_steps",
    "center_digit",
    "convolution_explorer",
    "convolution_window",
    "draw_digit",
    "draw_strokes",
    "entropy",
    "example_images",
    "find_images",
    "forward_stepper",
    "forward_steps",
    "gradient_sizes",
    "gradient_verdict",
    "inspect_prediction",
    "layer_shapes",
    "learning_rate_explorer",
    "load_digit_network",
    "loss_explorer",
    "loss_point",
    "neuron_explorer",
    "neuron_outputs",
    "playground_data",
    "playground_explorer",
    "playground_network",
    "playground_surfaces",
    "prediction_explorer",
    "read_digit",
    "right_answers",
    "softmax_at_temperature",
    "softmax_explorer",
    "train_playground",
    "vanishing_gradient_explorer",
]
