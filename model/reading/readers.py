"""Reads files from outside in processes of their own: a hostile one ends such a process, and not the app.

A process is a program of its own, `python -m model.reading`, and reads one file after another. One is always
ready; more are started when several visitors bring files at once.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from model.common.child_process import apart, blas_environment
from model.common.cores import cores
from model.common.paths import ROOT
from model.reading.limits import MB, ReadingLimits, is_out_of_time
from model.reading.process import Outcome, Task

T = TypeVar("T")

MOST_PROCESSES = 4
START_TIMEOUT_S = 60.0
EXIT_TIMEOUT_S = 5.0  # for a process that has closed its end of the connection
ONE_THREAD = blas_environment(1)


class ReaderEnded(Exception):
    """A process has ended before it answered."""

    def __init__(self, exit_code: int, *, is_late: bool) -> None:
        super().__init__(exit_code)
        self.exit_code, self.is_late = exit_code, is_late


class ReadingProcess:
    """One process, from the app's side."""

    def __init__(self, memory: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "model.reading", str(os.getpid()), str(memory)],
            cwd=ROOT,
            env=os.environ | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **apart(),
        )
        self._is_ready = False

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def ask(self, task: Task, timeout: float) -> Outcome:
        """Have it read a file, and wait for what comes of it.

        Raises:
            ReaderEnded: the process has ended, by itself or because the timeout was over.
        """
        if not self._is_ready:
            self._receive(START_TIMEOUT_S)
            self._is_ready = True
        return self._receive(timeout, task)

    def _receive(self, timeout: float, task: Task | None = None) -> Outcome:
        assert self._process.stdin
        assert self._process.stdout
        timer = threading.Timer(timeout, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            if task:
                with suppress(OSError):  # it has ended, and says so below
                    pickle.dump(task, self._process.stdin)
                    self._process.stdin.flush()
            outcome = pickle.load(self._process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            is_late = not timer.is_alive()
            raise ReaderEnded(self.end(), is_late=is_late) from None
        finally:
            timer.cancel()
        assert isinstance(outcome, Outcome)
        return outcome

    def end(self) -> int:
        """Wait until it has ended, or end it; return its exit code."""
        assert self._process.stdin
        assert self._process.stdout
        with suppress(OSError):
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(EXIT_TIMEOUT_S)
        self._process.kill()
        self._process.stdout.close()
        return self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


class Readers:
    """Reads files in up to `size` processes at a time, one file of each owner."""

    def __init__(self, limits: ReadingLimits | None = None, size: int | None = None) -> None:
        self.limits = limits or ReadingLimits.of_machine()
        self.size = size or max(2, min(cores(), MOST_PROCESSES))
        self._turn = threading.Condition()
        self._owners: set[Hashable] = set()  # of the files that are being read
        self._all: set[ReadingProcess] = set()
        self._free: list[ReadingProcess] = []
        self._closed = False
        self._keep_one_ready()
        atexit.register(self.close)

    def read(self, what: str, size: int, owner: Hashable, reader: Callable[..., T], *arguments: object) -> T:
        """Return `reader(*arguments)`, computed in a process with limits.

        Args:
            what: what messages call the file.
            size: its bytes; a larger one gets more time.
            owner: who has brought it; the files of one owner are read one after another, so that others need not wait.
            reader: a function of a module that the process can import.
            arguments: they and what it returns are sent through a pipe.

        Raises:
            ValueError: the reader has raised it, or the file takes more memory or time than there is for it.
            OSError: the reader has raised it.
        """
        task = Task(reader, arguments, self.limits.seconds_for(size))
        with self._turn_of(owner):
            outcome = self._ask(what, task)
        if isinstance(outcome.error, MemoryError):
            raise ValueError(self._too_large(what))
        if outcome.error:
            raise outcome.error
        value: T = outcome.value
        return value

    def close(self) -> None:
        """End all processes."""
        with self._turn:
            self._closed = True
            ending, self._all, self._free = self._all, set(), []
        for process in ending:
            process.kill()

    def pids(self) -> list[int]:
        """The numbers of the processes."""
        with self._turn:
            return [process.pid for process in self._all]

    def is_free(self, owner: Hashable) -> bool:
        """Whether a file of this owner would be read at once."""
        with self._turn:
            return self._may_read(owner)

    def _may_read(self, owner: Hashable) -> bool:
        return owner not in self._owners and len(self._owners) < self.size

    @contextmanager
    def _turn_of(self, owner: Hashable) -> Iterator[None]:
        """Wait until a process may be asked for this owner."""
        with self._turn:
            self._turn.wait_for(lambda: self._may_read(owner))
            self._owners.add(owner)
        try:
            yield
        finally:
            with self._turn:
                self._owners.remove(owner)
                self._turn.notify_all()

    def _ask(self, what: str, task: Task) -> Outcome:
        process = self._take()
        try:
            outcome = process.ask(task, self.limits.patience * task.seconds)
        except ReaderEnded as ended:
            self._forget(process)
            if ended.is_late or is_out_of_time(ended.exit_code):
                message = f"{what} must be readable within {task.seconds:.0f} seconds; it takes longer"
                raise ValueError(f"{message}: save it smaller, or split it") from None
            raise ValueError(self._too_large(what)) from None
        if isinstance(outcome.error, MemoryError):
            self._forget(process)
        else:
            self._give_back(process)
        return outcome

    def _too_large(self, what: str) -> str:
        return (
            f"{what} must be readable within {self.limits.memory // MB} MB of memory; it takes more, or is damaged: "
            "save it smaller, or split it"
        )

    # -- The processes ---------------------------------------------------------------------------------------

    def _take(self) -> ReadingProcess:
        with self._turn:
            while self._free:
                process = self._free.pop()
                if process.is_alive:
                    return process
                self._all.discard(process)
        return self._start()

    def _start(self) -> ReadingProcess:
        process = ReadingProcess(self.limits.memory)
        with self._turn:
            if not self._closed:
                self._all.add(process)
                return process
        process.kill()
        raise ValueError("no file can be read: the app is ending")

    def _give_back(self, process: ReadingProcess) -> None:
        """Keep it ready for the next file, unless another one is ready."""
        with self._turn:
            if not self._free and not self._closed:
                self._free.append(process)
                return
        self._forget(process)

    def _forget(self, process: ReadingProcess) -> None:
        process.end()
        with self._turn:
            self._all.discard(process)
        self._keep_one_ready()

    def _keep_one_ready(self) -> None:
        with self._turn:
            if self._free or self._closed:
                return
        with suppress(ValueError):
            self._give_back(self._start())
