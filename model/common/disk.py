"""What to say when a file can't be written because its disk is full."""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from pathlib import Path

FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def is_full(error: OSError) -> bool:
    """Whether there was no room; NumPy's own error about it has no number, but counts what was written."""
    return error.errno in FULL or (error.errno is None and "written" in str(error))


def describe(folder: Path, error: OSError) -> str:
    """Say why a file could not be written to a folder; of a full disk, how much room it has, and what to do."""
    if not is_full(error):
        return str(error)
    free = ""
    with suppress(OSError):
        free = f" ({shutil.disk_usage(folder).free / 1e6:,.1f} MB are free)"
    return (
        f"The disk with {folder} is full{free}: make room on it, or set TMPDIR and INKLING_CACHE to folders on another "
        "one and start again"
    )
