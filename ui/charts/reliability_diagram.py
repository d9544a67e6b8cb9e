"""The reliability diagram: accuracy against confidence. On the dotted line both are equal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from model.inference.metrics import confidence_interval
from model.nn.calibration import Reliability
from ui.charts import vega
from ui.charts.vega import Figure, Spec
from ui.common import theme
from ui.common.formatting import percent

HEIGHT = 340


def reliability_diagram(reliability: Reliability, text_color: str) -> Figure:
    """Draw accuracy, with its 95 % confidence interval, against confidence.

    Each bin that has predictions has a dot, and their number above it. A bin with more predictions has a larger dot,
    so that the eye does not go to the widest intervals, which say least.

    Args:
        text_color: the page's, which Streamlit gives to axes alone.
    """
    bins = len(reliability.counts)
    filled = np.flatnonzero(reliability.counts)
    counts, right = reliability.counts[filled], reliability.right[filled]
    low, high = np.array([confidence_interval(*pair) for pair in zip(right, counts, strict=True)]).T
    table = pd.DataFrame(
        {
            "confidence": np.nan_to_num(reliability.confidence[filled]),
            "accuracy": reliability.accuracy[filled],
            "low": low,
            "high": high,
            "middle": (filled + 0.5) / bins,
            "size": (6 + 2.5 * np.log10(counts)) ** 2,
            "images": [f"{count:,}" for count in counts],
            "bin": [f"{percent(index / bins, 0)} to {percent((index + 1) / bins, 0)}" for index in filled],
            "correct": [f"{part:,} of {count:,}" for part, count in zip(right, counts, strict=True)],
            "interval": [f"{percent(lowest)} to {percent(highest)}" for lowest, highest in zip(low, high, strict=True)],
        }
    )
    return Figure(table, _spec(text_color))


def _spec(text_color: str) -> Spec:
    scale: Spec = {"domain": [0, 1], "nice": False}
    axis: Spec = {"format": ".0%", "values": [0, 0.2, 0.4, 0.6, 0.8, 1], "grid": False}
    x: Spec = {"field": "confidence", "type": "quantitative", "scale": scale, "axis": {**axis, "title": "confidence"}}
    y: Spec = {"field": "accuracy", "type": "quantitative", "scale": scale, "axis": {**axis, "title": "accuracy"}}
    tooltip: list[Any] = [
        {"field": "bin", "title": "confidence"},
        {"field": "confidence", "type": "quantitative", "format": ".1%", "title": "mean confidence"},
        {"field": "accuracy", "type": "quantitative", "format": ".1%"},
        {"field": "correct"},
        {"field": "interval", "title": "95 % interval"},
    ]
    ends = [{"confidence": 0, "accuracy": 0}, {"confidence": 1, "accuracy": 1}]
    words = [
        {"confidence": 0.02, "accuracy": 0.96, "words": "underconfident", "side": "left"},
        {"confidence": 0.98, "accuracy": 0.04, "words": "overconfident", "side": "right"},
    ]
    layers: list[Spec] = [
        {
            "data": {"values": ends},
            "mark": {"type": "line", "strokeDash": vega.DOTTED, "color": theme.OTHER, "strokeWidth": 2},
            "encoding": {"x": x, "y": y},
        },
        *(
            {
                "data": {"values": [word]},
                "mark": {"type": "text", "align": word["side"], "fontSize": 13, "color": text_color},
                "encoding": {"x": x, "y": y, "text": {"field": "words"}},
            }
            for word in words
        ),
        {
            "mark": {"type": "rule", "color": theme.OTHER, "strokeWidth": 2},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "opacity": 1, "color": theme.RIGHT},
            "encoding": {
                "x": x,
                "y": y,
                "size": {"field": "size", "type": "quantitative", "scale": None},
                "tooltip": tooltip,
            },
        },
        {
            # In the middle of its bin, so that the numbers do not overlap.
            "mark": {
                "type": "text",
                "angle": 270,
                "align": "left",
                "baseline": "middle",
                "fontSize": 11,
                "color": text_color,
                "y": -10,
            },
            "encoding": {"x": {**x, "field": "middle"}, "text": {"field": "images"}},
        },
    ]
    return vega.spec(
        "Accuracy against confidence, with the number of images above each bin",
        HEIGHT,
        layers,
        padding={"left": 0, "top": 40, "right": 8, "bottom": 0},
    )
