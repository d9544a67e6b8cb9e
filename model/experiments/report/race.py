"""The report of a race: who has won, the bet, both curves and both settings; and its curves as a table (CSV)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model.config import TrainingConfig
from model.experiments.report.charts import Curves, curves_chart
from model.experiments.report.content import Figure, Report, Table, settings_table, versions
from model.experiments.report.csv_table import to_csv
from model.training.history import HistoryPoint

ONE_RACE = (
    "One race proves little: another seed may turn it round. python -m model compare trains both with several seeds, "
    "and says whether the difference is real."
)


@dataclass(frozen=True)
class RacerReport:
    """One of the two.

    Attributes:
        name: What it is called.
        config: Its settings.
        points: Its curves.
        seconds: For how long it has computed.
        test_accuracy: None if it was not measured.
    """

    name: str
    config: TrainingConfig
    points: Sequence[HistoryPoint]
    seconds: float
    test_accuracy: float | None = None


def race_report(racers: Sequence[RacerReport], outcome: Sequence[str]) -> Report:
    """Return the report of a race as it stands.

    Args:
        racers: both.
        outcome: who has won or leads, and what the bet was, in sentences.
    """
    curves = {racer.name: _curve(racer) for racer in racers}
    figures = [_figure("Validation accuracy", "validation accuracy, %", curves.values(), racers)] * any(curves.values())
    losses = [[(point.epoch, point.epoch_loss) for point in racer.points if point.step] for racer in racers]
    if all(losses):
        figures.append(_figure("Training loss", "loss", losses, racers))
    return Report(
        title="A race: " + " or ".join(racer.name for racer in racers) + "?",
        answers=list(outcome),
        cautions=[ONE_RACE],
        figures=figures,
        tables=[_results(racers), settings_table({racer.name: racer.config for racer in racers}, without=())],
        versions=versions(),
    )


def race_csv(racers: Sequence[RacerReport]) -> str:
    """Return the curves as CSV: a row for each point, that of the first run before that of the second."""
    rows = ([racer.name, *map(_known, point)] for racer in racers for point in racer.points)
    return to_csv(("run", *HistoryPoint._fields), rows)


def _known(value: float | None) -> float | None:
    return None if value != value else value  # NaN: not measured


def _curve(racer: RacerReport) -> list[tuple[float, float]]:
    return [(it.epoch, 100 * it.validation_accuracy) for it in racer.points if it.validation_accuracy is not None]


def _figure(
    title: str, y_title: str, curves: Iterable[Sequence[tuple[float, float]]], racers: Sequence[RacerReport]
) -> Figure:
    groups = [
        Curves(racer.name, [curve], series, kind="strong")
        for racer, curve, series in zip(racers, curves, itertools.count(), strict=False)
    ]
    return Figure(title, curves_chart(groups, x_title="epoch", y_title=y_title), legend=[it.name for it in racers])


def _results(racers: Sequence[RacerReport]) -> Table:
    rows = []
    for racer in racers:
        accuracies = [y for _, y in _curve(racer)]
        reached = [f"{shown:.2f} %" for shown in (accuracies[-1], max(accuracies))] if accuracies else ["–", "–"]
        tested = "–" if racer.test_accuracy is None else f"{100 * racer.test_accuracy:.2f} %"
        epochs = f"{racer.points[-1].epoch:.3g}" if racer.points else "0"
        rows.append([racer.name, epochs, *reached, tested, f"{racer.seconds:.1f}"])
    columns = ("Run", "Epochs", "Validation accuracy", "Its best", "Test accuracy", "Seconds")
    caption = "Both started from the same initial weights, and saw the same images in the same order."
    return Table("Results", columns, rows, caption)
