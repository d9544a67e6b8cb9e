"""The observer of a run: it keeps what a diagnosis needs, for a run that nobody else inspects on the way."""

from __future__ import annotations

from collections.abc import Sequence

from model.data import Dataset
from model.training.diagnosis import diagnose
from model.training.diagnostics import Diagnostics, inspect_network, layer_norms
from model.training.evidence import RunImages
from model.training.finding import Finding
from model.training.history import HistoryPoint, Progress
from model.training.trainer import Trainer

MEASURED_STEPS = 20  # of a whole run: each costs as much as a second step


class RunObserver:
    """Keeps the learning curve of a run, and measures some of its steps. The run is the same with and without it.

    Args:
        trainer: The one that trains.
        data: What it trains on.
        earlier: The curve up to where the trainer was restored, if it goes on with an interrupted run.
    """

    def __init__(self, trainer: Trainer, data: Dataset, earlier: Sequence[HistoryPoint] = ()) -> None:
        self._trainer = trainer
        self._images = RunImages.of(trainer.config, data)
        self._points = list(earlier)
        self._diagnostics: list[Diagnostics] = []
        self._measured = int(MEASURED_STEPS * trainer.fraction)

    def observe(self, progress: Progress) -> None:
        """Take in each Progress of the run, before the next one is asked for."""
        trainer = self._trainer
        self._points.append(HistoryPoint.of(progress))
        if trainer.gradient_step.norms:
            self._diagnostics.append(self._inspect())
            trainer.gradient_step.norms = None
        if progress.step and (reached := int(MEASURED_STEPS * progress.fraction)) > self._measured:
            trainer.measure_next_step, self._measured = True, reached

    def diagnose(self, status: str) -> list[Finding]:
        """Diagnose the run as it is now."""
        latest = [self._inspect()] if self._trainer.step else []
        return diagnose(
            self._points, self._trainer.config, self._images, diagnostics=[*self._diagnostics, *latest], status=status
        )

    def _inspect(self) -> Diagnostics:
        trainer = self._trainer
        norms = trainer.gradient_step.norms
        dead, predictions = inspect_network(trainer.mlp, trainer.split.sample_images)
        return Diagnostics(
            epoch=trainer.fraction * trainer.config.epochs,
            step=trainer.step,
            weights=layer_norms(trainer.mlp.layers),
            gradients=norms.gradients if norms else (),
            updates=norms.updates if norms else (),
            dead=dead,
            predictions=predictions,
        )
