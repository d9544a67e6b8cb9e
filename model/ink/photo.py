"""A picture is paper, ink and light mixed into one brightness for each pixel.
Reading it means to undo the light, tell ink from paper, and lay the ink out as MNIST does."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage

from model.ink import BlankDrawing
from model.ink.mnist_layout import BOX_SIZE, CENTER, IMAGE_SIZE, center, center_of_mass, longer_side, stroke_width

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
MAX_SIDES_RATIO = 50  # a longer strip is no picture of a digit

PAGE_SIZE = 600  # pixels of the longer side in which ink is looked for
SCAN_SIZE = 200  # pixels of the digit's longer side when its strokes are measured and corrected
LEAST_CONTRAST = 0.1  # of the paper's brightness; pencil has about 0.3
SHADOW_CONTRAST = 0.3  # what reaches from border to border with less may be a fold or a shadow's edge
LEAST_SIGNAL = 4.0  # the ink's contrast over the paper's grain
LEAST_LENGTH = 0.03  # of the picture's longer side; anything smaller is dust
THINNEST, THICKEST = 1.8, 2.8  # pixels on the 28x28 image, where most of MNIST's pens lie

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def read_photo(source: bytes | Path) -> NDArray[np.uint8]:
    """Read a PNG, JPEG, GIF, WebP or BMP file of one handwritten digit as MNIST would show it: (28, 28).

    Ink may be dark on light, light on dark, or on a transparent ground; light may be uneven. A picture of
    28x28 pixels that already has MNIST's layout is left as it is. Of an animation the first frame counts.

    Raises BlankDrawing where no ink is found, ValueError for a file too large, damaged, or no picture.
    """
    brightness = _brightness(_decode(source))  # (height, width), 0..255
    if brightness.shape == (IMAGE_SIZE, IMAGE_SIZE):
        for shade in (brightness, 255 - brightness):
            image = np.rint(shade).astype(np.uint8)
            if longer_side(image) == BOX_SIZE and (np.rint(center_of_mass(image)) == CENTER).all():
                return image
    ink = _ink_on_paper(brightness)  # (height, width), 0..1
    return center(_shrink(_scan(ink)))


def _decode(source: bytes | Path) -> Image.Image:
    """The file's picture, upright; its size is checked before its pixels are unpacked."""
    if isinstance(source, Path):
        with open(source, "rb") as file:
            source = file.read(MAX_BYTES + 1)
    if len(source) > MAX_BYTES:
        raise ValueError(f"a picture must be at most {MAX_BYTES // 1_000_000} MB; got more: save it smaller")
    try:
        picture = Image.open(io.BytesIO(source), formats=FORMATS)
    except UnidentifiedImageError:
        raise ValueError("a picture must be a PNG, JPEG, GIF, WebP or BMP file; got something else") from None
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
        return ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, Image.DecompressionBombError) as error:
        raise ValueError(f"the picture is damaged or cut short ({error}); save it again") from None


def _brightness(picture: Image.Image) -> Floats:
    """How bright each pixel is, 0..255, at most 600 pixels either way; what is transparent becomes paper."""
    if picture.mode.startswith(("I", "F")):  # 16 bits and more, where Pillow's own conversion clips at 255
        deep = np.asarray(picture, dtype=np.float64)
        picture = Image.fromarray(np.rint(deep / 65535 * 255).clip(0, 255).astype(np.uint8))
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
    """Lay a picture with transparent parts on paper.

    Where all that shows has one brightness, that is ink, and the paper is made to contrast with it. Else
    most of what shows is paper already, and the rest is filled with its brightness.
    """
    grey = np.asarray(picture.convert("RGB").convert("L"))
    alpha = np.asarray(picture.getchannel("A"))
    seen = grey[alpha >= 128]
    if seen.size == 0:
        raise BlankDrawing("the picture is transparent everywhere")
    middle = float(np.median(seen))
    if np.percentile(seen, 95) - np.percentile(seen, 5) < 64:
        paper = 0 if middle >= 128 else 255
    else:
        paper = round(middle)
    ground = Image.new("RGBA", picture.size, (paper, paper, paper, 255))
    return Image.alpha_composite(ground, picture).convert("L")


