"""Accuracy by digit as bars, before and after something was done to a network."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.common.constants import CLASSES
from ui.charts import vega
from ui.charts.vega import Figure, Spec
from ui.common import theme
from ui.common.formatting import percent

HEIGHT = 200


def digit_bars(before: NDArray[np.float64], after: NDArray[np.float64]) -> Figure:
    """Draw what is right of each digit's images, (10,) each, 0..1; NaN of a digit without images.

    A bar is what is right now, the pale part above it what was lost, and the line what was right before.
    """
    table = pd.DataFrame(
        {
            "digit": [str(digit) for digit in range(CLASSES)],
            "before": np.nan_to_num(before),
            "after": np.nan_to_num(after),
            "label": ["" if np.isnan(share) else f"{100 * share:.0f}" for share in after],
            "was": [percent(share) for share in before],
            "now": [percent(share) for share in after],
        }
    )
    return Figure(table, _spec())


def _spec() -> Spec:
    axis = {**vega.LABELS, "labelAngle": 0, "domain": False, "ticks": False}
    x = {"field": "digit", "type": "ordinal", "title": "digit", "axis": axis, "scale": {"paddingInner": 0.25}}
    y = {"type": "quantitative", "title": None, "scale": {"domain": [0, 1.12], "nice": False}}
    y |= {"axis": {**vega.LABELS, "format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1]}}
    said = [
        {"field": "digit", "type": "nominal", "title": "digit"},
        {"field": "was", "type": "nominal", "title": "before"},
        {"field": "now", "type": "nominal", "title": "now"},
    ]
    lost = {"y": {**y, "field": "after"}, "y2": {"field": "before"}, "tooltip": said}
    layers: list[Spec] = [
        {
            "transform": [{"filter": "datum.after < datum.before"}],
            "mark": {"type": "bar", "color": theme.WRONG, "opacity": 0.35},
            "encoding": lost,
        },
        {"mark": {"type": "bar", "color": theme.RIGHT}, "encoding": {"y": {**y, "field": "after"}, "tooltip": said}},
        {
            "mark": {"type": "tick", "thickness": 2, "color": vega.TEXT, "bandSize": 20},
            "encoding": {"y": {**y, "field": "before"}, "tooltip": said},
        },
        {
            "mark": {"type": "text", "color": vega.TEXT, "fontSize": vega.FONT_SIZE},
            "encoding": {"y": {"datum": 1.08, "type": "quantitative"}, "text": {"field": "label", "type": "nominal"}},
        },
    ]
    return vega.spec(
        "Accuracy by digit, before and now",
        HEIGHT,
        layers,
        encoding={"x": x},
        padding={"left": 0, "top": 4, "right": 4, "bottom": 6},
    )
