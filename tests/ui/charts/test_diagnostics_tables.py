"""Tables of what goes on inside count right, judge by stated bounds, and say what was forgotten."""

import math
import re

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from model.training.diagnostics import Diagnostics
from ui.charts import diagnostics_tables

SIZES = (784, 20, 15, 10)
LABELS = np.repeat(np.arange(10, dtype=np.uint8), 50)


def observe(ratio: float = 1e-3, gradient: float = 1.0, dead: tuple[float, ...] = (), step: int = 5) -> Diagnostics:
    """A network whose layers' weights have norm 4, of which the last update is `ratio`."""
    moved = (4 * ratio,) * 3
    return Diagnostics(1.0, step, (4.0,) * 3, (gradient,) * 3, moved, dead, np.zeros(5, np.uint8))


def cells(html: str) -> list[list[str]]:
    """The text of each row's cells."""
    rows = re.findall("<tr>(.*?)</tr>", html, re.DOTALL)
    return [
        [" ".join(re.sub("<[^>]*>", "", cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


def taken(digit: int, other: int, share: float) -> np.ndarray:
    """Predictions that are right, but for a share of a digit's images, taken for another."""
    predictions = LABELS.copy()
    predictions[np.flatnonzero(digit == LABELS)[: round(50 * share)]] = other
    return predictions


@pytest.mark.parametrize(
    ("ratio", "word"),
    [
        (0, "vanishing"),
        (5e-8, "vanishing"),
        (1e-5, "slow"),
        (1e-3, "healthy"),
        (5e-2, "fast"),
        (0.5, "exploding"),
        (math.inf, "exploding"),
        (math.nan, "exploding"),
    ],
)
def test_a_layer_is_judged_by_how_far_a_step_moves_its_weights(ratio: float, word: str) -> None:
    assert diagnostics_tables.layer_health(observe(ratio), 1) == word


def test_what_32_bit_numbers_round_away_is_vanishing() -> None:
    weight = np.float32(1)
    assert weight + np.float32(5e-8) == weight
    assert diagnostics_tables.layer_health(observe(5e-8), 0) == "vanishing"
    assert weight + np.float32(1e-7) != weight
    assert diagnostics_tables.layer_health(observe(1.1e-7), 0) != "vanishing"


def test_a_gradient_without_bounds_is_exploding_however_small_the_step() -> None:
    assert diagnostics_tables.layer_health(observe(1e-3, gradient=math.inf), 0) == "exploding"


def test_there_is_no_verdict_before_the_first_step() -> None:
    assert diagnostics_tables.layer_health(observe(0, step=0), 0) == ""
    assert cells(diagnostics_tables.layer_table(observe(0, step=0), SIZES))[1][1:4] == ["–", "–", ""]


def test_each_layer_has_a_row() -> None:
    found = cells(diagnostics_tables.layer_table(observe(0.0012, 0.25), SIZES))
    assert found == [
        ["Layer", "Gradient", "Update-to-weight ratio", "Verdict"],
        ["Layer 1 784 to 20", "0.25", "0.0012", "healthy"],
        ["Layer 2 20 to 15", "0.25", "0.0012", "healthy"],
        ["Answer 15 to 10", "0.25", "0.0012", "healthy"],
    ]


def test_hidden_layers_say_how_many_of_their_units_are_dead() -> None:
    html = diagnostics_tables.layer_table(observe(dead=(0.4, 0.0)), SIZES)
    assert [row[-1] for row in cells(html)] == ["Dead units", "40 %", "0 %", ""]
    assert re.findall('class="layer-dead" style="width: ([^"]*)"', html) == ["40.0%", "0.0%"]


def test_a_network_without_hidden_layers_has_one_row() -> None:
    seen = Diagnostics(1.0, 5, (4.0,), (1.0,), (0.004,), (), np.zeros(5, np.uint8))
    assert [row[0] for row in cells(diagnostics_tables.layer_table(seen, (784, 10)))] == ["Layer", "Answer 784 to 10"]


def test_the_confusion_counts_what_is_read_as_what() -> None:
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(0, 10, (2, 500)).astype(np.uint8)
    expected = confusion_matrix(labels, predictions, labels=range(10))
    found = [row[1:] for row in cells(diagnostics_tables.confusion_table(labels, predictions))[1:]]
    assert [[int(text or 0) for text in row] for row in found] == expected.tolist()


def test_a_confused_cell_says_so_and_stands_out_from_a_rarer_one() -> None:
    predictions = taken(7, 1, 0.2)
    predictions[np.flatnonzero(LABELS == 4)[0]] = 9
    html = diagnostics_tables.confusion_table(LABELS, predictions)
    wrong = re.findall(r'"confusion-wrong" style="--strength: (\d+)%" title="([^"]*)"', html)
    assert [title for _, title in wrong] == [
        "4 predicted as 9: 1 image (2.0 %)",
        "7 predicted as 1: 10 images (20.0 %)",
    ]
    assert 10 < int(wrong[0][0]) < int(wrong[1][0])
    assert html.count("confusion-right") == 10


def test_nothing_predicted_is_an_empty_confusion() -> None:
    none = np.zeros(0, np.uint8)
    assert "confusion-right" not in diagnostics_tables.confusion_table(none, none)
    assert diagnostics_tables.accuracy_by_digit_table(none, none, np.full(10, np.nan)).split() == [
        "<div",
        'class="learned">',
        "</div>",
    ]


def test_a_digit_is_forgotten_when_it_falls_well_below_its_best() -> None:
    best = np.full(10, 0.9)
    html = diagnostics_tables.accuracy_by_digit_table(LABELS, taken(7, 1, 0.2), best)
    assert "forgotten: was 90 %" in html
    assert html.count("learned-forgotten") == 1
    row = re.search('learned-forgotten.*?learned-digit">(.)<.*?width: ([^"]*)".*?left: ([^"]*)"', html, re.DOTALL)
    assert row
    assert row.groups() == ("7", "80.0%", "90.0%")
    assert "learned-forgotten" not in diagnostics_tables.accuracy_by_digit_table(LABELS, taken(7, 1, 0.12), best)


def test_the_best_so_far_is_never_below_what_is_read_now() -> None:
    html = diagnostics_tables.accuracy_by_digit_table(LABELS, taken(7, 1, 0.2), np.full(10, np.nan))
    assert re.findall('learned-best" style="left: ([^"]*)"', html) == ["100.0%"] * 7 + ["80.0%"] + ["100.0%"] * 2


@pytest.mark.parametrize(("dead", "word"), [(0.2, "healthy"), (0.98, "mostly dead"), (1.0, "all dead")])
def test_a_layer_of_dead_units_is_not_healthy(dead: float, word: str) -> None:
    assert diagnostics_tables.layer_health(observe(1e-3)._replace(dead=(dead,)), 0) == word
