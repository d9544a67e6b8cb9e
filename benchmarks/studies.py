"""Made-up studies of any size, the same every time: for benchmarks and tests of what shows studies."""

from __future__ import annotations

import math

import numpy as np

from model.experiments.curve import CurvePoint
from model.experiments.plan import ExperimentPlan
from model.experiments.space import Params, SearchSpace
from model.experiments.study_view import StudyState, StudyView, TrialState, TrialView

VARY = "learning_rate=log:1e-4..1,hidden_sizes=[32;64;128;128,64],dropout=0..0.5,optimizer=[sgd;adam]"


def a_plan(trials: int = 20, **rest: object) -> ExperimentPlan:
    """A plan of four settings."""
    values = {"name": "search 1", "space": SearchSpace.parse(VARY), "trials": trials, **rest}
    return ExperimentPlan.of(values)


def a_trial(plan: ExperimentPlan, number: int, epochs: int = 10) -> TrialView:
    """A trial of a plan, which finished, was pruned or failed."""
    random = np.random.default_rng(number)
    rate, dropout = 10 ** random.uniform(-4, 0), float(random.uniform(0, 0.5))
    params: Params = {
        "learning_rate": float(rate),
        "hidden_sizes": str(random.choice(["32", "64", "128", "128,64"])),
        "dropout": dropout,
        "optimizer": str(random.choice(["sgd", "adam"])),
    }
    best = 0.99 - 0.02 * (math.log10(rate) + 2) ** 2 - 0.03 * dropout
    state: TrialState = "failed" if number % 25 == 24 else "pruned" if number % 5 == 4 else "finished"
    length = 3 if state == "pruned" else epochs
    accuracies = [
        max(0.1, best - 0.5 * math.exp(-0.6 * epoch) + random.normal(0, 0.002)) for epoch in range(length + 1)
    ]
    curve = [CurvePoint(epoch, 10 * epoch, epoch / 2, 1 - it, min(it, 0.999)) for epoch, it in enumerate(accuracies)]
    values = (curve[-1].validation_accuracy, random.uniform(1e4, 2e5))[: len(plan.objectives)]
    return TrialView(
        number,
        state,
        params,
        config=plan.config(params),
        values=values if state == "finished" else None,
        curves=() if state == "failed" else (curve,),
        seconds=random.uniform(1, 20),
        note="it diverged" if state == "failed" else "",
    )


def a_view(trials: int = 20, *, target: int | None = None, **rest: object) -> StudyView:
    """A study with this many trials."""
    plan = a_plan(target or trials, **rest)
    state: StudyState = "running" if target and target > trials else "finished"
    return StudyView(
        plan,
        [a_trial(plan, number) for number in range(trials)],
        state,
        workers=2,
        target=target or trials,
        seconds_left=90.0 if state == "running" else None,
    )
