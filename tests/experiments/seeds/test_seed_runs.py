"""Runs with several seeds: what is said of them, and how two settings are held against each other."""

import json

import numpy as np
import pytest

from model.config import TrainingConfig
from model.experiments.curve import CurvePoint
from model.experiments.report.html import to_html
from model.experiments.report.networks import differing_csv, networks_report
from model.experiments.report.seeds import comparison_report, runs_csv, seeds_report
from model.experiments.seeds.network_comparison import compare_networks
from model.experiments.seeds.seed_runs import SeedComparison, SeedRun, SettingRuns
from model.experiments.statistics.measure import TEST_ACCURACY, VALIDATION_ACCURACY

MEASURES = [VALIDATION_ACCURACY, TEST_ACCURACY]


def setting(name: str, accuracies: list[float | None], **changes: object) -> SettingRuns:
    """Runs with these accuracies after two epochs; a run without one has diverged."""
    runs = [
        SeedRun(
            seed,
            {} if accuracy is None else {"validation_accuracy": accuracy},
            [CurvePoint(epoch, epoch, epoch / 10, 1.0, (accuracy or 0.1) * epoch / 2) for epoch in range(3)],
            1.5,
            "diverged" if accuracy is None else "",
            "laptop",
        )
        for seed, accuracy in enumerate(accuracies)
    ]
    return SettingRuns(name, TrainingConfig().changed(**changes), runs)


ADAM = setting("Adam", [0.97, 0.98, 0.96, 0.97, 0.98, 0.96, 0.97])
SGD = setting("SGD", [0.95, 0.96, 0.95, 0.94, 0.96, 0.95, 0.95], optimizer="sgd")
DIVERGED = setting("large steps", [None, None], learning_rate=10)


class Reader:
    """Stands for a network that reads what it was told to."""

    def __init__(self, digits: list[int]) -> None:
        self.digits = digits

    def predict_proba(self, images: np.ndarray) -> np.ndarray:
        return np.eye(10, dtype=np.float32)[self.digits]


def test_two_settings_are_compared_seed_by_seed() -> None:
    comparison = SeedComparison([ADAM, SGD], VALIDATION_ACCURACY)
    (pair,) = comparison.pairs
    assert pair.test.differences == pytest.approx((0.02, 0.02, 0.01, 0.03, 0.02, 0.01, 0.02))
    assert pair.test.p_value == pair.corrected == 2 / 2**7
    (sentence,) = comparison.sentences
    assert sentence.startswith("With seven seeds each, Adam is better by 1.9 points (1.")
    assert comparison.cautions == [
        "Seven seeds are few: the intervals are rather too narrow. With ten seeds or more they are nearly as wide as "
        "they should be."
    ]
    (found,) = comparison.to_json()
    assert found["sentence"] == sentence
    json.dumps(found, allow_nan=False)


def test_three_settings_make_three_comparisons() -> None:
    third = setting("Nesterov", [0.96, 0.97, 0.96, 0.96, 0.97, 0.96, 0.96], optimizer="nesterov")
    comparison = SeedComparison([ADAM, SGD, third], VALIDATION_ACCURACY)
    assert [(pair.first.name, pair.second.name) for pair in comparison.pairs] == [
        ("Adam", "SGD"),
        ("Adam", "Nesterov"),
        ("SGD", "Nesterov"),
    ]
    assert comparison.pairs[0].corrected == pytest.approx(3 * 2 / 2**7)
    assert "Adam is better than SGD by 1.9 points" in comparison.sentences[0]
    assert "corrected for three comparisons" in comparison.sentences[0]
    assert "Holm-corrected for 3 comparisons" in comparison.paper[0]
    assert b"Corrected for 3 comparisons (Holm)" in to_html(comparison_report(comparison, MEASURES))


def test_a_seed_counts_if_both_came_to_something() -> None:
    holes = setting("holes", [0.9, None, 0.9, 0.9, 0.9, 0.9, 0.9])
    comparison = SeedComparison([ADAM, holes], VALIDATION_ACCURACY)
    assert comparison.pairs[0].test.differences == pytest.approx((0.07, 0.06, 0.07, 0.08, 0.06, 0.07))
    assert "Adam 96.83 ± 0.75 % vs." in comparison.paper[0]  # of six runs, not of seven
    assert comparison.cautions[-1] == "One run came to nothing and is not counted here."


