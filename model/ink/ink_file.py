"""Files of drawings: one on each line as JSON, or all in one JSON document."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from model.common.text_encoding import find_encoding, to_text
from model.common.unpacking import check_ratio
from model.ink import json_record
from model.ink.drawing import Drawing

MAX_LINE_BYTES = 2_000_000
MAX_LINES = 1_000_000
MAX_FILE_BYTES = 2_000_000_000  # unpacked
MAX_DOCUMENT_BYTES = 100_000_000  # of one JSON document, which is read as a whole
PEEKED = 400  # bytes that tell lines from a document
_NEXT = re.compile(r"[^\s,]")  # where the next value begins
_LISTS = ("drawings", "data", "items", "samples", "examples", "records", "ink")  # of drawings in an object
_LIST_BEGINS = re.compile(rf'\{{(?:[^\[{{]*,)?\s*"(?:{"|".join(_LISTS)})"\s*:\s*\[')


class InkLine(NamedTuple):
    """What a line of an ink file holds, or an item of a list."""

    number: int
    drawing: Drawing | None  # None of one that is wrong
    problem: str = ""  # what is wrong


def read_ink(source: str | Path | bytes) -> Iterator[Drawing]:
    """Read an ink file, or the bytes of one: drawings in JSON, one per line or in a list, gzipped or not.

    Empty lines are skipped.

    Raises:
        ValueError: a line is not a drawing, the gzip file is damaged, or the file has over a million lines or two
            gigabytes unpacked; the message names the line.
    """
    for line in read_ink_lines(source):
        if line.drawing is None:
            raise ValueError(line.problem)
        yield line.drawing


def read_ink_lines(source: str | Path | bytes) -> Iterator[InkLine]:
    """Read the same, but go on after a line that is not a drawing.

    Raises:
        ValueError: the file cannot be read any further; the message names the line.
    """
    with io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        unpacked: Any = gzip.GzipFile(fileobj=file) if packed else file
        lines = _Lines(unpacked, file if packed else None)
        if lines.is_document:
            yield from _read_document(lines.rest())
            return
        for number in range(1, MAX_LINES + 2):
            line = lines.read(number)
            if not line:
                return
            if number > MAX_LINES:
                raise ValueError(f"an ink file must have at most {MAX_LINES:,} lines; split it")
            if line.strip():
                yield _read_line(number, line)


class _Lines:
    """The lines of an ink file that is open, in UTF-8, or all of it if it is one JSON document."""

    def __init__(self, file: Any, packed: BinaryIO | None) -> None:
        self._packed, self._size = packed, 0
        start = self._guarded(1, lambda: file.read(PEEKED))
        encoding, mark = find_encoding(start)
        self.is_document = _is_document(to_text(start))
        file.seek(mark)
        is_utf8 = encoding == "utf-8"
        self._file = file if is_utf8 else io.TextIOWrapper(file, encoding, errors="replace", newline="\n")

    def read(self, number: int) -> bytes:
        """Read the next line, the one of this number; b"" at the end."""
        line = self._guarded(number, lambda: self._file.readline(MAX_LINE_BYTES + 1))
        if len(line) > MAX_LINE_BYTES:
            raise ValueError(f"line {number}: must be at most {MAX_LINE_BYTES:,} bytes long; got more")
        self._count(number, len(line), MAX_FILE_BYTES)
        return line

    def rest(self) -> str:
        """Read all of a document."""
        parts = []
        while part := self._guarded(1, lambda: self._file.read(2**20)):
            parts.append(part)
            self._count(1, len(part), MAX_DOCUMENT_BYTES)
        return b"".join(parts).decode("utf-8", "replace")

    def _guarded(self, number: int, read: Callable[[], str | bytes]) -> bytes:
        try:
            data = read()
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"line {number}: the gzip file is damaged or cut short ({error})") from None
        return data.encode() if isinstance(data, str) else data

    def _count(self, number: int, size: int, most: int) -> None:
        self._size += size
        if self._packed:
            check_ratio(f"line {number}", self._size, self._packed.tell())
        if self._size > most:
            raise ValueError(f"line {number}: a file must have at most {most:,} bytes unpacked")


def _is_document(start: str) -> bool:
    """Whether a file is one JSON document, by its beginning: a list, or an object that goes on after its first line."""
    text = start.lstrip()
    if text.startswith("[") or _LIST_BEGINS.match(text):
        return True
    first, line_break, _ = text.partition("\n")
    return text.startswith("{") and bool(line_break) and not first.rstrip().endswith("}")


def _read_line(number: int, line: bytes) -> InkLine:
    try:
        return InkLine(number, Drawing.from_json(line))
    except ValueError as error:
        return InkLine(number, None, f"line {number}: {error}")


def _read_document(text: str) -> Iterator[InkLine]:
    """Read the drawings of one JSON document, or of several in a row; each counts as a line."""
    decoder, position, number = json.JSONDecoder(), 0, 0
    while found := _NEXT.search(text, position):
        try:
            value, position = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, found.start()) + 1
            raise ValueError(f"line {line}: a drawing must be a JSON object; got no JSON: {error}") from None
        for record in _records(value):
            number += 1
            try:
                yield InkLine(number, Drawing.from_record(record))
            except ValueError as error:
                yield InkLine(number, None, f"drawing {number}: {error}")


def _records(value: Any) -> list[Any]:
    """The drawings in a JSON value: the items of a list, or the value itself."""
    if isinstance(value, dict) and not any(name in value for name in json_record.STROKES):
        value = next((value[name] for name in _LISTS if isinstance(value.get(name), list)), value)
    return value if isinstance(value, list) and not json_record.is_bare(value) else [value]
