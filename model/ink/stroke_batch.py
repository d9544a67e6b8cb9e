"""Strokes by the thousand: packed into one array, augmented as paths, and rasterized with pens of different widths.

To read other people's handwriting, a network must see many hands. So each drawing is rotated, sheared, stretched and
warped as a path before a pen draws it: the writing changes, but never the ink's edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from model.common.arrays import F32, I64, U8, Array
from model.common.constants import IMAGE_SIDE, PIXELS
from model.ink.drawing import Drawing
from model.ink.mnist_layout import BOX_SIZE, CENTER
from model.ink.rendering import EDGE, PEN_WIDTH
from model.ink.resampling import resample_all

SPACING = 0.5  # pixels of the box between two points of a path: so dense that dots in a row look like a line
WAVES = 3  # how many slow waves warp a path
WAVELENGTHS = (10.0, 40.0)  # pixels
PEN_FOOTPRINT = np.arange(-2, 3, dtype=np.float32)  # pixels around a point that a pen of up to 3.8 pixels reaches


@dataclass(frozen=True)
class Variation:
    """How strongly `augment_strokes` changes a drawing, and the pens that then draw it."""

    rotation: float = float(np.radians(12))  # the largest, either way
    shear: float = 0.2  # the largest, either way: pixels sideways for each pixel up
    aspect_std: float = 0.2  # standard deviation of the logarithm of width over height
    warp_std: float = 0.6  # pixels: standard deviation of the waves that warp a path
    smoothing: int = 4  # points: the largest radius of the moving mean that cuts corners
    pen_widths: tuple[float, float] = (1.7, 3.2)  # pixels: the narrowest and the widest pen


DEFAULT_VARIATION = Variation()
NO_VARIATION = Variation(rotation=0, shear=0, aspect_std=0, warp_std=0, smoothing=0, pen_widths=(PEN_WIDTH, PEN_WIDTH))


@dataclass(frozen=True, eq=False)
class StrokeBatch:
    """The paths of n drawings as p points, dense and evenly spaced, in pixels of a box that they fill.

    A drawing's points are consecutive, stroke by stroke.
    """

    points: F32  # (p, 2), x and y
    stroke: I64  # (p,) which stroke each point belongs to
    starts: I64  # (n + 1,) each drawing's first point, and the end
    labels: U8  # (n,)

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def of(cls, drawings: Iterable[Drawing], labels: Sequence[int] | Array) -> StrokeBatch:
        """Pack drawings with their labels; every one must be larger than a dot."""
        drawings = list(drawings)
        strokes = [stroke for drawing in drawings for stroke in drawing.strokes]
        points = np.concatenate([np.empty((0, 2)), *strokes])
        starts = np.cumsum([0, *(sum(map(len, drawing.strokes)) for drawing in drawings)])
        if len(drawings):
            corner = np.minimum.reduceat(points, starts[:-1])
            size = (np.maximum.reduceat(points, starts[:-1]) - corner).max(axis=1)
            owner = np.repeat(np.arange(len(drawings)), np.diff(starts))
            points = (points - corner[owner]) * (BOX_SIZE / size[owner, None])
        points, counts = resample_all(points, np.array([len(stroke) for stroke in strokes], np.int64), SPACING)
        stroke_starts = np.cumsum([0, *counts])
        return cls(
            points.astype(np.float32),
            np.repeat(np.arange(len(strokes)), counts),
            stroke_starts[np.cumsum([0, *(len(drawing.strokes) for drawing in drawings)])],
            np.asarray(labels, np.uint8),
        )

    def take(self, rows: I64) -> StrokeBatch:
        """Select drawings in the order of `rows`, which may repeat."""
        starts, lengths = self.starts[rows], np.diff(self.starts)[rows]
        ends = np.cumsum(lengths)
        index = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths)
        return StrokeBatch(
            self.points[index],
            # A stroke that is taken twice is two strokes.
            self.stroke[index] + np.repeat(np.arange(len(rows)) * (len(self.stroke) + 1), lengths),
            np.concatenate(([0], ends)),
            self.labels[rows],
        )


def is_drawable(drawing: Drawing) -> bool:
    """Tell whether a drawing is more than a dot, so that its size means something."""
    return bool(drawing.strokes) and not drawing.is_dot


def augment_strokes(
    strokes: StrokeBatch, rng: np.random.Generator, variation: Variation = DEFAULT_VARIATION
) -> StrokeBatch:
    """Vary each drawing at random, as if another hand had written it."""
    n, lengths = len(strokes), np.diff(strokes.starts)
    owner = np.repeat(np.arange(n), lengths)
    radius = rng.integers(0, variation.smoothing + 1, n)
    points = _smooth(strokes, radius[owner]) - BOX_SIZE / 2

    angle = rng.uniform(-variation.rotation, variation.rotation, n)
    shear = rng.uniform(-variation.shear, variation.shear, n)
    stretch = np.exp(rng.normal(0, variation.aspect_std / 2, n))
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.empty((n, 2, 2), np.float32)
    matrix[:, 0] = np.stack((cos * stretch, (-sin - cos * shear) / stretch), axis=1)
    matrix[:, 1] = np.stack((sin * stretch, (cos - sin * shear) / stretch), axis=1)
    x, y = points.T
    a, b = matrix[owner, 0].T
    c, d = matrix[owner, 1].T
    points = np.stack((a * x + b * y, c * x + d * y), axis=1)

    for _ in range(WAVES):
        length, direction = rng.uniform(*WAVELENGTHS, n), rng.uniform(0, 2 * np.pi, n)
        along = (2 * np.pi / length * np.stack((np.cos(direction), np.sin(direction)))).astype(np.float32)
        phase = rng.uniform(0, 2 * np.pi, n).astype(np.float32)
        height = rng.normal(0, variation.warp_std * np.sqrt(2 / WAVES), (n, 2)).astype(np.float32)
        wave = np.sin(points[:, 0] * along[0][owner] + points[:, 1] * along[1][owner] + phase[owner])
        points += height[owner] * wave[:, None]
    return StrokeBatch(points, strokes.stroke, strokes.starts, strokes.labels)


def rasterize(strokes: StrokeBatch, pen_widths: Array | float = PEN_WIDTH, block_size: int = 256) -> U8:
    """Render each drawing as `model.ink.render` would: (n, 784).

    Args:
        strokes: n drawings.
        pen_widths: each drawing's pen (n,), or one for all, in pixels: at most 3.8.
        block_size: how many drawings to render at a time; it changes nothing but the speed.
    """
    widths = np.broadcast_to(np.asarray(pen_widths, np.float32), len(strokes))
    images = np.empty((len(strokes), PIXELS), np.uint8)
    for first in range(0, len(strokes), block_size):
        block = slice(first, min(first + block_size, len(strokes)))
        starts = strokes.starts[block.start : block.stop + 1]
        points = strokes.points[starts[0] : starts[-1]]
        images[block] = _center(_draw(points, starts - starts[0], widths[block]))
    return images


def _smooth(strokes: StrokeBatch, radius: I64) -> F32:
    """Replace each point by the mean of its stroke up to `radius` (p,) points to either side, which cuts corners."""
    index = np.arange(len(strokes.points))
    bounds = np.flatnonzero(np.diff(strokes.stroke, prepend=-1))
    number = np.cumsum(np.diff(strokes.stroke, prepend=-1) != 0) - 1
    first, last = bounds[number], np.append(bounds[1:], len(index))[number] - 1
    radius = np.minimum(radius, np.minimum(index - first, last - index))
    sums = np.concatenate((np.zeros((1, 2)), np.cumsum(strokes.points, axis=0, dtype=np.float64)))
    return ((sums[index + radius + 1] - sums[index - radius]) / (2 * radius + 1)[:, None]).astype(np.float32)


def _draw(points: F32, starts: I64, widths: F32) -> F32:
    """Compute the ink of each box's pixels, 0..1, from the distance to the nearest point of the path: (n, 20, 20)."""
    n, owner = len(widths), np.repeat(np.arange(len(widths)), np.diff(starts))
    low, high = np.minimum.reduceat(points, starts[:-1]), np.maximum.reduceat(points, starts[:-1])
    reach = (widths + np.float32(EDGE)) / 2
    margin = reach - np.float32(0.5)
    scale = (BOX_SIZE - 2 * margin) / np.maximum((high - low).max(axis=1), np.float32(1e-3))
    positions = (points - low[owner]) * scale[owner, None] + margin[owner, None]
    # Pixels beyond the box go into a frame of two around it.
    side = BOX_SIZE + 4
    pixels = np.floor(positions)[:, :, None] + PEN_FOOTPRINT  # (p, 2, 5)
    off = pixels + np.float32(0.5)
    off -= positions[:, :, None]
    off *= off
    pixels += 2
    columns, rows = np.clip(pixels, 0, side - 1, out=pixels).astype(np.intp).transpose(1, 0, 2)
    rows *= side
    rows += (owner * side * side)[:, None]
    flat = (rows[:, :, None] + columns[:, None, :]).reshape(-1)
    distance = (off[:, 1, :, None] + off[:, 0, None, :]).reshape(-1)  # squared
    nearest = np.full(n * side * side, 100, np.float32)
    np.minimum.at(nearest, flat, distance)
    ink = np.sqrt(nearest.reshape(n, side, side)[:, 2:-2, 2:-2])
    np.subtract(reach[:, None, None], ink, out=ink)
    ink *= np.float32(1 / EDGE)
    return np.clip(ink, 0, 1, out=ink)


