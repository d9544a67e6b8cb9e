"""The first Ctrl-C asks a command to stop after its present step; a second one ends it at once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from model.cli.console import stderr


@dataclass
class Interruption:
    """Whether a command was asked to stop, and how."""

    number: int | None = None  # of the signal

    @property
    def has_come(self) -> bool:
        """Whether it was."""
        return self.number is not None

    @property
    def exit_code(self) -> int:
        """What a command ends with that has kept what it did so far: 143 after SIGTERM, as a shell counts, else 0."""
        return 128 + signal.SIGTERM if self.number == signal.SIGTERM else 0


@contextmanager
def interruption(message: str = "Stopping after this step; Ctrl-C again to give up.") -> Iterator[Interruption]:
    """Give an object that learns of the first Ctrl-C (or SIGTERM), and print the message; a second one interrupts."""
    found = Interruption()

    def note(number: int, _frame: object) -> None:
        found.number = number
        restore_handlers()
        stderr.print(message, style="yellow", soft_wrap=True)

    def restore_handlers() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield found
    finally:
        restore_handlers()
