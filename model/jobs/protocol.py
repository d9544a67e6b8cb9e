"""The messages between the app and its workers: commands go to a worker, events come back.

Each kind of message is a frozen dataclass, told apart by `match`. No message contains a network: the worker writes it
to the run's folder, and the app reads it when somebody looks at it (see model.jobs.job_files).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from model.config import TrainingConfig
from model.nn.gradient_check import GradientCheck
from model.robustness.perturbation import Perturbation
from model.training import Change
from model.training.checkpoint import Scores
from model.training.diagnostics import Diagnostics
from model.training.history import ConfigChange, HistoryPoint


class JobStatus(StrEnum):
    """The state of a run, from the queue to its end."""

    WAITING = "waiting"  # in the queue
    STARTING = "starting"  # a worker has the job, but has not reported yet
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED_EARLY = "stopped early"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"

    @property
    def is_live(self) -> bool:
        """Whether the run has not ended yet."""
        return self in (JobStatus.WAITING, JobStatus.STARTING, JobStatus.RUNNING, JobStatus.PAUSED)


class SnapshotRef(NamedTuple):
    """A snapshot in the run's folder."""

    epoch: float
    step: int
    file: str


class ProbePrediction(NamedTuple):
    """What the network made of the probe image at one moment."""

    epoch: float
    probabilities: tuple[float, ...]  # of the ten digits


# -- Commands: to a worker ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pause:
    """Pause before the next step."""


@dataclass(frozen=True)
class Resume:
    """Continue without a goal."""


@dataclass(frozen=True)
class RunStep:
    """Run one step, or up to the end of the epoch, then pause."""

    whole_epoch: bool = False


@dataclass(frozen=True)
class Stop:
    """End the run, and measure the network that it has reached."""


@dataclass(frozen=True)
class Preempt:
    """Save the run's state and give the worker back. The pool sends this, never a visitor."""


@dataclass(frozen=True)
class CheckGradient:
    """Compare backpropagation's gradient with finite differences on the current batch."""


@dataclass(frozen=True)
class SetSpeed:
    """Run at most this many steps per second; 0 means no limit."""

    steps_per_second: float


@dataclass(frozen=True)
class SetProbeImage:
    """Report the network's prediction for this image (784 bytes) from now on; None for no image."""

    image: bytes | None


@dataclass(frozen=True)
class ChangeSettings:
    """Train with other settings from the next step on."""

    values: Change


Command = Pause | Resume | RunStep | Stop | Preempt | CheckGradient | SetSpeed | SetProbeImage | ChangeSettings


@dataclass(frozen=True)
class RunControls:
    """What a visitor has chosen about how a run proceeds. The app and the worker derive it by the same rules."""

    paused: bool = False
    goal: RunStep | None = None  # not reached yet; the run pauses when it is
    speed: float = 0.0  # steps per second, 0 means no limit
    probe_image: bytes | None = None

    def after(self, command: Command) -> RunControls:
        """Return the controls after a command; commands that concern something else leave them as they are."""
        match command:
            case Pause():
                return replace(self, paused=True, goal=None)
            case Resume():
                return replace(self, paused=False, goal=None)
            case RunStep():
                return replace(self, paused=False, goal=command)
            case SetSpeed(steps_per_second):
                return replace(self, speed=steps_per_second)
            case SetProbeImage(image):
                return replace(self, probe_image=image)
        return self

    def at_goal(self) -> RunControls:
        """Return the controls once the goal is reached."""
        return replace(self, paused=True, goal=None)


@dataclass(frozen=True)
class StartTraining:
    """Start a run, or continue one that was preempted or forked."""

    config: TrainingConfig
    data: Path  # the data set's folder: see data.save
    folder: Path  # the run's own
    threads: int  # for the matrix products
    start_from: Path | None = None  # the snapshot to continue from
    snapshots: tuple[SnapshotRef, ...] = ()  # that are in the folder already
    controls: RunControls = RunControls()
    pending: tuple[Command, ...] = ()  # accepted, but not handled by a worker yet
    weights_version: int = 0  # how often the network's file was written before
    perturbation: Perturbation | None = None  # what is done to the network where the run branches off


@dataclass(frozen=True)
class CommandEnvelope:
    """A message for the run of that job: one that arrives late must not reach the worker's next job."""

    job_number: int
    message: StartTraining | Command


# -- Events: from a worker ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunProgress:
    """Where a run is."""

    status: JobStatus = JobStatus.WAITING
    message: str = ""
    epochs: int = 0
    fraction: float = 0.0  # of all steps, 0..1
    seconds: float = 0.0  # of training, without pauses
    seconds_left: float = float("nan")
    images_per_second: float = 0.0
    weights_version: int = 0  # how often the network's file was written
    scores: Scores = field(default_factory=dict)  # only at the end


@dataclass(frozen=True)
class ProgressReport:
    """Where a run is, and what is new since its last report."""

    progress: RunProgress
    points: list[HistoryPoint] = field(default_factory=list)
    changes: list[ConfigChange] = field(default_factory=list)
    probe_predictions: list[ProbePrediction] = field(default_factory=list)
    diagnostics: Diagnostics | None = None
    snapshots: list[SnapshotRef] | None = None  # all that exist now, if that has changed
    config: TrainingConfig | None = None  # the current one, if a change was handled, even one that did not fit
    commands_handled: int = 0


@dataclass(frozen=True)
class Preempted:
    """The worker has saved the run's state; any worker can continue it from there."""


@dataclass(frozen=True)
class PreemptionFailed:
    """The run's state can't be saved, as the disk is full: the worker keeps the run."""


@dataclass(frozen=True)
class GradientCheckResult:
    """The result of a gradient check, or why there is none."""

    result: GradientCheck | str


@dataclass(frozen=True)
class TrainingFailed:
    """The run can't continue."""

    message: str


@dataclass(frozen=True)
class Heartbeat:
    """The worker's process is alive."""


Event = ProgressReport | Preempted | PreemptionFailed | GradientCheckResult | TrainingFailed | Heartbeat


@dataclass(frozen=True)
class EventEnvelope:
    """An event of the run of that job; 0 before a worker's first."""

    job_number: int
    event: Event
