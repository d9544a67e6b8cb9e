"""What a training looks like while it goes on: its learning curves, and the images that its first layer looks for.

Pure functions from values to figures. The curves are Altair's, which Streamlit updates in place.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.jobs import Point
from ui import pictures, theme

POINTS_SHOWN = 400  # a screen has no room for more
UNITS_SHOWN = 64
SIDE, MAGNIFIED, GAP = 28, 2, 4  # pixels of an image; of the screen for each; between tiles
SHADES = 63  # an odd number, so that one of them is neutral


def loss_curve(points: Sequence[Point], epochs: int) -> alt.Chart:
    """Cross-entropy loss against epochs: training and validation."""
    return _curve(points, "loss", "validation_loss", epochs, alt.Axis(title=None), alt.Scale(zero=True))


def accuracy_curve(points: Sequence[Point], epochs: int) -> alt.Chart:
    """Share of right answers against epochs: training and validation."""
    axis = alt.Axis(title=None, format=".0%")
    return _curve(points, "accuracy", "validation_accuracy", epochs, axis, alt.Scale(domain=[0, 1]))


def _curve(
    points: Sequence[Point], training: str, validation: str, epochs: int, axis: alt.Axis, scale: alt.Scale
) -> alt.Chart:
    shown = points[:: max(1, len(points) // POINTS_SHOWN)]
    rows = [(point.epoch, "training", getattr(point, training)) for point in shown]
    rows += [(point.epoch, "validation", getattr(point, validation)) for point in points]
    table = pd.DataFrame(rows, columns=["epoch", "on", "value"]).dropna()
    return (
        alt.Chart(table)
        .mark_line(clip=True)
        .encode(
            x=alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, epochs], nice=False)),
            y=alt.Y("value:Q", axis=axis, scale=scale),
            color=alt.Color(
                "on:N",
                scale=alt.Scale(domain=["training", "validation"], range=[theme.TRAINING, theme.VALIDATION]),
                legend=alt.Legend(title=None, orient="top", padding=0, offset=8),
            ),
            strokeWidth=alt.condition(alt.datum.on == "validation", alt.value(2.5), alt.value(1.5)),
            tooltip=[alt.Tooltip("on:N"), alt.Tooltip("epoch:Q", format=".2f"), alt.Tooltip("value:Q", format=".4f")],
        )
        .properties(height=260)
    )


def weights_picture(weights: NDArray[np.float32], columns: int = 16) -> str:
    """The first units' weights (784, units) as one picture, a tile of 28x28 for each unit; returns its data URL.

    Where ink speaks for a unit its tile is orange, where it speaks against it blue; each tile has its own scale.
    The picture travels in the URL because a file of it would often be gone before the browser asks for it.
    """
    units = min(weights.shape[1], UNITS_SHOWN)
    columns = min(columns, units)
    tile, side = SIDE * MAGNIFIED, SIDE * MAGNIFIED + GAP
    indices = np.full((-(-units // columns) * side - GAP, columns * side - GAP), SHADES, np.uint8)
    for unit in range(units):
        top, left = unit // columns * side, unit % columns * side
        values = weights[:, unit].reshape(SIDE, SIDE)
        strength = values / max(float(np.abs(values).max()), 1e-12)  # -1..1
        shades = np.rint((strength + 1) / 2 * (SHADES - 1)).astype(np.uint8)
        indices[top : top + tile, left : left + tile] = shades.repeat(MAGNIFIED, axis=0).repeat(MAGNIFIED, axis=1)
    return pictures.data_url(indices, _palette())


def _palette() -> bytes:
    """Red, green and blue of each shade, from full ink against to full ink for; last, the gap's."""
    strength = np.linspace(-1, 1, SHADES)[:, None]
    full = np.where(strength > 0, theme.TILE_FOR, theme.TILE_AGAINST)
    colours = theme.TILE_NEUTRAL + np.abs(strength) * (full - np.array(theme.TILE_NEUTRAL))
    return np.vstack((colours, theme.TILE_GAP)).astype(np.uint8).tobytes()
