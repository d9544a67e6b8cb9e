"""Arrows of all directions, mathematical symbols and brackets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.ink.curves import Path, Point, arc, bow, joined, line, ring, rotate, through

Draw = Callable[[np.random.Generator], Path]

RIGHT_ANGLE = np.pi / 2


# ---------------------------------------------------------------------------------------------------- arrows


def _head(rng: np.random.Generator, tip: Point, direction: float) -> Path:
    """Two barbs, or a triangle, at the tip; the direction is an angle in radians."""
    size, half = rng.uniform(0.18, 0.5), rng.uniform(0.35, 0.95)
    barbs = [
        np.array(tip) - size * rng.uniform(0.8, 1.2) * np.array([np.cos(direction + side), np.sin(direction + side)])
        for side in (-half, half)
    ]
    if rng.random() < 0.25:
        return [np.array([barbs[0], tip, barbs[1], barbs[0]])]
    if rng.random() < 0.25:
        return [np.array([tip, barbs[0]]), np.array([tip, barbs[1]])]
    return [np.array([barbs[0], tip, barbs[1]])]


def arrow(rng: np.random.Generator) -> Path:
    """A shaft, straight, bowed, waved or bent, with a head at one end or both, in any direction."""
    kind = rng.random()
    if kind < 0.55:
        shaft = bow((-1.0, 0.0), (0.0, 0.0), rng.normal(0, 0.03))
    elif kind < 0.75:
        shaft = bow((-1.0, 0.0), (0.0, 0.0), rng.choice((-1, 1)) * rng.uniform(0.1, 0.35))
    elif kind < 0.88:
        shaft = line((-rng.uniform(0.5, 1), rng.choice((-1, 1)) * rng.uniform(0.3, 0.8)), (-0.6, 0.0), (0.0, 0.0))
    else:
        shaft = through((-1.0, 0.0), (-0.7, -0.2), (-0.4, 0.15), (-0.15, 0.0), (0.0, 0.0))
    along = shaft[-1] - shaft[-4 if len(shaft) > 4 else -2]
    path = [shaft, *_head(rng, (0.0, 0.0), float(np.arctan2(along[1], along[0])))]
    if rng.random() < 0.12:
        back = shaft[0] - shaft[min(3, len(shaft) - 1)]
        path += _head(rng, (float(shaft[0, 0]), float(shaft[0, 1])), float(np.arctan2(back[1], back[0])))
    if len(path) == 2 and rng.random() < 0.4:
        path = [joined(shaft, path[1])]  # in one stroke
    angle = rng.integers(8) * RIGHT_ANGLE / 2 + rng.normal(0, 0.15)
    return [rotate(stroke, angle) for stroke in path]


# --------------------------------------------------------------------------------------------------- symbols


def _plus(rng: np.random.Generator) -> Path:
    width = rng.uniform(0.7, 1.3)
    middle = (rng.normal(0, 0.08), rng.normal(0, 0.08))
    upright = bow((middle[0], -0.5), (middle[0] + rng.normal(0, 0.06), 0.5), rng.normal(0, 0.02))
    return [upright, bow((-width / 2, middle[1]), (width / 2, middle[1] + rng.normal(0, 0.06)), rng.normal(0, 0.02))]


def _equals(rng: np.random.Generator) -> Path:
    gap = rng.uniform(0.15, 0.4)
    path = [bow((0, y), (1, y + rng.normal(0, 0.05)), rng.normal(0, 0.03)) for y in (0.0, gap)]
    return [*path, line((0.3, gap + 0.2), (0.7, -0.2))] if rng.random() < 0.25 else path


def _divided(rng: np.random.Generator) -> Path:
    size = rng.uniform(0.02, 0.05)
    return [line((-0.5, 0.0), (0.5, rng.normal(0, 0.05))), ring((0.0, -0.3), size), ring((0.0, 0.3), size)]


def _percent(rng: np.random.Generator) -> Path:
    size = rng.uniform(0.12, 0.22)
    return [line((0.8, 0.0), (0.1, 1.0)), ring((0.1, 0.25), size), ring((0.8, 0.8), size)]


def _root(rng: np.random.Generator) -> Path:
    return [line((-0.2, 0.6), (0.0, 0.5), (0.2, 1.0), (0.45, 0.0), (rng.uniform(0.8, 1.6), rng.normal(0, 0.04)))]


def _sum(rng: np.random.Generator) -> Path:
    middle = (rng.uniform(0.3, 0.5), 0.5)
    return [line((0.7, 0.1), (0.65, 0.0), (0.0, 0.0), middle, (0.0, 1.0), (0.75, 1.0), (0.8, 0.85))]


def _hash(rng: np.random.Generator) -> Path:
    lean = rng.uniform(0, 0.25)
    upright = [line((x + lean, 0.0), (x, 1.0)) for x in (0.25, 0.65)]
    return [*upright, line((0.0, 0.35), (1.0, 0.3)), line((0.0, 0.7), (1.0, 0.65))]


def _ampersand(rng: np.random.Generator) -> Path:
    top = rng.uniform(0.0, 0.1)
    return [
        through(
            (0.8, 1.0), (0.25, 0.35), (0.3, top), (0.52, 0.15), (0.3, 0.45), (0.0, 0.75), (0.25, 1.0), (0.6, 0.85),
            (0.78, 0.55),
        )
    ]  # fmt: skip


def _at(rng: np.random.Generator) -> Path:
    inner = arc((0.5, 0.5), (0.18, 0.2), -30, -360)
    outer = arc((0.5, 0.5), (0.48, 0.5), 40, -rng.uniform(250, 310))
    return [joined(inner, line((0.7, 0.65), (0.85, 0.75)), outer)]


def _infinity(rng: np.random.Generator) -> Path:
    t = np.linspace(0.3, 0.3 + 2 * np.pi, 40)
    return [np.stack((np.sin(t), rng.uniform(0.3, 0.5) * np.sin(2 * t)), axis=1)]


def _less(rng: np.random.Generator) -> Path:
    side = rng.choice((-1, 1))
    return [line((side * 0.9, -0.45), (0.0, 0.0), (side * 0.9, rng.uniform(0.3, 0.5)))]


def _question(rng: np.random.Generator) -> Path:
    hook = through((0.0, 0.2), (0.25, 0.0), (0.5, 0.2), (0.3, 0.45), (0.25, 0.7))
    return [hook, ring((0.25, rng.uniform(0.9, 1.05)), rng.uniform(0.015, 0.04))]


def _pi(rng: np.random.Generator) -> Path:
    return [
        bow((0.0, 0.1), (1.0, 0.0), rng.normal(0, 0.06)),
        bow((0.3, 0.08), (0.2, 1.0), rng.normal(0, 0.06)),
        bow((0.7, 0.05), (0.8, 1.0), rng.normal(0, 0.06)),
    ]


def _asterisk(rng: np.random.Generator) -> Path:
    count = int(rng.integers(3, 5))
    angles = np.pi * np.arange(count) / count + rng.normal(0, 0.08, count)
    return [rotate(line((-0.5, 0.0), (0.5, 0.0)), float(angle)) for angle in angles]


SYMBOLS: tuple[Draw, ...] = (
    _plus, _plus, _plus, _equals, _divided, _percent, _root, _sum, _hash, _ampersand, _at, _infinity, _less, _question,
    _pi, _asterisk,
)  # fmt: skip


def symbol(rng: np.random.Generator) -> Path:
    """A sign of mathematics or of a keyboard, plus signs most often."""
    return SYMBOLS[rng.integers(len(SYMBOLS))](rng)


def bracket(rng: np.random.Generator) -> Path:
    """A square or curly bracket, or a bent parenthesis; no closing ones, which a 1 or a 3 may look like."""
    kind = rng.random()
    depth = rng.uniform(0.2, 0.45)
    if kind < 0.4:
        return [line((depth, 0.0), (0.0, 0.0), (0.0, 1.0), (depth, 1.0))]
    if kind < 0.7:
        y = rng.uniform(0.42, 0.58)
        return [through((depth, 0.0), (0.4 * depth, 0.08), (0.4 * depth, y - 0.1), (0, y), (0.4 * depth, y + 0.1),
                        (0.4 * depth, 0.92), (depth, 1.0))]  # fmt: skip
    side = rng.choice((-1, 1))
    return [bow((0.0, 0.0), (0.0, 1.0), side * rng.uniform(0.28, 0.42))]
