"""Draws the README's picture: a small network, trained for a few seconds, reads one handwritten digit.

python notebooks/images/reading_a_digit.py
"""

from pathlib import Path

import matplotlib.pyplot as plt

from nnlib import NeuralNetwork, images_to_columns, load_mnist, one_hot_encode
from nnlib.plots import draw_neural_network, plot_bars, plot_image

plt.style.use("nnlib.series")
digits = load_mnist("mnist")
X, X_test = images_to_columns(digits.train_images), images_to_columns(digits.test_images)
network = NeuralNetwork([784, 10, 8, 10], ["relu", "relu", "softmax"], learning_rate=0.1, rng=0)
network.fit(X, one_hot_encode(digits.train_labels), epochs=5, batch_size=64, verbose=False, rng=0)

sample = 193
output = network.forward(X_test[:, [sample]])
activations = [network.cache[f"A{l}"] for l in range(4)]
fig, axes = plt.subplots(1, 3, figsize=(12, 4.4), width_ratios=(1, 2.6, 1.3))
plot_image(digits.test_images[sample], axes[0], "784 pixels")
draw_neural_network(
    network.layer_sizes,
    axes[1],
    "weights and activations: blue +, orange −",
    parameters=network.parameters,
    values=[A / A.max() for A in activations],
)
plot_bars(output, range(10), axes[2], "ten probabilities", fmt=".0%")
fig.savefig(Path(__file__).with_suffix(".png"), dpi=80, metadata={"Software": None})
