"""Pictures of any depth as pictures of 8 bits a channel, whose pixels may be averaged."""

from __future__ import annotations

import numpy as np
from PIL import Image

DEEPEST = 65535  # of 16 bits


def most_shade(picture: Image.Image) -> float:
    """The value that white has in a picture: what its mode allows, or less where its pixels show that it is less.

    Programs write arrays of 0 to 255, or of fractions up to 1, as pictures of 16 bits and more.
    """
    if not _is_deep(picture):
        return 255
    largest = float(np.max(picture.getextrema()))
    if picture.mode == "F" and largest <= 1:
        return 1
    return 255 if largest <= 255 else DEEPEST


def eight_bits(picture: Image.Image, most: float) -> Image.Image:
    """A picture without palette, of 8 bits a channel: L, RGB or RGBA.

    Args:
        picture: any picture.
        most: the value of white in it, see `most_shade`.
    """
    if _is_deep(picture):  # Pillow's own conversion clips at 255
        shades = np.asarray(picture, dtype=np.float32)
        return Image.fromarray(np.rint(shades / most * 255).clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def _is_deep(picture: Image.Image) -> bool:
    return picture.mode.startswith(("I", "F"))
