"""The progress of a run: how far it is, how well it does, and its learning curves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from model.common.arrays import Array
from model.common.constants import CLASSES
from model.nn.classifier import DigitClassifier
from model.nn.losses import losses
from model.training.snapshot import Snapshot

Status = Literal["running", "finished", "stopped early", "diverged"]


@dataclass(frozen=True)
class Progress:
    """A run after some step.

    `loss` and `accuracy` are means over the batches since the last report, `epoch_loss` and `epoch_accuracy` over
    the epoch so far; each batch is measured before its own update, with dropout and augmentation. Validation loss and
    accuracy are measured at the end of an epoch, without them.
    """

    network: DigitClassifier  # the one that learns: copy it to keep it as it is now
    epochs: int  # of the whole run
    epoch: int = 0  # of the last step, counted from 1
    step: int = 0  # how many steps were made
    fraction: float = 0.0  # of the run that is done
    loss: float = math.nan
    accuracy: float = math.nan
    epoch_loss: float = math.nan
    epoch_accuracy: float = math.nan
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    learning_rate: float = math.nan
    images_per_second: float = 0.0
    seconds: float = 0.0  # spent on steps, not on waiting for whoever reads this
    epoch_ended: bool = False
    status: Status = "running"
    message: str = ""
    threads: str = ""  # how many threads have computed the matrix products, as a ThreadPlan writes it
    ancestors_data: tuple[str, ...] = ()  # what the networks that it learns from have learned from
    snapshot: Callable[[], Snapshot] | None = field(default=None, repr=False)  # if training can go on

    @property
    def seconds_left(self) -> float:
        """The time left at the speed so far; NaN before the first step."""
        return self.seconds * (1 - self.fraction) / self.fraction if self.fraction else math.nan

    @property
    def cost_per_output(self) -> float:
        """`epoch_loss` averaged over the ten outputs too, as some publish it: ln(10) / 10 for a blind guess."""
        return self.epoch_loss / CLASSES


class HistoryPoint(NamedTuple):
    """A point of the learning curves."""

    epoch: float  # epochs done, with the fraction of the current one
    step: int
    loss: float
    accuracy: float
    epoch_loss: float
    epoch_accuracy: float
    validation_loss: float | None  # measured before the first epoch and after each, else None
    validation_accuracy: float | None
    learning_rate: float

    @classmethod
    def of(cls, progress: Progress) -> HistoryPoint:
        """Return the point of a progress."""
        measured = progress.epoch_ended or progress.step == 0 or progress.status != "running"
        return cls(
            epoch=progress.fraction * progress.epochs,
            step=progress.step,
            loss=progress.loss,
            accuracy=progress.accuracy,
            epoch_loss=progress.epoch_loss,
            epoch_accuracy=progress.epoch_accuracy,
            validation_loss=progress.validation_loss if measured else None,
            validation_accuracy=progress.validation_accuracy if measured else None,
            learning_rate=progress.learning_rate,
        )


class ConfigChange(NamedTuple):
    """A change of settings in the middle of a run: the new `values`, by their names in TrainingConfig."""

    epoch: float
    step: int  # after which it took effect
    values: dict[str, Any]


class MetricAccumulator:
    """The mean loss and the accuracy over some batches.

    `add` only stores a batch's logits, and `flush` measures many batches together: one at a time, measuring would
    take a good part of a small network's step.

    Attributes:
        images: How many images were measured.
        correct: For how many of them the most probable class was their label.
        loss: The sum of their losses.
    """

    def __init__(self) -> None:
        self.images = self.correct = 0
        self.loss = 0.0
        self._logits: list[Array] = []
        self._labels: list[Array] = []

    def add(self, logits: Array, labels: Array) -> None:
        """Store a copy of a batch's logits (n, classes), and its labels (n,)."""
        self._logits.append(logits.copy())
        self._labels.append(labels)

    def flush(self, smoothing: float = 0.0) -> Array:
        """Measure the batches that were added since the last time, and return their mean losses, (batches,)."""
        if not self._labels:
            return np.empty(0)
        logits, labels = np.concatenate(self._logits), np.concatenate(self._labels)
        sizes = np.array([len(batch) for batch in self._labels])
        self._logits, self._labels = [], []
        sums = np.add.reduceat(losses(logits, labels, smoothing), sizes.cumsum() - sizes, dtype=np.float64)
        self.loss += float(sums.sum())
        self.correct += int(np.count_nonzero(logits.argmax(axis=1) == labels))
        self.images += len(labels)
        return sums / sizes

    def merge(self, other: MetricAccumulator) -> None:
        """Add what another accumulator has measured."""
        self.loss += other.loss
        self.correct += other.correct
        self.images += other.images

    def means(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy, both NaN without images."""
        return (self.loss / self.images, self.correct / self.images) if self.images else (math.nan, math.nan)
