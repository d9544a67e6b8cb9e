"""Labels in whatever form: whole numbers of any type, texts, one-hot rows, or QMNIST's rows."""

from __future__ import annotations

import numpy as np

from model.common.arrays import U8, Array
from model.common.constants import CLASSES

QMNIST_COLUMNS = 8  # the label, and then where the digit comes from


def fits_labels(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape may hold labels."""
    return len(shape) == 1 or (len(shape) == 2 and shape[1] in (1, CLASSES, QMNIST_COLUMNS))


def as_labels(array: Array, name: str, where: str = "") -> U8:
    """Convert labels: (n,), (n, 1), one-hot (n, 10) or QMNIST's (n, 8) -> (n,).

    Args:
        array: the labels.
        name: what messages call the file.
        where: what they call the array in it.

    Raises:
        ValueError: they are something else.
    """
    what = f"{where} " if where else "labels "
    if not fits_labels(array.shape):
        raise ValueError(
            f"{name}: {what}must have shape (n,), or (n, 10) with a single 1 in each row; got {array.shape}"
        )
    if array.dtype.kind in "US":
        array = _from_texts(array, name, what)
    if array.dtype.kind not in "iufb" or (array.dtype.kind == "f" and (array != np.rint(array)).any()):
        raise ValueError(f"{name}: {what}must be whole numbers; got {array.dtype}")
    if array.ndim == 2 and array.shape[1] == CLASSES:
        if not (((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all()):
            raise ValueError(f"{name}: {what}must have a single 1 in each row; got other rows")
        return array.argmax(axis=1).astype(np.uint8)
    digits = array if array.ndim == 1 else array[:, 0]
    wrong = np.flatnonzero((digits < 0) | (digits >= CLASSES))
    if len(wrong):
        place = f"{where}[{wrong[0]}]" if where else f"number {wrong[0] + 1:,}"
        raise ValueError(f"{name}: labels must be 0 to 9; got {digits[wrong[0]]} at {place}")
    return digits.astype(np.uint8)


def _from_texts(array: Array, name: str, what: str) -> Array:
    try:
        return array.astype(np.float64)
    except ValueError as error:
        raise ValueError(f"{name}: {what}must be whole numbers; got texts that are none") from error


def one_label_note(labels: U8 | None, name: str) -> tuple[str, ...]:
    """Say so if all labels are alike: nothing can be learned from them."""
    if labels is None or len(labels) < 2 or (labels != labels[0]).any():
        return ()
    return (f"{name}: all {len(labels):,} labels are {labels[0]}; a network learns nothing from them.",)
