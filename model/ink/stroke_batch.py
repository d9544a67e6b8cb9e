"""Strokes are many drawings at once, packed so that a pen can draw thousands of them in a second, each time otherwise.

A network that is to read other people's hands must see many: so each drawing is turned, slanted, stretched and
bent as a path, before a pen of any width draws it; what is bent is the writing, never the ink's edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.ink import EDGE, PEN_WIDTH, Drawing
from model.ink.mnist_layout import BOX_SIZE, CENTER, IMAGE_SIZE

Array = NDArray[Any]

SPACING = 0.5  # pixels of the box between two points of a path; so dense that the pen can dab where it should draw

MAX_ROTATION = np.radians(12)  # largest turn, either way
MAX_SHEAR = 0.2  # largest slant: pixels sideways for each pixel up
ASPECT_STD = 0.2  # deviation of the logarithm of width over height
WARP_STD = 0.6  # pixels: deviation of the slow waves that bend a path
WAVES = 3  # how many of them
WAVELENGTHS = (10.0, 40.0)  # pixels
MAX_SMOOTHING = 4  # points: how far corners are cut at most, either way
PEN_WIDTHS = (1.7, 3.2)  # pixels

PEN_FOOTPRINT = np.arange(-2, 3, dtype=np.float32)  # pixels around a point that a pen of up to 3.8 pixels reaches
BLOCK = 256  # drawings drawn at a time


@dataclass(frozen=True, eq=False)
class StrokeBatch:
    """n drawings' paths as p points, dense and evenly spaced, in pixels of a box that they fill.

    A drawing's points stand together, stroke by stroke.
    """

    points: Array  # (p, 2), x and y
    stroke: Array  # (p,) the number of the stroke that a point belongs to, in all
    starts: Array  # (n + 1,) where each drawing begins, and the end
    labels: Array  # (n,) uint8

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
        points, counts = _resampled(points, np.array([len(stroke) for stroke in strokes], np.int64))
        stroke_starts = np.cumsum([0, *counts])
        return cls(
            points.astype(np.float32),
            np.repeat(np.arange(len(strokes)), counts),
            stroke_starts[np.cumsum([0, *(len(drawing.strokes) for drawing in drawings)])],
            np.asarray(labels, np.uint8),
        )

    def take(self, rows: Array) -> StrokeBatch:
        """Some of the drawings, in the order of `rows`, which may name one more than once."""
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
    """Whether a drawing is more than a dot, so that its size means something."""
    return bool(drawing.strokes) and not drawing.is_dot


def augment_strokes(strokes: StrokeBatch, rng: np.random.Generator) -> StrokeBatch:
    """Each drawing as another hand, or the same in another mood, would have drawn it."""
    n, lengths = len(strokes), np.diff(strokes.starts)
    owner = np.repeat(np.arange(n), lengths)
    haste = rng.integers(0, MAX_SMOOTHING + 1, n)
    points = _hurried(strokes, haste[owner]) - BOX_SIZE / 2

    angle, slant = rng.uniform(-MAX_ROTATION, MAX_ROTATION, n), rng.uniform(-MAX_SHEAR, MAX_SHEAR, n)
    stretch = np.exp(rng.normal(0, ASPECT_STD / 2, n))
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.empty((n, 2, 2), np.float32)
    matrix[:, 0] = np.stack((cos * stretch, (-sin - cos * slant) / stretch), axis=1)
    matrix[:, 1] = np.stack((sin * stretch, (cos - sin * slant) / stretch), axis=1)
    x, y = points.T
    a, b = matrix[owner, 0].T
    c, d = matrix[owner, 1].T
    points = np.stack((a * x + b * y, c * x + d * y), axis=1)

    for _ in range(WAVES):
        length, direction = rng.uniform(*WAVELENGTHS, n), rng.uniform(0, 2 * np.pi, n)
        along = (2 * np.pi / length * np.stack((np.cos(direction), np.sin(direction)))).astype(np.float32)
        phase = rng.uniform(0, 2 * np.pi, n).astype(np.float32)
        height = rng.normal(0, WARP_STD * np.sqrt(2 / WAVES), (n, 2)).astype(np.float32)
        wave = np.sin(points[:, 0] * along[0][owner] + points[:, 1] * along[1][owner] + phase[owner])
        points += height[owner] * wave[:, None]
    return StrokeBatch(points, strokes.stroke, strokes.starts, strokes.labels)


def rasterize(strokes: StrokeBatch, pen_widths: Array | float = PEN_WIDTH) -> NDArray[np.uint8]:
    """What `ink.render` makes of each drawing, (n, 784), with a pen of its own width (n,) in pixels, at most 3.8."""
    widths = np.broadcast_to(np.asarray(pen_widths, np.float32), len(strokes))
    images = np.empty((len(strokes), IMAGE_SIZE**2), np.uint8)
    for first in range(0, len(strokes), BLOCK):
        block = slice(first, min(first + BLOCK, len(strokes)))
        starts = strokes.starts[block.start : block.stop + 1]
        points = strokes.points[starts[0] : starts[-1]]
        images[block] = _centred(_dabbed(points, starts - starts[0], widths[block]))
    return images


def _resampled(points: Array, lengths: Array) -> tuple[Array, Array]:
    """The same strokes, of `lengths` of the points (p, 2), by points at most SPACING apart; and their new lengths."""
    if not len(lengths):
        return points, lengths
    last = np.cumsum(lengths) - 1
    first = last - lengths + 1
    steps = np.hypot(*np.diff(points, axis=0).T)
    steps[last[:-1]] = 1  # from the end of a stroke to the beginning of the next
    along = np.concatenate(([0.0], np.cumsum(steps)))
    whole = along[last] - along[first]
    counts = np.ceil(whole / SPACING).astype(np.int64) + 1
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    places = np.repeat(along[first], counts) + number * np.repeat(whole / np.maximum(counts - 1, 1), counts)
    return np.stack([np.interp(places, along, axis) for axis in points.T], axis=1), counts


def _hurried(strokes: StrokeBatch, reach: Array) -> Array:
    """Each point replaced by the mean of its stroke up to `reach` points (p,) to either side: corners are cut."""
    index = np.arange(len(strokes.points))
    bounds = np.flatnonzero(np.diff(strokes.stroke, prepend=-1))
    number = np.cumsum(np.diff(strokes.stroke, prepend=-1) != 0) - 1
    first, last = bounds[number], np.append(bounds[1:], len(index))[number] - 1
    reach = np.minimum(reach, np.minimum(index - first, last - index))
    sums = np.concatenate((np.zeros((1, 2)), np.cumsum(strokes.points, axis=0, dtype=np.float64)))
    return ((sums[index + reach + 1] - sums[index - reach]) / (2 * reach + 1)[:, None]).astype(np.float32)


def _dabbed(points: Array, starts: Array, widths: Array) -> Array:
    """Ink 0..1 of the pixels of each box, (n, 20, 20): how near the nearest point of the path is."""
    n, owner = len(widths), np.repeat(np.arange(len(widths)), np.diff(starts))
    low, high = np.minimum.reduceat(points, starts[:-1]), np.maximum.reduceat(points, starts[:-1])
    reach = (widths + np.float32(EDGE)) / 2
    margin = reach - np.float32(0.5)
    scale = (BOX_SIZE - 2 * margin) / np.maximum((high - low).max(axis=1), np.float32(1e-3))
    places = (points - low[owner]) * scale[owner, None] + margin[owner, None]
    # Pixels beyond the box are kept in a frame of two around it.
    side = BOX_SIZE + 4
    pixels = np.floor(places)[:, :, None] + PEN_FOOTPRINT  # (p, 2, 5)
    off = pixels + np.float32(0.5)
    off -= places[:, :, None]
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


def _centred(ink: Array) -> NDArray[np.uint8]:
    """The boxes (n, 20, 20) in images (n, 784), by whole pixels, so that the centre of mass rounds to pixel 14."""
    n = len(ink)
    ink = np.rint(ink * np.float32(255))
    steps = np.arange(BOX_SIZE, dtype=np.float32)
    rows, columns = ink.sum(axis=2), ink.sum(axis=1)  # (n, 20)
    mass = rows.sum(axis=1)
    places = np.stack((rows @ steps, columns @ steps), axis=1) / mass[:, None]
    corner = CENTER - np.rint(places).astype(np.int64)
    low = np.stack([-(a > 0).argmax(axis=1) for a in (rows, columns)], axis=1)  # ink's first row comes to the border
    high = np.stack([IMAGE_SIZE - BOX_SIZE + (a[:, ::-1] > 0).argmax(axis=1) for a in (rows, columns)], axis=1)
    corner = np.clip(corner, low, high)
    frame = BOX_SIZE  # so much paper around each image that no corner cuts into the neighbour
    canvas = np.zeros((n, IMAGE_SIZE + 2 * frame, IMAGE_SIZE + 2 * frame), np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(canvas, (BOX_SIZE, BOX_SIZE), axis=(1, 2), writeable=True)
    windows[np.arange(n), corner[:, 0] + frame, corner[:, 1] + frame] = ink
    return canvas[:, frame:-frame, frame:-frame].reshape(n, -1)
