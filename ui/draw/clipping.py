"""Ink that runs beyond the sheet's border is cut off there, as the eye sees it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def clip_strokes(strokes: Iterable[Points], size: float) -> list[Points]:
    """Cut strokes (k, 2) at the border of a square sheet, from 0 to `size`.

    A stroke that leaves the sheet and comes back becomes two.
    """
    return [part for stroke in strokes for part in _clip(stroke, size)]


def _clip(stroke: Points, size: float) -> list[Points]:
    inside = ((stroke >= 0) & (stroke <= size)).all(axis=1)
    if inside.all():
        return [stroke]
    if len(stroke) == 1:
        return []
    starts, moves = stroke[:-1], np.diff(stroke, axis=0)
    # Liang and Barsky (1984): from which share of each segment to which it lies within the left, right, top, bottom.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        to_low, to_high = -starts / moves, (size - starts) / moves
    still = moves == 0
    between = (starts >= 0) & (starts <= size)
    enter = np.where(still, np.where(between, 0.0, np.inf), np.minimum(to_low, to_high)).max(axis=1).clip(0)
    leave = np.where(still, np.inf, np.maximum(to_low, to_high)).min(axis=1).clip(max=1)
    parts: list[list[Points]] = []
    for index in np.flatnonzero(enter < leave):
        first = starts[index] + enter[index] * moves[index]
        last = stroke[index + 1] if leave[index] == 1 else starts[index] + leave[index] * moves[index]
        if parts and (parts[-1][-1] == first).all():
            parts[-1].append(last)
        else:
            parts.append([first, last])
    return [np.clip(np.array(part), 0, size) for part in parts if np.ptp(part, axis=0).any()]
