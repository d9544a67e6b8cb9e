"""Learning curves as a table: a row for each epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from model.training.history import HistoryPoint
from ui.common import formatting, templates

MAX_ROWS = 40
MISSING = "–"


class Row(NamedTuple):
    """What was measured until an epoch's end, as text."""

    epoch: str
    loss: str
    accuracy: str
    validation_loss: str
    validation_accuracy: str


def curve_table(points: Sequence[HistoryPoint]) -> str:
    """The curves of a run as an HTML table."""
    return templates.render("charts/curve_table.html", rows=rows(points))


def rows(points: Sequence[HistoryPoint]) -> list[Row]:
    """A row for each end of an epoch and for the newest point; of many epochs, for every second, fifth, tenth, ..."""
    ends = [point for point in points if point.validation_loss is not None or point.epoch == int(point.epoch)]
    every = next(
        step * 10**power for power in range(9) for step in (1, 2, 5) if len(ends) <= MAX_ROWS * step * 10**power
    )
    shown = [point for point in ends if round(point.epoch) % every == 0]
    return [_row(point) for point in (*shown, *(points[-1:] if points[-1:] != shown[-1:] else ()))]


def _row(point: HistoryPoint) -> Row:
    validated = point.validation_loss is not None and point.validation_accuracy is not None
    return Row(
        f"{point.epoch:.4g}",
        f"{point.epoch_loss:.4f}" if point.step else MISSING,
        formatting.percent(point.epoch_accuracy) if point.step else MISSING,
        f"{point.validation_loss:.4f}" if validated else MISSING,
        formatting.percent(point.validation_accuracy or 0.0) if validated else MISSING,
    )
