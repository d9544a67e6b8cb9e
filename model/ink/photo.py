"""Reading a digit from a photo: undo the light, tell ink from paper, and lay the ink out as MNIST does."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage

from model.common.arrays import F64, U8, Array, Bools
from model.common.constants import IMAGE_SIDE
from model.ink.drawing import BlankDrawing
from model.ink.mnist_layout import BOX_SIZE, CENTER, center_by_mass, center_of_mass, longer_side, stroke_width

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "HEIF")
MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
JPEG_START, SCAN_START = b"\xff\xd8", b"\xff\xda"  # within a scan there are no such bytes
MAX_SCANS = 100  # a progressive JPEG has about ten, each of which is decoded over all of the picture
MAX_SIDES_RATIO = 50  # a longer strip is no picture of a digit

PAGE_SIZE = 600  # pixels of the longer side in which ink is looked for
STRIP = 32  # rows of a large picture that has been shrunk are made at a time
SCAN_SIZE = 200  # pixels of the digit's longer side when its strokes are measured and corrected
MIN_CONTRAST = 0.1  # share of the paper's brightness; pencil has about 0.3
SHADOW_CONTRAST = 0.3  # with less, what reaches from border to border may be a fold or a shadow's edge
MIN_SIGNAL = 4.0  # the ink's contrast over the paper's grain
MIN_LENGTH = 0.03  # share of the picture's longer side; anything smaller is dust
MIN_STROKE_WIDTH, MAX_STROKE_WIDTH = 1.8, 2.8  # pixels of the 28x28 image: most of MNIST's pens lie between


@dataclass(frozen=True, eq=False)
class DigitPhoto:
    """A digit that was found in a picture."""

    image: U8  # as MNIST would show it, (28, 28)
    picture: U8  # upright, (height, width, 3), at most 600 pixels either way
    box: tuple[float, float, float, float]  # left, top, right and bottom of the digit, as shares of the picture

    @classmethod
    def of_image(cls, image: U8) -> DigitPhoto:
        """An image (28, 28) that is as MNIST shows it already."""
        return cls(image, np.repeat(image[:, :, None], 3, axis=2), _box(image, 1) if image.any() else (0, 0, 1, 1))


def read_photo(source: bytes | Path) -> U8:
    """Read a picture of one handwritten digit as MNIST would show it: (28, 28). See `find_digit`."""
    return find_digit(source).image


def find_digit(source: bytes | Path) -> DigitPhoto:
    """Find the digit in a PNG, JPEG, GIF, WebP, BMP or HEIC file, and lay it out as MNIST does.

    Ink may be dark on light, light on dark, or on a transparent background; the light may be uneven. A picture of
    28x28 pixels that already has MNIST's layout is left as it is. Of an animation, the first frame is read.

    Raises:
        BlankDrawing: no ink is found.
        ValueError: the file is too large, damaged, or not a picture.
    """
    decoded = _decode(source)
    brightness = _brightness(decoded)  # (height, width), 0..255
    picture = _visible(decoded)
    if brightness.shape == (IMAGE_SIDE, IMAGE_SIDE):
        for shade in (brightness, 255 - brightness):
            image = np.rint(shade).astype(np.uint8)
            if longer_side(image) == BOX_SIZE and (np.rint(center_of_mass(image)) == CENTER).all():
                return DigitPhoto(image, picture, _box(image, 1))
    ink = _ink_on_paper(brightness)  # (height, width), 0..1
    return DigitPhoto(center_by_mass(_shrink(_scan(ink))), picture, _box(ink, 0.5))


def _visible(picture: Image.Image) -> U8:
    """The picture as it is seen, on white where it is transparent."""
    if picture.has_transparency_data:
        picture = _fit_page(picture.convert("RGBA"))
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return np.asarray(_fit_page(picture.convert("RGB")))


def _box(ink: Array, level: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the ink, as shares of the picture."""
    height, width = ink.shape
    rows, columns = _extent(ink, level)
    return columns.start / width, rows.start / height, columns.stop / width, rows.stop / height


@cache
def _register_heif() -> None:
    """Teach Pillow to read what phones take: HEIC, and other files of its kind."""
    import pillow_heif  # when a picture is read for the first time: no other part of the library needs it

    pillow_heif.register_heif_opener(thumbnails=False)


