"""Drawings as the pen made them: strokes, each a list of points from pen-down to pen-up, and files of them."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.common.arrays import F64
from model.common.unpacking import check_ratio

DIGITS = frozenset("0123456789")  # the labels of drawings that show a digit

MAX_STROKES = 1_000
MAX_POINTS = 20_000  # in all of a drawing's strokes
MAX_COORDINATE = 1_000_000
MAX_TEXT = 200  # characters of a label or a writer
MAX_LINE_BYTES = 2_000_000
MAX_LINES = 1_000_000
MAX_FILE_BYTES = 2_000_000_000  # unpacked


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
            raise ValueError(f"a drawing must be a JSON object; got no JSON: {error}") from None
        if not isinstance(record, dict) or not isinstance(record.get("strokes"), list):
            raise ValueError('a drawing must be a JSON object with a list "strokes"; got ' + _brief(record))
        for number, stroke in enumerate(record["strokes"], 1):
            if not isinstance(stroke, list):
                raise ValueError(f"stroke {number} must be a list of points [x, y]; got {_brief(stroke)}")
        pen = record.get("pen")
        if pen is not None and type(pen) not in (int, float):
            raise ValueError(f"pen must be a number; got {_brief(pen)}")
        return cls(tuple(record["strokes"]), _text(record, "label"), _text(record, "writer"), pen)

    def to_json(self) -> str:
        """Write the drawing as one line of an ink file, without the line break; coordinates keep three decimals."""
        record: dict[str, Any] = {"label": self.label, "writer": self.writer, "pen": self.pen}
        record = {name: value for name, value in record.items() if value is not None}
        record["strokes"] = [[[_short(x), _short(y)] for x, y in stroke.tolist()] for stroke in self.strokes]
        return json.dumps(record, separators=(",", ":"))


def read_ink(source: str | Path | bytes) -> Iterator[Drawing]:
    """Read an ink file, or the bytes of one: one drawing per line in JSON, gzipped or not; empty lines are skipped.

    Raises:
        ValueError: a line is not a drawing, the gzip file is damaged, or the file has over a million lines or two
            gigabytes unpacked; the message names the line.
    """
    with io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        lines: Any = gzip.GzipFile(fileobj=file) if packed else file
        size = 0
        for number in range(1, MAX_LINES + 2):
            try:
                line = lines.readline(MAX_LINE_BYTES + 1)
            except (OSError, EOFError, zlib.error) as error:
                raise ValueError(f"line {number}: the gzip file is damaged or cut short ({error})") from None
            if not line:
                return
            size += len(line)
            if packed:
                check_ratio(f"line {number}", size, file.tell())
            if number > MAX_LINES:
                raise ValueError(f"an ink file must have at most {MAX_LINES:,} lines; split it")
            if len(line) > MAX_LINE_BYTES:
                raise ValueError(f"line {number}: must be at most {MAX_LINE_BYTES:,} bytes long; got more")
            if size > MAX_FILE_BYTES:
                raise ValueError(f"line {number}: a file must have at most {MAX_FILE_BYTES:,} bytes unpacked")
            if line.strip():
                try:
                    yield Drawing.from_json(line)
                except ValueError as error:
                    raise ValueError(f"line {number}: {error}") from None


def _points(stroke: Any, number: int) -> F64:
    """Convert a stroke to a read-only array (k, 2)."""
    try:
        points = np.array(stroke)
    except ValueError:  # points of different lengths
        points = np.array(None)
    if points.dtype.kind not in "iuf" or points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"stroke {number} must be a list of [x, y], two numbers each; got {_brief(stroke)}")
    points = points.astype(np.float64)
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


def _text(record: dict[str, Any], name: str) -> str | None:
    text = record.get(name)
    if text is not None and not (isinstance(text, str) and len(text) <= MAX_TEXT):
        raise ValueError(f"{name} must be a text of at most {MAX_TEXT} characters; got {_brief(text)}")
    return text


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _short(number: float) -> int | float:
    """Round to three decimals; whole numbers lose their decimal point."""
    return int(number) if number.is_integer() else round(number, 3)
