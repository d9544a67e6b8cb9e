"""The first Ctrl-C asks a command to stop after its present step; a second one ends it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from model.cli.console import stderr


@contextmanager
def interruption() -> Iterator[threading.Event]:
    """Give an event that the first Ctrl-C (or SIGTERM) sets; a second one interrupts as usual."""
    event = threading.Event()

    def set_event(*_: object) -> None:
        event.set()
        restore_handlers()
        stderr.print("Stopping after this step; Ctrl-C again to give up.", style="yellow")

    def restore_handlers() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, set_event) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event
    finally:
        restore_handlers()
