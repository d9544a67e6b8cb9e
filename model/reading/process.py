"""The process that reads files from outside, one after another, for the app that started it.

`python -m model.reading APP MEMORY` reads tasks from its standard input and writes what came of each to its
standard output, as pickled objects (see model.reading.readers). It ends when the connection breaks, because the app
has ended.
"""

from __future__ import annotations

import io
import logging
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from model.common.child_process import prefer_as_oom_victim
from model.reading.limits import NICE_LEVEL, OOM_SCORE, limit_memory, limit_seconds

PARENT_INTERVAL_S = 0.5  # from one look whether the app is still there to the next

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """A file to read: `reader(*arguments)`, with this many seconds to compute."""

    reader: Callable[..., Any]
    arguments: tuple[Any, ...]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What came of it: a value, or an error that the reader has raised."""

    value: Any = None
    error: Exception | None = None


def serve(tasks: BinaryIO, outcomes: BinaryIO) -> None:
    """Say that it is ready, and read what is asked for until the connection ends or the memory does not suffice."""
    _answer(outcomes, Outcome())
    while True:
        try:
            task = pickle.load(tasks)
        except MemoryError:  # the rest of the file is still in the pipe
            _answer(outcomes, Outcome(error=MemoryError()))
            return
        except (EOFError, OSError, pickle.UnpicklingError):
            return
        outcome = _read(task)
        del task
        try:
            _answer(outcomes, outcome)
        except OSError:
            return
        if isinstance(outcome.error, MemoryError):
            return


def _read(task: Task) -> Outcome:
    limit_seconds(task.seconds)
    try:
        return Outcome(task.reader(*task.arguments))
    except MemoryError:
        return Outcome(error=MemoryError())
    except (ValueError, OSError) as error:
        return Outcome(error=_plain(error))
    except Exception as error:  # the reader has a fault: that is for the log, and the app lives
        logger.exception("a reader failed")
        return Outcome(error=ValueError(f"its content makes no sense ({type(error).__name__})"))


def _plain(error: Exception) -> Exception:
    """The error if it survives the way through a pipe; otherwise a plain one with its message."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return ValueError(str(error))
    error.__traceback__ = None
    return error


def _answer(outcomes: BinaryIO, outcome: Outcome) -> None:
    content = io.BytesIO()
    try:
        pickle.dump(outcome, content)
    except MemoryError:
        content = io.BytesIO(pickle.dumps(Outcome(error=MemoryError())))
    outcomes.write(content.getbuffer())
    outcomes.flush()


def _watch(app: int) -> None:
    """End with the app, also in the midst of a file."""
    while os.getppid() == app:
        time.sleep(PARENT_INTERVAL_S)
    os._exit(1)


def main() -> None:
    """Serve the app that has started this process."""
    app, memory = map(int, sys.argv[1:])
    # What a library prints must not get between the outcomes.
    outcomes = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    prefer_as_oom_victim(OOM_SCORE)
    if sys.platform != "win32":  # there the parent of a process stays its parent, and the pipe's end suffices
        with suppress(OSError):
            os.nice(NICE_LEVEL)
        threading.Thread(target=_watch, args=(app,), daemon=True).start()
    limit_memory(memory)
    import model.ink.photo
    import model.reading.uploads  # ahead of the first file, so that nobody waits for it  # noqa: F401

    serve(sys.stdin.buffer, outcomes)
