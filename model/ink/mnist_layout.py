"""Layout is how a digit sits in MNIST's 28x28 pixels: 20 pixels long, its centre of mass in the middle.
A network reads only what comes in the layout it learned from, so that layout is measured and made here."""

import numpy as np
from numpy.typing import NDArray

IMAGE_SIZE = 28
BOX_SIZE = 20  # the longer side of a digit's ink
CENTER = 14  # the pixel, counted from 0, that the centre of mass falls on in both axes
VISIBLE = 43  # of 255: a sixth

Images = NDArray[np.uint8]
Floats = NDArray[np.float64]


def longer_side(images: Images) -> NDArray[np.int64]:
    """The longer side of each image's ink, in pixels: (..., height, width) -> (...). 0 without ink."""
    inked = np.asarray(images) > 0
    return np.maximum(_span(np.any(inked, axis=-1)), _span(np.any(inked, axis=-2)))


def center_of_mass(images: Images) -> Floats:
    """The centre of mass as (row, column) from the first pixel's middle: (..., height, width) -> (..., 2).

    An image without ink gives NaN.
    """
    ink = np.asarray(images, dtype=np.float64)
    rows, columns = ink.sum(axis=-1), ink.sum(axis=-2)  # (..., height), (..., width)
    mass = rows.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        row = rows @ np.arange(rows.shape[-1]) / mass
        column = columns @ np.arange(columns.shape[-1]) / mass
    return np.stack([row, column], axis=-1)


def stroke_width(images: Images) -> Floats:
    """The mean width of each image's strokes, in pixels: (..., height, width) -> (...). NaN without ink.

    A stroke much longer than wide has two long edges, so its width is twice its area over its perimeter.
    A pixel counts when at least a sixth of it is inked, so a soft edge belongs to the stroke. The perimeter
    is the sum of the gradient's length over the image (the coarea formula; Fleming and Rishel, 1960).
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


def center(ink: Images) -> Images:
    """Place ink of at most 28x28 pixels so, by whole pixels, that its centre of mass rounds to 14: (28, 28).

    Ink is never cut off: a digit so lopsided that it would cross the border touches it instead, and its
    centre of mass lies as near to 14 as the border lets it. An image without ink stays empty.

    Raises ValueError for ink that is larger than the image.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    image = np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    if rows.size == 0:
        return image
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = ink.shape
    if max(height, width) > IMAGE_SIZE:
        raise ValueError(f"ink must fit into 28x28 pixels; got {height}x{width}: scale it down first")
    row, column = center_of_mass(ink)
    top = min(max(CENTER - round(row), 0), IMAGE_SIZE - height)
    left = min(max(CENTER - round(column), 0), IMAGE_SIZE - width)
    image[top : top + height, left : left + width] = ink
    return image


def _span(inked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """From the first True to the last, both counted, along the last axis; 0 where there is none."""
    length = inked.shape[-1]
    first, last = inked.argmax(axis=-1), length - 1 - inked[..., ::-1].argmax(axis=-1)
    return np.where(inked.any(axis=-1), last - first + 1, 0)
