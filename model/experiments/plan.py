"""What an experiment is to find out: which settings vary, what is aimed at, how many trials it has."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from model.config import TrainingConfig
from model.experiments.space import MAX_GRID, Params, SearchSpace

Objective = Literal["validation_accuracy", "seconds_to", "parameters_to", "ink_accuracy"]
Sampler = Literal["tpe", "random", "grid", "cma-es"]
Pruner = Literal["none", "median", "hyperband"]

OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
MAXIMIZED = ("validation_accuracy", "ink_accuracy")  # of the others, less is better
NEEDS_GOAL = ("seconds_to", "parameters_to")
MAX_OBJECTIVES = 2
FORMAT = 1  # of plans: one of another format is another plan
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}")
NOT_IN_DIGEST = {"name", "trials", "timeout"}  # they may change in the course of an experiment


class ExperimentPlan(BaseModel):
    """An experiment: trials, each a training run, or several with other seeds, with values of the search space.

    Raises:
        ValueError: it can't be; `of` says so in one line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = "experiment"
    base: TrainingConfig = TrainingConfig()  # all that does not vary; its seed is that of the first run of each trial
    space: SearchSpace
    trials: int = Field(30, ge=1, le=100_000)
    seeds: int = Field(1, ge=1, le=1_000)  # runs of each trial
    objectives: tuple[Objective, ...] = ("validation_accuracy",)  # two make a Pareto front
    until: float | None = Field(None, gt=0, le=1)  # the validation accuracy at which a run ends
    judge: str = ""  # ink files for ink_accuracy, separated by commas
    sampler: Sampler = "tpe"
    pruner: Pruner = "none"
    timeout: float | None = Field(None, gt=0)  # seconds after which no trial is begun

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not NAME.fullmatch(self.name):
            raise ValueError(
                "name must be of 1 to 80 letters, digits, blanks, points, dashes and underscores; got "
                f"{self.name[:80]!r}"
            )
        if not 1 <= len(self.objectives) <= MAX_OBJECTIVES or len(set(self.objectives)) < len(self.objectives):
            raise ValueError(f"objective must be one or two of {', '.join(OBJECTIVES)}")
        for objective in self.objectives:
            if objective in NEEDS_GOAL and self.until is None:
                raise ValueError(f"{objective} needs an accuracy to reach, such as --until 98%")
        if "ink_accuracy" in self.objectives and not self.judge:
            raise ValueError("ink_accuracy needs ink files to judge by, such as --judge mine.jsonl")
        if not self.base.validation_size and self.objectives != ("ink_accuracy",):
            raise ValueError("an experiment compares by a validation split; got validation_size 0")
        if self.pruner != "none" and len(self.objectives) > 1:
            raise ValueError("pruner must be none with two objectives: what is behind in one may lead in the other")
        if self.sampler == "cma-es" and len(self.objectives) > 1:
            raise ValueError("sampler must be tpe, random or grid with two objectives; cma-es knows one alone")
        if self.sampler == "grid" and self.space.grid_size > MAX_GRID:
            raise ValueError(f"a grid may have at most {MAX_GRID:,} points; this one has {self.space.grid_size:,}")
        return self

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A plan from plain values.

        Raises:
            ValueError: one line says what can't be.
        """
        try:
            return cls(**values)
        except ValidationError as error:
            finding = error.errors()[0]
            place = finding["loc"][0] if finding["loc"] else ""
            message = finding["msg"].removeprefix("Value error, ")
            got = "" if finding["type"] == "value_error" else f"; got {str(finding['input'])[:60]!r}"
            prefix = f"{place}: " if place and finding["type"] != "value_error" else ""
            if finding["type"] == "literal_error":
                prefix, message = f"{place} ", f"must be {finding['ctx']['expected']}"
            raise ValueError(f"{prefix}{message}{got}") from None

    @property
    def data(self) -> str:
        """The data set's name or path."""
        return self.base.data

    @property
    def directions(self) -> tuple[str, ...]:
        """Of each objective: whether more is better, `maximize`, or less, `minimize`."""
        return tuple("maximize" if objective in MAXIMIZED else "minimize" for objective in self.objectives)

    def values(self, setting: str) -> tuple[Any, ...]:
        """What a setting may be in this experiment; of a range of any numbers, ten of them."""
        dimension = self.space.dimensions.get(setting)
        return dimension.values if dimension else (getattr(self.base, setting),)

    @property
    def all_trials(self) -> int:
        """How many trials there are to be: of a grid, no more than it has points."""
        return min(self.trials, self.space.grid_size) if self.sampler == "grid" else self.trials

    def config(self, params: Params, repetition: int = 0) -> TrainingConfig:
        """The settings of a trial's run.

        Args:
            params: the trial's values.
            repetition: which of its runs, from 0; each has its own seed, and all trials have the same ones.

        Raises:
            ValueError: these values can't be together.
        """
        return self.base.changed(**params, seed=(self.base.seed + repetition) % 2**32)

    @property
    def digest(self) -> str:
        """What tells this plan from those that are another experiment; trials may be added to the same one."""
        values = self.model_dump(mode="json", exclude=NOT_IN_DIGEST) | {"format": FORMAT}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
