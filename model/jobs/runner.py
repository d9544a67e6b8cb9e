"""A lesson is a training as a worker gives it: it obeys orders between two steps, and reports what there is to see."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from model import data
from model.config import TrainingConfig
from model.jobs.protocol import (
    SUSPENDED_FILE,
    Command,
    GradientChecked,
    ProbePrediction,
    ProgressReport,
    SetProbeImage,
    SetSpeed,
    Standing,
    StartTraining,
    StepOnce,
    Suspended,
    TrainingFailed,
    write_network,
)
from model.jobs.snapshot_store import SnapshotStore, write_snapshot
from model.nn.gradient_check import check
from model.training import Change, Trainer, blas_threads
from model.training.checkpoint import Checkpoint
from model.training.diagnostics import Diagnostics, ForgettingTracker, inspect_network, layer_norms
from model.training.history import ConfigChange, HistoryPoint
from model.training.snapshot import Snapshot

REPORT_INTERVAL_S = 0.1
WEIGHTS_INTERVAL_S = 0.4  # the network is written so often, a large one less often
MAX_BYTES_PER_S = 2e7
DIAGNOSTICS_INTERVAL_S = 0.4
MAX_TIME_SHARE = 0.02  # the share of the time that looks inside take at most

Event = ProgressReport | Suspended | GradientChecked | TrainingFailed
NOTHING_TO_CHECK = "There is no batch yet to check the gradient on: let it make a step first."


class TrainingRunner:
    """One training; `tell` sends a message, `wait(seconds)` returns the orders that have come by then, and
    `interrupted` says whether some have."""

    def __init__(
        self,
        begin: StartTraining,
        tell: Callable[[Event], None],
        wait: Callable[[float | None], list[Command]],
        interrupted: Callable[[], bool],
    ) -> None:
        self._begin, self._tell, self._wait, self._interrupted = begin, tell, wait, interrupted
        self._dataset = data.open_folder(begin.data)
        self._training = Trainer(begin.config, self._dataset)
        if begin.start:
            self._training.branch(Snapshot.read(begin.start))
        self._memory = ForgettingTracker(self._training.sample_labels)
        self._keeper = SnapshotStore(begin.folder, begin.kept, self._training.seconds)
        self._told_kept: list[Any] | None = None
        self._paused, self._pace = begin.paused, begin.pace
        self._goal = begin.goal
        self._followed: np.ndarray | None = None
        self._follow(begin.followed)
        self._points: list[HistoryPoint] = []
        self._marks: list[ConfigChange] = []
        self._glances: list[ProbePrediction] = []
        self._observation: Diagnostics | None = None
        self._pictures = begin.pictures
        self._config: TrainingConfig | None = None  # to report
        self._obeyed = 0  # orders since the last report
        self._looked = -1  # at which step
        self._next_report = self._next_picture = self._next_look = self._next_step = 0.0
        self._stopped = self._suspended = False

    def give(self) -> None:
        """Train until done, stopped, or suspended."""
        training = self._training
        threads = blas_threads(training.config, len(training.batches), self._begin.threads)
        with threadpool_limits(limits=threads, user_api="blas"):
            if not training.step:
                training.validate()
            self._look()
            for order in self._begin.orders:
                self._carry_out(order)
            if not self._begin.start:  # else this point is in the curve already
                self._note()
            self._after(report=True)
            while training.status == "running":
                self._obey()
                if self._stopped:
                    break
                if self._suspended:
                    write_snapshot(training.snapshot(), self._begin.folder / SUSPENDED_FILE)
                    self._report("paused" if self._paused else "waiting", picture=True)
                    return self._tell(Suspended())
                self._advance()
            status = "stopped" if self._stopped else training.status
            self._keeper.keep(training, at_once=True)
            if self._looked != training.step:
                self._look()
            progress = training.report()
            scores = Checkpoint.of(training.config, progress, self._dataset, status).scores
            self._report(status, picture=True, scores=scores)

    # -- Orders ---------------------------------------------------------------------------------------------

    def _obey(self) -> None:
        """Carry out the orders that have come; stay here while paused, or until the next step's time has come."""
        orders = self._wait(0)
        while True:
            for order in orders:
                self._carry_out(order)
            if self._stopped or self._suspended:
                return
            if self._paused:
                self._pause()
                orders = self._wait(None)
                continue
            left = self._next_step - time.monotonic() if self._pace else 0.0
            if left <= 0:
                return
            orders = self._wait(left)

    def _pause(self) -> None:
        """Report that it pauses, and then what is to be seen inside at this very step."""
        self._report("paused", picture=True)
        if self._looked != self._training.step and not self._interrupted():
            self._look()
            self._report("paused", picture=False)

    def _carry_out(self, order: Command) -> None:
        self._obeyed += order != "suspend"  # which is not the visitor's
        if isinstance(order, StepOnce):
            self._goal, self._paused = order, False
        elif isinstance(order, SetSpeed):
            self._pace, self._next_step = order.steps_per_second, 0.0
        elif isinstance(order, SetProbeImage):
            self._follow(order.image)
            self._glances = []
            self._glance()
        elif isinstance(order, dict):
            self._change(order)
        elif order in ("pause", "resume"):
            self._paused, self._goal = order == "pause", None
        elif order == "check":
            self._check()
        else:
            self._stopped |= order == "stop"
            self._suspended |= order == "suspend"

    def _change(self, change: Change) -> None:
        training = self._training
        self._keeper.keep(training, at_once=True)
        try:
            training.change(change)
        except ValueError as error:
            training.message = str(error)  # the training goes on as it was
        else:
            training.message = ""
            self._marks.append(ConfigChange(self._epoch, training.step, dict(change)))
        self._config = training.config

    def _follow(self, image: bytes | None) -> None:
        self._followed = None if image is None else np.frombuffer(image, np.uint8).reshape(1, -1)

    def _check(self) -> None:
        batch = self._training.batch
        if batch is None:
            return self._tell(GradientChecked(NOTHING_TO_CHECK))
        try:
            result = check(
                self._training.mlp,
                batch.images,
                batch.labels,
                smoothing=self._training.config.label_smoothing,
                rng=np.random.default_rng(self._training.step),
            )
        except MemoryError:
            return self._tell(GradientChecked("There is not enough memory to check the gradient of this network."))
        self._tell(GradientChecked(result))

    # -- Steps ----------------------------------------------------------------------------------------------

    @property
    def _epoch(self) -> float:
        return self._training.fraction * self._training.config.epochs

    def _advance(self) -> None:
        """Steps up to the next report, or a single one if that is wanted, and what is to be seen after them."""
        training, now = self._training, time.monotonic()
        every = 1 if self._goal or self._pace else training.steps_between_reports
        single = self._goal and not self._goal.whole_epoch
        training.to_observe = bool(single) or now >= self._next_look or training.step == 0
        training.advance(every, self._interrupted)
        if self._pace:
            self._next_step = max(self._next_step, now - 1 / self._pace) + 1 / self._pace
        if training.observed and not training.to_observe and now >= self._next_look:
            self._look()
        reached = self._goal and (training.epoch_ended or not self._goal.whole_epoch)
        if reached:
            self._goal, self._paused = None, True
        self._note()
        self._after(report=bool(reached) or time.monotonic() >= self._next_report)

    def _note(self) -> None:
        self._points.append(HistoryPoint.of(self._training.report()))

    def _after(self, *, report: bool) -> None:
        """Keep what is to be kept of the state that has been reached, and report it if it is time to."""
        self._glance()
        self._keeper.keep(self._training)
        if report and self._training.status == "running":
            self._report("running", picture=time.monotonic() >= self._next_picture)

    def _glance(self) -> None:
        if self._followed is not None:
            probabilities = self._training.network.predict_proba(self._followed)[0]
            self._glances.append(ProbePrediction(self._epoch, tuple(probabilities.tolist())))

    def _look(self) -> None:
        training, began = self._training, time.monotonic()
        self._looked = training.step
        dead, predictions = inspect_network(training.mlp, training.sample)
        gradients, updates = training.observed or ((), ())
        self._memory.see(predictions, training.step)
        self._observation = Diagnostics(
            epoch=self._epoch,
            step=training.step,
            weights=layer_norms(training.network.mlp.layers),
            gradients=gradients,
            updates=updates,
            dead=dead,
            predictions=predictions,
            turned=self._memory.turned.copy(),
            best=tuple(self._memory.best.tolist()),
        )
        now = time.monotonic()
        a_step = training.seconds / training.step if training.step else 0.0
        self._next_look = now + max(DIAGNOSTICS_INTERVAL_S, (now - began + a_step) / MAX_TIME_SHARE)

    # -- Reports --------------------------------------------------------------------------------------------

    def _report(self, status: str, *, picture: bool, scores: Any = None) -> None:
        training = self._training
        progress = training.report()
        if picture:
            write_network(training.network, self._begin.folder)
            self._pictures += 1
        kept = list(self._keeper.kept)
        standing = Standing(
            status=status,
            message=training.message,
            epochs=training.config.epochs,
            fraction=training.fraction,
            seconds=training.seconds,
            seconds_left=progress.seconds_left,
            images_per_second=progress.images_per_second,
            pictures=self._pictures,
            scores=scores or {},
        )
        self._tell(
            ProgressReport(
                standing,
                self._points,
                self._marks,
                self._glances,
                self._observation,
                None if kept == self._told_kept else kept,
                self._config,
                self._obeyed,
            )
        )
        self._points, self._marks, self._glances, self._observation, self._told_kept = [], [], [], None, kept
        self._config, self._obeyed = None, 0
        now = time.monotonic()
        self._next_report = now + REPORT_INTERVAL_S
        if picture:
            size = training.network.mlp.parameters.nbytes
            self._next_picture = now + max(WEIGHTS_INTERVAL_S, size / MAX_BYTES_PER_S)
