"""A keeper takes snapshots of a training on the way, so that one can look back, and branch off from there.

They lie as files in the training's folder: few enough for the disk, spread over the whole of the training.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from model.messages import Kept
from model.snapshot import Snapshot
from model.training import Training

LIMIT = 60  # snapshots of a training
BYTES_LIMIT = 96e6  # of all of them together
BYTES_FREE = 1e9  # that are left to others on the disk
SECONDS_BETWEEN = 0.1
COST = 0.03  # the share of the time that it takes at most


class Keeper:
    """The snapshots of one training; `kept` are there already, the oldest first, of its first `seconds`."""

    def __init__(self, folder: Path, kept: Sequence[Kept] = (), seconds: float = 0.0) -> None:
        self.kept = list(kept)
        self._folder = folder
        self._next = 0.0  # by the clock
        self._gap = max(SECONDS_BETWEEN, seconds / len(kept)) if len(kept) > 1 else SECONDS_BETWEEN

    def keep(self, training: Training, *, at_once: bool = False) -> bool:
        """Take a snapshot if it is time to, or `at_once`; whether one was taken."""
        if not training.can_go_on or (self.kept and self.kept[-1].step == training.step):
            return False
        if not at_once and time.monotonic() < self._next:
            return False
        began = time.monotonic()
        limit = min(LIMIT, int(BYTES_LIMIT / training.snapshot_bytes))
        if limit < 2 or shutil.disk_usage(self._folder).free < BYTES_FREE:
            self._next = float("inf")
            return False
        name = f"{training.step}.npz"
        write(training.snapshot(), self._folder / name)
        self.kept.append(Kept(training.fraction * training.config.epochs, training.step, name))
        if len(self.kept) > limit:
            self._thin()
        now = time.monotonic()
        self._next = now + max(self._gap, (now - began) / COST)
        return True

    def _thin(self) -> None:
        """Give up every second one, but not the first nor the last; from now on they are taken half as often."""
        gone = self.kept[1:-1:2]
        self.kept = [one for one in self.kept if one not in gone]
        self._gap *= 2
        for one in gone:
            (self._folder / one.file).unlink(missing_ok=True)


def write(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot to a file that is there only once it is whole."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        snapshot.write(file)
    part.replace(path)
