"""Weight averaging: the mean of the parameters after each step of the last epochs (Izmailov et al. 2018).

The steps of a late epoch wander around a minimum; their mean lies nearer to its middle, and does better on new images.
"""

from __future__ import annotations

import numpy as np

from model.common.arrays import Array
from model.nn import batch_norm
from model.nn.activations import ACTIVATIONS
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP, as_inputs

STATISTICS_SAMPLE = 4096  # images on which batch normalization's statistics of the mean network are measured


class WeightAverage:
    """The mean of a network's parameters over some steps.

    Attributes:
        epochs: How many of the last epochs are averaged; 0 turns averaging off.
        total: The sum of the parameters, (parameters,): of 64 bits, so that thousands of steps add up exactly enough.
            It is empty if averaging is off.
        steps: How many steps were added.
        network: The mean network, as of the last `update`.
    """

    def __init__(self, network: DigitClassifier, epochs: int) -> None:
        self.epochs = epochs
        self.total: Array = np.zeros(network.mlp.parameters.size if epochs else 0)
        self.steps = 0
        self.network = network.copy() if epochs else network

    def covers(self, epoch: int, epochs: int) -> bool:
        """Return whether an epoch, counted from 1, is among the last ones of a run of `epochs`."""
        return epoch > epochs - self.epochs

    def add(self, mlp: MLP) -> None:
        """Add the parameters after a step."""
        self.total += mlp.parameters
        self.steps += 1

    def update(self, images: Array) -> DigitClassifier:
        """Bring the mean network up to date, and return it.

        Args:
            images: (n, inputs), to measure the statistics of batch normalization on: those that were averaged belong
                to other networks.
        """
        mlp = self.network.mlp
        np.divide(self.total, self.steps, out=mlp.parameters, casting="same_kind")
        if mlp.batch_normalization:
            measure_statistics(mlp, images)
        return self.network

    def clear(self) -> None:
        """Forget all steps."""
        self.total[:] = 0
        self.steps = 0


def measure_statistics(mlp: MLP, images: Array) -> None:
    """Set the running statistics of batch normalization to those of the network's own units on images (n, inputs)."""
    function = ACTIVATIONS[mlp.activation].function
    x = as_inputs(images, mlp.parameters.dtype)
    for index, layer in enumerate(mlp.layers[:-1]):
        assert layer.gamma is not None
        running = mlp.running_statistics_of(index)
        z = x @ layer.weights  # (n, units)
        running[:] = z.mean(axis=0), z.var(axis=0)
        batch_norm.normalize_by_running(z, layer.gamma, running)
        z += layer.biases
        function(z, z)
        x = z
