"""Networks for the browser's reader and for what explains its answers."""

from collections.abc import Sequence

import numpy as np

from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP


def made(hidden: Sequence[int], activation: str, normalized: bool, outputs: int, seed: int) -> DigitClassifier:
    """Return a network that is unsure: all of its values are random, also its calibration."""
    rng = np.random.default_rng(seed)
    mlp = MLP((784, *hidden, outputs), activation, batch_normalization=normalized).initialize("he", rng)
    mlp.parameters[mlp.num_weights :] += rng.normal(0, 0.3, mlp.parameters.size - mlp.num_weights)
    mlp.running_mean[:] = rng.normal(0, 0.5, mlp.running_mean.size)
    mlp.running_var[:] = rng.uniform(0.2, 3, mlp.running_var.size)
    network = DigitClassifier(mlp)
    network.temperature, network.reject_bias = rng.uniform(0.5, 1.5), rng.normal(0, 1)
    return network
