"""Writing a file or a folder so that readers find the old content or the new, never a part of it.

What is being written lies beside its place under a name of its own, and is locked by whoever writes it. A process that
is killed leaves it, without the lock: the next to write there removes it.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path

PART = re.compile(r"\..+-[0-9a-f]{32}")


@contextmanager
def atomic_write(path: Path, *, durable: bool = False) -> Iterator[BufferedWriter]:
    """Open a file that takes the place of `path` when the block ends without an error.

    Several processes may write at once: the last wins. After an error nothing is left of it, and `path` is as before.

    Args:
        path: the file to write; its folder must exist.
        durable: flush the content to the disk first, so that a power cut cannot leave an empty file, and then the name.

    Raises:
        OSError: the file cannot be written.
    """
    with _part_of(path, Path.touch) as part, part.open("wb") as file:
        yield file
        file.flush()
        if durable:
            os.fsync(file.fileno())
        file.close()
        part.replace(path)
        if durable:
            _flush_folder(path.parent)


@contextmanager
def atomic_folder(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Make a folder to fill; it gets the name `path` when the block ends without an error, and else is removed.

    Args:
        path: the folder to make.
        durable: flush its files to the disk first, so that a power cut cannot leave a folder with empty ones.

    Raises:
        OSError: the folder cannot be made, or `path` is a folder that holds something already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _part_of(path, Path.mkdir) as part:  # not by tempfile, so that others may read it wherever the umask says so
        yield part
        if durable:
            for file in part.iterdir():
                _flush(file)
            _flush_folder(part)
        part.rename(path)
        if durable:
            _flush_folder(path.parent)


def remove_abandoned(folder: Path, name: str = "") -> None:
    """Remove what processes that are gone have left in a folder, of the file called `name` or of any."""
    with suppress(OSError):
        for part in folder.iterdir():
            if part.name.startswith(f".{name}") and PART.fullmatch(part.name):
                with suppress(BlockingIOError, FileNotFoundError):  # somebody writes it, or has ended
                    lock = _lock(part)
                    if lock is not None:
                        _remove(part)
                        os.close(lock)


@contextmanager
def _part_of(path: Path, make: Callable[[Path], None]) -> Iterator[Path]:
    """Make a file or folder beside a path, and hold the lock on it; in the end it is removed if it is still there."""
    remove_abandoned(path.parent, f"{path.name}-")
    while True:
        part = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
        make(part)
        with suppress(BlockingIOError, FileNotFoundError):  # another writer took it for abandoned before it was locked
            lock = _lock(part)
            break
    try:
        yield part
    finally:
        _remove(part)
        if lock is not None:
            os.close(lock)


def _lock(path: Path) -> int | None:
    """Lock a file or folder until the descriptor is closed, or this process ends.

    Returns:
        the descriptor, or None if the system has no such locks.

    Raises:
        BlockingIOError: somebody else has locked it.
        FileNotFoundError: it is gone.
    """
    if sys.platform == "win32":
        return None
    import fcntl  # Windows has none

    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.stat()  # it may have been removed before it was locked
    except (BlockingIOError, FileNotFoundError):
        os.close(descriptor)
        raise
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)


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
