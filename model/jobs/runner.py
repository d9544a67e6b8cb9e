"""The training runner trains one run in a worker: it handles commands between two steps, and reports what happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from model import data
from model.jobs.inspector import Inspector
from model.jobs.job_files import JobFiles
from model.jobs.protocol import (
    ChangeSettings,
    CheckGradient,
    Command,
    Event,
    GradientCheckResult,
    JobStatus,
    Preempt,
    Preempted,
    PreemptionFailed,
    SetProbeImage,
    SetSpeed,
    StartTraining,
    Stop,
)
from model.jobs.reporter import Reporter
from model.jobs.snapshot_store import SnapshotStore, write_snapshot
from model.nn.gradient_check import GradientCheck, check
from model.robustness.in_training import perturb
from model.training import Change, Trainer, blas_threads
from model.training.ancestors import Ancestors
from model.training.checkpoint import Checkpoint
from model.training.snapshot import Snapshot
from model.training.threads import ThreadControl, limited

PERTURBATION = "perturbation"  # among the scores, and as a change on the curves: what was done to the network
NO_BATCH = "There is no batch yet to check the gradient on: let it run a step first."
ROOM_TIMEOUT_S, ROOM_INTERVAL_S = 600.0, 1.0  # for room on a full disk, and from one try to the next
NO_MEMORY_FOR_CHECK = "There is not enough memory to check the gradient of this network."


class Channel(Protocol):
    """The runner's connection to the app."""

    def send(self, event: Event) -> None:
        """Send an event."""

    def receive(self, timeout: float | None) -> list[Command]:
        """Return the commands that have come; wait for the first one up to a timeout in seconds, None forever."""

    def has_commands(self) -> bool:
        """Return whether `receive` would return something at once."""


