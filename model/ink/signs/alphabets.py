"""Alphabets that nobody has: glyphs of random lines, bows, hooks and rings, and symmetrical figures.

Most have two strokes or more, which meet like those of letters. A single random curve would too often be a digit; so
one that stands alone is long.
"""

from __future__ import annotations

import numpy as np

from model.common.arrays import F64
from model.ink.curves import Path, arc, bow, line, rotate, spline, through

GRID = np.array([0.0, 0.5, 1.0])  # letters begin and end their strokes near such lines


def _anchor(rng: np.random.Generator) -> F64:
    return rng.choice(GRID, 2) + rng.normal(0, 0.05, 2)


def _far_from(point: F64, rng: np.random.Generator) -> F64:
    other = _anchor(rng)
    while np.hypot(*(other - point)) < 0.4:
        other = _anchor(rng)
    return other


def _stroke(rng: np.random.Generator, start: F64) -> F64:
    end = _far_from(start, rng)
    kind = rng.random()
    first, last = (start[0], start[1]), (end[0], end[1])
    if kind < 0.35:
        return bow(first, last, rng.normal(0, 0.03))
    if kind < 0.55:
        return bow(first, last, rng.choice((-1, 1)) * rng.uniform(0.15, 0.5))
    if kind < 0.7:  # an angle
        return line(first, tuple(_far_from(end, rng)), last)
    if kind < 0.85:
        return through(first, tuple(_far_from(end, rng)), last)
    if kind < 0.93:
        size = rng.uniform(0.08, 0.28)
        return arc(first, (size, size * rng.uniform(0.7, 1.4)), rng.uniform(0, 360), rng.uniform(620, 700))
    middle = start + (end - start) * 0.6
    return through(first, tuple(middle), tuple(middle + rng.normal(0, 0.25, 2)), last)


def glyph(rng: np.random.Generator) -> Path:
    """Two to five strokes; most begin on an earlier one."""
    path = [_stroke(rng, _anchor(rng))]
    for _ in range(rng.choice((1, 2, 2, 3, 3, 4))):
        earlier = path[rng.integers(len(path))]
        start = earlier[rng.integers(len(earlier))] if rng.random() < 0.7 else _anchor(rng)
        path.append(_stroke(rng, start))
    if len(path) == 2:  # so few could be a 4, 5 or 7: let a third part make it another sign
        x, y = _anchor(rng)
        path.append(arc((x, y), (0.04, 0.04), 0, 350) if rng.random() < 0.4 else _stroke(rng, _anchor(rng)))
    return path


def long_curve(rng: np.random.Generator) -> Path:
    """One smooth line through many anchors, or through few with loops."""
    points = [_anchor(rng)]
    for _ in range(rng.integers(6, 10)):
        points.append(_far_from(points[-1], rng))
    return [spline(np.array(points))]


def symmetrical_figure(rng: np.random.Generator) -> Path:
    """A random part that is mirrored, or repeated around the middle."""
    if rng.random() < 0.55:
        y = np.sort(rng.uniform(-1, 1, rng.integers(3, 6)))
        half = np.stack((rng.uniform(0.15, 1, len(y)), y), axis=1)
        half = half if rng.random() < 0.5 else spline(half)
        other = _stroke(rng, rng.uniform((0.1, -0.4), (0.9, 0.4))) * (0.6, 1)
        angle = rng.choice((0.0, 0.0, np.pi / 2, np.pi / 4))
        return [rotate(stroke * (side, 1), angle) for stroke in (half, other) for side in (1, -1)]
    count = int(rng.integers(3, 7))
    part = _stroke(rng, rng.uniform(0.0, 0.6, 2))
    return [rotate(part, 2 * np.pi * index / count) for index in range(count)]
