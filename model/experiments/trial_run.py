"""A trial's training: one run, or several with other seeds, in the process where this is called, on one thread.

The same task gives the same network, bit for bit, wherever NumPy and its library are the same.
"""

from __future__ import annotations

import functools
import socket
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import model
from model.common import machine
from model.config import TrainingConfig
from model.experiments.curve import MAX_POINTS, CurvePoint
from model.experiments.material import Material, MaterialReference, find
from model.experiments.plan import MAXIMIZED, Objective
from model.experiments.study_view import Values
from model.training import Trainer, checkpoint, fit
from model.training.ancestors import Ancestors
from model.training.history import Progress

Status = Literal["finished", "stopped", "failed", "diverged"]
Report = Callable[[int, CurvePoint], None]  # which run of the trial, and its new point


@dataclass(frozen=True)
class TrialTask:
    """What a process needs to know to compute a trial.

    Attributes:
        key: Its name, which no other task has.
        configs: The settings of its runs.
        material: What they learn from.
        objectives: What is measured.
        until: The validation accuracy that is to be reached.
        keep: Return the first run's network if fewer than this many of the rivals are better than the trial.
        rivals: What other trials have reached.
        version: Of Inkling.
        is_local: Whether other programs of this machine shall go before.
    """

    key: str
    configs: tuple[TrainingConfig, ...]
    material: MaterialReference
    objectives: tuple[Objective, ...] = ("validation_accuracy",)
    until: float | None = None
    keep: int = 1
    rivals: tuple[Values, ...] = ()
    version: str = model.__version__
    is_local: bool = False

    @property
    def ends_at_goal(self) -> bool:
        """Whether a run ends when it has reached the accuracy: not if it is measured how far it gets, too."""
        measures_both = len(self.objectives) > 1 and any(one in MAXIMIZED for one in self.objectives)
        return self.until is not None and not measures_both


@dataclass(frozen=True)
class TrialOutcome:
    """What became of a trial.

    Attributes:
        status: `stopped` if it was told to.
        values: Of each objective, the mean over the runs; None for an accuracy that was not reached by all.
        seed_values: The same of each run.
        curves: The learning curve of each run.
        seconds: Spent on steps, by all runs.
        note: Why it did not come to an end.
        machine: Where it was computed: a host's name.
        arithmetic: With what: equal texts give equal bits.
        weights: The first run's network as a safetensors file, if it was to be kept.
        parameters: How many the network has.
        accuracy: The validation accuracy in the end, the mean over the runs.
    """

    status: Status
    values: Values | None = None
    seed_values: tuple[Values, ...] = ()
    curves: tuple[tuple[CurvePoint, ...], ...] = ()
    seconds: float = 0.0
    note: str = ""
    machine: str = ""
    arithmetic: str = ""
    weights: bytes | None = field(default=None, repr=False)
    parameters: int | None = None
    accuracy: float | None = None


def run_trial(task: TrialTask, report: Report, should_stop: Callable[[], bool]) -> TrialOutcome:
    """Train the runs of a trial, one after another.

    A trial that can't be computed, for its settings or for want of memory, has failed, and its note says why.

    Args:
        task: what to compute.
        report: is told each new point of the learning curves.
        should_stop: is asked at the end of each epoch.

    Raises:
        MissingMaterialError: this process can't find what to learn from.
    """
    trial = _Trial(task, find(task.material), report, should_stop)
    try:
        return trial.run()
    except MemoryError:
        return trial.outcome("failed", "there was not enough memory: a smaller network or batch needs less")
    except (ValueError, OSError) as error:
        return trial.outcome("failed", " ".join(str(error).split()))


