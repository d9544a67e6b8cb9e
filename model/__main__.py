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
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from model import data
from model.config import TrainingConfig, options
from model.ink import Drawing, sampler
from model.presets import PRESETS, format_duration, preset
from model.training import Change, checkpoint, train
from model.training.history import Progress as Training
from model.training.resume import ResumeCheckpoint

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
@click.option(
    "--threads",
    type=click.IntRange(1),
    help="Compute on at most so many cores [default: all]. Another number changes the last bits of the result: the app "
    "gives each of its workers its share of the cores.",
)
@click.option("--fresh", is_flag=True, help="Begin anew, even if this training was interrupted before.")
@config_options
@as_json
def train_command(
    preset_name: str | None, out: Path | None, threads: int | None, fresh: bool, as_json: bool, **given: str | None
) -> None:
    """Train a new network.

    Ctrl-C stops it and keeps what it has learned. However a training of more than half a minute was interrupted, the
    same command goes on from about half a minute before that, and comes to the very same network.
    """
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if "hidden_sizes" in values:
        values["hidden_sizes"] = [size for size in values["hidden_sizes"].split(",") if size]
    start = preset(preset_name).config if preset_name else TrainingConfig()
    config = start.changed(**values)
    if out:
        checkpoint.checked_kind(out)
        if not (out.parent.is_dir() and os.access(out.parent, os.W_OK)):
            raise ValueError(f"--out must be in a folder that exists and can be written to; got {out}")

    ink = sampler.read_ink_files(config.ink)
    dataset = load(config.data)
    place = ResumeCheckpoint(config, dataset, ink)
    progress, history = follow(config, dataset, ink, place, fresh=fresh, threads=threads)
    status = progress.status if progress.status != "running" else "interrupted"
    trained = checkpoint.Checkpoint.of(config, progress, dataset, status)
    result = summary(trained, progress)
    if status == "interrupted" and not out:
        out = INTERRUPTED
    if out:
        trained.save(out)
        result["out"] = str(out)
    if status == "interrupted" and place.epoch:
        screen.print(f"The same command goes on from epoch {place.epoch}; --fresh begins anew.", soft_wrap=True)
    elif status != "interrupted":
        place.remove()
    if progress.message:
        screen.print(progress.message, style="yellow", markup=False)
    if as_json:
        print(json.dumps(result | {"history": history}))
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


def follow(
    config: TrainingConfig,
    dataset: data.Dataset,
    ink: Sequence[Drawing],
    place: ResumeCheckpoint,
    *,
    fresh: bool,
    threads: int | None,
) -> tuple[Training, list[dict[str, Any]]]:
    """Train with a bar, up to the end or an interruption: the last progress, and the learning curve."""
    run, history = begin(config, dataset, ink, place, fresh=fresh, threads=threads)
    known, keepable = bool(history), True  # the first progress after an interruption is the last one before it
    with interruption() as interrupted, training_bar() as show:
        for progress in run:
            show(progress)
            if not known:
                history.append(point(progress))
            known = False
            keepable = keepable and keep(place, progress, history)
            if interrupted.is_set():
                break
    return progress, history


def begin(
    config: TrainingConfig,
    dataset: data.Dataset,
    ink: Sequence[Drawing],
    place: ResumeCheckpoint,
    *,
    fresh: bool,
    threads: int | None,
) -> tuple[Generator[Training, Change | None, None], list[dict[str, Any]]]:
    """The training and its learning curve so far: from where it was interrupted, or a new one."""
    if fresh:
        place.remove()
    try:
        kept = None if fresh else place.find()
        if kept:
            run = train(config, dataset, ink=ink, start=kept, threads=threads)
            where = f"epoch {kept.values['epoch']} of {config.epochs}, interrupted {place.when():%Y-%m-%d %H:%M}"
            screen.print(f"Going on from {where}; --fresh begins anew.", soft_wrap=True, highlight=False)
            return run, list(kept.points)
    except (ValueError, OSError) as error:
        shown = " ".join(f"Beginning anew: what was kept of this training can't be used ({error}).".split())
        screen.print(shown, style="yellow", markup=False, soft_wrap=True)
    return train(config, dataset, ink=ink, threads=threads), []


def keep(place: ResumeCheckpoint, progress: Training, history: list[dict[str, Any]]) -> bool:
    """Let the place keep what it wants of a training; False, and a word of why, if it can't."""
    try:
        place.keep(progress, history)
    except OSError as error:
        screen.print(
            f"The state of this training can't be kept in {place.path.parent} ({error.strerror or error}): if it is "
            f"interrupted, the same command goes back to epoch {place.epoch}.",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )
        return False
    return True


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
@click.option(
    "--data", "source", default="mnist-5k", show_default=True, help="mnist, mnist-5k, or a path, an ink file's too."
)
@as_json
def evaluate_command(weights: Path, source: str, as_json: bool) -> None:
    """Score a network on a data set's test part, or on all of a data set that has none."""
    from model.inference.evaluation import (
        evaluate,  # scikit-learn takes a second to import, which --help need not wait for
    )

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
        "expected_calibration_error": plain(found.reliability.expected_calibration_error),
        "confusion": found.confusion.tolist(),
        "note": learned_from(trained.config, dataset, whole),
    }
    if as_json:
        print(json.dumps(result))
        return
    shown = ("data", "n", "accuracy", "precision", "recall", "f1", "expected_calibration_error")
    answers.print(table({name: result[name] for name in shown}))
    grid = Table("shown \\ read", *map(str, range(10)), title="Confusion")
    for digit, row in enumerate(found.confusion):
        grid.add_row(str(digit), *(str(count) if count else "." for count in row))
    answers.print(grid)
    if result["note"]:
        answers.print(result["note"], style="yellow")


