"""A job is a training that somebody has asked for: it waits for its turn, is trained by a worker, and is looked at.

What is known of it is what its worker said last; to look at it is to take its `View`. The pool moves it on.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.config import TrainingConfig
from model.jobs.protocol import (
    NETWORK_FILE,
    SUSPENDED_FILE,
    Command,
    ProbePrediction,
    ProgressReport,
    SetProbeImage,
    SetSpeed,
    SnapshotRef,
    Standing,
    StartTraining,
    StepOnce,
    TrainingFailed,
    read_network,
)
from model.nn.classifier import DigitClassifier
from model.nn.gradient_check import GradientCheck
from model.nn.mlp import MLP
from model.training import fork_conflicts, updated
from model.training.checkpoint import Checkpoint
from model.training.diagnostics import NEVER, Diagnostics
from model.training.history import ConfigChange, HistoryPoint
from model.training.snapshot import Snapshot

LIVE = ("waiting", "starting", "running", "paused")
MAX_POINTS = 3000  # kept of a curve: beyond, every second one is dropped
MAX_DIAGNOSTICS = MAX_PROBE_PREDICTIONS = 600
NO_WORKER = "There is no batch at hand while it waits for others: check again when it learns."


@dataclass(frozen=True)
class JobState(Standing):
    """A job at one moment."""

    points: list[HistoryPoint] = field(default_factory=list)
    marks: list[ConfigChange] = field(default_factory=list)  # the changes made while it learned
    kept: list[SnapshotRef] = field(default_factory=list)  # the snapshots that one can go back to, the oldest first
    observations: list[Diagnostics] = field(default_factory=list)  # only the newest has its predictions
    glances: list[ProbePrediction] = field(default_factory=list)  # at the followed image
    place: int = 0  # in the queue, 1 is the next; 0 is not in it

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


class Scheduler(Protocol):
    """Who passes orders on to a job's worker: the pool."""

    def order(self, job: Job, order: Command) -> None: ...

    def place(self, job: Job) -> int: ...


