"""A data set: images with their labels, a part for training and a part for testing.

Only the test part, which is never used to choose anything, tells how accurate a network is on new digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.common.arrays import I64, U8
from model.common.constants import CLASSES, PIXELS


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images with their labels; the test part may be empty.

    Raises:
        ValueError: the arrays do not fit together.
    """

    name: str
    images: U8  # (n, 784), ink 255 on paper 0
    labels: U8  # (n,), 0 to 9
    test_images: U8  # (m, 784)
    test_labels: U8  # (m,)
    notes: tuple[str, ...] = ()  # what was taken for granted when the files were read, and what is doubtful

    def __post_init__(self) -> None:
        parts = {
            "training": (self.images, self.labels),
            "test": (self.test_images, self.test_labels),
        }
        for part, (images, labels) in parts.items():
            if images.dtype != np.uint8 or images.ndim != 2 or images.shape[1] != PIXELS:
                got = f"{images.dtype} {images.shape}"
                raise ValueError(f"{self.name}: {part} images must be uint8 of shape (n, 784); got {got}")
            if labels.dtype != np.uint8 or labels.ndim != 1:
                got = f"{labels.dtype} {labels.shape}"
                raise ValueError(f"{self.name}: {part} labels must be uint8 of shape (n,); got {got}")
            if len(labels) != len(images):
                raise ValueError(
                    f"{self.name}: expected a label for each of {len(images):,} {part} images;"
                    f" got {len(labels):,} labels"
                )
            if len(labels) and labels.max() >= CLASSES:
                raise ValueError(f"{self.name}: {part} labels must be 0 to 9; got {labels.max()}")
        if not len(self.images):
            raise ValueError(f"{self.name}: expected images to train on; got none")

    def __repr__(self) -> str:
        return f"{self.name}: {len(self.images):,} images to train, {len(self.test_images):,} to test"


def split(dataset: Dataset, validation_size: float, training_size: int, rng: np.random.Generator) -> tuple[I64, I64]:
    """Shuffle the training part and take the first images of it for validation.

    Args:
        dataset: the data set; its test part is not used.
        validation_size: a share below 1, or from 1 on a number of images, as in scikit-learn's train_test_split.
        training_size: how many images to use in all, those for validation among them; 0, or more than there are, is
            every image.
        rng: shuffles.

    Returns:
        The indices of the images for training, and of those for validation.

    Raises:
        ValueError: no image is left for training.
    """
    train, validation = split_sizes(len(dataset.images), validation_size, training_size)
    order = rng.permutation(len(dataset.images))[: train + validation]
    return order[validation:], order[:validation]


def split_sizes(available: int, validation_size: float, training_size: int) -> tuple[int, int]:
    """Return how many of `available` images `split` takes for training, and how many for validation.

    Raises:
        ValueError: no image is left for training.
    """
    if training_size < 0:
        raise ValueError(f"training_size must be 0 (all) or more; got {training_size}")
    used = min(training_size or available, available)
    if validation_size >= 1 and validation_size != int(validation_size):
        raise ValueError(f"validation_size from 1 on must be a whole number of images; got {validation_size:,.12g}")
    validation_count = int(validation_size) if validation_size >= 1 else round(validation_size * used)
    if validation_size > 0:
        validation_count = max(validation_count, 1)
    if not 0 <= validation_count < used:
        raise ValueError(
            f"validation_size must leave images to learn from, of {used:,} in all; got {validation_size:,.12g}"
        )
    return used - validation_count, validation_count
