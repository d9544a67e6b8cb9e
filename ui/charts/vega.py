"""A live figure is a table that grows and a Vega-Lite spec that says nothing about it, so that it need not change.

Streamlit then hands the new rows to the chart that is there: it does not flicker, and what the reader hovers over
stays where it is. https://vega.github.io/vega-lite/docs explains what a spec says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Spec = dict[str, Any]

POINTS_SHOWN = 120  # of a line: with more, the browser spends its time on what nobody can see
POINTS_TOUCHED = 30  # of a line, that answer the pointer: the browser works out what each would say at every update
AXIS_PIXELS = 50  # that the y axis and its labels take, at most
SOLID, DASHED, DOTTED, DASHED_AND_DOTTED = (1, 0), (7, 4), (2, 2), (9, 3, 2, 3)

HOVERED = "hovered"  # the name of the selection by the pointer
FADED = 0.15  # of what is beside the line that the pointer is at
INVISIBLE: Spec = {"clip": True, "opacity": 0}
EPOCH: Spec = {"field": "epoch", "type": "quantitative"}


class Figure(NamedTuple):
    """For `st.vega_lite_chart(*figure, key=...)`: the rows, and the spec, which is the same for other rows."""

    table: pd.DataFrame
    spec: Spec


def spec(description: str, height: int, layers: Sequence[Spec], **rest: Any) -> Spec:
    """A chart of layers, as wide as its place; height: pixels, without legend and axis."""
    return {
        "description": description,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "layer": list(layers),
        # A description of each point, which no reader would wait for, takes longer than to draw it.
        "config": {"mark": {"aria": False}},
        # Streamlit would choose by the number of rows, and begin the chart anew with them.
        "usermeta": {"embedOptions": {"renderer": "canvas"}},
        **rest,
    }


def layer(kind: str, mark: Spec, **rest: Any) -> Spec:
    """A layer of the rows of one kind."""
    return {"transform": [{"filter": f"datum.kind == '{kind}'"}], "mark": mark, **rest}


def epochs_axis(epochs: float, *, log: bool = False) -> Spec:
    """The encoding of `epoch` as an axis that reaches to the last one from the beginning."""
    scale: Spec = {"type": "log", "domainMax": epochs} if log else {"domain": [0, epochs]}
    axis = log_labels("x") if log else {}
    return {**EPOCH, "title": "epoch", "axis": axis, "scale": {**scale, "nice": False}}


def log_labels(channel: Literal["x", "y"]) -> Spec:
    """What a logarithmic axis says: 1, 2, 5 and 10; where it is longer than three powers of ten, those alone."""
    first_digit = "round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))"
    decades = f"abs(log(domain('{channel}')[1] / domain('{channel}')[0])) / LN10"
    said = f"{first_digit} == 1 || {decades} < 3 && indexof([2, 5], {first_digit}) >= 0"
    return {"labelExpr": f"{said} ? format(datum.value, '~g') : ''", "labelOverlap": "greedy"}


def hover_layers(y: Spec, name: Spec, tooltip: Sequence[Spec], hovered: str) -> tuple[list[Spec], Spec]:
    """Layers of the rows of kind `touch`, which answer the pointer; and an encoding in which all fades meanwhile but
    what has the same value in the field `hovered`.

    Nobody could hit a line of two pixels: these lines and points are wide, and not seen.
    """
    select = {"type": "point", "on": "pointerover", "clear": "pointerout", "fields": [hovered]}
    lines = layer(
        "touch", {"type": "line", "strokeWidth": 12, **INVISIBLE}, encoding={"y": y, "detail": name, "tooltip": [name]}
    )
    points = layer(
        "touch",
        {"type": "point", "size": 150, **INVISIBLE},
        encoding={"y": y, "detail": {"field": hovered}, "tooltip": [name, *tooltip]},
        params=[{"name": HOVERED, "select": select}],
    )
    opacity = {"condition": {"param": HOVERED, "value": 1}, "value": FADED}
    return [lines, points], {"opacity": opacity}


def hover_rows(part: Spec) -> Spec:
    """The rows of kind `touch` of a line's: a few of them."""
    places = thinned(len(part["epoch"]), POINTS_TOUCHED)
    few = {name: value[places] for name, value in part.items() if isinstance(value, np.ndarray)}
    return {**part, **few, "kind": "touch"}


def legend(names: Sequence[str], offset: int = 8) -> Spec:
    """A legend above the chart, in as many columns as its width has room for; offset: pixels between them."""
    pixels = 34 + 6.7 * max(map(len, names), default=1)
    return {
        "title": None,
        "orient": "top",
        "padding": 0,
        "offset": offset,
        # Not of the chart's own width, which is known too late; but with it, they are counted anew.
        "columns": {"expr": f"max(1, floor((containerSize()[0] - {AXIS_PIXELS} + 0 * width) / {pixels:.0f}))"},
        "labelLimit": {"expr": "width - 40"},
        "symbolType": "stroke",
        "symbolSize": 350,
        "symbolStrokeWidth": 2.5,
    }


def table(parts: Sequence[Mapping[str, Any]], columns: Mapping[str, type]) -> pd.DataFrame:
    """One table of parts, each with a list for `epoch`, and a list or one value for all for any other column.

    columns: each column's name and kind, float or object; what a part leaves out is NaN or "".
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


def thinned(count: int, shown: int = POINTS_SHOWN) -> NDArray[np.intp]:
    """Which of a line's points are shown: evenly at most so many, the newest among them."""
    places = np.arange(0, count, max(1, math.ceil((count - 1) / (shown - 1))))
    return places if count == 0 or places[-1] == count - 1 else np.append(places, count - 1)
