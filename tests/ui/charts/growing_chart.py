"""What holds for every chart that grows while a run goes on."""

import json
from collections.abc import Callable

import altair as alt

from ui.charts.vega import MAX_POINTS, Figure


def check_growth(chart: Callable[[int], Figure], series: str) -> None:
    """Check that a growing chart keeps its spec, which is Vega-Lite, and draws a bounded number of points.

    Args:
        chart: The chart of so many points.
        series: The column that tells its lines apart.
    """
    specs = {json.dumps(chart(count).spec) for count in (0, 1, 2, 500)}
    assert len(specs) == 1
    alt.LayerChart.from_dict(json.loads(specs.pop()))  # raises where the schema is broken
    assert set(chart(0).table.to_pandas().kind) == {"frame", "unread"}
    table = chart(500).table.to_pandas()
    points = table[table.kind == "line"].groupby(series).epoch.nunique()
    assert points.min() >= MAX_POINTS / 4
    assert points.max() <= MAX_POINTS
