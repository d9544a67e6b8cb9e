"""Text files as UTF-8, block by block, in whatever encoding and with whatever line ends they came."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from model.common.text_encoding import find_encoding
from model.data.byte_reader import ByteReader


def as_utf8(source: ByteReader, block_bytes: int) -> Iterator[tuple[bytes | bytearray, bool]]:
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
        yield data.replace(b"\r", b"\n") if old_mac else data, is_last
