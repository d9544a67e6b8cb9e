"""The report of a race: who has won, both curves and settings; and the curves as a table."""

import csv
import io
import math

from model.config import TrainingConfig
from model.experiments.report.html import to_html
from model.experiments.report.race import RacerReport, race_csv, race_report
from model.training.history import HistoryPoint

CONFIG = TrainingConfig(epochs=2, optimizer="sgd")


def racer(name: str, config: TrainingConfig, *accuracies: float) -> RacerReport:
    first = HistoryPoint(0.0, 0, 2.3, 0.1, math.nan, math.nan, 2.3, 0.1, 0.1)
    points = [HistoryPoint(float(it), it * 10, 0.5, 0.8, 0.5, 0.8, 0.5, accuracies[it - 1], 0.1) for it in (1, 2)]
    return RacerReport(name, config, [first, *points], 12.5, 0.913)


RACERS = [racer("A: <sgd>", CONFIG, 0.8, 0.91), racer("B: adam", CONFIG.changed(optimizer="adam"), 0.9, 0.95)]


def test_it_says_who_has_won_what_came_of_both_and_in_what_they_differ() -> None:
    report = race_report(RACERS, ["B: adam wins, as you bet."])
    page = to_html(report).decode()
    assert "B: adam wins, as you bet." in page
    assert "A: &lt;sgd&gt;" in page
    assert "<sgd>" not in page
    assert [row[2:] for row in report.tables[0].rows] == [
        ["91.00 %", "91.00 %", "91.30 %", "12.5"],
        ["95.00 %", "95.00 %", "91.30 %", "12.5"],
    ]
    settings = report.tables[1]
    assert [settings.rows[row][0] for row in settings.marked] == ["Optimizer"]
    assert [figure.title for figure in report.figures] == ["Validation accuracy", "Training loss"]
    assert "another seed may turn it round" in page


def test_a_race_that_has_just_begun_has_a_report_too() -> None:
    blank = [RacerReport(each.name, each.config, [], 0.0) for each in RACERS]
    assert race_report(blank, ["The race goes on."]).figures == []
    assert to_html(race_report(blank, []))


def test_the_curves_are_a_table_without_what_was_not_measured() -> None:
    rows = list(csv.DictReader(io.StringIO(race_csv(RACERS))))
    assert [row["run"] for row in rows] == ["A: <sgd>"] * 3 + ["B: adam"] * 3
    assert [row["validation_accuracy"] for row in rows[:3]] == ["0.1", "0.8", "0.91"]
    assert rows[0]["epoch_loss"] == ""
