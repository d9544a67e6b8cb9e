"""The command line: train, evaluate, classify and presets, over the same library that the app uses.

Results go to stdout, progress to stderr; with --json the last line of stdout is one JSON object. Bad input ends
with one line on stderr and exit code 2.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from model import checkpoint, data
from model.config import TrainingConfig, options
from model.presets import PRESETS, preset
from model.progress import Progress as Training
from model.training import train

screen, answers = Console(stderr=True), Console()
INTERRUPTED = Path("interrupted.safetensors")  # where a stopped training goes if no other place was named

as_json = click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
weights_option = click.option(
    "--weights",
    type=click.Path(path_type=Path),
    default=checkpoint.DEFAULT_WEIGHTS,
    help="The network's file; by default the one that the Draw page starts with.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Inkling: a neural network in NumPy that learns to read handwriting."""


# ---------------------------------------------------------------------------------------------------- train


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """One option for each field of TrainingConfig; its values are checked there, not here."""
    for name, field in reversed(TrainingConfig.model_fields.items()):
        choices = f" One of: {', '.join(options(name))}." if options(name) else ""
        default = field.default
        shown = ",".join(map(str, default)) if isinstance(default, tuple) else str(default).lower()
        command = click.option(
            f"--{name.replace('_', '-')}",
            name,
            metavar="UNITS,UNITS,..." if isinstance(default, tuple) else type(default).__name__.upper(),
            help=f"{field.description}{choices} [default: {shown}]",
        )(command)
    return command


@cli.command("train")
@click.option("--preset", "preset_name", help=f"Start from a recipe: {', '.join(PRESETS)}.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the network here: .safetensors or .npz.")
@config_options
@as_json
def train_command(preset_name: str | None, out: Path | None, as_json: bool, **given: str | None) -> None:
    """Train a new network. Ctrl-C stops it and keeps what it has learned."""
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if "hidden_sizes" in values:
        values["hidden_sizes"] = [size for size in values["hidden_sizes"].split(",") if size]
    start = preset(preset_name).config if preset_name else TrainingConfig()
    config = start.changed(**values)
    if out:
        checkpoint.checked_kind(out)
        if not (out.parent.is_dir() and os.access(out.parent, os.W_OK)):
            raise ValueError(f"--out must be in a folder that exists and can be written to; got {out}")

    dataset = load(config.data)
    run = train(config, dataset)
    history = []
    with interruption() as interrupted, training_bar() as show:
        for progress in run:
            show(progress)
            history.append(progress)
            if interrupted.is_set():
                break
    status = progress.status if progress.status != "running" else "interrupted"
    trained = checkpoint.Checkpoint.of(config, progress, dataset, status)
    result = summary(trained, progress)
    if status == "interrupted" and not out:
        out = INTERRUPTED
    if out:
        trained.save(out)
        result["out"] = str(out)
    if progress.message:
        screen.print(progress.message, style="yellow", markup=False)
    if as_json:
        print(json.dumps(result | {"history": [point(entry) for entry in history]}))
        return
    answers.print(repr(progress.network), markup=False, highlight=False)
    shown = (
        "status",
        "epochs",
        "seconds",
        "accuracy",
        "loss",
        "cost_per_output",
        "validation_accuracy",
        "test_accuracy",
    )
    answers.print(table({name: result[name] for name in (*shown, "note", "out") if result.get(name) is not None}))


def summary(trained: checkpoint.Checkpoint, last: Training) -> dict[str, Any]:
    """What a training came to: the values that `train --json` ends with."""
    assert trained.config
    return trained.scores | {
        "message": last.message,
        "steps": last.step,
        "seed": trained.config.seed,
        "parameters": last.network.parameters.size,
        "checksum": last.network.checksum(),
        "images_per_second": round(last.images_per_second),
        "loss": plain(last.epoch_loss),
        "accuracy": plain(last.epoch_accuracy),
        "cost_per_output": plain(last.cost_per_output),
        "config": trained.config.model_dump(),
    }


def point(progress: Training) -> dict[str, Any]:
    """One point of the learning curve, as plain values."""
    names = ("epoch", "step", "loss", "cost_per_output", "accuracy", "validation_loss", "validation_accuracy")
    return {name: plain(getattr(progress, name)) for name in names}


def plain(value: float | None) -> float | None:
    """The number, if it is one: JSON has no NaN and no infinity."""
    return value if value is not None and math.isfinite(value) else None


# ----------------------------------------------------------------------------------- evaluate and classify


@cli.command("evaluate")
@weights_option
@click.option("--data", "source", default="mnist-5k", show_default=True, help="mnist, mnist-5k, or a path.")
@as_json
def evaluate_command(weights: Path, source: str, as_json: bool) -> None:
    """Score a network on a data set's test part, or on all of a data set that has none."""
    from model.evaluation import evaluate  # scikit-learn takes a second to import, which --help need not wait for

    trained = checkpoint.load(weights)
    dataset = load(source)
    images, labels = dataset.test_images, dataset.test_labels
    whole = not len(labels)
    if whole:
        images, labels = dataset.images, dataset.labels
    found = evaluate(trained.network, images, labels)
    result = {
        "weights": str(weights),
        "data": dataset.name,
        "n": len(labels),
        "accuracy": found.accuracy,
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
        "confusion": found.confusion.tolist(),
        "note": data.overlap(trained.config.data, dataset.name, on_training_part=whole) if trained.config else None,
    }
    if as_json:
        print(json.dumps(result))
        return
    answers.print(table({name: result[name] for name in ("data", "n", "accuracy", "precision", "recall", "f1")}))
    grid = Table("shown \\ read", *map(str, range(10)), title="Confusion")
    for digit, row in enumerate(found.confusion):
        grid.add_row(str(digit), *(str(count) if count else "." for count in row))
    answers.print(grid)
    if result["note"]:
        answers.print(result["note"], style="yellow")


