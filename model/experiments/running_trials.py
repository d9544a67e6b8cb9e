"""The trials that an engine computes: each is begun, reports its curves, and ends, or is left to other engines."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import optuna
from optuna.trial import FrozenTrial, TrialState

from model.experiments import samplers, trial_log
from model.experiments.best_networks import BestNetworks
from model.experiments.clusters.cluster import Cluster
from model.experiments.curve import CurvePoint
from model.experiments.importance import distributions
from model.experiments.material import MaterialReference
from model.experiments.plan import ExperimentPlan
from model.experiments.stores.store import Store
from model.experiments.trial_owners import TrialOwners
from model.experiments.trial_run import TrialOutcome, TrialTask

SHORT_SECONDS = 2.0  # a process would wait for the engine for a notable part of a trial that is shorter
FLUSH_SECONDS = 1.0  # from one writing of a curve to the next


@dataclass
class Running:
    """A trial that is being computed here."""

    trial: optuna.Trial
    attempt: int
    curve: trial_log.CurveLog
    is_pruned: bool = False
    flushed: float = 0.0


class RunningTrials:
    """The trials of a study that are being computed for one engine.

    Attributes:
        ended: How many have come to an end.
    """

    def __init__(
        self,
        plan: ExperimentPlan,
        study: optuna.Study,
        store: Store,
        cluster: Cluster,
        *,
        engine: str,
        owners: TrialOwners,
        networks: BestNetworks,
        material: MaterialReference,
        log: Callable[[str], None],
    ) -> None:
        self._plan, self._study, self._store, self._cluster = plan, study, store, cluster
        self._engine, self._owners, self._networks = engine, owners, networks
        self._material, self._log = material, log
        self._grid = samplers.Grid(plan) if plan.sampler == "grid" else None
        self._space = distributions(plan.space)
        self._running: dict[str, Running] = {}
        self._seconds: deque[float] = deque(maxlen=10)  # that the last trials took
        self.ended = 0

    def __len__(self) -> int:
        return len(self._running)

    def __contains__(self, key: str) -> bool:
        return key in self._running

    @property
    def numbers(self) -> set[int]:
        """The numbers of the trials."""
        return {running.trial.number for running in self._running.values()}

    @property
    def most(self) -> int:
        """How many trials are begun at once: while they are short, each process has the next one in its queue."""
        is_short = bool(self._seconds) and sum(self._seconds) / len(self._seconds) < SHORT_SECONDS
        return self._cluster.size * (2 if is_short and self._cluster.has_queue else 1)

    def begin_next(self, target: int) -> bool:
        """Begin a trial: one whose engine is gone, or else a new one; tell whether there was any.

        Args:
            target: how many trials the study is to have.
        """
        with self._store.exclusive():
            trials = self._all()
            orphan = self._owners.orphan(trials, self.numbers)
            number = orphan.number if orphan else len(trials)
            has_waiting = any(trial.state == TrialState.WAITING for trial in trials)
            if not orphan and not has_waiting and len(trials) >= target:
                return False
            self._study.sampler = samplers.sampler(self._plan, number)
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
        key = f"{self._store.name}-{trial.number}-{attempt}-{self._engine}"
        running = Running(trial, attempt, trial_log.CurveLog(trial, attempt))
        self._running[key] = running
        kept = trial.user_attrs.get(trial_log.OUTCOME)
        if kept:  # whoever computed it was ended before it could say so
            self._tell(key, running, kept)
            return
        try:
            configs = tuple(self._plan.config(trial.params, run) for run in range(self._plan.seeds))
        except ValueError as error:
            self.end(key, TrialOutcome("failed", note=str(error)))
            return
        self._cluster.submit(
            TrialTask(
                key,
                configs,
                self._material,
                self._plan.objectives,
                self._plan.until,
                keep=self._networks.most,
                rivals=tuple(self._networks.rivals(trials)),
                is_local=self._cluster.is_local,
            )
        )

    def report(self, key: str, points: Sequence[tuple[int, CurvePoint]]) -> None:
        """Keep new points of a trial's curves, and end it if it is to be pruned."""
        running = self._running[key]
        for run, point in points:
            if (run, point.epoch) == (0, 0) and running.curve.has_points:  # its worker was ended, and another began it
                running.attempt += 1
                trial_log.set_owner(running.trial, self._engine, running.attempt)
                running.curve = trial_log.CurveLog(running.trial, running.attempt)
            running.curve.add(run, point)
            if self._plan.pruner != "none" and run == 0 and point.epoch and not running.is_pruned:
                self._consider_pruning(key, running, point)
        if time.monotonic() - running.flushed >= FLUSH_SECONDS:
            running.curve.flush()
            running.flushed = time.monotonic()

    def _consider_pruning(self, key: str, running: Running, point: CurvePoint) -> None:
        if point.validation_accuracy is None:
            return
        error = 1 - point.validation_accuracy
        if point.epoch not in self._study._storage.get_trial(running.trial._trial_id).intermediate_values:
            running.trial.report(error if self._plan.directions[0] == "minimize" else 1 - error, point.epoch)
        if running.trial.should_prune():
            running.is_pruned = True
            self._cluster.stop(key)

    def end(self, key: str, outcome: TrialOutcome, state: str = "") -> None:
        """Keep what became of a trial; `state` says more than its outcome, if it is given."""
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
        with self._store.exclusive():
            now = self._study._storage.get_trial(trial._trial_id)
            if now.state == TrialState.RUNNING and trial_log.owner(now) == self._engine:
                if trial_log.OUTCOME not in now.user_attrs:
                    trial.set_user_attr(trial_log.OUTCOME, kept)
                values = trial_log.sampler_values(self._plan, kept)
                if values is not None:
                    self._study.tell(trial.number, values)
                else:
                    is_pruned = kept["state"] == "pruned" and len(self._plan.objectives) == 1
                    self._study.tell(trial.number, state=TrialState.PRUNED if is_pruned else TrialState.FAIL)
                self.ended += 1
        del self._running[key]
        if weights:
            self._networks.keep(trial.number, weights, self._all())
        self._log(f"trial {trial.number}: {kept['state']} {kept['values'] or ''} {kept['note']}".rstrip())

    def release(self) -> None:
        """Leave the trials that are still being computed to whoever goes on."""
        for key in self._running:
            self._cluster.stop(key)
        self.forget()

    def forget(self) -> None:
        """Leave them too, if nobody computes them any more."""
        for running in self._running.values():
            trial_log.set_owner(running.trial, "", running.attempt)
        self._running.clear()

    def _all(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False)