class _Trial:
    def __init__(self, task: TrialTask, material: Material, report: Report, should_stop: Callable[[], bool]) -> None:
        self.task, self.material, self.report, self.should_stop = task, material, report, should_stop
        self.curves: list[list[CurvePoint]] = []
        self.values: list[Values] = []
        self.accuracies: list[float] = []
        self.seconds = 0.0
        self.parameters: int | None = None
        self.first: checkpoint.Checkpoint | None = None

    def run(self) -> TrialOutcome:
        for config in self.task.configs:
            progress, reached = self._train(config)
            self.seconds += progress.seconds
            if progress.status == "diverged":
                return self.outcome("diverged", progress.message)
            if progress.status == "running" and reached is None:
                return self.outcome("stopped")
            self.values.append(self._measure(progress, reached))
            self.accuracies.append(progress.validation_accuracy or 0.0)
            if self.first is None:
                status = "stopped early" if progress.status == "running" else progress.status
                self.first = checkpoint.Checkpoint.of(config, progress, self.material.dataset, status)
        return self.outcome("finished")

    def _train(self, config: TrainingConfig) -> tuple[Progress, Progress | None]:
        """Train one run.

        Returns:
            How it ended, still "running" if it was stopped or has reached what it should; and when it first had, if so.
        """
        curve: list[CurvePoint] = []
        self.curves.append(curve)
        ancestors = Ancestors.among(config, self.material.networks)
        trainer = Trainer(config, self.material.dataset, self.material.drawings, ancestors=ancestors)
        self.parameters = trainer.mlp.parameters.size
        reached: Progress | None = None
        every = -(-config.epochs // MAX_POINTS)
        for progress in fit(trainer, threads=1):
            if not (progress.epoch_ended or progress.step == 0 or progress.status != "running"):
                continue
            if progress.epoch % every == 0 or progress.status != "running":
                curve.append(_point(progress))
                self.report(len(self.curves) - 1, curve[-1])
            accuracy = progress.validation_accuracy
            if reached is None and None not in (self.task.until, accuracy) and progress.step:
                reached = progress if accuracy >= self.task.until else None  # type: ignore[operator]
            if progress.status == "running":
                if reached and self.task.ends_at_goal:
                    trainer.finish()
                    break
                if self.should_stop():
                    return progress, None
        return progress, reached

    def _measure(self, progress: Progress, reached: Progress | None) -> Values:
        network = progress.network
        measures: dict[Objective, Callable[[], float | None]] = {
            "validation_accuracy": lambda: progress.validation_accuracy,
            "seconds_to": lambda: reached.seconds if reached else None,
            "parameters_to": lambda: network.mlp.parameters.size if reached else None,
            "ink_accuracy": lambda: network.accuracy(self.material.judge_images, self.material.judge_labels),
        }
        return tuple(measures[objective]() for objective in self.task.objectives)

    def outcome(self, status: Status, note: str = "") -> TrialOutcome:
        values = mean_values(self.values) if status == "finished" else None
        weights = None
        if values and self.first and is_among_best(values, self.task.rivals, self.task.objectives, self.task.keep):
            weights = self.first.to_bytes()
        return TrialOutcome(
            status=status,
            values=values,
            seed_values=tuple(self.values),
            curves=tuple(map(tuple, self.curves)),
            seconds=self.seconds,
            note=note,
            machine=socket.gethostname(),
            arithmetic=arithmetic(),
            weights=weights,
            parameters=self.parameters,
            accuracy=statistics.fmean(self.accuracies) if self.accuracies else self._last_accuracy(),
        )

    def _last_accuracy(self) -> float | None:
        points = [point for curve in self.curves for point in curve]
        return points[-1].validation_accuracy if points else None


def mean_values(of_runs: Sequence[Values]) -> Values:
    """Return the mean of each objective; one that a run did not reach, the trial did not reach."""
    return tuple(
        None if None in column else statistics.fmean(value for value in column if value is not None)
        for column in zip(*of_runs, strict=True)
    )


def is_among_best(values: Values, rivals: Sequence[Values], objectives: Sequence[Objective], most: int) -> bool:
    """Whether fewer than this many rivals are at least as good in all objectives, and better in one."""
    if None in values:
        return False
    own = losses(values, objectives)
    better = 0
    for rival in rivals:
        if None not in rival:
            theirs = losses(rival, objectives)
            better += all(a <= b for a, b in zip(theirs, own, strict=True)) and theirs != own
    return better < most


def best_few(reached: Sequence[Values], objectives: Sequence[Objective], most: int) -> list[Values]:
    """Return the values with fewer than this many better ones: of one objective the best, of two the Pareto front."""
    ranked = sorted((values for values in reached if None not in values), key=lambda one: losses(one, objectives))
    if len(objectives) == 1:
        return [values for values in ranked if values[0] in {one[0] for one in ranked[:most]}]
    front: list[Values] = []
    for values in ranked:
        if not front or values == front[-1] or losses(values, objectives)[1] < losses(front[-1], objectives)[1]:
            front.append(values)
    return front


def losses(values: Values, objectives: Sequence[Objective]) -> tuple[float, ...]:
    """Return values turned so that less is better."""
    return tuple(
        -(value or 0.0) if objective in MAXIMIZED else value or 0.0
        for value, objective in zip(values, objectives, strict=True)
    )


@functools.cache
def arithmetic() -> str:
    """Return what decides the last bits of this process's results: NumPy, and the library that it computes with."""
    described = machine.describe({"numpy": "NumPy"})
    return f"NumPy {described['NumPy']}"


def _point(progress: Progress) -> CurvePoint:
    loss = progress.epoch_loss if progress.epoch_loss == progress.epoch_loss else None  # NaN before the first step
    return CurvePoint(progress.epoch, progress.step, progress.seconds, loss, progress.validation_accuracy)
