"""Evidence: the figures of a run that a diagnosis is made from, and the statistics that tell them from chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import numpy as np

from model.config import TrainingConfig
from model.data import Dataset, split
from model.training.diagnostics import Diagnostics
from model.training.history import HistoryPoint
from model.training.random_streams import RandomStreams

SIGNIFICANCE = 0.01  # of a test against chance
MARGIN_OVER_CHANCE = 1.5  # an accuracy that may be more than this many times chance is not called a guess
FIRST_VERDICT = 2000  # images of the first epoch after which it can be judged before its end
RECENT = 9  # measured steps
MOST_EPOCHS, STEPS = 20, 50  # that a trend is read from


class RunImages(NamedTuple):
    """How many images a run learns from and validates on, and how well they are guessed."""

    training: int
    validation: int
    chance: float  # the accuracy of whoever always gives the most frequent digit

    @classmethod
    def of(cls, config: TrainingConfig, data: Dataset) -> RunImages:
        """Count the data set's images as a run of this config divides them."""
        streams = RandomStreams.of(config.seed)
        training, validation = split(data, config.validation_size, config.training_size, streams.split)
        counts = np.bincount(np.asarray(data.labels)[np.concatenate((training, validation))])
        return cls(len(training), len(validation), float(counts.max() / counts.sum()))


@dataclass(frozen=True)
class Evidence:
    """What was measured of a run: at the end of each epoch, and inside the network."""

    points: Sequence[HistoryPoint]
    config: TrainingConfig
    images: RunImages
    diagnostics: Sequence[Diagnostics] = ()  # the oldest first

    @cached_property
    def epochs(self) -> list[HistoryPoint]:
        """The last point of each epoch that is done."""
        finite = [it for it in self.points if it.step and math.isfinite(it.epoch_loss + it.epoch_accuracy)]
        reached = np.array([it.epoch for it in finite])
        epochs = np.ceil(reached.round(6))
        is_done = np.append(epochs[1:] > epochs[:-1], abs(reached[-1:] - epochs[-1:]) < 1e-6)
        return [finite[index] for index in np.flatnonzero(is_done)]

    @cached_property
    def training(self) -> list[tuple[float, float]]:
        """Training loss and accuracy at the end of each epoch."""
        return [(it.epoch_loss, it.epoch_accuracy) for it in self.epochs]

    @cached_property
    def validated(self) -> list[HistoryPoint]:
        """The same points, where validation loss and accuracy are known."""
        return [it for it in self.epochs if it.validation_loss is not None and math.isfinite(it.validation_loss)]

    @cached_property
    def validation(self) -> list[tuple[float, float]]:
        """Validation loss and accuracy at the end of each epoch; nothing without a validation split."""
        return [(it.validation_loss or 0.0, it.validation_accuracy or 0.0) for it in self.validated]

    @property
    def dead(self) -> tuple[float, ...]:
        """The share of dead units in each hidden layer; nothing if that can't be."""
        return self.diagnostics[-1].dead if self.diagnostics else ()

    @cached_property
    def update_ratios(self) -> list[float]:
        """How far recent steps moved the layer that they moved most, as a share of its weights."""
        return [
            max(update / weight for update, weight in zip(one.updates, one.weights, strict=True) if weight)
            for one in self._recent
            if any(one.weights)
        ]

    @cached_property
    def gradient_shares(self) -> tuple[float, ...]:
        """The gradient's norm in each hidden layer as a share of the output layer's: the median of recent steps."""
        shares = [
            [norm / one.gradients[-1] for norm in one.gradients[:-1]] for one in self._recent if one.gradients[-1]
        ]
        return tuple(np.median(shares, axis=0).tolist()) if shares else ()

    @cached_property
    def _recent(self) -> list[Diagnostics]:
        """The newest diagnostics of measured steps, of which one alone may be an exception."""
        newest = reversed(self.diagnostics)
        finite = (one for one in newest if one.updates and np.isfinite([*one.updates, *one.gradients]).all())
        return [*islice(finite, RECENT)][::-1]

    def last_epochs(self, share: int, least: int) -> int:
        """Return how many of the last epochs a trend is read from, which may be more than there are.

        Args:
            share: One in this many of all epochs.
            least: This many at least, and as many as have 50 steps; 20 at most.
        """
        if not self.epochs:
            return least
        steps_per_epoch = max(1, self.epochs[-1].step // len(self.epochs))
        return max(
            min(max(least, math.ceil(len(self.epochs) / share)), MOST_EPOCHS), math.ceil(STEPS / steps_per_epoch)
        )

    def is_guessing(self, significance: float = SIGNIFICANCE) -> bool:
        """Whether neither training nor validation accuracy is better than chance, on enough images to tell.

        Args:
            significance: Of the binomial test.
        """
        judged = []
        if self.epochs:
            if not self.config.background:  # training accuracy then counts non-digits too, and chance is another
                judged.append((self.training[-1][1], self.images.training))
            if self.validation and self.images.validation:
                judged.append((self.validation[-1][1], self.images.validation))
        elif self.points and not self.config.background:
            seen = int(self.points[-1].epoch * self.images.training)
            if seen >= FIRST_VERDICT and math.isfinite(self.points[-1].epoch_accuracy):
                judged.append((self.points[-1].epoch_accuracy, seen))
        chance = self.images.chance
        most = MARGIN_OVER_CHANCE * chance
        return (
            any(accuracy < most for accuracy, _ in judged)  # a healthy run needs no statistics
            and any(upper_bound(accuracy, count) < most for accuracy, count in judged)
            and not any(is_better_than(accuracy, count, chance, significance) for accuracy, count in judged)
        )


def is_better_than(accuracy: float, count: int, chance: float, significance: float = SIGNIFICANCE) -> bool:
    """Tell whether an accuracy on this many images is more than chance would give (one-sided binomial test)."""
    from scipy.special import bdtrc  # P(more than k of n)

    return bool(bdtrc(round(accuracy * count) - 1, count, chance) < significance)


def upper_bound(accuracy: float, count: int) -> float:
    """Return the upper end of the 95 % interval of an accuracy on this many images (Clopper and Pearson 1934)."""
    from scipy.special import betaincinv

    correct = round(accuracy * count)
    return 1.0 if correct >= count else float(betaincinv(correct + 1, count - correct, 0.975))


def standard_error(accuracy: float, count: int) -> float:
    """Return the standard error of an accuracy on this many images, as if one more was right and one more was wrong."""
    share = (accuracy * count + 1) / (count + 2)
    return math.sqrt(share * (1 - share) / max(count, 1))


def relative_fall(losses: Sequence[float]) -> float:
    """Return the share by which losses fall from first to last, along the line through their logarithms."""
    if len(losses) < 2:
        return 0.0
    logs = np.log(np.maximum(losses, 1e-12))
    slope = np.polyfit(np.arange(len(logs)), logs, 1)[0]
    return float(1 - np.exp(slope * (len(logs) - 1)))
