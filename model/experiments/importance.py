"""How much each setting that varies matters for what a study aims at.

PED-ANOVA (Watanabe, Bansal, Hutter: "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary
Subspaces", 2023) compares how a setting's values are distributed among the best tenth of the trials and among all.
fANOVA (Hutter, Hoos, Leyton-Brown, 2014) takes the variance apart that a random forest predicts; it needs scikit-learn.
"""

from __future__ import annotations

import importlib.util
import math
from typing import Any, Literal

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from model.experiments.space import Choices, Dimension, SearchSpace
from model.experiments.study_view import StudyView

Method = Literal["ped-anova", "fanova"]
LEAST = 4  # trials


def distribution(dimension: Dimension) -> BaseDistribution:
    """Return a dimension as Optuna has it."""
    if isinstance(dimension, Choices):
        return CategoricalDistribution(dimension.values)
    if dimension.integer:
        step = int(dimension.step or 1)
        return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log, step=step)
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log, step=dimension.step)


def distributions(space: SearchSpace) -> dict[str, BaseDistribution]:
    """Return a space as Optuna has it."""
    return {name: distribution(dimension) for name, dimension in space.dimensions.items()}


def importance(view: StudyView, method: Method = "ped-anova") -> dict[str, float]:
    """Return the settings' shares, the most important first; they add up to 1.

    Without enough trials, or if nothing makes a difference among them, there are none.

    Raises:
        ValueError: fANOVA is asked for, and scikit-learn is not installed.
    """
    if method == "fanova" and not importlib.util.find_spec("sklearn"):
        raise ValueError("importance by fanova needs scikit-learn: pip install scikit-learn, or take ped-anova")
    reached = [trial for trial in view.trials if trial.has_values]
    if len(reached) < LEAST:
        return {}
    space = distributions(view.plan.space)
    study = _quietly(direction="minimize")
    study.add_trials(
        [
            optuna.trial.create_trial(params=trial.params, distributions=space, value=view.losses(trial)[0])
            for trial in reached
        ]
    )
    evaluators: dict[str, Any] = {
        "ped-anova": optuna.importance.PedAnovaImportanceEvaluator,
        "fanova": optuna.importance.FanovaImportanceEvaluator,
    }
    evaluator = evaluators[method](seed=0) if method == "fanova" else evaluators[method]()
    shares = optuna.importance.get_param_importances(study, evaluator=evaluator)
    if not all(map(math.isfinite, shares.values())) or not sum(shares.values()):
        return {}
    return dict(shares)


def _quietly(**options: Any) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(**options)
