"""The command: trains the same workloads with Inkling, PyTorch, JAX and scikit-learn in turn, and compares their times.

    python -m benchmarks.training --json

Progress goes to stderr and the table to stdout; with --json the last line of stdout is one JSON object instead.
"""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console

from benchmarks import figure, measures, readme, report
from benchmarks.adapters import ADAPTERS, entries
from benchmarks.harness import Row, Show, geometric_means, measure
from benchmarks.machine import describe
from benchmarks.subprocess_worker import SubprocessWorker
from benchmarks.workloads import IMAGES, WORKLOADS, Workload, chosen
from model import data
from model.cli import entry
from model.data import Dataset

QUICK_IMAGES, QUICK_REPEATS = 2000, 2
QUICK_WORKLOADS = WORKLOADS[::4]  # each optimizer, and small, middling and wide networks
MEASURES = ("image", "augmentation")
MNIST_MEASURES = ("memory", "accuracy")  # these mean something on all of MNIST alone
KEPT = Path(__file__).with_name("training.json")  # the run that README.md shows

stderr = Console(stderr=True)


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--quick", is_flag=True, help="Few images and rounds: tells in a minute whether all works, and little else."
)
@click.option("--repeats", type=click.IntRange(1, 40), help=f"Rounds. [default: 5; {QUICK_REPEATS} when quick]")
@click.option(
    "--only",
    default="",
    help="A regular expression: only workloads in whose name it is found (784-64-64-10 batch 64 adam), or measures: "
    f"{', '.join(MEASURES + MNIST_MEASURES)}.",
)
@click.option(
    "--libraries",
    "--contenders",
    "libraries",
    default="",
    help="Names, separated by commas: only these (Inkling always).",
)
@click.option("--data", "source", help="mnist, mnist-5k, or a path. [default: mnist; mnist-5k when quick]")
@click.option("--from", "earlier", type=click.Path(path_type=Path), help="Show the JSON of an earlier run again.")
@click.option("--write", is_flag=True, help="Write the result into benchmarks/README.md, with its figure.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
def training(
    quick: bool,
    repeats: int | None,
    only: str,
    libraries: str,
    source: str | None,
    earlier: Path | None,
    write: bool,
    as_json: bool,
) -> None:
    """Train the same networks with Inkling and with other libraries, and compare their times."""
    if write and (quick or only or libraries):
        raise ValueError("--write needs a whole run; leave out --quick, --only and --libraries")
    if write:
        figure.check()  # before a run of half an hour, not after it
    if earlier:
        results = load(earlier)
    else:
        source = source or ("mnist-5k" if quick else "mnist")
        names = list(entries([name for name in libraries.split(",") if name]))
        workloads = QUICK_WORKLOADS if quick and not only else WORKLOADS
        extras = MEASURES if quick or source != "mnist" else MEASURES + MNIST_MEASURES
        wanted = chosen([*extras, *(workload.name for workload in workloads)], only)
        results = run(names, wanted, source, quick=quick, rounds=repeats or (QUICK_REPEATS if quick else 5))
    if write:
        KEPT.write_text(json.dumps(results, indent=1) + "\n")
        readme.write("training", report.markdown(results, figure.save(results, readme.README.parent)))
    if as_json:
        print(json.dumps(results))
    else:
        report.show(results, Console())


def run(names: Sequence[str], wanted: Sequence[str], source: str, *, quick: bool, rounds: int) -> dict[str, Any]:
    """Measure what is wanted; the results are plain values."""
    images = QUICK_IMAGES if quick else IMAGES
    results: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "machine": describe(),
        "data": source,
        "images": images,
        "quick": quick,
        "repeats": rounds,
    }
    with tempfile.TemporaryDirectory() as scratch, stderr.status("starting") as status:
        folder = Path(scratch) / "images"
        data.save(sized(data.load(source), images), folder)
        for name in wanted:
            if name in MEASURES + MNIST_MEASURES:
                results[name] = measured(name, names, source, folder, rounds, status.update)
        workloads = [workload for workload in WORKLOADS if workload.name in wanted]
        results["rows"] = list(rows(workloads, names, folder, rounds, status.update)) if workloads else []
    results["geometric_means"] = geometric_means(results["rows"])
    return results


def measured(name: str, names: Sequence[str], source: str, folder: Path, rounds: int, show: Show) -> dict[str, Any]:
    """One of MEASURES or MNIST_MEASURES."""
    if name == "image":
        return measures.one_image(names, folder, show)
    if name == "augmentation":
        return measures.augmentation(folder, rounds, show)
    if name == "memory":
        return measures.peak_memory(names, source, folder, show)
    return measures.time_to_accuracy(names, folder, show)


def rows(workloads: Sequence[Workload], names: Sequence[str], folder: Path, rounds: int, show: Show) -> Iterator[Row]:
    """Measure the workloads one after another, while all libraries wait in their processes."""

    def say(number: int, text: str) -> None:
        show(f"{number}/{len(workloads)}  {text}")

    with ExitStack() as stack:
        workers = {name: stack.enter_context(SubprocessWorker(ADAPTERS[name].home)) for name in names}
        for number, workload in enumerate(workloads, 1):
            row = measure(workload, workers, folder, rounds, partial(say, number))
            stderr.print(report.line(row), highlight=False, soft_wrap=True)
            yield row


def sized(dataset: Dataset, count: int) -> Dataset:
    """The data set with this many images to train on: the first of them, or all of them several times over."""
    rows = np.arange(count) % len(dataset.images)
    return Dataset(dataset.name, dataset.images[rows], dataset.labels[rows], dataset.test_images, dataset.test_labels)


def load(path: Path) -> dict[str, Any]:
    """The results of an earlier run, from its JSON.

    Raises:
        ValueError: the file holds something else.
    """
    try:
        results: dict[str, Any] = json.loads(path.read_text())
        results["geometric_means"] = geometric_means(results["rows"])
    except (ValueError, TypeError, KeyError):
        raise ValueError(f"--from must be the JSON of an earlier run (`--json`'s last line); got {path}") from None
    return results


if __name__ == "__main__":
    entry.run(training)
