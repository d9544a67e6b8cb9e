"""Learning rate schedules: what the learning rate is multiplied by in the course of training."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol


class ScheduleSettings(Protocol):
    """The settings that schedules depend on; a `TrainingConfig` has them."""

    @property
    def epochs(self) -> int:
        """How many epochs the whole training has."""

    @property
    def step_epochs(self) -> int:
        """How many epochs pass between two steps of "step"."""

    @property
    def step_factor(self) -> float:
        """What the learning rate is multiplied by at each step of "step"."""

    @property
    def warmup(self) -> float:
        """The share of the training, 0..1, in which the learning rate of "one_cycle" rises."""


SCHEDULES: dict[str, Callable[[ScheduleSettings, float], float]] = {
    # (settings, share of the training done, 0..1) -> factor of the learning rate, 0..1
    "constant": lambda settings, done: 1.0,
    "step": lambda settings, done: settings.step_factor ** (int(done * settings.epochs + 1e-9) // settings.step_epochs),
    "cosine": lambda settings, done: 0.5 * (1 + math.cos(math.pi * done)),  # Loshchilov and Hutter 2017
    "one_cycle": lambda settings, done: _one_cycle(done, settings.warmup),
}


def _one_cycle(done: float, warmup: float) -> float:
    """Rise linearly from 1/25 to 1, then fall along a cosine to 1/10,000 (Smith and Topin 2019)."""
    if done < warmup:
        return 0.04 + 0.96 * done / warmup
    return 1e-4 + (1 - 1e-4) * 0.5 * (1 + math.cos(math.pi * (done - warmup) / (1 - warmup)))
