"""The names at the ends of learning curves, so that they can be told apart without their colors."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ui.charts import vega
from ui.charts.curve_lines import Line, Measured, Metric
from ui.charts.vega import Spec, XOfEpoch
from ui.common import theme

APART = 0.075  # of the chart's height, from one name to the next
LEFT_FROM = 0.72  # of the axis: a line that ends beyond has its name before its end, not behind it
CLEAR_UNTIL = 0.3  # of the axis: the names of lines that end before are clear of those at the axis's end
WIDTH = 110  # pixels, that a name takes at most
SMALLEST_ERROR = 1e-3  # where the logarithmic axis of the error ends


def label_rows(
    drawn: Sequence[tuple[Line, Measured]], x_of_epoch: XOfEpoch, metric: Metric, *, log: bool
) -> list[Spec]:
    """A row for each line that has points: its name, near its last point and clear of the other names."""
    ends = [(line, points) for line, points in drawn if len(points.values)]
    if not ends:
        return []
    last = np.array([points.values[-1] for _, points in ends])
    everything = np.concatenate([points.values for _, points in ends])
    up, down = _heights(everything, metric, log=log)
    x = np.array([x_of_epoch(points.epochs[-1]) for _, points in ends])
    # Where names stand before the ends of their lines, they stand on the side that the lines do not come from.
    shift = np.where(x < LEFT_FROM, 0, APART if metric == "loss" else -APART)
    values = np.empty(len(ends))
    for side in (x < CLEAR_UNTIL, x >= CLEAR_UNTIL):
        if side.any():
            values[side] = down(vega.spread((up(last[side]) + shift[side]).clip(0, 1), APART))
    return [
        {
            "kind": "label",
            "series": line.name,
            "run": line.run,
            "epoch": [float(points.epochs[-1])],
            "value": float(values[index]),
            "text": line.name,
            "align": "left" if x[index] < LEFT_FROM else "right",
            **theme.text_shades(line.color)._asdict(),
        }
        for index, (line, points) in enumerate(ends)
    ]


def label_layers(y: Spec) -> list[Spec]:
    """The layers that draw these rows: each name with the page's color around it, as it may lie upon a line."""
    mark: Spec = {
        "type": "text",
        "align": {"expr": "datum.align || 'left'"},
        "dx": {"expr": "datum.align == 'right' ? -2 : 6"},
        "baseline": "middle",
        "fontSize": vega.FONT_SIZE,
        "limit": WIDTH,
    }
    page = {"expr": "background"}
    encoding = {"y": y, "text": {"field": "text"}}
    return [
        vega.layer("label", {**mark, "color": page, "stroke": page, "strokeWidth": 4, "strokeJoin": "round"}, encoding),
        vega.layer("label", {**mark, "color": vega.text_shade()}, encoding),
    ]


Heights = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def _heights(values: NDArray[np.float64], metric: Metric, *, log: bool) -> tuple[Heights, Heights]:
    """The function from a value to its height in the chart, from 0 to 1, and the one back."""
    if metric == "accuracy" and log:
        decades = math.log(SMALLEST_ERROR)
        return (
            lambda values: np.log((1 - values).clip(SMALLEST_ERROR)) / decades,
            lambda heights: 1 - np.exp(heights * decades),
        )
    if metric == "loss" and log:
        low = max(float(values.min()), 1e-6)
        span = math.log(max(float(values.max()), low) / low) or 1.0
        return (
            lambda values: np.log(values.clip(low) / low) / span,
            lambda heights: low * np.exp(heights * span),
        )
    top = 1.0 if metric == "accuracy" else float(values.max()) or 1.0
    return (lambda values: values / top), (lambda heights: heights * top)
