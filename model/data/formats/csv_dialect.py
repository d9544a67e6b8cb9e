"""How a CSV table is laid out, found out from its first lines: separators, header, and which columns hold what.

Programs write tables differently: Excel with semicolons and 'sep=;', R and pandas with an index column, NumPy with
blanks and a header behind '#'.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from model.common.constants import PIXELS
from model.common.text_encoding import to_text
from model.data.byte_reader import FORMATS

SEPARATORS = (",", ";", "\t", "|", " ")  # a blank stands for any number of them
LABEL_NAMES = ("label", "labels", "class", "digit", "target", "y", "category", "number", "class_label", "classes")
INDEX_NAMES = ("", "index", "id", "imageid", "image_id", "unnamed: 0", "idx", "#", "row")
HEAD_LINES = 50  # that are looked at
TITLE_LINES = 10  # above a header, at most
TITLE_CELLS = 2  # that have a text in one of those, at most
ONE_HOT = 10  # columns
_PIXEL_NAME = re.compile(r"[a-z]*[ _.-]?\d+(?:[x_, .-]\d+)?")  # pixel0, 1x1, px_3_4, 17
_NUMBERED = re.compile(r"([^\d]*)(\d+)")  # pixel0, 17


@dataclass(frozen=True)
class Dialect:
    """How a table is laid out."""

    separator: str
    decimal: str  # what stands before a number's fraction
    width: int  # cells in each line
    columns: tuple[int, ...]  # those to read, in order: 784 pixels, and the label if there is one
    label: int | None  # which of `columns` holds the labels, if the header says so
    begins_at: int  # bytes of the lines before the first image
    first_line: int  # that of the first image, counted from 1
    top_line: int = 1  # that of the header, or of the first image
    pixel_order: tuple[int, ...] = ()  # their places among their columns, if the header shuffles them
    notes: tuple[str, ...] = ()

    @property
    def has_labels(self) -> bool:
        """Whether one of the columns holds labels."""
        return len(self.columns) > PIXELS


def find_dialect(head: bytes, name: str) -> Dialect:
    """Find out how a table is laid out.

    Args:
        head: its first lines, whole ones, UTF-8.
        name: what messages call the file.

    Raises:
        ValueError: it is no table of images of 784 pixels.
    """
    separator, comment, offset = "", "", 0
    lines: list[tuple[int, int, str]] = []  # number, offset, text
    for number, line in enumerate(head.splitlines(keepends=True), 1):
        text = to_text(line).strip("\r\n")
        if not lines and (found := re.fullmatch(r'"?sep=(.)"?', text.strip(" "), re.IGNORECASE)):
            separator = found[1]
        elif not lines and text.lstrip().startswith("#"):
            comment = text.lstrip().lstrip("#").strip()
        elif text.strip():
            lines.append((number, offset, text))
        offset += len(line)
        if len(lines) > HEAD_LINES:
            break
    if not lines:
        raise ValueError(f"{name}: expected at least one image; got a table without any")
    lines, titles = _without_titles(lines, name)
    first_number, first_offset, first = lines[0]
    if "\0" in first or "\ufffd" in first:
        raise ValueError(f"{name}: expected {FORMATS}; got a file that begins with {head[:8].hex(' ')}")
    separator = separator or _find_separator(first)
    rows = [split_cells(text, separator) for _, _, text in lines]
    header = [] if not is_header(rows[0]) else rows.pop(0)
    top_line, top_width = first_number, len(header or rows[0])
    begins_at, first_line = first_offset, first_number
    if header:
        begins_at = first_offset + len(head[first_offset:].splitlines(keepends=True)[0])
        first_line = first_number + 1
    elif comment and is_header(cells := split_cells(comment, separator)) and len(cells) == len(rows[0]):
        header = cells
    width = len(rows[0]) if rows else top_width
    if header and len(header) == width - 1:
        # A separator may end the lines below alone, or R has left out the name of the column with the rows' names.
        header = [*header, ""] if all(row[-1] == "" for row in rows) else ["", *header]
    if separator == " " and rows and all(sum("," in cell for cell in row) == 1 for row in rows):
        raise ValueError(f"{name}: expected a column for each pixel; got all pixels in one cell behind the label")
    decimal = "," if separator != "," and any("," in cell for row in rows for cell in row) else "."
    rows = [[cell.replace(decimal, ".") for cell in row] for row in rows if len(row) == width]
    used = _without_index(header, rows, _without_empty_end(header, rows, width))
    columns, label, notes = _choose(header, rows, used, name, f"line {top_line} has {top_width}")
    order = _pixel_order(header, columns, label)
    if order:
        notes += (f"{name}: its header names the pixels in another order; they were sorted by their numbers.",)
    return Dialect(separator, decimal, width, columns, label, begins_at, first_line, top_line, order, (*titles, *notes))


def _without_titles(lines: list[tuple[int, int, str]], name: str) -> tuple[list[tuple[int, int, str]], tuple[str, ...]]:
    """Leave out what stands above the header or the first image, such as the title of a sheet."""
    for place, (_, _, text) in enumerate(lines[:TITLE_LINES]):
        separator = _find_separator(text)
        if sum(cell != "" for cell in split_cells(text, separator)) < PIXELS:
            continue
        above = [split_cells(title, "," if separator == " " else separator) for _, _, title in lines[:place]]
        filled = [[cell for cell in cells if cell] for cells in above]
        if not all(len(cells) <= TITLE_CELLS and (not cells or None in map(to_number, cells)) for cells in filled):
            break
        said = " ".join(cell for cells in filled for cell in cells)[:60]
        return lines[place:], (f"{name}: left out what stands above the table: {said}.",) if said else ()
    return lines, ()


def _pixel_order(header: list[str], columns: tuple[int, ...], label: int | None) -> tuple[int, ...]:
    """The order of the pixels' columns by the numbers in their names; () if they are in it, or have none."""
    places = [column for place, column in enumerate(columns) if place != label]
    if len(header) <= columns[-1] or len(columns) > PIXELS + (label is not None):
        return ()
    found = [_NUMBERED.fullmatch(header[column].strip().lower()) for column in places]
    names = [(match[1], int(match[2])) for match in found if match]
    numbers = [number for _, number in names]
    counted = sorted(numbers)
    if len({text for text, _ in names}) != 1 or counted not in (list(range(PIXELS)), list(range(1, PIXELS + 1))):
        return ()
    order = tuple(sorted(range(PIXELS), key=lambda place: numbers[place]))
    return () if order == tuple(range(PIXELS)) else order


