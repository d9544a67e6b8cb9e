"""Accuracy against how much is done to a network or to its images: lines, with a band where several were measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from model.common.constants import CLASSES
from ui.charts import vega
from ui.charts.curve_lines import DASHES
from ui.charts.vega import Figure, Spec
from ui.common import theme
from ui.common.formatting import percent

HEIGHT = 260
COLORS = (theme.BLUE, theme.VERMILION, theme.GREEN, theme.ORANGE)
COLUMNS = ("kind", "series", "amount", "accuracy", "lowest", "highest", "said", "at")


class Measured(NamedTuple):
    """A point of a curve: the mean accuracy, and the lowest and the highest of those that were measured."""

    amount: float
    said: str  # the amount as the tooltip says it
    accuracy: float
    lowest: float
    highest: float


class AmountAxis(NamedTuple):
    """The horizontal axis.

    Attributes:
        title: What the amounts are, and of what unit.
        format: How Vega writes them.
        values: Those with a tick; none to let the chart choose.
        is_log: Whether equal distances are equal factors.
        is_category: Whether the amounts are numbers of something, and not how much of it.
    """

    title: str
    format: str = ".3~r"
    values: tuple[float, ...] = ()
    is_log: bool = False
    is_category: bool = False


def amount_curves(
    curves: Sequence[tuple[str, Sequence[Measured]]], axis: AmountAxis, *, marked: float | None = None
) -> Figure:
    """Draw accuracy against amounts.

    Args:
        curves: The name of each, and its points.
        axis: Of the amounts.
        marked: The amount that is shown elsewhere on the page: a vertical line.
    """
    rows: list[Spec] = []
    for name, points in curves:
        for point in points:
            width = percent(point.accuracy)
            if point.highest > point.lowest:
                width += f" ({percent(point.lowest)} to {percent(point.highest)})"
            rows.append({"kind": "point", "series": name, "at": width, **point._asdict()})
    amounts = [row["amount"] for row in rows] or [0.0, 1.0]
    rows += [{"kind": "guess", "amount": end, "accuracy": 1 / CLASSES} for end in (min(amounts), max(amounts))]
    if marked is not None:
        rows.append({"kind": "mark", "amount": marked, "accuracy": 0.0})
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = ["kind", "series", "said", "at"]
    table[texts] = table[texts].astype(object).fillna("")
    return Figure(table, _spec([name for name, _ in curves], axis))


def _spec(names: Sequence[str], axis: AmountAxis) -> Spec:
    ticks: Spec = {"values": list(axis.values)} if axis.values else {"tickCount": 8}
    scale: Spec = {"type": "log", "base": 2, "nice": False} if axis.is_log else {"nice": False, "zero": False}
    if axis.is_category:
        scale |= {"padding": 24}
    x: Spec = {
        "field": "amount",
        "type": "quantitative",
        "title": axis.title,
        "scale": scale,
        "axis": {
            **vega.LABELS,
            "grid": False,
            "titlePadding": 4,
            "labelOverlap": "greedy",
            "format": axis.format,
            **ticks,
        },
    }
    y: Spec = {"field": "accuracy", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]}}
    y |= {"axis": {**vega.LABELS, "format": ".0%", "tickCount": 5}}
    colors = [COLORS[index % len(COLORS)] for index in range(len(names))]
    dashes = [DASHES[index % len(DASHES)] for index in range(len(names))]
    legend = {**vega.legend(names), "symbolOpacity": 1}
    field: Spec = {"field": "series", "type": "nominal"}
    color = {**field, "scale": {"domain": list(names), "range": colors}, "legend": legend}
    dash = {**field, "scale": {"domain": list(names), "range": dashes}, "legend": legend}
    said = [
        {"field": "series", "type": "nominal", "title": "of"},
        {"field": "said", "type": "nominal", "title": axis.title},
        {"field": "at", "type": "nominal", "title": "accuracy"},
    ]
    layers = [
        _layer("guess", {"type": "line", "strokeDash": [2, 3], "strokeWidth": 1.5, "color": theme.OTHER}, {"y": y}),
        _layer(
            "point",
            {"type": "area", "opacity": 0.2},
            {"y": {**y, "field": "lowest"}, "y2": {"field": "highest"}, "color": color},
        ),
        _layer("point", {"type": "line", "strokeWidth": 2}, {"y": y, "color": color, "strokeDash": dash}),
        _layer(
            "point",
            {"type": "point", "filled": True, "size": 60, "opacity": 1},
            {"y": y, "color": color, "tooltip": said},
        ),
        _layer("mark", {"type": "rule", "color": vega.TEXT, "strokeWidth": 1.5, "strokeDash": [6, 3]}, {}),
    ]
    return vega.spec(
        "Accuracy against how much is done",
        HEIGHT,
        layers,
        encoding={"x": x},
        padding={"left": 0, "top": 0, "right": 12, "bottom": 6},
    )


def _layer(kind: str, mark: Spec, encoding: Spec, **rest: Any) -> Spec:
    return {"transform": [{"filter": f"datum.kind == '{kind}'"}], "mark": mark, "encoding": encoding, **rest}
