"""A picture file: decoded within limits, turned upright, and shrunk before it takes much memory."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from model.ink.shades import eight_bits, most_shade

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "HEIF")
MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
JPEG_START, SCAN_START = b"\xff\xd8", b"\xff\xda"  # within a scan there are no such bytes
MAX_SCANS = 100  # a progressive JPEG has about ten, each of which is decoded over all of the picture
MAX_SIDES_RATIO = 50  # a longer strip is no picture of a digit

ENOUGH = 1200  # pixels of the longer side; a digit on a small sheet is still large enough
STRIP = 32  # rows of a large picture that has been shrunk are made at a time


@cache
def _register_heif() -> None:
    """Teach Pillow to read what phones take: HEIC, and other files of its kind."""
    import pillow_heif  # when a picture is read for the first time: no other part of the library needs it

    pillow_heif.register_heif_opener(thumbnails=False)


def decode(source: bytes | Path) -> Image.Image:
    """Decode the picture and turn it upright; its size is checked before its pixels are unpacked.

    Returns:
        A picture of 8 bits a channel, L, RGB or RGBA; a large one is shrunk to 1,200 pixels either way, or some more.

    Raises:
        ValueError: the file is too large, damaged, or not a picture.
    """
    if isinstance(source, Path):
        with open(source, "rb") as file:
            source = file.read(MAX_BYTES + 1)
    if len(source) > MAX_BYTES:
        raise ValueError(f"a picture must be at most {MAX_BYTES // 1_000_000} MB; got more: save it smaller")
    if source.startswith(JPEG_START) and source.count(SCAN_START) > MAX_SCANS:
        raise ValueError(f"a JPEG must have at most {MAX_SCANS} scans; got more: save the picture again")
    try:
        _register_heif()
        picture = Image.open(io.BytesIO(source), formats=FORMATS)
    except UnidentifiedImageError:
        raise ValueError(
            "a picture must be a PNG, JPEG, GIF, WebP, BMP, TIFF or HEIC file; got something else"
        ) from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"the picture cannot be read ({error}); save it again as PNG or JPEG") from None
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"a picture must have at most {MAX_PIXELS // 1_000_000} million pixels; got {width}x{height}: scale it down"
        )
    if max(width, height) > MAX_SIDES_RATIO * min(width, height):
        raise ValueError(f"a picture of a digit must not be a narrow strip; got {width}x{height}: crop it")
    try:
        picture.draft("RGB", (ENOUGH, ENOUGH))  # lets a JPEG unpack at a fraction of its size
        picture.load()
        return ImageOps.exif_transpose(_shrink_early(picture))
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        IndexError,
        RuntimeError,
        Image.DecompressionBombError,
    ) as error:
        raise ValueError(f"the picture is damaged or cut short ({error}); save it again") from None


def _shrink_early(picture: Image.Image) -> Image.Image:
    """Shrink a large picture to 1,200 pixels either way, or some more; 8 bits a channel.

    That is done strip by strip: a few kilobytes may unpack to a picture that fills the memory once, but not twice.
    """
    factor, most = max(picture.size) // ENOUGH, most_shade(picture)
    if factor < 2:
        return eight_bits(picture, most)
    width, height = picture.size
    strips = [
        eight_bits(picture.crop((0, top, width, min(top + factor * STRIP, height))), most).reduce(factor)
        for top in range(0, height, factor * STRIP)
    ]
    small = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    for index, strip in enumerate(strips):
        small.paste(strip, (0, index * STRIP))
    small.info = picture.info
    return small
