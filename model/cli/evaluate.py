"""`evaluate`: score a network on a data set."""

from __future__ import annotations

import json

import click
from rich.table import Table

from model import data
from model.cli.console import as_json_option, finite, load_dataset, stdout, value_table
from model.cli.turn import turn_option
from model.cli.weights import load_networks, networks_options
from model.inference.committee import Committee
from model.inference.evaluation import evaluate
from model.inference.seen import seen_share
from model.training import checkpoint
from model.training.ancestors import data_of_ancestors

NOTES = {
    data.Overlap.TRAINING_IMAGES: "The network was trained on these images: its score here says little about new "
    "digits.",
    data.Overlap.SOME_TRAINING_IMAGES: "The network was trained on some of these images ({seen:.1%}): it knows "
    "the answers to them.",
    data.Overlap.MNIST_5K_IN_MNIST: "All 5,000 images are among MNIST's 60,000 training images, which this network "
    "was trained on: its score here says nothing about new digits.",
    data.Overlap.BY_ANCESTOR: "A network that this one learned from, its teacher or the one it started from, was "
    "trained on these images: its score here says little about new digits.",
    data.Overlap.UNKNOWN_ANCESTOR: "Nothing is known of what a network that this one learned from was trained on: if "
    "these images are among it, the score here says little about new digits.",
}


@click.command("evaluate")
@networks_options
@click.option(
    "--data",
    "source",
    default="mnist-5k",
    show_default=True,
    help="mnist, mnist-5k, or the path of a data set or an ink file.",
)
@turn_option
@as_json_option
def evaluate_command(weights: str, views: int, source: str, turn: str | None, as_json: bool) -> None:
    """Score a network, or several together, on a data set's test part, or on all of a data set that has none."""
    trained = load_networks(weights)
    dataset = load_dataset(source, turn)
    images, labels = dataset.test_images, dataset.test_labels
    on_training_part = not len(labels)
    if on_training_part:
        images, labels = dataset.images, dataset.labels
    found = evaluate(Committee([one.network for one in trained], views), images, labels)
    overlaps = (overlap_note(one, dataset, on_training_part) for one in trained)
    result = {
        "weights": weights,
        "views": views,
        "data": dataset.name,
        "n": len(labels),
        "accuracy": found.accuracy,
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
        "expected_calibration_error": finite(found.reliability.expected_calibration_error),
        "confusion": found.confusion.tolist(),
        "note": next((note for note in overlaps if note), None),
        "turn": turn,
        "notes": list(dataset.notes),
    }
    if as_json:
        print(json.dumps(result))
        return
    shown = ("data", "n", "accuracy", "precision", "recall", "f1", "expected_calibration_error")
    stdout.print(value_table({name: result[name] for name in shown}))
    grid = Table("true \\ pred", *map(str, range(10)), title="Confusion matrix")
    for digit, row in enumerate(found.confusion):
        grid.add_row(str(digit), *(str(count) if count else "." for count in row))
    stdout.print(grid)
    if result["note"]:
        stdout.print(result["note"], style="yellow")


def overlap_note(trained: checkpoint.Checkpoint, dataset: data.Dataset, on_training_part: bool) -> str | None:
    """Warn if the network, or one that it learned from, was trained on images that it is scored on."""
    config = trained.config
    if config is None:
        return None
    seen = seen_share(trained, dataset.images if on_training_part else dataset.test_images)
    overlap = data.find_overlap(
        config.data,
        dataset.name,
        ink=config.ink,
        on_training_part=on_training_part,
        ancestors=data_of_ancestors(config, trained.scores),
        seen=seen,
    )
    return NOTES[overlap].format(seen=seen) if overlap else None
