"""The cache folder, and arrays in it that any number of processes map into memory and so share.

A folder of arrays holds their checksums besides: disks and memory cards lose a bit now and then, and a network that
learned from other images than MNIST's would never tell.
"""

from __future__ import annotations

import functools
import json
import mmap
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from model.common import disk
from model.common.arrays import Array
from model.common.atomic_file import atomic_folder
from model.common.settings import Settings

CHECKSUMS = "checksums.json"


def home() -> Path:
    """Return the cache folder: $INKLING_CACHE, or Inkling's own in the system's folder for caches."""
    return Settings().cache


def writable_home() -> Path:
    """Return the cache folder if it can be written, and otherwise a temporary one for the life of this process."""
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return temporary_home()
    return folder


def temporary_home() -> Path:
    """Return a temporary folder for the life of this process.

    Raises:
        NotWrittenError: there is none that can be written.
    """
    try:
        return Path(_temporary().name)
    except OSError as error:
        raise NotWrittenError(
            f"no temporary folder can be made ({error}): make room, or set TMPDIR to a folder on another disk"
        ) from error


def homes() -> list[Path]:
    """Return the folders that may hold something by now: the cache folder, and the temporary one if there is one."""
    return [home(), *([temporary_home()] if _temporary.cache_info().currsize else [])]


@functools.cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="inkling-")


class NotWrittenError(ValueError):
    """A folder cannot be written; the disk may be full."""


def save_arrays(folder: Path, arrays: Mapping[str, Array], *, durable: bool = False) -> None:
    """Write each array to `folder`/name.npy, and their checksums; the folder appears whole or not at all.

    Args:
        folder: the folder, which must not exist.
        arrays: the arrays, by name.
        durable: whether the folder must outlive a power cut.

    Raises:
        NotWrittenError: the folder cannot be written, or exists already.
        ValueError: an array holds objects.
    """
    try:
        with atomic_folder(folder, durable=durable) as part:
            for name, array in arrays.items():
                np.save(part / f"{name}.npy", array, allow_pickle=False)
            checksums = {name: _checksum(part / f"{name}.npy") for name in arrays}
            (part / CHECKSUMS).write_text(json.dumps(checksums))
    except OSError as error:
        if disk.is_full(error):
            raise NotWrittenError(disk.describe(folder.parent, error)) from error
        raise NotWrittenError(
            f"{folder}: expected a new folder that can be written; got '{error.strerror}';"
            " make room, or set INKLING_CACHE to another folder"
        ) from error


def open_arrays(folder: Path, names: Sequence[str]) -> list[Array]:
    """Open the arrays saved in a folder, in the order of `names`, mapped into memory and read-only.

    Raises:
        ValueError: one of them is missing or damaged.
    """
    arrays = []
    for name in names:
        path = folder / f"{name}.npy"
        try:
            arrays.append(np.load(path, mmap_mode="r", allow_pickle=False))
            status = path.stat()
            _check(path, status.st_ino, status.st_size, status.st_mtime_ns)
        # NumPy parses a header as Python text: a damaged one raises errors of any kind.
        except Exception as error:
            reason = str(error) if isinstance(error, DamagedError) else type(error).__name__
            raise ValueError(f"{path}: expected an array saved before; it cannot be opened ({reason})") from error
    return arrays


class DamagedError(ValueError):
    """A file is not as it was written."""


@functools.lru_cache(maxsize=64)  # a process reads a file through once, as long as nobody writes it anew
def _check(path: Path, _inode: int, _size: int, _time: int) -> None:
    expected = json.loads((path.parent / CHECKSUMS).read_text())[path.stem]
    if _checksum(path) != expected:
        raise DamagedError("its checksum is another")


def _checksum(path: Path) -> int:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return zlib.crc32(content)
