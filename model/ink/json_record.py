"""A drawing as JSON: Inkling's own form, and those of other programs.

Other programs write labels as numbers or call them words, give points a time or a pressure besides, or write a stroke
as a list of all x and one of all y, as Google's Quick, Draw! does (github.com/googlecreativelab/quickdraw-dataset).
"""

from __future__ import annotations

from typing import Any

MAX_TEXT = 200  # characters of a label or a writer
LABELS = ("label", "word", "digit", "class", "target")
STROKES = ("strokes", "drawing")
LEAST_COLUMN = 5  # numbers in a list that is no point


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
        raise ValueError('a drawing must be a JSON object with a list "strokes"; got ' + brief(record))
    by_columns = isinstance(record, dict) and "strokes" not in record
    return [_stroke(stroke, number, by_columns) for number, stroke in enumerate(value, 1)]


def label_of(record: Any) -> str | None:
    """Return the label of a JSON value as a text; None without one.

    Raises:
        ValueError: it is neither text nor whole number.
    """
    name = next((name for name in LABELS if isinstance(record, dict) and record.get(name) is not None), "label")
    value = record.get(name) if isinstance(record, dict) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1:
        return str(int(value))
    return text_of(record, name)


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


def _stroke(stroke: Any, number: int, by_columns: bool) -> Any:
    """Return a stroke as a list of points [x, y, ...]."""
    if isinstance(stroke, dict):  # {"points": [...]}, {"x": [...], "y": [...]}
        x, y = stroke.get("x"), stroke.get("y")
        columns = isinstance(x, list) and isinstance(y, list) and len(x) == len(y)
        stroke = _pairs(x, y) if columns else stroke.get("points")
    if not isinstance(stroke, list):
        raise ValueError(f"stroke {number} must be a list of points [x, y]; got {brief(stroke)}")
    if stroke and all(isinstance(point, dict) for point in stroke):
        return [[point.get("x"), point.get("y")] for point in stroke]
    lists = 2 <= len(stroke) <= 3 and all(isinstance(each, list) for each in stroke)
    if lists and len({len(each) for each in stroke}) == 1 and (by_columns or len(stroke[0]) >= LEAST_COLUMN):
        return _pairs(*stroke[:2])
    return stroke


def _pairs(x: Any, y: Any) -> list[list[Any]]:
    return [list(pair) for pair in zip(x, y, strict=True)]
