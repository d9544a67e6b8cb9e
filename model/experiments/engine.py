"""Works at a study: Optuna decides what is tried next, a cluster computes it, the study's store keeps what came of it.

Several engines may work at one study, on one machine or many. Each trial belongs to one of them, and only its owner
may write what became of it; the trials of an engine that is gone are begun again by another. So nothing is counted
twice, whatever ends in the middle.
"""

from __future__ import annotations

import datetime
import os
import socket
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import optuna
from optuna.trial import FrozenTrial, TrialState

from model.data import Dataset
from model.experiments import samplers, trial_log
from model.experiments.best_networks import BestNetworks
from model.experiments.cluster import Cluster, Disconnected, Ended, Event, Lost, Reported, run_tasks
from model.experiments.control import Control
from model.experiments.curve import CurvePoint
from model.experiments.importance import distributions
from model.experiments.material import Material
from model.experiments.plan import ExperimentPlan
from model.experiments.progress import Observer, StudyProgress
from model.experiments.store import TARGET, TEST, Store
from model.experiments.study_view import StudyState
from model.experiments.trial_owners import TrialOwners
from model.experiments.trial_run import TrialOutcome, TrialTask

LOOK_SECONDS = 0.5  # from one look at the control file, and for trials of engines that are gone, to the next
SHORT_SECONDS = 2.0  # a process would wait for the engine for a notable part of a trial that is shorter
FLUSH_SECONDS = 1.0  # from one writing of a curve to the next
SCHEDULER_SECONDS = 600.0  # a scheduler that is gone is waited for


@dataclass
class Running:
    """A trial that is being computed here."""

    trial: optuna.Trial
    attempt: int
    curve: trial_log.CurveLog
    is_pruned: bool = False
    flushed: float = 0.0


