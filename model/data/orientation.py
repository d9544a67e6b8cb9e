"""Whether labeled digits stand upright: EMNIST's files hold them transposed, and some pens count y upward.

A small trained network that comes with Inkling reads a sample of them as they are, and turned in each of the other
seven ways. Digits that it reads much better another way are not turned, for they may be so on purpose: it is said.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors.numpy

from model.common.arrays import F32, U8
from model.common.constants import IMAGE_SIDE, PIXELS
from model.data.dataset import Dataset
from model.ink import DIGITS, BlankDrawing, Drawing, render

READER = Path(__file__).parents[2] / "weights" / "starter.safetensors"
SAMPLE = 500  # images
LEAST = 30  # images that tell anything
WELL = 0.6  # accuracy of digits that stand upright, at least; drawings by other people have 0.8
BETTER = 0.25  # by how much they must be read better than as they are

# From images (n, 28, 28) to images (n, 28, 28).
TURNS: dict[str, Callable[[U8], U8]] = {
    "transpose": lambda images: images.transpose(0, 2, 1),
    "rotate-90": lambda images: np.rot90(images, -1, (1, 2)),  # clockwise
    "rotate-180": lambda images: np.rot90(images, 2, (1, 2)),
    "rotate-270": lambda images: np.rot90(images, 1, (1, 2)),
    "flip-horizontally": lambda images: images[:, :, ::-1],
    "flip-vertically": lambda images: images[:, ::-1],
    "transpose-other": lambda images: images.transpose(0, 2, 1)[:, ::-1, ::-1],  # along the other diagonal
}


class Orientation(NamedTuple):
    """How well a sample of digits is read: as they are, and turned in the best way."""

    as_is: float  # accuracy, 0..1
    turn: str  # of TURNS
    turned: float  # accuracy

    @property
    def is_wrong(self) -> bool:
        """Whether they are read so much better turned that they do not stand upright."""
        return self.turned >= WELL and self.turned - self.as_is >= BETTER

    @property
    def is_unreadable(self) -> bool:
        """Whether no way is better than a guess."""
        return max(self.as_is, self.turned) < 0.2


def measure(images: U8, labels: U8) -> Orientation | None:
    """Measure how digits stand: images (n, 784), labels (n,); None if there are too few to tell."""
    if len(images) < LEAST:
        return None
    chosen = np.linspace(0, len(images) - 1, min(len(images), SAMPLE)).astype(int)
    sample, answers = images[chosen].reshape(-1, IMAGE_SIDE, IMAGE_SIDE), labels[chosen]
    accuracies = {turn: _accuracy(how(sample), answers) for turn, how in TURNS.items()}
    best = max(accuracies, key=lambda turn: accuracies[turn])
    return Orientation(_accuracy(sample, answers), best, accuracies[best])


def notes(images: U8, labels: U8, name: str) -> tuple[str, ...]:
    """Say what is odd about labeled digits, if anything is."""
    found = measure(images, labels)
    if found is None:
        return ()
    if found.is_wrong:
        return (
            f"{name}: the digits do not stand upright: a network that reads {found.as_is:.0%} of them right as they are"
            f" reads {found.turned:.0%} after '{found.turn}'; --turn {found.turn} turns them.",
        )
    if found.is_unreadable and len(images) >= 10 * LEAST:
        return (
            f"{name}: the labels hardly fit the images: a network trained on MNIST agrees with {found.as_is:.0%} of"
            " them. These may be other things than digits, or the labels of other images.",
        )
    return ()


def ink_notes(drawings: Sequence[Drawing], name: str) -> tuple[str, ...]:
    """Say so if drawings of digits do not stand upright: pens of some systems count y upward."""
    digits = [drawing for drawing in drawings if drawing.label in DIGITS]
    images, labels = [], []
    for drawing in digits[:: max(1, len(digits) // SAMPLE)]:
        with suppress(BlankDrawing):
            images.append(render(drawing))
            labels.append(int(drawing.label or 0))
    if not images:
        return ()
    found = measure(np.stack(images).reshape(-1, PIXELS), np.array(labels, np.uint8))
    if found is None or not found.is_wrong:
        return ()
    return (
        f"{name}: the drawings do not stand upright: a network that reads {found.as_is:.0%} of them right as they are"
        f" reads {found.turned:.0%} after '{found.turn}'; in a drawing, x counts to the right and y downward.",
    )


def suggested_turn(dataset: Dataset) -> str | None:
    """Return the turn after which a data set's digits stand upright, if a note says so."""
    turns = (note.partition("--turn ")[2].split(" ")[0] for note in dataset.notes)
    return next((turn for turn in turns if turn in TURNS), None)


def turned(dataset: Dataset, turn: str) -> Dataset:
    """Turn all images of a data set.

    Args:
        dataset: the data set.
        turn: one of TURNS.

    Raises:
        ValueError: there is no such turn.
    """
    images, test_images = turn_images(dataset.images, turn), turn_images(dataset.test_images, turn)
    kept = tuple(note for note in dataset.notes if "--turn" not in note)
    return replace(dataset, images=images, test_images=test_images, notes=kept)


def turn_images(images: U8, turn: str) -> U8:
    """Turn images (n, 784) in one of the ways of TURNS.

    Raises:
        ValueError: there is no such turn.
    """
    if turn not in TURNS:
        raise ValueError(f"turn must be one of {', '.join(TURNS)}; got {turn}")
    return np.ascontiguousarray(TURNS[turn](images.reshape(-1, IMAGE_SIDE, IMAGE_SIDE))).reshape(-1, PIXELS)


def _accuracy(images: U8, labels: U8) -> float:
    values = np.ascontiguousarray(images).reshape(-1, PIXELS).astype(np.float32) / 255
    *hidden, (weights, biases) = _reader()
    for layer_weights, layer_biases in hidden:
        values = np.maximum(values @ layer_weights + layer_biases, 0)
    return float(np.mean((values @ weights + biases).argmax(axis=1) == labels))


@functools.cache
def _reader() -> list[tuple[F32, F32]]:
    """The weights and biases of the small network, layer by layer. `training` could read it whole, but stands above."""
    tensors = safetensors.numpy.load_file(READER)
    layers = range(len(tensors) // 2)
    return [(tensors[f"layers.{layer}.weights"], tensors[f"layers.{layer}.biases"]) for layer in layers]
