"""Diagnostics: what goes on inside a network that learns. Gradient norms, dead units, forgotten images.

They are taken a few times a second, and do not change what the network learns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.common.arrays import U8, Bools
from model.common.constants import CLASSES
from model.nn.layer import Layer
from model.nn.mlp import MLP, as_inputs

Steps = NDArray[np.int32]
Norms = tuple[float, ...]  # a Euclidean norm for each layer
NEVER: Steps = np.empty(0, np.int32)


class StepNorms(NamedTuple):
    """The norms of one step, by layer."""

    gradients: Norms  # of the batch's gradient
    updates: Norms  # of the change of the parameters


class Diagnostics(NamedTuple):
    """What goes on inside a network at one moment of a run. The sample is some images of the validation split."""

    epoch: float
    step: int
    weights: Norms  # of each layer's parameters
    gradients: Norms  # of the gradient of a recent step
    updates: Norms  # of how far that step moved the parameters
    dead: tuple[float, ...]  # see `inspect_network`
    predictions: U8  # (m,), the digit predicted for each image of the sample
    last_flip_step: Steps = NEVER  # (m,), when each prediction last became right, or wrong; 0: never
    best: tuple[float, ...] = ()  # of each digit, the highest accuracy so far


class ForgettingTracker:
    """Tells when a network learned or forgot each image of a sample.

    Attributes:
        last_flip_step: (m,), the step at which each prediction last became right, or wrong; 0: never.
        best: (10,), the highest accuracy of each digit so far.
    """

    def __init__(self, labels: U8) -> None:
        """Track a sample of images with these labels, (m,)."""
        self._labels = labels
        self._correct: Bools | None = None
        self.last_flip_step: Steps = np.zeros(len(labels), np.int32)
        self.best = np.zeros(CLASSES)

    def update(self, predictions: U8, step: int) -> None:
        """Take in the predictions (m,) after a step."""
        correct = predictions == self._labels
        if self._correct is not None:
            self.last_flip_step[correct != self._correct] = step
        self._correct = correct
        counts = np.bincount(self._labels, minlength=CLASSES)
        accuracy = np.bincount(self._labels[correct], minlength=CLASSES) / np.maximum(counts, 1)
        self.best = np.maximum(self.best, accuracy)


def layer_norms(layers: Sequence[Layer]) -> Norms:
    """Return the Euclidean norm of each layer's parameters, or of a gradient or an update of the same shape."""
    return tuple(
        math.sqrt(
            sum(float(np.vdot(part, part)) for part in (layer.weights, layer.biases, layer.gamma) if part is not None)
        )
        for layer in layers
    )


def inspect_network(mlp: MLP, images: U8) -> tuple[tuple[float, ...], U8]:
    """Inspect a network on some images (m, 784).

    A ReLU unit that is 0 for every image is dead: no gradient comes through it, so on these images it learns no more.
    Only ReLU units can die like this.

    Returns:
        The share of dead units of each hidden layer, nothing for other activations; and the predicted digits (m,).
    """
    *hidden, logits = mlp.activations(as_inputs(images, mlp.parameters.dtype))
    dead = tuple(float((~units.any(axis=0)).mean()) for units in hidden) if mlp.activation == "relu" else ()
    return dead, logits[:, :CLASSES].argmax(axis=1).astype(np.uint8)
