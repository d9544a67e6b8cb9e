"""A committee: the mean probabilities of several networks, and of several views of each image.

A view is the image a little distorted, as in augmentation. Errors that depend on chance, on a network's initial weights
or on how an image happens to lie, cancel in the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from model.common.arrays import U8, Array
from model.nn.classifier import DigitClassifier, Prediction
from model.training.augmentation import DEFAULT_STRENGTH, distort

MAX_VIEWS = 256
# Times that of augmentation. Of 0.25, 0.5, 0.75 and 1, it gave the fewest errors and the smallest loss on the 2,000
# images that `champion` was validated on.
VIEW_STRENGTH = 0.25
ROWS_AT_A_TIME = 8192


class Predictor(Protocol):
    """What classifies images: a network, or a committee."""

    def predict(self, images: Array) -> Prediction:
        """Compute the digits' probabilities, and the probability that an image shows a digit at all."""

    def predict_proba(self, images: Array) -> Array:
        """Compute the probability of each digit, (n, 10), for images (n, 784)."""


class Committee:
    """Some networks that answer together: `Committee([one, other], views=32)`.

    Attributes:
        members: The networks.
        views: How many views of each image they get; the first is the image as it is.
    """

    def __init__(self, members: Sequence[DigitClassifier], views: int = 1) -> None:
        """Make a committee.

        Raises:
            ValueError: There is no member, or no view or too many.
        """
        if not members:
            raise ValueError("a committee must have a member; got none")
        if not 1 <= views <= MAX_VIEWS:
            raise ValueError(f"views must be 1 to {MAX_VIEWS}; got {views}")
        self.members, self.views = tuple(members), views

    def predict(self, images: U8) -> Prediction:
        """Compute the means of the members' probabilities, over all views.

        Whether an image shows a digit is answered by those members that have a reject class. An image's answer does not
        depend on the images beside it.

        Args:
            images: (n, 784), uint8 0..255.
        """
        parts = [self._predict(images[start : start + self._step]) for start in range(0, len(images), self._step)]
        probabilities = np.concatenate([part.probabilities for part in parts])
        certainties = [part.is_digit for part in parts if part.is_digit is not None]
        return Prediction(probabilities, np.concatenate(certainties) if certainties else None)

    def predict_proba(self, images: U8) -> Array:
        """Compute the probability of each digit, (n, 10), for images (n, 784)."""
        return self.predict(images).probabilities

    @property
    def _step(self) -> int:
        """How many images are answered at a time: bounds the memory."""
        return max(1, ROWS_AT_A_TIME // self.views)

    def _predict(self, images: U8) -> Prediction:
        rows = np.concatenate([views_of(image, self.views) for image in images]) if self.views > 1 else images
        found = [member.predict(rows) for member in self.members]
        certain = [one.is_digit for one in found if one.is_digit is not None]
        probabilities = self._mean([one.probabilities for one in found])
        return Prediction(probabilities, self._mean(certain) if certain else None)

    def _mean(self, answers: Sequence[Array]) -> Array:
        """Return the mean over members and views, (images, ...), of answers (images * views, ...) of each member."""
        total = sum(answers[1:], answers[0]) / len(answers)
        mean: Array = total.reshape(-1, self.views, *total.shape[1:]).mean(axis=1)
        return mean


def views_of(image: U8, count: int) -> Array:
    """Return an image (784,), 0..255, as floats 0..1, and its distorted views: (count, 784), the same each time."""
    views = np.empty((count, image.size), np.float32)
    views[0] = image * np.float32(1 / 255)
    others = np.repeat(image[None], count - 1, axis=0)
    strength = DEFAULT_STRENGTH.times(VIEW_STRENGTH)
    distort(others, np.random.default_rng(0), elastic=True, strength=strength, out=views[1:])
    return views
