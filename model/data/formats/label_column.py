"""Which column of a table holds the labels, told by its values where no header says so."""

from __future__ import annotations

import numpy as np

from model.common.arrays import F64, Array
from model.common.constants import CLASSES

MOST = 0.8  # of the rows with the same value, at most, in a column of labels wherever it is; a border has more
RIVAL = 0.6  # of the best column's entropy: another one that has as much makes the choice doubtful


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
    for column in (0, last):
        if column in strict:
            return column, _said(column, last, name)
    if strict:
        best = max(strict, key=lambda column: strict[column])
        rivals = [column for column in strict if column != best and strict[column] > RIVAL * strict[best]]
        if rivals:
            told = ", ".join(str(column + 1) for column in sorted([best, *rivals])[:4])
            doubt = f"{name}: columns {told} could all be the labels; column {best + 1} was taken. Name it in a header."
            return best, (doubt,)
        return best, _said(best, last, name)
    # Few rows, or labels that are (nearly) all alike: a column at the end that is not blank where the border is.
    if largest[0] == 0 and 0 < largest[last] < CLASSES:
        return last, _said(last, last, name)
    return 0, ()


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
