"""A page: a picture's colors, at one size, on paper where it is transparent."""

from __future__ import annotations

import numpy as np
from PIL import Image

from model.common.arrays import F64, U8
from model.ink.drawing import BlankDrawing

PAGE_SIZE = 600  # pixels of the longer side in which ink is looked for


def page_of(picture: Image.Image) -> F64:
    """Compute the brightness of each pixel in red, green and blue: (height, width, 3), 0..255, 600 pixels long.

    What is transparent becomes paper.
    """
    return np.asarray(resize(on_paper(picture).convert("RGB")), dtype=np.float64)


def resize(picture: Image.Image) -> Image.Image:
    """Make the longer side 600 pixels: a small picture is enlarged."""
    scale = PAGE_SIZE / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    method = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    return picture if scale == 1 else picture.resize(size, method)


def visible(picture: Image.Image) -> U8:
    """The picture as it is seen, on white where it is transparent, at most 600 pixels either way."""
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture.convert("RGB")
    return np.asarray(resize(picture) if max(picture.size) > PAGE_SIZE else picture)


def on_paper(picture: Image.Image) -> Image.Image:
    """Put paper behind a picture with transparent parts; any other stays as it is.

    If all that is visible has one brightness, that is the ink, and the paper is made to contrast with it. Otherwise
    most of what is visible is paper already, and its brightness fills the rest.
    """
    if not picture.has_transparency_data:
        return picture
    picture = picture.convert("RGBA")
    gray = np.asarray(picture.convert("RGB").convert("L"))
    alpha = np.asarray(picture.getchannel("A"))
    seen = gray[alpha >= 128]
    if seen.size == 0:
        raise BlankDrawing("the picture is transparent everywhere")
    middle = float(np.median(seen))
    if np.percentile(seen, 95) - np.percentile(seen, 5) < 64:
        paper = 0 if middle >= 128 else 255
    else:
        paper = round(middle)
    background = Image.new("RGBA", picture.size, (paper, paper, paper, 255))
    return Image.alpha_composite(background, picture).convert("RGB")
