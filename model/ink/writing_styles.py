"""Habits are ways to write a digit that some people have and others never saw: slashed zeros, crossed sevens, ones
with a flag and a foot, curves made of corners.

Where the drawings at hand lack them, they can be made from those that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.ink import Drawing

Array = NDArray[Any]
Path = tuple[Array, ...]  # strokes (k, 2), x to the right and y down

STRAIGHT = 0.4  # width over height below which a one has neither flag nor foot of its own


def with_writing_styles(drawings: Iterable[Drawing], rng: np.random.Generator) -> list[Drawing]:
    """The drawings of digits that can take on another habit, with it."""
    changed = []
    for drawing in drawings:
        habits = WRITING_STYLES.get(drawing.label or "", ())
        for habit in (*habits, _with_corners):
            path = habit(drawing.strokes, rng)
            if path:
                changed.append(replace(drawing, strokes=path))
    return changed


def _slashed(path: Path, rng: np.random.Generator) -> Path:
    """0 with a line through it, from the lower left to the upper right, or upright."""
    low, high = _extent(path)
    half = (high - low) / 2
    angle = rng.uniform(0.3, 1) * np.pi / 2
    arm = np.array([np.cos(angle), -np.sin(angle)]) * half * rng.uniform(0.7, 2.4)
    middle = low + half + rng.normal(0, 0.08, 2) * half
    narrow = np.array([rng.uniform(0.5, 1.0), 1.0])
    return tuple((stroke - middle) * narrow for stroke in (*path, np.stack((middle - arm, middle + arm))))


def _crossed(path: Path, rng: np.random.Generator) -> Path:
    """7 with a bar through its stem."""
    low, high = _extent(path)
    height = low[1] + (high[1] - low[1]) * rng.uniform(0.4, 0.65)
    points = np.concatenate([_coarse(stroke, (high - low).max() / 40) for stroke in path])  # a stem may have few
    stem = points[np.abs(points[:, 1] - height).argmin()]
    arm = np.array([1, rng.normal(0, 0.15)]) * (high[0] - low[0]) * rng.uniform(0.25, 0.5)
    return (*path, np.stack((stem - arm, stem + arm)))


def _flagged(path: Path, rng: np.random.Generator) -> Path:
    """1 with a stroke that leads up to it, a foot to stand on, or both."""
    low, high = _extent(path)
    width, height = high - low
    if width > STRAIGHT * height:
        return ()
    points = np.concatenate(path)
    top, bottom = points[points[:, 1].argmin()], points[points[:, 1].argmax()]
    flag, foot = ((True, False), (False, True), (True, True), (True, True))[rng.integers(4)]
    made = list(path)
    if flag:
        angle = rng.uniform(-0.1 if foot else 0.4, 1.1)  # without a foot, a level flag would make it a 7
        tip = np.array([-np.cos(angle), np.sin(angle)]) * height * rng.uniform(0.15, 0.5)
        made.append(np.stack((top + tip, top)))
    if foot:
        tilt = rng.normal(0, 0.08)
        made.append(bottom + np.array([[-1, -tilt], [1, tilt]]) * rng.uniform(0.12, 0.45, (2, 1)) * height)
    return tuple(made)


def _hooked(path: Path, rng: np.random.Generator) -> Path:
    """9 whose stem ends in a hook to the left."""
    low, high = _extent(path)
    points = np.concatenate(path)
    end = points[points[:, 1].argmax()]
    angle = np.linspace(0, np.pi / 2, 5)  # a bend to the left, and level, or rising again, from there
    bend = np.stack((np.cos(angle) - 1, np.sin(angle)), axis=1) * rng.uniform(0.05, 0.2)
    tail = bend[-1] - (rng.uniform(0.2, 0.9), rng.uniform(-0.05, 0.3))
    return (*path, end + np.concatenate((bend, [tail])) * (high - low) * (1.0, 0.7))


def _with_corners(path: Path, rng: np.random.Generator) -> Path:
    """Any digit drawn by straight lines between a few of its points."""
    low, high = _extent(path)
    step = (high - low).max() * rng.uniform(0.12, 0.28)
    return tuple(_coarse(stroke, step) for stroke in path)


WRITING_STYLES: dict[str, tuple[Callable[[Path, np.random.Generator], Path], ...]] = {
    "0": (_slashed, _slashed),
    "1": (_flagged, _flagged),
    "7": (_crossed,),
    "9": (_hooked,),
}


def _extent(path: Path) -> tuple[Array, Array]:
    points = np.concatenate(path)
    return points.min(axis=0), points.max(axis=0)


def _coarse(stroke: Array, step: float) -> Array:
    """Points of the stroke about `step` of its length apart, its ends among them."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))))
    places = np.linspace(0, along[-1], max(2, round(along[-1] / step) + 1))
    return np.stack([np.interp(places, along, axis) for axis in stroke.T], axis=1)