class TrainingRunner:
    """Trains one run, from its start or from where it was, until it ends or is preempted."""

    def __init__(self, start: StartTraining, channel: Channel, clock: Callable[[], float] = time.monotonic) -> None:
        self._start, self._channel, self._clock = start, channel, clock
        self._dataset = data.open_folder(start.data)
        self._trainer = Trainer(start.config, self._dataset, ancestors=Ancestors.by_name(start.config))
        if start.start_from:
            self._trainer.fork(Snapshot.read(start.start_from))
        self._controls = start.controls
        self._files = JobFiles(start.folder)
        self._snapshots = SnapshotStore(start.folder, start.snapshots, self._trainer.seconds, clock=clock)
        self._inspector = Inspector(self._trainer, clock)
        self._reporter = Reporter(
            self._trainer, self._files, self._snapshots, channel.send, clock, start.weights_version
        )
        self._next_step = 0.0  # when the speed limit allows it
        self._stopped = self._preempted = False

    def run(self) -> None:
        """Train until the run ends, is stopped, or is preempted."""
        trainer = self._trainer
        most = blas_threads(trainer.config, len(trainer.batches), self._start.threads)
        with limited(1):  # puts back what was there in the end
            control = ThreadControl(most, step=trainer.step)
            trainer.threads = str(control.used)
            self._begin()
            while trainer.status == "running":
                self._handle_commands()
                if self._stopped:
                    break
                if self._preempted:
                    if self._give_up_worker():
                        return
                    continue
                self._train()
                control.observe(trainer.step)
                trainer.threads = str(control.used)
            self._end()

    def _begin(self) -> None:
        if not self._trainer.step:
            self._trainer.validate()
        perturbed = self._perturb()
        self._inspect()
        for command in self._start.pending:
            self.handle(command)
        if perturbed or not self._start.start_from:  # otherwise this point is on the curves already
            self._reporter.add_point(is_validated=perturbed)
        self._record_step(report=True)

    def _perturb(self) -> bool:
        """Perturb the network if the run has just branched off for that; return whether it did."""
        perturbation = self._start.perturbation
        if perturbation is None or self._start.start_from != self._files.unperturbed_snapshot:
            return False
        perturb(self._trainer, perturbation)
        self._reporter.add_change({PERTURBATION: str(perturbation)})
        self._snapshots.save(self._trainer, at_once=True)
        return True

    def _give_up_worker(self) -> bool:
        """Save all that the run needs to continue later; return whether that was possible. If not, it goes on."""
        self._preempted = False
        try:
            write_snapshot(self._trainer.snapshot(), self._files.preempted_snapshot)
        except OSError:  # the disk is full
            self._channel.send(PreemptionFailed())
            return False
        if self._controls.paused:  # it may not have come to this since it was told to pause
            self._snapshots.save(self._trainer, at_once=True)
        status = JobStatus.PAUSED if self._controls.paused else JobStatus.WAITING
        self._reporter.report(status, weights=True)
        self._channel.send(Preempted())
        return True

    def _end(self) -> None:
        trainer = self._trainer
        status = JobStatus.STOPPED if self._stopped else JobStatus(trainer.status)
        trainer.finish()
        self._snapshots.save(trainer, at_once=True)
        if not self._inspector.is_current:
            self._inspect()
        scores = Checkpoint.of(trainer.config, trainer.report(), self._dataset, status).scores
        if self._start.perturbation:
            scores[PERTURBATION] = str(self._start.perturbation)
        self._save_network()
        self._reporter.report(status, weights=False, scores=scores)

    def _save_network(self) -> None:
        """Save the run's last network; if the disk is full, wait for room, for a while and until the run is stopped."""
        deadline = self._clock() + ROOM_TIMEOUT_S
        while not self._reporter.save_network() and self._clock() < deadline and not self._stopped:
            self._reporter.report(JobStatus.RUNNING, weights=False)
            if any(isinstance(command, Stop) for command in self._channel.receive(ROOM_INTERVAL_S)):
                return

    # -- Commands -------------------------------------------------------------------------------------------

    def _handle_commands(self) -> None:
        """Handle the commands that have come; stay here while paused, or until the speed limit allows a step."""
        timeout: float | None = 0.0
        while True:
            for command in self._channel.receive(timeout):
                self.handle(command)
            if self._stopped or self._preempted:
                return
            if self._controls.paused:
                self._report_pause()
                timeout = None
                continue
            timeout = self._next_step - self._clock() if self._controls.speed else 0.0
            if timeout <= 0:
                return

    def handle(self, command: Command) -> None:
        """Carry out a command; it takes effect before the next step."""
        self._controls = self._controls.after(command)
        match command:
            case ChangeSettings(values):
                self._change(values)
            case SetSpeed():
                self._next_step = 0.0
            case SetProbeImage():
                self._reporter.forget_probe_predictions()
                self._predict_probe()
            case CheckGradient():
                self._channel.send(GradientCheckResult(self._check_gradient()))
            case Stop():
                self._stopped = True
            case Preempt():
                self._preempted = True
                return  # not a visitor's command, and not counted as one
        self._reporter.count_command()

    def _change(self, values: Change) -> None:
        trainer = self._trainer
        self._snapshots.save(trainer, at_once=True)
        try:
            trainer.change(values)
        except ValueError as error:
            trainer.message = str(error)  # the run continues as it was
        else:
            trainer.message = ""
            self._reporter.add_change(dict(values))
        self._reporter.add_config()

    def _check_gradient(self) -> GradientCheck | str:
        trainer = self._trainer
        if trainer.batch is None:
            return NO_BATCH
        images, labels, _, soft = trainer.batch
        smoothing, rng = trainer.config.label_smoothing, np.random.default_rng(trainer.step)
        try:
            return check(trainer.mlp, images, labels, smoothing=smoothing, soft=soft, rng=rng)
        except MemoryError:
            return NO_MEMORY_FOR_CHECK

    # -- Steps ----------------------------------------------------------------------------------------------

    def _train(self) -> None:
        """Train up to the next report, or one step if a goal or a speed limit asks for single ones."""
        trainer, controls = self._trainer, self._controls
        began, goal = self._clock(), controls.goal
        single = goal is not None and not goal.whole_epoch
        inspect = self._inspector.is_due
        trainer.measure_next_step = single or inspect or trainer.step == 0
        trainer.advance(1 if goal or controls.speed else trainer.steps_between_reports, self._channel.has_commands)
        if controls.speed:
            self._next_step = max(self._next_step, began - 1 / controls.speed) + 1 / controls.speed
        if inspect and trainer.gradient_step.norms and not trainer.measure_next_step:
            self._inspect()
        reached = goal is not None and (single or trainer.epoch_ended)
        if reached:
            self._controls = controls.at_goal()
        self._reporter.add_point()
        self._record_step(report=reached or self._reporter.is_due)

    def _record_step(self, *, report: bool) -> None:
        """Save and report what is due at the step that was reached; at the last one, `_end` does."""
        self._predict_probe()
        self._snapshots.save(self._trainer)
        if report and self._trainer.status == "running":
            self._reporter.report(JobStatus.RUNNING)

    def _predict_probe(self) -> None:
        if self._controls.probe_image is not None:
            self._reporter.add_probe_prediction(self._controls.probe_image)

    def _inspect(self) -> None:
        self._reporter.add_diagnostics(self._inspector.inspect())

    def _report_pause(self) -> None:
        """Report the pause, and then, as it takes longer, a snapshot and the diagnostics of this very step."""
        self._reporter.report(JobStatus.PAUSED, weights=True)
        if self._channel.has_commands():
            return
        is_new = self._snapshots.save(self._trainer, at_once=True)
        if not self._inspector.is_current:
            self._inspect()
            is_new = True
        if is_new:
            self._reporter.report(JobStatus.PAUSED, weights=False)
