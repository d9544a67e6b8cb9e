"""A job is one run that somebody has asked for: it waits in the queue, a worker trains it, and pages look at it.

What is known about it is what its worker reported last. The pool (model.jobs.pool) moves it from one status to the
next.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from model.common.arrays import F32
from model.config import TrainingConfig
from model.jobs.branch import branch_off
from model.jobs.command_log import CommandLog
from model.jobs.job_files import UNPERTURBED_FILE, JobFiles, blank_network
from model.jobs.job_record import JobRecord
from model.jobs.job_state import JobState
from model.jobs.protocol import (
    ChangeSettings,
    CheckGradient,
    Command,
    Event,
    GradientCheckResult,
    Heartbeat,
    JobStatus,
    Preempted,
    PreemptionFailed,
    ProgressReport,
    RunControls,
    SetProbeImage,
    SnapshotRef,
    StartTraining,
    Stop,
    TrainingFailed,
)
from model.jobs.request import TrainingRequest
from model.nn.classifier import DigitClassifier
from model.nn.gradient_check import GradientCheck
from model.training import updated
from model.training.checkpoint import Checkpoint

NO_WORKER = "There is no batch to check while the run waits for a worker: check again when it trains."


class Scheduler(Protocol):
    """What a job needs of the pool."""

    def send(self, job: Job, command: Command) -> None: ...

    def queue_position(self, job: Job) -> int: ...


class Job:
    """A run that waits, trains, or has ended.

    Of its settings there are two versions: `initial_config`, as requested, from which the run's images and first
    weights follow; and `config`, with the changes that were accepted since, which a page shows. If a change turns out
    not to fit the data, the worker reports that, and `config` is as it was before (see CommandLog).
    """

    def __init__(self, scheduler: Scheduler, number: int, request: TrainingRequest, folder: Path) -> None:
        fork = request.fork
        self.number = number
        self.name, self.owner, self.data = request.name, request.owner, request.data
        self.label = request.name  # by which its owner tells it from others
        self.initial_config = request.config
        self.parent = fork.parent.name if fork else None
        self.parent_number = fork.parent.number if fork else None
        self.forked_at = fork.snapshot.epoch if fork else 0.0
        self.perturbation = fork.perturbation if fork else None  # done to its network where it branched off
        self.gradient_check: GradientCheck | str | None = None  # the newest, or why there is none
        self.keep_alive = request.keep_alive
        self.start_attempts = 0  # since its last report
        self.waiting_since = time.monotonic()  # for a worker, if it waits
        self.stopped_because = ""  # if somebody else than its owner has stopped it
        self.files = JobFiles(folder)
        self._scheduler = scheduler
        self._lock = threading.Lock()
        self._state = JobState(epochs=request.config.epochs)
        self._commands = CommandLog(request.config, RunControls(paused=request.paused, speed=request.speed))
        self._start_from: Path | None = None
        self._is_discarded = False
        self._inherited_seconds = None if fork else 0.0  # of training; None until the worker has reported them
        folder.mkdir()
        if fork:
            try:
                self._state, self._start_from = branch_off(fork, request.config, self.files)
            except (ValueError, OSError):
                self.files.delete()
                raise

    # -- What it is now -------------------------------------------------------------------------------------

    @property
    def config(self) -> TrainingConfig:
        """The settings, with changes that the worker has yet to handle."""
        with self._lock:
            return self._commands.config

    @property
    def status(self) -> JobStatus:
        """The status without the rest of the state."""
        return self._state.status

    @property
    def seconds(self) -> float:
        """For how long it has trained, without pauses."""
        return self._state.seconds

    @property
    def own_seconds(self) -> float:
        """For how long it has trained itself: without what a fork takes over from the other run."""
        inherited = self._inherited_seconds
        return 0.0 if inherited is None else self._state.seconds - inherited

    @property
    def is_live(self) -> bool:
        """Whether the run has not ended yet."""
        return self._state.is_live

    @property
    def pause_requested(self) -> bool:
        """Whether it was told to pause, or has reached its goal; it pauses before its next step."""
        return self._commands.controls.paused and self.is_live

    @property
    def stop_requested(self) -> bool:
        """Whether it was told to stop, and has not yet."""
        with self._lock:
            return Stop() in self._commands.pending

    @property
    def is_paused(self) -> bool:
        """Whether it has paused."""
        return self._commands.controls.paused and self.status is JobStatus.PAUSED

    @property
    def probe_image(self) -> bytes | None:
        """The image whose predictions are reported."""
        return self._commands.controls.probe_image

    @property
    def speed(self) -> float:
        """The limit of steps per second; 0 means no limit."""
        return self._commands.controls.speed

    def state(self) -> JobState:
        """Return the newest state."""
        return replace(self._state, queue_position=self._scheduler.queue_position(self))

    # -- Its networks ---------------------------------------------------------------------------------------

    def network(self) -> DigitClassifier:
        """Return the network as it was written last; all zeros if it never was."""
        network = blank_network(self.initial_config)
        self.files.read_network(network)
        return network

    def first_layer_weights(self) -> F32:
        """Return a copy of the first layer's weights (784, units) as they were written last."""
        return self.files.read_first_layer(*self.initial_config.sizes[:2])

    def network_at(self, snapshot: SnapshotRef) -> DigitClassifier:
        """Return the network of a snapshot.

        Raises:
            ValueError: the snapshot no longer exists.
        """
        network = blank_network(self.initial_config)
        self.files.read_network_at(snapshot, network)
        return network

    def checkpoint(self) -> Checkpoint:
        """Return the network as it was written last, with its scores if the run has ended."""
        return Checkpoint(self.network(), self.config, self._state.scores)

    # -- What its owner does --------------------------------------------------------------------------------

    def send(self, command: Command) -> None:
        """Send a command, wherever the run is; one that has ended ignores it.

        Raises:
            ValueError: a setting out of its range, or one that only a new run can have.
        """
        self._scheduler.send(self, command)

    def stop(self) -> None:
        """Make sure that the run ends soon; its network remains."""
        self.send(Stop())

    def discard(self) -> None:
        """Stop the run, and delete its files as soon as nobody writes them any more."""
        self._is_discarded = True
        self.stop()
        with self._lock:
            self._clean_up()

    # -- What the pool does ---------------------------------------------------------------------------------

    def accept(self, command: Command) -> None:
        """Check a command and remember it, before the pool passes it on.

        Raises:
            ValueError: see `send`.
        """
        if isinstance(command, ChangeSettings):
            updated(self.config, command.values)
        with self._lock:
            self._commands.add(command)
            if isinstance(command, SetProbeImage):
                self._state = replace(self._state, probe_predictions=[])

    def record(self, *, is_saved: bool) -> JobRecord:
        """Return what another app needs to know to go on with the run.

        Args:
            is_saved: whether the run's files have the state that it has reached; else it goes back to a snapshot.
        """
        with self._lock:
            snapshots = self._state.snapshots
            start_from = self._start_from.name if self._start_from else ""
            if not is_saved and (self._state.has_snapshot_since(self.forked_at) or start_from != UNPERTURBED_FILE):
                start_from = snapshots[-1].file if snapshots else ""
            return JobRecord(
                number=self.number,
                name=self.name,
                label=self.label,
                initial_config=self.initial_config,
                config=self._commands.confirmed,
                changes=self._commands.changes,
                controls=self._commands.controls,
                state=self._state,
                start_from=start_from,
                is_saved=is_saved,
                parent=self.parent,
                parent_number=self.parent_number,
                forked_at=self.forked_at,
                perturbation=self.perturbation,
            )

    def restore(self, record: JobRecord) -> None:
        """Take over what another app knew of the run; its files are in the folder."""
        with self._lock:
            self.label, self.parent, self.forked_at = record.label, record.parent, record.forked_at
            self.perturbation = record.perturbation
            self._commands = CommandLog(record.config, record.controls, record.changes)
            self._start_from = self.files.folder / record.start_from if record.start_from else None
            self._state = record.resumed()
            self._inherited_seconds = None if record.parent else 0.0  # how much of a fork's is its own is not known

    def start_message(self, threads: int) -> StartTraining:
        """Return what a worker needs to know to start or continue the run, which is now starting."""
        with self._lock:
            self._state = replace(self._state, status=JobStatus.STARTING)
            self.start_attempts += 1
            self._commands.pass_to_new_worker()
            return StartTraining(
                config=self._commands.confirmed,
                data=self.data,
                folder=self.files.folder,
                threads=threads,
                start_from=self._start_from,
                snapshots=tuple(self._state.snapshots),
                controls=self._commands.controls,
                pending=tuple(self._commands.pending),
                weights_version=self._state.weights_version,
                perturbation=self.perturbation,
            )

    def apply(self, event: Event) -> None:
        """Update the job by what its worker says; a run that has ended stays as it is."""
        with self._lock:
            if not self.is_live:
                return
            match event:
                case ProgressReport():
                    self.start_attempts = 0
                    self._apply_report(event)
                case TrainingFailed(message):
                    self._set_status(JobStatus.FAILED, message)
                case GradientCheckResult(result):
                    self.gradient_check = result
                case Preempted():
                    self._start_from = self.files.preempted_snapshot
                    if CheckGradient() in self._commands.pending:  # it came too late
                        self.gradient_check = NO_WORKER
                    self._set_status(JobStatus.PAUSED if self._commands.controls.paused else JobStatus.WAITING)
                case Heartbeat() | PreemptionFailed():
                    pass

    def set_status(self, status: JobStatus, message: str = "") -> None:
        """Set a status that no worker reports, unless the run has ended."""
        with self._lock:
            if self.is_live:
                self._set_status(status, message)

    def _set_status(self, status: JobStatus, message: str = "") -> None:
        self.waiting_since = time.monotonic()
        self._state = replace(self._state, status=status, message=message)
        self._clean_up()

    def _apply_report(self, report: ProgressReport) -> None:
        self._commands.apply(report)
        if self._inherited_seconds is None:
            self._inherited_seconds = report.progress.seconds
        if self._commands.awaits_probe_image:
            report = replace(report, probe_predictions=[])  # they are of the image before
        self._state = self._state.with_report(report)
        self._clean_up()

    def _clean_up(self) -> None:
        """Forget what an ended run no longer needs."""
        if self.is_live:
            return
        self._commands.pending.clear()
        if self._is_discarded:
            self.files.delete()