def learned_from(config: TrainingConfig | None, dataset: data.Dataset, whole: bool) -> str | None:
    """What to say if the network has learned from the images that it is scored on."""
    if config is None:
        return None
    return data.overlap(config.data, dataset.name, ink=config.ink, on_training_part=whole)


@cli.command("classify")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@weights_option
@as_json
def classify_command(files: tuple[Path, ...], weights: Path, as_json: bool) -> None:
    """Read digits: pictures (PNG, JPEG, ...), drawings or whole ink files (JSON lines, gzipped or not).

    An answer is "no digit" where the network gives less than 0.5 for its being a digit at all. It is "perhaps" where
    that is less than 0.65, or the best digit has less than 0.8. Only a network that was taught what is no digit can
    tell; is_digit is null for the others, and they never refuse.

    Where there are labels, accuracy is the share of digits whose best guess is right, passed the share of digits that
    were not refused as no digit, and refused the share of all else (letters, say) that was. What has nothing drawn on
    it counts in accuracy only.
    """
    from model.inference.classification import classify_files

    network = checkpoint.load(weights).network
    with screen.status("Reading"):
        readings = [reading for path in files for reading in classify_files(network, path)]
    labelled = [reading for reading in readings if reading.is_labelled]
    digits = [reading for reading in labelled if reading.verdict]
    others = [reading for reading in readings if reading.verdict and reading.label and not reading.is_labelled]
    accuracy = share(reading.is_right for reading in labelled)
    passed = share(reading.verdict != "no digit" for reading in digits)
    refused = share(reading.verdict == "no digit" for reading in others)
    if as_json:
        result = {"n": len(readings), "accuracy": accuracy, "passed": passed, "refused": refused}
        print(json.dumps(result | {"predictions": [reading.as_dict() for reading in readings]}))
        return
    for reading in readings:
        answers.print(str(reading), markup=False, highlight=False)
    if accuracy is not None:
        answers.print(f"{accuracy:.2%} of {len(labelled):,} labelled digits read right", highlight=False)
    if passed is not None and any(reading.is_digit is not None for reading in digits):
        answers.print(f"{passed:.2%} of {len(digits):,} labelled digits taken for digits", highlight=False)
    if refused is not None:
        answers.print(f"{refused:.2%} of {len(others):,} with another label refused as no digit", highlight=False)


def share(flags: Iterable[bool]) -> float | None:
    """How many of all are true, 0..1; None of nothing."""
    values = list(flags)
    return sum(values) / len(values) if values else None


@cli.command("presets")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--run", "anew", is_flag=True, help="Train them anew; by default all that were published.")
@click.option("--write", is_flag=True, help="Keep what --run reaches in weights/published.json and in README.md.")
@as_json
def presets_command(names: tuple[str, ...], anew: bool, write: bool, as_json: bool) -> None:
    """List the recipes that train knows by name, or train them and compare with what was published (--run)."""
    if anew:
        return reproduce_presets(names, write, as_json)
    if write:
        raise ValueError("--write keeps what --run reaches; add --run")
    recipes = {name: preset(name) for name in names or PRESETS}
    if as_json:
        listing = {
            name: {
                "summary": recipe.summary,
                "published": recipe.published,
                "figures": [asdict(figure) for figure in recipe.figures],
                "config": recipe.config.model_dump(),
            }
            for name, recipe in recipes.items()
        }
        print(json.dumps({"presets": listing}))
        return
    listing_table = Table("name", "network", "what it is", "published", show_lines=True)
    for name, recipe in recipes.items():
        shape = f"{'-'.join(map(str, recipe.config.sizes))} {recipe.config.activation}"
        listing_table.add_row(name, shape, recipe.summary, recipe.published)
    answers.print(listing_table)
    answers.print("python -m model train --preset NAME", highlight=False)


def reproduce_presets(names: tuple[str, ...], write: bool, as_json: bool) -> None:
    """Train published recipes, one after another; what is done is kept even if a later one is stopped."""
    from model.experiments import reproduction  # scikit-learn again

    recipes = reproduction.published(names)
    if write:
        reproduction.check()
    results = {}
    for name, recipe in recipes.items():
        screen.print(f"{name}: {recipe.summary}", highlight=False)
        dataset = load(recipe.config.data)
        with training_bar() as show:
            result = results[name] = reproduction.reproduce(recipe, dataset, show)
        if write:
            reproduction.keep({name: result})
        if as_json:
            continue
        compared = Table(
            *reproduction.COLUMNS, title=f"{name}, {format_duration(result['seconds'])}", title_justify="left"
        )
        for row in result["figures"]:
            compared.add_row(*reproduction.cells(row))
        answers.print(compared)
        for sentence in reproduction.sentences(name, result):
            answers.print(sentence, highlight=False, markup=False)
    if as_json:
        within = all(result["within"] for result in results.values())
        print(json.dumps({"runs": results, "within": within}))


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


PERCENTAGES = (
    "accuracy",
    "validation_accuracy",
    "test_accuracy",
    "precision",
    "recall",
    "f1",
    "expected_calibration_error",
)


@contextmanager
def interruption() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C (or SIGTERM) sets; a second one interrupts as usual."""
    event = threading.Event()

    def note(*_: object) -> None:
        event.set()
        as_before()
        screen.print("Stopping after this step; Ctrl-C again to give up.", style="yellow")

    def as_before() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event
    finally:
        as_before()


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
