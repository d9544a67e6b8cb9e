"""Training shows the network its images, batch by batch, and lets the optimizer follow the gradient.

It is a generator: each `Progress` says how far it is, and whoever iterates decides whether to go on. To stop is
to stop iterating; to change the learning rate on the way is `run.send(Change(learning_rate=0.01))`.
"""

from __future__ import annotations

import itertools
import math
import os
import time
from collections.abc import Generator, Mapping
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from model.batches import Batches
from model.config import LIVE_FIELDS, TrainingConfig
from model.data import Dataset, split
from model.network import Network, Trace, cross_entropy, dropout_masks
from model.optimizers import OPTIMIZERS, clip
from model.progress import Progress, Status, Tally
from model.schedules import SCHEDULES

Array = NDArray[Any]

REPORTS_PER_EPOCH, REPORTS_PER_RUN = 20, 1000  # at most about so many: a curve has enough with them
WORK_BETWEEN_REPORTS = 3e9  # multiplications, about a tenth of a second: big steps report each time
WORK_FOR_A_THREAD = 3e6  # parameters times batch: with less for each, threads cost more than they bring

WEIGHTS_FOR_SHORTCUT = 200_000  # with fewer, adding the gradient as it is computed costs more than it spares


class Change(TypedDict, total=False):
    """New values for a running training, from its next step on; they are fields of TrainingConfig."""

    learning_rate: float
    batch_size: int
    momentum: float
    dropout: float
    weight_decay: float
    label_smoothing: float
    clip_norm: float
    augmentation: str


def blas_threads(config: TrainingConfig, count: int) -> int:
    """How many threads the matrix products of a training get: as many as the work is worth, at most one for each core.

    Sums come out differently in their last bits with another number, so it depends on nothing but the config, the
    count of images, and the machine's cores.
    """
    network = sum(inputs * outputs for inputs, outputs in itertools.pairwise(config.sizes))
    work = network * min(config.batch_size or count, count)
    return max(1, min(cores(), int(work / WORK_FOR_A_THREAD)))


