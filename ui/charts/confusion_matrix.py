"""The confusion matrix as an HTML table, to look at or with a button in each cell."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.common.constants import CLASSES
from ui.common import templates
from ui.common.formatting import image_count, percent

Array = NDArray[Any]
Cell = tuple[int, int]  # actual and predicted digit

# The smallest share of a digit's images, all predicted as one other digit, that gets the full color.
FULL_COLOR_SHARE = 0.02


def confusion_matrix(confusion: Array, chosen: Cell | None = None, *, clickable: bool = False) -> str:
    """Show how often each digit (row) was predicted as each digit (column), from counts (10, 10), as HTML.

    The color is the share of the row; for mistakes its square root, on a scale of their own, so that a few among many
    remain visible.

    Args:
        chosen: the cell that is marked.
        clickable: whether cells with images are buttons, whose choice `cell_of` turns into the cell.
    """
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    mistakes = np.where(np.eye(CLASSES, dtype=bool), 0.0, shares)
    strengths = np.where(
        np.eye(CLASSES), 0.05 + 0.4 * shares, 0.1 + 0.65 * np.sqrt(mistakes / max(mistakes.max(), FULL_COLOR_SHARE))
    )
    cells = [
        [
            {
                "count": int(confusion[row, column]),
                "kind": "right" if row == column else "wrong",
                "strength": f"{100 * strengths[row, column]:.0f}",
                "choice": f"{row}-{column}",
                "is_chosen": chosen == (row, column),
                "description": f"{row} predicted as {column}: {image_count(confusion[row, column])} "
                f"({percent(shares[row, column])})",
            }
            for column in range(CLASSES)
        ]
        for row in range(CLASSES)
    ]
    return templates.render("charts/confusion_matrix.html", cells=cells, clickable=clickable)


def cell_of(choice: str) -> Cell | None:
    """The cell of a button of the table; None if there is no such button."""
    match = re.fullmatch(r"([0-9])-([0-9])", choice)
    return (int(match[1]), int(match[2])) if match else None


def largest_mistake(confusion: Array) -> Cell | None:
    """The most frequent mistake; None if there is none."""
    mistakes = np.where(np.eye(CLASSES, dtype=bool), 0, confusion)
    row, column = divmod(int(mistakes.argmax()), CLASSES)
    return (row, column) if mistakes.any() else None
