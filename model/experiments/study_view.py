"""A study as those see it who look on: its plan, and what has become of each trial so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from model.config import TrainingConfig
from model.experiments.curve import CurvePoint
from model.experiments.plan import ExperimentPlan
from model.experiments.space import Params

TrialState = Literal["waiting", "running", "finished", "pruned", "failed", "lost"]
StudyState = Literal["running", "paused", "stopped", "finished", "interrupted"]
ENDED: tuple[TrialState, ...] = ("finished", "pruned", "failed", "lost")

Values = tuple[float | None, ...]  # of each objective; None: the accuracy to reach was not reached


@dataclass(frozen=True)
class TrialView:
    """One trial.

    Attributes:
        number: Counted from 0.
        state: `waiting` for its next attempt, `lost` if its workers ended again and again.
        params: The values that it tries.
        config: All its settings, with the first seed; None if these values can't be together.
        values: What it reached, the mean over its runs; None if it did not come to an end.
        curves: The learning curve of each of its runs so far.
        seconds: That its runs took.
        machine: Which computed it.
        note: What became of it, if there is something to say.
        attempts: How often it was begun.
        weights: The file of its network, if it is among the best.
        seed_values: What each of its runs reached.
        parameters: How many its network has.
        test_accuracy: Of the chosen trial, once the study has ended.
    """

    number: int
    state: TrialState
    params: Params
    config: TrainingConfig | None = None
    values: Values | None = None
    curves: Sequence[Sequence[CurvePoint]] = ()
    seconds: float = 0.0
    machine: str = ""
    note: str = ""
    attempts: int = 1
    weights: Path | None = None
    seed_values: Sequence[Values] = ()
    parameters: int | None = None
    test_accuracy: float | None = None

    @property
    def has_values(self) -> bool:
        """Whether it came to an end and reached all that it aimed at."""
        return self.state == "finished" and self.values is not None and None not in self.values


@dataclass(frozen=True)
class StudyView:
    """A study at one moment.

    Attributes:
        plan: What it is to find out.
        trials: Those that were begun, by their numbers.
        state: `interrupted`: nobody works at it, and it can go on.
        started: When it began, in seconds since 1970.
        workers: How many processes work at it.
        machines: Which have computed trials, with what.
        message: What there is to say about the whole.
        target: How many trials it is to have; more than the plan says, if some were added.
        seconds_left: How long it will still take, if that can be told.
        test_evaluations: How often a trial was evaluated on the test images, each time another one.
    """

    plan: ExperimentPlan
    trials: Sequence[TrialView] = ()
    state: StudyState = "interrupted"
    started: float = 0.0
    workers: int = 0
    machines: Sequence[str] = ()
    message: str = ""
    target: int = 0
    seconds_left: float | None = None
    test_evaluations: int = 0
    _importance: list[dict[str, float]] = field(default_factory=list, repr=False, compare=False)

    @cached_property
    def best(self) -> TrialView | None:
        """The trial that reached the most of the first objective; of equals by the second, and then the first."""
        reached = [trial for trial in self.trials if trial.has_values]
        return min(reached, key=self.losses, default=None)

    @cached_property
    def pareto_front(self) -> tuple[TrialView, ...]:
        """The trials that none beats in one objective without being worse in the other, by the first objective."""
        reached = [trial for trial in self.trials if trial.has_values]
        front: list[TrialView] = []
        for trial in sorted(reached, key=lambda one: (self.losses(one), one.number)):
            if not front or self.losses(trial)[-1] < self.losses(front[-1])[-1]:
                front.append(trial)
        return tuple(front)

    def losses(self, trial: TrialView) -> tuple[float, ...]:
        """Return what a trial reached, turned so that less is better."""
        assert trial.values is not None
        return tuple(
            -(value or 0.0) if direction == "maximize" else value or 0.0
            for value, direction in zip(trial.values, self.plan.directions, strict=True)
        )

    @property
    def how_often_tested(self) -> str:
        """Say how often the test images were looked at: more than once if trials were added and another one is best."""
        return (
            "looked at once, in the end" if self.test_evaluations <= 1 else f"looked at {self.test_evaluations} times"
        )

    def importance(self) -> dict[str, float]:
        """Return how much each setting that varies matters for the first objective, the most important first.

        The shares add up to 1. They are empty while fewer than four trials are finished.
        """
        if not self._importance:
            from model.experiments.importance import importance  # Optuna takes half a second to import

            self._importance.append(importance(self))
        return dict(self._importance[0])

    @property
    def ended(self) -> int:
        """How many trials have come to an end, whichever."""
        return sum(trial.state in ENDED for trial in self.trials)
