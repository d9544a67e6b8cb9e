"""A worker's process, as the pool sees it: started ahead, sent commands, listened to, and replaced if it ends.

The worker is a program of its own, `python -m model.jobs.worker`. Commands go to its standard input and events come
from its standard output, one pickled object after another: pipes exist on every system, and each side notices at once
when the other has ended.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from model.common.child_process import apart, blas_environment
from model.common.paths import ROOT
from model.jobs.protocol import Command, CommandEnvelope, EventEnvelope, StartTraining

ENDED = "The run's process ended unexpectedly ({}). Its last network is kept."
MAYBE_MEMORY = "signal 9: perhaps there was not enough memory; a smaller network or batch needs less"
EXIT_TIMEOUT_S = 5.0  # for a process that has closed its end of the connection


class WorkerProcess:
    """One process. A thread calls `on_event` for each event, and `on_exit` once when the process has ended, with the
    reason in a sentence; another one writes the commands. Matrix products get at most `threads` threads.

    Raises:
        OSError: the system lets no further process or thread start.
    """

    def __init__(
        self,
        folder: Path,
        on_event: Callable[[WorkerProcess, EventEnvelope], None],
        on_exit: Callable[[WorkerProcess, str], None],
        threads: int,
    ) -> None:
        self.is_ready = False  # whether an event has come
        self.missed_heartbeats = 0  # since the last event
        self._on_event, self._on_exit = on_event, on_exit
        self._reason = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "model.jobs.worker", str(folder), str(os.getpid())],
            cwd=ROOT,
            env=blas_environment(threads) | os.environ,  # what an operator sets holds
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **apart(),
        )
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        try:
            for work in (self._write, self._listen):
                threading.Thread(target=work, name=f"worker {self.pid}", daemon=True).start()
        except RuntimeError as error:  # as many threads as there may be
            self._process.kill()
            self._outbox.put(None)
            raise OSError(error) from error

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def is_gone(self) -> bool:
        """Whether the process has ended; `on_exit` has been called, or follows."""
        return self._process.poll() is not None

    def send(self, job_number: int, message: StartTraining | Command) -> None:
        """Send a message about a job, without waiting: a process that hangs reads nothing."""
        self._outbox.put(pickle.dumps(CommandEnvelope(job_number, message)))

    def kill(self, reason: str = "") -> None:
        """End the process, for a reason that `on_exit` is told."""
        self._reason = self._reason or reason
        self._process.kill()

    def wait(self, seconds: float) -> None:
        """Wait until the process has ended, but not for longer than that."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def _write(self) -> None:
        commands = self._process.stdin
        assert commands
        while content := self._outbox.get():
            with suppress(OSError):  # the process has ended, and on_exit follows
                commands.write(content)
                commands.flush()
        with suppress(OSError):
            commands.close()

    def _listen(self) -> None:
        events = self._process.stdout
        assert events
        with suppress(EOFError, OSError, pickle.UnpicklingError):  # it may end while it writes
            while True:
                envelope = pickle.load(events)
                self.is_ready, self.missed_heartbeats = True, 0
                self._on_event(self, envelope)
        self.wait(EXIT_TIMEOUT_S)
        if self._process.poll() is None:  # it has closed its end, and hangs
            self.kill()
        code = self._process.wait()
        events.close()
        self._outbox.put(None)
        how = MAYBE_MEMORY if code == -9 else f"signal {-code}" if code < 0 else f"exit code {code}"
        self._on_exit(self, self._reason or ENDED.format(how))
