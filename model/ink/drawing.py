"""Drawings as the pen made them: strokes, each a list of points from pen-down to pen-up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.common.arrays import F64
from model.ink import json_record
from model.ink.json_record import brief

DIGITS = frozenset("0123456789")  # the labels of drawings that show a digit

MAX_STROKES = 1_000
MAX_POINTS = 20_000  # in all of a drawing's strokes
MAX_COORDINATE = 1_000_000


class BlankDrawing(ValueError):
    """Nothing to read: a drawing without a point, a photo without ink."""

    def __init__(self, message: str = "nothing drawn") -> None:
        super().__init__(message)


@dataclass(frozen=True, eq=False)
class Drawing:
    """A pen's strokes, with what is known of them.

    Strokes without a point are dropped; a stroke of one point is a dot.

    Raises:
        ValueError: over 1,000 strokes or 20,000 points, or a coordinate that is not finite or beyond a million.
    """

    strokes: tuple[F64, ...]  # each (k, 2), x to the right and y down, in any unit, in the order drawn
    label: str | None = None  # what it shows
    writer: str | None = None
    pen: float | None = None  # the pen's width in the strokes' unit: it tells a dot from a small drawing

    def __post_init__(self) -> None:
        if len(self.strokes) > MAX_STROKES:
            raise ValueError(f"a drawing must have at most {MAX_STROKES:,} strokes; got {len(self.strokes):,}")
        numbered = enumerate(self.strokes, 1)
        strokes = tuple(_points(stroke, number) for number, stroke in numbered if len(stroke))
        points = sum(len(stroke) for stroke in strokes)
        if points > MAX_POINTS:
            raise ValueError(f"a drawing must have at most {MAX_POINTS:,} points; got {points:,}")
        object.__setattr__(self, "strokes", strokes)
        if self.pen is not None and not 0 < self.pen <= MAX_COORDINATE:
            raise ValueError(f"pen must be a width above 0 and at most {MAX_COORDINATE:,}; got {self.pen}")

    @property
    def is_digit(self) -> bool:
        """Whether the label is a digit."""
        return self.label is not None and self.label in DIGITS

    @property
    def is_dot(self) -> bool:
        """Whether all points coincide, or the drawing is smaller than its own pen."""
        if not self.strokes:
            return False
        points = np.concatenate(self.strokes)
        return bool(np.ptp(points, axis=0).max() <= max(self.pen or 0.0, 1e-9 * np.abs(points).max()))

    @classmethod
    def from_json(cls, line: str | bytes) -> Drawing:
        """Read `{"label": "7", "writer": "...", "pen": 12, "strokes": [[[x, y], ...], ...]}`.

        All but strokes may be absent.

        Raises:
            ValueError: anything else.
        """
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            what = getattr(error, "msg", error)  # JSON's own words, without a line that would be one of this line
            raise ValueError(f"a drawing must be a JSON object; got no JSON: {what}") from None
        return cls.from_record(record)

    @classmethod
    def from_record(cls, record: Any) -> Drawing:
        """Read the same from a JSON value, or one that other programs write: see `json_record`.

        Raises:
            ValueError: anything else.
        """
        strokes = json_record.strokes_of(record)
        fields = record if isinstance(record, dict) else {}
        pen = fields.get("pen")
        if pen is not None and type(pen) not in (int, float):
            raise ValueError(f"pen must be a number; got {brief(pen)}")
        return cls(tuple(strokes), json_record.label_of(fields), json_record.text_of(fields, "writer"), pen)

    def to_json(self) -> str:
        """Write the drawing as one line of an ink file, without the line break; coordinates keep three decimals."""
        record: dict[str, Any] = {"label": self.label, "writer": self.writer, "pen": self.pen}
        record = {name: value for name, value in record.items() if value is not None}
        record["strokes"] = [[[_short(x), _short(y)] for x, y in stroke.tolist()] for stroke in self.strokes]
        return json.dumps(record, separators=(",", ":"))


def _points(stroke: Any, number: int) -> F64:
    """Convert a stroke to a read-only array (k, 2)."""
    try:
        points = np.array(stroke)
    except ValueError:  # points of different lengths
        points = np.array(None)
    if points.dtype.kind not in "iuf" or points.ndim != 2 or points.shape[1] < 2:
        raise ValueError(f"stroke {number} must be a list of [x, y], two numbers each; got {brief(stroke)}")
    points = points[:, :2].astype(np.float64)  # a third number is a time or a pressure
    wrong = ~(np.abs(points) <= MAX_COORDINATE).all(axis=1)  # NaN compares as False
    if wrong.any():
        index = int(wrong.argmax())
        x, y = points[index]
        raise ValueError(
            f"stroke {number}, point {index + 1}: coordinates must be numbers from -{MAX_COORDINATE:,} to "
            f"{MAX_COORDINATE:,}; got ({x}, {y})"
        )
    points.setflags(write=False)
    return points


def _short(number: float) -> int | float:
    """Round to three decimals; whole numbers lose their decimal point."""
    return int(number) if number.is_integer() else round(number, 3)
