"""The temporary folder with the files of an app's jobs.

It goes when the app ends, also when that is killed: the last worker removes it. After a power cut, or where all
processes are killed at once, nobody is left to do so; the next app to start does it then.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "inkling-jobs-"
LOCK = "in-use.lock"  # locked as long as the app lives, whatever ends it


class WorkFolder:
    """A new temporary folder, for as long as this process lives; those of apps that are gone are removed.

    Args:
        parent: the folder in which to make it; by default, where the system has its temporary files.
    """

    def __init__(self, parent: Path | None = None) -> None:
        parent = parent or Path(tempfile.gettempdir())
        remove_abandoned(parent)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        self._lock = FileLock(self.path / LOCK, thread_local=False)  # another thread may end the app
        self._lock.acquire()

    def remove(self) -> None:
        """Delete the folder with all that is in it."""
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def remove_abandoned(parent: Path) -> None:
    """Delete the folders of apps that are gone; another user's, which can't be looked into, stay."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if (folder / LOCK).exists() and _is_free(folder / LOCK):
                shutil.rmtree(folder, ignore_errors=True)


def _is_free(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return True
    except Timeout:
        return False
