"""Data sets made up on the spot, for what need not be handwriting."""

import numpy as np

from model.data import Dataset


def patterns(count: int, test_count: int = 0, *, noise: float = 60.0, seed: int = 0) -> Dataset:
    """Ten fixed random patterns under noise: `count` images to train, `test_count` to test, easily told apart."""
    rng = np.random.default_rng(seed)
    shapes = rng.integers(0, 256, (10, 784))
    labels = rng.integers(0, 10, count + test_count).astype(np.uint8)
    images = (shapes[labels] + rng.normal(0, noise, (len(labels), 784))).clip(0, 255).astype(np.uint8)
    return Dataset("patterns", images[:count], labels[:count], images[count:], labels[count:])


def numbered(count: int) -> Dataset:
    """Images whose first two pixels hold their own number: to know each again wherever it turns up."""
    rng = np.random.default_rng(0)
    images = np.zeros((count, 784), np.uint8)
    images[:, 0], images[:, 1] = np.divmod(np.arange(count), 256)
    labels = rng.integers(0, 10, count).astype(np.uint8)
    return Dataset("numbered", images, labels, images[:0], labels[:0])


def numbers(images: np.ndarray) -> list[int]:
    """Which of the `numbered` images these are, as bytes or as floats 0..1."""
    pixels = images if images.dtype == np.uint8 else np.rint(images * 255)
    return [int(256 * first + second) for first, second in pixels[:, :2].astype(int)]
