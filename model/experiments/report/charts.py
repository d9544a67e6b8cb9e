"""The drawings of reports: curves with bands, the values of each seed, bars, and dots over two axes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from model.experiments.report.axis import Axis
from model.experiments.report.drawing import Drawing, Point
from model.experiments.statistics.curve_band import CurveBand, curve_band
from model.experiments.statistics.summary import Summary


@dataclass(frozen=True)
class Curves:
    """The curves of one setting, which share a color; `band`: their mean and deviation stand before them."""

    name: str
    curves: Sequence[Sequence[Point]]
    series: int = 0
    band: CurveBand | None = None
    kind: str = "thin"  # of its single lines: thin, pale or strong


@dataclass(frozen=True)
class Row:
    """The values of one setting's seeds."""

    name: str
    values: Mapping[int, float]  # by seed
    summary: Summary


@dataclass(frozen=True)
class Dots:
    """Dots over two axes, with the title of each."""

    points: Sequence[Point]
    titles: Sequence[str] = ()
    series: int = 0
    kind: str = "dot"
    line: Sequence[Point] = field(default=())  # through some of them


def with_band(name: str, curves: Sequence[Sequence[Point]], series: int) -> Curves:
    """Return curves together with their band."""
    return Curves(name, curves, series, curve_band(curves) if len(curves) > 1 else None)


def curves_chart(groups: Sequence[Curves], *, x_title: str, y_title: str) -> Markup:
    """Draw learning curves: each run thin; before them the mean of a setting, with a band of a deviation around it."""
    points = [point for group in groups for curve in group.curves for point in curve]
    drawing = Drawing(
        Axis.around(x_title, (x for x, _ in points), is_whole=True),
        Axis.around(y_title, (y for _, y in points)),
        name=f"{y_title} of {', '.join(group.name for group in groups)}",
    )
    for group in groups:
        kind = group.kind if group.band is None or not group.band.x else "pale"
        for curve in group.curves:
            drawing.line(curve, kind, group.series)
    for group in groups:
        if group.band:
            drawing.band(group.band.x, group.band.lower, group.band.upper, group.series)
    for group in groups:
        if group.band:
            drawing.line(zip(group.band.x, group.band.mean, strict=True), "strong", group.series)
    return drawing.svg()


def seeds_chart(rows: Sequence[Row], *, title: str) -> Markup:
    """Draw the value of each seed as a dot, and the mean with its interval; a line joins what shares a seed."""
    names = [row.name for row in reversed(rows)]  # the first one on top
    height = {row.name: float(place) for place, row in enumerate(reversed(rows))}
    bounds = [bound for row in rows for bound in row.summary.interval or ()]
    drawing = Drawing(
        Axis.around(title, [*bounds, *(value for row in rows for value in row.values.values())]),
        Axis.of_names("", names),
        height=80 + 64 * len(rows),
        name=f"{title} of each seed: {', '.join(row.name for row in rows)}",
    )
    for row, below in itertools.pairwise(rows):
        for seed in row.values.keys() & below.values.keys():
            ends = [(each.values[seed], height[each.name]) for each in (row, below)]
            drawing.line(ends, "pair", 0)
    for series, row in enumerate(rows):
        y = height[row.name]
        if row.summary.interval:
            low, high = row.summary.interval
            drawing.bar((low, y - 0.22), (high, y - 0.22), 5, series, "interval")
        drawing.dot((row.summary.mean, y - 0.22), "mean", series, f"mean {row.summary.mean:.4g}")
        for seed, value in row.values.items():
            drawing.dot((value, y), "dot", series, f"seed {seed}: {value:.4g}")
    return drawing.svg()


def bars_chart(shares: Mapping[str, float], *, title: str) -> Markup:
    """Draw shares as bars, the first on top, each with its percentage."""
    names = list(shares)[::-1]
    drawing = Drawing(Axis(title, 0, 110), Axis.of_names("", names), height=70 + 34 * len(names), name=title)
    for place, name in enumerate(names):
        percent = 100 * shares[name]
        drawing.bar((0, place), (percent, place), 18)
        drawing.note((percent, place), f"{percent:.0f} %")
    return drawing.svg()


def dots_chart(groups: Sequence[Dots], x: Axis, y: Axis, *, small: bool = False) -> Markup:
    """Draw dots over two axes."""
    width, height = (370, 240) if small else (760, 340)
    drawing = Drawing(x, y, width=width, height=height, name=f"{y.title} over {x.title}")
    for group in groups:
        drawing.line(group.line, "thin", group.series)
        titles = group.titles or [""] * len(group.points)
        for point, title in zip(group.points, titles, strict=True):
            drawing.dot(point, group.kind, group.series, title)
    return drawing.svg()
