"""Softmax, and the cross-entropy loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.common.arrays import Array


def softmax(logits: Array, out: Array | None = None) -> Array:
    """Return probabilities proportional to exp(logits), (n, classes), from logits (n, classes).

    Each row's largest logit is subtracted first: the quotient stays the same, and exp cannot overflow.
    """
    probabilities = np.subtract(logits, np.maximum.reduce(logits, axis=1, keepdims=True), out=out)
    np.exp(probabilities, out=probabilities)
    probabilities /= np.add.reduce(probabilities, axis=1, keepdims=True)
    return probabilities


def target_probabilities(labels: Array, classes: int, smoothing: float = 0.0, *, dtype: Any = np.float32) -> Array:
    """Return the probabilities to learn, (n, classes), for labels (n,): one-hot, 1 for the label and 0 for the rest.

    With label smoothing s they are 1 - s for the label, plus s / classes for every class (Szegedy et al. 2016).
    """
    return np.eye(classes, dtype=dtype)[labels] * dtype(1 - smoothing) + dtype(smoothing / classes)


def losses(logits: Array, labels: Array, smoothing: float = 0.0) -> Array:
    """Return each row's cross-entropy -sum(target * log(probability)), (n,), from logits (n, classes), labels (n,).

    It is computed as log(softmax(z)) = z - log(sum(exp(z))): no probability is rounded to 0 before its logarithm.
    """
    logits = logits - logits.max(axis=1, keepdims=True)  # the loss stays the same, and keeps its low digits
    log_sums = np.log(np.exp(logits).sum(axis=1))
    result = log_sums - logits[np.arange(len(labels)), labels]  # (n,)
    if smoothing:
        result = (1 - smoothing) * result + smoothing * (log_sums - logits.mean(axis=1))
    return result


def cross_entropy(logits: Array, labels: Array, smoothing: float = 0.0) -> float:
    """Return the mean of `losses`."""
    return float(losses(logits, labels, smoothing).mean())
