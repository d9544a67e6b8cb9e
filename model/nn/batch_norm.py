"""Batch normalization (Ioffe and Szegedy 2015): each unit's pre-activations get mean 0 and variance 1 over the batch.

Inference, which may see a single image, normalizes by running averages of the batches' means and variances.
"""

from __future__ import annotations

import numpy as np

from model.common.arrays import Array

BATCH_NORM_EPSILON = 1e-5  # keeps a unit that never varies from being divided by zero
BATCH_NORM_MOMENTUM = 0.1  # how far the running statistics move towards each batch's


def normalize(z: Array, gamma: Array, running: Array, normalized: Array) -> Array:
    """Replace z by gamma * (z - mean) / std, with the batch's own mean and standard deviation.

    Args:
        z: Pre-activations without biases, (n, units); changed in place.
        gamma: What each unit is multiplied by afterwards, (units,).
        running: The running mean and variance, (2, units); moved towards the batch's.
        normalized: Takes (z - mean) / std, (n, units), for `normalize_backward`.

    Returns:
        The batch's standard deviation, (units,).
    """
    mean, variance = z.mean(axis=0), z.var(axis=0)  # (units,)
    running += BATCH_NORM_MOMENTUM * (np.stack((mean, variance)) - running)
    std: Array = np.sqrt(variance + BATCH_NORM_EPSILON)
    np.subtract(z, mean, out=normalized)
    normalized /= std
    np.multiply(normalized, gamma, out=z)
    return std


def normalize_backward(delta: Array, gamma: Array, gamma_gradient: Array, normalized: Array, std: Array) -> None:
    """Turn dL/dz after normalization into dL/dz before it, and compute dL/dgamma.

    With u = (z - mean) / std and g = dL/du = gamma * D, mean and std depend on z too, and the chain rule comes to

        dL/dz = (g - mean(g) - u * mean(g * u)) / std

    Args:
        delta: D, (n, units); changed in place.
        gamma: The factors of `normalize`, (units,).
        gamma_gradient: Takes dL/dgamma, (units,).
        normalized: u, as `normalize` left it, (n, units).
        std: What `normalize` returned, (units,).
    """
    np.sum(delta * normalized, axis=0, out=gamma_gradient)
    delta *= gamma
    correction = normalized * (delta * normalized).mean(axis=0)
    delta -= delta.mean(axis=0)
    delta -= correction
    delta /= std


def normalize_by_running(z: Array, gamma: Array, running: Array) -> None:
    """Normalize z (n, units) in place by the running mean and variance (2, units), as inference does."""
    mean, variance = running
    z -= mean
    z *= gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
