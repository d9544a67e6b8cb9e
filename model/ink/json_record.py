"""A drawing as JSON: Inkling's own form, and those of other programs.

Other programs write labels as numbers or call them words, give points a time or a pressure besides, or write a stroke
as a list of all x and one of all y, as Google's Quick, Draw! does (github.com/googlecreativelab/quickdraw-dataset).
"""

from __future__ import annotations

from typing import Any

from model.common.constants import IMAGE_SIDE, PIXELS

MAX_TEXT = 200  # characters of a label or a writer
LABELS = ("label", "word", "digit", "class", "target")
STROKES = ("strokes", "drawing")
LEAST_COLUMN = 5  # numbers in a list that is no point
MOST = 8  # numbers that programs write for a point


def strokes_of(record: Any) -> list[Any]:
    """Return the strokes of a JSON value as lists of points.

    Raises:
        ValueError: it has none.
    """
    value = record
    if isinstance(record, dict):
        value = next((record[name] for name in STROKES if isinstance(record.get(name), list)), None)
    elif not is_bare(record):
        value = None
    if value is None:
        advice = "; save images as a CSV table or an npz" if _has_pixels(record) else ""
        raise ValueError(f'a drawing must be a JSON object with a list "strokes"; got {brief(record)}{advice}')
    by_columns = _is_by_columns(value, isinstance(record, dict) and "strokes" not in record)
    return [_stroke(stroke, number, by_columns) for number, stroke in enumerate(value, 1)]


def _is_by_columns(strokes: list[Any], expected: bool) -> bool:
    """Whether strokes are lists of all x and of all y, perhaps of all times too: all of a drawing are written alike."""
    listed = [stroke for stroke in strokes if isinstance(stroke, list) and stroke]
    if not listed or not all(isinstance(each, list) for stroke in listed for each in stroke):
        return False
    sizes = [[len(each) for each in stroke] for stroke in listed]
    if len({len(lists) for lists in sizes}) > 1 or not 2 <= len(sizes[0]) <= 3 or any(len(set(of)) > 1 for of in sizes):
        return False
    lengths = {lists[0] for lists in sizes}
    return expected or (max(lengths) >= LEAST_COLUMN and (len(lengths) > 1 or len(sizes) == 1 or max(lengths) > MOST))


def label_of(record: Any) -> str | None:
    """Return the label of a JSON value as a text; None without one.

    Raises:
        ValueError: it is neither text nor whole number.
    """
    name = next((name for name in LABELS if isinstance(record, dict) and record.get(name) is not None), "label")
    value = record.get(name) if isinstance(record, dict) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1:
        return str(int(value))
    text = text_of(record, name)
    return text.strip() if text else text


def text_of(record: Any, name: str) -> str | None:
    """Return a text of a JSON value; None without it.

    Raises:
        ValueError: it is no text, or too long.
    """
    text = record.get(name) if isinstance(record, dict) else None
    if text is not None and not (isinstance(text, str) and len(text) <= MAX_TEXT):
        raise ValueError(f"{name} must be a text of at most {MAX_TEXT} characters; got {brief(text)}")
    return text


def brief(value: Any) -> str:
    """Quote a value in a message."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def is_bare(record: Any) -> bool:
    """Whether a list is a drawing without a label: strokes, the first of which begins with a point."""
    for _ in range(3):
        if not isinstance(record, list) or not record:
            return False
        record = record[0]
    return type(record) in (int, float)


def _has_pixels(record: Any) -> bool:
    """Whether a JSON value holds an image: a list of 784 numbers, or of 28 rows."""
    values = record.values() if isinstance(record, dict) else []
    return any(isinstance(value, list) and len(value) in (IMAGE_SIDE, PIXELS) for value in values)


def _stroke(stroke: Any, number: int, by_columns: bool) -> Any:
    """Return a stroke as a list of points [x, y, ...]."""
    if isinstance(stroke, dict):  # {"points": [...]}, {"x": [...], "y": [...]}
        x, y = stroke.get("x"), stroke.get("y")
        columns = isinstance(x, list) and isinstance(y, list) and len(x) == len(y)
        stroke = _pairs(x, y) if columns else stroke.get("points")
        by_columns = False
    if not isinstance(stroke, list):
        raise ValueError(f"stroke {number} must be a list of points [x, y]; got {brief(stroke)}")
    if stroke and all(isinstance(point, dict) for point in stroke):
        return [[point.get("x"), point.get("y")] for point in stroke]
    return _pairs(*stroke[:2]) if by_columns and stroke else stroke


def _pairs(x: Any, y: Any) -> list[list[Any]]:
    return [list(pair) for pair in zip(x, y, strict=True)]
