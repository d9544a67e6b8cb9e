"""The lines of learning curves: which runs are drawn as which lines, in which colors, with which points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.common.downsampling import downsampled
from model.training.history import ConfigChange, HistoryPoint
from ui.charts import curve_columns, vega
from ui.charts.vega import Spec
from ui.common import theme

Metric = Literal["loss", "accuracy"]

DASHES = (vega.SOLID, vega.DOTTED, vega.DASH_DOTTED, vega.LONG_DASHED)


class Curve(NamedTuple):
    """What is drawn of one run. At most one is `current`; a `baseline` is what the others are compared with."""

    name: str
    points: Sequence[HistoryPoint]
    changes: Sequence[ConfigChange] = ()
    current: bool = False
    baseline: bool = False


class Line(NamedTuple):
    """A line of the chart; its name in the legend is unique."""

    name: str
    run: str
    on: Literal["training", "validation"]
    curve: Curve
    color: str
    dash: tuple[int, ...]


def lines(curves: Sequence[Curve]) -> list[Line]:
    """The lines of the curves, in the order of the legend.

    The current run has one line for training and one for validation; each other run has one, for validation if it has
    any. A run's color and dashes depend on its index, so that they stay when another run becomes the current one.
    """
    found: list[Line] = []

    def add(name: str, *rest: Any) -> None:
        taken = {line.name for line in found}
        names = (name if number == 1 else f"{name} ({number})" for number in range(1, len(found) + 2))
        found.append(Line(next(name for name in names if name not in taken), *rest))

    for index, curve in sorted(enumerate(curves), key=lambda indexed: not indexed[1].current):
        run = str(index)
        if curve.current:
            add("training", run, "training", curve, theme.TRAINING, vega.SOLID)
            add("validation", run, "validation", curve, theme.VALIDATION, vega.SOLID)
            continue
        validated = not curve.points or any(point.validation_loss is not None for point in curve.points)
        name, on = (curve.name, "validation") if validated else (f"{curve.name}, training", "training")
        if curve.baseline:
            add(f"{name} (baseline)", run, on, curve, theme.OTHER, vega.DASHED)
        else:
            cycle, color = divmod(index, len(theme.RUN_COLORS))
            add(name, run, on, curve, theme.RUN_COLORS[color], DASHES[(color + cycle) % len(DASHES)])
    return found


class Measured(NamedTuple):
    """A line's points that can be drawn: all of them, and which ones are."""

    epochs: NDArray[np.float64]  # (n,)
    values: NDArray[np.float64]  # (n,), finite; smoothed if that was asked for
    raw: NDArray[np.float64]  # (n,), as measured


NOTHING = Measured(np.empty(0), np.empty(0), np.empty(0))


def measured(line: Line, metric: Metric, smoothing: float) -> Measured:
    """The points of a line, without those that are not finite; smoothing is for training alone."""
    columns = curve_columns.columns(line.curve.points)
    raw: NDArray[np.float64] = getattr(columns, metric if line.on == "training" else f"validation_{metric}")
    finite = np.isfinite(raw)
    values = smoothed(raw, smoothing) if smoothing and line.on == "training" else raw
    return Measured(columns.epoch[finite], values[finite], raw[finite])


def line_rows(line: Line, points: Measured, smoothing: float) -> list[Spec]:
    """The rows of one line: what is drawn; a dot at each validation; if the line is smoothed, the raw values."""
    part = {"series": line.name, "run": line.run}
    rows = [_downsampled_row({"kind": "line", **part}, points.epochs, points.values)]
    if line.on == "validation":
        rows.append({**rows[0], "kind": "dot"})
    elif smoothing:
        rows.append(_downsampled_row({"kind": "raw", **part}, points.epochs, points.raw))
    return rows


def _downsampled_row(part: Spec, epochs: NDArray[np.float64], values: NDArray[np.float64]) -> Spec:
    shown = downsampled(values, vega.MAX_POINTS)
    return {**part, "epoch": epochs[shown], "value": values[shown]}


def smoothed(values: NDArray[np.float64], smoothing: float) -> NDArray[np.float64]:
    """The exponential moving average of values (n,), in which each weighs `smoothing` times as much as the next.

    The weights sum to 1 from the first value on, so that the first ones are not biased towards 0 (the bias correction
    of Kingma and Ba, 2015). Values that are not finite have no weight.
    """
    series = pd.Series(np.where(np.isfinite(values), values, math.nan))
    return series.ewm(alpha=1 - smoothing, adjust=True, ignore_na=True).mean().to_numpy()
