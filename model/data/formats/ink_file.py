"""Files of drawings as images: each is rendered as MNIST would show it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from model import ink
from model.data.formats.contents import Contents

MAX_DRAWINGS, MAX_POINTS = 100_000, 5_000_000  # of a file of ink: MNIST has 70,000 images


def read_ink_file(source: Path | bytes, name: str) -> Contents:
    """Read a file of drawings; those that are blank or labeled as a non-digit are left out.

    Raises:
        ValueError: it is no such file, or no drawing in it is a digit.
    """
    try:
        drawings = [drawing for drawing in _bounded(ink.read_ink(source)) if drawing.strokes]
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    others = sorted({drawing.label for drawing in drawings if drawing.label and not drawing.is_digit})
    if any(drawing.label for drawing in drawings):
        drawings = [drawing for drawing in drawings if drawing.is_digit]
        labels = np.array([int(drawing.label or 0) for drawing in drawings], np.uint8)
    else:
        labels = None
    if not drawings:
        held = f"labels such as {', '.join(map(repr, others[:3]))}" if others else "none"
        raise ValueError(f"{name}: expected drawings labeled 0 to 9; got {held}")
    return Contents(np.stack([ink.render(drawing).reshape(-1) for drawing in drawings]), labels)


def _bounded(drawings: Iterator[ink.Drawing]) -> Iterator[ink.Drawing]:
    """Pass on drawings, up to a number: rendering takes a third of a millisecond for each, and longer for long ones."""
    points = 0
    for number, drawing in enumerate(drawings, 1):
        points += sum(map(len, drawing.strokes))
        if number > MAX_DRAWINGS:
            raise ValueError(f"drawings must be at most {MAX_DRAWINGS:,}; got more: split the file")
        if points > MAX_POINTS:
            raise ValueError(f"drawings must have at most {MAX_POINTS:,} points in all; got more: split the file")
        yield drawing
