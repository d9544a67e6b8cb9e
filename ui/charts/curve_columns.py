"""The points of a learning curve as columns: what a chart computes with, converted once for each list of points."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.training.history import HistoryPoint

KEPT = 16  # lists of points: a redraw asks for those of its runs several times


class CurveColumns(NamedTuple):
    """The columns of n points, each (n,); NaN where nothing was measured."""

    epoch: NDArray[np.float64]
    step: NDArray[np.float64]
    loss: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    epoch_loss: NDArray[np.float64]
    epoch_accuracy: NDArray[np.float64]
    validation_loss: NDArray[np.float64]
    validation_accuracy: NDArray[np.float64]


class _Same:
    """A list that equals itself alone: to compare its points would take as long as to convert them."""

    def __init__(self, points: Sequence[HistoryPoint]) -> None:
        self.points = points

    def __hash__(self) -> int:
        return id(self.points)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.points is self.points


def columns(points: Sequence[HistoryPoint]) -> CurveColumns:
    """The columns of points, which must never change: a run that goes on has a new list."""
    return _columns(_Same(points))


@lru_cache(KEPT)
def _columns(same: _Same) -> CurveColumns:
    found = dict(zip(HistoryPoint._fields, zip(*same.points, strict=True), strict=False))
    return CurveColumns(*(np.array(found.get(name, ()), float) for name in CurveColumns._fields))