def cores() -> int:
    """How many cores this process may use; Linux alone can tell, elsewhere it is how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def train(
    config: TrainingConfig, data: Dataset, *, report_every: int | None = None
) -> Generator[Progress, Change | None, None]:
    """Train a new network: yields a Progress before the first step, and then after every few (`report_every`).

    The last Progress has another status than "running", and its network is the result: the last parameters, the
    best ones with early stopping, or the last sound ones if the training diverged.

    Raises:
        ValueError: the config does not fit the data: nothing left to learn from, a batch larger than all of it.
    """
    training = Training(config, data)
    threads = blas_threads(config, len(training.batches))
    with threadpool_limits(limits=threads, user_api="blas"):
        training.validate()
        change = yield training.report()
        while training.status == "running":
            if change:
                training.change(change)
            began = time.perf_counter()
            with np.errstate(over="ignore", invalid="ignore"):  # a training that diverges says so in its own words
                training.advance(report_every or training.steps_between_reports)
            training.seconds += time.perf_counter() - began
            change = yield training.report()


class Training:
    """All that changes in the course of a training; `advance` makes some steps, up to the next report."""

    def __init__(self, config: TrainingConfig, data: Dataset) -> None:
        self.config = config
        # One source of random numbers for each use: changing one setting leaves the others' numbers as they were.
        seeds = np.random.SeedSequence(config.seed).spawn(5)
        split_rng, weights_rng, order_rng, self.dropout_rng, augment_rng = map(np.random.default_rng, seeds)
        learning, held_out = split(data, config.validation_size, config.training_size, split_rng)
        self.held_images, self.held_labels = np.asarray(data.images)[held_out], np.asarray(data.labels)[held_out]
        _check_fit(config, len(learning), len(held_out))

        self.batches = Batches(
            data.images,
            data.labels,
            learning,
            order_rng=order_rng,
            augment_rng=augment_rng,
            smoothing=config.label_smoothing,
            augmentation=config.augmentation,
        )
        self.network = Network(config.sizes, config.activation, batch_normalization=config.batch_normalization)
        self.network.initialize(config.initialization, weights_rng, config.initial_std)
        self.optimizer = OPTIMIZERS[config.optimizer](
            self.network.parameters.size,
            momentum=config.momentum,
            beta2=config.beta2,
            weight_decay=config.weight_decay,
            decayed=self.network.weight_count,
        )
        self.trace = Trace(self.network, self.batch_size)
        self.steps_between_reports = self._steps_between_reports()
        self.earlier, self.sound, self.best = (self.network.copy() for _ in range(3))
        self.best_score = (-1.0, -math.inf)  # validation accuracy, then minus its loss
        self.best_epoch = 0
        self.epoch = self.step = self.seen = 0
        self.seconds = 0.0
        self.epoch_ended = False
        self.status: Status = "running"
        self.message = ""
        self.learning_rate = config.learning_rate
        self.validation: tuple[float | None, float | None] = (None, None)  # loss, accuracy
        self.since_report, self.since_epoch = Tally(), Tally()

    @property
    def batch_size(self) -> int:
        return self.config.batch_size or len(self.batches)

    @property
    def fraction(self) -> float:
        """The share of the training that is done, 0..1, by images seen."""
        return min(1.0, (self.epoch - self.batches.left / len(self.batches)) / self.config.epochs)

    def _steps_between_reports(self) -> int:
        """Depends on the config alone, never on the clock: the same training draws the same curve."""
        an_epoch = math.ceil(len(self.batches) / self.batch_size)
        wanted = max(an_epoch // REPORTS_PER_EPOCH, an_epoch * self.config.epochs // REPORTS_PER_RUN)
        work = 3 * self.network.weight_count * self.batch_size  # forward, and backward twice
        return max(1, min(wanted, int(WORK_BETWEEN_REPORTS / work)))

    def change(self, values: Change) -> None:
        """Apply new settings from the next step on.

        Raises:
            ValueError: a value out of its range, or a setting that only a new training can have.
        """
        config = changed(self.config, values)
        _check_fit(config, len(self.batches), len(self.held_labels))
        self.config = config
        self.batches.change(config.label_smoothing, config.augmentation)
        self.optimizer.momentum, self.optimizer.weight_decay = config.momentum, config.weight_decay
        self.steps_between_reports = self._steps_between_reports()
        if self.batch_size > self.trace.rows:
            self.trace = Trace(self.network, self.batch_size)

    def advance(self, every: int) -> None:
        """Steps up to the next one that `every` divides, or to the epoch's end if fewer than that remain after it."""
        if not self.batches.left:
            self.batches.shuffle()
            self.epoch, self.epoch_ended, self.since_epoch = self.epoch + 1, False, Tally()
        left = math.ceil(self.batches.left / self.batch_size)
        steps = every - self.step % every
        if left - steps < every:
            steps = left
        self.earlier.become(self.network)
        for _ in range(steps):
            self._step()

        batch_losses = self.since_report.settle(self.config.label_smoothing)
        self.since_epoch.merge(self.since_report)
        if math.isfinite(batch_losses[0]) and np.isfinite(self.earlier.statistics).all():
            self.earlier, self.sound = self.sound, self.earlier  # a finite loss shows that these parameters are sound
        finite = np.isfinite(batch_losses)
        if not finite.all():
            return self._diverged(self.step - steps + int(finite.argmin()))
        if not self.batches.left:
            self._end_epoch()

    def _step(self) -> None:
        """The next batch, its loss's gradient, and the optimizer's update."""
        config, network = self.config, self.network
        self.learning_rate = config.learning_rate * SCHEDULES[config.schedule](config, self.fraction)
        images, labels, targets = self.batches.take(self.batch_size)
        masks = None
        if config.dropout:
            masks = dropout_masks(network, len(images), config.dropout, self.dropout_rng)

        logits = network.forward(images, self.trace, masks)
        shortcut = self._shortcut()
        if shortcut:
            vector, scale, keep = shortcut
            network.backward(images, targets, self.trace, masks, into=network.views(vector), scale=scale, keep=keep)
            self.optimizer.finish(network.parameters, self.learning_rate)
        else:
            network.backward(images, targets, self.trace, masks)
            if config.clip_norm:
                clip(self.trace.gradient, config.clip_norm)
            self.optimizer.step(network.parameters, self.trace.gradient, self.learning_rate)

        self.since_report.add(logits, labels)
        self.step += 1
        self.seen += len(images)

    def _shortcut(self) -> tuple[Array, float, float] | None:
        """The optimizer's, where it pays and nothing else needs to see the gradient."""
        needed = self.config.clip_norm or self.config.weight_decay or self.network.batch_normalization
        if needed or self.network.weight_count < WEIGHTS_FOR_SHORTCUT:
            return None
        return self.optimizer.accumulator(self.network.parameters, self.learning_rate)

    def validate(self) -> None:
        """Measure the loss and the accuracy on the images that were held out, if there are any."""
        if len(self.held_labels):
            logits = self.network.logits(self.held_images)
            right = float((logits.argmax(axis=1) == self.held_labels).mean())
            self.validation = cross_entropy(logits, self.held_labels), right

    def report(self) -> Progress:
        """The state now; `loss` and `accuracy` begin anew."""
        loss, accuracy = self.since_report.means()
        epoch_loss, epoch_accuracy = self.since_epoch.means()
        self.since_report = Tally()
        return Progress(
            network=self.network,
            epochs=self.config.epochs,
            epoch=self.epoch,
            step=self.step,
            fraction=self.fraction,
            loss=loss,
            accuracy=accuracy,
            epoch_loss=epoch_loss,
            epoch_accuracy=epoch_accuracy,
            validation_loss=self.validation[0],
            validation_accuracy=self.validation[1],
            learning_rate=self.learning_rate,
            images_per_second=self.seen / self.seconds if self.seconds else 0.0,
            seconds=self.seconds,
            epoch_ended=self.epoch_ended,
            status=self.status,
            message=self.message,
        )

    def _end_epoch(self) -> None:
        self.epoch_ended = True
        if not (np.isfinite(self.network.parameters).all() and np.isfinite(self.network.statistics).all()):
            return self._diverged(self.step)
        self.validate()
        patience = self.config.early_stopping
        if patience:
            loss, accuracy = self.validation
            assert loss is not None
            assert accuracy is not None
            if (accuracy, -loss) > self.best_score:
                self.best.become(self.network)
                self.best_score, self.best_epoch = (accuracy, -loss), self.epoch
        if self.epoch >= self.config.epochs:
            self.status = "finished"
        elif patience and self.epoch - self.best_epoch >= patience:
            self.status = "stopped early"
            self.message = (
                f"No better validation accuracy in {patience} epochs: stopped, keeping the network of epoch "
                f"{self.best_epoch}."
            )
        if patience and self.status != "running":
            self.network.become(self.best)
            self.validate()

    def _diverged(self, step: int) -> None:
        """Go back to the last sound parameters, and say what to try."""
        self.step = step
        self.network.become(self.sound)
        self.validate()
        self.status = "diverged"
        self.message = (
            f"The loss was no longer a finite number after step {self.step}: the steps were too large. The last "
            f"sound parameters are kept. Try a smaller learning rate than {self.config.learning_rate:g} "
            f"(say {self.config.learning_rate / 10:.1g}), or clip the gradient (1 is a good start)."
        )


def changed(config: TrainingConfig, values: Mapping[str, Any]) -> TrainingConfig:
    """The config of a running training after a Change.

    Raises:
        ValueError: a value out of its range, or a setting that only a new training can have.
    """
    fixed = [name for name in values if name not in LIVE_FIELDS]
    if fixed:
        raise ValueError(f"{', '.join(fixed)} can't change while training; start a new training for it")
    return config.changed(**values)


def _check_fit(config: TrainingConfig, learning: int, held_out: int) -> None:
    if config.batch_size > learning:
        raise ValueError(
            f"batch_size must be at most {learning:,}, the images left to learn from; got {config.batch_size:,} "
            f"(0 takes all of them at once)"
        )
    if config.early_stopping and not held_out:
        raise ValueError(
            "early_stopping needs images held out for validation to compare by; got validation_size 0 "
            "(0.1 holds out a tenth)"
        )
