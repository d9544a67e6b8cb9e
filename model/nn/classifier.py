"""A classifier of handwritten digits: an MLP, and the two numbers that calibrate its probabilities."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np

from model.common.arrays import Array
from model.common.constants import CLASSES, NON_DIGIT
from model.nn.losses import softmax
from model.nn.mlp import MLP


class Prediction(NamedTuple):
    """What a classifier predicts for n images."""

    probabilities: Array  # (n, 10), of each digit, supposing that the image shows one
    is_digit: Array | None  # (n,), the probability that it shows one; None without a reject class


class DigitClassifier:
    """An MLP with an output for each digit: `DigitClassifier(MLP((784, 128, 10)))`.

    With one output more, the last class is the reject class: everything that is not a digit.

    Attributes:
        mlp: The network.
        temperature: What the digits' logits are divided by before softmax; see `fit_temperature`.
        reject_bias: What is added to the reject class's logit; see `fit_reject_bias`.
    """

    def __init__(self, mlp: MLP) -> None:
        """Make a classifier around a network.

        Raises:
            ValueError: The network has neither 10 outputs nor 11.
        """
        if mlp.sizes[-1] not in (CLASSES, NON_DIGIT + 1):
            raise ValueError(f"a digit classifier must have {CLASSES} or {NON_DIGIT + 1} outputs; got {mlp!r}")
        self.mlp = mlp
        self.temperature = 1.0
        self.reject_bias = 0.0

    def __repr__(self) -> str:
        return f"DigitClassifier({self.mlp!r})"

    @property
    def has_reject_class(self) -> bool:
        """Whether it was trained to tell digits from everything else."""
        return self.mlp.sizes[-1] > CLASSES

    def predict(self, images: Array) -> Prediction:
        """Compute the digits' probabilities, and the probability that an image shows a digit at all.

        Args:
            images: (n, 784), uint8 0..255 or floats 0..1.

        Raises:
            ValueError: The images have another shape.
        """
        logits = self.mlp.logits(images)
        probabilities = softmax(logits[:, :CLASSES] / logits.dtype.type(self.temperature))
        if not self.has_reject_class:
            return Prediction(probabilities, None)
        logits[:, NON_DIGIT] += self.reject_bias
        return Prediction(probabilities, 1 - softmax(logits)[:, NON_DIGIT])

    def predict_proba(self, images: Array) -> Array:
        """Compute the probability of each digit, (n, 10), for images (n, 784)."""
        return self.predict(images).probabilities

    def accuracy(self, images: Array, labels: Array) -> float:
        """Compute the share of images (n, 784) whose most probable digit is their label (n,)."""
        return float((self.mlp.logits(images)[:, :CLASSES].argmax(axis=1) == labels).mean())

    def copy(self) -> DigitClassifier:
        """Return an independent classifier with the same values."""
        twin = DigitClassifier(self.mlp.copy())
        twin.temperature, twin.reject_bias = self.temperature, self.reject_bias
        return twin

    def copy_from(self, other: DigitClassifier) -> None:
        """Take over all values of a classifier of the same shape."""
        self.mlp.copy_from(other.mlp)
        self.temperature, self.reject_bias = other.temperature, other.reject_bias

    def checksum(self) -> str:
        """Return 16 hexadecimal digits that are the same for classifiers whose values are equal to the last bit."""
        calibration = np.array((self.temperature, self.reject_bias))
        values = self.mlp.parameters, self.mlp.running_statistics, calibration
        return hashlib.sha256(b"".join(value.tobytes() for value in values)).hexdigest()[:16]
