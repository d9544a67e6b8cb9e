"""Learning curves: loss and accuracy over the epochs, of one run or of several to compare.

Pure functions from values to figures. The current run is blue (training) and vermilion (validation).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ui.charts import curve_lines, vega
from ui.charts.curve_lines import Curve, Line, Metric
from ui.charts.vega import EPOCH, Figure, Spec
from ui.common import theme

HEIGHT = 200
# A logarithmic axis has no 0: losses below this one are drawn at it; the error's axis has these ticks and ends there.
SMALLEST_LOSS = 1e-6
ERROR_TICKS = (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
NOTE_WIDTH = 0.4  # of the axis, that the note at a changed setting may take
NOTE: Spec = {
    "type": "text",
    "y": -4,
    "baseline": "bottom",
    "color": theme.OTHER,
    "limit": {"expr": f"{NOTE_WIDTH} * width"},
}
NEARLY_INVISIBLE: Spec = {"clip": True, "opacity": 0.001}  # a rule with opacity 0 does not react to the pointer
# The columns of a row; `kind` tells which layer draws it.
COLUMNS = {"kind": object, "series": object, "run": object, "epoch": float, "value": float, "text": object}


class _Axis(NamedTuple):
    """What is drawn upwards: the metric, the format of its values, the axis, and how a value becomes a y."""

    metric: Metric
    format: str
    y: Spec
    y_of_value: str = "datum.value"


def loss_curve(
    curves: Sequence[Curve],
    epochs: float,
    *,
    smoothing: float = 0.0,
    log: bool = False,
    log_epochs: bool = False,
    snapshot_epoch: float | None = None,
) -> Figure:
    """Draw cross-entropy loss against epochs: training and validation of the current run, validation of the others.

    Args:
        smoothing: from 0 to below 1, the weight of the earlier points in each point of the training curve. The raw
            curve stays visible behind it.
        snapshot_epoch: the epoch of the snapshot that is shown on the page, marked by a vertical line.

    Raises:
        ValueError: smoothing is out of range.
    """
    y: Spec = {"scale": {"zero": True}, "axis": {"title": None}}
    axis = _Axis("loss", ".4f", y)
    if log:
        y = {"scale": {"type": "log", "nice": False}, "axis": {"title": None, **vega.log_labels("y")}}
        axis = _Axis("loss", ".4f", y, f"max(datum.value, {SMALLEST_LOSS})")
    return _figure(curves, epochs, axis, smoothing, log_epochs, snapshot_epoch)


def accuracy_curve(
    curves: Sequence[Curve],
    epochs: float,
    *,
    smoothing: float = 0.0,
    log: bool = False,
    log_epochs: bool = False,
    snapshot_epoch: float | None = None,
) -> Figure:
    """Draw accuracy against epochs, as `loss_curve` does.

    Args:
        log: makes the axis one of the error, 1 - accuracy, downwards: 90 % is as far from 99 % as that from 99.9 %.
            It ends at 99.9 %; better values are drawn there.
    """
    y: Spec = {"scale": {"domain": [0, 1]}, "axis": {"title": None, "format": ".0%"}}
    axis = _Axis("accuracy", ".2%", y)
    if log:
        labels = {"title": None, "values": ERROR_TICKS, "labelExpr": "format(1 - datum.value, '~%')"}
        y = {"scale": {"type": "log", "domain": [ERROR_TICKS[-1], 1], "reverse": True}, "axis": labels}
        axis = _Axis("accuracy", ".2%", y, f"max(1 - datum.value, {ERROR_TICKS[-1]})")
    return _figure(curves, epochs, axis, smoothing, log_epochs, snapshot_epoch)


def describe_changes(values: Mapping[str, Any]) -> str:
    """Changed settings as text: "learning rate: 0.01, dropout: 0.2"."""
    return ", ".join(f"{name.replace('_', ' ')}: {_format(value)}" for name, value in values.items())


def _format(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _figure(
    curves: Sequence[Curve],
    epochs: float,
    axis: _Axis,
    smoothing: float,
    log_epochs: bool,
    snapshot_epoch: float | None,
) -> Figure:
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing must be at least 0 and below 1; got {smoothing}")
    lines = curve_lines.lines(curves)
    parts: list[Spec] = []
    for line in sorted(lines, key=lambda line: line.curve.current):  # the current run lies above the others
        parts += curve_lines.line_rows(line, axis.metric, smoothing)
    x_of_epoch = _x_scale(curves, epochs, log_epochs)
    for run, curve in enumerate(curves):
        parts += _change_rows(str(run), curve, x_of_epoch)
    if snapshot_epoch is not None:
        parts.append({"kind": "snapshot", "epoch": [snapshot_epoch]})
    return Figure(vega.table(parts, COLUMNS), _spec(lines, epochs, log_epochs, axis))


def _change_rows(run: str, curve: Curve, x_of_epoch: Callable[[float], float]) -> list[Spec]:
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


def _x_scale(curves: Sequence[Curve], epochs: float, log_epochs: bool) -> Callable[[float], float]:
    """The function from an epoch to its x, from 0 to 1 along the axis."""
    if not log_epochs:
        return lambda epoch: epoch / epochs
    first = min((point.epoch for curve in curves for point in curve.points[:2] if point.epoch > 0), default=epochs)
    decades = math.log(epochs / first) or 1.0
    return lambda epoch: math.log(max(epoch, first) / first) / decades


def _spec(lines: Sequence[Line], epochs: float, log_epochs: bool, axis: _Axis) -> Spec:
    """The chart without its rows; it stays the same as long as the runs and the axes do."""
    names = [line.name for line in lines]
    y = {"field": "y", "type": "quantitative", **axis.y}
    series = {"field": "series", "type": "nominal"}
    colors = {"domain": names, "range": [line.color for line in lines]}
    drawn = {
        "y": y,
        "color": {**series, "scale": colors, "legend": vega.legend(names, offset=20)},  # leaves room for the notes
        "strokeDash": {**series, "scale": {"domain": names, "range": [line.dash for line in lines]}},
        "strokeWidth": {"condition": {"test": "datum.series == 'training'", "value": 1.5}, "value": 2.5},
    }
    epoch = {**EPOCH, "format": ".2f"}
    value = {"field": "value", "type": "quantitative", "format": axis.format, "title": axis.metric}
    changed = [{"field": "text", "title": "changed"}, epoch]
    hover, faded = vega.hover_layers(y, {**series, "title": "curve"}, [epoch, value], "run")
    line = {"type": "line", "clip": True}
    rule = {"type": "rule", "color": theme.OTHER}
    layers = [
        vega.layer("snapshot", {**rule, "strokeWidth": 2}),
        vega.layer("change", {**rule, "strokeDash": vega.DOTTED}, encoding=faded),
        vega.layer("note", {**NOTE, "align": "left", "dx": -1}, encoding={"text": {"field": "text"}}),
        vega.layer("note left", {**NOTE, "align": "right", "dx": 1}, encoding={"text": {"field": "text"}}),
        vega.layer("raw", {**line, "strokeOpacity": 0.35}, encoding={**drawn, **faded}),
        vega.layer("line", line, encoding={**drawn, **faded}),
        vega.layer("change", {"type": "rule", "strokeWidth": 12, **NEARLY_INVISIBLE}, encoding={"tooltip": changed}),
        *hover,
    ]
    positive = [{"filter": "datum.epoch > 0"}] if log_epochs else []
    return vega.spec(
        f"{axis.metric.capitalize()} against epochs",
        HEIGHT,
        layers,
        transform=[*positive, {"calculate": axis.y_of_value, "as": "y"}],
        encoding={"x": vega.epochs_axis(epochs, log=log_epochs)},
    )
