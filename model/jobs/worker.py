"""A worker is a program of its own that trains networks, one after another, for whoever started it.

It is started by `model.jobs.pool` as `python -m model.jobs.worker DESCRIPTOR FOLDER APP`. A second thread listens, so
that an order takes effect after the present step; when the connection breaks, because the app has ended, the worker
does too.
"""

from __future__ import annotations

import os
import queue
import shutil
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from model.jobs.limits import limit_memory, prefer_as_oom_victim
from model.jobs.protocol import Command, CommandEnvelope, EventEnvelope, StartTraining, TrainingFailed
from model.jobs.runner import Event, TrainingRunner

NICE_LEVEL = 10  # of the process: answers to visitors come before training
HEARTBEAT_INTERVAL_S = 1.0  # of life
SECONDS_TO_BE_ADOPTED = 0.5  # after the app's end, until the system has given its children another parent
SECONDS_TO_TIDY = 2.0
NO_MEMORY = "There is not enough memory for this network and batch: make either smaller."


class Worker:
    """The connection, and the threads at its ends. `folder` holds the files of all trainings of the app, whose process
    has the number `app`."""

    def __init__(self, connection: Connection, folder: Path, app: int) -> None:
        self._connection, self._folder, self._app = connection, folder, app
        self._told: queue.SimpleQueue[CommandEnvelope] = queue.SimpleQueue()
        self._attention = threading.Event()
        self._sending = threading.Lock()
        self._number = 0  # of the present training

    def serve(self) -> None:
        """Train what comes, until the process is ended."""
        for work in (self._listen, self._live):
            threading.Thread(target=work, daemon=True).start()
        while True:
            told = self._told.get()
            if isinstance(told.message, StartTraining):
                self._number = told.number
                if not self._train(told.message):
                    return

    def _train(self, begin: StartTraining) -> bool:
        """Whether the process is fit for another one."""
        try:
            TrainingRunner(begin, self._tell, self._wait, self._attention.is_set).give()
        except MemoryError:
            self._tell(TrainingFailed(NO_MEMORY))
            return False
        except (ValueError, OSError) as error:
            self._tell(TrainingFailed(str(error)))
        return True

    def _wait(self, seconds: float | None) -> list[Command]:
        """The orders for the present training that come within some time; returns as soon as there is one."""
        told: list[CommandEnvelope] = []
        with suppress(queue.Empty):
            told.append(self._told.get(block=seconds != 0, timeout=seconds))
        self._attention.clear()
        with suppress(queue.Empty):
            while True:
                told.append(self._told.get_nowait())
        return [
            one.message for one in told if one.number == self._number and not isinstance(one.message, StartTraining)
        ]

    def _tell(self, message: Event | None) -> None:
        try:
            with self._sending:
                self._connection.send(EventEnvelope(self._number, message))
        except OSError:
            self._end()

    def _live(self) -> None:
        while True:
            self._tell(None)
            time.sleep(HEARTBEAT_INTERVAL_S)

    def _listen(self) -> None:
        while True:
            try:
                told = self._connection.recv()
            except (EOFError, OSError, MemoryError):
                self._end()
            self._told.put(told)
            self._attention.set()

    def _end(self) -> None:
        """End at once, whatever the other threads are at; if the app itself is gone, leave none of its files behind."""
        end = time.monotonic() + SECONDS_TO_BE_ADOPTED
        while os.getppid() == self._app and time.monotonic() < end:
            time.sleep(0.01)
        # The training may still write a file meanwhile, and another worker may be at the same work.
        while os.getppid() != self._app and self._folder.exists() and time.monotonic() < end + SECONDS_TO_TIDY:
            shutil.rmtree(self._folder, ignore_errors=True)
        os._exit(0)


def main() -> None:
    with suppress(OSError):
        os.nice(NICE_LEVEL)
    prefer_as_oom_victim()
    limit_memory()
    descriptor, folder, app = sys.argv[1:]
    Worker(Connection(int(descriptor)), Path(folder), int(app)).serve()


if __name__ == "__main__":
    main()
