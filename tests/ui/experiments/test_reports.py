"""The reports of what a network withstands hold what the page shows: figures, pictures, tables and settings."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.experiments.report.html import to_html
from model.inference import metrics
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.robustness import trials
from model.robustness.silencing import SilenceShare
from model.robustness.stress import STRESSES, stressed
from tests.toy_data import patterns
from ui.experiments import break_it_report, stress_report
from ui.experiments.break_it_report import Measured
from ui.experiments.break_it_source import Source
from ui.experiments.stress_measures import Images
from ui.experiments.stress_report import Answering

DATASET = patterns(100, 60)
IMAGES = Images(np.asarray(DATASET.test_images), np.asarray(DATASET.test_labels), True, 60, "toy")
CONFIG = TrainingConfig(hidden_sizes=(8,))


def network() -> DigitClassifier:
    return DigitClassifier(MLP((784, 8, 10)))


def test_a_perturbed_network_s_report_has_its_accuracy_by_digit_its_curve_and_what_it_lost() -> None:
    before = IMAGES.labels.astype(np.uint8)
    after = before.copy()
    after[before == before[0]] = (before[0] + 1) % 10
    perturbation = SilenceShare(0.3)
    source = Source("mine <b>", network(), CONFIG, None, None)
    planned = trials.silencing(source.network.mlp)
    curve = list(trials.summarize(planned, [0.5] * len(planned)))
    measured = Measured(before, after, IMAGES, "60 test images of toy")
    report = break_it_report.make(source, perturbation, measured, curve, "share of units silenced")
    page = to_html(report).decode()
    assert "mine &lt;b&gt;" in page
    share = (after == before).mean()
    assert f"{100 * share:.1f} %" in report.answers[0]
    assert str(perturbation) in report.answers[0]
    assert report.answers[1] == f"The {before[0]} has suffered most: from 100.0 % to 0.0 %."
    matrix = metrics.confusion_matrix(IMAGES.labels, after)
    assert [row[2] for row in report.tables[0].rows] == [
        "–" if np.isnan(one) else f"{100 * one:.1f} %" for one in metrics.accuracy_by_digit(matrix)
    ]
    assert len(report.tables[1].rows) == len(curve)
    (gallery,) = report.galleries
    assert gallery.pictures[0].caption == f"{before[0]} predicted as {after[0]}"
    assert report.tables[-1].title == "Settings"


@pytest.mark.parametrize("name", STRESSES)
def test_the_report_of_each_stress_has_all_amounts_of_all_networks(name: str) -> None:
    stress, one = STRESSES[name], network()
    answers = {it: trials.predictions(one, stressed(IMAGES.images, stress, it)) for it in stress.amounts}
    right = dict.fromkeys(stress.amounts, IMAGES.labels.astype(np.uint8))
    right[stress.amounts[-1]] = (IMAGES.labels.astype(np.uint8) + 1) % 10
    answering = [Answering("untrained", answers, None), Answering("good", right, CONFIG)]
    report = stress_report.make(name, answering, IMAGES, "60 test images of toy", stress.amounts[-1])
    page = to_html(report).decode()
    assert "60 test images of toy" in page
    assert [row[0] for row in report.tables[0].rows] == [stress.describe(amount) for amount in stress.amounts]
    assert {row[2] for row in report.tables[0].rows} == {"100.0 %", "0.0 %"}
    assert f"falls below 90.0 % at {stress.describe(stress.amounts[-1])}, to 0.0 %" in report.answers[1]
    titles = [gallery.title for gallery in report.galleries]
    assert f"good: wrong first at {stress.describe(stress.amounts[-1])}" in titles
    assert len(report.galleries[0].pictures) == len(stress.amounts)
