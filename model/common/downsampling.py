"""Downsampling of a curve for a screen, or for memory, that loses neither its beginning nor its peaks."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FIRST_POINTS = 10  # of a curve, which are always kept: much happens in the first steps of a run


def downsampled(values: ArrayLike, shown: int) -> NDArray[np.intp]:
    """Return the sorted indices of at most `shown` of a curve's values (n,).

    The first values and the last one are among them, and of each bucket of those between, the minimum and the maximum.
    A bucket has 2, 4, 8, ... values, so that a curve which grows keeps the points that it has as long as it can.
    Values that are not finite are left out first.
    """
    values = np.asarray(values, np.float64)
    count, first = len(values), min(FIRST_POINTS, shown // 4)
    if count <= shown:
        return np.arange(count)
    room, size = (shown - first - 1) // 2, 2
    while size * room < count - first:
        size *= 2
    rest = values[first:]
    padded = np.full(-(-len(rest) // size) * size, np.nan)
    padded[: len(rest)] = np.where(np.isfinite(rest), rest, np.nan)
    buckets = padded.reshape(-1, size)
    starts = first + size * np.arange(len(buckets))
    lowest = starts + np.where(np.isnan(buckets), np.inf, buckets).argmin(axis=1)
    highest = starts + np.where(np.isnan(buckets), -np.inf, buckets).argmax(axis=1)
    return np.unique(np.concatenate([np.arange(first), lowest, highest, [count - 1]]))
