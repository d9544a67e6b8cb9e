"""Reading digits from a CSV table: one image per line, 784 pixels, with a label or without.

Kaggle's Digit Recognizer and many "MNIST in CSV" files are such tables. They are read in blocks of whole lines, so that
memory holds little more than the images, and messages can name the line of an error.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from model.common.arrays import U8, Array
from model.common.constants import CLASSES
from model.data.byte_reader import ByteReader
from model.data.formats.contents import Contents
from model.data.formats.csv_dialect import Dialect, find_dialect, split_cells, to_number
from model.data.formats.label_column import find_label_column
from model.data.formats.pixels import normalized
from model.data.formats.text_blocks import as_utf8

MAX_BYTES = 2**30  # of unpacked text: MNIST's 70,000 images take 128 MB
BLOCK_BYTES = 8 * 2**20


def read_csv(source: ByteReader, *, block_bytes: int = BLOCK_BYTES, max_bytes: int = MAX_BYTES) -> Contents:
    """Read a CSV table of digits, with or without a header.

    The labels are in the column that the header calls so, or else in the one that stays within 0 to 9 and takes several
    values. See `csv_dialect` for what tables may look like, and `pixels` for their values.

    Args:
        source: the file.
        block_bytes: how much is parsed at a time.
        max_bytes: of unpacked text; a longer table is refused.

    Raises:
        ValueError: a cell is not a number of the table's scale (whole, from 0 to 9, for a label), or the number of
            columns is wrong; the message names the line as an editor counts lines.
    """
    blocks = _blocks(source, block_bytes, max_bytes)
    _, block = next(blocks, (1, b""))
    dialect = find_dialect(block, source.name)
    table = CsvTable(source.name, dialect)
    table.add(dialect.first_line, block[dialect.begins_at :])
    for line, block in blocks:
        table.add(line, block)
    return table.contents()


@dataclass
class CsvTable:
    """A table that is read block by block.

    Attributes:
        name: what messages call the file.
        dialect: how it is laid out.
    """

    name: str
    dialect: Dialect
    _parts: list[Array] = field(default_factory=list)  # (lines, columns) each
    _lines: list[tuple[int, list[int] | int]] = field(default_factory=list)  # of each part, see `_line`
    _dtype: type[np.generic] = np.uint8  # float32 as soon as the first block has fractions

    def add(self, line: int, block: bytes) -> None:
        """Parse a block of whole lines.

        Args:
            line: the number of its first line.
            block: the lines.

        Raises:
            ValueError: a cell or the number of columns is wrong.
        """
        if not block or block.isspace():
            return
        try:
            values = self._parse(block, self._dtype)
        # pandas rejects a number that uint8 cannot hold, but its message names no line.
        except (ValueError, TypeError, OverflowError) as error:
            fractions = None if self._parts else self._parse_fractions(block)
            if fractions is None:
                raise self._error(line, block, str(error).splitlines()[0]) from error
            values, self._dtype = fractions, np.float32
        if values.shape[1] != len(self.dialect.columns) or self._has_other_width(block, len(values)):
            raise self._error(line, block, "the number of columns changes")
        if values.dtype != np.uint8 and not np.isfinite(values).all():
            raise self._error(line, block, "a cell is blank")
        count = block.count(b"\n") + (not block.endswith(b"\n"))
        numbers = count if count == len(values) else [i for i, text in enumerate(block.splitlines()) if text.strip()]
        self._parts.append(values)
        self._lines.append((line, numbers))

    def contents(self) -> Contents:
        """Return the images and labels of all blocks.

        Raises:
            ValueError: there is none, a label is wrong, or the pixels are on an unknown scale.
        """
        if not self._parts:
            raise ValueError(f"{self.name}: expected at least one image; got a table without any")
        values = np.concatenate(self._parts)  # (n, columns)
        self._parts.clear()
        if not self.dialect.has_labels:
            images, notes = normalized(self._sorted(values), self.name)
            return Contents(images, notes=self.dialect.notes + notes)
        known = self.dialect.label
        column, column_notes = (known, ()) if known is not None else find_label_column(values, self.name)
        labels = self._labels(values[:, column], column)
        pixels = np.ascontiguousarray(values[:, 1:]) if column == 0 else np.delete(values, column, axis=1)
        del values
        images, notes = normalized(self._sorted(pixels), self.name)
        return Contents(images, labels, notes=self.dialect.notes + column_notes + notes)

    def _sorted(self, pixels: Array) -> Array:
        return pixels[:, self.dialect.pixel_order] if self.dialect.pixel_order else pixels

    def _labels(self, values: Array, column: int) -> U8:
        wrong = np.flatnonzero((values < 0) | (values >= CLASSES) | (values != np.rint(values)))
        if len(wrong):
            row = int(wrong[0])
            raise self._wrong_cell("label", f"'{values[row]:g}'", self._line(row), column)
        return values.astype(np.uint8)

    def _parse(self, block: bytes, dtype: type[np.generic]) -> Array:
        """Parse a block of lines: (lines, columns)."""
        dialect = self.dialect
        options: dict[str, Any] = {"sep": r"\s+" if dialect.separator == " " else dialect.separator}
        if len(dialect.columns) < dialect.width:
            options["usecols"] = list(dialect.columns)
        if dialect.decimal != ".":
            options["decimal"] = dialect.decimal
        with np.errstate(invalid="ignore"):
            table = pd.read_csv(
                io.BytesIO(block), header=None, index_col=False, dtype=dtype, low_memory=False, **options
            )
        return table.to_numpy()

    def _parse_fractions(self, block: bytes) -> Array | None:
        """Parse a block of a table with fractions or an unusual scale; None if it is none but has a wrong cell.

        A few fractions among whole numbers up to 255 are wrong cells.
        """
        try:
            values = self._parse(block, np.float32)
        except (ValueError, TypeError, OverflowError):
            return None
        above = values.max(axis=0) > 1
        is_small = above.sum() <= self.dialect.has_labels and np.nanmin(values) >= -1
        many = np.mean(values != np.rint(values)) > 0.02
        in_range = np.nanmin(values) >= 0 and np.nanmax(values) <= 255
        is_standardized = many and np.nanmin(values) < 0 and np.nanmax(values) < CLASSES
        return values if is_small or (many and in_range) or is_standardized else None

    def _has_other_width(self, block: bytes, lines: int) -> bool:
        """Whether a line has more cells or fewer; pandas fills up and cuts off. Quotes may hold separators."""
        dialect = self.dialect
        if dialect.separator == " " or b'"' in block:
            return False
        # bytes.count takes four times as long where there are so many.
        found = np.count_nonzero(np.frombuffer(block, np.uint8) == ord(dialect.separator))
        return bool(found != lines * (dialect.width - 1))

    def _line(self, row: int) -> int:
        """The number of the line that a row of the table is on."""
        for first, lines in self._lines:
            count = lines if isinstance(lines, int) else len(lines)
            if row < count:
                return first + (row if isinstance(lines, int) else lines[row])
            row -= count
        raise IndexError(row)

    def _error(self, line: int, block: bytes, otherwise: str) -> ValueError:
        """Describe the first bad cell of a block that pandas rejected; `otherwise` is pandas' own message."""
        dialect, lines = self.dialect, block.splitlines()
        label = dialect.columns[dialect.label or 0] if dialect.has_labels else None
        for number, raw in enumerate(lines, start=line):
            if not raw.strip():
                continue
            cells = split_cells(raw.decode("utf-8", "replace"), dialect.separator)
            if len(cells) != dialect.width:
                return ValueError(
                    f"{self.name}: expected {dialect.width} columns, as on line {dialect.top_line};"
                    f" line {number:,} has {len(cells)}"
                )
            for column in dialect.columns:
                cell = cells[column].replace(dialect.decimal, ".")
                value = to_number(cell)
                largest = CLASSES - 1 if column == label else 255
                is_fraction = self._dtype is not np.uint8 and value is not None and column != label
                if value is None or not 0 <= value <= largest or not (is_fraction or value.is_integer()):
                    what = "label" if column == label else "pixel"
                    return self._wrong_cell(what, f"'{cell[:20]}'" if cell else "a blank cell", number, column)
        return ValueError(f"{self.name}: lines {line:,} to {line + len(lines) - 1:,} cannot be read ({otherwise})")

    def _wrong_cell(self, what: str, got: str, line: int, column: int) -> ValueError:
        return ValueError(
            f"{self.name}: a {what} must be a whole number from 0 to {9 if what == 'label' else 255};"
            f" got {got} on line {line:,}, column {column + 1}"
        )


def _blocks(source: ByteReader, block_bytes: int, max_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Yield blocks of whole lines in UTF-8, each with the number of its first line."""
    line, rest = 1, b""
    for data, is_last in as_utf8(source, block_bytes):
        if source.position > max_bytes:
            raise ValueError(f"{source.name}: expected at most {max_bytes:,} bytes of text; it goes on after that")
        rest += data
        end = len(rest) if is_last else rest.rfind(b"\n") + 1
        if not end and not is_last:
            raise ValueError(f"{source.name}: expected a table with short lines; line {line:,} does not end")
        if end:
            yield line, rest[:end]
        line += rest.count(b"\n", 0, end)
        rest = rest[end:]
