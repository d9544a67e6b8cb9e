"""Non-digits to train the reject class on: letters, and digits that are mirrored, turned, cut, in a row or overlapping.

A network that only ever saw digits classifies whatever it is shown as a digit. So some training images show none. They
are made as strokes and drawn with the same pen as the digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from model.common.arrays import F64, Bools
from model.ink.curves import Path, rotate
from model.ink.drawing import Drawing

Digits = dict[str, list[Drawing]]  # drawings by their digit
Corruption = Callable[[Digits, np.random.Generator], Path]

# Letters that many people write like a digit are no examples of non-digits: O and 0, I and l and 1, Z and 2, S and 5.
AMBIGUOUS_LETTERS = frozenset("OoQDIiLlJjZzSsBbGgTYyqYV|")

# Digits that look like no digit once they are mirrored, turned or cut; all others still look like one.
MIRRORED = "34679"
TURNED = "2345679"  # by a quarter
UPSIDE_DOWN = "347"
OVERLAPPING = "023456789"
HALVED = {"2": (0, 1), "3": (0, 1), "5": (0, 1), "4": (0,)}  # the upper half (0) or the lower half (1)


def is_non_digit(label: str | None) -> bool:
    """Tell whether a drawing with this label is a non-digit: neither a digit nor a letter that looks like one."""
    return bool(label and label not in AMBIGUOUS_LETTERS and not label.isdigit())


def _pick(by_digit: Digits, among: str, rng: np.random.Generator) -> Drawing | None:
    known = [digit for digit in among if digit in by_digit]
    if not known:
        return None
    drawings = by_digit[known[rng.integers(len(known))]]
    return drawings[rng.integers(len(drawings))]


def mirror(by_digit: Digits, rng: np.random.Generator) -> Path:
    drawing = _pick(by_digit, MIRRORED, rng)
    return [stroke * (-1, 1) for stroke in drawing.strokes] if drawing else []


def quarter_turn(by_digit: Digits, rng: np.random.Generator) -> Path:
    drawing = _pick(by_digit, TURNED, rng)
    angle = rng.choice((-1, 1)) * np.pi / 2
    return [rotate(stroke, angle) for stroke in drawing.strokes] if drawing else []


def half_turn(by_digit: Digits, rng: np.random.Generator) -> Path:
    drawing = _pick(by_digit, UPSIDE_DOWN, rng)
    return [-stroke for stroke in drawing.strokes] if drawing else []


def halve(by_digit: Digits, rng: np.random.Generator) -> Path:
    drawing = _pick(by_digit, "".join(HALVED), rng)
    if drawing is None:
        return []
    lower = rng.choice(HALVED[drawing.label or ""])
    height = np.concatenate(drawing.strokes)[:, 1]
    middle = height.min() + rng.uniform(0.4, 0.6) * np.ptp(height)
    return [part for stroke in drawing.strokes for part in _runs(stroke, (stroke[:, 1] > middle) == lower)]


def digits_in_a_row(by_digit: Digits, rng: np.random.Generator) -> Path:
    """Put two or three digits next to each other."""
    path: Path = []
    right = 0.0
    for _ in range(rng.integers(2, 4)):
        drawing = _pick(by_digit, "0123456789", rng)
        if drawing is None:
            return []
        points = np.concatenate(drawing.strokes)
        height = max(float(np.ptp(points[:, 1])), 0.3 * float(np.ptp(points[:, 0])), 1e-9)
        size = rng.uniform(0.85, 1.15) / height
        path += [(stroke - points.min(axis=0)) * size + (right, rng.normal(0, 0.05)) for stroke in drawing.strokes]
        right += float(np.ptp(points[:, 0])) * size + rng.uniform(0.05, 0.4)
    return path


def overlap(by_digit: Digits, rng: np.random.Generator) -> Path:
    """Put a digit over another, a third to two thirds of a height aside; none is a 1, which could be a part of one."""
    path: Path = []
    for index in range(2):
        drawing = _pick(by_digit, OVERLAPPING, rng)
        if drawing is None:
            return []
        points = np.concatenate(drawing.strokes)
        size = rng.uniform(0.8, 1.2) / max(float(np.ptp(points, axis=0).max()), 1e-9)
        aside = index * np.array([rng.choice((-1, 1)) * rng.uniform(0.33, 0.67), rng.uniform(-0.3, 0.3)])
        path += [(stroke - points.mean(axis=0)) * size + aside for stroke in drawing.strokes]
    return path


CORRUPTIONS = (mirror, quarter_turn, half_turn, halve, digits_in_a_row, digits_in_a_row, overlap)


def corrupt_digits(
    digits: Sequence[Drawing],
    count: int,
    rng: np.random.Generator,
    corruptions: Sequence[Corruption] = CORRUPTIONS,
) -> list[Drawing]:
    """Turn drawings of digits into non-digits: mirrored, turned, halved, in a row, or one over another."""
    by_digit = {digit: [drawing for drawing in digits if drawing.label == digit] for digit in "0123456789"}
    by_digit = {digit: drawings for digit, drawings in by_digit.items() if drawings}
    corrupted: list[Drawing] = []
    while by_digit and len(corrupted) < count:
        corrupt = corruptions[int(rng.integers(len(corruptions)))]
        path = corrupt(by_digit, rng)
        if path:
            corrupted.append(Drawing(tuple(path)))
    return corrupted


def _runs(stroke: F64, kept: Bools) -> Path:
    """Split a stroke into the runs of points that are kept."""
    borders = np.flatnonzero(np.diff(kept)) + 1
    return [part for part, keep in zip(np.split(stroke, borders), np.split(kept, borders), strict=True) if keep[0]]
