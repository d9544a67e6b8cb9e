"""Whose the trials of a study are: each belongs to one engine, and to the next one once that is gone."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from optuna.trial import FrozenTrial, TrialState

from model.experiments import trial_log
from model.experiments.stores.store import Store

LOOK_SECONDS = 0.5  # from one look whether an engine is there to the next


class TrialOwners:
    """Tells the trials of engines that are at work from those that nobody computes any more."""

    def __init__(self, store: Store, own: str) -> None:
        self._store, self._own = store, own
        self._seen: dict[str, tuple[bool, float]] = {}  # whether an engine was there, and when that was

    def orphan(self, trials: Sequence[FrozenTrial], running_here: Collection[int]) -> FrozenTrial | None:
        """Return the first trial whose engine is gone; those that run here are known by their numbers."""
        return next((trial for trial in trials if self._is_orphan(trial, running_here)), None)

    def others_compute(self, trials: Sequence[FrozenTrial]) -> bool:
        """Whether another engine computes a trial, or has left one: it might have to be begun again here."""
        return any(
            trial.state == TrialState.RUNNING and self._is_at_work(trial_log.owner(trial)) for trial in trials
        ) or bool(self.orphan(trials, ()))

    def _is_orphan(self, trial: FrozenTrial, running_here: Collection[int]) -> bool:
        if trial.state != TrialState.RUNNING or trial.number in running_here:
            return False
        return not self._is_at_work(trial_log.owner(trial))

    def _is_at_work(self, engine: str) -> bool:
        if engine in ("", self._own):
            return False  # of its own, it knows which are running
        is_there, when = self._seen.get(engine, (True, -1e9))
        if is_there and time.monotonic() - when > LOOK_SECONDS:
            self._seen[engine] = self._store.is_at_work(engine), time.monotonic()
        return self._seen[engine][0]