@cli.command("classify")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@weights_option
@as_json
def classify_command(files: tuple[Path, ...], weights: Path, as_json: bool) -> None:
    """Read digits: pictures (PNG, JPEG, ...), drawings or whole ink files (JSON lines, gzipped or not)."""
    from model.reading import read_files

    network = checkpoint.load(weights).network
    with screen.status("Reading"):
        readings = [reading for path in files for reading in read_files(network, path)]
    labelled = [reading for reading in readings if reading.is_labelled]
    accuracy = sum(reading.is_right for reading in labelled) / len(labelled) if labelled else None
    if as_json:
        predictions = [reading.as_dict() for reading in readings]
        print(json.dumps({"n": len(readings), "accuracy": accuracy, "predictions": predictions}))
        return
    for reading in readings:
        answers.print(str(reading), markup=False, highlight=False)
    if accuracy is not None:
        answers.print(f"{accuracy:.2%} of {len(labelled):,} labelled digits read right", highlight=False)


@cli.command("presets")
@as_json
def presets_command(as_json: bool) -> None:
    """List the recipes that train knows by name."""
    if as_json:
        listing = {
            name: {
                "summary": recipe.summary,
                "published": recipe.published,
                "config": recipe.config.model_dump(),
            }
            for name, recipe in PRESETS.items()
        }
        print(json.dumps({"presets": listing}))
        return
    listing_table = Table("name", "network", "what it is", "published", show_lines=True)
    for name, recipe in PRESETS.items():
        shape = f"{'-'.join(map(str, recipe.config.sizes))} {recipe.config.activation}"
        listing_table.add_row(name, shape, recipe.summary, recipe.published)
    answers.print(listing_table)
    answers.print("python -m model train --preset NAME", highlight=False)


# ------------------------------------------------------------------------------------------ what they share


def load(source: str) -> data.Dataset:
    """The data set, with a bar while it is fetched."""
    columns = (
        TextColumn("fetching {task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(source, total=None, visible=False)
        return data.load(source, lambda done, total: bar.update(task, completed=done, total=total, visible=True))


@contextmanager
def training_bar() -> Iterator[Callable[[Training], None]]:
    """A bar to show each progress on; now and then a line stays above it."""
    columns = (
        TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
        BarColumn(bar_width=8),  # all of it fits 80 columns
        TextColumn("{task.fields[state]}"),
    )
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("", total=1.0, epoch=0, epochs=0, state="")

        def show(progress: Training) -> None:
            left = f"{progress.seconds_left:.0f} s left" if progress.step else "starting"
            state = f"loss {progress.epoch_loss:.4f}  accuracy {progress.epoch_accuracy:.2%}"
            state += f"  {progress.images_per_second:,.0f} images/s  {left}"
            bar.update(task, completed=progress.fraction, epoch=progress.epoch, epochs=progress.epochs, state=state)
            lasting = max(1, progress.epochs // 20)
            if progress.epoch_ended and (progress.epoch % lasting == 0 or progress.epoch == 1):
                bar.console.print(f"epoch {progress.epoch:>5}  {scores_line(progress)}", highlight=False)

        yield show


def scores_line(progress: Training) -> str:
    line = f"loss {progress.epoch_loss:.4f}  accuracy {progress.epoch_accuracy:.2%}"
    if progress.validation_accuracy is not None:
        line += f"  validation {progress.validation_accuracy:.2%}"
    if progress.step == progress.epoch:  # full batch: publications of it give the cost in another unit too
        line += f"  cost per output {progress.cost_per_output:.6f}"
    return line


def table(values: dict[str, Any]) -> Table:
    """Names and values in two columns."""
    grid = Table.grid(padding=(0, 2))
    for name, value in values.items():
        shown = f"{value:.2%}" if isinstance(value, float) and name in PERCENTAGES else value
        grid.add_row(name.replace("_", " "), escape(f"{shown:.4g}" if isinstance(shown, float) else str(shown)))
    return grid


PERCENTAGES = ("accuracy", "validation_accuracy", "test_accuracy", "precision", "recall", "f1")


@contextmanager
def interruption() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets; a second one interrupts as usual."""
    event = threading.Event()

    def note(*_: object) -> None:
        event.set()
        signal.signal(signal.SIGINT, before)
        screen.print("Stopping after this step; Ctrl-C again to give up.", style="yellow")

    before = signal.signal(signal.SIGINT, note)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)


def main() -> None:
    """Run a command; bad input is one line on stderr and exit code 2."""
    try:
        cli(prog_name="python -m model", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        fail(error.format_message())
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except MemoryError:
        fail("there is not enough memory for this network and batch: make either smaller")
    except ValueError as error:
        fail(str(error))


def fail(message: str) -> None:
    print("error: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
