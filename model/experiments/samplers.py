"""Who decides what is tried next, and what is given up early: Optuna's samplers and pruners."""

from __future__ import annotations

import random

from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner
from optuna.samplers import BaseSampler, CmaEsSampler, RandomSampler, TPESampler

from model.experiments.plan import ExperimentPlan
from model.experiments.space import Params

STARTUP_TRIALS = 10  # at random, before TPE has something to go by


def sampler(plan: ExperimentPlan, number: int) -> BaseSampler:
    """Return the sampler of a trial.

    What it chooses depends on the plan, the trial's number, and on the trials that have ended before: of a random one,
    on nothing else, so that it is the same in whichever order trials end.
    """
    seed = random.Random(f"{plan.base.seed} {number}").randrange(2**32)
    if plan.sampler == "tpe":
        return TPESampler(seed=seed, multivariate=True, n_startup_trials=STARTUP_TRIALS)
    if plan.sampler == "cma-es":
        return CmaEsSampler(seed=seed, warn_independent_sampling=False)
    return RandomSampler(seed=seed)


def pruner(plan: ExperimentPlan) -> BasePruner:
    """Return what decides which runs are given up."""
    if plan.pruner == "median":
        return MedianPruner(n_startup_trials=5, n_warmup_steps=max(1, plan.base.epochs // 10))
    if plan.pruner == "hyperband":
        return HyperbandPruner(min_resource=1, max_resource=plan.base.epochs, reduction_factor=3)
    return NopPruner()


class Grid:
    """The points of a grid in an order that depends on the plan's seed alone: some of them are spread over all."""

    def __init__(self, plan: ExperimentPlan) -> None:
        self._points: list[Params] = list(plan.space.grid())
        random.Random(f"{plan.base.seed} grid").shuffle(self._points)

    def __getitem__(self, number: int) -> Params:
        return self._points[number]
