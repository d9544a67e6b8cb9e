"""Networks and batches for tests."""

import numpy as np

from model.nn.mlp import MLP


def random_network(sizes, activation="relu", *, batch_normalization=False, dtype=np.float64, seed=0):
    """Make an MLP whose values are all random, biases too: zeros could put pre-activations exactly on ReLU's kink."""
    network = MLP(sizes, activation, batch_normalization=batch_normalization, dtype=dtype)
    rng = np.random.default_rng(seed)
    network.parameters[:] = rng.normal(0, 0.5, network.parameters.size)
    network.running_statistics[:] = rng.uniform(0.5, 1.5, network.running_statistics.shape)
    return network


def batch(count, inputs, seed=1, *, dtype=np.float64):
    """Make images (count, inputs), floats 0..1, and labels (count,)."""
    rng = np.random.default_rng(seed)
    return rng.random((count, inputs), dtype=dtype), rng.integers(0, 10, count)
