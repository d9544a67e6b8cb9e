"""A network's input is a picture of 28 by 28 pixels, small enough that each of them can be seen.

Enlarged with hard edges, it shows the digit just as the network gets it.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from io import BytesIO
from typing import Any, NamedTuple

from numpy.typing import NDArray
from PIL import Image

SIDE = 28


class CaptionedImage(NamedTuple):
    """A digit's image (784,) uint8, what stands under it, lines of small print, and the color of its mark."""

    image: NDArray[Any]
    caption: str
    notes: Sequence[str]
    color: str


def gallery(pictures: Sequence[CaptionedImage]) -> str:
    """HTML of pictures with captions, as many in a row as there is room for."""
    columns = "grid-template-columns:repeat(auto-fill, minmax(80px, 1fr))"
    tiles = "".join(_tile(shown) for shown in pictures)
    return f'<div style="display:grid; {columns}; gap:16px 8px">{tiles}</div>'


def _tile(shown: CaptionedImage) -> str:
    caption, notes = escape(shown.caption), "<br>".join(escape(note) for note in shown.notes)
    return (
        f'<figure style="margin:0; line-height:1.35">{_picture(shown.image, shown.caption)}'
        f'<figcaption style="border-top:3px solid {escape(shown.color)}; padding-top:4px">'
        f'<div style="font-size:14px">{caption}</div>'
        f'<div style="font-size:12px; opacity:0.75">{notes}</div>'
        "</figcaption></figure>"
    )


def enlarged_image(image: NDArray[Any], description: str) -> str:
    """HTML of one digit's image (784,) uint8, as wide as its place."""
    return _picture(image, description)


def _picture(image: NDArray[Any], description: str) -> str:
    style = "width:100%; display:block; image-rendering:pixelated; border-radius:4px 4px 0 0"
    return f'<img src="{data_url(image.reshape(SIDE, SIDE))}" alt="{escape(description)}" style="{style}">'


def data_url(picture: NDArray[Any], palette: bytes | None = None) -> str:
    """A picture (height, width) uint8 as a PNG inside an address, that needs no further request.

    Its values are shades of grey, or with a palette (red, green and blue of each) places in it.
    """
    image, buffer = Image.fromarray(picture), BytesIO()
    if palette:
        image = image.convert("P")
        image.putpalette(palette)
    image.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
