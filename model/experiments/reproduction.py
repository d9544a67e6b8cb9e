"""A reproduction trains a published network anew and holds what it reaches against what was published of it.

Each published figure has its band, and a figure in it counts as the same; the others are shown for comparison alone.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from model.common import machine
from model.config import TrainingConfig
from model.data import Dataset
from model.inference.evaluation import Evaluation, evaluate
from model.presets import PRESETS, Figure, Preset, format_duration, format_measure, preset
from model.training import train
from model.training.checkpoint import WEIGHTS
from model.training.history import Progress
from tools import readme

KEPT = WEIGHTS / "published.json"  # what was reached last
README = Path(__file__).parents[2] / "README.md"
PART = "published"  # of the README
COLUMNS = ("figure", "published", "reached", "band", "within")

Show = Callable[[Progress], None]
Result = dict[str, Any]  # plain values, as JSON has them


@dataclass(frozen=True)
class Outcome:
    """What a training came to: its Progress at the end of each epoch, and its network's answers to the test part."""

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
    """The recipes of these names, or all that have published figures if none is named.

    Raises:
        ValueError: there is no such recipe, or nothing was published of it.
    """
    known = [name for name, recipe in PRESETS.items() if recipe.figures]
    for name in names:
        if not preset(name).figures:
            raise ValueError(f"--run needs recipes with published figures: {', '.join(known)}; got {name}")
    return {name: PRESETS[name] for name in names or known}


def reproduce(recipe: Preset, dataset: Dataset, show: Show) -> Result:
    """Train by a recipe, with each Progress shown, and compare; the test part is looked at when the training is over.

    A training that diverged has reached nothing.
    """
    curve = []
    for progress in train(recipe.config, dataset):
        show(progress)
        if progress.epoch_ended:
            curve.append(progress)
    outcome = None
    if progress.status != "diverged":
        outcome = Outcome(curve, evaluate(progress.network, dataset.test_images, dataset.test_labels))
    rows = [compare(figure, recipe, outcome) for figure in recipe.figures]
    result: Result = {
        "date": datetime.date.today().isoformat(),
        "machine": machine.describe({"numpy": "NumPy"}),
        "status": progress.status,
        "epochs": progress.epoch,
        "seconds": round(progress.seconds, 3),
        "figures": rows,
        "within": all(row["within"] is not False for row in rows),
    }
    if recipe.mini_batches and outcome:
        result["mini_batches"] = race(recipe.mini_batches, dataset, outcome.test.accuracy, progress.seconds, show)
    return result


def compare(figure: Figure, recipe: Preset, outcome: Outcome | None) -> Result:
    """A published figure beside what was reached (nothing, without an outcome)."""
    reached = MEASURES[figure.measure](outcome, figure.epoch or 0) if outcome else None
    label = LABELS.get(figure.measure, figure.measure.replace("_", " "))
    if figure.epoch is not None:
        label += f" at iteration {figure.epoch}" if recipe.config.batch_size == 0 else f" after epoch {figure.epoch}"
    return {"label": label, **asdict(figure), "reached": reached, "within": figure.holds(reached)}


def race(config: TrainingConfig, dataset: Dataset, goal: float, seconds: float, show: Show) -> Result:
    """How long a training takes until it reaches a test accuracy that another one took `seconds` for.

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


# ---------------------------------------------------------------------------------------- what is kept of it


def kept() -> dict[str, Result]:
    """What was reached last, by the recipes' names.

    Raises:
        ValueError: the file holds something else.
    """
    try:
        found = json.loads(KEPT.read_text()) if KEPT.is_file() else {}
        return {name: found[name] for name in PRESETS if name in found}
    except (ValueError, TypeError):
        raise ValueError(
            f"{KEPT.name}: expected the results that --write keeps; got something else; remove it"
        ) from None


def check() -> None:
    """See that results can be kept, before a training of half an hour.

    Raises:
        ValueError: the kept results or the README are not as they must be.
        OSError: there is no README.
    """
    readme.replaced(README.read_text(), PART, markdown(kept()))


def keep(results: Mapping[str, Result]) -> None:
    """Keep new results beside those of other recipes, and show them all in the README."""
    together = {**kept(), **results}
    ordered = {name: together[name] for name in PRESETS if name in together}
    KEPT.write_text(json.dumps(ordered, indent=1) + "\n")
    readme.write(PART, markdown(ordered), README)


# ---------------------------------------------------------------------------------------- how people read it


def cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A row of the table, a text for each of COLUMNS."""
    figure = Figure(**{field.name: row[field.name] for field in fields(Figure)})
    reached = "–" if row["reached"] is None else format_measure(figure.measure, row["reached"])
    return row["label"], str(figure), reached, band(figure), {True: "yes", False: "no", None: ""}[row["within"]]


def band(figure: Figure) -> str:
    """From where to where what is reached counts as the same."""
    if figure.lowest is None:
        return "" if figure.highest is None else f"at most {format_measure(figure.measure, figure.highest)}"
    lowest = format_measure(figure.measure, figure.lowest)
    return (
        f"at least {lowest}"
        if figure.highest is None
        else f"{lowest} to {format_measure(figure.measure, figure.highest)}"
    )


def sentences(name: str, result: Mapping[str, Any]) -> Iterator[str]:
    """What is to be said of a result beside its figures."""
    if result["status"] == "diverged":
        yield f"{name} diverged in epoch {result['epochs']}: its loss was no longer a finite number."
    if found := result.get("mini_batches"):
        goal, accuracy = (format_measure("test_accuracy", found[key]) for key in ("goal", "test_accuracy"))
        share = format_measure("ratio", found["ratio"], decimals=1)
        when = f"after {found['epochs']} epochs ({accuracy}) and {format_duration(found['seconds'])}"
        there = f"is there {when}, {share} of the time" if found["reached"] else f"was not there {when}"
        yield (
            f"{name}: {result['epochs']:,} steps on all images at once reach a test accuracy of {goal} in "
            f"{format_duration(result['seconds'])}. The same network trained in mini-batches of {found['batch_size']} "
            f"(rate {found['learning_rate']:g}) {there}. To stop there, the test images are read after each epoch; "
            "that chooses nothing, for it is the very quantity compared."
        )


def markdown(results: Mapping[str, Result]) -> str:
    """The README's part: the table, what is to be said beside it, and where it was measured."""
    notes = [note for name, result in results.items() for note in sentences(f"`{name}`", result)]
    return "\n".join([*table_lines(results), "", *(f"- {note}" for note in (*notes, *places(results)))])


def table_lines(results: Mapping[str, Result]) -> Iterator[str]:
    """The table in Markdown, a line each; a recipe's name and time stand in its first row."""
    yield f"| recipe | training took | {' | '.join(COLUMNS)} |"
    yield "|---|---:|---|---:|---:|---|---|"
    for name, result in results.items():
        head = (f"`{name}`", format_duration(result["seconds"]))
        for row in result["figures"]:
            yield f"| {' | '.join((*head, *cells(row)))} |"
            head = ("", "")


def places(results: Mapping[str, Result]) -> Iterator[str]:
    """When and on which machine each was trained, a sentence for those that share both."""
    found: dict[str, list[str]] = {}
    for name, result in results.items():
        place = f"on {result['date']} on {machine.phrase(result['machine'])}"
        found.setdefault(place, []).append(f"`{name}`")
    for place, names in found.items():
        yield f"{', '.join(names)}: trained {place}."
