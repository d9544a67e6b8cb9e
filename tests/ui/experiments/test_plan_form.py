"""How long a search takes is told from its first trials; networks that are too large are refused."""

from dataclasses import replace

import pytest

from benchmarks.studies import a_plan, a_trial
from model.config import TrainingConfig
from model.experiments.space import SearchSpace
from model.experiments.study_view import StudyView
from ui.experiments import plan_form


def test_the_rest_takes_as_long_as_the_first_trials_tell() -> None:
    plan = a_plan(21)
    first = replace(a_trial(plan, 0), seconds=6.0)
    view = StudyView(plan, [first], target=21)
    assert plan_form.estimate(view, 1) == 120
    assert plan_form.estimate(view, 4) == 30
    assert plan_form.describe_estimate(view, 2) == "By its first trials, the rest takes about 1 min 0 s, 2 at a time."


def test_before_the_first_trial_nothing_is_told() -> None:
    assert plan_form.estimate(StudyView(a_plan()), 1) is None
    assert plan_form.describe_estimate(StudyView(a_plan()), 1) == ""


def test_networks_larger_than_the_operator_allows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKLING_MAX_PARAMETERS", "50000")
    plan_form.check_sizes(SearchSpace.parse("hidden_sizes=[8;16]"), TrainingConfig())
    with pytest.raises(ValueError, match="parameters"):
        plan_form.check_sizes(SearchSpace.parse("hidden_sizes=[8;512]"), TrainingConfig())
    with pytest.raises(ValueError, match="parameters"):  # of Train, where the layers do not vary
        plan_form.check_sizes(SearchSpace.parse("dropout=0..0.5"), TrainingConfig(hidden_sizes=(512,)))
