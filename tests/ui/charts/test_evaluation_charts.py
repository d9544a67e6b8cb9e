"""Figures say what their numbers say: at the right place, in the color that means it, and in words."""

import numpy as np
import pytest

from model.nn.calibration import Reliability
from ui.charts import evaluation_charts
from ui.common import theme


@pytest.fixture
def confusion() -> np.ndarray:
    """1,000 images of each digit but the 8, which has none: all read correct, but for some sevens and one four."""
    counts = np.diag([1000] * 8 + [0, 1000])
    counts[7] = [0, 12, 0, 0, 0, 0, 0, 985, 0, 3]
    counts[4] = [0, 0, 0, 0, 999, 0, 0, 0, 0, 1]
    return counts


def test_a_cell_says_what_was_read_as_what(confusion: np.ndarray) -> None:
    points = evaluation_charts.confusion_matrix_chart(confusion, None, "black").data[-1]
    words = {(y, x): text for x, y, text in zip(points.x, points.y, points.hovertext, strict=True)}
    assert words[7, 1] == "7 predicted as 1: 12 images (1.2 %)"
    assert words[4, 9] == "4 predicted as 9: 1 image (0.1 %)"
    assert words[1, 1] == "1 predicted as 1: 1,000 images (100.0 %)"
    assert words[8, 8] == "8 predicted as 8: 0 images (0.0 %)"


def test_each_point_of_the_matrix_leads_back_to_its_cell(confusion: np.ndarray) -> None:
    points = evaluation_charts.confusion_matrix_chart(confusion, None, "black").data[-1]
    cells = [evaluation_charts.cell_at(point) for point in range(len(points.x))]
    assert cells == list(zip(points.y, points.x, strict=True))


@pytest.mark.parametrize("point", [-1, 100, 10**30, 5.0, "5", None, [5]])
def test_what_is_no_point_of_the_matrix_has_no_cell(point: object) -> None:
    assert evaluation_charts.cell_at(point) is None


def test_the_most_frequent_mistake_stands_out_at_first(confusion: np.ndarray) -> None:
    assert evaluation_charts.largest_mistake(confusion) == (7, 1)
    points = evaluation_charts.confusion_matrix_chart(confusion, (7, 1), "black").data[-1]
    assert [evaluation_charts.cell_at(point) for point in points.selectedpoints] == [(7, 1)]


def test_without_mistakes_there_is_no_most_frequent_one() -> None:
    assert evaluation_charts.largest_mistake(np.diag(np.full(10, 5))) is None


def test_one_mistake_among_a_thousand_right_answers_shows(confusion: np.ndarray) -> None:
    colors = np.array(evaluation_charts.confusion_matrix_chart(confusion, None, "black").data[0].z)
    mistakes = (confusion > 0) & ~np.eye(10, dtype=bool)
    assert (colors[mistakes] < -0.1).all()
    assert (colors[confusion == 0] == 0).all()
    assert colors[7, 1] == colors.min()
    assert (colors.diagonal()[confusion.diagonal() > 0] > 0).all()


def test_the_matrix_writes_each_count_and_leaves_zeros_out(confusion: np.ndarray) -> None:
    points = evaluation_charts.confusion_matrix_chart(confusion, None, "black").data[-1]
    written = np.array([int(text or 0) for text in points.text])
    assert (written.reshape(10, 10) == confusion).all()
    assert list(points.text).count("0") == 0


def test_accuracy_of_each_digit_is_its_share_of_right_answers(confusion: np.ndarray) -> None:
    points = evaluation_charts.accuracy_by_digit_chart(confusion).data[0]
    assert dict(zip(points.y, points.x, strict=True)) == {0: 1, 1: 1, 2: 1, 3: 1, 4: 0.999, 5: 1, 6: 1, 7: 0.985, 9: 1}
    assert points.hovertext[7].startswith("7: 985 of 1,000 correct, 98.5 %")


def test_accuracy_lies_within_its_interval_and_the_chart(confusion: np.ndarray) -> None:
    figure = evaluation_charts.accuracy_by_digit_chart(confusion)
    points = figure.data[0]
    low, high = points.x - points.error_x.arrayminus, points.x + points.error_x.array
    assert (low < points.x).all()
    assert (points.x <= high).all()
    left, right = figure.layout.xaxis.range
    assert left < low.min()
    assert high.max() < right


