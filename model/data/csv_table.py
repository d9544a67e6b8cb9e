"""Reading digits from a CSV table: one image per line, its label first, if it has one, and then its 784 pixels.

Kaggle's Digit Recognizer and many "MNIST in CSV" files are such tables. They are read in blocks of whole lines, so that
memory holds little more than the images, and messages can name the line of an error.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pandas as pd

from model.common.arrays import U8
from model.common.constants import PIXELS
from model.data.byte_reader import FORMATS, ByteReader

MAX_BYTES = 2**30  # of unpacked text: MNIST's 70,000 images take 128 MB
BLOCK_BYTES = 8 * 2**20
_LABEL = "label"


def read_csv(
    source: ByteReader, start: bytes = b"", *, block_bytes: int = BLOCK_BYTES, max_bytes: int = MAX_BYTES
) -> tuple[U8, U8 | None]:
    """Read a CSV table of digits, with or without a header, which is a first line without a single number.

    Args:
        source: the file.
        start: what was read of it already.
        block_bytes: how much is parsed at a time.
        max_bytes: of unpacked text; a longer table is refused.

    Returns:
        Images (n, 784), and labels (n,) or None if there are none.

    Raises:
        ValueError: a cell is not a whole number from 0 to 255 (from 0 to 9 for a label), or the number of columns is
            wrong; the message names the line as an editor counts lines.
    """
    parts: list[U8] = []
    columns = 0
    for line, block in _blocks(source, start, block_bytes, max_bytes):
        if line == 1:
            first = block.splitlines(keepends=True)[0]
            columns = _count_columns(source.name, first)
            if _is_header(first):
                line, block = 2, block[len(first) :]
        if block.strip():
            parts.append(_parse(source.name, line, block, columns))
    if not parts:
        raise ValueError(f"{source.name}: expected at least one image; got a table without any")
    values = np.concatenate(parts)  # (n, columns)
    if columns == PIXELS:
        return values, None
    return np.ascontiguousarray(values[:, 1:]), values[:, 0].copy()


def _blocks(source: ByteReader, start: bytes, block_bytes: int, max_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Yield blocks of whole lines, each with the number of its first line."""
    line, rest = 1, bytes(start)
    more = True
    while more:
        data = source.read(block_bytes)
        more = len(data) == block_bytes
        if source.position > max_bytes:
            raise ValueError(f"{source.name}: expected at most {max_bytes:,} bytes of text; it goes on after that")
        rest += data
        if line == 1:
            rest = rest.removeprefix(b"\xef\xbb\xbf")  # the mark that Excel puts before UTF-8
        end = rest.rfind(b"\n") + 1 if more else len(rest)
        if more and not end:
            raise ValueError(f"{source.name}: expected a table with short lines; line {line:,} does not end")
        if end:
            yield line, rest[:end]
        line += rest.count(b"\n", 0, end)
        rest = rest[end:]


def _cells(line: bytes) -> list[str]:
    cells = [cell.strip() for cell in line.decode("utf-8", "replace").strip("\r\n").split(",")]
    return [cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells]


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _is_header(first: bytes) -> bool:
    return all(_number(cell) is None for cell in _cells(first))


def _count_columns(name: str, first: bytes) -> int:
    """Count the columns of the first line: 784, or 785 with labels."""
    cells = _cells(first)
    if b"\0" in first or "\ufffd" in "".join(cells):
        raise ValueError(f"{name}: expected {FORMATS}; got a file that begins with {first[:8].hex(' ')}")
    if len(cells) not in (PIXELS, PIXELS + 1):
        raise ValueError(
            f"{name}: expected 784 pixels a line, or a label and 784 pixels, separated by commas;"
            f" line 1 has {len(cells)} column{'s' if len(cells) != 1 else ''}"
        )
    has_labels = len(cells) > PIXELS
    if _is_header(first) and (cells[0].lower() == _LABEL) != has_labels:
        if has_labels:
            raise ValueError(f"{name}: expected the first of 785 columns to be 'label'; line 1 has '{cells[0][:20]}'")
        raise ValueError(f"{name}: expected 784 pixels after the label; line 1 has 784 columns in all")
    return len(cells)


def _parse(name: str, line: int, block: bytes, columns: int) -> U8:
    """Parse a block of lines: (lines, columns)."""
    try:
        with np.errstate(invalid="ignore"):
            table = pd.read_csv(io.BytesIO(block), header=None, index_col=False, dtype=np.uint8, low_memory=False)
        values = table.to_numpy()
    # pandas rejects a number that uint8 cannot hold, but its message names no line.
    except (ValueError, TypeError, OverflowError) as error:
        raise _error(name, line, block, columns, str(error).splitlines()[0]) from error
    if values.shape[1] != columns or (columns > PIXELS and values[:, 0].max() > 9):
        raise _error(name, line, block, columns, "the number of columns changes")
    return values


def _error(name: str, line: int, block: bytes, columns: int, otherwise: str) -> ValueError:
    """Describe the first bad cell of a block that pandas rejected; `otherwise` is pandas' own message."""
    lines = block.splitlines()
    for number, text in enumerate(lines, start=line):
        if not text.strip():
            continue
        cells = _cells(text)
        if len(cells) != columns:
            return ValueError(f"{name}: expected {columns} columns, as on line 1; line {number:,} has {len(cells)}")
        for column, cell in enumerate(cells):
            is_label = column == 0 and columns > PIXELS
            largest = 9 if is_label else 255
            value = _number(cell)
            if value is None or not 0 <= value <= largest or not value.is_integer():
                what = _LABEL if is_label else "pixel"
                got = f"'{cell[:20]}'" if cell else "a blank cell"
                return ValueError(
                    f"{name}: a {what} must be a whole number from 0 to {largest};"
                    f" got {got} on line {number:,}, column {column + 1}"
                )
    return ValueError(f"{name}: lines {line:,} to {line + len(lines) - 1:,} cannot be read ({otherwise})")
