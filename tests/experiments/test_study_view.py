import random
from pathlib import Path

import optuna
import pytest

from model.experiments.best_networks import BestNetworks
from model.experiments.plan import ExperimentPlan
from model.experiments.space import SearchSpace
from model.experiments.study_view import StudyView, TrialView
from model.experiments.trial_log import OUTCOME

SPACE = SearchSpace.parse("learning_rate=log:1e-4..1,dropout=0..0.5,hidden_sizes=[8;16]")


def view(values: list[tuple[float | None, ...] | None], objectives: tuple[str, ...]) -> StudyView:
    plan = ExperimentPlan.of({"space": SPACE, "objectives": objectives, "until": 0.9})
    rng = random.Random(0)
    trials = [
        TrialView(
            number,
            "failed" if reached is None else "finished",
            {"learning_rate": 10 ** rng.uniform(-4, 0), "dropout": rng.uniform(0, 0.5), "hidden_sizes": "8"},
            values=reached,
        )
        for number, reached in enumerate(values)
    ]
    return StudyView(plan, trials)


def test_the_best_trial_is_the_first_that_reached_the_most() -> None:
    study = view([(0.9,), None, (0.95,), (0.95,), (0.8,)], ("validation_accuracy",))
    assert study.best is study.trials[2]
    assert study.pareto_front == (study.trials[2],)
    assert study.ended == 5
    assert view([None, (None,)], ("seconds_to",)).best is None


def test_of_seconds_the_fewest_are_best_and_a_goal_that_was_not_reached_is_none() -> None:
    study = view([(3.0,), (None,), (2.0,)], ("seconds_to",))
    assert study.best is study.trials[2]


def test_a_pareto_front_has_the_trials_that_none_beats() -> None:
    values = [(0.9, 100.0), (0.95, 200.0), (0.93, 250.0), (0.97, 900.0), (0.9, 90.0), (0.99, None), (0.97, 900.0)]
    study = view(values, ("validation_accuracy", "parameters_to"))
    assert [trial.number for trial in study.pareto_front] == [3, 1, 4]


def test_of_equals_in_the_first_objective_the_chosen_one_is_on_the_front_and_its_network_is_kept(
    tmp_path: Path,
) -> None:
    values = [(0.95, 900.0), (0.97, 900.0), (0.97, 800.0)]
    study = view(list(values), ("validation_accuracy", "parameters_to"))
    assert study.best is study.trials[2]
    trials = [
        optuna.trial.create_trial(values=reached, user_attrs={OUTCOME: {"state": "finished", "values": reached}})
        for reached in values
    ]
    for number, trial in enumerate(trials):
        trial.number = number
    networks = BestNetworks(study.plan, tmp_path / "weights")
    assert networks.best(trials) is trials[2]
    for number in range(3):
        networks.keep(number, b"", trials)
    assert [path.name for path in (tmp_path / "weights").iterdir()] == ["trial-2.safetensors"]


@pytest.mark.parametrize("method", ["ped-anova", "fanova"])
def test_the_setting_that_makes_the_difference_is_the_most_important(method: str) -> None:
    from model.experiments.importance import importance

    blank = view([(0.0,)] * 60, ("validation_accuracy",))
    trials = [
        TrialView(one.number, "finished", one.params, values=(1 - float(one.params["dropout"]),))
        for one in blank.trials
    ]
    study = StudyView(blank.plan, trials)
    found = importance(study, method)
    assert next(iter(found)) == "dropout"
    assert sum(found.values()) == pytest.approx(1)
    if method == "ped-anova":
        assert study.importance() == found
    assert StudyView(blank.plan, trials[:3]).importance() == {}
