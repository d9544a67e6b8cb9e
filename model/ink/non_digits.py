"""The background is everything that is no digit: letters, scribbles, signs, and digits that are turned, cut or doubled.

A network that only ever saw digits takes whatever it is shown for one. So some of what it learns from is none, made
here as strokes, to be drawn with the same pen as the digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.ink import Drawing

Array = NDArray[Any]
Path = list[Array]  # strokes (k, 2), x to the right and y down

# Letters that many people write as they write a digit teach nothing: O and 0, I and l and 1, Z and 2, S and 5, ...
AMBIGUOUS_LETTERS = frozenset("OoQDIiLlJjZzSsBbGgTYyqYV|")

# Digits that are still one, the same or another, when they are mirrored, turned or cut, are left as they are.
MIRRORED = "34679"
TURNED = "2345679"  # by a quarter
UPSIDE_DOWN = "347"
HALVED = {"2": (0, 1), "3": (0, 1), "5": (0, 1), "4": (0,)}  # the upper half (0) or the lower half (1)


def is_negative(label: str | None) -> bool:
    """Whether a drawing of this label shows what is no digit: neither a digit, nor a letter that could be one."""
    return bool(label and label not in AMBIGUOUS_LETTERS and not label.isdigit())


def scribbles(count: int, rng: np.random.Generator) -> list[Drawing]:
    """Drawings that nobody would take for a digit: curls, zigzags, lines, dots, crosses, spirals."""
    kinds = list(SCRIBBLES.values())
    return [Drawing(tuple(kinds[i](rng))) for i in rng.integers(0, len(kinds), count)]


def corrupt_digits(digits: Sequence[Drawing], count: int, rng: np.random.Generator) -> list[Drawing]:
    """Drawings of digits made into what is none: mirrored, turned, halved, or two and three in a row."""
    by_digit = {digit: [drawing for drawing in digits if drawing.label == digit] for digit in "0123456789"}
    by_digit = {digit: drawings for digit, drawings in by_digit.items() if drawings}
    made: list[Drawing] = []
    while by_digit and len(made) < count:
        kind = CORRUPTIONS[rng.integers(len(CORRUPTIONS))]
        path = kind(by_digit, rng)
        if path:
            made.append(Drawing(tuple(path)))
    return made


# ------------------------------------------------------------------------------------------------ scribbles


def _curl(rng: np.random.Generator) -> Path:
    """One long smooth line through many places."""
    return [_smooth(rng.uniform(0, 1, (rng.integers(6, 14), 2)))]


def _tangle(rng: np.random.Generator) -> Path:
    """Several short smooth lines."""
    return [
        _smooth(rng.uniform(0, 1, 2) + rng.normal(0, 0.3, (rng.integers(3, 6), 2))) for _ in range(rng.integers(3, 6))
    ]


def _lines(rng: np.random.Generator) -> Path:
    """Straight lines, three or more, anywhere."""
    return [rng.uniform(0, 1, (2, 2)) for _ in range(rng.integers(3, 8))]


def _corners(rng: np.random.Generator) -> Path:
    """One line with many sharp corners."""
    return [rng.uniform(0, 1, (rng.integers(6, 12), 2))]


def _zigzag(rng: np.random.Generator) -> Path:
    """To and fro, sharp or round, upright or lying."""
    count = int(rng.integers(5, 12))
    points = np.stack((np.linspace(0, 1, count), np.arange(count) % 2 * rng.uniform(0.2, 0.9)), axis=1)
    points += rng.normal(0, 0.03, points.shape)
    return [_turned(_smooth(points) if rng.random() < 0.5 else points, rng.uniform(0, np.pi))]


def _hatching(rng: np.random.Generator) -> Path:
    """Lines beside each other: = or |||; or a grid of them: #."""
    angle, path = rng.uniform(0, np.pi), []
    for direction in range(rng.integers(1, 3)):
        for place in np.linspace(-0.35, 0.35, rng.integers(2 + (direction == 0), 6)):
            line = np.array([[-0.5, place], [0.5, place]]) + rng.normal(0, 0.04, (2, 2))
            path.append(_turned(line, angle + direction * np.pi / 2))
    return path


def _cross(rng: np.random.Generator) -> Path:
    """Two lines or more through one point: + and x and *."""
    count = int(rng.integers(2, 5))
    angles = rng.uniform(0, np.pi) + np.arange(count) * np.pi / count + rng.normal(0, 0.08, count)
    return [
        _turned(np.array([[-rng.uniform(0.35, 0.6), 0], [rng.uniform(0.35, 0.6), 0]]), float(angle)) for angle in angles
    ]


