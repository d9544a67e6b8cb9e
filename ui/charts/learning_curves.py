"""A learning curve is what a network's loss or accuracy was while it learned; the curves of several trainings on one
chart tell which settings learn sooner, and which learn more.

Pure functions from values to figures. The current training is blue and vermilion, as everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.training.history import ConfigChange, HistoryPoint
from ui.charts.vega import (
    DASHED,
    DASHED_AND_DOTTED,
    DOTTED,
    EPOCH,
    SOLID,
    Figure,
    Spec,
    epochs_axis,
    hover_layers,
    hover_rows,
    layer,
    legend,
    log_labels,
    spec,
    table,
    thinned,
)
from ui.common import theme

HEIGHT = 200
# Logarithmic axes have no 0: one of the loss ends here at the latest, and one of the error has these values.
SMALLEST_LOSS = 1e-6
ERRORS = (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
# The other runs', from the palette of Okabe and Ito (2008): those colours that have no other meaning here.
OTHERS = ("#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = (SOLID, DOTTED, DASHED_AND_DOTTED)  # for the next four, and again
WORDS_WIDTH = 0.4  # of the axis, that the words at a mark may take
WORDS: Spec = {
    "type": "text",
    "y": -4,
    "baseline": "bottom",
    "color": theme.OTHER,
    "limit": {"expr": f"{WORDS_WIDTH} * width"},
}
NEARLY_INVISIBLE: Spec = {"clip": True, "opacity": 0.001}  # a rule that is not painted at all meets no pointer
# What a row says; `kind` tells which layer draws it.
COLUMNS = {"kind": object, "series": object, "run": object, "epoch": float, "value": float, "text": object}


class Curve(NamedTuple):
    """What is drawn of one training. At most one is `current`; a `baseline` is what the others are compared with."""

    name: str
    points: Sequence[HistoryPoint]
    marks: Sequence[ConfigChange] = ()
    current: bool = False
    baseline: bool = False


class _Metric(NamedTuple):
    """What is drawn upwards: its name and format, its axis, and the calculation of its place there."""

    name: Literal["loss", "accuracy"]
    format: str
    y: Spec
    place: str = "datum.value"


class _Line(NamedTuple):
    """What is drawn of a run, and how; `name` is in the legend, and no other line's."""

    name: str
    run: str
    on: Literal["training", "validation"]
    curve: Curve
    colour: str
    dash: tuple[int, ...]


def loss_curve(
    curves: Sequence[Curve],
    epochs: float,
    *,
    smoothing: float = 0.0,
    log: bool = False,
    log_epochs: bool = False,
    moment: float | None = None,
) -> Figure:
    """Cross-entropy loss against epochs: training and validation of the current run, validation of the others.

    smoothing: from 0 to below 1, how much of each point of the training's curve is the mean of those before; the raw
    curve stays behind it. moment: an epoch that is looked back at. Raises ValueError for another smoothing.
    """
    y: Spec = {"scale": {"zero": True}, "axis": {"title": None}}
    metric = _Metric("loss", ".4f", y)
    if log:
        y = {"scale": {"type": "log", "nice": False}, "axis": {"title": None, **log_labels("y")}}
        metric = _Metric("loss", ".4f", y, f"max(datum.value, {SMALLEST_LOSS})")
    return _figure(curves, epochs, metric, smoothing, log_epochs, moment)


def accuracy_curve(
    curves: Sequence[Curve],
    epochs: float,
    *,
    smoothing: float = 0.0,
    log: bool = False,
    log_epochs: bool = False,
    moment: float | None = None,
) -> Figure:
    """Share of right answers against epochs, as `loss_curve` does.

    log: from 90 % to 99 % is as far as from 99 % to 99.9 %, for the axis is one of the error, 1 - accuracy, downwards.
    It ends at 99.9 %, and what is better is drawn there.
    """
    y: Spec = {"scale": {"domain": [0, 1]}, "axis": {"title": None, "format": ".0%"}}
    metric = _Metric("accuracy", ".2%", y)
    if log:
        axis = {"title": None, "values": ERRORS, "labelExpr": "format(1 - datum.value, '~%')"}
        y = {"scale": {"type": "log", "domain": [ERRORS[-1], 1], "reverse": True}, "axis": axis}
        metric = _Metric("accuracy", ".2%", y, f"max(1 - datum.value, {ERRORS[-1]})")
    return _figure(curves, epochs, metric, smoothing, log_epochs, moment)


