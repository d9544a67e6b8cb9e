"""Resampling strokes: points at equal distances along the path that the pen took.

There are two functions because their results must not change by a bit: one resamples a stroke to about the given
spacing, the other many strokes at once, at most that far apart, with sums that run on from stroke to stroke.
"""

from __future__ import annotations

import numpy as np

from model.common.arrays import F64, I64


def resample(stroke: F64, spacing: float) -> F64:
    """Replace a stroke's points (k, 2) by points about `spacing` apart along it, both ends among them."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))))
    distances = np.linspace(0, along[-1], max(2, round(along[-1] / spacing) + 1))
    return np.stack([np.interp(distances, along, axis) for axis in stroke.T], axis=1)


def resample_all(points: F64, lengths: I64, spacing: float) -> tuple[F64, I64]:
    """Resample many strokes, their points (p, 2) one after another, to points at most `spacing` apart.

    Returns:
        The new points, and how many of them each stroke has.
    """
    if not len(lengths):
        return points, lengths
    last = np.cumsum(lengths) - 1
    first = last - lengths + 1
    steps = np.hypot(*np.diff(points, axis=0).T)
    steps[last[:-1]] = 1  # from the end of a stroke to the beginning of the next
    along = np.concatenate(([0.0], np.cumsum(steps)))
    stroke_length = along[last] - along[first]
    counts = np.ceil(stroke_length / spacing).astype(np.int64) + 1
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)  # of a point within its stroke
    distances = np.repeat(along[first], counts) + number * np.repeat(stroke_length / np.maximum(counts - 1, 1), counts)
    return np.stack([np.interp(distances, along, axis) for axis in points.T], axis=1), counts
