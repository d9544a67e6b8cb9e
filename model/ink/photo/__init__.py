"""Reading digits from a photo: find the sheet, undo the light, remove printed lines, and lay the ink out as MNIST does.

The way from file to images: `file` decodes, `page` makes one size of all pictures, `sheet` tells paper from desk,
`light` divides out the light, `lines` removes what is printed, `strokes` tells ink from paper, `digits` groups the
strokes, and `scan` lays each digit out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from model.common.arrays import U8
from model.common.constants import IMAGE_SIDE
from model.ink.drawing import BlankDrawing
from model.ink.mnist_layout import BOX_SIZE, CENTER, center_of_mass, longer_side
from model.ink.photo import digits, scan
from model.ink.photo.file import FORMATS, MAX_BYTES, MAX_PIXELS, decode
from model.ink.photo.ink_search import find_ink
from model.ink.photo.page import on_paper, page_of, visible

__all__ = ["FORMATS", "MAX_BYTES", "MAX_PIXELS", "DigitPhoto", "find_digit", "find_digits", "read_photo"]

Box = tuple[float, float, float, float]  # left, top, right and bottom, as shares of the picture


@dataclass(frozen=True, eq=False)
class DigitPhoto:
    """A digit that was found in a picture."""

    image: U8  # as MNIST would show it, (28, 28)
    picture: U8  # upright, (height, width, 3), at most 600 pixels either way
    box: Box  # where the digit is

    @classmethod
    def of_image(cls, image: U8) -> DigitPhoto:
        """An image (28, 28) that is as MNIST shows it already."""
        box = scan.box_of(image, 1) if image.any() else (0, 0, 1, 1)
        return cls(image, np.repeat(image[:, :, None], 3, axis=2), box)


def read_photo(source: bytes | Path) -> U8:
    """Read a picture of one handwritten digit as MNIST would show it: (28, 28). See `find_digit`."""
    return find_digit(source).image


def find_digit(source: bytes | Path) -> DigitPhoto:
    """Find the digit in a picture; of several, the largest. See `find_digits`."""
    found = find_digits(source)
    return max(found, key=lambda digit: (digit.box[2] - digit.box[0]) * (digit.box[3] - digit.box[1]))


def find_digits(source: bytes | Path) -> list[DigitPhoto]:
    """Find the digits in a PNG, JPEG, GIF, WebP, BMP, TIFF or HEIC file, and lay each out as MNIST does.

    Ink may be dark on light, light on dark, or on a transparent background; the light may be uneven, the paper lined,
    framed, or lying on a desk. A picture of 28x28 pixels that already has MNIST's layout is left as it is. Of an
    animation, the first frame is read.

    Returns:
        The digits in the order of reading, by rows.

    Raises:
        BlankDrawing: no ink is found.
        ValueError: the file is too large, damaged, or not a picture.
    """
    picture = decode(source)
    seen = visible(picture)
    if picture.size == (IMAGE_SIDE, IMAGE_SIDE) and (image := _laid_out(picture)) is not None:
        return [DigitPhoto(image, seen, scan.box_of(image, 1))]
    strokes, (left, top, right, bottom) = find_ink(page_of(picture))
    found = []
    for digit in digits.group(strokes):
        ink = digits.ink_of(strokes, digit)
        if not (ink >= 0.5).any():
            continue
        x0, y0, x1, y1 = scan.box_of(ink, 0.5)
        box = (
            left + x0 * (right - left),
            top + y0 * (bottom - top),
            left + x1 * (right - left),
            top + y1 * (bottom - top),
        )
        found.append(DigitPhoto(scan.as_mnist(ink), seen, box))
    if not found:
        raise BlankDrawing("no ink found in the picture")
    return found


def _laid_out(picture: Image.Image) -> U8 | None:
    """The picture as ink on black, if it has MNIST's layout."""
    shades = np.asarray(on_paper(picture).convert("L"))
    for image in (shades, 255 - shades):
        if longer_side(image) == BOX_SIZE and (np.rint(center_of_mass(image)) == CENTER).all():
            return image
    return None
