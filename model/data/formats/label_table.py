"""Reading labels from a table of their own, which lies beside a table of images: y_train.csv beside X_train.csv."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from model.common.arrays import F64, U8
from model.common.constants import CLASSES
from model.common.text_encoding import to_text
from model.data.byte_reader import ByteReader
from model.data.formats.contents import MAX_IMAGES
from model.data.formats.csv_dialect import LABEL_NAMES, to_number
from model.data.formats.labels import as_labels

MAX_BYTES = 2**26  # of text
SEPARATORS = (",", ";", "\t", " ")


def read_label_table(source: Path | bytes, name: str, count: int) -> U8:
    """Read labels from a table: in one column, beside a number for each line, or as ten columns with a single 1.

    Args:
        source: the file.
        name: what messages call it.
        count: how many images they belong to; one line more is a header, also if it is a number.

    Raises:
        ValueError: it is something else, or has labels of another number of images.
    """
    lines, rows = _rows(source, name)
    header: list[str] = []
    if rows and (len(rows) == count + 1 or any(cell and to_number(cell) is None for cell in rows[0])):
        header, lines, rows = rows[0], lines[1:], rows[1:]
    if len(rows) == 1 < count == len(rows[0]):  # all in one line
        rows, lines = [[cell] for cell in rows[0]], lines * count
    if len(rows) != count:
        raise ValueError(f"{name}: expected a label for each of {count:,} images; got {len(rows):,}")
    values = _numbers(rows, lines, name)
    if values.shape[1] == CLASSES or (values.shape[1] == CLASSES + 1 and _counts(values[:, 0])):
        return as_labels(values[:, -CLASSES:], name)
    column = _column([cell.lower() for cell in header], values, name)
    wrong = np.flatnonzero((values[:, column] < 0) | (values[:, column] >= CLASSES) | (values[:, column] % 1 != 0))
    if len(wrong):
        got = f"{values[wrong[0], column]:g}"
        raise ValueError(f"{name}: a label must be a whole number from 0 to 9; got {got} on line {lines[wrong[0]]:,}")
    return values[:, column].astype(np.uint8)


def _rows(source: Path | bytes, name: str) -> tuple[list[int], list[list[str]]]:
    """The table's lines, each by its number and its cells."""
    with ByteReader(source, name) as opened:
        text = to_text(bytes(opened.read(MAX_BYTES)))
    if text.count("\n") > MAX_IMAGES + 100:
        raise ValueError(f"{name}: expected at most {MAX_IMAGES:,} labels; got more")
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = [(number, line) for number, line in lines if not line.lstrip().startswith("#")]
    if not lines:
        raise ValueError(f"{name}: expected labels; got a table without any")
    first = lines[-1][1].strip()
    separator = max(SEPARATORS, key=first.count)
    cells = csv.reader(io.StringIO("\n".join(line.strip() for _, line in lines)), delimiter=separator)
    try:
        return [number for number, _ in lines], [[cell.strip() for cell in row] for row in cells]
    except csv.Error as error:
        line = lines[cells.line_num - 1][0]
        raise ValueError(f"{name}: expected labels; the table is damaged on line {line:,} ({error})") from error


def _numbers(rows: list[list[str]], lines: list[int], name: str) -> F64:
    """Turn cells into numbers: (lines, columns), without columns of texts."""
    width = len(rows[0])
    for line, row in zip(lines, rows, strict=True):
        if len(row) != width:
            raise ValueError(f"{name}: expected {width} columns, as on line {lines[0]:,}; line {line:,} has {len(row)}")
    texts = {column for column in range(width) if all(to_number(row[column]) is None for row in rows)}
    kept = [column for column in range(width) if column not in texts] or [0]
    values = np.empty((len(rows), len(kept)))
    for place, (line, row) in enumerate(zip(lines, rows, strict=True)):
        for target, column in enumerate(kept):
            number = to_number(row[column])
            if number is None or not np.isfinite(number):
                got = repr(row[column][:20]) if row[column] else "a blank cell"
                raise ValueError(f"{name}: a label must be a whole number from 0 to 9; got {got} on line {line:,}")
            values[place, target] = number
    return values


def _column(header: list[str], values: F64, name: str) -> int:
    """Which column holds the labels: the one that is called so, or the only one that does not number the lines."""
    width = values.shape[1]
    named = [header.index(label) for label in LABEL_NAMES if label in header] if len(header) == width else []
    if named:
        return named[0]
    others = [column for column in range(width) if width == 1 or not _counts(values[:, column])]
    if len(others) != 1:
        raise ValueError(f"{name}: expected one column of labels; got {width} columns, of which none is called label")
    return others[0]


def _counts(column: F64) -> bool:
    return len(column) > 1 and bool((np.diff(column) == 1).all())
