"""How far a study is, as those who work at it say: in words, and in a file for those who look on."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from model.common.atomic_file import atomic_write
from model.experiments.study_view import StudyState, Values

WRITE_SECONDS = 0.5  # from one writing of the status file to the next


@dataclass(frozen=True)
class StudyProgress:
    """A study at one moment.

    Attributes:
        state: Whether it goes on.
        ended: How many trials have come to an end.
        target: How many there are to be.
        running: How many are being computed here.
        workers: How many can be computed here at once.
        best: The number of the best trial, and what it reached.
        seconds_left: How long it will still take, if that can be told.
        message: What there is to say.
    """

    state: StudyState = "running"
    ended: int = 0
    target: int = 0
    running: int = 0
    workers: int = 0
    best: tuple[int, Values] | None = None
    seconds_left: float | None = None
    message: str = ""

    def changed(self, **values: object) -> StudyProgress:
        """Return it with other values."""
        return replace(self, **values)  # type: ignore[arg-type]

    def write(self, path: Path) -> None:
        """Write it to a file.

        Raises:
            OSError: The file can't be written.
        """
        with atomic_write(path) as file:
            file.write(json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, path: Path) -> StudyProgress | None:
        """Read what was written; None if nothing was."""
        try:
            values = json.loads(path.read_text())
            best = values.pop("best", None)
            return cls(**values, best=(best[0], tuple(best[1])) if best else None)
        except (OSError, ValueError, TypeError):
            return None


class StatusFile:
    """Where those who look on find how far an engine is: written seldom, unless there is something new to say."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = StudyProgress()
        self._when = -math.inf

    def update(self, progress: StudyProgress) -> None:
        """Write how far it is, if it is time to.

        Raises:
            OSError: The file can't be written.
        """
        is_urgent = (progress.state, progress.message) != (self._written.state, self._written.message)
        if progress != self._written and (is_urgent or time.monotonic() - self._when > WRITE_SECONDS):
            progress.write(self._path)
            self._written, self._when = progress, time.monotonic()

    def remove(self) -> None:
        """Take it away: the engine is gone."""
        self._path.unlink(missing_ok=True)


Observer = Callable[[StudyProgress], None]
