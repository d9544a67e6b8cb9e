"""The digits that are photographed: drawings as pen strokes, and MNIST images."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from model.common.arrays import F64, U8
from model.common.constants import IMAGE_SIDE
from model.data import formats
from model.ink import Drawing, read_ink

OVERSAMPLING = 3


@dataclass(frozen=True, eq=False)
class Digit:
    """A handwritten digit, as strokes or as an image (28, 28)."""

    label: int
    ink: Drawing | U8

    def mask(self, height: int, pen: float) -> F64:
        """Draw the digit: how much ink each pixel has, 0..1.

        Args:
            height: of its longer side, in pixels.
            pen: the pen's width in pixels; an MNIST image has its own.
        """
        if isinstance(self.ink, Drawing):
            return _drawn(self.ink, height, pen)
        return _enlarged(self.ink, height)


def load(ink_file: Path, images_file: Path | None = None) -> list[Digit]:
    """Read digits from an ink file, and from a file of MNIST's if there is one."""
    drawings = [Digit(int(drawing.label or 0), drawing) for drawing in read_ink(ink_file) if drawing.is_digit]
    if images_file is None:
        return drawings
    images = formats.read_idx_images(images_file).reshape(-1, IMAGE_SIDE, IMAGE_SIDE)
    labels = formats.read_idx_labels(images_file.with_name(images_file.name.replace("images-idx3", "labels-idx1")))
    return drawings + [Digit(int(label), image) for label, image in zip(labels, images, strict=True)]


def _drawn(drawing: Drawing, height: int, pen: float) -> F64:
    points = np.concatenate(drawing.strokes)
    corner, span = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1e-9)
    scale = OVERSAMPLING * max(height - pen, 1) / span
    margin = OVERSAMPLING * (pen / 2 + 2)
    size = np.ceil(np.ptp(points, axis=0) * scale + 2 * margin).astype(int)
    picture = Image.new("L", (int(size[0]), int(size[1])))
    canvas = ImageDraw.Draw(picture)
    radius = OVERSAMPLING * pen / 2
    for stroke in drawing.strokes:
        places = [(float(x), float(y)) for x, y in (stroke - corner) * scale + margin]
        if len(places) > 1:
            canvas.line(places, fill=255, width=max(1, round(2 * radius)), joint="curve")
        for x, y in (places[0], places[-1]):
            canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(picture.reduce(OVERSAMPLING), dtype=np.float64) / 255


def _enlarged(image: U8, height: int) -> F64:
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    ink = np.pad(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 1)
    scale = height / (max(ink.shape) - 2)
    size = (round(ink.shape[1] * scale), round(ink.shape[0] * scale))
    large = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BICUBIC), dtype=np.float64) / 255
    smooth = ndimage.gaussian_filter(large, height / 60)
    return np.clip((smooth - 0.5) * height / 14 + 0.5, 0, 1)
