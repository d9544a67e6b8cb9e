"""What the browser is told of a search: all at first, then what is new; and each value as the charts need it."""

from dataclasses import replace

import pytest

from benchmarks.studies import a_plan, a_trial, a_view
from model.experiments.curve import CurvePoint
from model.experiments.study_view import StudyView
from tests.polling import wait_for
from ui.experiments import feed
from ui.experiments.feed import StudyFeed


class Source:
    """A study that goes on; a reader sees its newest state."""

    def __init__(self, view: StudyView | None) -> None:
        self.view = view

    def __call__(self) -> StudyView | None:
        return self.view


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "READ_SECONDS", 0)


def numbers(answer: dict[str, object]) -> list[int]:
    trials: list[dict[str, int]] = answer["trials"]  # type: ignore[assignment]
    return [trial["number"] for trial in trials]


def test_only_what_is_new_is_told() -> None:
    source = Source(a_view(3, target=10))
    study = StudyFeed(source, a_plan(10))
    first = study.since(0)
    assert numbers(first) == [0, 1, 2]
    assert numbers(study.since(first["version"])) == []
    assert source.view
    changed = replace(source.view.trials[1], seconds=99.0)
    source.view = replace(
        source.view, trials=[source.view.trials[0], changed, *source.view.trials[2:], a_trial(a_plan(10), 3)]
    )
    second = study.since(first["version"])
    assert numbers(second) == [1, 3]
    assert numbers(study.since(0)) == [0, 1, 2, 3]
    assert numbers(study.since(second["version"] + 100)) == [0, 1, 2, 3]  # of another process


def test_a_study_that_has_not_begun_has_its_axes() -> None:
    answer = StudyFeed(Source(None), a_plan()).since(0)
    assert answer["trials"] == []
    assert [axis["title"] for axis in answer["params"]] == ["Learning rate", "Hidden layers", "Dropout", "Optimizer"]
    assert answer["params"][0] == {
        "title": "Learning rate", "kind": "number", "format": "number", "low": 1e-4, "high": 1, "log": True
    }  # fmt: skip
    assert answer["params"][1]["values"] == ["32", "64", "128", "128,64"]
    assert answer["objectives"][0]["more"]


def test_a_trial_has_the_mean_curve_of_its_runs() -> None:
    reached = [(0.1, 0.5, 0.9), (0.3, 0.7)]
    runs = [[CurvePoint(epoch, epoch, 0, 0.5, value) for epoch, value in enumerate(values)] for values in reached]
    assert feed.mean_curve(runs) == ([0, 1, 2], [0.2, 0.6, 0.9])
    assert feed.mean_curve([[CurvePoint(0, 0, 0, None, None)]]) == ([], [])


def test_a_long_curve_is_thinned_out() -> None:
    epochs, values = feed.mean_curve([[CurvePoint(epoch, epoch, 0, 0.5, epoch / 1000) for epoch in range(200)]])
    assert len(epochs) == len(values) <= feed.MAX_POINTS
    assert (epochs[0], epochs[-1]) == (0, 199)


def test_the_importance_is_told_once_enough_has_ended_and_seldom_anew() -> None:
    source = Source(a_view(30, target=60))
    study = StudyFeed(source, a_plan(60))
    study.since(0)
    wait_for(lambda: not study.since(0)["is_thinking"], "the importance")
    importance = dict(study.since(0)["importance"])
    assert sum(importance.values()) == pytest.approx(1)
    assert max(importance, key=importance.__getitem__) == "Learning rate"
    source.view = a_view(31, target=60)
    assert not study.since(0)["is_thinking"]
    assert dict(study.since(0)["importance"]) == importance


def test_the_best_trial_is_said_with_its_unit() -> None:
    view = a_view(20)
    assert view.best
    assert feed.outcome(view) == f"Best so far: trial {view.best.number}, {100 * view.best.values[0]:.1f} %."
    assert feed.outcome(StudyView(a_plan())) == ""
    for evaluations, said in ((1, "looked at once, in the end: 91.0 %"), (3, "looked at 3 times: 91.0 %")):
        best = replace(view.best, test_accuracy=0.91)
        tested = replace(view, trials=[best], test_evaluations=evaluations)
        assert feed.outcome(tested).endswith(f"On the test images, {said}.")
    assert feed.format_value("seconds_to", 2.34) == "2.3 s"
    assert feed.format_value("parameters_to", 101770) == "101,770"


@pytest.mark.parametrize("trials", [500])
def test_five_hundred_trials_are_small_enough_to_be_sent(trials: int) -> None:
    import json

    answer = StudyFeed(Source(a_view(trials)), a_plan(trials)).since(0)
    assert len(json.dumps(answer)) < 250_000
