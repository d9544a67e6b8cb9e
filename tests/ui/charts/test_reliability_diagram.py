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
    figure = reliability_diagram(reliability)
    (dots,) = figure.data
    assert list(dots.x) == [0.33, 0.74, 0.998]
    assert list(dots.y) == [0, 0.6, 9750 / 9794]
    assert "70 % to 80 % confidence" in dots.hovertext[1]
    assert "3 of 5 correct" in dots.hovertext[1]
    assert "23.1 % to 88.2 %" in dots.hovertext[1]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("confidence", "accuracy")


def test_each_dot_lies_within_its_interval(reliability: Reliability) -> None:
    (dots,) = reliability_diagram(reliability).data
    low, high = dots.y - dots.error_y.arrayminus, dots.y + dots.error_y.array
    assert ((low >= 0) & (low <= dots.y)).all()
    assert ((high <= 1) & (high >= dots.y)).all()
    assert list(high - low) == sorted(high - low, reverse=True)
    assert list(dots.marker.size) == sorted(dots.marker.size)  # the more answers, the larger


def test_the_number_of_images_stands_above_the_middle_of_its_bin(reliability: Reliability) -> None:
    notes = reliability_diagram(reliability).layout.annotations
    written = {note.text: note.x for note in notes if note.yref == "paper"}
    assert written == pytest.approx({"1": 0.35, "5": 0.75, "9,794": 0.95})


def test_above_the_line_a_network_is_underconfident(reliability: Reliability) -> None:
    notes = {note.text: (note.x, note.y) for note in reliability_diagram(reliability).layout.annotations}
    assert notes["underconfident"] == (0, 1)
    assert notes["overconfident"] == (1, 0)


def test_a_broken_network_s_confidence_is_still_a_chart() -> None:
    counts = np.array([0, 9])
    (dots,) = reliability_diagram(Reliability(counts, counts, np.array([np.nan, np.nan]))).data
    assert np.isfinite([*dots.x, *dots.y, *dots.error_y.array, *dots.error_y.arrayminus]).all()


def test_for_a_projector_it_is_tall_and_its_text_large(reliability: Reliability) -> None:
    layout = reliability_diagram(reliability, height=650, text_size=20).layout
    assert layout.height == 650
    assert {layout.font.size, *(note.font.size for note in layout.annotations)} == {20}
