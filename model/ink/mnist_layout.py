"""MNIST's layout of a digit in 28x28 pixels: 20 pixels long, its center of mass in the middle.

A network reads only images in the layout that it was trained on, so that layout is measured and made here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.common.arrays import F64, I64, U8, Bools
from model.common.constants import IMAGE_SIDE

BOX_SIZE = 20  # pixels: the longer side of a digit's ink
CENTER = 14  # the pixel, counted from 0, that the center of mass falls on in both axes
VISIBLE = 43  # of 255: a sixth


def longer_side(images: U8) -> I64:
    """Measure the longer side of each image's ink, in pixels: (..., height, width) -> (...). 0 without ink."""
    inked = np.asarray(images) > 0
    return np.maximum(_span(np.any(inked, axis=-1)), _span(np.any(inked, axis=-2)))


def center_of_mass(images: U8) -> F64:
    """Find the center of mass as (row, column), 0 being the first pixel's middle: (..., height, width) -> (..., 2).

    An image without ink gives NaN.
    """
    ink = np.asarray(images, dtype=np.float64)
    rows, columns = ink.sum(axis=-1), ink.sum(axis=-2)  # (..., height), (..., width)
    mass = rows.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        row = rows @ np.arange(rows.shape[-1]) / mass
        column = columns @ np.arange(columns.shape[-1]) / mass
    return np.stack([row, column], axis=-1)


def stroke_width(images: U8) -> F64:
    """Estimate the mean width of each image's strokes, in pixels: (..., height, width) -> (...). NaN without ink.

    A stroke much longer than wide has two long edges, so its width is twice its area over its perimeter. A pixel counts
    when at least a sixth of it is inked, so a soft edge belongs to the stroke. The perimeter is the sum of the
    gradient's length over the image (the coarea formula; Fleming and Rishel, 1960).
    """
    ink = (np.asarray(images) >= VISIBLE).astype(np.float64)
    ink = np.pad(ink, [(0, 0)] * (ink.ndim - 2) + [(1, 1), (1, 1)])  # ink at the border ends there
    # Both differences are taken in the middle of the same four pixels, so that slanted edges count right.
    down = np.diff(ink, axis=-2)  # (..., h+1, w+2)
    across = np.diff(ink, axis=-1)  # (..., h+2, w+1)
    down = (down[..., :, 1:] + down[..., :, :-1]) / 2  # (..., h+1, w+1)
    across = (across[..., 1:, :] + across[..., :-1, :]) / 2  # (..., h+1, w+1)
    perimeter = np.hypot(down, across).sum(axis=(-2, -1))
    with np.errstate(invalid="ignore"):
        return 2 * ink.sum(axis=(-2, -1)) / perimeter


def crop(ink: U8) -> U8:
    """Cut off the rows and columns without ink around it; an image without ink becomes (0, 0)."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if rows.size else ink[:0, :0]


def center_by_mass(ink: U8) -> U8:
    """Place ink of at most 28x28 pixels, by whole pixels, so that its center of mass rounds to 14: (28, 28).

    Ink is never cut off: a digit so lopsided that it would cross the border touches it instead, its center of mass as
    near to 14 as the border allows. An image without ink stays empty.

    Raises:
        ValueError: the ink is larger than the image.
    """
    image = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.uint8)
    ink = crop(ink)
    height, width = ink.shape
    if not ink.size:
        return image
    if max(height, width) > IMAGE_SIDE:
        raise ValueError(f"ink must fit into 28x28 pixels; got {height}x{width}: scale it down first")
    row, column = center_of_mass(ink)
    top = min(max(CENTER - round(row), 0), IMAGE_SIDE - height)
    left = min(max(CENTER - round(column), 0), IMAGE_SIDE - width)
    image[top : top + height, left : left + width] = ink
    return image


@dataclass(frozen=True)
class Layout:
    """How an image is laid out: the longer side of its ink, and where that goes in the 28x28 pixels."""

    box_size: int = BOX_SIZE  # pixels
    center: Callable[[U8], U8] = center_by_mass  # from the box's ink to (28, 28)


MNIST_LAYOUT = Layout()


def _span(inked: Bools) -> I64:
    """Count from the first True to the last along the last axis; 0 where there is none."""
    length = inked.shape[-1]
    first, last = inked.argmax(axis=-1), length - 1 - inked[..., ::-1].argmax(axis=-1)
    return np.where(inked.any(axis=-1), last - first + 1, 0)
