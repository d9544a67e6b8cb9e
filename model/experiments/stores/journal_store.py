"""A study in a folder of this machine: a journal file, of which nothing is ever changed but its end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.storages.journal._file import BaseJournalFileLock, get_lock_file
from optuna.storages.journal._storage import JournalOperation

from model.experiments.stores.store import Store

START = b'{"op_code":'  # of each line
MAX_FIRST_LINE = 10_000


class JournalStore(Store):
    """A study in a folder of this machine.

    Raises:
        ValueError: the file is no journal; it stays as it is.
    """

    def __init__(self, name: str, journal: Path) -> None:
        lock = _Lock(journal.with_suffix(".lock"))
        if lock.acquire():
            try:
                _check(journal)
                _cut_torn_line(journal)
            finally:
                lock.release()
        self._lock = lock
        super().__init__(name, journal.parent, JournalStorage(_Journal(str(journal), lock_obj=lock)))

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Let nobody else begin or take over trials meanwhile."""
        self._lock.acquire()  # the journal's own: whoever has it writes on without asking again
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def hold(self, engine: str) -> Iterator[None]:
        """Be known as at work, until the end of the block or of this process."""
        path = self._engine(engine)
        path.parent.mkdir(exist_ok=True)
        with FileLock(path):
            yield
        path.unlink(missing_ok=True)

    def is_at_work(self, engine: str) -> bool:
        """Whether whoever holds this name is still there."""
        path = self._engine(engine)
        if not path.exists():
            return False
        try:
            with FileLock(path, timeout=0):
                return False
        except Timeout:
            return True

    def _engine(self, engine: str) -> Path:
        return self.folder / "engines" / f"{engine}.lock"


class _Journal(JournalFileBackend):
    """Optuna's journal, which is flushed to the disk when a trial has ended, and not at each of its ten lines.

    A process that is killed loses nothing by that; a power cut may lose what was being computed.
    """

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Add lines."""
        content = "".join(f"{json.dumps(log, separators=(',', ':'))}\n" for log in logs).encode()
        with get_lock_file(self._lock), open(self._file_path, "ab") as file:
            file.write(content)
            file.flush()
            if any(log["op_code"] == JournalOperation.SET_TRIAL_STATE_VALUES for log in logs):
                os.fsync(file.fileno())


class _Lock(BaseJournalFileLock):
    """Optuna's lock of a journal, as one that ends with its process."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path)

    def acquire(self) -> bool:
        self._lock.acquire()
        return True

    def release(self) -> None:
        self._lock.release()


def _check(journal: Path) -> None:
    """Raise a ValueError unless a file is a journal by its first line, which may be torn, or is new."""
    if not journal.exists():
        return
    with journal.open("rb") as file:
        line = file.readline(MAX_FIRST_LINE)
    is_torn = not line.endswith(b"\n")
    is_blank = not line.strip(b"\0")  # a power cut may leave that
    if not (line.startswith(START) or (is_torn and START.startswith(line)) or is_blank):
        raise ValueError(f"its first line is {line[:40]!r}")


def _cut_torn_line(journal: Path) -> None:
    """Remove the beginning of a line that a killed process has left at a journal's end."""
    if not journal.exists() or not journal.stat().st_size:
        return
    with journal.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        position = size
        while position:
            start = max(0, position - 4096)
            file.seek(start)
            newline = file.read(position - start).rfind(b"\n")
            if newline >= 0:
                if start + newline + 1 < size:
                    file.truncate(start + newline + 1)
                return
            position = start
        file.truncate(0)
