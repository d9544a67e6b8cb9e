"""Knowledge distillation (Hinton, Vinyals and Dean 2015): learn the probabilities that a teacher gives, softened.

A temperature above 1 brings a teacher's small probabilities out: that this 7 is a little like a 1 is worth learning.
With teacher probabilities q and student probabilities p, both at the temperature T, and the hard loss L of the labels,

    loss = (1 - weight) L - weight T^2 sum(q log p)

The factor T^2 makes up for the soft part's gradient, which shrinks as 1 / T^2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model.common.arrays import Array
from model.nn.losses import losses, softmax


class SoftTargets(NamedTuple):
    """What a teacher says of some images, and how much it counts."""

    probabilities: Array  # (n, classes), at the temperature
    temperature: float
    weight: float  # 0..1, of its part of the loss

    def rows(self, taken: slice) -> SoftTargets:
        """Return those of some of the images."""
        return self._replace(probabilities=self.probabilities[taken])


def soften(logits: Sequence[Array], temperature: float) -> Array:
    """Return the probabilities (n, classes) at a temperature: of several networks' logits, the mean of theirs."""
    total = softmax(logits[0] / logits[0].dtype.type(temperature))
    for others in logits[1:]:
        total += softmax(others / others.dtype.type(temperature))
    total /= len(logits)
    return total


def distillation_losses(logits: Array, labels: Array, smoothing: float, soft: SoftTargets | None) -> Array:
    """Return each row's loss, (n,): the cross-entropy with its label, and with what the teacher says, if there is one.

    Args:
        logits: (n, classes).
        labels: (n,).
        smoothing: Label smoothing, of the labels' part alone.
        soft: What the teacher says; None without one.
    """
    hard = losses(logits, labels, smoothing)
    if soft is None:
        return hard
    scaled = (logits - logits.max(axis=1, keepdims=True)) / soft.temperature
    soft_losses = np.log(np.exp(scaled).sum(axis=1)) - (soft.probabilities * scaled).sum(axis=1)
    result: Array = (1 - soft.weight) * hard + soft.weight * soft.temperature**2 * soft_losses
    return result


def add_soft_gradient(delta: Array, logits: Array, soft: SoftTargets) -> None:
    """Turn dL/dlogits of the labels' loss (n, classes), in place, into that of `distillation_losses`.

    The soft part's derivative is T^2 (p - q) / T, as that of softmax and cross-entropy together is p - q.
    """
    dtype = logits.dtype.type
    difference = softmax(logits / dtype(soft.temperature))
    difference -= soft.probabilities
    difference *= dtype(soft.weight * soft.temperature)
    delta *= dtype(1 - soft.weight)
    delta += difference