def _ink_on_paper(brightness: Floats) -> Floats:
    """Tell ink from paper: how much ink each pixel has, 0..1, with the light undone and specks removed."""
    if _ink_is_bright(brightness):
        brightness = 255 - brightness
    brightness = ndimage.gaussian_filter(brightness, max(brightness.shape) / 500)
    # Paper and ink alike reflect a share of the light that falls on them, so light is divided out.
    # The deepest shadow is taken to leave a quarter of the light: below that, a camera's noise would become ink.
    light = _light(brightness)
    darkness = (light - brightness) / np.maximum(light, max(light.max() / 4, 1))
    if np.ptp(darkness) < LEAST_CONTRAST:
        raise BlankDrawing("no ink found in the picture")
    threshold = _otsu(darkness)
    inked = darkness > threshold
    ink_level, paper_level = np.median(darkness[inked]), np.median(darkness[~inked])
    contrast, grain = ink_level - paper_level, darkness[~inked].std()
    if contrast < max(LEAST_CONTRAST, LEAST_SIGNAL * grain):
        raise BlankDrawing("no ink found in the picture: nothing on it stands out from the paper")
    digit = _without_specks(inked)
    across = (digit[:, 0].any() and digit[:, -1].any()) or (digit[0].any() and digit[-1].any())
    if across and contrast < SHADOW_CONTRAST:
        raise BlankDrawing("no ink found in the picture: only shadows")
    # Soft edges are kept: a pixel half as dark as the ink is half inked.
    near = ndimage.binary_dilation(digit, np.ones((3, 3)), iterations=1 + max(digit.shape) // 100)
    return np.where(near, np.clip((darkness - paper_level) / contrast, 0, 1), 0)


def _ink_is_bright(brightness: Floats) -> bool:
    """Whether the ink is brighter than the paper, which fills most of any wide window.

    The median in such a window is therefore paper in the light of that place, shadows' edges included. Ink
    is what differs strongly from it, so the cubes of the differences, summed, have the ink's sign.
    """
    step = max(1, max(brightness.shape) // 50)
    coarse = ndimage.uniform_filter(brightness, step)[step // 2 :: step, step // 2 :: step]
    window = max(3, round(0.6 * max(coarse.shape)))
    return bool(((coarse - ndimage.median_filter(coarse, window, mode="nearest")) ** 3).sum() > 0)


def _light(brightness: Floats) -> Floats:
    """The brightness that the paper would have without the ink, which is darker and narrower than the window.

    Closing (the darkest of the brightest in a moving window) fills dark strokes and keeps shadows' edges.
    """
    window = max(3, round(0.35 * max(brightness.shape)))
    # Beyond the border it goes on as it is there; else a darker rim would count as a stroke.
    beyond = np.pad(brightness, window, mode="edge")
    return ndimage.grey_closing(beyond, size=(window, window))[window:-window, window:-window]


def _otsu(values: Floats) -> float:
    """The threshold that parts values into two groups as far from each other as can be (Otsu, 1979)."""
    counts, edges = np.histogram(values, bins=256)
    middles = (edges[1:] + edges[:-1]) / 2
    below, above = np.cumsum(counts)[:-1], counts.sum() - np.cumsum(counts)[:-1]
    total = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (total[:-1] / below - (total[-1] - total[:-1]) / above) ** 2
    return float(edges[1:-1][np.nanargmax(between)])


def _without_specks(inked: Mask) -> Mask:
    """Keep the digit's parts: neither specks, nor shadows that reach in from the border."""
    labels, count = ndimage.label(inked, np.ones((3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    outline = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touches = np.isin(np.arange(1, count + 1), outline)
    if (~touches).any() and sizes[~touches].max() >= 0.2 * sizes.max():
        sizes = np.where(touches, 0, sizes)
    kept = 1 + np.flatnonzero(sizes >= 0.05 * sizes.max())
    digit = np.isin(labels, kept)
    if longer_side(digit.astype(np.uint8)) < LEAST_LENGTH * max(inked.shape):
        raise BlankDrawing("no ink found in the picture: only specks")
    return digit


def _scan(ink: Floats) -> Mask:
    """Cut the digit out as a black-and-white scan 200 pixels long, its strokes of widths that MNIST has."""
    page = Image.fromarray(_cut(ink, 0.5).astype(np.float32))
    scale = SCAN_SIZE / max(page.size)
    size = (max(1, round(page.width * scale)), max(1, round(page.height * scale)))
    method = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    scan = np.asarray(page.resize(size, method)) >= 0.5
    if not scan.any():
        raise BlankDrawing("no ink found in the picture")
    width = float(stroke_width(np.uint8(255) * scan))
    wanted = min(max(width, THINNEST * SCAN_SIZE / BOX_SIZE), THICKEST * SCAN_SIZE / BOX_SIZE) / SCAN_SIZE
    # StrokeBatch that grow make the digit longer by as much: wanted = (width + growth) / (SCAN_SIZE + growth).
    growth = (wanted * SCAN_SIZE - width) / (1 - wanted)
    scan = np.pad(scan, 2 + max(0, round(growth)))
    if growth > 0:
        scan = ndimage.distance_transform_edt(~scan) <= growth / 2
    elif growth < 0:
        scan = ndimage.distance_transform_edt(scan) > -growth / 2
    return scan


def _shrink(scan: Mask) -> NDArray[np.uint8]:
    """Shrink the scan to 20 pixels, each the mean of what it covers: MNIST's makers smoothed likewise."""
    scan = _cut(scan, 1)
    height, width = scan.shape
    scale = BOX_SIZE / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    picture = Image.fromarray(scan.astype(np.float32))
    small = np.asarray(picture.resize((columns, rows), Image.Resampling.BOX), dtype=np.float64)
    return np.rint(255 * small).clip(0, 255).astype(np.uint8)


def _cut(ink: NDArray[Any], level: float) -> NDArray[Any]:
    rows = np.flatnonzero((ink >= level).any(axis=1))
    columns = np.flatnonzero((ink >= level).any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
