"""Reading NumPy's npz archives, which are not trusted.

An array's shape and type can be checked before its bytes are read, no more is unpacked than its header promises, and
pickled objects, which could run code, are never opened.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from model.common.arrays import Array
from model.common.unpacking import check_ratio


class NpzReader:
    """An open npz file; messages call it `name`."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self.name = archive, name
        self._packed = sum(info.compress_size for info in archive.infolist())
        self._unpacked = 0  # bytes of the arrays read so far

    @property
    def keys(self) -> list[str]:
        """The names of the arrays, in the order of the file."""
        return [key.removesuffix(".npy") for key in self._archive.namelist() if key.endswith(".npy")]

    def header(self, key: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
        """Read an array's shape and type, but not its values.

        Raises:
            ValueError: it is not a plain array.
        """
        with self._open(key) as member:
            shape, _, dtype = self._header(key, member)
        return shape, dtype

    def read(self, key: str) -> Array:
        """Read an array.

        Raises:
            ValueError: it is not a plain array, not as long as its header promises, or far longer than it is packed.
        """
        with self._open(key) as member:
            shape, column_major, dtype = self._header(key, member)
            if min(shape, default=0) < 0:
                raise ValueError(f"{self.name}: {key} must have sides of 0 or more; got the shape {shape}")
            promised = math.prod(shape) * dtype.itemsize
            self._unpacked += min(promised, self._archive.getinfo(f"{key}.npy").file_size)
            check_ratio(self.name, self._unpacked, self._packed)
            data = member.read(promised + 1)
        if len(data) != promised:
            raise ValueError(
                f"{self.name}: {key} must hold the {promised:,} bytes that its header promises; got {len(data):,}"
            )
        array = np.frombuffer(data, dtype).reshape(shape, order="F" if column_major else "C")
        return np.ascontiguousarray(array).reshape(shape)  # the first makes (1,) of ()

    def _open(self, key: str) -> IO[bytes]:
        info = self._archive.getinfo(f"{key}.npy")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(
                f"{self.name}: {key} must be stored or deflated, as numpy.savez writes; got another compression"
            )
        try:
            return self._archive.open(info)
        except ValueError as error:  # its offset is before the beginning of the file
            raise ValueError(f"{self.name}: expected an npz archive; {key} is damaged ({error})") from error

    def _header(self, key: str, member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
        try:
            version = npy.read_magic(member)
            read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, column_major, dtype = read(member)
        # NumPy parses a header as Python text: a damaged one raises errors of any kind.
        except Exception as error:
            raise ValueError(
                f"{self.name}: {key} must be a NumPy array; its header cannot be read ({type(error).__name__})"
            ) from error
        if dtype.hasobject:
            raise ValueError(f"{self.name}: {key} must be plain numbers; got pickled objects, which are never opened")
        return shape, column_major, dtype


@contextmanager
def open_npz(source: Path | bytes, name: str) -> Iterator[NpzReader]:
    """Open an npz file on disk or in memory.

    Raises:
        ValueError: it is damaged; this may turn out only while it is read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            yield NpzReader(archive, name)
    except UnicodeDecodeError as error:
        raise ValueError(f"{name}: expected an npz archive; a name in it is damaged ({error})") from error
    # zipfile raises RuntimeError for a password, and NotImplementedError for features that it does not know.
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        raise ValueError(f"{name}: expected an npz archive; it is damaged or cut short ({error})") from error