def _find_separator(line: str) -> str:
    """The separator that makes enough cells of a line, or else the most; commas may stand before fractions instead."""
    counts = {mark: len(split_cells(line, mark)) for mark in SEPARATORS}
    enough = [mark for mark in (";", "\t", "|", ",", " ") if counts[mark] >= PIXELS]
    return enough[0] if enough else max(SEPARATORS, key=lambda mark: counts[mark])


def split_cells(line: str, separator: str) -> list[str]:
    """Split a line into its cells, without quotes and blanks around them."""
    cells = line.split() if separator == " " else [cell.strip() for cell in line.strip("\r\n").split(separator)]
    return [cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells]


def to_number(cell: str) -> float | None:
    """Read a cell as a number; None if it is none."""
    try:
        return float(cell)
    except ValueError:
        return None


def is_header(cells: list[str]) -> bool:
    """Whether a line names columns: by texts alone, or by numbers that count them."""
    numbers = [number for cell in cells if (number := to_number(cell)) is not None]
    if not numbers:
        return True
    counts = all(after - before == 1 for before, after in pairwise(numbers))
    return counts and len(numbers) >= PIXELS - 1 and numbers[0] in (0, 1)


def _without_empty_end(header: list[str], rows: list[list[str]], width: int) -> list[int]:
    """Leave out last columns without content: separators at the end of each line make them."""
    while rows and width > PIXELS and not any(row[width - 1] for row in rows) and not any(header[width - 1 :]):
        width -= 1
    return list(range(width))


