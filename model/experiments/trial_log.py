"""What a study's store holds of a trial, besides its values: who computes it, its curves, what became of it.

Curves are kept piece by piece as they grow, so that nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from model.experiments.curve import CurvePoint
from model.experiments.plan import MAXIMIZED, ExperimentPlan, Objective
from model.experiments.study_view import Values
from model.experiments.trial_run import TrialOutcome

OWNER, OUTCOME, CURVE = "owner", "outcome", "curve"
# What a sampler is told of an accuracy that was not reached: more than any number of seconds or parameters, and the
# more the further it was away.
NOT_REACHED = {"seconds_to": 1e6, "parameters_to": 1e9}


def owner(trial: FrozenTrial) -> str:
    """Return who computes a trial, or did."""
    return str(trial.user_attrs.get(OWNER, {}).get("engine", ""))


def attempt(trial: FrozenTrial) -> int:
    """Return how often it was begun."""
    return int(trial.user_attrs.get(OWNER, {}).get("attempt", 0))


def set_owner(trial: optuna.Trial, engine: str, attempts: int) -> None:
    """Note who computes a trial."""
    trial.set_user_attr(OWNER, {"engine": engine, "attempt": attempts})


class CurveLog:
    """Writes the curves of one attempt at a trial."""

    def __init__(self, trial: optuna.Trial, attempts: int) -> None:
        self._trial, self._attempt = trial, attempts
        self._written: dict[int, int] = {}
        self._known: dict[int, list[CurvePoint]] = {}

    @property
    def has_points(self) -> bool:
        """Whether there are any."""
        return bool(self._known)

    def add(self, run: int, point: CurvePoint) -> None:
        """Add a point; it is written by the next `flush`."""
        self._known.setdefault(run, []).append(point)

    def flush(self, curves: Sequence[Sequence[CurvePoint]] | None = None) -> None:
        """Write what is new; `curves` are all there is, if it is known."""
        for run, points in enumerate(curves) if curves is not None else self._known.items():
            start = self._written.get(run, 0)
            if len(points) > start:
                key = f"{CURVE}.{self._attempt}.{run}.{start:05d}"
                self._trial.set_user_attr(key, [_rounded(point) for point in points[start:]])
                self._written[run] = len(points)


def curves(attributes: Mapping[str, Any]) -> list[tuple[CurvePoint, ...]]:
    """Return the curves of the last attempt at a trial, from its attributes."""
    pieces = sorted(
        ((int(a), int(run), int(start)), points)
        for key, points in attributes.items()
        if key.startswith(f"{CURVE}.")
        for a, run, start in [key.split(".")[1:]]
    )
    last = pieces[-1][0][0] if pieces else 0
    found: dict[int, list[CurvePoint]] = {}
    for (number, run, _), points in pieces:
        if number == last:
            found.setdefault(run, []).extend(CurvePoint(*point) for point in points)
    return [tuple(found[run]) for run in sorted(found)]


def outcome_attributes(outcome: TrialOutcome, state: str, attempts: int) -> dict[str, Any]:
    """Return what is kept of an outcome, in plain values."""
    return {
        "state": state,
        "values": outcome.values,
        "seed_values": outcome.seed_values,
        "seconds": round(outcome.seconds, 6),
        "note": outcome.note,
        "machine": outcome.machine,
        "arithmetic": outcome.arithmetic,
        "parameters": outcome.parameters,
        "accuracy": outcome.accuracy,
        "attempts": attempts,
    }


def sampler_values(plan: ExperimentPlan, kept: Mapping[str, Any]) -> list[float] | None:
    """Return what a sampler is told of a trial's outcome as it is kept: numbers for all objectives, or nothing.

    A run that diverged is told as one that learned nothing: nobody need try that again.
    """
    if kept["state"] == "finished":
        return [
            _sampler_value(objective, value, kept.get("accuracy"), plan.until)
            for objective, value in zip(plan.objectives, kept["values"], strict=True)
        ]
    if kept["state"] == "diverged":
        return [_sampler_value(objective, None, 0.0, plan.until) for objective in plan.objectives]
    return None


def reached(plan: ExperimentPlan, trial: FrozenTrial) -> Values | None:
    """Return what a finished trial reached, None if it is not to be compared."""
    kept = trial.user_attrs.get(OUTCOME)
    if trial.state != TrialState.COMPLETE or not kept or kept["state"] != "finished" or None in kept["values"]:
        return None
    return tuple(kept["values"])


def _sampler_value(objective: Objective, value: float | None, accuracy: float | None, until: float | None) -> float:
    if value is not None:
        return value
    if objective in MAXIMIZED:
        return 0.0
    return NOT_REACHED[objective] * (1 + max(0.0, (until or 1.0) - (accuracy or 0.0)))


def _rounded(point: CurvePoint) -> tuple[float | None, ...]:
    loss = None if point.training_loss is None else float(f"{point.training_loss:.6g}")
    return point._replace(seconds=round(point.seconds, 4), training_loss=loss)