def words(values: Mapping[str, Any]) -> str:
    """Changed settings in words: "learning rate: 0.01, dropout: 0.2"."""
    return ", ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def smoothed(values: NDArray[np.float64], smoothing: float) -> NDArray[np.float64]:
    """The exponential moving average of values (n,), in which each weighs `smoothing` times as much as the next.

    The weights of those that there are sum to 1, so that the first ones are not drawn towards 0, as in the bias
    correction of Kingma and Ba (2015). What is not finite has no weight.
    """
    series = pd.Series(np.where(np.isfinite(values), values, math.nan))
    return series.ewm(alpha=1 - smoothing, adjust=True, ignore_na=True).mean().to_numpy()


def _figure(
    curves: Sequence[Curve],
    epochs: float,
    metric: _Metric,
    smoothing: float,
    log_epochs: bool,
    moment: float | None,
) -> Figure:
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing must be at least 0 and below 1; got {smoothing}")
    lines = _lines(curves)
    parts: list[Spec] = []
    for line in sorted(lines, key=lambda line: line.curve.current):  # the current run lies above the others
        parts += _line_rows(line, metric.name, smoothing)
    place = _place(curves, epochs, log_epochs)
    for run, curve in enumerate(curves):
        parts += _mark_rows(str(run), curve, place)
    if moment is not None:
        parts.append({"kind": "moment", "epoch": [moment]})
    return Figure(table(parts, COLUMNS), _spec(lines, epochs, log_epochs, metric))


def _lines(curves: Sequence[Curve]) -> list[_Line]:
    """The lines in the order of the legend.

    A run's colour comes from its place among all, so that it stays the same when another one becomes the current.
    """
    lines: list[_Line] = []

    def add(name: str, *rest: Any) -> None:
        taken = {line.name for line in lines}
        names = (name if number == 1 else f"{name} ({number})" for number in range(1, len(lines) + 2))
        lines.append(_Line(next(name for name in names if name not in taken), *rest))

    for place, curve in sorted(enumerate(curves), key=lambda placed: not placed[1].current):
        run = str(place)
        if curve.current:
            add("training", run, "training", curve, theme.TRAINING, SOLID)
            add("validation", run, "validation", curve, theme.VALIDATION, SOLID)
            continue
        validated = any(point.validation_loss is not None for point in curve.points)
        name, on = (curve.name, "validation") if validated else (f"{curve.name}, training", "training")
        if curve.baseline:
            add(f"{name} (baseline)", run, on, curve, theme.OTHER, DASHED)
        else:
            turn, colour = divmod(place, len(OTHERS))
            add(name, run, on, curve, OTHERS[colour], DASHES[turn % len(DASHES)])
    return lines


def _line_rows(line: _Line, metric: str, smoothing: float) -> list[Spec]:
    """A line's rows; of a smoothed one also those of the raw line."""
    points = line.curve.points
    column = HistoryPoint._fields.index(metric if line.on == "training" else f"validation_{metric}")
    if line.on == "validation":
        points = [point for point in points if point[column] is not None]
    places = thinned(len(points))
    shown = [points[place] for place in places]
    raw = np.array([point[column] for point in shown], float)
    finite = np.isfinite(raw)
    epochs = np.array([point.epoch for point in shown])[finite]
    part = {"series": line.name, "run": line.run, "epoch": epochs}
    drawn = {"kind": "line", "value": raw[finite], **part}
    if line.on == "validation" or not smoothing:
        return [drawn, hover_rows(drawn)]
    mean = smoothed(np.array([point[column] for point in points], float), smoothing)[places]
    smooth = {"kind": "line", "value": mean[finite], **part}
    return [smooth, {**drawn, "kind": "raw"}, hover_rows(smooth)]


