"""The curves of several runs as one: their mean at each epoch, and a band as wide as they lie apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class CurveBand:
    """Mean, standard deviation, and the lowest and highest of several curves, at each place that all of them have.

    A run that stopped early ends the band: the mean of those that are left would jump there.
    """

    x: tuple[float, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]  # all 0 of a single curve
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    count: int  # of the curves

    @property
    def lower(self) -> tuple[float, ...]:
        """The band's lower edge: a standard deviation below the mean."""
        return tuple(mean - deviation for mean, deviation in zip(self.mean, self.deviation, strict=True))

    @property
    def upper(self) -> tuple[float, ...]:
        """The band's upper edge."""
        return tuple(mean + deviation for mean, deviation in zip(self.mean, self.deviation, strict=True))

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        names = ("x", "mean", "deviation", "lowest", "highest")
        return {name: list(getattr(self, name)) for name in names} | {"n": self.count}


def curve_band(curves: Sequence[Iterable[tuple[float, float | None]]]) -> CurveBand:
    """Return the band of curves of points (x, y); points without a y do not count."""
    by_x: list[Mapping[float, float]] = [{x: y for x, y in curve if y is not None} for curve in curves]
    shared = sorted(set.intersection(*(set(curve) for curve in by_x))) if by_x else []
    if not shared:
        return CurveBand((), (), (), (), (), len(by_x))
    y = np.array([[curve[x] for x in shared] for curve in by_x], np.float64)
    deviation = y.std(axis=0, ddof=1) if len(y) > 1 else np.zeros(len(shared))
    mean, spread, lowest, highest = (
        tuple(row.tolist()) for row in (y.mean(axis=0), deviation, y.min(axis=0), y.max(axis=0))
    )
    return CurveBand(tuple(shared), mean, spread, lowest, highest, len(by_x))
