"""What a study is told while it is at work: by a file in its folder, from the app or another terminal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from model.common.atomic_file import atomic_write

Command = Literal["run", "pause", "stop"]
COMMANDS = ("run", "pause", "stop")
FILE = "control.json"


@dataclass(frozen=True)
class Control:
    """Go on, begin no more trials, or end now so that it can go on later; and how many trials there shall be."""

    command: Command = "run"
    trials: int | None = None  # no fewer than before

    def write(self, folder: Path) -> None:
        """Tell the study of a folder.

        Raises:
            OSError: The file can't be written.
        """
        with atomic_write(folder / FILE) as file:
            file.write(json.dumps({"command": self.command, "trials": self.trials}).encode())

    @classmethod
    def read(cls, folder: Path) -> Control:
        """Return what a study was told last; a file that makes no sense says nothing."""
        try:
            values = json.loads((folder / FILE).read_text())
            command, trials = values.get("command", "run"), values.get("trials")
        except (OSError, ValueError, AttributeError):
            return cls()
        is_number = isinstance(trials, int) and 0 < trials <= 100_000
        return cls(command if command in COMMANDS else "run", trials if is_number else None)
