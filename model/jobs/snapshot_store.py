"""The snapshot store saves snapshots of a run on the way, so that one can look back at them and fork there.

They are files in the run's folder: few enough for the disk, and spread over the whole run.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from model.common.atomic_file import atomic_write
from model.jobs.protocol import SnapshotRef
from model.training import Trainer
from model.training.snapshot import Snapshot

RETRY_S = 10.0  # after a snapshot for which there was no room


@dataclass(frozen=True)
class SnapshotLimits:
    """How many snapshots a run may save, and how often."""

    count: int = 60
    bytes: float = 96e6  # of all of them together
    free_bytes: float = 1e9  # that must remain on the disk
    interval: float = 0.1  # seconds between two of them
    time_share: float = 0.03  # of the run's time that they may cost


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot to a file that appears only when it is complete."""
    with atomic_write(path) as file:
        snapshot.write(file)


class SnapshotStore:
    """The snapshots of one run.

    Args:
        folder: The run's folder.
        refs: The snapshots that are there already, the oldest first.
        seconds: How long the run had trained when it saved the last of them.
        limits: How many and how often.
        clock: The time in seconds.
        write: Writes a snapshot to a path.
    """

    def __init__(
        self,
        folder: Path,
        refs: Sequence[SnapshotRef] = (),
        seconds: float = 0.0,
        *,
        limits: SnapshotLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        write: Callable[[Snapshot, Path], None] = write_snapshot,
    ) -> None:
        self.refs = list(refs)
        self._folder, self._clock, self._write = folder, clock, write
        self._limits = limits or SnapshotLimits()
        self._next_time = 0.0
        self._interval = max(self._limits.interval, seconds / len(refs) if len(refs) > 1 else 0.0)

    def save(self, trainer: Trainer, *, at_once: bool = False) -> bool:
        """Save a snapshot if it is time to, or `at_once`; return whether one was saved."""
        if not trainer.can_go_on or (self.refs and self.refs[-1].step == trainer.step):
            return False
        if not at_once and self._clock() < self._next_time:
            return False
        began = self._clock()
        most = min(self._limits.count, int(self._limits.bytes / trainer.snapshot_bytes))
        if most < 2:
            self._next_time = float("inf")
            return False
        if shutil.disk_usage(self._folder).free < self._limits.free_bytes:
            self._next_time = began + RETRY_S
            return False
        name = f"{trainer.step}.npz"
        try:
            self._write(trainer.snapshot(), self._folder / name)
        except OSError:  # the disk is full: the run goes on without
            self._next_time = self._clock() + RETRY_S
            return False
        self.refs.append(SnapshotRef(trainer.fraction * trainer.config.epochs, trainer.step, name))
        if len(self.refs) > most:
            self._thin()
        now = self._clock()
        self._next_time = now + max(self._interval, (now - began) / self._limits.time_share)
        return True

    def _thin(self) -> None:
        """Delete every second one, but not the first nor the last; from now on save half as often."""
        deleted = self.refs[1:-1:2]
        self.refs = [ref for ref in self.refs if ref not in deleted]
        self._interval *= 2
        for ref in deleted:
            with suppress(PermissionError):  # on Windows somebody may read it just now
                (self._folder / ref.file).unlink(missing_ok=True)