def _mark_rows(run: str, curve: Curve, place: Callable[[float], float]) -> list[Spec]:
    """A run's marks. Of those of the current run, as many have words above as there is room for, the newest first."""
    epochs, texts = [mark.epoch for mark in curve.marks], [words(mark.values) for mark in curve.marks]
    parts: list[Spec] = [{"kind": "mark", "run": run, "epoch": epochs, "text": texts}]
    free = 1.0
    for epoch, text in zip(reversed(epochs), reversed(texts), strict=True):
        x = place(epoch)
        kind, left, right = (
            ("words", x, x + WORDS_WIDTH) if x + WORDS_WIDTH <= 1 else ("words left", x - WORDS_WIDTH, x)
        )
        if curve.current and right <= free:
            parts.append({"kind": kind, "run": run, "epoch": [epoch], "text": [text]})
            free = left
    return parts


def _place(curves: Sequence[Curve], epochs: float, log_epochs: bool) -> Callable[[float], float]:
    """Where an epoch lies on the axis, from 0 to 1."""
    if not log_epochs:
        return lambda epoch: epoch / epochs
    first = min((point.epoch for curve in curves for point in curve.points[:2] if point.epoch > 0), default=epochs)
    decades = math.log(epochs / first) or 1.0
    return lambda epoch: math.log(max(epoch, first) / first) / decades


def _spec(lines: Sequence[_Line], epochs: float, log_epochs: bool, metric: _Metric) -> Spec:
    """The whole chart but its rows; the same as long as the runs and the axes are."""
    names = [line.name for line in lines]
    y = {"field": "y", "type": "quantitative", **metric.y}
    series = {"field": "series", "type": "nominal"}
    colours = {"domain": names, "range": [line.colour for line in lines]}
    drawn = {
        "y": y,
        "color": {**series, "scale": colours, "legend": legend(names, offset=20)},  # the marks' words stand between
        "strokeDash": {**series, "scale": {"domain": names, "range": [line.dash for line in lines]}},
        "strokeWidth": {"condition": {"test": "datum.series == 'training'", "value": 1.5}, "value": 2.5},
    }
    at = {**EPOCH, "format": ".2f"}
    measured = {"field": "value", "type": "quantitative", "format": metric.format, "title": metric.name}
    changed = [{"field": "text", "title": "changed"}, at]
    answering, faded = hover_layers(y, {**series, "title": "curve"}, [at, measured], "run")
    line = {"type": "line", "clip": True}
    rule = {"type": "rule", "color": theme.OTHER}
    layers = [
        layer("moment", {**rule, "strokeWidth": 2}),
        layer("mark", {**rule, "strokeDash": DOTTED}, encoding=faded),
        layer("words", {**WORDS, "align": "left", "dx": -1}, encoding={"text": {"field": "text"}}),
        layer("words left", {**WORDS, "align": "right", "dx": 1}, encoding={"text": {"field": "text"}}),
        layer("raw", {**line, "strokeOpacity": 0.35}, encoding={**drawn, **faded}),
        layer("line", line, encoding={**drawn, **faded}),
        layer("mark", {"type": "rule", "strokeWidth": 12, **NEARLY_INVISIBLE}, encoding={"tooltip": changed}),
        *answering,
    ]
    before = [{"filter": "datum.epoch > 0"}] if log_epochs else []
    return spec(
        f"{metric.name.capitalize()} against epochs",
        HEIGHT,
        layers,
        transform=[*before, {"calculate": metric.place, "as": "y"}],
        encoding={"x": epochs_axis(epochs, log=log_epochs)},
    )
