"""Charts of an evaluation: the confusion matrix, accuracy by digit, calibration, and one image's probabilities.

Pure functions from values to figures. Blue is right and vermilion is wrong, as on every page.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from model.inference.metrics import confidence_interval
from model.nn.calibration import Reliability
from ui.common import theme
from ui.common.formatting import image_count, percent

Array = NDArray[Any]
Cell = tuple[int, int]  # actual and predicted digit

DIGITS = 10
# The smallest share of a digit's images, all predicted as one other digit, that gets the full color.
FULL_COLOR_SHARE = 0.02
NEGLIGIBLE = 0.0005  # smaller probabilities have no number beside their bar


def confusion_matrix_chart(confusion: Array, chosen: Cell | None, text_color: str) -> go.Figure:
    """Draw how often each digit (row) was predicted as each digit (column), from counts (10, 10).

    The color is the share of the row; for mistakes its square root, on a scale of their own, so that a few among a
    thousand remain visible. Plotly reports no clicks on a heat map, so each cell is also a point of the last trace;
    `cell_at` turns a point into its cell.

    Args:
        chosen: the cell that is highlighted until another one is clicked.
    """
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    mistakes = np.where(np.eye(DIGITS, dtype=bool), 0.0, shares)
    colors = np.where(np.eye(DIGITS), shares, -np.sqrt(mistakes / max(mistakes.max(), FULL_COLOR_SHARE)))
    cells = go.Heatmap(
        z=colors,
        zmin=-1,
        zmax=1,
        # Partly transparent, so that the page's own text is readable on all of them, light or dark.
        colorscale=[
            (0.0, theme.rgba(theme.WRONG, 0.85)),
            (0.499, theme.rgba(theme.WRONG, 0.15)),
            (0.5, theme.rgba(theme.OTHER, 0.1)),
            (0.501, theme.rgba(theme.RIGHT, 0.05)),
            (1.0, theme.rgba(theme.RIGHT, 0.45)),
        ],
        showscale=False,
        hoverinfo="skip",
        xgap=2,
        ygap=2,
    )
    rows, columns = np.divmod(np.arange(DIGITS * DIGITS), DIGITS)
    counts = confusion.ravel()
    points = go.Scatter(
        x=columns,
        y=rows,
        mode="markers+text",
        text=[str(count) if count else "" for count in counts],
        hovertext=[
            f"{row} predicted as {column}: {image_count(count)} ({percent(share)})"
            for row, column, count, share in zip(rows, columns, counts, shares.ravel(), strict=True)
        ],
        hoverinfo="text",
        textfont={"size": 12, "color": text_color},
        marker={"symbol": "square", "size": 28, "color": theme.PAPER, "opacity": 0},
        selected={"marker": {"opacity": 1}, "textfont": {"color": theme.PEN}},
        unselected={"marker": {"opacity": 0}},
        selectedpoints=None if chosen is None else [chosen[0] * DIGITS + chosen[1]],
    )
    figure = go.Figure([cells, points])
    figure.update_layout(
        height=470,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        clickmode="event+select",
        dragmode=False,
        hovermode="closest",
        hoverdistance=60,  # pixels: the whole cell reacts, not only its center
    )
    axis: dict[str, Any] = {"dtick": 1, "fixedrange": True, "showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(title="predicted", range=[-0.5, DIGITS - 0.5], side="top", **axis)
    figure.update_yaxes(title="actual", range=[DIGITS - 0.5, -0.5], **axis)
    return figure


def cell_at(point: object) -> Cell | None:
    """The cell of a point of the confusion matrix; None if it has no such point."""
    return divmod(point, DIGITS) if isinstance(point, int) and 0 <= point < DIGITS * DIGITS else None


def largest_mistake(confusion: Array) -> Cell | None:
    """The most frequent mistake; None if there is none."""
    mistakes = np.where(np.eye(DIGITS, dtype=bool), 0, confusion)
    return cell_at(int(mistakes.argmax())) if mistakes.any() else None


def accuracy_by_digit_chart(confusion: Array) -> go.Figure:
    """Draw the accuracy on each digit with its 95 % confidence interval, and the overall one, from counts (10, 10)."""
    totals, right = confusion.sum(axis=1), confusion.diagonal()
    shown = np.flatnonzero(totals)
    shares = right[shown] / totals[shown]
    low, high = np.array([confidence_interval(right[digit], totals[digit]) for digit in shown]).T
    points = _dots(
        shares,
        shown,
        (low, high),
        sizes=11,
        hover_text=[
            f"{digit}: {right[digit]:,} of {totals[digit]:,} correct, {percent(share)}<br>"
            f"95 % confidence interval {percent(bounds[0])} to {percent(bounds[1])}"
            for digit, share, *bounds in zip(shown, shares, low, high, strict=True)
        ],
    )
    figure = go.Figure(points)
    overall = right.sum() / totals.sum()
    figure.add_vline(
        overall,
        line={"color": theme.OTHER, "dash": "dot", "width": 2},
        annotation={"text": f"all: {percent(overall)}", "yanchor": "bottom"},
        annotation_position="top",
    )
    figure.update_layout(height=400, margin={"l": 0, "r": 12, "t": 24, "b": 0}, dragmode=False, showlegend=False)
    room = (1 - low.min()) * 0.04  # so that a mark at 100 % is not cut in half
    figure.update_xaxes(range=[max(low.min() - room, -room), 1 + room], fixedrange=True, tickformat=".0%", nticks=5)
    figure.update_yaxes(
        title="digit", range=[DIGITS - 0.5, -0.5], dtick=1, fixedrange=True, showgrid=False, zeroline=False
    )
    return figure


def _dots(shares: Array, y: Array, bounds: tuple[Array, Array], *, sizes: Any, hover_text: list[str]) -> go.Scatter:
    """A dot at each share (n,) and y (n,), with the bounds of its interval and a tooltip."""
    low, high = bounds
    return go.Scatter(
        x=shares,
        y=y,
        mode="markers",
        marker={"size": sizes, "color": theme.RIGHT, "opacity": 1},
        error_x={
            "array": high - shares,
            "arrayminus": shares - low,
            "color": theme.OTHER,
            "thickness": 2,
            "width": 0,
        },
        hovertext=hover_text,
        hoverinfo="text",
    )


def reliability_diagram(reliability: Reliability) -> go.Figure:
    """Draw accuracy, with its 95 % confidence interval, against confidence; on the dotted line both are equal.

    Each bin that has predictions has a dot, and their number at the end of its row. A bin with more predictions has a
    larger dot, so that the eye does not go to the widest intervals, which say least.
    """
    bins = len(reliability.counts)
    filled = np.flatnonzero(reliability.counts)
    counts, right = reliability.counts[filled], reliability.right[filled]
    shares, confidence = reliability.accuracy[filled], reliability.confidence[filled]
    low, high = np.array([confidence_interval(*pair) for pair in zip(right, counts, strict=True)]).T
    points = _dots(
        shares,
        confidence,
        (low, high),
        sizes=6 + 2.5 * np.log10(counts),
        hover_text=[
            f"{percent(index / bins, 0)} to {percent((index + 1) / bins, 0)} confidence, "
            f"{percent(mean)} on average:<br>"
            f"{part:,} of {count:,} correct, {percent(share)}<br>"
            f"95 % confidence interval {percent(bounds[0])} to {percent(bounds[1])}"
            for index, mean, part, count, share, *bounds in zip(
                filled, confidence, right, counts, shares, low, high, strict=True
            )
        ],
    )
    figure = go.Figure(points)
    equal = {"color": theme.OTHER, "dash": "dot", "width": 2}
    figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, layer="below", line=equal)
    figure.add_annotation(text="overconfident", x=0, y=1, xanchor="left", showarrow=False)
    figure.add_annotation(text="underconfident", x=1, y=0, xanchor="right", showarrow=False)
    beside: dict[str, Any] = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 4, "showarrow": False}
    figure.add_annotation(text="images", yref="paper", y=1, yanchor="bottom", **beside)
    for index, count in zip(filled, counts, strict=True):
        # In the middle of its bin, so that the numbers do not overlap.
        figure.add_annotation(text=f"{count:,}", y=(index + 0.5) / bins, **beside)
    figure.update_layout(height=400, margin={"l": 0, "r": 52, "t": 24, "b": 0}, dragmode=False, showlegend=False)
    axis: dict[str, Any] = {"tickformat": ".0%", "dtick": 0.2, "fixedrange": True, "zeroline": False, "showgrid": False}
    figure.update_xaxes(title="accuracy", range=[-0.03, 1.03], **axis)
    figure.update_yaxes(title="confidence", range=[-0.03, 1.03], **axis)
    return figure


def probability_bars_chart(probabilities: Array, label: int) -> alt.LayerChart:
    """Draw the probability of each digit (10,): the label in blue, a wrong prediction in vermilion, the rest gray."""
    answer = int(probabilities.argmax())
    colors = [theme.RIGHT if digit == label else theme.WRONG if digit == answer else theme.OTHER for digit in range(10)]
    table = pd.DataFrame(
        {
            "digit": range(DIGITS),
            "probability": np.nan_to_num(probabilities.astype(float)),
            "words": [percent(float(share)) if share >= NEGLIGIBLE else "" for share in probabilities],
            "color": colors,
        }
    )
    look: dict[str, Any] = {"title": None, "ticks": False, "domain": False}
    bars = (
        alt.Chart(table)
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            x=alt.X("probability:Q", axis=None, scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("digit:O", axis=alt.Axis(labelFontSize=15, **look)),
            color=alt.Color("color:N", scale=None),
            tooltip=["digit:O", "probability:Q"],
        )
    )
    # The numbers are an axis, because Streamlit gives the text of axes the color of the theme.
    numbers = f"{table['words'].tolist()}[datum.value]"
    right = alt.Axis(orient="right", labelExpr=numbers, labelFontSize=13, **look)
    column = bars.mark_tick(opacity=0).encode(y=alt.Y("digit:O", axis=right))
    return (bars + column).resolve_axis(y="independent").properties(height=270, padding={"right": 6})
