"""Train networks that come with Inkling anew, by the settings in their files, and compare their scores.

Without names: handwriting, champion, tiny-100k and tiny-25k, in an hour each or more; one that was interrupted goes on
when the same command is given again. The ink files that a network learned from are looked for in $INK_DIR. A teacher
is the network in weights/. With --quick, all these runs are tiny: that tells in some minutes whether every one of them
works.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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
        config = quickened(shipped.config) if quick else shipped.config
        subprocess.run(train_command(config, out), check=True)
        for row in comparison(shipped, checkpoint.load(out)):
            table.add_row(name, *row)
    stdout.print(table)


def quickened(config: TrainingConfig) -> TrainingConfig:
    """Make a training tiny; what it learns from stays."""
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


def comparison(shipped: Checkpoint, anew: Checkpoint) -> Iterator[tuple[str, str, str]]:
    """Yield each score's name, and what it is of the network in weights/ and of the new one; then the checksums."""
    for score in SCORES:
        found = (one.scores.get(score) for one in (shipped, anew))
        before, after = (f"{value:.2%}" if isinstance(value, float) else "none" for value in found)
        yield score.replace("_", " "), before, after
    yield "checksum", shipped.network.checksum(), anew.network.checksum()


if __name__ == "__main__":
    run(command, prog_name="python -m tools.reproduce_weights")
