"""The learning curve of one run of a trial."""

from __future__ import annotations

from typing import NamedTuple

MAX_POINTS = 200  # of a run; of one with more epochs, some are left out


class CurvePoint(NamedTuple):
    """A run after some epoch; epoch 0 is before the first step."""

    epoch: int
    step: int
    seconds: float  # spent on steps
    training_loss: float | None  # the mean of the epoch
    validation_accuracy: float | None
