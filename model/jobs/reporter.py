"""The reporter collects what is new in a run, and sends it to the app a few times a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from model.common import disk
from model.config import TrainingConfig
from model.jobs.job_files import JobFiles
from model.jobs.protocol import JobStatus, ProbePrediction, ProgressReport, RunProgress, SnapshotRef
from model.jobs.snapshot_store import SnapshotStore
from model.training import Trainer
from model.training.checkpoint import Scores
from model.training.diagnostics import Diagnostics
from model.training.history import ConfigChange, HistoryPoint

REPORT_INTERVAL_S = 0.1
WEIGHTS_INTERVAL_S = 0.4  # between two writes of the network; of a large one there is more time between them
MAX_BYTES_PER_S = 2e7


class Reporter:
    """Sends the reports of one run, and writes its network to its folder."""

    def __init__(
        self,
        trainer: Trainer,
        files: JobFiles,
        snapshots: SnapshotStore,
        send: Callable[[ProgressReport], None],
        clock: Callable[[], float],
        weights_version: int,
    ) -> None:
        self._trainer, self._files, self._snapshots = trainer, files, snapshots
        self._send, self._clock = send, clock
        self._weights_version = weights_version
        self._next_report = self._next_weights = 0.0
        self._reported_snapshots: list[SnapshotRef] | None = None
        self._disk_problem = ""
        self._clear()

    def _clear(self) -> None:
        """Begin the next report, in which nothing is new yet."""
        self._points: list[HistoryPoint] = []
        self._changes: list[ConfigChange] = []
        self._probe_predictions: list[ProbePrediction] = []
        self._diagnostics: Diagnostics | None = None
        self._config: TrainingConfig | None = None
        self._commands_handled = 0

    # -- What is new ----------------------------------------------------------------------------------------

    def add_point(self, *, is_validated: bool = False) -> None:
        """Add the present step to the learning curves; `is_validated` if the network was just measured there."""
        point = HistoryPoint.of(self._trainer.report())
        if is_validated:
            loss, accuracy = self._trainer.validation
            point = point._replace(validation_loss=loss, validation_accuracy=accuracy)
        self._points.append(point)

    def add_change(self, values: dict[str, Any]) -> None:
        """Add a change of settings."""
        self._changes.append(ConfigChange(self._epoch, self._trainer.step, values))

    def add_config(self) -> None:
        """Report the settings as they are now."""
        self._config = self._trainer.config

    def add_diagnostics(self, diagnostics: Diagnostics) -> None:
        """Report the newest diagnostics."""
        self._diagnostics = diagnostics

    def add_probe_prediction(self, image: bytes) -> None:
        """Add the network's prediction for the probe image."""
        probabilities = self._trainer.network.predict_proba(np.frombuffer(image, np.uint8).reshape(1, -1))[0]
        self._probe_predictions.append(ProbePrediction(self._epoch, tuple(probabilities.tolist())))

    def forget_probe_predictions(self) -> None:
        """Drop those that are not reported yet: they are of another image."""
        self._probe_predictions = []

    def count_command(self) -> None:
        """Count a command that was handled."""
        self._commands_handled += 1

    @property
    def _epoch(self) -> float:
        return self._trainer.fraction * self._trainer.config.epochs

    # -- Reports --------------------------------------------------------------------------------------------

    @property
    def is_due(self) -> bool:
        """Whether it is time for the next report."""
        return self._clock() >= self._next_report

    def save_network(self) -> bool:
        """Write the network; return whether that was possible. If it was not, the next report says why."""
        try:
            self._files.write_network(self._trainer.network)
        except OSError as error:
            self._disk_problem = f"{disk.describe(self._files.folder, error)}. The network can't be saved meanwhile."
            return False
        self._weights_version += 1
        self._disk_problem = ""
        return True

    def report(self, status: JobStatus, *, weights: bool | None = None, scores: Scores | None = None) -> None:
        """Send what is new. The network is written if it is time to, or as `weights` says."""
        trainer = self._trainer
        write = self._clock() >= self._next_weights if weights is None else weights
        training = trainer.report()
        if write:
            self.save_network()
        progress = RunProgress(
            status=status,
            message=self._disk_problem or trainer.message,
            epochs=trainer.config.epochs,
            fraction=trainer.fraction,
            seconds=trainer.seconds,
            seconds_left=training.seconds_left,
            images_per_second=training.images_per_second,
            weights_version=self._weights_version,
            scores=scores or {},
        )
        snapshots = list(self._snapshots.refs)
        self._send(
            ProgressReport(
                progress,
                points=self._points,
                changes=self._changes,
                probe_predictions=self._probe_predictions,
                diagnostics=self._diagnostics,
                snapshots=None if snapshots == self._reported_snapshots else snapshots,
                config=self._config,
                commands_handled=self._commands_handled,
            )
        )
        self._reported_snapshots = snapshots
        self._clear()
        now = self._clock()
        self._next_report = now + REPORT_INTERVAL_S
        if write:
            self._next_weights = now + max(WEIGHTS_INTERVAL_S, trainer.network.mlp.parameters.nbytes / MAX_BYTES_PER_S)