def _spiral(rng: np.random.Generator) -> Path:
    """Round and round, two times or more."""
    angle = np.linspace(0, 2 * np.pi * rng.uniform(2, 5), 120)
    radius = np.linspace(rng.uniform(0, 0.3), 1, 120)
    sense = rng.choice((-1, 1))
    return [np.stack((radius * np.cos(angle), sense * rng.uniform(0.5, 1) * radius * np.sin(angle)), axis=1)]


def _rings(rng: np.random.Generator) -> Path:
    """Rounds beside each other in a row, or around each other."""
    count = int(rng.integers(2, 5))
    angle = np.linspace(0, 2 * np.pi, 24)
    ring = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    if rng.random() < 0.3:
        return [ring * (index + 1) + rng.normal(0, 0.1, 2) for index in range(count)]
    return [ring * rng.uniform(0.8, 1.2) + (2 * index * rng.uniform(0.8, 1.2), 0.0) for index in range(count)]


def _polygon(rng: np.random.Generator) -> Path:
    """A triangle or more, sharp and closed, most with a diagonal."""
    count = int(rng.integers(3, 7))
    angles = rng.uniform(0, 2 * np.pi) + np.arange(count) * 2 * np.pi / count + rng.normal(0, 0.12, count)
    corners = np.stack((np.cos(angles), np.sin(angles)), axis=1) * rng.uniform(0.85, 1.15, (count, 1))
    path = [np.concatenate((corners, corners[:1]))]
    if count > 3 or rng.random() < 0.3:  # without one, a square is too near a zero
        path.append(corners[[0, count // 2]])
    return path


def _blob(rng: np.random.Generator) -> Path:
    """A closed line with bulges and dents."""
    angle, radius = np.linspace(0, 2 * np.pi, 60), np.ones(60)
    for waves in range(2, 7):
        radius += rng.normal(0, 0.6 / waves) * np.cos(waves * angle + rng.uniform(0, 2 * np.pi))
    if np.abs(radius - 1).max() < 0.35:  # too round: it could be a zero
        radius += 0.4 * np.cos(rng.integers(3, 6) * angle)
    return [np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)]


def _angle(rng: np.random.Generator) -> Path:
    """Two lines that meet below or on the left, as in V and <; other angles could be a 1 or a 7."""
    middle, half = rng.uniform(-0.75 * np.pi, 0.1 * np.pi), rng.uniform(0.25, 0.9)  # y points down
    ends = middle + np.array([-half, half])
    arms = np.stack((np.cos(ends), np.sin(ends)), axis=1) * rng.uniform(0.4, 1, (2, 1))
    return [np.stack((arms[0], np.zeros(2), arms[1]))]


def _framed(rng: np.random.Generator) -> Path:
    """A frame, round or square, around other things."""
    corners = rng.choice((3, 4, 4, 24, 24, 24))
    angles = np.arange(corners + 1) * 2 * np.pi / corners + (np.pi / 4 if corners == 4 else -np.pi / 2)
    path = [np.stack((np.cos(angles), np.sin(angles) * rng.uniform(0.7, 1.4)), axis=1)]
    for _ in range(rng.integers(1, 5)):
        inside = INSIDE[rng.integers(len(INSIDE))](rng)
        points = np.concatenate(inside)
        size = rng.uniform(0.2, 0.7) / max(float(np.ptp(points, axis=0).max()), 1e-9)
        place = rng.uniform(-0.45, 0.45, 2)
        path += [(stroke - points.mean(axis=0)) * size + place for stroke in inside]
    return path


def _dots(rng: np.random.Generator) -> Path:
    """Two dots or more."""
    return [rng.uniform(0, 1, 2) + rng.normal(0, 0.01, (3, 2)) for _ in range(rng.integers(2, 7))]


def _dash(rng: np.random.Generator) -> Path:
    """A line that lies."""
    return [
        _turned(_smooth(np.stack((np.linspace(0, 1, 5), rng.normal(0, 0.04, 5)), axis=1)), rng.uniform(-0.25, 0.25))
    ]


def _filled(rng: np.random.Generator) -> Path:
    """An area blackened by going to and fro."""
    count = int(rng.integers(12, 30))
    points = np.stack((np.linspace(0, rng.uniform(0.4, 1), count), np.arange(count) % 2.0), axis=1)
    return [_turned(points + rng.normal(0, 0.06, points.shape), rng.uniform(0, np.pi))]


INSIDE = (_curl, _dots, _dash, _cross, _lines, _zigzag)

SCRIBBLES: dict[str, Callable[[np.random.Generator], Path]] = {
    "curl": _curl,
    "tangle": _tangle,
    "lines": _lines,
    "corners": _corners,
    "zigzag": _zigzag,
    "hatching": _hatching,
    "cross": _cross,
    "spiral": _spiral,
    "rings": _rings,
    "polygon": _polygon,
    "blob": _blob,
    "angle": _angle,
    "framed": _framed,
    "dots": _dots,
    "dash": _dash,
    "filled": _filled,
}


# -------------------------------------------------------------------------------------------------- damages

Digits = dict[str, list[Drawing]]


def _one(by_digit: Digits, among: str, rng: np.random.Generator) -> Drawing | None:
    known = [digit for digit in among if digit in by_digit]
    if not known:
        return None
    drawings = by_digit[known[rng.integers(len(known))]]
    return drawings[rng.integers(len(drawings))]


def _mirror(by_digit: Digits, rng: np.random.Generator) -> Path:
    drawing = _one(by_digit, MIRRORED, rng)
    return [stroke * (-1, 1) for stroke in drawing.strokes] if drawing else []


def _quarter(by_digit: Digits, rng: np.random.Generator) -> Path:
    drawing = _one(by_digit, TURNED, rng)
    angle = rng.choice((-1, 1)) * np.pi / 2
    return [_turned(stroke, angle) for stroke in drawing.strokes] if drawing else []


def _half_turn(by_digit: Digits, rng: np.random.Generator) -> Path:
    drawing = _one(by_digit, UPSIDE_DOWN, rng)
    return [-stroke for stroke in drawing.strokes] if drawing else []


def _half(by_digit: Digits, rng: np.random.Generator) -> Path:
    drawing = _one(by_digit, "".join(HALVED), rng)
    if drawing is None:
        return []
    lower = rng.choice(HALVED[drawing.label or ""])
    height = np.concatenate(drawing.strokes)[:, 1]
    middle = height.min() + rng.uniform(0.4, 0.6) * np.ptp(height)
    return [part for stroke in drawing.strokes for part in _runs(stroke, (stroke[:, 1] > middle) == lower)]


def _row(by_digit: Digits, rng: np.random.Generator) -> Path:
    """Two digits or three beside each other."""
    path: Path = []
    right = 0.0
    for _ in range(rng.integers(2, 4)):
        drawing = _one(by_digit, "0123456789", rng)
        if drawing is None:
            return []
        points = np.concatenate(drawing.strokes)
        height = max(float(np.ptp(points[:, 1])), 0.3 * float(np.ptp(points[:, 0])), 1e-9)
        size = rng.uniform(0.85, 1.15) / height
        path += [(stroke - points.min(axis=0)) * size + (right, rng.normal(0, 0.05)) for stroke in drawing.strokes]
        right += float(np.ptp(points[:, 0])) * size + rng.uniform(0.05, 0.4)
    return path


CORRUPTIONS = (_mirror, _quarter, _half_turn, _half, _row, _row)


# -------------------------------------------------------------------------------------------- what they share


def _smooth(points: Array) -> Array:
    """A smooth curve through points (k, 2): Catmull and Rom 1974, eight points to a span."""
    ends = np.concatenate((points[:1], points, points[-1:]))
    t = np.linspace(0, 1, 8, endpoint=False)[:, None]
    spans = [
        b + t * (c - a) / 2 + t**2 * (a - 2.5 * b + 2 * c - d / 2) + t**3 * (-a + 3 * b - 3 * c + d) / 2
        for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False)
    ]
    return np.concatenate((*spans, points[-1:]))


def _turned(points: Array, angle: float) -> Array:
    cos, sin = np.cos(angle), np.sin(angle)
    turned: Array = points @ np.array([[cos, sin], [-sin, cos]])
    return turned


def _runs(stroke: Array, kept: Array) -> Path:
    """The unbroken parts of a stroke whose points are kept."""
    borders = np.flatnonzero(np.diff(kept)) + 1
    return [part for part, keep in zip(np.split(stroke, borders), np.split(kept, borders), strict=True) if keep[0]]
