"""A resume checkpoint: the snapshot in the cache from which an interrupted training run goes on.

Each run has its own file there, found again by its settings and its images, and removed when the run ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from model.common.atomic_file import atomic_write
from model.config import TrainingConfig
from model.data import Dataset, cache
from model.ink import Drawing
from model.training.history import Progress
from model.training.snapshot import Snapshot

SAVE_INTERVAL_S = 30.0  # of training; a shorter run is never saved
MAX_FILES = 5  # of more interrupted runs, the newest are kept


class ResumeCheckpoint:
    """The place in the cache for a run of these settings on a data set, and on ink if there is any.

    Attributes:
        path: The file.
        epoch: The epoch that was saved last; 0 before the first save.
    """

    def __init__(
        self,
        config: TrainingConfig,
        dataset: Dataset,
        ink: Sequence[Drawing] = (),
        ancestors: Sequence[str] = (),
    ) -> None:
        """Find the place of a run; `ancestors` are the checksums of the networks that it learns from."""
        self.path = cache.home() / "unfinished" / f"{_digest(config, dataset, ink, ancestors)}.npz"
        self.epoch = 0
        self._seconds: float | None = None

    def find(self) -> Snapshot | None:
        """Read the snapshot of the interrupted run; None if there is none.

        Raises:
            ValueError: The file is damaged, or it is another kind of file.
        """
        return Snapshot.read(self.path) if self.path.exists() else None

    def when(self) -> datetime:
        """Return when it was saved, by the local clock."""
        return datetime.fromtimestamp(self.path.stat().st_mtime)

    def keep(self, progress: Progress, points: Sequence[dict[str, Any]]) -> None:
        """Save the state and the learning curve so far if it is time to; call it with each progress.

        Raises:
            OSError: The file can't be written.
        """
        if self._seconds is None:  # the first: the run begins here, at 0 or where it was interrupted
            self.epoch, self._seconds = progress.epoch, progress.seconds
        if progress.snapshot is None or progress.status != "running":
            return
        if progress.seconds - self._seconds < SAVE_INTERVAL_S:
            return
        self._write(replace(progress.snapshot(), points=points))
        self.epoch, self._seconds = progress.epoch, progress.seconds

    def remove(self) -> None:
        """Remove the file, if there is one."""
        with suppress(OSError):
            self.path.unlink()

    def _write(self, snapshot: Snapshot) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(self.path, durable=True) as file:
            snapshot.write(file)
        for old in sorted(self.path.parent.iterdir(), key=_written)[:-MAX_FILES]:
            old.unlink(missing_ok=True)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process was quicker
        return 0.0


def _digest(config: TrainingConfig, dataset: Dataset, ink: Sequence[Drawing], ancestors: Sequence[str]) -> str:
    """Digest what decides a run: its settings, the networks that it learns from, the images, labels and drawings."""
    digest = hashlib.sha256("\n".join((config.model_dump_json(), *ancestors)).encode())

    def add(array: np.ndarray) -> None:
        digest.update(repr(array.shape).encode())
        digest.update(np.ascontiguousarray(array).data)

    add(dataset.images)
    add(dataset.labels)
    for drawing in ink:
        digest.update(repr((drawing.label, drawing.writer, drawing.pen, len(drawing.strokes))).encode())
        for stroke in drawing.strokes:
            add(stroke)
    return digest.hexdigest()[:32]