class Job:
    """A training, waiting, running or done. `owner` is whoever asked for it; `held` is kept alive as long as it is.

    With `fork`, another job and one of its snapshots, it branches off there.
    """

    def __init__(
        self,
        overseer: Scheduler,
        number: int,
        folder: Path,
        *,
        name: str,
        owner: str,
        config: TrainingConfig,
        data: Path,
        fork: tuple[Job, SnapshotRef] | None = None,
        paused: bool = False,
        held: Any = None,
    ) -> None:
        self.number, self.name, self.owner, self.config, self.data = number, name, owner, config, data
        self.label = name  # by which its owner tells it from others
        self.initial_config = config
        self.parent = fork[0].name if fork else None
        self.forked_at = fork[1].epoch if fork else 0.0
        self.check: GradientCheck | str | None = None  # the newest, or why there is none
        self.checks = 0  # how many were made
        self.held = held
        self._overseer, self._folder = overseer, folder
        self._lock = threading.Lock()
        self._view = JobState(epochs=config.epochs)
        self._start: Path | None = None
        self._paused = paused
        self._pace = 0.0
        self._followed: bytes | None = None
        self._goal: StepOnce | None = None  # that was asked for, and is not reached yet
        self._orders: list[Command] = []  # that its worker has not obeyed yet, as far as is known
        self._settled = config  # with the changes among them that its worker has obeyed
        self._forgotten = False
        self.attempts = 0  # to begin it, since it was heard of
        folder.mkdir()
        if fork:
            try:
                self._branch_off(*fork)
            except ValueError:
                shutil.rmtree(folder, ignore_errors=True)
                raise

    def _branch_off(self, parent: Job, kept: SnapshotRef) -> None:
        """Take over what led to the snapshot.

        Raises:
            ValueError: a setting differs that a fork can't change, or the snapshot is gone.
        """
        differing = fork_conflicts(parent.config, self.config)
        if differing:
            raise ValueError(f"{', '.join(differing)} can't change in a fork; start a new training for it")
        view = parent.view()
        earlier = [one for one in view.kept if one.step <= kept.step and self._share(parent, one)]
        if kept not in earlier:
            raise ValueError(f"the snapshot of epoch {kept.epoch:.4g} is no longer kept; choose another")
        self._start = self._folder / kept.file
        self._view = replace(
            self._view,
            points=[point for point in view.points if point.step <= kept.step],
            marks=[mark for mark in view.marks if mark.step <= kept.step],
            kept=earlier,
        )

    def _share(self, parent: Job, kept: SnapshotRef) -> bool:
        """Have one of another job's snapshots too; whether it is still there."""
        try:
            os.link(parent._folder / kept.file, self._folder / kept.file)
        except FileNotFoundError:
            return False
        except OSError:  # a system without links
            shutil.copyfile(parent._folder / kept.file, self._folder / kept.file)
        return True

    # -- To look at -----------------------------------------------------------------------------------------

    @property
    def paused(self) -> bool:
        """Whether it has been told to pause; it does so after its present step."""
        return self._paused and self._view.is_live

    @property
    def has_paused(self) -> bool:
        """Whether it does pause."""
        return self._paused and self._view.status == "paused"

    @property
    def followed(self) -> bytes | None:
        """The image whose probabilities its worker tells."""
        return self._followed

    @property
    def pace(self) -> float:
        """At most so many steps a second; 0 is as fast as it can."""
        return self._pace

    def view(self) -> JobState:
        """The newest state."""
        place = self._overseer.place(self)
        with self._lock:
            view = self._view
            return replace(
                view,
                points=list(view.points),
                marks=list(view.marks),
                observations=list(view.observations),
                glances=list(view.glances),
                place=place,
            )

    @property
    def status(self) -> str:
        """How it stands: see Standing."""
        return self._view.status

    @property
    def is_live(self) -> bool:
        """Whether it is not done yet."""
        return self._view.is_live

    def network(self) -> DigitClassifier:
        """The network as it was last heard of; all zeros if it never was."""
        network = self._blank_network()
        read_network(network, self._folder)
        return network

    def first_weights(self, units: int | None = None) -> NDArray[np.float32]:
        """A copy of the first layer's weights (784, units) as they were last heard of, of the first units only."""
        inputs, outputs = self.config.sizes[:2]
        path = self._folder / NETWORK_FILE
        if not path.exists():
            return np.zeros((inputs, min(units or outputs, outputs)), np.float32)
        with path.open("rb") as file:
            return np.fromfile(file, np.float32, inputs * outputs).reshape(inputs, outputs)[:, :units].copy()

    def network_at(self, kept: SnapshotRef) -> DigitClassifier:
        """The network as it was in a snapshot.

        Raises:
            ValueError: it is no longer kept.
        """
        network = self._blank_network()
        path = self._folder / kept.file
        if not path.exists():
            raise ValueError(f"the snapshot of epoch {kept.epoch:.4g} is no longer kept; choose another")
        snapshot = Snapshot.read(path, only=("network.parameters", "network.statistics"))
        network.mlp.parameters[:] = snapshot.arrays["network.parameters"]
        network.mlp.running_statistics[:] = snapshot.arrays["network.statistics"]
        network.temperature, network.reject_bias = snapshot.values["calibrations"]["network"]
        return network

    def checkpoint(self) -> Checkpoint:
        """The network as it was last heard of, with its scores if it is done."""
        return Checkpoint(self.network(), self.config, self._view.scores)

    def _blank_network(self) -> DigitClassifier:
        config = self.config
        return DigitClassifier(MLP(config.sizes, config.activation, batch_normalization=config.batch_normalization))

    # -- To steer -------------------------------------------------------------------------------------------

    def order(self, order: Command) -> None:
        """Tell it something, wherever it is; it is of no use any more when it is done.

        Raises:
            ValueError: a change to values that the training can't have, or that only a new one can have.
        """
        self._overseer.order(self, order)

    def end(self) -> None:
        """Make sure that it comes to an end soon; what it has learned remains."""
        if self.is_live:
            self.order("stop")

    def forget(self) -> None:
        """End it, and give up its files as soon as nobody writes them any more."""
        self._forgotten = True
        self.end()
        with self._lock:
            self._tidy()

    def _tidy(self) -> None:
        if self._forgotten and not self._view.is_live:
            shutil.rmtree(self._folder, ignore_errors=True)

    # -- For the pool ---------------------------------------------------------------------------------------

    def note(self, order: Command) -> None:
        """Take down an order before it is passed on.

        Raises:
            ValueError: see `order`.
        """
        with self._lock:
            if isinstance(order, dict):
                self.config = updated(self.config, order)
            elif order in ("pause", "resume"):
                self._paused, self._goal = order == "pause", None
            elif isinstance(order, StepOnce):
                self._paused, self._goal = False, order
            elif isinstance(order, SetSpeed):
                self._pace = order.steps_per_second
            elif isinstance(order, SetProbeImage):
                self._followed = order.image
                self._view = replace(self._view, glances=[])
            self._orders.append(order)

    def begin(self, threads: int) -> StartTraining:
        """What a worker needs to know to go on with it."""
        with self._lock:
            self._view = replace(self._view, status="starting")
            self.attempts += 1
            # The others are told by what they have come to: whether it is paused, its goal, its pace.
            self._orders = [order for order in self._orders if isinstance(order, dict)]
            return StartTraining(
                config=self._settled,
                data=self.data,
                folder=self._folder,
                threads=threads,
                start=self._start,
                kept=tuple(self._view.kept),
                paused=self._paused,
                goal=self._goal,
                pace=self._pace,
                followed=self._followed,
                orders=tuple(self._orders),
                pictures=self._view.pictures,
            )

    def take(self, message: ProgressReport | TrainingFailed) -> None:
        """Take in what its worker says."""
        with self._lock:
            if not self._view.is_live:
                return
            self.attempts = 0
            if isinstance(message, TrainingFailed):
                self._view = replace(self._view, status="failed", message=message.message)
            else:
                self._take_report(message)
            self._tidy()

    def checked(self, result: GradientCheck | str) -> None:
        """Take in a gradient check, or why there is none."""
        with self._lock:
            self.check, self.checks = result, self.checks + 1

    def suspended(self) -> None:
        """Its worker has given it up for now; it goes on from there."""
        with self._lock:
            self._start = self._folder / SUSPENDED_FILE
            unanswered = self._orders.count("check")
        for _ in range(unanswered):
            self.checked(NO_WORKER)

    def become(self, status: str, message: str = "") -> None:
        """Another status that its worker does not know of, unless it is done."""
        with self._lock:
            if self._view.is_live:
                self._view = replace(self._view, status=status, message=message)
                self._tidy()

    def _take_report(self, report: ProgressReport) -> None:
        view = self._view
        del self._orders[: report.obeyed]
        if report.config:
            self.config = self._settled = report.config
            for order in self._orders:
                if isinstance(order, dict):
                    self.config = updated(self.config, order)
        if report.standing.status == "paused" and self._goal and self._goal not in self._orders:  # it is reached
            self._goal, self._paused = None, True
        # What was seen before the worker heard of another image is of no use.
        glances = [] if any(isinstance(order, SetProbeImage) for order in self._orders) else report.glances
        observations = (
            [one._replace(predictions=NOTHING, turned=NEVER) for one in view.observations[-1:]]
            if report.observation
            else []
        )
        self._view = JobState(
            **vars(report.standing),
            points=_thinned(view.points + report.points, MAX_POINTS),
            marks=view.marks + report.marks,
            kept=view.kept if report.kept is None else report.kept,
            observations=(
                [*_thinned(view.observations[:-1], MAX_DIAGNOSTICS), *observations, report.observation]
                if report.observation
                else view.observations
            ),
            glances=_thinned(view.glances + glances, MAX_PROBE_PREDICTIONS),
        )


NOTHING = np.empty(0, np.uint8)


def _thinned(points: Sequence[Any], limit: int) -> list[Any]:
    """Without every second one if there are too many; those at which validation was measured stay."""
    if len(points) <= limit:
        return list(points)
    return [
        point
        for index, point in enumerate(points)
        if index % 2 == 0 or getattr(point, "validation_loss", None) is not None
    ]
