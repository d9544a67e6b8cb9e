"""Text files as UTF-8, block by block, in whatever encoding and with whatever line ends they came."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from model.data.byte_reader import ByteReader

_MARKS = (  # byte order marks, the longer ones first
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


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
    """Decode a text's beginning, without a mark; what is cut or damaged is replaced."""
    encoding, mark = find_encoding(start)
    return start[mark:].decode(encoding, "replace")


def as_utf8(source: ByteReader, block_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Yield a text's blocks in UTF-8 without a mark and with line feeds, and whether each is the last one."""
    encoding, mark = find_encoding(source.peek(4))
    source.read(mark)
    old_mac = b"\n" not in (peeked := source.peek(2**16)) and b"\r" in peeked  # ends lines by carriage returns alone
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("replace")
    is_last = False
    while not is_last:
        data: bytes | bytearray = source.read(block_bytes)
        is_last = len(data) < block_bytes
        if decoder:
            data = decoder.decode(bytes(data), is_last).encode()
        yield bytes(data).replace(b"\r", b"\n") if old_mac else bytes(data), is_last