def test_one_image_is_enough_for_a_chart() -> None:
    counts = np.zeros((10, 10), int)
    counts[3, 5] = 1
    assert evaluation_charts.accuracy_by_digit_chart(counts).data[0].x.tolist() == [0]
    assert evaluation_charts.confusion_matrix_chart(counts, (3, 5), "black").data[0].z[3][5] == -1


@pytest.fixture
def reliability() -> Reliability:
    """Ten bins: an answer given with 33 %, wrong; three of five given with 74 %; and 9,794 given with 99.8 %."""
    counts, right, confidence = np.zeros(10, int), np.zeros(10, int), np.full(10, np.nan)
    counts[[3, 7, 9]], right[[3, 7, 9]], confidence[[3, 7, 9]] = (1, 5, 9794), (0, 3, 9750), (0.33, 0.74, 0.998)
    return Reliability(counts, right, confidence)


def test_each_bin_with_answers_has_a_dot_at_its_certainty_and_its_share_of_right_answers(
    reliability: Reliability,
) -> None:
    dots = evaluation_charts.reliability_diagram(reliability).data[0]
    assert dots.y.tolist() == [0.33, 0.74, 0.998]
    assert dots.x.tolist() == [0, 0.6, 9750 / 9794]
    assert dots.hovertext[1] == (
        "70 % to 80 % confidence, 74.0 % on average:<br>3 of 5 correct, 60.0 %<br>"
        "95 % confidence interval 23.1 % to 88.2 %"
    )


def test_what_chance_can_do_to_a_dot_lies_around_it(reliability: Reliability) -> None:
    dots = evaluation_charts.reliability_diagram(reliability).data[0]
    low, high = dots.x - dots.error_x.arrayminus, dots.x + dots.error_x.array
    assert (low >= 0).all()
    assert (high <= 1).all()
    widths = high - low
    assert widths[0] > widths[1] > widths[2]
    assert list(dots.marker.size) == sorted(dots.marker.size)  # the more answers, the larger


def test_the_number_of_images_stands_in_the_row_of_its_bin(reliability: Reliability) -> None:
    figure = evaluation_charts.reliability_diagram(reliability)
    written = {note.text: note.y for note in figure.layout.annotations if note.text[0].isdigit()}
    assert written == pytest.approx({"1": 0.35, "5": 0.75, "9,794": 0.95})
    (line,) = figure.layout.shapes
    assert (line.x0, line.y0, line.x1, line.y1) == (0, 0, 1, 1)


def test_a_broken_network_s_certainty_is_still_a_chart() -> None:
    counts = np.array([0, 9])
    figure = evaluation_charts.reliability_diagram(Reliability(counts, counts, np.array([np.nan, np.nan])))
    assert "– on average" in figure.data[0].hovertext[0]


def bars(probabilities: np.ndarray, label: int) -> list[dict]:
    (rows,) = evaluation_charts.probability_bars_chart(probabilities, label).to_dict()["datasets"].values()
    return rows


def test_the_bars_are_the_probabilities_and_color_tells_right_from_wrong() -> None:
    probabilities = np.full(10, 0.01, np.float32)
    probabilities[[3, 8]] = 0.62, 0.3
    rows = bars(probabilities, label=8)
    assert [row["probability"] for row in rows] == pytest.approx(probabilities.tolist())
    assert rows[3]["color"] == theme.WRONG
    assert rows[8]["color"] == theme.RIGHT
    assert {row["color"] for row in rows} == {theme.WRONG, theme.RIGHT, theme.OTHER}
    assert (rows[3]["words"], rows[0]["words"]) == ("62.0 %", "1.0 %")
    assert theme.WRONG not in {row["color"] for row in bars(probabilities, label=3)}


def test_a_broken_network_s_answer_is_still_a_chart() -> None:
    rows = bars(np.full(10, np.nan, np.float32), label=1)
    assert [row["probability"] for row in rows] == [0] * 10
