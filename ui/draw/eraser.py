"""The eraser: strokes that its path touches leave the paper as a whole, as model/browser/eraser.js has it at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from model.ink import MAX_COORDINATE
from ui.draw.fabric import PEN_WIDTH

REACH = 0.75 * PEN_WIDTH  # units of the sheet from the eraser's middle to a stroke's path
MAX_PLACES = 2000  # of one path

Points = NDArray[np.float64]


def path_from(sent: object) -> Points | None:
    """Return an eraser's path (k, 2), in units of the sheet, as the browser has sent it; None if it is none."""
    if not isinstance(sent, list) or not 1 <= len(sent) <= MAX_PLACES:
        return None
    if not all(isinstance(place, list) and len(place) == 2 and all(map(_is_coordinate, place)) for place in sent):
        return None
    return np.array(sent, np.float64)


def _is_coordinate(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= MAX_COORDINATE  # type: ignore[arg-type]  # NaN compares as False


def untouched(strokes: Iterable[Points], path: Points, reach: float = REACH) -> tuple[Points, ...]:
    """Return the strokes that stay when an eraser goes along a path."""
    return tuple(stroke for stroke in strokes if not touches(np.asarray(stroke, np.float64), path, reach))


def touches(stroke: Points, path: Points, reach: float) -> bool:
    """Tell whether a path comes as near to a stroke as `reach`; either may be a single point."""
    starts, ends = _segments(stroke)
    for start, end in zip(*_segments(path), strict=True):
        if _cross(starts, ends, start, end).any():
            return True
        gaps = [
            _distance(starts, start, end),
            _distance(ends, start, end),
            _distance(start, starts, ends),
            _distance(end, starts, ends),
        ]
        if min(gap.min() for gap in gaps) <= reach:
            return True
    return False


def _segments(points: Points) -> tuple[Points, Points]:
    return (points, points) if len(points) == 1 else (points[:-1], points[1:])


def _cross(starts: Points, ends: Points, start: Points, end: Points) -> NDArray[np.bool_]:
    return (_side(starts, ends, start) * _side(starts, ends, end) < 0) & (
        _side(start, end, starts) * _side(start, end, ends) < 0
    )


def _side(start: Points, end: Points, point: Points) -> Points:
    """On which side of a line through two points a third one lies: the sign."""
    along, across = end - start, point - start
    return along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0]


def _distance(point: Points, start: Points, end: Points) -> Points:
    """How far points are from segments, pair by pair."""
    along = end - start
    squared = (along**2).sum(axis=-1)
    share = ((point - start) * along).sum(axis=-1) / np.where(squared == 0, 1, squared)
    return np.hypot(*np.moveaxis(point - start - share.clip(0, 1)[..., None] * along, -1, 0))
