"""Arrows of all directions, mathematical symbols, brackets, and signs of music."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.common.arrays import F64
from model.ink.curves import Path, Point, arc, bow, joined, line, rotate, through

Draw = Callable[[np.random.Generator], Path]

RIGHT_ANGLE = np.pi / 2


def _one_of(rng: np.random.Generator, draws: tuple[Draw, ...]) -> Path:
    return draws[rng.integers(len(draws))](rng)


def _ring(center: Point, radius: float, wide: float = 1.0) -> F64:
    return arc(center, (radius * wide, radius), -100, 265)


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
    return [line((-0.5, 0.0), (0.5, rng.normal(0, 0.05))), _ring((0.0, -0.3), size), _ring((0.0, 0.3), size)]


def _percent(rng: np.random.Generator) -> Path:
    size = rng.uniform(0.12, 0.22)
    return [line((0.8, 0.0), (0.1, 1.0)), _ring((0.1, 0.25), size), _ring((0.8, 0.8), size)]


def _root(rng: np.random.Generator) -> Path:
    return [line((-0.2, 0.6), (0.0, 0.5), (0.2, 1.0), (0.45, 0.0), (rng.uniform(0.8, 1.6), rng.normal(0, 0.04)))]


def _sum(rng: np.random.Generator) -> Path:
    return [line((0.7, 0.1), (0.65, 0.0), (0.0, 0.0), (rng.uniform(0.3, 0.5), 0.5), (0.0, 1.0), (0.75, 1.0), (0.8, 0.85))]


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
    return [hook, _ring((0.25, rng.uniform(0.9, 1.05)), rng.uniform(0.015, 0.04))]


def _pi(rng: np.random.Generator) -> Path:
    return [
        bow((0.0, 0.1), (1.0, 0.0), rng.normal(0, 0.06)),
        bow((0.3, 0.08), (0.2, 1.0), rng.normal(0, 0.06)),
        bow((0.7, 0.05), (0.8, 1.0), rng.normal(0, 0.06)),
    ]


def _asterisk(rng: np.random.Generator) -> Path:
    count = int(rng.integers(3, 5))
    return [rotate(line((-0.5, 0.0), (0.5, 0.0)), np.pi * index / count + rng.normal(0, 0.08)) for index in range(count)]


SYMBOLS: tuple[Draw, ...] = (
    _plus, _plus, _plus, _equals, _divided, _percent, _root, _sum, _hash, _ampersand, _at, _infinity, _less, _question,
    _pi, _asterisk,
)  # fmt: skip


def symbol(rng: np.random.Generator) -> Path:
    """A sign of mathematics or of a keyboard, plus signs most often."""
    return _one_of(rng, SYMBOLS)


def bracket(rng: np.random.Generator) -> Path:
    """A square or curly bracket, or a bent parenthesis; no closing ones that a digit looks like."""
    kind = rng.random()
    depth = rng.uniform(0.2, 0.45)
    if kind < 0.4:
        side = rng.choice((-1, 1))
        return [line((side * depth, 0.0), (0.0, 0.0), (0.0, 1.0), (side * depth, 1.0))]
    if kind < 0.7:
        y = rng.uniform(0.42, 0.58)
        return [through((depth, 0.0), (0.4 * depth, 0.08), (0.4 * depth, y - 0.1), (0, y), (0.4 * depth, y + 0.1),
                        (0.4 * depth, 0.92), (depth, 1.0))]  # fmt: skip
    side = rng.choice((-1, 1))
    return [bow((0.0, 0.0), (0.0, 1.0), side * rng.uniform(0.24, 0.4))]


# ----------------------------------------------------------------------------------------------------- music


def _note_head(rng: np.random.Generator, center: Point, *, filled: bool) -> F64:
    radius = rng.uniform(0.11, 0.17)
    turns = int(rng.integers(3, 5)) if filled else 1
    angle = np.linspace(0, 2 * np.pi * turns, 16 * turns)
    size = radius * (np.linspace(0.15, 1, len(angle)) if filled else np.ones(len(angle)))
    head = np.stack((1.3 * size * np.cos(angle), size * np.sin(angle)), axis=1)
    return rotate(head, -rng.uniform(0.1, 0.5)) + np.array(center)


def note(rng: np.random.Generator) -> Path:
    """One note or two, filled or not, the stem up on the right or down on the left, with flags or a beam."""
    up = rng.random() < 0.6
    filled = rng.random() < 0.75
    beamed = rng.random() < 0.3
    side, end = (0.15, -rng.uniform(0.65, 1.0)) if up else (-0.15, rng.uniform(0.65, 1.0))
    apart = rng.uniform(0.5, 0.9)
    path: Path = []
    for index in range(2 if beamed else 1):
        x = index * apart
        path.append(_note_head(rng, (x, 0.0), filled=filled))
        path.append(bow((x + side, 0.0), (x + side + rng.normal(0, 0.03), end), rng.normal(0, 0.02)))
    if beamed:
        path += [line((side, end + gap), (side + apart, end + gap + rng.normal(0, 0.06))) for gap in (0.0, 0.12)][
            : int(rng.integers(1, 3))
        ]
    elif filled and rng.random() < 0.5:
        down = 1 if up else -1
        for index in range(int(rng.integers(1, 3))):
            y = end + 0.16 * index * down
            tip = (side + rng.uniform(0.15, 0.3), y + down * rng.uniform(0.25, 0.42))
            path.append(through((side, y), (side + 0.2, y + 0.16 * down), tip))
    elif not filled or rng.random() < 0.2:
        path.append(_ring((0.35, 0.05), 0.02))
    return path


def _sharp(rng: np.random.Generator) -> Path:
    rise = rng.uniform(0.05, 0.2)
    bars = [line((0.0, y + rise), (0.7, y)) for y in (0.3, 0.6)]
    return [line((0.22, 0.08), (0.22, 1.05)), line((0.48, 0.0), (0.48, 1.0)), *bars]


def _natural(rng: np.random.Generator) -> Path:
    rise = rng.uniform(0.03, 0.12)
    return [line((0.0, 0.0), (0.0, 0.72), (0.35, 0.72 - rise)), line((0.0, 0.35), (0.35, 0.35 - rise), (0.35, 1.05))]


def _treble_clef(rng: np.random.Generator) -> Path:
    curl = through((0.4, 0.62), (0.3, 0.55), (0.3, 0.7), (0.5, 0.75), (0.62, 0.6), (0.45, 0.45), (0.15, 0.55), (0.1, 0.75),
                   (0.4, 0.95), (0.75, 0.8), (0.7, 0.5), (0.3, 0.4), (0.55, 0.15), (0.5, -0.05))  # fmt: skip
    return [joined(curl, through((0.5, -0.05), (0.38, 0.1), (0.5, 1.2), (0.35, 1.3), (0.25, rng.uniform(1.15, 1.25))))]


def _bass_clef(rng: np.random.Generator) -> Path:
    curve = through((0.05, 0.25), (0.12, 0.32), (0.05, 0.1), (0.3, 0.0), (0.55, 0.25), (0.4, 0.65), (0.0, 1.0))
    size, x = rng.uniform(0.01, 0.03), rng.uniform(0.7, 0.85)
    return [curve, _ring((x, 0.15), size), _ring((x, 0.4), size)]


def _alto_clef(rng: np.random.Generator) -> Path:
    x = rng.uniform(0.12, 0.25)
    ear = [(x, 0.2), (x + 0.15, 0.05), (x + 0.35, 0.2), (x + 0.25, 0.42), (x + 0.05, 0.5)]
    lower = [(a, 1 - b) for a, b in reversed(ear)]
    return [line((0.0, 0.0), (0.0, 1.0)), line((x, 0.0), (x, 1.0)), joined(through(*ear), through(*lower))]


def _fermata(rng: np.random.Generator) -> Path:
    return [arc((0.0, 0.0), (0.6, rng.uniform(0.4, 0.6)), 180, 360), _ring((0.0, -0.08), rng.uniform(0.02, 0.05))]


def _repeat(rng: np.random.Generator) -> Path:
    side, size = rng.choice((-1, 1)), rng.uniform(0.01, 0.03)
    bars = [line((0.0, 0.0), (0.0, 1.0)), line((0.15 * side, 0.0), (0.15 * side, 1.0))]
    return [*bars, _ring((0.35 * side, 0.35), size), _ring((0.35 * side, 0.65), size)]


def _staff(rng: np.random.Generator) -> Path:
    lines = [line((0.0, y), (1.6, y + rng.normal(0, 0.01))) for y in np.linspace(0, 0.9, 4)]
    return [*lines, _note_head(rng, (0.8, 0.6), filled=True), line((0.95, 0.6), (0.95, -0.2))]


MUSICAL_SIGNS: tuple[Draw, ...] = (
    _sharp, _natural, _treble_clef, _bass_clef, _alto_clef, _fermata, _repeat, _staff,
)  # fmt: skip


def musical_sign(rng: np.random.Generator) -> Path:
    """A sharp, a natural, a clef, a fermata, a repeat sign, or a note on a staff; no rest, which is like a 3 or a 7."""
    return _one_of(rng, MUSICAL_SIGNS)
