"""Small networks with about as many parameters each: which layers learn most from a teacher?

    python -m benchmarks.small_networks --write

All are trained as the preset `tiny-25k`, but for the settings in DESIGNS and for fewer epochs. They are judged by
images set aside, which neither they nor their teacher have learned from, and by distorted copies of them, which tell
networks apart that read all but a few of the images themselves right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click
import numpy as np

from benchmarks.runs import say
from benchmarks.tables import table
from model import Dataset, DigitClassifier, TrainingConfig, train
from model.cli import entry
from model.common.arrays import F32, U8, Array
from model.data import load, split
from model.presets import preset
from model.training.augmentation import DEFAULT_STRENGTH, distort
from model.training.random_streams import RandomStreams
from tools import readme
from tools.reproduce import DOCUMENT

PART = "small-networks"
PRESET = "tiny-25k"
DESIGNS: tuple[dict[str, Any], ...] = (
    {"hidden_sizes": (30, 30), "batch_normalization": False, "learning_rate": 0.008},
    {"hidden_sizes": (30, 30), "learning_rate": 0.008},
    {"hidden_sizes": (26, 50, 40), "batch_normalization": False, "learning_rate": 0.008},
    {"hidden_sizes": (26, 50, 40), "learning_rate": 0.008},
    {"hidden_sizes": (20, 64, 64, 44), "learning_rate": 0.008},
    {"hidden_sizes": (20, 64, 64, 44)},
    {"hidden_sizes": (20, 48, 48, 48, 48)},
)
COPIES, STRENGTH = 15, 0.4  # of each image set aside; how strongly they are distorted, times the usual
COLUMNS = ("hidden layers", "batch normalization", "learning rate", "parameters", "wrong", "wrong, distorted")


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--data", default="mnist", show_default=True, help="What to learn from.")
@click.option("--epochs", default=60, show_default=True, help="Epochs of each training: a minute or so for 60.")
@click.option("--write", is_flag=True, help="Write the table into docs/results.md.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON instead of a table.")
def small_networks(data: str, epochs: int, write: bool, as_json: bool) -> None:
    """Train small networks of several designs, and measure how many images set aside each reads wrong."""
    config = preset(PRESET).config.changed(data=data, epochs=epochs)
    found = compared(config, DESIGNS, load(data))
    text = markdown(found, config)
    if write:
        readme.write(PART, text, DOCUMENT)
    print(json.dumps(found) if as_json else text)


def compared(config: TrainingConfig, designs: Iterable[dict[str, Any]], dataset: Dataset) -> list[dict[str, Any]]:
    """Train a network for each design, which changes some settings of a config, and measure it."""
    _, rows = split(dataset, config.validation_size, config.training_size, RandomStreams.of(config.seed).split)
    images, labels = np.asarray(dataset.images)[rows], np.asarray(dataset.labels)[rows]
    distorted = copies(images)
    found = []
    for design in designs:
        tried = config.changed(**design)
        *_, last = train(tried, dataset, threads=1)
        found.append(
            {
                "hidden_sizes": tried.hidden_sizes,
                "batch_normalization": tried.batch_normalization,
                "learning_rate": tried.learning_rate,
                "parameters": last.network.mlp.parameters.size,
                "wrong": wrong(last.network, images, labels),
                "wrong_distorted": wrong(last.network, distorted, np.tile(labels, COPIES)),
            }
        )
        say(" | ".join(cells(found[-1])))
    return found


def copies(images: U8) -> F32:
    """Return distorted copies of images (n, 784): (COPIES * n, 784), 0..1, always the same ones."""
    strength = DEFAULT_STRENGTH.times(STRENGTH)
    rngs = map(np.random.default_rng, range(COPIES))
    return np.concatenate([distort(images, rng, elastic=True, strength=strength) for rng in rngs])


def wrong(network: DigitClassifier, images: Array, labels: Array) -> float:
    """Return the share of images (n, 784) that a network reads wrong."""
    return float((network.predict(images).probabilities.argmax(axis=1) != labels).mean())


def markdown(found: list[dict[str, Any]], config: TrainingConfig) -> str:
    """Make the table, and say below it what was trained."""
    lines = table(COLUMNS, map(cells, found))
    epochs = f"{config.epochs} epoch{'s' if config.epochs > 1 else ''}"
    return "\n".join([*lines, f"Trained for {epochs}, otherwise as `{PRESET}`; seed {config.seed}."])


def cells(one: dict[str, Any]) -> tuple[str, ...]:
    """Make a row of the table."""
    shares = (f"{100 * one[name]:.2f} %" for name in ("wrong", "wrong_distorted"))
    layers = "-".join(map(str, one["hidden_sizes"]))
    normalized = "yes" if one["batch_normalization"] else "no"
    return layers, normalized, f"{one['learning_rate']:g}", f"{one['parameters']:,}", *shares


if __name__ == "__main__":
    entry.run(small_networks)
