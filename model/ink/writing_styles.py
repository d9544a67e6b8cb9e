"""Writing styles that some people use and others never saw: slashed zeros, crossed sevens, ones with a flag and a foot.

Where a collection of drawings lacks them, they are made from the drawings that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from model.common.arrays import F64
from model.ink.drawing import Drawing
from model.ink.resampling import resample

Path = tuple[F64, ...]  # strokes (k, 2), x to the right and y down

MAX_ASPECT_OF_PLAIN_ONE = 0.4  # width over height: a wider one already has a flag or a foot


def with_writing_styles(drawings: Iterable[Drawing], rng: np.random.Generator) -> list[Drawing]:
    """Make a new drawing for each writing style that fits a drawing's digit; label and writer stay."""
    changed = []
    for drawing in drawings:
        styles = WRITING_STYLES.get(drawing.label or "", ())
        for style in (*styles, polygonal):
            path = style(drawing.strokes, rng)
            if path:
                changed.append(replace(drawing, strokes=path))
    return changed


def slashed(path: Path, rng: np.random.Generator) -> Path:
    """Put a line through a 0, from the lower left to the upper right, or upright."""
    low, high = _extent(path)
    half = (high - low) / 2
    angle = rng.uniform(0.3, 1) * np.pi / 2
    arm = np.array([np.cos(angle), -np.sin(angle)]) * half * rng.uniform(0.7, 2.4)
    middle = low + half + rng.normal(0, 0.08, 2) * half
    narrow = np.array([rng.uniform(0.5, 1.0), 1.0])
    return tuple((stroke - middle) * narrow for stroke in (*path, np.stack((middle - arm, middle + arm))))


def crossed(path: Path, rng: np.random.Generator) -> Path:
    """Put a bar through the stem of a 7."""
    low, high = _extent(path)
    height = low[1] + (high[1] - low[1]) * rng.uniform(0.4, 0.65)
    points = np.concatenate([resample(stroke, (high - low).max() / 40) for stroke in path])  # a stem may have few
    stem = points[np.abs(points[:, 1] - height).argmin()]
    arm = np.array([1, rng.normal(0, 0.15)]) * (high[0] - low[0]) * rng.uniform(0.25, 0.5)
    return (*path, np.stack((stem - arm, stem + arm)))


def flagged(path: Path, rng: np.random.Generator) -> Path:
    """Give a 1 an upstroke (a flag), a foot, or both; a 1 that has one of its own gives nothing."""
    low, high = _extent(path)
    width, height = high - low
    if width > MAX_ASPECT_OF_PLAIN_ONE * height:
        return ()
    points = np.concatenate(path)
    top, bottom = points[points[:, 1].argmin()], points[points[:, 1].argmax()]
    flag, foot = ((True, False), (False, True), (True, True), (True, True))[rng.integers(4)]
    strokes = list(path)
    if flag:
        angle = rng.uniform(-0.1 if foot else 0.4, 1.1)  # without a foot, a level flag would make it a 7
        tip = np.array([-np.cos(angle), np.sin(angle)]) * height * rng.uniform(0.15, 0.5)
        strokes.append(np.stack((top + tip, top)))
    if foot:
        tilt = rng.normal(0, 0.08)
        strokes.append(bottom + np.array([[-1, -tilt], [1, tilt]]) * rng.uniform(0.12, 0.45, (2, 1)) * height)
    return tuple(strokes)


def hooked(path: Path, rng: np.random.Generator) -> Path:
    """End the stem of a 9 in a hook to the left."""
    low, high = _extent(path)
    points = np.concatenate(path)
    end = points[points[:, 1].argmax()]
    angle = np.linspace(0, np.pi / 2, 5)  # a bend to the left, from there level or rising again
    bend = np.stack((np.cos(angle) - 1, np.sin(angle)), axis=1) * rng.uniform(0.05, 0.2)
    tail = bend[-1] - (rng.uniform(0.2, 0.9), rng.uniform(-0.05, 0.3))
    return (*path, end + np.concatenate((bend, [tail])) * (high - low) * (1.0, 0.7))


def polygonal(path: Path, rng: np.random.Generator) -> Path:
    """Draw any digit by straight lines between a few of its points."""
    low, high = _extent(path)
    step = (high - low).max() * rng.uniform(0.12, 0.28)
    return tuple(resample(stroke, step) for stroke in path)


WRITING_STYLES: dict[str, tuple[Callable[[Path, np.random.Generator], Path], ...]] = {
    "0": (slashed, slashed),
    "1": (flagged, flagged),
    "7": (crossed,),
    "9": (hooked,),
}


def _extent(path: Path) -> tuple[F64, F64]:
    points = np.concatenate(path)
    return points.min(axis=0), points.max(axis=0)
