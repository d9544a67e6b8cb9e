"""The line under the curves says what was found, in the same words until it changes, with its meaning and figures."""

from model.training.evidence import Evidence, RunImages
from model.training.finding import Kind
from tests.training.test_diagnosis import CONFIG, curve, inside
from ui.train import diagnosis


def test_every_kind_of_finding_has_an_icon_and_a_meaning() -> None:
    assert diagnosis.MEANINGS.keys() == set(Kind)
    assert all(meaning.endswith(".") for _, meaning in diagnosis.MEANINGS.values())


def test_the_figures_behind_a_diagnosis_are_told_as_far_as_they_are_known() -> None:
    images = RunImages(3600, 400, 0.1124)
    assert diagnosis.figures(Evidence([], CONFIG, images)) == ["Chance: 11 %, the share of the most frequent digit"]
    points = curve((0.2, 0.95, 0.3, 0.9))
    assert diagnosis.figures(Evidence(points, CONFIG, images, [inside(dead=0.25)])) == [
        "Training: loss 0.2, accuracy 95 %",
        "Validation: loss 0.3, accuracy 90 %",
        "Generalization gap: 5.0 points",
        "Chance: 11 %, the share of the most frequent digit",
        "Dead units by layer: 25 %",
        "Update-to-weight ratio: 0.001",
    ]
