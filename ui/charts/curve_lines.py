"""The lines of learning curves: which runs are drawn as which lines, in which colors, with which points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.training.history import ConfigChange, HistoryPoint
from ui.charts import vega
from ui.charts.vega import Spec
from ui.common import theme

Metric = Literal["loss", "accuracy"]

DASHES = (vega.SOLID, vega.DOTTED, vega.DASH_DOTTED)  # when all of RUN_COLORS are taken, they repeat with the next


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
    any. A run's color depends on its index, so that it stays the same when another run becomes the current one.
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
        validated = any(point.validation_loss is not None for point in curve.points)
        name, on = (curve.name, "validation") if validated else (f"{curve.name}, training", "training")
        if curve.baseline:
            add(f"{name} (baseline)", run, on, curve, theme.OTHER, vega.DASHED)
        else:
            cycle, color = divmod(index, len(theme.RUN_COLORS))
            add(name, run, on, curve, theme.RUN_COLORS[color], DASHES[cycle % len(DASHES)])
    return found


def line_rows(line: Line, metric: Metric, smoothing: float) -> list[Spec]:
    """The rows of one line: what is drawn, what reacts to the pointer and, if the line is smoothed, the raw values."""
    points = line.curve.points
    column = HistoryPoint._fields.index(metric if line.on == "training" else f"validation_{metric}")
    if line.on == "validation":
        points = [point for point in points if point[column] is not None]
    indices = vega.downsampled(len(points))
    shown = [points[index] for index in indices]
    raw = np.array([point[column] for point in shown], float)
    finite = np.isfinite(raw)
    epochs = np.array([point.epoch for point in shown])[finite]
    part = {"series": line.name, "run": line.run, "epoch": epochs}
    drawn = {"kind": "line", "value": raw[finite], **part}
    if line.on == "validation" or not smoothing:
        return [drawn, vega.hover_rows(drawn)]
    mean = smoothed(np.array([point[column] for point in points], float), smoothing)[indices]
    smooth = {"kind": "line", "value": mean[finite], **part}
    return [smooth, {**drawn, "kind": "raw"}, vega.hover_rows(smooth)]


def smoothed(values: NDArray[np.float64], smoothing: float) -> NDArray[np.float64]:
    """The exponential moving average of values (n,), in which each weighs `smoothing` times as much as the next.

    The weights sum to 1 from the first value on, so that the first ones are not biased towards 0 (the bias correction
    of Kingma and Ba, 2015). Values that are not finite have no weight.
    """
    series = pd.Series(np.where(np.isfinite(values), values, math.nan))
    return series.ewm(alpha=1 - smoothing, adjust=True, ignore_na=True).mean().to_numpy()
