"""Train networks that come with Inkling anew, by the settings in their files, and compare their scores.

Without names: handwriting, champion, tiny-100k and tiny-25k, in an hour each or more; one that was interrupted goes on
when the same command is given again. The ink files that a network learned from are looked for in $INK_DIR. A teacher,
or a network to start from, is the one in weights/; earlier runs of the same network are made before, and their means.
With --quick, all these runs are tiny: that tells in some minutes whether every one of them works.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from model.cli.console import stdout
from model.cli.entry import run
from model.config import TrainingConfig
from model.data import cache
from model.training import checkpoint
from model.training.checkpoint import Checkpoint
from model.training.shipped import find_shipped

NAMES = ("handwriting", "champion", "tiny-100k", "tiny-25k")
Files = tuple[str, ...]
# Networks that were trained in several runs, each from where the one before ended: what was other in the earlier runs,
# and means of some of them, from which the next one begins.
EARLIER: dict[str, dict[str, dict[str, Any] | Files]] = {
    "handwriting": {
        "handwriting-first.safetensors": {"learning_rate": 0.001, "epochs": 40, "average_last": 5},
        "handwriting-second.safetensors": {"learning_rate": 0.001, "epochs": 30, "average_last": 4},
        "handwriting-third.safetensors": {"learning_rate": 0.001, "epochs": 20, "average_last": 4},
        "handwriting-fourth.safetensors": {"learning_rate": 0.0004, "epochs": 12, "average_last": 4},
        "handwriting-fifth.safetensors": {"learning_rate": 0.0003, "epochs": 12, "average_last": 4},
        "handwriting-sixth.safetensors": {"learning_rate": 0.0004, "epochs": 14, "average_last": 5},
        "handwriting-seventh.safetensors": {"learning_rate": 0.0003, "epochs": 10, "average_last": 4},
        "handwriting-mean.safetensors": ("handwriting-seventh.safetensors", "handwriting-sixth.safetensors"),
        "handwriting-eighth.safetensors": {"learning_rate": 0.0006, "epochs": 36, "average_last": 5},
        "handwriting-ninth.safetensors": {"learning_rate": 0.0003, "epochs": 14, "average_last": 4},
        "handwriting-second-mean.safetensors": ("handwriting-eighth.safetensors", "handwriting-ninth.safetensors"),
        "handwriting-tenth.safetensors": {"learning_rate": 0.0006, "epochs": 26, "average_last": 5},
        "handwriting-eleventh.safetensors": {"learning_rate": 0.0006, "epochs": 24, "average_last": 5},
        "handwriting-third-mean.safetensors": ("handwriting-eleventh.safetensors", "handwriting-tenth.safetensors"),
        "handwriting-twelfth.safetensors": {"learning_rate": 0.0006, "epochs": 26, "average_last": 5},
    }
}
# Networks that are the mean of some of their runs, the last one first: the mean has its settings.
AVERAGED: dict[str, Files] = {"handwriting": ("handwriting-thirteenth.safetensors", "handwriting-twelfth.safetensors")}
SCORES = ("validation_accuracy", "test_accuracy")


@click.command(help=__doc__)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--into", type=click.Path(path_type=Path), help="Where the new files go; by default into the cache.")
@click.option("--quick", is_flag=True, help="One epoch of a few images with 16 hidden units; the scores mean nothing.")
def command(names: tuple[str, ...], into: Path | None, quick: bool) -> None:
    folder = into or cache.home() / ("reproduced-quick" if quick else "reproduced")
    folder.mkdir(parents=True, exist_ok=True)
    table = Table("network", "score", "in weights/", "anew", title=f"Networks in {folder}", title_justify="left")
    for name in names or NAMES:
        shipped, out = checkpoint.load(find_shipped(name)), folder / f"{name}.safetensors"
        assert shipped.config
        for made, file in stages(name, shipped.config, out):
            if isinstance(made, tuple):
                subprocess.run(average_command(made, file), check=True)
            else:
                subprocess.run(train_command(quickened(made) if quick else made, file), check=True)
        for row in comparison(shipped, checkpoint.load(out)):
            table.add_row(name, *row)
    stdout.print(table)


def stages(name: str, config: TrainingConfig, out: Path) -> Iterator[tuple[TrainingConfig | Files, Path]]:
    """Yield what makes a network: the settings of each run, or the files of which a mean is, and where each goes."""
    earlier, start = EARLIER.get(name, {}), config.start_from
    if start in earlier:
        start = ""
        for file, made in earlier.items():
            yield made if isinstance(made, tuple) else config.changed(start_from=start, **made), out.with_name(file)
            start = str(out.with_name(file))
    mean = AVERAGED.get(name)
    yield config.changed(start_from=start), out.with_name(mean[0]) if mean else out
    if mean:
        yield mean, out


def quickened(config: TrainingConfig) -> TrainingConfig:
    """Make a training tiny; what it learns from and where it starts stays."""
    return config.changed(
        data="mnist-5k",
        training_size=1000,
        validation_size=0.1,
        hidden_sizes=(16,),
        epochs=1,
        average_last=min(config.average_last, 1),
    )


def train_command(config: TrainingConfig, out: Path) -> list[str]:
    """Return the command that trains a network by a config, with one thread, which decides the last bits."""
    options = [sys.executable, "-m", "model", "train", "--threads", "1", "--out", str(out)]
    for name, field in TrainingConfig.model_fields.items():
        value = getattr(config, name)
        if value != field.default:
            text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            options += [f"--{name.replace('_', '-')}", text]
    return options


def average_command(files: Sequence[str], out: Path) -> list[str]:
    """Return the command that averages the networks of some runs, whose files lie beside `out`."""
    members = (str(out.with_name(file)) for file in files)
    return [sys.executable, "-m", "model", "average", *members, "--out", str(out)]


def comparison(shipped: Checkpoint, anew: Checkpoint) -> Iterator[tuple[str, str, str]]:
    """Yield each score's name, and what it is of the network in weights/ and of the new one; then the checksums."""
    for score in SCORES:
        found = (one.scores.get(score) for one in (shipped, anew))
        before, after = (f"{value:.2%}" if isinstance(value, float) else "none" for value in found)
        yield score.replace("_", " "), before, after
    yield "checksum", shipped.network.checksum(), anew.network.checksum()


if __name__ == "__main__":
    run(command, prog_name="python -m tools.reproduce_weights")
