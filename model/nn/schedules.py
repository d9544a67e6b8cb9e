"""A schedule says how the learning rate changes in the course of a training: large steps first, small ones in the end.

Each is a factor of the config's own learning rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from model.config import TrainingConfig

SCHEDULES: dict[str, Callable[[TrainingConfig, float], float]] = {
    # (config, share of the training done) -> what the learning rate is multiplied by
    "constant": lambda config, done: 1.0,
    "step": lambda config, done: config.step_factor ** (int(done * config.epochs + 1e-9) // config.step_epochs),
    "cosine": lambda config, done: 0.5 * (1 + math.cos(math.pi * done)),  # Loshchilov and Hutter 2017
    "one_cycle": lambda config, done: _one_cycle(done, config.warmup),
}


def _one_cycle(done: float, warmup: float) -> float:
    """Up in a straight line from a twenty-fifth, then down along a cosine to nearly nothing (Smith and Topin 2019)."""
    if done < warmup:
        return 0.04 + 0.96 * done / warmup
    return 1e-4 + (1 - 1e-4) * 0.5 * (1 + math.cos(math.pi * (done - warmup) / (1 - warmup)))
