"""Vega-Lite figures that grow: a table of rows, and a spec that does not depend on them and so stays the same.

Streamlit then passes the new rows to the existing chart: it does not flicker, and a tooltip stays open. The fields of
a spec are documented at https://vega.github.io/vega-lite/docs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Spec = dict[str, Any]

MAX_POINTS = 120  # of a line: more cost the browser time and are not visible
MAX_HOVER_POINTS = 30  # of a line, with a tooltip: the browser recomputes all of them at every update
AXIS_WIDTH = 50  # pixels: the y axis and its labels, at most
SOLID, DASHED, DOTTED, DASH_DOTTED = (1, 0), (7, 4), (2, 2), (9, 3, 2, 3)

HOVERED = "hovered"  # the name of the selection by the pointer
FADED = 0.15  # opacity of the other lines while the pointer is on one
INVISIBLE: Spec = {"clip": True, "opacity": 0}
EPOCH: Spec = {"field": "epoch", "type": "quantitative"}


class Figure(NamedTuple):
    """For `st.vega_lite_chart(*figure, key=...)`: the rows, and the spec, which is the same for other rows."""

    table: pd.DataFrame
    spec: Spec


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


def layer(kind: str, mark: Spec, **rest: Any) -> Spec:
    """A layer that draws the rows of one kind."""
    return {"transform": [{"filter": f"datum.kind == '{kind}'"}], "mark": mark, **rest}


def epochs_axis(epochs: float, *, log: bool = False) -> Spec:
    """The encoding of `epoch` as an x axis that spans all epochs from the start."""
    scale: Spec = {"type": "log", "domainMax": epochs} if log else {"domain": [0, epochs]}
    axis = log_labels("x") if log else {}
    return {**EPOCH, "title": "epoch", "axis": axis, "scale": {**scale, "nice": False}}


def log_labels(channel: Literal["x", "y"]) -> Spec:
    """Labels of a logarithmic axis: at 1, 2, 5 and 10; on an axis of more than three decades, at powers of ten only."""
    first_digit = "round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))"
    decades = f"abs(log(domain('{channel}')[1] / domain('{channel}')[0])) / LN10"
    shown = f"{first_digit} == 1 || {decades} < 3 && indexof([2, 5], {first_digit}) >= 0"
    return {"labelExpr": f"{shown} ? format(datum.value, '~g') : ''", "labelOverlap": "greedy"}


def hover_layers(y: Spec, name: Spec, tooltip: Sequence[Spec], hovered: str) -> tuple[list[Spec], Spec]:
    """Layers that react to the pointer, and the encoding that fades everything else meanwhile.

    The layers draw the rows of kind `hover` wide and invisible, because a line of two pixels is hard to hit. Rows with
    the same value in the field `hovered` do not fade.
    """
    select = {"type": "point", "on": "pointerover", "clear": "pointerout", "fields": [hovered]}
    lines = layer(
        "hover", {"type": "line", "strokeWidth": 12, **INVISIBLE}, encoding={"y": y, "detail": name, "tooltip": [name]}
    )
    points = layer(
        "hover",
        {"type": "point", "size": 150, **INVISIBLE},
        encoding={"y": y, "detail": {"field": hovered}, "tooltip": [name, *tooltip]},
        params=[{"name": HOVERED, "select": select}],
    )
    opacity = {"condition": {"param": HOVERED, "value": 1}, "value": FADED}
    return [lines, points], {"opacity": opacity}


def hover_rows(part: Spec) -> Spec:
    """The rows of kind `hover` of a line: a few of its points."""
    indices = downsampled(len(part["epoch"]), MAX_HOVER_POINTS)
    few = {name: value[indices] for name, value in part.items() if isinstance(value, np.ndarray)}
    return {**part, **few, "kind": "hover"}


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
        "symbolType": "stroke",
        "symbolSize": 350,
        "symbolStrokeWidth": 2.5,
    }


def table(parts: Sequence[Mapping[str, Any]], columns: Mapping[str, type]) -> pd.DataFrame:
    """Join parts to one table.

    Args:
        parts: each with a list for `epoch` and, for any other column, a list or one value for all of its rows.
        columns: each column's name and type, float or object; a column that a part lacks is filled with NaN or "".
    """
    return pd.DataFrame(
        {
            name: np.concatenate([np.empty(0, kind), *(_filled(part, name, kind) for part in parts)])
            for name, kind in columns.items()
        },
        copy=False,
    )


def _filled(part: Mapping[str, Any], name: str, kind: type) -> NDArray[Any]:
    value = part.get(name, math.nan if kind is float else "")
    return np.asarray(value, kind) if isinstance(value, list | np.ndarray) else np.full(len(part["epoch"]), value, kind)


def downsampled(count: int, shown: int = MAX_POINTS) -> NDArray[np.intp]:
    """The indices of at most `shown` of a line's points, evenly spaced, the last point among them."""
    indices = np.arange(0, count, max(1, math.ceil((count - 1) / (shown - 1))))
    return indices if count == 0 or indices[-1] == count - 1 else np.append(indices, count - 1)
