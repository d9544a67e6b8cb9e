"""What a run is made of: it makes steps, ends epochs, and takes new settings and snapshots in between."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from model.common.arrays import Array
from model.config import TrainingConfig
from model.data import Dataset
from model.ink import Drawing
from model.ink.sampler import DEFAULT_MIXTURE, InkMixture
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.nn.schedules import SCHEDULES
from model.training import state
from model.training.ancestors import Ancestors
from model.training.averaging import STATISTICS_SAMPLE, WeightAverage
from model.training.batches import PREFETCH_SIZE, Batch, Batches
from model.training.change import Change, updated
from model.training.divergence import DivergenceGuard, divergence_message
from model.training.early_stopping import EarlyStopping
from model.training.gradient_step import GradientStep
from model.training.history import MetricAccumulator, Progress, Status
from model.training.random_streams import RandomStreams
from model.training.snapshot import Snapshot
from model.training.split import check_fit, make_split
from model.training.workload import steps_between_reports


class Trainer:
    """Trains a network by some steps at a time; `model.training.loop` goes on to the end.

    Attributes:
        config: The settings, with all changes so far.
        ancestors: The networks that it learns from.
        split: The images to learn from and to validate on.
        batches: The images to learn from, batch by batch.
        mlp: The network that learns; `network` is the classifier around it.
        gradient_step: What makes a step: the optimizer, the workspace, dropout.
        average: The mean network of the last epochs.
        early_stopping: The best network so far.
        divergence_guard: The last network with a finite loss.
        epoch: The epoch of the last step, counted from 1.
        step: How many steps were made.
        samples_seen: How many images were learned from, each one each time.
        seconds: The time spent on steps.
        learning_rate: That of the last step, by the schedule.
        validation: The last validation loss and accuracy.
        batch: The last batch; it stays as it is until the next step.
        measure_next_step: Whether the next step shall be measured, into gradient_step.norms.
        threads: How many threads have computed the matrix products, as a ThreadPlan writes it.
        message: Why the run ended, if there is something to say.
    """

    def __init__(
        self,
        config: TrainingConfig,
        data: Dataset,
        ink: Sequence[Drawing] = (),
        mixture: InkMixture = DEFAULT_MIXTURE,
        *,
        ancestors: Ancestors | None = None,
        prefetch_size: int = PREFETCH_SIZE,
    ) -> None:
        self.ancestors = ancestors or Ancestors.by_name_or_path(config)
        streams = RandomStreams.of(config.seed)
        self.config = config
        self.split = make_split(config, data, ink, streams)
        teacher = self.ancestors.teacher(config)
        self.batches = Batches.of(
            config, data, self.split, streams, mixture, prefetch_size=prefetch_size, teacher=teacher
        )
        check_fit(config, len(self.batches), len(self.split.validation))
        self.mlp = MLP(config.sizes, config.activation, batch_normalization=config.batch_normalization)
        self.mlp.initialize(config.initialization, streams.weights, config.initial_std)
        self.network = DigitClassifier(self.mlp)
        if self.ancestors.start:
            self.network.copy_from(self.ancestors.start)
        self.gradient_step = GradientStep(self.mlp, config, self.batch_size, streams.dropout)
        self.average = WeightAverage(self.network, config.average_last)
        self.early_stopping = EarlyStopping(self.network, config.early_stopping)
        self.divergence_guard = DivergenceGuard(self.network)
        self.steps_between_reports = steps_between_reports(config, len(self.batches))

        self.epoch = self.step = self.samples_seen = 0
        self.seconds = 0.0
        self.threads = ""
        self.epoch_ended = False
        self.status: Status = "running"
        self.message = ""
        self.learning_rate = config.learning_rate
        self.validation: tuple[float | None, float | None] = (None, None)
        self.batch: Batch | None = None
        self.measure_next_step = False
        self.since_report, self.since_epoch = MetricAccumulator(), MetricAccumulator()

    @property
    def batch_size(self) -> int:
        """The number of images of a step."""
        return self.config.batch_size or len(self.batches)

    @property
    def fraction(self) -> float:
        """The share of the run that is done, 0..1, by images seen."""
        return min(1.0, (self.epoch - self.batches.left / len(self.batches)) / self.config.epochs)

    @property
    def can_go_on(self) -> bool:
        """Whether more steps may follow: also after the last epoch, in a fork that has more of them."""
        return self.status == "running" or (self.status == "finished" and not self.config.early_stopping)

    # -- Steps ----------------------------------------------------------------------------------------------

    def advance(self, every: int, interrupted: Callable[[], bool] = lambda: False) -> None:
        """Make at least one step, up to the next that `every` divides, or until `interrupted`.

        If fewer than `every` steps would then be left of the epoch, it makes these too.
        """
        began = time.perf_counter()
        with np.errstate(over="ignore", invalid="ignore"):  # divergence is reported by a message, not by warnings
            self._advance(every, interrupted)
        self.seconds += time.perf_counter() - began

    def _advance(self, every: int, interrupted: Callable[[], bool]) -> None:
        if not self.batches.left:
            self.batches.shuffle()
            self.epoch, self.epoch_ended, self.since_epoch = self.epoch + 1, False, MetricAccumulator()
        left = math.ceil(self.batches.left / self.batch_size)
        steps = every - self.step % every
        if left - steps < every:
            steps = left
        first = self.step
        self.divergence_guard.remember(self.network)
        while self.step - first < steps and not (self.step > first and interrupted()):
            self._step()

        batch_losses = self.since_report.flush(self.config.label_smoothing)
        self.since_epoch.merge(self.since_report)
        diverged = self.divergence_guard.first_diverged(batch_losses)
        if diverged is not None:
            self._end_diverged(first + diverged)
        elif not self.batches.left:
            self._end_epoch()

    def _step(self) -> None:
        config = self.config
        self.learning_rate = config.learning_rate * SCHEDULES[config.schedule](config, self.fraction)
        self.batch = self.batches.take(self.batch_size)
        logits = self.gradient_step.take(self.batch, self.learning_rate, measure=self.measure_next_step)
        self.measure_next_step = False
        self.since_report.add(logits, self.batch.labels)
        if self.average.covers(self.epoch, config.epochs):
            self.average.add(self.mlp)
        self.step += 1
        self.samples_seen += len(self.batch.labels)

    def _end_epoch(self) -> None:
        self.epoch_ended = True
        if not (np.isfinite(self.mlp.parameters).all() and np.isfinite(self.mlp.running_statistics).all()):
            return self._end_diverged(self.step)
        reached = self._averaged() if self.average.steps else self.network
        loss, accuracy = self.validate(reached)
        early_stopping = self.early_stopping
        if early_stopping.patience:
            assert loss is not None
            assert accuracy is not None
            early_stopping.update(reached, self.epoch, loss, accuracy)
        if self.epoch >= self.config.epochs:
            self.status = "finished"
        elif early_stopping.should_stop(self.epoch):
            self.status, self.message = "stopped early", early_stopping.message
        if early_stopping.patience and self.status != "running":
            self.network.copy_from(early_stopping.best)
            self.validate()
        elif self.status != "running":
            self.network.copy_from(reached)

    def _averaged(self) -> DigitClassifier:
        """Return the mean network as of now."""
        sample: Array = self.batches.rows[:0]
        if self.mlp.batch_normalization:
            sample = self.batches.sample(STATISTICS_SAMPLE, np.random.default_rng((self.config.seed, self.step)))
        return self.average.update(sample)

    def finish(self) -> None:
        """End the run here: with the mean network, if steps have been averaged."""
        if self.average.steps and self.status == "running":
            self.network.copy_from(self._averaged())
            self.validate()

    def _end_diverged(self, step: int) -> None:
        self.step = step
        self.average.clear()
        self.network.copy_from(self.divergence_guard.last_finite)
        self.validate()
        self.status, self.message = "diverged", divergence_message(step, self.config.learning_rate)

    # -- Between steps --------------------------------------------------------------------------------------

    def change(self, values: Change) -> None:
        """Apply new settings from the next step on.

        Raises:
            ValueError: A value is out of its range, or a setting can't change in the middle of a run.
        """
        config = updated(self.config, values)
        check_fit(config, len(self.batches), len(self.split.validation))
        self.config = config
        self.batches.change(config.label_smoothing, config.augmentation, config.augmentation_strength)
        self.gradient_step.change(config, self.batch_size)
        self.steps_between_reports = steps_between_reports(config, len(self.batches))

    def validate(self, network: DigitClassifier | None = None) -> tuple[float | None, float | None]:
        """Measure loss and accuracy on the validation split, and calibrate the network's confidence on it.

        The network is the one that learns, unless another one is given.
        """
        if len(self.split.validation):
            self.validation = self.split.validation.measure(network or self.network)
        return self.validation

    def report(self) -> Progress:
        """Return the state as it is now, and start new means for `loss` and `accuracy`."""
        return state.report(self)

    # -- Snapshots ------------------------------------------------------------------------------------------

    @property
    def snapshot_bytes(self) -> int:
        """The size of a snapshot's arrays."""
        return sum(array.nbytes for array in state.arrays(self).values())

    def snapshot(self) -> Snapshot:
        """Return a copy of all that changes, as it is now, between two steps."""
        assert self.can_go_on
        return state.take_snapshot(self)

    def restore(self, snapshot: Snapshot) -> None:
        """Continue from a snapshot of a run of the same config and data: see `state.restore`."""
        state.restore(self, snapshot)

    def fork(self, snapshot: Snapshot) -> None:
        """Continue from a snapshot of a run of the same images and shape, with other settings: see `state.fork`."""
        state.fork(self, snapshot)
