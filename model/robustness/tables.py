"""What was measured as tables for files (CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from model.robustness.trials import AmountPoint


def curve_csv(points: Sequence[AmountPoint]) -> str:
    """Return the points of curves, a row each."""
    return to_csv(AmountPoint._fields, (point._asdict() for point in points))


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows under the names of their columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
