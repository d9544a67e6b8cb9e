"""How far a study is, as those who work at it say: in words, and in a file for those who look on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from model.common.atomic_file import atomic_write
from model.experiments.study_view import StudyState, Values


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


Observer = Callable[[StudyProgress], None]
