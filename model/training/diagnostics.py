"""An observation is a look inside a network that learns: how strong the gradient is in each layer, what is dead in it.

It is taken a few times a second, beside the training: the network learns the very same without it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.common.constants import CLASSES
from model.nn.mlp import MLP, Layer, as_inputs

SAMPLE_SIZE = 1000  # images looked at, of those held out

Norms = tuple[float, ...]  # a Euclidean norm for each layer
NEVER = np.empty(0, np.int32)


class Diagnostics(NamedTuple):
    """What goes on inside a network at one moment of its training."""

    epoch: float
    step: int
    weights: Norms  # of each layer's parameters
    gradients: Norms  # of the last batch's gradient by them
    updates: Norms  # of how far the last step moved them
    dead: tuple[float, ...]  # see `look`
    predictions: NDArray[np.uint8]  # (m,), the digits that the sample's images are taken for
    turned: NDArray[np.int32] = NEVER  # (m,), the step at which each was first seen right again, or wrong; 0: never
    best: tuple[float, ...] = ()  # of each digit, the largest share that was right so far


class ForgettingTracker:
    """What a network knew of a sample's images, whose labels (m,) are given: when it learned or forgot each of them."""

    def __init__(self, labels: NDArray[np.uint8]) -> None:
        self._labels = labels
        self._right: NDArray[np.bool_] | None = None
        self.turned = np.zeros(len(labels), np.int32)
        self.best = np.zeros(CLASSES)

    def see(self, predictions: NDArray[np.uint8], step: int) -> None:
        """Note what the images (m,) are taken for after a step."""
        right = predictions == self._labels
        if self._right is not None:
            self.turned[right != self._right] = step
        self._right = right
        counts = np.bincount(self._labels, minlength=CLASSES)
        self.best = np.maximum(self.best, np.bincount(self._labels[right], minlength=CLASSES) / np.maximum(counts, 1))


def layer_norms(layers: Sequence[Layer]) -> Norms:
    """The Euclidean norm of each layer's parameters, or of what has their shape: a gradient, an update."""
    return tuple(
        math.sqrt(
            sum(float(np.vdot(part, part)) for part in (layer.weights, layer.biases, layer.gamma) if part is not None)
        )
        for layer in layers
    )


def inspect_network(mlp: MLP, images: NDArray[np.uint8]) -> tuple[tuple[float, ...], NDArray[np.uint8]]:
    """How the network takes some images (m, 784): the share of each hidden layer's units that are dead, and the digit
    that each image is taken for (m,).

    A ReLU unit that is 0 for every image is dead: no gradient comes through it, so on these images it can learn no
    more. Only ReLU can die so; for another activation there are no shares.
    """
    *hidden, logits = mlp.activations(as_inputs(images, mlp.parameters.dtype))
    dead = tuple(float((~units.any(axis=0)).mean()) for units in hidden) if mlp.activation == "relu" else ()
    return dead, logits[:, :CLASSES].argmax(axis=1).astype(np.uint8)
