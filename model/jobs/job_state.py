"""A job's state is everything that a page shows of a run at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from model.common.downsampling import downsampled
from model.jobs.protocol import ProbePrediction, ProgressReport, RunProgress, SnapshotRef
from model.training.diagnostics import NEVER, Diagnostics
from model.training.history import ConfigChange, HistoryPoint

MAX_POINTS = 3000  # of a curve: beyond that, about every second one is dropped
MAX_DIAGNOSTICS = MAX_PROBE_PREDICTIONS = 600
NO_PREDICTIONS = np.empty(0, np.uint8)


@dataclass(frozen=True)
class JobState(RunProgress):
    """A run's progress, and its history so far. The lists are never changed: a report makes a new state."""

    points: list[HistoryPoint] = field(default_factory=list)
    changes: list[ConfigChange] = field(default_factory=list)  # of settings, made during the run
    snapshots: list[SnapshotRef] = field(default_factory=list)  # that still exist, the oldest first
    diagnostics: list[Diagnostics] = field(default_factory=list)  # only the newest has its predictions
    probe_predictions: list[ProbePrediction] = field(default_factory=list)
    queue_position: int = 0  # 1 is next, 0 is not in the queue

    @property
    def is_live(self) -> bool:
        """Whether the run has not ended yet."""
        return self.status.is_live

    def before(self, snapshot: SnapshotRef) -> JobState:
        """Return the part of the history that led to a snapshot."""
        return JobState(
            points=[point for point in self.points if point.step <= snapshot.step],
            changes=[change for change in self.changes if change.step <= snapshot.step],
            snapshots=[one for one in self.snapshots if one.step <= snapshot.step],
        )

    def has_snapshot_since(self, epoch: float) -> bool:
        """Tell whether there is a snapshot of that epoch or a later one."""
        return bool(self.snapshots) and self.snapshots[-1].epoch >= epoch

    def with_report(self, report: ProgressReport) -> JobState:
        """Return the state after a worker's report."""
        diagnostics = self.diagnostics
        if report.diagnostics:
            earlier = [*_halved(diagnostics[:-1], MAX_DIAGNOSTICS), *diagnostics[-1:]]
            earlier[-1:] = [one._replace(predictions=NO_PREDICTIONS, last_flip_step=NEVER) for one in earlier[-1:]]
            diagnostics = [*earlier, report.diagnostics]
        return replace(
            self,
            **vars(report.progress),
            points=_thinned(self.points + report.points),
            changes=self.changes + report.changes,
            snapshots=self.snapshots if report.snapshots is None else report.snapshots,
            diagnostics=diagnostics,
            probe_predictions=_halved(self.probe_predictions + report.probe_predictions, MAX_PROBE_PREDICTIONS),
        )


def _thinned(points: list[HistoryPoint]) -> list[HistoryPoint]:
    """Drop about half of the points if there are too many: not the peaks of the loss, nor the measured validation."""
    if len(points) <= MAX_POINTS:
        return points
    kept = set(downsampled([point.loss for point in points], MAX_POINTS // 2).tolist())
    return [point for index, point in enumerate(points) if index in kept or point.validation_loss is not None]


def _halved(points: Sequence[Any], limit: int) -> list[Any]:
    """Drop every second one if there are too many."""
    return list(points) if len(points) <= limit else list(points[::2])
