"""What is known about a run, written down as JSON: one app hands it over, and another one goes on with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from model.config import TrainingConfig
from model.jobs.job_files import UNPERTURBED_FILE
from model.jobs.job_state import JobState
from model.jobs.protocol import JobStatus, ProbePrediction, RunControls, RunStep, SnapshotRef
from model.robustness.perturbation import Perturbation
from model.robustness.perturbation_kinds import from_json as perturbation_from_json
from model.training import Change
from model.training.diagnostics import Diagnostics
from model.training.history import ConfigChange, HistoryPoint

FORMAT = "inkling-run-1"
NOT_SAVED = "The app was restarted before the run could be saved. Its last network is kept."


@dataclass(frozen=True)
class JobRecord:
    """A run between two apps.

    Attributes:
        number: By which the first app knew it.
        label: What its owner calls it.
        initial_config: The settings as requested.
        config: Those that it trains with.
        changes: Of settings that were accepted, and that no worker has handled yet.
        controls: How it proceeds.
        state: Its history.
        start_from: The file in its folder from which it goes on; empty if it begins from the beginning.
        is_saved: Whether that is the state that it had; else it is one from before.
        parent: The name of the run that it branched off; None if it did not.
        parent_number: That run's number.
        forked_at: At which epoch.
        perturbation: What was done to its network there; None for most.
    """

    number: int
    name: str
    label: str
    initial_config: TrainingConfig
    config: TrainingConfig
    changes: list[Change]
    controls: RunControls
    state: JobState
    start_from: str
    is_saved: bool
    parent: str | None
    parent_number: int | None
    forked_at: float
    perturbation: Perturbation | None = None

    def resumed(self) -> JobState:
        """Return the state from which the run goes on: it waits for a worker, unless it is paused or over."""
        state = self.state
        if not state.is_live:
            return state
        if self.is_saved or not any(point.step for point in state.points):
            return replace(state, status=JobStatus.PAUSED if self.controls.paused else JobStatus.WAITING)
        if not self.start_from:
            return replace(state, status=JobStatus.STOPPED, message=NOT_SAVED)
        if self.start_from == UNPERTURBED_FILE:
            points = [point for point in state.points if point.epoch <= self.forked_at]
            before = replace(JobState(), points=points, snapshots=state.snapshots)
        else:
            before = state.before(state.snapshots[-1])
        status = JobStatus.PAUSED if self.controls.paused else JobStatus.WAITING
        return replace(before, status=status, epochs=state.epochs, weights_version=state.weights_version)

    def to_json(self) -> str:
        """Write it down."""
        values = vars(self) | {
            "format": FORMAT,
            "initial_config": self.initial_config.model_dump(mode="json"),
            "config": self.config.model_dump(mode="json"),
            "controls": asdict(self.controls),
            "state": vars(self.state),
            "perturbation": self.perturbation.to_json() if self.perturbation else None,
        }
        return json.dumps(values, default=_plain)

    @classmethod
    def from_json(cls, text: str) -> JobRecord:
        """Read it.

        Raises:
            ValueError: something else was written.
        """
        try:
            values = json.loads(text)
            if values.pop("format") != FORMAT:
                raise ValueError("another format")
            return cls(
                **values
                | {
                    "initial_config": TrainingConfig.of(values["initial_config"]),
                    "config": TrainingConfig.of(values["config"]),
                    "controls": _controls(values["controls"]),
                    "state": _state(values["state"]),
                    "perturbation": perturbation_from_json(perturbation)
                    if (perturbation := values.get("perturbation"))
                    else None,
                }
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValueError(f"expected a run that was handed over ({FORMAT}); got {error!r}") from None


def _plain(value: object) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__} can't be written down")


def _controls(values: Mapping[str, Any]) -> RunControls:
    goal, image = values["goal"], values["probe_image"]
    return RunControls(
        **{
            **values,
            "goal": RunStep(**goal) if goal else None,
            "probe_image": base64.b64decode(image) if image else None,
        }
    )


def _state(values: Mapping[str, Any]) -> JobState:
    return JobState(
        **{
            **values,
            "status": JobStatus(values["status"]),
            "points": [HistoryPoint(*point) for point in values["points"]],
            "changes": [ConfigChange(*change) for change in values["changes"]],
            "snapshots": [SnapshotRef(*ref) for ref in values["snapshots"]],
            "diagnostics": [_diagnostics(one) for one in values["diagnostics"]],
            "probe_predictions": [ProbePrediction(epoch, tuple(them)) for epoch, them in values["probe_predictions"]],
        }
    )


def _diagnostics(values: list[Any]) -> Diagnostics:
    found = dict(zip(Diagnostics._fields, values, strict=True))
    tuples = {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
    arrays = {
        "predictions": np.array(found["predictions"], np.uint8),
        "last_flip_step": np.array(found["last_flip_step"], np.int32),
    }
    return Diagnostics(**found | tuples | arrays)
