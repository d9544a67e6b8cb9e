"""Rows as CSV, as spreadsheets and pandas read it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@")  # a text that begins so is one to a spreadsheet


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the rows under their columns; what is None stays empty."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in row])
    return file.getvalue()
