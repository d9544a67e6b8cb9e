"""Ink is a drawing as the pen made it: strokes, each a list of points from pen-down to pen-up.
Rendering scales that path, never a picture of it, so a small drawing comes out as sharp as a large one."""

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.ink.mnist_layout import BOX_SIZE, center

DIGITS = frozenset("0123456789")  # the labels of drawings that can be read

MAX_STROKES = 1_000
MAX_POINTS = 20_000  # in all of a drawing's strokes
MAX_COORDINATE = 1_000_000
MAX_TEXT = 200  # characters of a label or a writer
MAX_LINE_BYTES = 2_000_000
MAX_LINES = 1_000_000
MAX_FILE_BYTES = 2_000_000_000  # unpacked

# MNIST's training images have ink in 19.1 % of their pixels, full ink in 7.2 %, and a mean of 33.3 of 255.
# With this pen and edge, 11,326 digits from UNIPEN have 18.9 %, 6.6 % and 33.2.
PEN_WIDTH = 2.4  # pixels of the 28x28 image
EDGE = 1.2  # pixels over which the pen's edge fades from full ink to none


class BlankDrawing(ValueError):
    """There is nothing to read: a drawing without a point, a picture without ink."""

    def __init__(self, message: str = "nothing drawn") -> None:
        super().__init__(message)


@dataclass(frozen=True, eq=False)
class Drawing:
    """A pen's strokes: arrays (k, 2) of x to the right and y down, in any unit, in the order drawn.

    `pen` is the width of the pen that drew it, in the same unit, where it is known: it tells a dot from a
    small drawing. Strokes without a point are dropped; a stroke of one point is a dot.

    Raises ValueError for over 1,000 strokes or 20,000 points, or a coordinate beyond a million or not finite.
    """

    strokes: tuple[NDArray[np.float64], ...]
    label: str | None = None
    writer: str | None = None
    pen: float | None = None

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
        """Whether its label says that it shows a digit."""
        return self.label is not None and self.label in DIGITS

    @property
    def is_dot(self) -> bool:
        """Whether all its points coincide, or it is smaller than its own pen."""
        if not self.strokes:
            return False
        points = np.concatenate(self.strokes)
        return bool(np.ptp(points, axis=0).max() <= max(self.pen or 0.0, 1e-9 * np.abs(points).max()))

    @classmethod
    def from_json(cls, line: str | bytes) -> "Drawing":
        """Read `{"label": "7", "writer": "...", "pen": 12, "strokes": [[[x, y], ...], ...]}`.

        All but strokes may be absent. Raises ValueError for anything else, saying what came.
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
        """The drawing as one line of an ink file, without the line's end; coordinates keep three decimals."""
        record: dict[str, Any] = {"label": self.label, "writer": self.writer, "pen": self.pen}
        record = {name: value for name, value in record.items() if value is not None}
        record["strokes"] = [[[_short(x), _short(y)] for x, y in stroke.tolist()] for stroke in self.strokes]
        return json.dumps(record, separators=(",", ":"))


def read_ink(source: str | Path | bytes) -> Iterator[Drawing]:
    """Read an ink file, or the bytes of one: a drawing a line in JSON, packed with gzip or not. Empty lines are
    passed over.

    Raises ValueError naming the line for a line that is no drawing, for a damaged gzip file, and for files of
    over a million lines or two gigabytes unpacked.
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


def render(drawing: Drawing, pen_width: float = PEN_WIDTH) -> NDArray[np.uint8]:
    """Draw the ink as MNIST would show it: (28, 28), 20 pixels long, its centre of mass on pixel 14.

    The path is scaled by one factor for both axes, so that it fits the 20x20 box together with the pen's
    edge, and drawn with a round pen of `pen_width` pixels. Where, how large and how fast it was drawn do not
    matter. A dot stays a dot: MNIST's makers would have blown up any speck to 20 pixels, but who only
    touched the canvas should see just that. So points that all coincide, or a drawing smaller than its own
    pen, keep the size that they have beside the pen.

    Raises BlankDrawing for a drawing without a point, ValueError for a pen that does not fit the box.
    """
    if not drawing.strokes:
        raise BlankDrawing()
    if not 0 < pen_width <= BOX_SIZE / 2:
        raise ValueError(f"pen_width must be above 0 and at most {BOX_SIZE // 2} pixels; got {pen_width}")
    points = np.concatenate(drawing.strokes)
    corner = points.min(axis=0)
    length = (points.max(axis=0) - corner).max()
    # The path keeps this far from the box's border, so that the last pixel with ink is the box's last.
    reach = (pen_width + EDGE) / 2
    margin = reach - 0.5
    scale = pen_width / (drawing.pen or 1.0) if drawing.is_dot else (BOX_SIZE - 2 * margin) / length
    starts = [stroke[: max(len(stroke) - 1, 1)] for stroke in drawing.strokes]
    ends = [stroke[min(len(stroke) - 1, 1) :] for stroke in drawing.strokes]
    distance = _distance_to_segments(
        (np.concatenate(starts) - corner) * scale + margin, (np.concatenate(ends) - corner) * scale + margin
    )
    coverage = np.clip((reach - distance) / EDGE, 0, 1)
    return center(np.rint(255 * coverage).astype(np.uint8))


def _distance_to_segments(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """From each of the box's pixels to the nearest segment start-end, both (n, 2): (20, 20), in pixels.

    The nearest point of a segment is start + t (end - start), with t the projection on its line held to 0..1.
    """
    middle = np.arange(BOX_SIZE) + 0.5
    nearest = np.full((BOX_SIZE, BOX_SIZE), np.inf)
    for first in range(0, len(start), 256):  # a few hundred at a time stay in the processor's cache
        from_x, from_y = start[first : first + 256].T
        along_x, along_y = (end[first : first + 256] - start[first : first + 256]).T
        squared = along_x**2 + along_y**2
        squared[squared == 0] = 1  # a segment of no length is its start: t is 0
        x = middle - from_x[:, None]  # (n, 20)
        y = middle - from_y[:, None]  # (n, 20)
        t = (y * (along_y / squared)[:, None])[:, :, None] + (x * (along_x / squared)[:, None])[:, None, :]
        np.clip(t, 0, 1, out=t)  # (n, 20, 20)
        off_x = x[:, None, :] - t * along_x[:, None, None]
        off_y = y[:, :, None] - t * along_y[:, None, None]
        np.minimum(nearest, (off_x**2 + off_y**2).min(axis=0), out=nearest)
    return np.sqrt(nearest)


def _points(stroke: Any, number: int) -> NDArray[np.float64]:
    """A stroke as an array (k, 2) that cannot be written to."""
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
    """Whole numbers without a decimal point, others with three decimals."""
    return int(number) if number.is_integer() else round(number, 3)
