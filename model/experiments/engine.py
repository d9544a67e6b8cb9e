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
from collections.abc import Callable
from contextlib import suppress

from optuna.trial import FrozenTrial

from model.data import Dataset
from model.experiments import samplers, trial_log
from model.experiments.best_networks import BestNetworks
from model.experiments.clusters.cluster import Cluster, Disconnected, Ended, Event, Lost, Reported, run_tasks
from model.experiments.control import Control
from model.experiments.material import Material
from model.experiments.plan import ExperimentPlan
from model.experiments.progress import Observer, StatusFile, StudyProgress
from model.experiments.running_trials import RunningTrials
from model.experiments.stores.store import TARGET, TEST, Store
from model.experiments.study_view import StudyState
from model.experiments.trial_owners import TrialOwners
from model.experiments.trial_run import TrialOutcome, TrialTask
from model.training.ancestors import network_names

LOOK_SECONDS = 0.5  # from one look at the control file to the next
SCHEDULER_SECONDS = 600.0  # a scheduler that is gone is waited for


def material_of(plan: ExperimentPlan, dataset: Dataset) -> Material:
    """Return what the trials of a plan learn from.

    Raises:
        ValueError: A file that the plan names is not there, or is none of its kind.
        OSError: It can't be read.
    """
    networks = network_names(*(map(str, plan.values(name)) for name in ("teacher", "start_from")))
    return Material.of(dataset, plan.base.ink, plan.judge, networks)


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
        material = material_of(plan, dataset)
        folder = store.folder / "data" if cluster.is_local else None
        self._material = material.reference(plan.data, folder)
        cluster.share(material)
        self._engine = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._owners = TrialOwners(store, self._engine)
        self._networks = BestNetworks(plan, store.folder / "weights")
        self._running = RunningTrials(
            plan,
            self._study,
            store,
            cluster,
            engine=self._engine,
            owners=self._owners,
            networks=self._networks,
            material=self._material,
            log=self._log,
        )
        self._state: StudyState = "running"
        self._began = time.monotonic()
        self._status = StatusFile(store.folder / "engines" / f"{self._engine}.json")
        self.progress = StudyProgress()

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
            with self.store.explain_loss(), self.store.hold(self._engine):
                while self._step():
                    pass
                self._running.release()
                if self._state == "running" and not self._is_asked_to_end():
                    self._finish()
        finally:
            if self._state == "running":
                self._state = "interrupted"
            with suppress(Exception):
                self._show()
            self._status.remove()
        return self.progress

    # -- The loop -------------------------------------------------------------------------------------------

    def _step(self) -> bool:
        """Begin what can be begun, wait for something to happen, and tell whether there is more to do."""
        self._apply_control(Control.read(self.store.folder))
        if self._state == "stopped":
            return False
        is_ending = self._is_asked_to_end() or self._is_out_of_time
        while self._state == "running" and not is_ending and len(self._running) < self._running.most:
            if not self._running.begin_next(self._target):
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

    def _apply_control(self, control: Control) -> None:
        before = self._state
        self._state = {"run": "running", "pause": "paused", "stop": "stopped"}[control.command]  # type: ignore[assignment]
        if control.trials and control.trials > self._target:
            self._study.set_user_attr(TARGET, control.trials)
        if self._state != before:
            self._log(self._state)

    def _handle(self, event: Event) -> None:
        match event:
            case Reported(key, points) if key in self._running:
                self._running.report(key, points)
            case Ended(key, outcome) if key in self._running:
                self._running.end(key, outcome)
            case Lost(key, reason) if key in self._running:
                self._running.end(key, TrialOutcome("failed", note=reason), "lost")
            case Disconnected(reason):
                self._wait_for_scheduler(reason)

    def _wait_for_scheduler(self, reason: str) -> None:
        """Wait until the scheduler is back, and begin again what it had."""
        self._running.forget()
        self._log(reason)
        deadline = time.monotonic() + self._scheduler_seconds
        while not self.cluster.reconnect():
            self._show(f"{reason}: waiting for it")
            if time.monotonic() > deadline:
                raise ValueError(f"{reason}; the same command goes on when it is back")
            self._apply_control(Control.read(self.store.folder))
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
        return min(target, self.plan.space.grid_size) if self.plan.sampler == "grid" else target

    @property
    def _is_out_of_time(self) -> bool:
        return self.plan.timeout is not None and time.monotonic() - self._began > self.plan.timeout

    def _show(self, message: str = "") -> None:
        trials = self._trials()
        ended = sum(trial.state.is_finished() for trial in trials)
        best = self._networks.best(trials)
        left, seconds_left = self._target - ended, None
        if self._running.ended and self._state == "running":
            seconds_left = (time.monotonic() - self._began) / self._running.ended * left
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
        self._status.update(progress)
        if progress.changed(seconds_left=None) != self.progress.changed(seconds_left=None):
            self.progress = progress
            self._observer(progress)

    def _log(self, text: str) -> None:
        when = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        with suppress(OSError), (self.store.folder / "log.txt").open("a", encoding="utf-8") as file:
            file.write(f"{when} {self._engine}: {text}\n")
