"""How much work a step of training is, and what depends on it: the number of threads, and how often to report."""

from __future__ import annotations

import math
from itertools import pairwise

from model.common.cores import cores
from model.config import TrainingConfig

REPORTS_PER_EPOCH, REPORTS_PER_RUN = 20, 1000  # at most about this many: enough for a curve
WORK_BETWEEN_REPORTS = 3e9  # multiplications, about a tenth of a second: larger steps are reported one by one
WORK_PER_THREAD = 3e6  # weights times batch: with less for each, threads cost more than they bring


def blas_threads(config: TrainingConfig, num_images: int, most: int | None = None) -> int:
    """Return how many threads are worth it for a run's matrix products; `training.threads` takes fewer if need be.

    Args:
        config: The run's settings.
        num_images: The number of images to learn from.
        most: The most threads to use, by default one for each core.
    """
    return max(1, min(most or cores(), int(_weights(config) * _batch_size(config, num_images) / WORK_PER_THREAD)))


def steps_between_reports(config: TrainingConfig, num_images: int) -> int:
    """Return the number of steps from one report to the next.

    It depends on the config, never on the clock: the same run draws the same curve.
    """
    batch_size = _batch_size(config, num_images)
    steps_per_epoch = math.ceil(num_images / batch_size)
    wanted = max(steps_per_epoch // REPORTS_PER_EPOCH, steps_per_epoch * config.epochs // REPORTS_PER_RUN)
    work = 3 * _weights(config) * batch_size  # forward, and backward twice
    return max(1, min(wanted, int(WORK_BETWEEN_REPORTS / work)))


def _weights(config: TrainingConfig) -> int:
    return sum(inputs * outputs for inputs, outputs in pairwise(config.sizes))


def _batch_size(config: TrainingConfig, num_images: int) -> int:
    return min(config.batch_size or num_images, num_images)
