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


def dented_outline(rng: np.random.Generator) -> Path:
    """A closed symmetrical outline with a dent at one end and a point or a bow at the other, turned any way."""
    count = int(rng.integers(2, 5))
    y = np.linspace(-0.8, 0.8, count) + rng.uniform(-0.15, 0.15, count)
    x = rng.uniform(0.45, 1, count)
    dent = (0.0, y[0] + rng.uniform(0.25, 0.8))
    end = (0.0, y[-1] + rng.uniform(0.05, 0.8))
    points = np.array([dent, *zip(x, y, strict=True), end])
    half = points if rng.random() < 0.25 else spline(points)
    outline = np.concatenate((half, half[::-1] * (-1, 1)))
    angle = 0.0 if rng.random() < 0.4 else rng.uniform(0, 2 * np.pi)
    return [rotate(outline * (rng.uniform(0.6, 1.2), 1), angle)]


def barred_glyph(rng: np.random.Generator) -> Path:
    """Two or three bars, one below another, and a long stroke that crosses them all or stands beside them."""
    count = int(rng.integers(2, 4))
    rows = np.linspace(rng.uniform(0.0, 0.3), rng.uniform(0.5, 0.95), count)
    lean = rng.normal(0, 0.08)
    path = [bow((rng.normal(0, 0.06), y + lean), (rng.uniform(0.35, 0.9), y - lean), rng.normal(0, 0.04)) for y in rows]
    if rng.random() < 0.4:
        x = rng.uniform(0.2, 0.45)
        foot = (x + rng.choice((-0.3, 0.0, 0.0, 0.3)), 1.0 + rng.uniform(0, 0.2))
        top = rows[0] - rng.uniform(0.22, 0.45)  # well above the first bar: two bars and a stem could be a 7
        path.append(bow((x, top), foot, rng.normal(0, 0.08)))
    else:
        right = max(float(bar[:, 0].max()) for bar in path) + rng.uniform(0.08, 0.25)
        top = rows[0] - rng.uniform(0.05, 0.4)
        path.append(bow((right, top), (right - rng.uniform(0.0, 0.9), 1.1), rng.uniform(0.0, 0.3)))
    angle = rng.choice((0.0, 0.0, 0.0, np.pi))
    return [rotate(stroke, angle) for stroke in path]


def pierced_outline(rng: np.random.Generator) -> Path:
    """A wide ring, bowl or roof with an upright stem through it that stands out above and below, seldom below alone.

    The Greek phi and psi are such. The stem is too upright and too long for the line through a zero.
    """
    height = rng.uniform(0.22, 0.38)
    begin, length = ((-90, 360), (-90, 360), (0, 180), (180, 180))[rng.integers(4)]
    width = height * rng.uniform(1.3 if length == 360 else 1.1, 2.0)  # narrower, it could be a zero
    outline = arc((0, 0), (width, height), begin + rng.normal(0, 12), begin + length + rng.normal(0, 12))
    above, below = rng.uniform(0.3, 0.9, 2)
    if rng.random() < 0.2:
        above, below = rng.uniform(0.05, 0.3), rng.uniform(0.6, 1.1)
    lean = rng.normal(0, 0.06)
    stem = bow((lean, -height - above), (-lean, height + below), rng.normal(0, 0.02))
    return [outline, stem] if rng.random() < 0.6 else [stem, outline]


def _box(rng: np.random.Generator) -> F64:
    """A part of a syllable, within one unit: a ring, a square, corners or a bar."""
    kind = rng.random()
    if kind < 0.25:
        return arc((0.5, 0.5), (0.4, 0.4), -90, 260)
    if kind < 0.45:
        return line((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9), (0.1, 0.1))
    if kind < 0.65:
        return line((0.1, 0.1), (0.9, 0.1), (0.85, 0.9))
    if kind < 0.85:
        return line((0.1, 0.1), (0.1, 0.9), (0.9, 0.9))
    return line((0.1, 0.9), (0.5, 0.1), (0.9, 0.9))


def syllable(rng: np.random.Generator) -> Path:
    """Parts in a square, as in Hangul: two above with a third below, or one above another beside a long stem."""
    first, second, third = (_box(rng) for _ in range(3))
    if rng.random() < 0.5:
        right, below = np.array((rng.uniform(0.85, 1.1), 0.0)), np.array((0.3, 1.05))
        return [first * (0.8, 0.9), second * (0.8, 0.9) + right, third * (rng.uniform(0.9, 1.4), 0.9) + below]
    x = rng.uniform(1.05, 1.35)
    stem = bow((x, -0.1), (x, rng.uniform(1.2, 2.0)), rng.normal(0, 0.03))
    tick_y = rng.uniform(0.3, 0.8)
    tick = line((x, tick_y), (x + rng.choice((-0.3, 0.4)), tick_y))
    return [first, stem, tick, second * (1.2, 0.8) + np.array((0.2, 1.2))]


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
