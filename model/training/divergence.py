"""Divergence: notice that the loss is no longer a finite number, and go back to the last finite parameters."""

from __future__ import annotations

import math

import numpy as np

from model.common.arrays import Array
from model.nn.classifier import DigitClassifier


class DivergenceGuard:
    """The last network that is known to give a finite loss.

    Attributes:
        last_finite: A copy of that network.
        candidate: A copy of the network before the present steps, which has not been proven yet.
    """

    def __init__(self, network: DigitClassifier) -> None:
        self.last_finite, self.candidate = network.copy(), network.copy()

    def remember(self, network: DigitClassifier) -> None:
        """Copy the network before some steps."""
        self.candidate.copy_from(network)

    def first_diverged(self, losses: Array) -> int | None:
        """Return the index of the first step that gave no finite loss, None if all did.

        Args:
            losses: (steps,), the mean loss of the batch of each step since `remember`.
        """
        if math.isfinite(losses[0]) and np.isfinite(self.candidate.mlp.running_statistics).all():
            self.candidate, self.last_finite = self.last_finite, self.candidate  # its first loss proves it
        finite = np.isfinite(losses)
        return None if finite.all() else int(finite.argmin())


def divergence_message(step: int, learning_rate: float) -> str:
    """Explain what happened, and what to try."""
    return (
        f"The loss was no longer a finite number after step {step}: the steps were too large. The last finite "
        f"parameters are kept. Try a smaller learning rate than {learning_rate:g} (say {learning_rate / 10:.1g}), or "
        f"clip the gradient (1 is a good start)."
    )
