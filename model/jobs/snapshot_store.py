"""A keeper takes snapshots of a training on the way, so that one can look back, and branch off from there.

They lie as files in the training's folder: few enough for the disk, spread over the whole of the training.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from model.common.atomic_file import atomic_write
from model.jobs.protocol import SnapshotRef
from model.training import Trainer
from model.training.snapshot import Snapshot

MAX_SNAPSHOTS = 60  # snapshots of a training
MAX_BYTES = 96e6  # of all of them together
MIN_FREE_BYTES = 1e9  # that are left to others on the disk
MIN_INTERVAL_S = 0.1
MAX_TIME_SHARE = 0.03  # the share of the time that it takes at most


class SnapshotStore:
    """The snapshots of one training; `kept` are there already, the oldest first, of its first `seconds`."""

    def __init__(self, folder: Path, kept: Sequence[SnapshotRef] = (), seconds: float = 0.0) -> None:
        self.kept = list(kept)
        self._folder = folder
        self._next = 0.0  # by the clock
        self._gap = max(MIN_INTERVAL_S, seconds / len(kept)) if len(kept) > 1 else MIN_INTERVAL_S

    def keep(self, training: Trainer, *, at_once: bool = False) -> bool:
        """Take a snapshot if it is time to, or `at_once`; whether one was taken."""
        if not training.can_go_on or (self.kept and self.kept[-1].step == training.step):
            return False
        if not at_once and time.monotonic() < self._next:
            return False
        began = time.monotonic()
        limit = min(MAX_SNAPSHOTS, int(MAX_BYTES / training.snapshot_bytes))
        if limit < 2 or shutil.disk_usage(self._folder).free < MIN_FREE_BYTES:
            self._next = float("inf")
            return False
        name = f"{training.step}.npz"
        write_snapshot(training.snapshot(), self._folder / name)
        self.kept.append(SnapshotRef(training.fraction * training.config.epochs, training.step, name))
        if len(self.kept) > limit:
            self._thin()
        now = time.monotonic()
        self._next = now + max(self._gap, (now - began) / MAX_TIME_SHARE)
        return True

    def _thin(self) -> None:
        """Give up every second one, but not the first nor the last; from now on they are taken half as often."""
        gone = self.kept[1:-1:2]
        self.kept = [one for one in self.kept if one not in gone]
        self._gap *= 2
        for one in gone:
            (self._folder / one.file).unlink(missing_ok=True)


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot to a file that is there only once it is whole."""
    with atomic_write(path) as file:
        snapshot.write(file)
