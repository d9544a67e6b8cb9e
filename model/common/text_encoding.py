"""The encoding of a text file, told by its first bytes: programs on Windows write UTF-16, and marks before UTF-8."""

from __future__ import annotations

import codecs
import re

_MARKS = (  # byte order marks, the longer ones first
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1f]")  # what no text has


def find_encoding(start: bytes) -> tuple[str, int]:
    """Tell a text's encoding by its first bytes; returns it, and how many bytes of them are only a mark."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding, len(mark)
    if len(start) >= 4 and start[1] == start[3] == 0 and start[0] and start[2]:
        return "utf-16-le", 0
    if len(start) >= 4 and start[0] == start[2] == 0 and start[1] and start[3]:
        return "utf-16-be", 0
    return "utf-8", 0


def to_text(start: bytes) -> str:
    """Decode a text's beginning, without a mark; what is cut or damaged is replaced.

    A text that is not UTF-8 is read as Latin-1, which Western European programs write.
    """
    encoding, mark = find_encoding(start)
    text = start[mark:].decode(encoding, "replace")
    if encoding == "utf-8" and "\ufffd" in text[:-1] and not _CONTROL.search(start):
        return start.decode("latin-1")
    return text
