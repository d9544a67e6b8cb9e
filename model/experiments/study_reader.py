"""Reads a study for those who look on: cheap enough to be done again and again while it grows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import optuna
from optuna.trial import FrozenTrial, TrialState

from model.experiments import trial_log
from model.experiments.control import Control
from model.experiments.plan import ExperimentPlan
from model.experiments.progress import StudyProgress
from model.experiments.stores.storage import open_store
from model.experiments.stores.store import TARGET, TEST, Store
from model.experiments.study_view import StudyState, StudyView, TrialView
from model.experiments.study_view import TrialState as State

STATES: dict[str, State] = {"finished": "finished", "pruned": "pruned", "diverged": "failed", "lost": "lost"}


class StudyReader:
    """Reads one study; what has ended is read once."""

    def __init__(self, storage: str | Path | Store, name: str = "", folder: Path | None = None) -> None:
        """Open a study.

        Args:
            storage: where it is kept: see `open_store`; or its place, if that is open already.
            name: its name.
            folder: where its networks are on this machine, if it is in a database.

        Raises:
            ValueError: there is none, or it is of another version.
        """
        self._store = storage if isinstance(storage, Store) else open_store(storage, name, folder, create=False)
        self._plan = self._store.plan()
        self._study: optuna.Study = self._store.study()
        self._ended: dict[int, TrialView] = {}

    @property
    def plan(self) -> ExperimentPlan:
        """The study's plan."""
        return self._plan

    @property
    def folder(self) -> Path:
        """Where the study's networks, its log and the file that controls it are."""
        return self._store.folder

    def read(self) -> StudyView:
        """Return the study as it is now.

        Raises:
            ValueError: the storage can't be reached.
        """
        try:
            return self._read()
        except self._store.errors as error:
            raise ValueError(f"the storage can't be reached: {self._store.reason(error)}") from None

    def _read(self) -> StudyView:
        trials = self._study.get_trials(deepcopy=False)
        attributes = self._study.user_attrs
        weights = {path.stem: path for path in (self.folder / "weights").glob("trial-*.safetensors")}
        tested = attributes.get(TEST) or {}
        engines = self._engines(trials)
        views = []
        for trial in trials:
            view = self._ended.get(trial.number)
            path = weights.get(f"trial-{trial.number}")
            accuracy = tested.get("accuracy") if tested.get("trial") == trial.number else None
            if view is None or view.weights != path or view.test_accuracy != accuracy:
                view = self._view(trial, path, accuracy, engines)
                if trial.state.is_finished():
                    self._ended[trial.number] = view
            views.append(view)
        target = int(attributes.get(TARGET, self._plan.all_trials))
        machines = sorted({f"{at}: {with_}" for trial in trials for at, with_ in [_machine(trial)] if at})
        progresses = [progress for progress in engines.values() if progress]
        return StudyView(
            plan=self._plan,
            trials=views,
            state=self._state(progresses, sum(trial.state.is_finished() for trial in trials) >= target),
            started=min((trial.datetime_start.timestamp() for trial in trials if trial.datetime_start), default=0.0),
            workers=sum(progress.workers for progress in progresses),
            machines=machines,
            message=_message(progresses, machines),
            target=target,
            seconds_left=_seconds_left(progresses),
            test_evaluations=int(tested.get("looks", 0)),
        )

    def _engines(self, trials: list[FrozenTrial]) -> dict[str, StudyProgress | None]:
        """Return those who are at work, with what they say if they do so on this machine."""
        names = {path.stem for path in (self.folder / "engines").glob("*.json")}
        names |= {trial_log.owner(trial) for trial in trials if trial.state == TrialState.RUNNING}
        return {
            name: StudyProgress.read(self.folder / "engines" / f"{name}.json")
            for name in sorted(names - {""})
            if self._store.is_at_work(name)
        }

    def _state(self, engines: list[StudyProgress], has_all: bool) -> StudyState:
        states = [engine.state for engine in engines]
        for state in ("running", "paused"):
            if state in states:
                return state
        if has_all:
            return "finished"
        return "stopped" if Control.read(self.folder).command == "stop" else "interrupted"

    def _view(
        self, trial: FrozenTrial, weights: Path | None, test_accuracy: float | None, engines: Mapping[str, object]
    ) -> TrialView:
        kept = trial.user_attrs.get(trial_log.OUTCOME) or {}
        if trial.state.is_finished():
            state = STATES.get(kept.get("state", ""), "failed")
        else:
            state = "running" if trial_log.owner(trial) in engines else "waiting"
        try:
            config = self._plan.config(trial.params) if trial.params else None
        except ValueError:
            config = None
        values = kept.get("values")
        return TrialView(
            number=trial.number,
            state=state,
            params=trial.params,
            config=config,
            values=tuple(values) if values and state == "finished" else None,
            curves=trial_log.curves(trial.user_attrs),
            seconds=kept.get("seconds", 0.0),
            machine=kept.get("machine", ""),
            note=kept.get("note", ""),
            attempts=trial_log.attempt(trial),
            weights=weights,
            seed_values=tuple(map(tuple, kept.get("seed_values", ()))),
            parameters=kept.get("parameters"),
            test_accuracy=test_accuracy,
        )


def _machine(trial: FrozenTrial) -> tuple[str, str]:
    kept = trial.user_attrs.get(trial_log.OUTCOME) or {}
    return kept.get("machine", ""), kept.get("arithmetic", "")


def _message(engines: list[StudyProgress], machines: list[str]) -> str:
    said = [engine.message for engine in engines if engine.message]
    if len({machine.partition(": ")[2] for machine in machines}) > 1:
        said.append("machines with different arithmetic took part: the same trial may differ in its last bits")
    return "; ".join(said)


def _seconds_left(engines: list[StudyProgress]) -> float | None:
    """Return how long all together still take: each says how long it would take alone at its speed."""
    times = [engine.seconds_left for engine in engines if engine.seconds_left is not None]
    if not times:
        return None
    return 0.0 if 0 in times else 1 / sum(1 / seconds for seconds in times)
