"""The first layer's weights are drawn as they are: a tile for each unit, in order."""

import base64
from io import BytesIO

import numpy as np
from PIL import Image

from ui.charts.first_layer_weights import weights_image
from ui.common import theme

POSITIVE, NEGATIVE, NEUTRAL = map(theme.rgb, (theme.TILE_POSITIVE, theme.TILE_NEGATIVE, theme.TILE_NEUTRAL))


def tiles(address: str, columns: int) -> np.ndarray:
    """The middle of each tile, as red, green and blue, (rows, columns, 3)."""
    image = np.asarray(Image.open(BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB"))
    assert image.shape[1] == columns * 60 - 4
    return image[28::60, 28::60]


def units(*strengths: float) -> np.ndarray:
    """Weights (784, units): each unit's are all `strength`."""
    return np.tile(np.array(strengths, np.float32), (784, 1))


def test_positive_weights_are_orange_and_negative_ones_blue() -> None:
    found = tiles(weights_image(units(0.5, -2, 0)), columns=3)
    assert found.tolist() == [[[*POSITIVE], [*NEGATIVE], [*NEUTRAL]]]


def test_units_are_in_order_or_the_strongest_first() -> None:
    weights = units(1, -3, 2, -0.5, 4)
    assert weights_image(weights, columns=2) != weights_image(weights, columns=2, order="strongest first")
    assert weights_image(weights, order="strongest first") == weights_image(weights[:, [4, 1, 2, 0, 3]])
    signs = tiles(weights_image(weights, columns=2), columns=2)[..., 0] == POSITIVE[0]
    assert signs.tolist() == [[True, False], [True, False], [True, False]]  # the last place is the gap's


def test_the_strongest_are_chosen_among_all_units() -> None:
    weights = np.random.default_rng(0).normal(size=(784, 100)).astype(np.float32)
    weights[:, 99] = 5
    first = tiles(weights_image(weights, order="strongest first"), columns=16)[0, 0]
    assert first.tolist() == [*POSITIVE]
