"""Reading the bytes of a file, on disk or uploaded, gzipped or not, with a limit on how many are unpacked.

Callers read no more than a header promises, so a small file cannot unpack into a huge one.
"""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from model.common.unpacking import check_ratio

FORMATS = "a CSV table, MNIST's IDX files, drawings as JSON lines (all gzipped or not), or an npz archive of arrays"

_BLOCK = 2**20  # bytes asked for at a time


class ByteReader:
    """The bytes of a file on disk or in memory, unpacked if gzipped, and counted as they are read."""

    def __init__(self, source: Path | bytes, name: str | None = None) -> None:
        """Open a file.

        Args:
            source: a path, or a file's bytes.
            name: what messages call the file; by default its own name.

        Raises:
            ValueError: the file cannot be opened or is empty.
        """
        self.name = name or (source.name if isinstance(source, Path) else "the file")
        self.position = 0  # unpacked bytes read so far
        try:
            raw = cast(BinaryIO, io.BytesIO(source)) if isinstance(source, bytes) else source.open("rb")
        except OSError as error:
            raise ValueError(f"{self.name}: expected a file to read; got '{error.strerror}'") from error
        magic = raw.read(2)
        raw.seek(0)
        self._raw = raw
        self._ahead = bytearray()  # what was peeked at and not read yet
        # By content, not by name: browsers may unpack a download and leave ".gz" at the end of its name.
        self._stream = cast(io.BufferedReader, gzip.GzipFile(fileobj=raw) if magic == b"\x1f\x8b" else raw)
        if not magic:
            raw.close()
            raise ValueError(f"{self.name}: expected {FORMATS}; got an empty file")

    def __enter__(self) -> ByteReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._raw.close()

    def read(self, size: int) -> bytearray:
        """Read up to `size` unpacked bytes, fewer only at the end.

        Raises:
            ValueError: a gzip file is damaged, or unpacks to far more than it has.
        """
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        try:
            # read1 returns what it has before it meets an error, so that the message names the right byte.
            while len(data) < size and (part := self._stream.read1(min(size - len(data), _BLOCK))):
                data += part
        except (OSError, EOFError, zlib.error) as error:
            stopped = self.position + len(data)
            raise ValueError(
                f"{self.name}: expected a whole gzip file; it is damaged or cut short after {stopped:,}"
                f" unpacked bytes ({error}); fetch it again"
            ) from error
        self.position += len(data)
        check_ratio(self.name, self.position, self._raw.tell())
        return data

    def peek(self, size: int) -> bytes:
        """Return the next `size` unpacked bytes, fewer only at the end, which `read` will return again.

        Raises:
            ValueError: a gzip file is damaged, or unpacks to far more than it has.
        """
        position = self.position
        self._ahead = self.read(size) + self._ahead
        self.position = position
        return bytes(self._ahead[:size])
