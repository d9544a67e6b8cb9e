"""Training shows the network its images, batch by batch, and lets the optimizer follow the gradient.

It is a generator: each `Progress` says how far it is, and whoever iterates decides whether to go on. To stop is
to stop iterating; to change the learning rate on the way is `run.send(Change(learning_rate=0.01))`.
"""

from __future__ import annotations

import itertools
import math
import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from model.common.constants import CLASSES
from model.config import TrainingConfig
from model.data import Dataset, split
from model.ink import Drawing
from model.ink.sampler import DEFAULT_MIXTURE, InkMixture, InkSampler, render_all
from model.ink.sampler import split_by_writer as split_ink
from model.nn.calibration import fit_reject_bias, fit_temperature
from model.nn.classifier import DigitClassifier
from model.nn.losses import cross_entropy
from model.nn.mlp import MLP, dropout_masks
from model.nn.optimizers import OPTIMIZERS, clip
from model.nn.schedules import SCHEDULES
from model.nn.workspace import Workspace
from model.training.batches import Batch, Batches
from model.training.diagnostics import SAMPLE_SIZE, Norms, layer_norms
from model.training.history import MetricAccumulator, Progress, Status
from model.training.snapshot import Snapshot

Array = NDArray[Any]

REPORTS_PER_EPOCH, REPORTS_PER_RUN = 20, 1000  # at most about so many: a curve has enough with them
WORK_BETWEEN_REPORTS = 3e9  # multiplications, about a tenth of a second: big steps report each time
WORK_FOR_A_THREAD = 3e6  # parameters times batch: with less for each, threads cost more than they bring

MIN_WEIGHTS_FOR_FUSED_UPDATE = 200_000  # with fewer, adding the gradient as it is computed costs more than it spares

# What changes in a training, beside its arrays, its settings and its sources of random numbers.
STATE_FIELDS = (
    "epoch",
    "step",
    "seen",
    "seconds",
    "epoch_ended",
    "learning_rate",
    "best_score",
    "best_epoch",
    "validation",
)


class Change(dict[str, Any]):
    """New values for a running training, from its next step on: `Change(learning_rate=0.01)`.

    They are fields of TrainingConfig, of those that are live.
    """


def blas_threads(config: TrainingConfig, count: int, most: int | None = None) -> int:
    """How many threads the matrix products of a training get: as many as the work is worth, at most one for each core,
    or so many.

    Sums come out differently in their last bits with another number, so it depends on nothing but the config, the
    count of images, and what is given or else the machine's cores.
    """
    network = sum(inputs * outputs for inputs, outputs in itertools.pairwise(config.sizes))
    work = network * min(config.batch_size or count, count)
    return max(1, min(most or cores(), int(work / WORK_FOR_A_THREAD)))


