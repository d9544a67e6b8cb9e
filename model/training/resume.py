"""An unfinished training is kept in the cache from time to time, so that an interrupted one can go on where it was.

Each training has a file of its own there, found again by its config and its images, and removed when it has ended.
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

SAVE_INTERVAL_S = 30.0  # of training; shorter ones are never kept
MAX_FILES = 5  # kept at most: of more trainings, those that were interrupted last


class ResumeCheckpoint:
    """The place in the cache for the training of a config on a data set, and on ink if any.

    `epoch` is the one that was kept last, 0 if none was.
    """

    def __init__(self, config: TrainingConfig, dataset: Dataset, ink: Sequence[Drawing] = ()) -> None:
        self.path = cache.home() / "unfinished" / f"{_digest(config, dataset, ink)}.npz"
        self.epoch = 0
        self._seconds: float | None = None

    def find(self) -> Snapshot | None:
        """What is kept of the training, None if nothing is. Raises ValueError: the file is damaged, or another one."""
        return Snapshot.read(self.path) if self.path.exists() else None

    def when(self) -> datetime:
        """When it was kept, by the local clock."""
        return datetime.fromtimestamp(self.path.stat().st_mtime)

    def keep(self, progress: Progress, points: Sequence[dict[str, Any]]) -> None:
        """Be told each progress, and the learning curve so far: keep them, if it is time to.

        Raises:
            OSError: the file can't be written.
        """
        if self._seconds is None:  # the first: it begins here, at 0 or where it was interrupted
            self.epoch, self._seconds = progress.epoch, progress.seconds
        if progress.snapshot is None or progress.status != "running":
            return
        if progress.seconds - self._seconds < SAVE_INTERVAL_S:
            return
        self._write(replace(progress.snapshot(), points=points))
        self.epoch, self._seconds = progress.epoch, progress.seconds

    def remove(self) -> None:
        """Forget the training, if it was kept."""
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


def _digest(config: TrainingConfig, dataset: Dataset, ink: Sequence[Drawing]) -> str:
    """Equal for trainings that do the same: of one config, on the same images, labels and drawings."""
    digest = hashlib.sha256(config.model_dump_json().encode())

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
