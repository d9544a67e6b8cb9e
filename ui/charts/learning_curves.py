"""Learning curves: loss and accuracy over the epochs, of one run or of several to compare.

Pure functions from values to figures. The current run is blue (training) and vermilion (validation).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ui.charts import crosshair, curve_columns, curve_lines, vega
from ui.charts.crosshair import Note, Reading
from ui.charts.curve_labels import label_layers, label_rows
from ui.charts.curve_lines import Curve, Line, Metric
from ui.charts.vega import Figure, Spec, XOfEpoch
from ui.common import theme

HEIGHT = 200
# A logarithmic axis has no 0: losses below this one are drawn at it; the error's axis has these ticks and ends there.
SMALLEST_LOSS = 1e-6
ERROR_TICKS = (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
EMPTY_LOSS = 2.5  # where the axis ends before there is a loss; a guess among ten digits has ln(10), 2.3
LOG_FROM = 0.95  # an accuracy that asks for an axis on which errors can be told apart
DECADES_FOR_LOG = 2  # this many powers of ten between the losses ask for a logarithmic axis
NOTE_WIDTH = 0.4  # of the axis, that the note at a changed setting may take
NOTE: Spec = {
    "type": "text",
    "y": -4,
    "baseline": "bottom",
    "color": vega.TEXT,
    "fontSize": vega.FONT_SIZE,
    "limit": {"expr": f"{NOTE_WIDTH} * width"},
}
# The columns of a row; `kind` tells which layer draws it.
COLUMNS: dict[str, type] = {
    "kind": object,
    "series": object,
    "run": object,
    "epoch": float,
    "value": float,
    "text": object,
    "align": object,
    "light": object,
    "dark": object,
}


class Look(NamedTuple):
    """How the curves are drawn.

    Attributes:
        smoothing: From 0 to below 1, the weight of the earlier points in each point of the training curve. The raw
            curve stays visible behind it.
        log: Makes the axis of the values logarithmic. That of the accuracy is then one of the error, 1 - accuracy,
            downwards: 90 % is as far from 99 % as that from 99.9 %. It ends at 99.9 %; better values are drawn there.
        log_epochs: Makes the axis of the epochs logarithmic.
        snapshot_epoch: The epoch of the snapshot that is shown on the page, marked by a vertical line.
        hidden: The names of lines that are left out.
    """

    smoothing: float = 0.0
    log: bool = False
    log_epochs: bool = False
    snapshot_epoch: float | None = None
    hidden: frozenset[str] = frozenset()


PLAIN = Look()


class _Axis(NamedTuple):
    """What is drawn upwards: the metric, the axis, and how a value becomes a y."""

    metric: Metric
    y: Spec
    y_of_value: str = "datum.value"
    empty: tuple[float, float] = (0, 1)  # where it begins and ends before there is anything to draw

    def format(self, value: float) -> str:
        return f"{value:.4f}" if self.metric == "loss" else f"{value:.2%}"


def loss_curve(curves: Sequence[Curve], end: float, look: Look = PLAIN) -> Figure:
    """Draw cross-entropy loss against epochs: training and validation of the current run, validation of the others.

    Without curves it is the empty chart that they will come into.

    Args:
        end: the last epoch of the axis.

    Raises:
        ValueError: the smoothing is out of range.
    """
    if look.log:
        scale, labels = {"type": "log", "nice": False}, vega.log_labels("y")
        axis = _Axis("loss", _y(scale, labels), f"max(datum.value, {SMALLEST_LOSS})", (0.01, EMPTY_LOSS))
        return _figure(curves, end, axis, look)
    return _figure(curves, end, _Axis("loss", _y({"zero": True}, {"tickCount": 5}), empty=(0, EMPTY_LOSS)), look)


def accuracy_curve(curves: Sequence[Curve], end: float, look: Look = PLAIN) -> Figure:
    """Draw accuracy against epochs, as `loss_curve` does."""
    if look.log:
        scale = {"type": "log", "domain": [ERROR_TICKS[-1], 1], "reverse": True}
        labels = {"values": ERROR_TICKS, "labelExpr": "format(1 - datum.value, '~%')"}
        axis = _Axis("accuracy", _y(scale, labels), f"max(1 - datum.value, {ERROR_TICKS[-1]})")
        return _figure(curves, end, axis, look)
    return _figure(curves, end, _Axis("accuracy", _y({"domain": [0, 1]}, {"format": ".0%", "tickCount": 5})), look)


def _y(scale: Spec, axis: Spec) -> Spec:
    return {"field": "y", "type": "quantitative", "scale": scale, "axis": {"title": None, **vega.LABELS, **axis}}


def suggests_log(curves: Sequence[Curve]) -> bool:
    """Whether the losses lie so far apart that only a logarithmic axis shows them all."""
    found = [curve_columns.columns(curve.points) for curve in curves]
    peaks = _finite([losses for each in found for losses in (each.loss, each.validation_loss)])
    # A single batch that is easy is no reason.
    levels = _finite([losses for each in found for losses in (each.epoch_loss, each.validation_loss)])
    if not len(peaks) or not len(levels):
        return False
    return math.log10(peaks.max() / levels.min()) > DECADES_FOR_LOG


def _finite(losses: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    values = np.concatenate([np.empty(0), *losses])
    return values[np.isfinite(values)].clip(SMALLEST_LOSS)


def describe_changes(values: Mapping[str, Any]) -> str:
    """Changed settings as text: "learning rate: 0.01, dropout: 0.2"."""
    return ", ".join(f"{name.replace('_', ' ')}: {_format(value)}" for name, value in values.items())


def _format(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _figure(curves: Sequence[Curve], end: float, axis: _Axis, look: Look) -> Figure:
    if not 0 <= look.smoothing < 1:
        raise ValueError(f"smoothing must be at least 0 and below 1; got {look.smoothing}")
    lines = curve_lines.lines(curves)
    drawn = [
        (line, curve_lines.measured(line, axis.metric, look.smoothing))
        for line in sorted(lines, key=lambda line: line.curve.current)  # the current run lies above the others
        if line.name not in look.hidden
    ]
    x_of_epoch = _x_scale(curves, end, look.log_epochs)
    first = next((float(points.values[0]) for _, points in drawn if len(points.values)), None)
    parts = [vega.frame_rows(end, value=axis.empty if first is None else (first, first))]
    for line, points in drawn:
        parts += curve_lines.line_rows(line, points, look.smoothing)
    parts += label_rows(drawn, x_of_epoch, axis.metric, log=look.log)
    for run, curve in enumerate(curves):
        parts += _change_rows(str(run), curve, x_of_epoch)
    if look.snapshot_epoch is not None:
        parts.append({"kind": "snapshot", "epoch": [look.snapshot_epoch]})
    points_of = {line.name: points for line, points in drawn}
    readings = [Reading(line.name, *points_of.get(line.name, curve_lines.NOTHING)[:2]) for line in lines]
    notes = [Note(change.epoch, describe_changes(change.values)) for curve in curves for change in curve.changes]
    parts += crosshair.rows(readings, axis.format, end, x_of_epoch, notes)
    return Figure(vega.table(parts, COLUMNS | crosshair.columns(len(lines))), _spec(lines, axis, look.log_epochs))


def _change_rows(run: str, curve: Curve, x_of_epoch: XOfEpoch) -> list[Spec]:
    """The markers of a run's changed settings. The current run's have notes above them: the newest that fit."""
    epochs = [change.epoch for change in curve.changes]
    texts = [describe_changes(change.values) for change in curve.changes]
    parts: list[Spec] = [{"kind": "change", "run": run, "epoch": epochs, "text": texts}]
    free_until = 1.0
    for epoch, text in zip(reversed(epochs), reversed(texts), strict=True):
        x = x_of_epoch(epoch)
        kind, left, right = ("note", x, x + NOTE_WIDTH) if x + NOTE_WIDTH <= 1 else ("note left", x - NOTE_WIDTH, x)
        if curve.current and right <= free_until:
            parts.append({"kind": kind, "run": run, "epoch": [epoch], "text": [text]})
            free_until = left
    return parts


def _x_scale(curves: Sequence[Curve], end: float, log_epochs: bool) -> XOfEpoch:
    if not log_epochs:
        return lambda epoch: epoch / end
    first = min((point.epoch for curve in curves for point in curve.points[:2] if point.epoch > 0), default=end)
    decades = math.log(end / first) or 1.0
    return lambda epoch: np.log(np.maximum(epoch, first) / first) / decades


def _spec(lines: Sequence[Line], axis: _Axis, log_epochs: bool) -> Spec:
    """The chart without its rows; it stays the same as long as the runs and the kinds of axes do."""
    names = [line.name for line in lines]
    series = {"field": "series", "type": "nominal"}
    colors = {"domain": names, "range": [line.color for line in lines]}
    colored = {"y": axis.y, "color": {**series, "scale": colors, "legend": None}}
    dashes = {"domain": names, "range": [line.dash for line in lines]}
    drawn = {
        **colored,
        "strokeDash": {**series, "scale": dashes, "legend": None},
        "strokeWidth": {"condition": {"test": "datum.series == 'training'", "value": 1.5}, "value": 2.5},
    }
    line: Spec = {"type": "line", "clip": True}
    rule: Spec = {"type": "rule", "color": theme.OTHER}
    text = {"text": {"field": "text"}}
    layers = [
        vega.layer("snapshot", {**rule, "strokeWidth": 2}),
        vega.layer("change", {**rule, "strokeDash": vega.DOTTED}),
        vega.layer("note", {**NOTE, "align": "left", "dx": -1}, text),
        vega.layer("note left", {**NOTE, "align": "right", "dx": 1}, text),
        vega.layer("raw", {**line, "strokeOpacity": 0.35}, drawn),
        vega.layer("line", line, drawn),
        vega.layer("dot", {"type": "point", "filled": True, "size": 24, "clip": True}, colored),
        *label_layers(axis.y),
        crosshair.layer(names),
    ]
    positive = [{"filter": "datum.epoch > 0"}] if log_epochs else []
    return vega.spec(
        f"{axis.metric.capitalize()} against epochs",
        HEIGHT,
        layers,
        transform=[*positive, {"calculate": axis.y_of_value, "as": "y"}],
        encoding={"x": vega.epochs_axis(log=log_epochs)},
        padding={"left": 0, "top": 20, "right": 12, "bottom": 6},  # room for the notes above
    )