def _without_index(header: list[str], rows: list[list[str]], columns: list[int]) -> list[int]:
    """Leave out a first column that numbers the lines."""
    if len(columns) <= PIXELS or not rows:
        return columns
    numbers = [to_number(row[columns[0]]) for row in rows]
    counts = all(None not in pair and pair[1] - pair[0] == 1 for pair in pairwise(numbers))  # type: ignore[operator]
    if header:
        named = header[columns[0]].lower() in INDEX_NAMES
        is_index = named and (header[columns[0]] != "" or counts or len(columns) > PIXELS + 1)
    else:
        # Labels may count from 0 to 9, but no further.
        is_index = counts and (len(columns) > PIXELS + 1 or len(rows) > 12)
    return columns[1:] if is_index else columns


def _choose(
    header: list[str], rows: list[list[str]], columns: list[int], name: str, got: str
) -> tuple[tuple[int, ...], int | None, tuple[str, ...]]:
    """Choose the columns to read: 784 pixels, and the labels' if there is one, which the header may name."""
    names = {column: header[column].lower() for column in columns} if len(header) > columns[-1] else {}
    named = [column for wanted in LABEL_NAMES for column, text in names.items() if text == wanted]
    label = named[0] if named else None
    notes: tuple[str, ...] = ()
    if len(columns) > PIXELS + 1 and names:
        pixels = [column for column in columns if column != label and _PIXEL_NAME.fullmatch(names[column])]
        if len(pixels) == PIXELS:
            left_out = [header[column] for column in columns if column != label and column not in pixels]
            notes = (f"{name}: left out the columns {', '.join(left_out[:5])}, which hold neither pixels nor labels.",)
            columns = sorted([*pixels, label] if label is not None else pixels)
    if len(columns) > PIXELS + 1 and rows:
        spare = [column for column in columns if column != label and _is_spare([row[column] for row in rows])]
        if len(columns) - len(spare) in (PIXELS, PIXELS + 1):
            numbers = ", ".join(str(column + 1) for column in spare[:5])
            notes = (f"{name}: left out column {numbers}, which holds neither pixels nor labels.",)
            columns = [column for column in columns if column not in spare]
    if len(columns) == PIXELS and label is not None:
        raise ValueError(f"{name}: expected 784 pixels after the label; {got} columns in all")
    if len(columns) not in (PIXELS, PIXELS + 1):
        raise ValueError(
            f"{name}: expected 784 pixels a line, or a label and 784 pixels, separated by commas;"
            f" {got} column{'s' if not got.endswith(' 1') else ''}{_other_form(len(columns), rows)}"
        )
    return tuple(columns), columns.index(label) if label is not None else None, notes


def _is_spare(cells: list[str]) -> bool:
    """Whether a column holds no pixels: names of files, or numbers of lines."""
    numbers = [number for cell in cells if (number := to_number(cell)) is not None]
    return not numbers or (len(numbers) == len(cells) and max(numbers) > 255)


def _other_form(columns: int, rows: list[list[str]]) -> str:
    """Name what this many columns may be instead, if anything: square images of another size, say."""
    if any(len(re.split(r"[\s,;]+", cell)) >= PIXELS for row in rows for cell in row):
        return ", and all pixels in one cell; give each pixel a column of its own"
    if columns == PIXELS + ONE_HOT:
        return ", as pixels beside ten one-hot columns would; write the labels into one column"
    for pixels in (columns, columns - 1):
        side = round(pixels**0.5)
        if side * side == pixels and 5 <= side <= 256 and pixels != PIXELS:
            return f", as images of {side}x{side} pixels would; scale them to 28x28 first"
    return ""
