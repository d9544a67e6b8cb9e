"""Which column of a table holds the labels, told by its values where no header says so."""

from __future__ import annotations

import numpy as np

from model.common.arrays import F32, F64, Array
from model.common.constants import CLASSES

MOST = 0.8  # of the rows with the same value, at most, in a column of labels wherever it is; a border has more
RIVAL = 0.6  # of the best column's entropy: another one that has as much makes the choice doubtful
ENOUGH_ROWS = 40  # that tell how far labels go with the images
SAMPLE = 200  # rows
CLEAR = 0.05  # of the pixels' variance: labels explain more of it, and grain nothing


def find_label_column(values: Array, name: str) -> tuple[int, tuple[str, ...]]:
    """Find the column that stays within 0 to 9 and takes several values: its index, and notes.

    The first column is the usual place and the last one the next. Elsewhere, the column counts whose values are spread
    most evenly. Without any such column it is the first one, whatever it holds.

    Args:
        values: the table (n, columns), pixels and labels alike.
        name: what messages call the file.
    """
    last = values.shape[1] - 1
    largest = values.max(axis=0)
    candidates = np.flatnonzero((largest > 0) & (largest < CLASSES))
    spread = {int(column): _entropy(values[:, column]) for column in candidates}
    strict = {column: entropy for column, (entropy, most) in spread.items() if entropy > 0 and most <= MOST}
    usual = next((column for column in (0, last) if column in strict), None)
    is_filled = largest[0] == 0 and 0 < largest[last] < CLASSES
    if usual is None and is_filled and np.count_nonzero(values[:, last]) > len(values) / 2:
        usual = last  # the labels are (nearly) all alike, and a border is blank
    if usual is not None and len(values) < ENOUGH_ROWS:
        return usual, _said(usual, last, name)
    if strict:
        best = max(strict, key=lambda column: strict[column])
        rivals = {column for column in strict if strict[column] > RIVAL * strict[best]}
        likely = sorted(rivals | ({best} if usual is None else {usual}))
        if len(likely) == 1:
            return likely[0], _said(likely[0], last, name)
        if len(values) >= ENOUGH_ROWS and (found := _fitting(values, likely)) is not None:
            return found, _said(found, last, name)
        taken = best if usual is None else usual
        columns = ", ".join(str(column + 1) for column in sorted({taken, *likely[:3]}))
        doubt = f"{name}: columns {columns} could all be the labels; column {taken + 1} was taken. Name it in a header."
        return taken, (doubt,)
    if usual is None and is_filled:
        usual = last
    return usual or 0, _said(usual or 0, last, name)


def _fitting(values: Array, columns: list[int]) -> int | None:
    """The column whose values go with the images, if one clearly does: paper's grain may stay within 0 to 9 too."""
    sample = values[:: max(1, len(values) // SAMPLE)].astype(np.float32)
    centered = sample - sample.mean(axis=0)
    explained = {column: _explained(centered, sample[:, column]) for column in columns}
    best = max(explained, key=lambda column: explained[column])
    others = [explained[column] for column in columns if column != best]
    return best if explained[best] > CLEAR and max(others) < explained[best] / 2 else None


def _explained(centered: F32, classes: Array) -> float:
    """The share of the variance within images that is between classes, less what chance makes."""
    kinds, members = np.unique(classes, return_inverse=True)
    sums = [centered[members == kind].sum(axis=0) for kind in range(len(kinds))]
    between = sum(float((total**2).sum()) / count for total, count in zip(sums, np.bincount(members), strict=True))
    return between / float((centered**2).sum()) - (len(kinds) - 1) / (len(centered) - 1)


def _said(column: int, last: int, name: str) -> tuple[str, ...]:
    if column == 0:
        return ()
    where = "the last column" if column == last else f"column {column + 1}"
    return (f"{name}: the labels are in {where}, told by its values.",)


def _entropy(column: Array) -> tuple[float, float]:
    """How evenly a column's values are spread over 0 to 9, in nats, and the share of the most frequent one."""
    if column.dtype.kind == "f" and ((column != np.rint(column)) | (column < 0)).any():
        return 0.0, 1.0
    shares: F64 = np.bincount(column.astype(np.uint8), minlength=CLASSES) / len(column)
    used = shares[shares > 0]
    return float(-(used * np.log(used)).sum()), float(shares.max())