def cores() -> int:
    """How many cores this process may use; Linux alone can tell, elsewhere it is how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def train(
    config: TrainingConfig,
    data: Dataset,
    *,
    ink: Sequence[Drawing] = (),
    mixture: InkMixture = DEFAULT_MIXTURE,
    start: Snapshot | None = None,
    report_every: int | None = None,
    threads: int | None = None,
) -> Generator[Progress, Change | None, None]:
    """Train a new network: yields a Progress before the first step, and then after every few (`report_every`).

    `ink` are drawings to learn from besides, those of config.ink; `mixture` says how they are sampled.
    With `start`, a snapshot of a training of the same config and data, it goes on from there in the same way, to the
    last bit, and the first Progress is of that moment. Changes that were made before the snapshot stay made.
    At most so many `threads` compute the matrix products, where the work is worth them; without it, one for each core.

    The last Progress has another status than "running", and its network is the result: the last parameters, the
    best ones with early stopping, or the last sound ones if the training diverged.

    Raises:
        ValueError: the config does not fit the data (nothing left to learn from, a batch larger than all of it), or
            the snapshot does not fit the config.
    """
    training = Trainer(config, data, ink, mixture)
    if start:
        training.restore(start)
    return _run(training, blas_threads(config, len(training.batches), threads), report_every)


def _run(training: Trainer, threads: int, report_every: int | None) -> Generator[Progress, Change | None, None]:
    with threadpool_limits(limits=threads, user_api="blas"):
        if not training.step:
            training.validate()
        change = yield training.report()
        while training.status == "running":
            if change:
                training.change(change)
            training.advance(report_every or training.steps_between_reports)
            change = yield training.report()


class Trainer:
    """All that changes in the course of a training; `advance` makes some steps, up to the next report."""

    def __init__(
        self,
        config: TrainingConfig,
        data: Dataset,
        ink: Sequence[Drawing] = (),
        mixture: InkMixture = DEFAULT_MIXTURE,
    ) -> None:
        self.config = config
        # One source of random numbers for each use: changing one setting leaves the others' numbers as they were.
        seeds = np.random.SeedSequence(config.seed).spawn(6)
        split_rng, weights_rng, order_rng, self.dropout_rng, augment_rng, drawing_rng = map(
            np.random.default_rng, seeds
        )
        learning, held_out = split(data, config.validation_size, config.training_size, split_rng)
        rows = _sample(learning, held_out)
        self.sample, self.sample_labels = (
            np.asarray(data.images)[rows],
            np.asarray(data.labels)[rows],
        )  # see sample_rows
        self.held_images, self.held_labels = np.asarray(data.images)[held_out], np.asarray(data.labels)[held_out]
        handwriting = None
        if config.ink or ink or config.background:
            share = len(held_out) / (len(learning) + len(held_out))
            ink, held_ink = split_ink(ink, share, drawing_rng)
            images, labels = render_all(held_ink)
            self.held_images = np.concatenate((self.held_images, images))
            self.held_labels = np.concatenate((self.held_labels, labels))
            handwriting = InkSampler(
                ink, len(learning), drawing_rng, with_non_digits=config.background, mixture=mixture
            )
        self.batches = Batches(
            data.images,
            data.labels,
            learning,
            order_rng=order_rng,
            augment_rng=augment_rng,
            smoothing=config.label_smoothing,
            augmentation=config.augmentation,
            classes=config.sizes[-1],
            handwriting=handwriting,
            drawing_rng=drawing_rng if handwriting else None,
        )
        _check_fit(config, len(self.batches), len(self.held_labels))
        self.mlp = MLP(config.sizes, config.activation, batch_normalization=config.batch_normalization)
        self.mlp.initialize(config.initialization, weights_rng, config.initial_std)
        self.network = DigitClassifier(self.mlp)
        self.optimizer = OPTIMIZERS[config.optimizer](
            self.mlp.parameters.size,
            momentum=config.momentum,
            beta2=config.beta2,
            weight_decay=config.weight_decay,
            num_decayed=self.mlp.num_weights,
        )
        self.workspace = Workspace(self.mlp, self.batch_size)
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
        self.batch: Batch | None = None  # the last one; it stays as it is until the next
        self.to_observe = False  # the next step, see `observed`
        self.observed: tuple[Norms, Norms] | None = None  # of the gradient and of the update, by layer
        self.since_report, self.since_epoch = MetricAccumulator(), MetricAccumulator()

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
        work = 3 * self.mlp.num_weights * self.batch_size  # forward, and backward twice
        return max(1, min(wanted, int(WORK_BETWEEN_REPORTS / work)))

    def change(self, values: Change) -> None:
        """Apply new settings from the next step on.

        Raises:
            ValueError: a value out of its range, or a setting that only a new training can have.
        """
        config = updated(self.config, values)
        _check_fit(config, len(self.batches), len(self.held_labels))
        self.config = config
        self.batches.change(config.label_smoothing, config.augmentation)
        self.optimizer.momentum, self.optimizer.weight_decay = config.momentum, config.weight_decay
        self.steps_between_reports = self._steps_between_reports()
        if self.batch_size > self.workspace.rows:
            self.workspace = Workspace(self.mlp, self.batch_size)

    def advance(self, every: int, interrupted: Callable[[], bool] = lambda: False) -> None:
        """Steps up to the next one that `every` divides, or to the epoch's end if fewer than that remain after it; one
        at least, and no more once they are `interrupted`."""
        began = time.perf_counter()
        with np.errstate(over="ignore", invalid="ignore"):  # a training that diverges says so in its own words
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
        self.earlier.copy_from(self.network)
        while self.step - first < steps and not (self.step > first and interrupted()):
            self._step()

        batch_losses = self.since_report.settle(self.config.label_smoothing)
        self.since_epoch.merge(self.since_report)
        if math.isfinite(batch_losses[0]) and np.isfinite(self.earlier.mlp.running_statistics).all():
            self.earlier, self.sound = self.sound, self.earlier  # a finite loss shows that these parameters are sound
        finite = np.isfinite(batch_losses)
        if not finite.all():
            return self._diverged(first + int(finite.argmin()))
        if not self.batches.left:
            self._end_epoch()

    def _step(self) -> None:
        """The next batch, its loss's gradient, and the optimizer's update."""
        config = self.config
        self.learning_rate = config.learning_rate * SCHEDULES[config.schedule](config, self.fraction)
        self.batch = self.batches.take(self.batch_size)
        masks = None
        if config.dropout:
            masks = dropout_masks(self.mlp, len(self.batch.labels), config.dropout, self.dropout_rng)
        if self.to_observe:
            self._learn_observed(self.batch, masks)
        else:
            self._learn(self.batch, masks)

    def _learn_observed(self, batch: Batch, masks: Sequence[Array] | None) -> None:
        """A step like any other, whose norms are measured by the way: from a gradient of their own, as `_learn` may
        never write it down."""
        mlp = self.mlp
        running, before = mlp.running_statistics.copy(), mlp.parameters.copy()
        mlp.forward(batch.images, self.workspace, masks)
        mlp.backward(batch.images, batch.targets, self.workspace, masks)
        mlp.running_statistics[:] = running
        gradient = layer_norms(self.workspace.gradients)
        self._learn(batch, masks)
        before -= mlp.parameters
        self.observed = gradient, layer_norms(mlp.views(before))
        self.to_observe = False

    def _learn(self, batch: Batch, masks: Sequence[Array] | None) -> None:
        config, mlp = self.config, self.mlp
        images, labels, targets = batch
        logits = mlp.forward(images, self.workspace, masks)
        fused = self._fused_target()
        if fused:
            vector, alpha, beta = fused
            mlp.backward(images, targets, self.workspace, masks, into=mlp.views(vector), alpha=alpha, beta=beta)
            self.optimizer.apply_fused(mlp.parameters, self.learning_rate)
        else:
            mlp.backward(images, targets, self.workspace, masks)
            if config.clip_norm:
                clip(self.workspace.gradient, config.clip_norm)
            self.optimizer.step(mlp.parameters, self.workspace.gradient, self.learning_rate)

        self.since_report.add(logits, labels)
        self.step += 1
        self.seen += len(images)

    def _fused_target(self) -> tuple[Array, float, float] | None:
        """The optimizer's, where it pays and nothing else needs to see the gradient."""
        needed = self.config.clip_norm or self.config.weight_decay or self.mlp.batch_normalization
        if needed or self.mlp.num_weights < MIN_WEIGHTS_FOR_FUSED_UPDATE:
            return None
        return self.optimizer.fused_target(self.mlp.parameters, self.learning_rate)

    def validate(self) -> None:
        """Measure the loss and the accuracy on the digits that were held out, if there are any; and let the network be
        as sure of its answers as it is right."""
        if len(self.held_labels):
            logits = self.mlp.logits(self.held_images)
            if self.config.background:
                self.network.reject_bias = fit_reject_bias(logits)
            logits = logits[:, :CLASSES]
            self.network.temperature = fit_temperature(logits, self.held_labels)
            right = float((logits.argmax(axis=1) == self.held_labels).mean())
            self.validation = cross_entropy(logits, self.held_labels), right

    def report(self) -> Progress:
        """The state now; `loss` and `accuracy` begin anew."""
        loss, accuracy = self.since_report.means()
        epoch_loss, epoch_accuracy = self.since_epoch.means()
        self.since_report = MetricAccumulator()
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
            snapshot=self.snapshot if self.can_go_on else None,
        )

    @property
    def _networks(self) -> dict[str, DigitClassifier]:
        """Those that later steps depend on."""
        kept = {"network": self.network, "sound": self.sound}
        return kept | {"best": self.best} if self.config.early_stopping else kept

    @property
    def can_go_on(self) -> bool:
        """Whether further steps may follow: also after the last epoch, in a fork that has more of them."""
        return self.status == "running" or (self.status == "finished" and not self.config.early_stopping)

    def _arrays(self) -> dict[str, Array]:
        arrays = {"optimizer.state": self.optimizer.state}
        for name, network in self._networks.items():
            mlp = network.mlp
            arrays |= {f"{name}.parameters": mlp.parameters, f"{name}.statistics": mlp.running_statistics}
        return arrays

    @property
    def snapshot_bytes(self) -> int:
        """How large a snapshot's arrays are."""
        return sum(array.nbytes for array in self._arrays().values())

    def snapshot(self) -> Snapshot:
        """All that changes, as it is now, between two steps."""
        assert self.can_go_on
        values = {
            "config": self.config.model_dump(mode="json"),
            "batches": self.batches.state(),
            "dropout": self.dropout_rng.bit_generator.state,
            "calibrations": {name: (net.temperature, net.reject_bias) for name, net in self._networks.items()},
            "optimizer_steps": self.optimizer.steps,
            "since_epoch": (self.since_epoch.images, self.since_epoch.right, self.since_epoch.loss),
            **{name: getattr(self, name) for name in STATE_FIELDS},
        }
        return Snapshot({name: array.copy() for name, array in self._arrays().items()}, values)

    def restore(self, snapshot: Snapshot) -> None:
        """Be where a training of the same config and data was.

        Raises:
            ValueError: the snapshot is of a training with other settings.
        """
        then = TrainingConfig.of(snapshot.values["config"])
        self.change(Change({name: value for name, value in then if value != getattr(self.config, name)}))
        expected = self.snapshot().layout()
        if snapshot.layout() != expected:
            differing = sorted({name for name, _ in expected.items() ^ snapshot.layout().items()})
            raise ValueError(f"the snapshot must be of a training like this one; not like it: {', '.join(differing)}")
        self._take_over(snapshot)

    def branch(self, snapshot: Snapshot) -> None:
        """Go on from where a training of the same images and shape was, with this one's own settings.

        Another optimizer than the snapshot's begins with an empty memory.

        Raises:
            ValueError: a setting differs that a fork can't change, or there are no epochs left for it.
        """
        then = TrainingConfig.of(snapshot.values["config"])
        differing = fork_conflicts(then, self.config)
        if differing:
            raise ValueError(f"{', '.join(differing)} can't change in a fork; start a new training for it")
        done = snapshot.values["epoch"] - (snapshot.values["batches"]["position"] < len(self.batches))
        if done >= self.config.epochs:
            raise ValueError(f"epochs must be more than the {done} that are done; got {self.config.epochs}")
        self._take_over(snapshot)

    def _take_over(self, snapshot: Snapshot) -> None:
        values = snapshot.values
        same_rule = values["config"]["optimizer"] == self.config.optimizer
        for name, array in self._arrays().items():
            if name in snapshot.arrays and (same_rule or name != "optimizer.state"):
                array[...] = snapshot.arrays[name]
        self.batches.restore(values["batches"])
        self.dropout_rng.bit_generator.state = values["dropout"]
        for name, network in self._networks.items():
            network.temperature, network.reject_bias = values["calibrations"].get(name, (1.0, 0.0))
        self.optimizer.steps = values["optimizer_steps"] if same_rule else 0
        self.since_epoch.images, self.since_epoch.right, self.since_epoch.loss = values["since_epoch"]
        for name in STATE_FIELDS:
            value = values[name]
            setattr(self, name, tuple(value) if isinstance(value, list) else value)
        if self.epoch >= self.config.epochs and not self.batches.left:
            self.status = "finished"

    def _end_epoch(self) -> None:
        self.epoch_ended = True
        if not (np.isfinite(self.mlp.parameters).all() and np.isfinite(self.mlp.running_statistics).all()):
            return self._diverged(self.step)
        self.validate()
        patience = self.config.early_stopping
        if patience:
            loss, accuracy = self.validation
            assert loss is not None
            assert accuracy is not None
            if (accuracy, -loss) > self.best_score:
                self.best.copy_from(self.network)
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
            self.network.copy_from(self.best)
            self.validate()

    def _diverged(self, step: int) -> None:
        """Go back to the last sound parameters, and say what to try."""
        self.step = step
        self.network.copy_from(self.sound)
        self.validate()
        self.status = "diverged"
        self.message = (
            f"The loss was no longer a finite number after step {self.step}: the steps were too large. The last "
            f"sound parameters are kept. Try a smaller learning rate than {self.config.learning_rate:g} "
            f"(say {self.config.learning_rate / 10:.1g}), or clip the gradient (1 is a good start)."
        )


def updated(config: TrainingConfig, values: Mapping[str, Any]) -> TrainingConfig:
    """The config of a running training after a Change.

    Raises:
        ValueError: a value out of its range, or a setting that only a new training can have.
    """
    live = config.live_fields()
    fixed = [name for name in values if name not in live]
    if fixed:
        raise ValueError(f"{', '.join(fixed)} can't change while training; start a new training for it")
    return config.changed(**values)


def sample_rows(config: TrainingConfig, data: Dataset) -> Array:
    """Which images of a data set (m,) a training is observed on: the first of those held out, or else of the others."""
    split_rng = np.random.default_rng(np.random.SeedSequence(config.seed).spawn(1)[0])
    return _sample(*split(data, config.validation_size, config.training_size, split_rng))


def _sample(learning: Array, held_out: Array) -> Array:
    return (held_out if len(held_out) else learning)[:SAMPLE_SIZE]


def fork_conflicts(then: TrainingConfig, now: TrainingConfig) -> list[str]:
    """The fields in which two configs differ, of those that a fork shares with the training it branches off."""
    return [name for name in now.fork_fixed_fields() if getattr(then, name) != getattr(now, name)]


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
