"""The worker is a program of its own that trains runs, one after another, for the app that started it.

`python -m model.jobs.worker FOLDER APP` reads commands from its standard input and writes events to its standard output
(see model.jobs.worker_process). A second thread reads, so that a command takes effect before the next step. When the
connection breaks, because the app has ended, the worker ends too.
"""

from __future__ import annotations

import os
import pickle
import queue
import shutil
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from model.common import disk
from model.common.child_process import prefer_as_oom_victim
from model.jobs.protocol import (
    Command,
    CommandEnvelope,
    Event,
    EventEnvelope,
    Heartbeat,
    StartTraining,
    TrainingFailed,
)
from model.jobs.runner import TrainingRunner
from model.jobs.worker_limits import limit_memory, lower_priority

HEARTBEAT_INTERVAL_S = 1.0
ORPHAN_TIMEOUT_S = 0.5  # after the app's end, until the system has given its children another parent
CLEANUP_TIMEOUT_S = 2.0
NO_MEMORY = "There is not enough memory for this network and batch: make either smaller."


class Worker:
    """The connection to the app, and the runs that it asks for.

    Args:
        commands: Where commands come from, one pickled CommandEnvelope after another.
        events: Where events go to, one pickled EventEnvelope after another.
        folder: The folder of all runs of the app.
        app: The number of the app's process.
        orphans_are_adopted: Whether the system gives a process another parent when its own has ended.
    """

    def __init__(
        self,
        commands: BinaryIO,
        events: BinaryIO,
        folder: Path,
        app: int,
        *,
        orphans_are_adopted: bool = sys.platform != "win32",
    ) -> None:
        self._commands, self._events, self._folder, self._app = commands, events, folder, app
        self._orphans_are_adopted = orphans_are_adopted
        self._received: queue.SimpleQueue[CommandEnvelope] = queue.SimpleQueue()
        self._sending = threading.Lock()
        self._job_number = 0  # of the present run

    def serve(self) -> None:
        """Train what is asked for, until the process is ended."""
        for work in (self._listen, self._beat):
            threading.Thread(target=work, daemon=True).start()
        while True:
            envelope = self._received.get()
            if isinstance(envelope.message, StartTraining):
                self._job_number = envelope.job_number
                if not self._train(envelope.message):
                    return

    def _train(self, start: StartTraining) -> bool:
        """Train one run; return whether the process is fit for another one."""
        try:
            TrainingRunner(start, self).run()
        except MemoryError:
            self.send(TrainingFailed(NO_MEMORY))
            return False
        except ValueError as error:
            self.send(TrainingFailed(str(error)))
        except OSError as error:
            self.send(TrainingFailed(disk.describe(self._folder, error)))
        return True

    # -- The runner's channel -------------------------------------------------------------------------------

    def send(self, event: Event) -> None:
        """Send an event of the present run."""
        content = pickle.dumps(EventEnvelope(self._job_number, event))
        try:
            with self._sending:
                self._events.write(content)
                self._events.flush()
        except OSError:
            self._end()

    def receive(self, timeout: float | None) -> list[Command]:
        """Return the commands for the present run; wait for the first one up to a timeout, None forever."""
        received: list[CommandEnvelope] = []
        with suppress(queue.Empty):
            received.append(self._received.get(block=timeout != 0, timeout=timeout))
        with suppress(queue.Empty):
            while True:
                received.append(self._received.get_nowait())
        return [
            envelope.message
            for envelope in received
            if envelope.job_number == self._job_number and not isinstance(envelope.message, StartTraining)
        ]

    def has_commands(self) -> bool:
        """Return whether something new has come."""
        return not self._received.empty()

    # -- Its other threads ----------------------------------------------------------------------------------

    def _beat(self) -> None:
        while True:
            self.send(Heartbeat())
            time.sleep(HEARTBEAT_INTERVAL_S)

    def _listen(self) -> None:
        while True:
            try:
                envelope = pickle.load(self._commands)
            except MemoryError:
                os._exit(1)
            except (EOFError, OSError, pickle.UnpicklingError):
                self._end()
            self._received.put(envelope)

    def _end(self) -> None:
        """End at once, whatever the other threads do; if the app itself is gone, delete its files."""
        end = time.monotonic() + ORPHAN_TIMEOUT_S
        while not self._app_is_gone() and time.monotonic() < end:
            time.sleep(0.01)
        # The run may still write a file meanwhile, and another worker may be deleting too.
        while self._app_is_gone() and self._folder.exists() and time.monotonic() < end + CLEANUP_TIMEOUT_S:
            shutil.rmtree(self._folder, ignore_errors=True)
        os._exit(0)

    def _app_is_gone(self) -> bool:
        # Where the parent tells nothing, the connection does: the app keeps it for as long as it lives.
        return not self._orphans_are_adopted or os.getppid() != self._app


def take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return the standard input and output for messages alone: what else is printed goes to the standard error."""
    commands, events = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # the app has no standard error
        os.dup2(nothing, 1)
    return commands, events


def main() -> None:
    """Serve the app that started this process."""
    commands, events = take_standard_streams()
    lower_priority()
    prefer_as_oom_victim()
    limit_memory()
    folder, app = sys.argv[1:]
    Worker(commands, events, Path(folder), int(app)).serve()


if __name__ == "__main__":
    main()
