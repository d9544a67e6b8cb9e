"""What the commands share: the two consoles, tables, and bars that show how far a download or a training run is."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from model import data
from model.training.history import Progress

stderr, stdout = Console(stderr=True), Console()

as_json_option = click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")

PERCENTAGES = (
    "accuracy",
    "validation_accuracy",
    "test_accuracy",
    "precision",
    "recall",
    "f1",
    "expected_calibration_error",
)


def finite(value: float | None) -> float | None:
    """Return the number if it is finite, else None: JSON has no NaN and no infinity."""
    return value if value is not None and math.isfinite(value) else None


def value_table(values: dict[str, Any]) -> Table:
    """Lay out names and values in two columns."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(overflow="fold")  # of a long path, all is shown
    for name, value in values.items():
        shown = f"{value:.2%}" if isinstance(value, float) and name in PERCENTAGES else value
        grid.add_row(name.replace("_", " "), escape(f"{shown:.4g}" if isinstance(shown, float) else str(shown)))
    return grid


def load_dataset(source: str, turn: str | None = None) -> data.Dataset:
    """Load a data set by name or path, with a bar while it is downloaded, and print its notes.

    Args:
        source: the name or the path.
        turn: how to turn its images, one of data.TURNS.
    """
    columns = (
        TextColumn("fetching {task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with ProgressBar(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        task = bar.add_task(source, total=None, visible=False)
        dataset = data.load(source, lambda done, total: bar.update(task, completed=done, total=total, visible=True))
    if turn:
        dataset = data.turned(dataset, turn)
    print_notes(dataset.notes)
    return dataset


def print_notes(notes: Iterable[str]) -> None:
    """Print what is to be said of the data beside the result, on stderr."""
    for note in notes:
        stderr.print(f"note: {note}", style="yellow", markup=False, highlight=False, soft_wrap=True)


def print_error(message: str) -> None:
    """Print what is wrong with the input as one line on stderr."""
    print("error: " + " ".join(message.split()), file=sys.stderr)


@contextmanager
def training_bar() -> Iterator[Callable[[Progress], None]]:
    """Show the progress of a training run as a bar; now and then a line stays above it."""
    columns = (
        TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
        BarColumn(bar_width=8),  # all of it fits 80 columns
        TextColumn("{task.fields[state]}"),
    )
    with ProgressBar(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        task = bar.add_task("", total=1.0, epoch=0, epochs=0, state="")

        def show(progress: Progress) -> None:
            left = f"{progress.seconds_left:.0f} s left" if progress.step else "starting"
            state = f"loss {progress.epoch_loss:.4f}  accuracy {progress.epoch_accuracy:.2%}"
            state += f"  {progress.images_per_second:,.0f} images/s  {left}"
            bar.update(task, completed=progress.fraction, epoch=progress.epoch, epochs=progress.epochs, state=state)
            lasting = max(1, progress.epochs // 20)
            if progress.epoch_ended and (progress.epoch % lasting == 0 or progress.epoch == 1):
                bar.console.print(f"epoch {progress.epoch:>5}  {scores_line(progress)}", highlight=False)

        yield show


def scores_line(progress: Progress) -> str:
    """Write the scores of an epoch in one line."""
    line = f"loss {progress.epoch_loss:.4f}  accuracy {progress.epoch_accuracy:.2%}"
    if progress.validation_accuracy is not None:
        line += f"  validation {progress.validation_accuracy:.2%}"
    if progress.step == progress.epoch:  # full batch: publications of it give the cost in another unit too
        line += f"  cost per output {progress.cost_per_output:.6f}"
    return line
