"""Pixels in whatever scale and polarity, as MNIST has them: whole numbers from 0 (paper) to 255 (ink).

What is unmistakable is converted, and a note says so; what is not is refused, or a note says what is doubtful.
"""

from __future__ import annotations

import numpy as np

from model.common.arrays import U8, Array
from model.common.constants import CLASSES, IMAGE_SIDE, PIXELS

FAINT = 128  # of 255: a whole set of digits has brighter ink somewhere
SEVERAL = 10  # images
SAMPLE = 2_000  # images that are looked at, evenly spread over all
BRIGHT = 153  # of 255: the least mean of a border that is paper, not ink; noise has 128
_BORDER = np.flatnonzero(
    np.pad(np.zeros((IMAGE_SIDE - 2, IMAGE_SIDE - 2), bool), 1, constant_values=True)
)  # of the 784 pixels


def normalized(values: Array, name: str) -> tuple[U8, tuple[str, ...]]:
    """Convert pixels of any plain type: (n, 784) -> (n, 784), bytes with ink 255 on paper 0, and notes.

    Raises:
        ValueError: the pixels are on a scale that is not known.
    """
    images, scaled = to_bytes(values, name)
    images, turned = ink_on_paper(images, name)
    notes = scaled + turned
    largest = int(images.max(initial=0))
    if not scaled and 1 < largest < CLASSES:
        notes += (f"{name}: no pixel is above {largest} of 255, as if they were labels; is this a table of images?",)
    elif not scaled and CLASSES <= largest < FAINT and len(images) >= SEVERAL:
        notes += (f"{name}: no pixel is above {largest} of 255, as if on another scale; ink is 255.",)
    return images, notes


def to_bytes(values: Array, name: str) -> tuple[U8, tuple[str, ...]]:
    """Scale pixels of any plain type to 0..255.

    Raises:
        ValueError: the pixels are on a scale that is not known.
    """
    low, high = (values.min(initial=0), values.max(initial=0)) if values.dtype != bool else (0, 1)
    if values.dtype == bool or (values.dtype.kind in "iu" and low == 0 and high == 1):
        images: U8 = values.astype(np.uint8) * np.uint8(255)
        return images, (f"{name}: its pixels are 0 and 1; they were scaled to 0 and 255.",)
    if values.dtype == np.uint8:
        return values, ()
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"{name}: pixels must be numbers; got one that is not finite")
    if values.dtype.kind == "f" and (values != np.rint(values)).any():
        return _from_fractions(values, float(low), float(high), name)
    if low < 0 or high > 255:
        raise ValueError(
            f"{name}: pixels must be from 0 to 255, or from 0 to 1; got {low:g} to {high:g}; undo the normalization,"
            " or save the images as bytes"
        )
    if high == 1:
        return to_bytes(values.astype(np.uint8), name)
    return values.astype(np.uint8), ()


def _from_fractions(values: Array, low: float, high: float, name: str) -> tuple[U8, tuple[str, ...]]:
    if low >= 0 and high <= 1:
        images = np.rint(values * values.dtype.type(255)).astype(np.uint8)
        return images, (f"{name}: its pixels are from 0 to 1; they were scaled to 0 to 255.",)
    if low >= -1 and high <= 1:
        images = np.rint((values + 1) * values.dtype.type(127.5)).astype(np.uint8)
        return images, (f"{name}: its pixels are from {low:.3g} to {high:.3g}; -1 to 1 was scaled to 0 to 255.",)
    if low >= 0 and high <= 255:
        return np.rint(values).astype(np.uint8), (f"{name}: its pixels have fractions; they were rounded.",)
    raise ValueError(
        f"{name}: pixels must be from 0 to 255, or from 0 to 1; got {low:.3g} to {high:.3g}; undo the normalization"
    )


def ink_on_paper(images: U8, name: str) -> tuple[U8, tuple[str, ...]]:
    """Invert images whose paper is bright, as photos and pictures have it: the border of most is bright then."""
    share = bright_share(images)
    if share > 0.6:
        notes = (f"{name}: its digits are dark on bright paper; the images were inverted.",)
        doubt = _mixed(1 - share, "bright on dark", name)
        return 255 - images, notes + doubt
    return images, _mixed(share, "dark on bright paper", name)


def bright_share(images: U8) -> float:
    """How many of the images have a bright border, and less brightness within it: 0..1."""
    sample = images[:: max(1, len(images) // SAMPLE)]
    if not len(sample):
        return 0.0
    border = sample[:, _BORDER].mean(axis=1)  # (n,)
    return float(np.mean((border > BRIGHT) & (border > sample.mean(axis=1))))


def _mixed(share: float, what: str, name: str) -> tuple[str, ...]:
    if share < 0.05:
        return ()
    return (f"{name}: about {share:.0%} of its images are {what} and the others are not; a network takes one of them.",)


def as_images(array: Array, name: str) -> Array:
    """Bring images of any usual shape to (n, 784).

    Raises:
        ValueError: they have another shape.
    """
    if not fits_images(array.shape):
        raise ValueError(f"{name}: images must have the shape (n, 28, 28) or (n, 784), n from 1 on; got {array.shape}")
    return array.reshape(len(array), PIXELS)


def fits_images(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape may hold images of 28x28 pixels."""
    side = IMAGE_SIDE
    return len(shape) > 1 and shape[1:] in ((side, side), (PIXELS,), (side, side, 1), (1, side, side), (PIXELS, 1))