def test_settings_that_came_to_nothing_say_why() -> None:
    with pytest.raises(ValueError, match="no run of large steps came to anything: diverged"):
        SeedComparison([ADAM, DIVERGED], VALIDATION_ACCURACY).pairs  # noqa: B018
    with pytest.raises(ValueError, match="no run of large steps came to anything: diverged"):
        seeds_report(DIVERGED, MEASURES)
    apart = (setting("one", [0.9, None]), setting("other", [None, 0.9]))
    with pytest.raises(ValueError, match="one and other have no seed with which both came to something"):
        SeedComparison(apart, VALIDATION_ACCURACY).pairs  # noqa: B018


def test_runs_as_plain_values() -> None:
    found = setting("holes", [0.9, None, 0.8]).to_json(MEASURES)
    assert json.loads(json.dumps(found, allow_nan=False)) == json.loads(json.dumps(found))
    assert [run["validation_accuracy"] for run in found["runs"]] == [0.9, None, 0.8]
    assert found["summaries"]["validation_accuracy"]["mean"] == pytest.approx(0.85)
    assert "test_accuracy" not in found["summaries"]
    assert found["curve"]["x"] == [0, 1, 2]
    assert found["curve"]["mean"] == pytest.approx([0, 0.425, 0.85])


def test_the_report_of_a_comparison_holds_all_of_it() -> None:
    comparison = SeedComparison([ADAM, SGD], VALIDATION_ACCURACY)
    page = to_html(comparison_report(comparison, MEASURES, "python -m model compare a b")).decode()
    for text in (*comparison.sentences, *comparison.cautions, "python -m model compare a b", "NumPy", "laptop"):
        assert text in page, text
    assert "<h1>Adam or SGD?</h1>" in page
    assert page.count('class="band series-') == 2
    assert page.count('class="dot series-') == 14
    assert '<tr class="marked"><td>Optimizer</td><td>Adam</td><td>SGD</td></tr>' in page


def test_the_report_of_one_setting_holds_all_of_it() -> None:
    page = to_html(seeds_report(ADAM, MEASURES, "python -m model seeds")).decode()
    assert "<h1>Adam: seven seeds</h1>" in page
    assert "With seven seeds, Adam comes to 97.00 % validation accuracy on average (96.43 % to 97.57 %)" in page
    assert "mean ± SD, n = 7 seeds" in page


def test_runs_as_a_table() -> None:
    lines = runs_csv([setting("holes", [0.9, None])], MEASURES).splitlines()
    assert lines == [
        "setting,seed,validation_accuracy,test_accuracy,seconds,machine,note",
        "holes,0,0.9,,1.5,laptop,",
        "holes,1,,,1.5,laptop,diverged",
    ]


def test_networks_are_compared_by_what_each_reads_alone() -> None:
    images = np.zeros((5, 784), np.uint8)
    labels = np.array([0, 1, 2, 3, 4], np.uint8)
    networks = [("first", Reader([0, 1, 2, 9, 9])), ("second", Reader([0, 9, 9, 3, 9]))]
    comparison = compare_networks(networks, "mine", images, labels)
    (pair,) = comparison.pairs
    assert comparison.differing(pair) == [
        {"index": 1, "label": 1, "first": 1, "second": 9},
        {"index": 2, "label": 2, "first": 2, "second": 9},
        {"index": 3, "label": 3, "first": 9, "second": 3},
    ]
    assert differing_csv(comparison).splitlines()[:2] == [
        "first,second,image,label,first_answer,second_answer",
        "first,second,1,1,1,9",
    ]
    page = to_html(networks_report(comparison, ["They know the answers."])).decode()
    assert page.count('<img src="data:image/png;base64,') == 3
    assert "They know the answers." in page
    (found,) = comparison.to_json()
    assert (found["p"], found["sentence"]) == (1.0, comparison.sentences[0])
    json.dumps(found, allow_nan=False)


def test_one_network_is_no_comparison() -> None:
    with pytest.raises(ValueError, match="needs two settings or networks; got 1"):
        compare_networks([("first", Reader([0]))], "mine", np.zeros((1, 784), np.uint8), np.zeros(1))
