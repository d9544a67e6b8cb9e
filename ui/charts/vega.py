"""Vega-Lite figures that grow: a table of rows, and a spec that does not depend on them and so stays the same.

Streamlit then passes the new rows to the existing chart: it does not flicker, and a tooltip stays open. The fields of
a spec are documented at https://vega.github.io/vega-lite/docs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ui.common import theme

Spec = dict[str, Any]
XOfEpoch = Callable[[Any], Any]  # from an epoch, or an array of them, to its place along the axis, from 0 to 1

MAX_POINTS = 130  # of a line: more cost the browser time and are not visible
AXIS_WIDTH = 50  # pixels: the y axis and its labels, at most
SOLID, DASHED, DOTTED, DASH_DOTTED, LONG_DASHED = (1, 0), (7, 4), (2, 2), (9, 3, 2, 3), (14, 5)

FONT_SIZE = 12
TEXT: Spec = {"expr": f"luminance(background) > 0.5 ? '{theme.CHART_TEXT.light}' : '{theme.CHART_TEXT.dark}'"}
LABELS: Spec = {"labelColor": TEXT, "titleColor": TEXT, "labelFontSize": FONT_SIZE, "titleFontSize": FONT_SIZE}
EPOCH: Spec = {"field": "epoch", "type": "quantitative"}


class Figure(NamedTuple):
    """For `st.vega_lite_chart(figure.chart(), key=...)`: the rows, and the spec, which is the same for other rows."""

    table: pa.Table | pd.DataFrame
    spec: Spec

    def chart(self) -> Spec:
        """The spec with the rows: as a data set with a name, which Vega has from the start."""
        return {**self.spec, "data": {"name": "rows"}, "datasets": {"rows": self.table}}


def spec(description: str, height: int, layers: Sequence[Spec], **rest: Any) -> Spec:
    """A chart of layers, as wide as its container; height is in pixels, without legend and axis."""
    return {
        "description": description,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "layer": list(layers),
        # Describing each point for screen readers takes longer than drawing it.
        "config": {"mark": {"aria": False}},
        # Otherwise Streamlit chooses by the number of rows, and recreates the chart when it changes.
        "usermeta": {"embedOptions": {"renderer": "canvas"}},
        **rest,
    }


def as_svg(figure: Figure, title: str) -> Figure:
    """A figure that is drawn as SVG, with a title above it."""
    heading = {"text": title, "anchor": "start", "color": TEXT, "fontSize": 14, "offset": 16}
    return figure._replace(
        spec={**figure.spec, "title": heading, "usermeta": {"embedOptions": {"renderer": "svg"}}},
    )


def layer(kind: str, mark: Spec, encoding: Spec | None = None, **rest: Any) -> Spec:
    """A layer that draws the rows of one kind, and has those of the frame too, which are invisible."""
    rows = {"filter": f"datum.kind == '{kind}' || datum.kind == 'frame'"}
    opacity = {"condition": {"test": "datum.kind == 'frame'", "value": 0}, "value": 1}
    return {"transform": [rows], "mark": mark, "encoding": {**(encoding or {}), "opacity": opacity}, **rest}


def text_shade() -> Spec:
    """The color of a text whose row has it for light and for dark pages, in the columns of those names."""
    return {"expr": "luminance(background) > 0.5 ? datum.light : datum.dark"}


def frame_rows(end: float, **values: Sequence[float]) -> Spec:
    """The rows that hold the axes: from epoch 0 to `end`, and in other columns two values each.

    The axes follow from the rows and not from the spec, so that the x axis can grow and the chart is still the same
    one. As every layer has these rows, no layer is empty, of which Vega would warn at each update.
    """
    return {"kind": "frame", "epoch": [0.0, end], **{name: list(two) for name, two in values.items()}}


def axis_end(reached: float, epochs: float) -> float:
    """Where the x axis of a run of this many epochs ends once it has reached an epoch: at 10, 20, 50, 100, ..."""
    decade = 10.0
    while decade < epochs:
        for end in (decade, 2 * decade, 5 * decade):
            if reached <= end < epochs:
                return end
        decade *= 10
    return epochs


def epochs_axis(*, log: bool = False) -> Spec:
    """The encoding of `epoch` as an x axis that spans what there is, `frame_rows` among it."""
    axis = {**LABELS, "grid": False, "titlePadding": 4, **(log_labels("x") if log else {"tickCount": 6})}
    return {**EPOCH, "title": "epoch", "axis": axis, "scale": {"type": "log" if log else "linear", "nice": False}}


def spread(heights: NDArray[Any], apart: float) -> NDArray[np.float64]:
    """Heights from 0 to 1, as near as possible to heights (n,), that are at least so far apart."""
    order = np.argsort(heights, stable=True)
    moved = np.asarray(heights, float)[order]
    floor = -math.inf
    for index in range(len(moved)):
        floor = moved[index] = max(moved[index], floor + apart)
    ceiling = 1.0 + apart
    for index in reversed(range(len(moved))):
        ceiling = moved[index] = min(moved[index], ceiling - apart)
    return moved[np.argsort(order)]


def log_labels(channel: Literal["x", "y"]) -> Spec:
    """Labels of a logarithmic axis: at 1, 2, 5 and 10; on an axis of more than three decades, at powers of ten only."""
    first_digit = "round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))"
    decades = f"abs(log(domain('{channel}')[1] / domain('{channel}')[0])) / LN10"
    shown = f"{first_digit} == 1 || {decades} < 3 && indexof([2, 5], {first_digit}) >= 0"
    return {"labelExpr": f"{shown} ? format(datum.value, '~g') : ''", "labelOverlap": "greedy"}


def legend(names: Sequence[str], offset: int = 8) -> Spec:
    """A legend above the chart, in as many columns as fit; offset is the distance to the chart in pixels."""
    pixels = 34 + 6.7 * max(map(len, names), default=1)
    return {
        "title": None,
        "orient": "top",
        "padding": 0,
        "offset": offset,
        # The chart's own width is known too late; naming it makes Vega count the columns again when it changes.
        "columns": {"expr": f"max(1, floor((containerSize()[0] - {AXIS_WIDTH} + 0 * width) / {pixels:.0f}))"},
        "labelLimit": {"expr": "width - 40"},
        "labelColor": TEXT,
        "labelFontSize": FONT_SIZE,
        "symbolType": "stroke",
        "symbolSize": 350,
        "symbolStrokeWidth": 2.5,
    }


def table(parts: Sequence[Mapping[str, Any]], columns: Mapping[str, type]) -> pa.Table:
    """Join parts to one table, as Streamlit sends it: pandas in between would take longer than all the rest.

    Args:
        parts: each with a list for `epoch` and, for any other column, a list or one value for all of its rows.
        columns: each column's name and type, float or object; a column that a part lacks is filled with NaN or "".
    """
    return pa.table({name: _column(parts, name, kind) for name, kind in columns.items()})


def _column(parts: Sequence[Mapping[str, Any]], name: str, kind: type) -> pa.Array:
    values = np.concatenate([np.empty(0, kind), *(_filled(part, name, kind) for part in parts)])
    # NaN stands for a value that is missing.
    return pa.array(values, pa.float64() if kind is float else pa.string(), from_pandas=True)


def _filled(part: Mapping[str, Any], name: str, kind: type) -> NDArray[Any]:
    value = part.get(name, math.nan if kind is float else "")
    return np.asarray(value, kind) if isinstance(value, list | np.ndarray) else np.full(len(part["epoch"]), value, kind)