def _center(ink: F32) -> U8:
    """Place the boxes (n, 20, 20) in images (n, 784), by whole pixels, the center of mass on pixel 14."""
    n = len(ink)
    ink = np.rint(ink * np.float32(255))
    steps = np.arange(BOX_SIZE, dtype=np.float32)
    rows, columns = ink.sum(axis=2), ink.sum(axis=1)  # (n, 20)
    mass = rows.sum(axis=1)
    mass_center = np.stack((rows @ steps, columns @ steps), axis=1) / mass[:, None]
    corner = CENTER - np.rint(mass_center).astype(np.int64)
    low = np.stack([-(a > 0).argmax(axis=1) for a in (rows, columns)], axis=1)  # the ink's first row at the border
    high = np.stack([IMAGE_SIDE - BOX_SIZE + (a[:, ::-1] > 0).argmax(axis=1) for a in (rows, columns)], axis=1)
    corner = np.clip(corner, low, high)
    frame = BOX_SIZE  # enough paper around each image that no box reaches into the next
    canvas = np.zeros((n, IMAGE_SIDE + 2 * frame, IMAGE_SIDE + 2 * frame), np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(canvas, (BOX_SIZE, BOX_SIZE), axis=(1, 2), writeable=True)
    windows[np.arange(n), corner[:, 0] + frame, corner[:, 1] + frame] = ink
    return canvas[:, frame:-frame, frame:-frame].reshape(n, -1)