class StudyEngine:
    """Works at one study until it has all its trials, or is told to stop.

    Attributes:
        progress: How far it is.
    """

    def __init__(
        self,
        plan: ExperimentPlan,
        store: Store,
        cluster: Cluster,
        dataset: Dataset,
        observer: Observer = lambda progress: None,
        *,
        is_asked_to_end: Callable[[], bool] = lambda: False,
        scheduler_seconds: float = SCHEDULER_SECONDS,
    ) -> None:
        """Begin the study, or open it.

        Args:
            plan: what is to be found out.
            store: where the study is kept.
            cluster: computes the trials.
            dataset: with its test part, which is looked at for the trial that is chosen in the end.
            observer: is told of each change.
            is_asked_to_end: once it is true, the trials that are being computed are the last.
            scheduler_seconds: how long a scheduler that is gone is waited for.

        Raises:
            ValueError: the study in the store is of another plan, or the material can't be.
        """
        self.plan, self.store, self.cluster, self.dataset = plan, store, cluster, dataset
        self._observer, self._is_asked_to_end = observer, is_asked_to_end
        self._scheduler_seconds = scheduler_seconds
        self._study = store.open(plan)
        self._study.pruner = samplers.pruner(plan)
        self._grid = samplers.Grid(plan) if plan.sampler == "grid" else None
        self._space = distributions(plan.space)
        material = Material.of(dataset, plan.base.ink, plan.judge)
        folder = store.folder / "data" if cluster.is_local else None
        self._material = material.reference(plan.data, plan.base.ink, plan.judge, folder)
        cluster.share(material)
        self._engine = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._running: dict[str, Running] = {}
        self._owners = TrialOwners(store, self._engine)
        self._networks = BestNetworks(plan, store.folder / "weights")
        self._state: StudyState = "running"
        self._began = time.monotonic()
        self._seconds: deque[float] = deque(maxlen=10)  # that the last trials took
        self._ended_here = 0
        self.progress = self._written = StudyProgress()
        self._wrote = -LOOK_SECONDS  # when that was written for those who look on

    # -- From outside ---------------------------------------------------------------------------------------

    def run(self) -> StudyProgress:
        """Work until the study has all its trials, or no more shall be begun; return how far it is.

        Trials that are still being computed when this is left, by whatever, are begun again when the study goes on.

        Raises:
            ValueError: the scheduler is gone and does not come back, or its workers can't compute trials.
        """
        self._log("begins" if not self._trials() else "goes on")
        (self.store.folder / "engines").mkdir(exist_ok=True)
        try:
            with self.store.hold(self._engine):
                while self._step():
                    pass
                self._release()
                if self._state == "running" and not self._is_asked_to_end():
                    self._finish()
        except self.store.errors as error:
            raise ValueError(
                f"the storage can't be reached any more ({self.store.reason(error)}); the same command goes on"
            ) from None
        finally:
            if self._state == "running":
                self._state = "interrupted"
            with suppress(Exception):
                self._show()
            self._status_path.unlink(missing_ok=True)
        return self.progress

    # -- The loop -------------------------------------------------------------------------------------------

    def _step(self) -> bool:
        """Begin what can be begun, wait for something to happen, and tell whether there is more to do."""
        self._obey(Control.read(self.store.folder))
        if self._state == "stopped":
            return False
        is_ending = self._is_asked_to_end() or self._is_out_of_time
        while self._state == "running" and not is_ending and len(self._running) < self._most_running:
            if not self._begin_next():
                break
        self._show()
        if not self._running:
            if is_ending:
                return False
            if self._state == "running" and self.cluster.size and not self._owners.others_compute(self._trials()):
                return False
        event = self.cluster.next_event(LOOK_SECONDS)
        deadline = time.monotonic() + LOOK_SECONDS
        while event:
            self._handle(event)
            # What has come meanwhile is handled before the next trial is chosen: it may be worth knowing.
            event = self.cluster.next_event(0) if time.monotonic() < deadline else None
        return True

    def _obey(self, control: Control) -> None:
        before = self._state
        self._state = {"run": "running", "pause": "paused", "stop": "stopped"}[control.command]  # type: ignore[assignment]
        if control.trials and control.trials > self._target:
            self._study.set_user_attr(TARGET, control.trials)
        if self._state != before:
            self._log(self._state)

    def _handle(self, event: Event) -> None:
        match event:
            case Reported(key, points) if key in self._running:
                self._report(key, self._running[key], points)
            case Ended(key, outcome) if key in self._running:
                self._end(key, outcome)
            case Lost(key, reason) if key in self._running:
                self._end(key, TrialOutcome("failed", note=reason), "lost")
            case Disconnected(reason):
                self._wait_for_scheduler(reason)

    # -- A trial's life -------------------------------------------------------------------------------------

    def _begin_next(self) -> bool:
        """Begin a trial: one whose engine is gone, or else a new one; tell whether there was any."""
        with self.store.exclusive():
            trials = self._trials()
            orphan = self._owners.orphan(trials, {one.trial.number for one in self._running.values()})
            number = orphan.number if orphan else len(trials)
            has_waiting = any(trial.state == TrialState.WAITING for trial in trials)
            if not orphan and not has_waiting and len(trials) >= self._target:
                return False
            self._study.sampler = samplers.sampler(self.plan, number)
            if orphan:
                trial = optuna.Trial(self._study, orphan._trial_id)
                for name, distribution in self._space.items():  # whoever began it may not have come so far
                    trial._suggest(name, distribution)
                attempt = trial_log.attempt(orphan) + 1
            else:
                if self._grid and not has_waiting:
                    self._study.enqueue_trial(self._grid[number])
                trial = self._study.ask(self._space)
                attempt = 1
            trial_log.set_owner(trial, self._engine, attempt)
        self._compute(trial, attempt, trials)
        return True

    def _compute(self, trial: optuna.Trial, attempt: int, trials: list[FrozenTrial]) -> None:
        key = f"{self.store.name}-{trial.number}-{attempt}-{self._engine}"
        running = Running(trial, attempt, trial_log.CurveLog(trial, attempt))
        self._running[key] = running
        kept = trial.user_attrs.get(trial_log.OUTCOME)
        if kept:  # whoever computed it was ended before it could say so
            self._tell(key, running, kept)
            return
        try:
            configs = tuple(self.plan.config(trial.params, run) for run in range(self.plan.seeds))
        except ValueError as error:
            self._end(key, TrialOutcome("failed", note=str(error)))
            return
        self.cluster.submit(
            TrialTask(
                key,
                configs,
                self._material,
                self.plan.objectives,
                self.plan.until,
                keep=self._networks.most,
                rivals=tuple(self._networks.rivals(trials)),
                is_local=self.cluster.is_local,
            )
        )

    def _report(self, key: str, running: Running, points: Sequence[tuple[int, CurvePoint]]) -> None:
        for run, point in points:
            if (run, point.epoch) == (0, 0) and running.curve.has_points:  # its worker was ended, and another began it
                running.attempt += 1
                trial_log.set_owner(running.trial, self._engine, running.attempt)
                running.curve = trial_log.CurveLog(running.trial, running.attempt)
            running.curve.add(run, point)
            if self.plan.pruner != "none" and run == 0 and point.epoch and not running.is_pruned:
                self._consider_pruning(key, running, point)
        if time.monotonic() - running.flushed >= FLUSH_SECONDS:
            running.curve.flush()
            running.flushed = time.monotonic()

    def _consider_pruning(self, key: str, running: Running, point: CurvePoint) -> None:
        if point.validation_accuracy is None:
            return
        error = 1 - point.validation_accuracy
        if point.epoch not in self._study._storage.get_trial(running.trial._trial_id).intermediate_values:
            running.trial.report(error if self.plan.directions[0] == "minimize" else 1 - error, point.epoch)
        if running.trial.should_prune():
            running.is_pruned = True
            self.cluster.stop(key)

    def _end(self, key: str, outcome: TrialOutcome, state: str = "") -> None:
        """Keep what became of a trial."""
        running = self._running[key]
        if outcome.status == "stopped":
            state = "pruned" if running.is_pruned else "stopped"
        if state == "stopped":  # by somebody else: it is begun again
            del self._running[key]
            trial_log.set_owner(running.trial, "", running.attempt)
            return
        self._seconds.append(outcome.seconds)
        running.curve.flush(outcome.curves or None)
        kept = trial_log.outcome_attributes(outcome, state or outcome.status, running.attempt)
        self._tell(key, running, kept, outcome.weights)

    def _tell(self, key: str, running: Running, kept: dict[str, object], weights: bytes | None = None) -> None:
        trial = running.trial
        with self.store.exclusive():
            now = self._study._storage.get_trial(trial._trial_id)
            if now.state == TrialState.RUNNING and trial_log.owner(now) == self._engine:
                if trial_log.OUTCOME not in now.user_attrs:
                    trial.set_user_attr(trial_log.OUTCOME, kept)
                values = trial_log.told_values(self.plan, kept)
                if values is not None:
                    self._study.tell(trial.number, values)
                else:
                    is_pruned = kept["state"] == "pruned" and len(self.plan.objectives) == 1
                    self._study.tell(trial.number, state=TrialState.PRUNED if is_pruned else TrialState.FAIL)
                self._ended_here += 1
        del self._running[key]
        if weights:
            self._networks.keep(trial.number, weights, self._trials())
        self._log(f"trial {trial.number}: {kept['state']} {kept['values'] or ''} {kept['note']}".rstrip())

    def _release(self) -> None:
        """Leave the trials that are still being computed to whoever goes on."""
        for key, running in self._running.items():
            self.cluster.stop(key)
            trial_log.set_owner(running.trial, "", running.attempt)
        self._running.clear()

    def _wait_for_scheduler(self, reason: str) -> None:
        """Wait until the scheduler is back, and begin again what it had."""
        lost = list(self._running.values())
        self._running.clear()
        for running in lost:
            trial_log.set_owner(running.trial, "", running.attempt)
        self._log(reason)
        deadline = time.monotonic() + self._scheduler_seconds
        while not self.cluster.reconnect():
            self._show(f"{reason}: waiting for it")
            if time.monotonic() > deadline:
                raise ValueError(f"{reason}; the same command goes on when it is back")
            self._obey(Control.read(self.store.folder))
            if self._state == "stopped":
                return
            time.sleep(0.2)
        self._log("the scheduler is back")

    # -- The end --------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        """Look at the test part once, for the trial that is chosen."""
        if self._is_out_of_time:
            self._show("its time is over")
        self._state = "finished"
        best = self._networks.best(self._trials())
        if best is None or not len(self.dataset.test_labels):
            return
        known = self._study.user_attrs.get(TEST) or {}
        if known.get("trial") == best.number:
            return
        try:
            network = self._networks.load(best.number)
        except (OSError, ValueError):  # it lies with another engine: the same trial gives the same network
            task = TrialTask(f"{self._engine}-test", (self.plan.config(best.params),), self._material)
            ((_, outcome),) = run_tasks([task], self.cluster)
            if not outcome.weights:
                return
            self._networks.keep(best.number, outcome.weights, self._trials())
            network = self._networks.load(best.number)
        accuracy = network.accuracy(self.dataset.test_images, self.dataset.test_labels)
        looks = int(known.get("looks", 0)) + 1
        self._study.set_user_attr(TEST, {"trial": best.number, "accuracy": accuracy, "looks": looks})
        self._log(f"trial {best.number} is chosen: test accuracy {accuracy:.2%}")

    # -- What is said ---------------------------------------------------------------------------------------

    def _trials(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False)

    @property
    def _target(self) -> int:
        target = int(self._study.user_attrs[TARGET])
        return min(target, self.plan.space.grid_size) if self._grid else target

    @property
    def _most_running(self) -> int:
        """How many trials are begun at once: while they are short, each process has the next one in its queue."""
        is_short = bool(self._seconds) and sum(self._seconds) / len(self._seconds) < SHORT_SECONDS
        return self.cluster.size * (2 if is_short and self.cluster.has_queue else 1)

    @property
    def _is_out_of_time(self) -> bool:
        return self.plan.timeout is not None and time.monotonic() - self._began > self.plan.timeout

    @property
    def _status_path(self) -> Path:
        return self.store.folder / "engines" / f"{self._engine}.json"

    def _show(self, message: str = "") -> None:
        trials = self._trials()
        ended = sum(trial.state.is_finished() for trial in trials)
        best = self._networks.best(trials)
        left, seconds_left = self._target - ended, None
        if self._ended_here and self._state == "running":
            seconds_left = (time.monotonic() - self._began) / self._ended_here * left
        if not message and not self.cluster.size and self._state == "running":
            message = "no worker is there: waiting for one"
        progress = StudyProgress(
            state=self._state,
            ended=ended,
            target=self._target,
            running=len(self._running),
            workers=self.cluster.size,
            best=(best.number, trial_log.reached(self.plan, best) or ()) if best else None,
            seconds_left=seconds_left,
            message=message,
        )
        is_urgent = (progress.state, progress.message) != (self._written.state, self._written.message)
        if progress != self._written and (is_urgent or time.monotonic() - self._wrote > LOOK_SECONDS):
            progress.write(self._status_path)
            self._written, self._wrote = progress, time.monotonic()
        if progress.changed(seconds_left=None) != self.progress.changed(seconds_left=None):
            self.progress = progress
            self._observer(progress)

    def _log(self, text: str) -> None:
        when = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        with suppress(OSError), (self.store.folder / "log.txt").open("a", encoding="utf-8") as file:
            file.write(f"{when} {self._engine}: {text}\n")
