"""Train the network that `draw_digit` reads with, on MNIST's training images, and save it as data/digit_network.npz.

OPENBLAS_NUM_THREADS=1 .venv/bin/python data/digit_network.py

With one thread it gives the same file every time; more threads, or another processor, add in another order, and the
test accuracy moves by up to about 0.1 %.
The settings were chosen on a tenth of the training images; the test images are read once, at the end.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from nnlib import GradientDescent, NeuralNetwork, images_to_columns, load_mnist, one_hot_encode

EPOCHS = 40
BATCH_SIZE = 50
LEARNING_RATES = np.geomspace(0.3, 0.01, EPOCHS)


def main():
    mnist = load_mnist("mnist")
    rng = np.random.default_rng(0)
    network = NeuralNetwork([784, 128, 64, 10], ["relu", "relu", "softmax"], rng=rng)
    Y = one_hot_encode(mnist.train_labels)
    for epoch, learning_rate in enumerate(LEARNING_RATES, 1):
        # No two hands draw alike: every epoch shows the digits turned, slanted, scaled and moved a little anew.
        X = images_to_columns(distorted(mnist.train_images, rng))
        optimizer = GradientDescent(learning_rate)
        network.fit(X, Y, 1, verbose=False, batch_size=BATCH_SIZE, optimizer=optimizer, rng=rng)
        print(f"epoch {epoch} of {EPOCHS}: loss {network.history['loss'][-1]:.4f}", flush=True)
    loss, accuracy = network.evaluate(images_to_columns(mnist.test_images), one_hot_encode(mnist.test_labels))
    print(f"test images: loss {loss:.4f}, accuracy {accuracy:.2%}")
    network.save(Path(__file__).with_suffix(".npz"))


def distorted(images, rng):
    """The images (m, 28, 28), each after a small random affine map about its centre."""
    m = len(images)
    angle, slant = rng.uniform(-0.15, 0.15, (2, m))
    width, height = rng.uniform(0.9, 1.1, (2, m))
    A = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]).transpose(2, 0, 1)
    A = A @ np.array([[width, slant], [np.zeros(m), height]]).transpose(2, 0, 1)
    shift = 14 - 14 * A.sum(axis=2) + rng.uniform(-1.5, 1.5, (m, 2))
    maps = np.dstack([A, shift]).reshape(m, 6).tolist()
    pictures = map(Image.fromarray, images)
    affine, bilinear = Image.Transform.AFFINE, Image.Resampling.BILINEAR
    return np.stack([each.transform((28, 28), affine, map_, bilinear) for each, map_ in zip(pictures, maps)])


if __name__ == "__main__":
    main()
