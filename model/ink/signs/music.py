"""Signs of music: notes, sharps, clefs and others; no rests, which are like a 3 or a 7."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.common.arrays import F64
from model.ink.curves import Path, Point, arc, bow, joined, line, ring, rotate, through

Draw = Callable[[np.random.Generator], Path]


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
        path.append(ring((0.35, 0.05), 0.02))
    return path


def _sharp(rng: np.random.Generator) -> Path:
    rise = rng.uniform(0.05, 0.2)
    bars = [line((0.0, y + rise), (0.7, y)) for y in (0.3, 0.6)]
    return [line((0.22, 0.08), (0.22, 1.05)), line((0.48, 0.0), (0.48, 1.0)), *bars]


def _natural(rng: np.random.Generator) -> Path:
    rise = rng.uniform(0.03, 0.12)
    return [line((0.0, 0.0), (0.0, 0.72), (0.35, 0.72 - rise)), line((0.0, 0.35), (0.35, 0.35 - rise), (0.35, 1.05))]


def _treble_clef(rng: np.random.Generator) -> Path:
    middle = ((0.4, 0.62), (0.3, 0.55), (0.3, 0.7), (0.5, 0.75), (0.62, 0.6), (0.45, 0.45), (0.15, 0.55), (0.1, 0.75))
    curl = through(*middle, (0.4, 0.95), (0.75, 0.8), (0.7, 0.5), (0.3, 0.4), (0.55, 0.15), (0.5, -0.05))
    return [joined(curl, through((0.5, -0.05), (0.38, 0.1), (0.5, 1.2), (0.35, 1.3), (0.25, rng.uniform(1.15, 1.25))))]


def _bass_clef(rng: np.random.Generator) -> Path:
    curve = through((0.05, 0.25), (0.12, 0.32), (0.05, 0.1), (0.3, 0.0), (0.55, 0.25), (0.4, 0.65), (0.0, 1.0))
    size, x = rng.uniform(0.01, 0.03), rng.uniform(0.7, 0.85)
    return [curve, ring((x, 0.15), size), ring((x, 0.4), size)]


def _alto_clef(rng: np.random.Generator) -> Path:
    x = rng.uniform(0.12, 0.25)
    ear = [(x, 0.2), (x + 0.15, 0.05), (x + 0.35, 0.2), (x + 0.25, 0.42), (x + 0.05, 0.5)]
    lower = [(a, 1 - b) for a, b in reversed(ear)]
    return [line((0.0, 0.0), (0.0, 1.0)), line((x, 0.0), (x, 1.0)), joined(through(*ear), through(*lower))]


def _fermata(rng: np.random.Generator) -> Path:
    return [arc((0.0, 0.0), (0.6, rng.uniform(0.4, 0.6)), 180, 360), ring((0.0, -0.08), rng.uniform(0.02, 0.05))]


def _repeat(rng: np.random.Generator) -> Path:
    side, size = rng.choice((-1, 1)), rng.uniform(0.01, 0.03)
    bars = [line((0.0, 0.0), (0.0, 1.0)), line((0.15 * side, 0.0), (0.15 * side, 1.0))]
    return [*bars, ring((0.35 * side, 0.35), size), ring((0.35 * side, 0.65), size)]


def _staff(rng: np.random.Generator) -> Path:
    lines = [line((0.0, y), (1.6, y + rng.normal(0, 0.01))) for y in np.linspace(0, 0.9, 4)]
    return [*lines, _note_head(rng, (0.8, 0.6), filled=True), line((0.95, 0.6), (0.95, -0.2))]


MUSICAL_SIGNS: tuple[Draw, ...] = (
    _sharp, _natural, _treble_clef, _bass_clef, _alto_clef, _fermata, _repeat, _staff,
)  # fmt: skip


def musical_sign(rng: np.random.Generator) -> Path:
    """A sharp, a natural, a clef, a fermata, a repeat sign, or a note on a staff; no rest, which is like a 3 or a 7."""
    return MUSICAL_SIGNS[rng.integers(len(MUSICAL_SIGNS))](rng)
