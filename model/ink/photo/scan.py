"""A digit's ink, laid out as MNIST does: strokes as wide as MNIST's pens, 20 pixels long, centered by mass."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from model.common.arrays import F64, U8, Array, Bools
from model.ink.drawing import BlankDrawing
from model.ink.mnist_layout import BOX_SIZE, center_by_mass, stroke_width

SCAN_SIZE = 200  # pixels of the digit's longer side when its strokes are measured and corrected
MIN_STROKE_WIDTH, MAX_STROKE_WIDTH = 1.8, 2.8  # pixels of the 28x28 image: most of MNIST's pens lie between


def as_mnist(ink: F64) -> U8:
    """Lay a digit out: (height, width), 0..1 -> (28, 28)."""
    return center_by_mass(_shrink(_scan(ink)))


def extent(ink: Array, level: float) -> tuple[slice, slice]:
    """Rows and columns from the first to the last with ink."""
    rows = np.flatnonzero((ink >= level).any(axis=1))
    columns = np.flatnonzero((ink >= level).any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def box_of(ink: Array, level: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the ink, as shares of the picture."""
    height, width = ink.shape
    rows, columns = extent(ink, level)
    return columns.start / width, rows.start / height, columns.stop / width, rows.stop / height


def _scan(ink: F64) -> Bools:
    """Cut the digit out as a black-and-white scan 200 pixels long, with strokes as wide as MNIST's."""
    page = Image.fromarray(ink[extent(ink, 0.5)].astype(np.float32))
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
    scan = scan[extent(scan, 1)]
    height, width = scan.shape
    scale = BOX_SIZE / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    picture = Image.fromarray(scan.astype(np.float32))
    small = np.asarray(picture.resize((columns, rows), Image.Resampling.BOX), dtype=np.float64)
    return np.rint(255 * small).clip(0, 255).astype(np.uint8)
