"""Images of 28x28 pixels as HTML, enlarged with hard edges: each shows the digit exactly as the network gets it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple

from numpy.typing import NDArray
from PIL import Image

from model.common.constants import IMAGE_SIDE
from ui.common import templates


class CaptionedImage(NamedTuple):
    """A digit's image (784,) uint8, its caption, lines of small print, its mark's color; its button's value, if any."""

    image: NDArray[Any]
    caption: str
    notes: Sequence[str]
    color: str
    choice: str = ""


def gallery(images: Sequence[CaptionedImage]) -> str:
    """HTML of images with captions, as many in a row as fit; those with a choice are buttons."""
    shown = [{"source": _source(image.image), **image._asdict()} for image in images]
    return templates.render("charts/gallery.html", images=shown)


def enlarged_image(image: NDArray[Any], description: str) -> str:
    """HTML of one digit's image (784,) uint8, as wide as its container."""
    return templates.render("charts/enlarged_image.html", source=_source(image), description=description)


def _source(image: NDArray[Any]) -> str:
    return data_url(image.reshape(IMAGE_SIDE, IMAGE_SIDE))


def data_url(pixels: NDArray[Any], palette: bytes | None = None) -> str:
    """A PNG of pixels (height, width) uint8 inside a URL, which needs no further request.

    Args:
        palette: red, green and blue of each color; pixels are then indices into it, otherwise shades of gray.
    """
    image, buffer = Image.fromarray(pixels), BytesIO()
    if palette:
        image = image.convert("P")
        image.putpalette(palette)
    image.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
