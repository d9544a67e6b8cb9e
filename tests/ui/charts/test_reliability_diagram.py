"""The diagram says what its numbers say: confidence to the right, accuracy upwards, and chance around each dot."""

import numpy as np
import pytest

from model.nn.calibration import Reliability
from ui.charts.reliability_diagram import reliability_diagram


@pytest.fixture
def reliability() -> Reliability:
    """Ten bins: an answer given with 33 %, wrong; three of five given with 74 %; and 9,794 given with 99.8 %."""
    counts, right, confidence = np.zeros(10, int), np.zeros(10, int), np.full(10, np.nan)
    counts[[3, 7, 9]], right[[3, 7, 9]], confidence[[3, 7, 9]] = (1, 5, 9794), (0, 3, 9750), (0.33, 0.74, 0.998)
    return Reliability(counts, right, confidence)


def test_each_bin_with_answers_has_a_dot_at_its_confidence_and_its_accuracy(reliability: Reliability) -> None:
    figure = reliability_diagram(reliability, "black")
    assert figure.table.confidence.tolist() == [0.33, 0.74, 0.998]
    assert figure.table.accuracy.tolist() == [0, 0.6, 9750 / 9794]
    told = figure.table.iloc[1]
    assert (told["bin"], told["correct"], told["interval"]) == ("70 % to 80 %", "3 of 5", "23.1 % to 88.2 %")
    (dots,) = [layer for layer in figure.spec["layer"] if layer["mark"]["type"] == "point"]
    assert (dots["encoding"]["x"]["field"], dots["encoding"]["y"]["field"]) == ("confidence", "accuracy")


def test_what_chance_can_do_to_a_dot_lies_around_it(reliability: Reliability) -> None:
    table = reliability_diagram(reliability, "black").table
    assert ((table.low >= 0) & (table.low <= table.accuracy)).all()
    assert ((table.high <= 1) & (table.high >= table.accuracy)).all()
    widths = (table.high - table.low).tolist()
    assert widths == sorted(widths, reverse=True)
    assert table["size"].is_monotonic_increasing  # the more answers, the larger


def test_the_number_of_images_stands_above_the_middle_of_its_bin(reliability: Reliability) -> None:
    table = reliability_diagram(reliability, "black").table
    written = dict(zip(table.images, table.middle, strict=True))
    assert written == pytest.approx({"1": 0.35, "5": 0.75, "9,794": 0.95})


def test_all_text_has_the_color_of_the_page(reliability: Reliability) -> None:
    marks = [layer["mark"] for layer in reliability_diagram(reliability, "#123456").spec["layer"]]
    assert {mark["color"] for mark in marks if mark["type"] == "text"} == {"#123456"}


def test_a_broken_network_s_confidence_is_still_a_chart() -> None:
    counts = np.array([0, 9])
    table = reliability_diagram(Reliability(counts, counts, np.array([np.nan, np.nan])), "black").table
    assert np.isfinite(table[["confidence", "accuracy", "low", "high"]].to_numpy()).all()
