"""The weights of the first layer as images: a tile for each unit shows which pixels raise or lower its value."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model.common.constants import IMAGE_SIDE
from ui.charts import digit_images
from ui.common import theme

MAX_UNITS = 64
SCALE, GAP = 2, 4  # screen pixels for each weight; between tiles
SHADES = 63  # an odd number, so that one of them is neutral

Order = Literal["strongest first"]


def weights_image(weights: NDArray[np.float32], *, columns: int = 16, order: Order | None = None) -> str:
    """Draw up to 64 units' weights (784, units) as one image with a 28x28 tile for each unit; returns its data URL.

    Orange weights are positive, blue ones negative; each tile has its own scale. The image travels in the URL because
    the browser often asks for a file of it after Streamlit has deleted it.

    Args:
        order: None shows the first units; "strongest first" those whose weights have the largest norm.
    """
    if order == "strongest first":
        weights = weights[:, np.argsort(-np.square(weights).sum(axis=0), stable=True)[:MAX_UNITS]]
    units = min(weights.shape[1], MAX_UNITS)
    columns = min(columns, units)
    tile, pitch = IMAGE_SIDE * SCALE, IMAGE_SIDE * SCALE + GAP
    shades = np.full((-(-units // columns) * pitch - GAP, columns * pitch - GAP), SHADES, np.uint8)
    for unit in range(units):
        top, left = unit // columns * pitch, unit % columns * pitch
        values = weights[:, unit].reshape(IMAGE_SIDE, IMAGE_SIDE)
        strength = values / max(float(np.abs(values).max()), 1e-12)  # -1..1
        unit_shades = np.rint((strength + 1) / 2 * (SHADES - 1)).astype(np.uint8)
        shades[top : top + tile, left : left + tile] = unit_shades.repeat(SCALE, axis=0).repeat(SCALE, axis=1)
    return digit_images.data_url(shades, _palette())


def _palette() -> bytes:
    """Red, green and blue of each shade, from the most negative to the most positive weight; the gap's comes last."""
    strength = np.linspace(-1, 1, SHADES)[:, None]
    neutral = np.array(theme.rgb(theme.TILE_NEUTRAL))
    full = np.where(strength > 0, theme.rgb(theme.TILE_POSITIVE), theme.rgb(theme.TILE_NEGATIVE))
    colors = neutral + np.abs(strength) * (full - neutral)
    return np.vstack((colors, theme.rgb(theme.TILE_GAP))).astype(np.uint8).tobytes()