def _decode(source: bytes | Path) -> Image.Image:
    """Decode the picture and turn it upright; its size is checked before its pixels are unpacked."""
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
        raise ValueError("a picture must be a PNG, JPEG, GIF, WebP, BMP or HEIC file; got something else") from None
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
        picture.draft("RGB", (PAGE_SIZE, PAGE_SIZE))  # lets a JPEG unpack at a fraction of its size
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
    """Shrink a large picture to twice the size in which ink is looked for, or some more; 8 bits a channel.

    That is done strip by strip: a few kilobytes may unpack to a picture that fills the memory once, but not twice.
    """
    factor = max(picture.size) // (2 * PAGE_SIZE)
    if factor < 2:
        return _eight_bits(picture)
    width, height = picture.size
    strips = [
        _eight_bits(picture.crop((0, top, width, min(top + factor * STRIP, height)))).reduce(factor)
        for top in range(0, height, factor * STRIP)
    ]
    small = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    for index, strip in enumerate(strips):
        small.paste(strip, (0, index * STRIP))
    small.info = picture.info
    return small


def _eight_bits(picture: Image.Image) -> Image.Image:
    """A picture whose pixels may be averaged: no palette, no more than 8 bits a channel."""
    if picture.mode.startswith(("I", "F")):  # 16 bits and more, where Pillow's own conversion clips at 255
        deep = np.asarray(picture, dtype=np.float32)
        return Image.fromarray(np.rint(deep / 65535 * 255).clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def _brightness(picture: Image.Image) -> F64:
    """Compute each pixel's brightness, 0..255, at most 600 pixels either way; what is transparent becomes paper."""
    if picture.has_transparency_data:
        picture = _on_paper(_fit_page(picture.convert("RGBA")))
    else:
        picture = _fit_page(picture.convert("L"))
    return np.asarray(picture, dtype=np.float64)


def _fit_page(picture: Image.Image) -> Image.Image:
    if max(picture.size) > PAGE_SIZE:
        picture.thumbnail((PAGE_SIZE, PAGE_SIZE), Image.Resampling.BOX, reducing_gap=None)
    return picture


def _on_paper(picture: Image.Image) -> Image.Image:
    """Put paper behind a picture with transparent parts.

    If all that is visible has one brightness, that is the ink, and the paper is made to contrast with it. Otherwise
    most of what is visible is paper already, and its brightness fills the rest.
    """
    gray = np.asarray(picture.convert("RGB").convert("L"))
    alpha = np.asarray(picture.getchannel("A"))
    visible = gray[alpha >= 128]
    if visible.size == 0:
        raise BlankDrawing("the picture is transparent everywhere")
    middle = float(np.median(visible))
    if np.percentile(visible, 95) - np.percentile(visible, 5) < 64:
        paper = 0 if middle >= 128 else 255
    else:
        paper = round(middle)
    background = Image.new("RGBA", picture.size, (paper, paper, paper, 255))
    return Image.alpha_composite(background, picture).convert("L")


def _ink_on_paper(brightness: F64) -> F64:
    """Compute how much ink each pixel has, 0..1, with the light undone and specks removed."""
    if _ink_is_bright(brightness):
        brightness = 255 - brightness
    brightness = ndimage.gaussian_filter(brightness, max(brightness.shape) / 500)
    # Paper and ink alike reflect a share of the light that falls on them, so light is divided out.
    # The deepest shadow is assumed to leave a quarter of the light: below that, camera noise would become ink.
    light = _light(brightness)
    darkness = (light - brightness) / np.maximum(light, max(light.max() / 4, 1))
    if np.ptp(darkness) < MIN_CONTRAST:
        raise BlankDrawing("no ink found in the picture")
    threshold = _otsu(darkness)
    inked = darkness > threshold
    ink_level, paper_level = np.median(darkness[inked]), np.median(darkness[~inked])
    contrast, grain = ink_level - paper_level, darkness[~inked].std()
    if contrast < max(MIN_CONTRAST, MIN_SIGNAL * grain):
        raise BlankDrawing("no ink found in the picture: nothing on it stands out from the paper")
    digit = _without_specks(inked)
    across = (digit[:, 0].any() and digit[:, -1].any()) or (digit[0].any() and digit[-1].any())
    if across and contrast < SHADOW_CONTRAST:
        raise BlankDrawing("no ink found in the picture: only shadows")
    # Soft edges are kept: a pixel half as dark as the ink is half inked.
    near = ndimage.binary_dilation(digit, np.ones((3, 3)), iterations=1 + max(digit.shape) // 100)
    return np.where(near, np.clip((darkness - paper_level) / contrast, 0, 1), 0)


def _ink_is_bright(brightness: F64) -> bool:
    """Tell whether the ink is brighter than the paper.

    Paper fills most of any wide window, so the window's median is paper in the light of that place, also at shadows'
    edges. Ink differs strongly from it, so the sum of the cubed differences has the ink's sign.
    """
    step = max(1, max(brightness.shape) // 50)
    coarse = ndimage.uniform_filter(brightness, step)[step // 2 :: step, step // 2 :: step]
    window = max(3, round(0.6 * max(coarse.shape)))
    return bool(((coarse - ndimage.median_filter(coarse, window, mode="nearest")) ** 3).sum() > 0)


def _light(brightness: F64) -> F64:
    """Estimate the brightness of the paper without the ink, which is darker and narrower than the window.

    Closing (the darkest of the brightest in a moving window) fills dark strokes and keeps shadows' edges.
    """
    window = max(3, round(0.35 * max(brightness.shape)))
    # The border's brightness continues beyond it; otherwise a darker rim would count as a stroke.
    beyond = np.pad(brightness, window, mode="edge")
    return ndimage.grey_closing(beyond, size=(window, window))[window:-window, window:-window]


def _otsu(values: F64) -> float:
    """Find the threshold that separates values into the two most distinct groups (Otsu, 1979)."""
    counts, edges = np.histogram(values, bins=256)
    middles = (edges[1:] + edges[:-1]) / 2
    below, above = np.cumsum(counts)[:-1], counts.sum() - np.cumsum(counts)[:-1]
    total = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (total[:-1] / below - (total[-1] - total[:-1]) / above) ** 2
    return float(edges[1:-1][np.nanargmax(between)])


def _without_specks(inked: Bools) -> Bools:
    """Keep the digit's parts: no specks, and no shadows that reach in from the border."""
    labels, count = ndimage.label(inked, np.ones((3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    outline = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touches = np.isin(np.arange(1, count + 1), outline)
    if (~touches).any() and sizes[~touches].max() >= 0.2 * sizes.max():
        sizes = np.where(touches, 0, sizes)
    kept = 1 + np.flatnonzero(sizes >= 0.05 * sizes.max())
    digit = np.isin(labels, kept)
    if longer_side(digit.astype(np.uint8)) < MIN_LENGTH * max(inked.shape):
        raise BlankDrawing("no ink found in the picture: only specks")
    return digit


def _scan(ink: F64) -> Bools:
    """Cut the digit out as a black-and-white scan 200 pixels long, with strokes as wide as MNIST's."""
    page = Image.fromarray(_cut(ink, 0.5).astype(np.float32))
    scale = SCAN_SIZE / max(page.size)
    size = (max(1, round(page.width * scale)), max(1, round(page.height * scale)))
    method = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    scan = np.asarray(page.resize(size, method)) >= 0.5
    if not scan.any():
        raise BlankDrawing("no ink found in the picture")
    width = float(stroke_width(np.uint8(255) * scan))
    wanted = (
        min(max(width, MIN_STROKE_WIDTH * SCAN_SIZE / BOX_SIZE), MAX_STROKE_WIDTH * SCAN_SIZE / BOX_SIZE) / SCAN_SIZE
    )
    # Strokes that grow make the digit longer by as much: wanted = (width + growth) / (SCAN_SIZE + growth).
    growth = (wanted * SCAN_SIZE - width) / (1 - wanted)
    scan = np.pad(scan, 2 + max(0, round(growth)))
    if growth > 0:
        scan = ndimage.distance_transform_edt(~scan) <= growth / 2
    elif growth < 0:
        scan = ndimage.distance_transform_edt(scan) > -growth / 2
    return scan


def _shrink(scan: Bools) -> U8:
    """Shrink the scan to 20 pixels, each the mean of what it covers, as MNIST's makers did."""
    scan = _cut(scan, 1)
    height, width = scan.shape
    scale = BOX_SIZE / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    picture = Image.fromarray(scan.astype(np.float32))
    small = np.asarray(picture.resize((columns, rows), Image.Resampling.BOX), dtype=np.float64)
    return np.rint(255 * small).clip(0, 255).astype(np.uint8)


def _cut(ink: Array, level: float) -> Array:
    return ink[_extent(ink, level)]


def _extent(ink: Array, level: float) -> tuple[slice, slice]:
    """Rows and columns from the first to the last with ink."""
    rows = np.flatnonzero((ink >= level).any(axis=1))
    columns = np.flatnonzero((ink >= level).any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
