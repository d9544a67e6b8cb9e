"""A reproduction trains a published network anew and holds what it reaches against what was published of it.

Each published figure has its band, and a figure in it counts as the same; the others are shown for comparison alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from model.common import machine
from model.config import TrainingConfig
from model.data import Dataset
from model.inference.evaluation import Evaluation, evaluate
from model.presets import PRESETS, Preset, PublishedFigure, preset
from model.training import train
from model.training.history import Progress

Show = Callable[[Progress], None]
Result = dict[str, Any]  # plain values, as JSON has them


@dataclass(frozen=True)
class Outcome:
    """What a run came to: its Progress at the end of each epoch, and its network's answers to the test part."""

    curve: Sequence[Progress]
    test: Evaluation

    def at(self, epoch: int) -> Progress:
        """The state at an epoch's end. A batch is measured before its step, so epoch 0, full batch, is the first."""
        return self.curve[max(epoch, 1) - 1]

    @property
    def best(self) -> Progress:
        """The first epoch with the best validation accuracy."""
        return max(self.curve, key=lambda progress: progress.validation_accuracy or 0.0)


MEASURES: dict[str, Callable[[Outcome, int], float | None]] = {
    "accuracy": lambda outcome, epoch: outcome.at(epoch).epoch_accuracy,
    "cost_per_output": lambda outcome, epoch: outcome.at(epoch).cost_per_output,
    "validation_accuracy": lambda outcome, epoch: outcome.at(epoch).validation_accuracy,
    "best_validation_accuracy": lambda outcome, _: outcome.best.validation_accuracy,
    "seconds_to_best": lambda outcome, _: outcome.best.seconds,
    "test_accuracy": lambda outcome, _: outcome.test.accuracy,
    "precision": lambda outcome, _: outcome.test.precision,
    "recall": lambda outcome, _: outcome.test.recall,
    "f1": lambda outcome, _: outcome.test.f1,
}
LABELS = {"f1": "F1", "seconds_to_best": "time until the best"}  # of measures that are not called by their name


def published(names: Sequence[str]) -> dict[str, Preset]:
    """The presets of these names, or all that have published figures if none is named.

    Raises:
        ValueError: there is no such preset, or nothing was published of it.
    """
    known = [name for name, entry in PRESETS.items() if entry.figures]
    for name in names:
        if not preset(name).figures:
            raise ValueError(f"--run needs presets with published figures: {', '.join(known)}; got {name}")
    return {name: PRESETS[name] for name in names or known}


def reproduce(entry: Preset, dataset: Dataset, show: Show) -> Result:
    """Train a preset, with each Progress shown, and compare; the test part is looked at once, at the end.

    A run that diverged has reached nothing.
    """
    curve = []
    for progress in train(entry.config, dataset):
        show(progress)
        if progress.epoch_ended:
            curve.append(progress)
    outcome = None
    if progress.status != "diverged":
        outcome = Outcome(curve, evaluate(progress.network, dataset.test_images, dataset.test_labels))
    rows = [compare(figure, entry, outcome) for figure in entry.figures]
    result: Result = {
        "date": datetime.date.today().isoformat(),
        "machine": machine.describe({"numpy": "NumPy"}),
        "status": progress.status,
        "epochs": progress.epoch,
        "seconds": round(progress.seconds, 3),
        "figures": rows,
        "within": all(row["within"] is not False for row in rows),
    }
    if entry.mini_batches and outcome:
        result["mini_batches"] = race(entry.mini_batches, dataset, outcome.test.accuracy, progress.seconds, show)
    return result


def compare(figure: PublishedFigure, entry: Preset, outcome: Outcome | None) -> Result:
    """A published figure beside what was reached (nothing, without an outcome)."""
    reached = MEASURES[figure.measure](outcome, figure.epoch or 0) if outcome else None
    label = LABELS.get(figure.measure, figure.measure.replace("_", " "))
    if figure.epoch is not None:
        label += f" at iteration {figure.epoch}" if entry.config.batch_size == 0 else f" after epoch {figure.epoch}"
    return {"label": label, **asdict(figure), "reached": reached, "within": figure.holds(reached)}


def race(config: TrainingConfig, dataset: Dataset, goal: float, seconds: float, show: Show) -> Result:
    """Measure how long a run takes to reach a test accuracy that another one took `seconds` for.

    The test part is read after each epoch to stop there. That chooses nothing: it is the quantity compared.
    """
    accuracy = 0.0
    for progress in train(config, dataset):
        show(progress)
        if progress.epoch_ended:
            accuracy = evaluate(progress.network, dataset.test_images, dataset.test_labels).accuracy
            if accuracy >= goal:
                break
    return {
        "batch_size": config.batch_size,
        "learning_rate": config.learning_rate,
        "goal": goal,
        "test_accuracy": accuracy,
        "reached": accuracy >= goal,
        "epochs": progress.epoch,
        "seconds": round(progress.seconds, 3),
        "ratio": progress.seconds / seconds,
    }
