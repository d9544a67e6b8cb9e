"""Writing a file or a folder so that readers find the old content or the new, never a part of it."""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path


@contextmanager
def atomic_write(path: Path, *, durable: bool = False) -> Iterator[BufferedWriter]:
    """Open a file that takes the place of `path` when the block ends without an error.

    Until then it lies beside `path` under a name of its own, so several processes may write at once: the last wins.
    After an error nothing is left of it, and `path` is as before.

    Args:
        path: the file to write; its folder must exist.
        durable: flush the content to the disk first, so that a power cut cannot leave an empty file, and then the name.

    Raises:
        OSError: the file cannot be written.
    """
    part = _beside(path)
    try:
        with part.open("wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
        if durable:
            _flush_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Make a folder to fill; it gets the name `path` when the block ends without an error, and else is removed.

    Args:
        path: the folder to make.
        durable: flush its files to the disk first, so that a power cut cannot leave a folder with empty ones.

    Raises:
        OSError: the folder cannot be made, or `path` is a folder that holds something already.
    """
    part = _beside(path)
    try:
        part.mkdir(parents=True)  # not by tempfile, so that other users may read it wherever the umask says so
        yield part
        if durable:
            for file in part.iterdir():
                _flush(file)
            _flush_folder(part)
        part.rename(path)
        if durable:
            _flush_folder(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _flush(path: Path, flags: int = os.O_RDWR) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(path: Path) -> None:
    """Flush the names in a folder, where the system and the file system can."""
    if sys.platform != "win32":
        with suppress(OSError):
            _flush(path, os.O_RDONLY)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}-{uuid.uuid4().hex}")
