"""The figure shows a row of dots for each work: how long each library takes, with Inkling as the line at 1.

The axis is logarithmic, so that twice as long and half as long lie equally far from the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from benchmarks.adapters import BASE, FLOOR
from ui.common import theme

# A color for each library; its two modes share it, one of them with hollow marks.
STYLES = {
    "PyTorch": (theme.VERMILION, "circle"),
    "PyTorch fused": (theme.VERMILION, "circle-open"),
    "JAX by step": (theme.GREEN, "diamond"),
    "JAX by epoch": (theme.GREEN, "diamond-open"),
    "scikit-learn": (theme.PINK, "x-thin"),
    FLOOR: (theme.GRAY, "line-ns-open"),
}
# Text, faint lines and Inkling's own line, on a light and on a dark page.
INKS = {False: ("#1F2328", "#D1D9E0", theme.BLUE), True: ("#E6EDF3", "#3D444D", "#3B9FDB")}
FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
WIDTH, ROW, GAP, MARGINS = 860, 20, 14, 110  # pixels; the gap is between networks
TICKS = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32)


def figure(results: Mapping[str, Any], *, dark: bool = False) -> go.Figure:
    """The rows of a run as dots on a logarithmic axis, for a light or a dark page."""
    ink, faint, own = INKS[dark]
    places, labels = _places(results["rows"], ink)
    bottom = max(places.values(), default=0) + ROW
    drawn = go.Figure(layout=_layout(bottom, ink, faint))
    for height in places.values():
        drawn.add_shape(
            layer="below",
            type="line",
            x0=0,
            x1=1,
            xref="x domain",
            y0=height,
            y1=height,
            line_color=faint,
            line_width=0.5,
        )
    drawn.add_scatter(x=[1, 1], y=[-ROW, bottom], name=BASE, mode="lines", line_color=own, line_width=2)
    for name, (color, symbol) in STYLES.items():
        rows = [row for row in results["rows"] if name in row["results"]]
        if rows:
            drawn.add_scatter(
                x=[row["results"][name]["ratio"] for row in rows],
                y=[places[row["name"]] for row in rows],
                name=name,
                mode="markers",
                marker_color=color,
                marker_symbol=symbol,
                marker_size=9,
                marker_line_color=color,
                marker_line_width=2,
            )
    drawn.layout.annotations += tuple(labels)
    return drawn


def _places(rows: Any, ink: str) -> tuple[dict[str, float], list[Any]]:
    """How far down each row's name lies, in pixels, and the labels on the left: a network's, and its optimizers'."""
    places: dict[str, float] = {}
    labels = []
    height = 0.0

    def label(text: str, shift: int) -> Any:
        return go.layout.Annotation(
            text=text, x=0, xref="paper", xanchor="left", xshift=shift, y=height, showarrow=False, font_color=ink
        )

    for network, members in groupby(rows, key=lambda row: f"<b>{row['network']}</b>, batch {row['batch_size']}"):
        labels.append(label(network, -300))
        for row in members:
            places[row["name"]] = height
            labels.append(label(row["optimizer"], -84))
            height += ROW
        height += GAP
    return places, labels


def _layout(bottom: float, ink: str, faint: str) -> go.Layout:
    return go.Layout(
        width=WIDTH,
        height=bottom + ROW + MARGINS,
        margin_l=310,
        margin_r=20,
        margin_t=60,
        margin_b=50,
        font_family=FONT,
        font_size=13,
        font_color=ink,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend_orientation="h",
        legend_x=0,
        legend_y=1,
        legend_yanchor="bottom",
        xaxis_type="log",
        xaxis_tickvals=TICKS,
        xaxis_ticktext=[f"1/{round(1 / tick)}" if tick < 1 else f"{tick:g}" for tick in TICKS],
        xaxis_gridcolor=faint,
        xaxis_zeroline=False,
        xaxis_title_text="← faster     time of an epoch, Inkling = 1     slower →",
        xaxis_title_font_size=13,
        yaxis_range=[bottom, -ROW],
        yaxis_visible=False,
    )


def save(results: Mapping[str, Any], folder: Path, name: str = "training") -> str:
    """Write the figure for light and for dark pages; returns the Markdown that shows the one that fits the page.

    Raises:
        ValueError: no browser that can draw it, or no kaleido.
    """
    for dark in (False, True):
        path = folder / f"{name}-{'dark' if dark else 'light'}.svg"
        path.write_bytes(as_svg(figure(results, dark=dark)))
    return "\n".join(
        [
            "<picture>",
            f'  <source media="(prefers-color-scheme: dark)" srcset="{name}-dark.svg">',
            f'  <img alt="How long each library takes for an epoch beside Inkling" src="{name}-light.svg">',
            "</picture>",
        ]
    )


def as_svg(picture: go.Figure) -> bytes:
    """A figure as SVG.

    Raises:
        ValueError: no browser that can draw it, or no kaleido.
    """
    try:
        svg: bytes = picture.to_image(format="svg")
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[0]
        raise ValueError(
            "the figure needs kaleido (`make bench` installs it) and Chromium or Chrome"
            f" (BROWSER_PATH=... names one); got: {reason}"
        ) from None
    return svg


def check() -> None:
    """Raises ValueError if figures can't be drawn here."""
    as_svg(go.Figure())
