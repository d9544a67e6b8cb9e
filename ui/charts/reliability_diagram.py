"""The reliability diagram: accuracy against confidence. On the dotted line both are equal."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from model.inference.metrics import confidence_interval
from model.nn.calibration import Reliability
from ui.common import theme
from ui.common.formatting import percent

HEIGHT = 400  # pixels
TEXT_SIZE = 13


def reliability_diagram(reliability: Reliability, *, height: int = HEIGHT, text_size: int = TEXT_SIZE) -> go.Figure:
    """Draw accuracy, with its 95 % confidence interval, against confidence.

    Each bin that has predictions has a dot, and their number above it. A bin with more predictions has a larger dot,
    so that the eye does not go to the widest intervals, which say least.
    """
    bins = len(reliability.counts)
    filled = np.flatnonzero(reliability.counts)
    counts, right = reliability.counts[filled], reliability.right[filled]
    confidence, accuracy = np.nan_to_num(reliability.confidence[filled]), reliability.accuracy[filled]
    low, high = np.array([confidence_interval(*pair) for pair in zip(right, counts, strict=True)]).T
    tooltips = [
        f"{percent(index / bins, 0)} to {percent((index + 1) / bins, 0)} confidence, {percent(mean)} on average:<br>"
        f"{part:,} of {count:,} correct, {percent(share)}<br>"
        f"95 % confidence interval {percent(lowest)} to {percent(highest)}"
        for index, mean, part, count, share, lowest, highest in zip(
            filled, confidence, right, counts, accuracy, low, high, strict=True
        )
    ]
    dots = go.Scatter(
        x=confidence,
        y=accuracy,
        mode="markers",
        marker={"size": 6 + 2.5 * np.log10(counts), "color": theme.RIGHT, "opacity": 1},
        error_y={
            "array": high - accuracy,
            "arrayminus": accuracy - low,
            "color": theme.OTHER,
            "thickness": 2,
            "width": 0,
        },
        hovertext=tooltips,
        hoverinfo="text",
    )
    figure = go.Figure(dots)
    equal = {"color": theme.OTHER, "dash": "dot", "width": 2}
    figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, layer="below", line=equal)
    words: dict[str, Any] = {"showarrow": False, "font": {"size": text_size}}
    figure.add_annotation(text="underconfident", x=0, y=1, xanchor="left", **words)
    figure.add_annotation(text="overconfident", x=1, y=0, xanchor="right", **words)
    for index, count in zip(filled, counts, strict=True):
        # In the middle of its bin, and upright, so that the numbers do not overlap.
        place: dict[str, Any] = {"x": (index + 0.5) / bins, "yref": "paper", "y": 1, "yanchor": "bottom"}
        figure.add_annotation(text=f"{count:,}", textangle=-90, showarrow=False, font={"size": text_size}, **place)
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 12, "t": 4 * text_size, "b": 0},
        font={"size": text_size},
        dragmode=False,
        hovermode="closest",
        showlegend=False,
    )
    axis: dict[str, Any] = {"tickformat": ".0%", "dtick": 0.2, "fixedrange": True, "zeroline": False, "showgrid": False}
    figure.update_xaxes(title="confidence", range=[-0.03, 1.03], **axis)
    figure.update_yaxes(title="accuracy", range=[-0.03, 1.03], **axis)
    return figure
