"""The runs of settings with several seeds, kept as a study: each once it has ended, so that it is computed once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import optuna
from optuna.trial import TrialState

from model.experiments.curve import CurvePoint
from model.experiments.seeds.seed_runs import SeedRun
from model.experiments.stores.store import DIGEST, KIND, PLAN, NoStudyError, Store

SEEDS = "seeds"  # the kind of such a study
KEY, RUN = "key", "run"  # attributes of a trial


class KeptRuns:
    """What has ended so far, by the runs' keys.

    Attributes:
        store: Where the study is kept.
    """

    def __init__(self, store: Store, description: Mapping[str, Any]) -> None:
        """Open the study, or begin it.

        Args:
            store: Where the study is kept.
            description: What makes its runs what they are, in plain values.

        Raises:
            ValueError: A study of this name is of something else.
        """
        self.store = store
        digest = description_digest(description)
        with store.exclusive():
            try:
                self._study = store.study()
            except NoStudyError:
                self._study = optuna.create_study(study_name=store.name, storage=store.storage, direction="maximize")
            if not self._study.user_attrs.get(DIGEST) and not self._study.get_trials(deepcopy=False):
                self._study.set_user_attr(KIND, SEEDS)
                self._study.set_user_attr(PLAN, dict(description))
                self._study.set_user_attr(DIGEST, digest)
            elif self._study.user_attrs.get(DIGEST) != digest:
                raise ValueError(f"the study {store.name} is of other settings: give this one another name by --name")

    def known(self) -> dict[str, SeedRun]:
        """Return the runs that have ended."""
        attributes = (trial.user_attrs for trial in self._study.get_trials(deepcopy=False))
        return {each[KEY]: _run(each[RUN]) for each in attributes if RUN in each}

    def add(self, key: str, run: SeedRun, value: float | None) -> None:
        """Keep a run, unless another command has computed it meanwhile.

        Args:
            key: The run's.
            run: What it came to.
            value: Of what is measured; None if it came to nothing.
        """
        state = TrialState.FAIL if value is None else TrialState.COMPLETE
        trial = optuna.trial.create_trial(state=state, value=value, user_attrs={KEY: key, RUN: asdict(run)})
        with self.store.exclusive():
            if key not in self.known():
                self._study.add_trial(trial)


def description_digest(description: Mapping[str, Any]) -> str:
    """Return what tells runs from those that are made otherwise."""
    return hashlib.sha256(json.dumps(description, sort_keys=True).encode()).hexdigest()[:16]


def _run(values: Mapping[str, Any]) -> SeedRun:
    return SeedRun(**{**values, "curve": tuple(CurvePoint(*point) for point in values["curve"])})
