"""Curves as a pen draws them: points (k, 2), x to the right and y down, from which strokes are put together."""

from __future__ import annotations

import numpy as np

from model.common.arrays import F64

Path = list[F64]  # strokes (k, 2), x to the right and y down
Point = tuple[float, float]

DEGREES_PER_POINT = 12.0  # of an arc
ALONG_BOW = np.linspace(0, 1, 12)[:, None]
ALONG_SPAN = np.linspace(0, 1, 8, endpoint=False)[:, None]


def line(*points: Point) -> F64:
    """Draw straight lines from point to point."""
    return np.array(points, np.float64)


def bow(start: Point, end: Point, bulge: float = 0.0) -> F64:
    """Draw from one point to another in a bow.

    Args:
        start: where it begins.
        end: where it ends.
        bulge: how far its middle stands off the straight line, as a share of its length; to the right of the
            direction of travel if it is above 0.
    """
    first, last = np.array(start), np.array(end)
    along = last - first
    t = ALONG_BOW
    return first + t * along + 4 * t * (1 - t) * bulge * np.array([-along[1], along[0]])


def arc(center: Point, radii: Point, start: float, end: float) -> F64:
    """Draw an arc of an ellipse: angles in degrees, 0 on the right and 90 below; with end > start it runs clockwise."""
    count = max(4, round(abs(end - start) / DEGREES_PER_POINT) + 1)
    angle = np.radians(np.linspace(start, end, count))
    return np.array(center) + np.stack((np.cos(angle), np.sin(angle)), axis=1) * radii


def spline(points: F64) -> F64:
    """Draw a smooth curve through points (k, 2), eight points a span (Catmull and Rom, 1974)."""
    ends = np.concatenate((points[:1], points, points[-1:]))
    a, b, c, d = (ends[first : first + len(points) - 1, None] for first in range(4))  # (spans, 1, 2)
    t = ALONG_SPAN
    spans = b + t * (c - a) / 2 + t**2 * (a - 2.5 * b + 2 * c - d / 2) + t**3 * (-a + 3 * b - 3 * c + d) / 2
    return np.concatenate((spans.reshape(-1, 2), points[-1:]))


def through(*points: Point) -> F64:
    """Draw a smooth curve through points."""
    return spline(np.array(points, np.float64))


def wave(start: Point, end: Point, height: float) -> F64:
    """Draw from one point to another in a wave that stands off the straight line by `height`, first up, then down."""
    x, y = np.linspace(start[0], end[0], 5), np.linspace(start[1], end[1], 5)
    return through(*zip(x, y + height * np.array([0, -1, 0, 1, 0]), strict=True))


def joined(*parts: F64) -> F64:
    """Draw parts one after another without lifting the pen; straight lines close the gaps between them."""
    return np.concatenate(parts)


def rotate(points: F64, angle: float) -> F64:
    """Rotate points (k, 2) around the origin."""
    cos, sin = np.cos(angle), np.sin(angle)
    rotated: F64 = points @ np.array([[cos, sin], [-sin, cos]])
    return rotated


def sheared(path: Path, shear: float) -> Path:
    """Lean a path to the right: `shear` sideways for each unit up."""
    return [stroke @ np.array([[1.0, 0.0], [-shear, 1.0]]) for stroke in path]


def place(end: F64) -> Point:
    """Return the last point of a part, to draw on from there."""
    return float(end[-1, 0]), float(end[-1, 1])


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Say yes with a probability."""
    return bool(rng.random() < probability)


def near(rng: np.random.Generator, x: float, y: float, spread: float = 0.025) -> Point:
    """Choose a point near another."""
    return x + rng.normal(0, spread), y + rng.normal(0, spread)


def ring(center: Point, radius: float, wide: float = 1.0) -> F64:
    """Draw a closed ring, begun at its top."""
    return arc(center, (radius * wide, radius), -100, 265)


def flicked(stem: F64, rng: np.random.Generator) -> F64:
    """Draw on from a stem's foot a little way back up, to the right and steeply, as a pen does that hurries on."""
    x, y = place(stem)
    height = rng.uniform(0.06, 0.28)
    return joined(stem, line((x + height * rng.uniform(0.3, 1.0), y - height)))
