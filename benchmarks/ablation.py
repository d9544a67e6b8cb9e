"""An ablation takes the steps of a method away, or adds them one after another, to see what each is worth.

Here it is how well drawn digits are read, by the way that a drawing becomes an image and by what is learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks import writer_groups
from benchmarks.runs import Patch, Result, Run, trained
from benchmarks.writer_groups import Collections, Source
from model.config import TrainingConfig
from model.ink import PEN_WIDTH, Drawing, render
from model.ink.mnist_layout import IMAGE_SIZE
from model.nn.classifier import DigitClassifier

Pixels = NDArray[np.uint8]

PART = "ablation"
FOLDS = 3  # groups of collections that are left out together
SIZES = (round(0.4 * IMAGE_SIZE), IMAGE_SIZE)  # pixels: from and to, of a drawing's longer side


# -------------------------------------------------------------------------------- from a drawing to an image


def any_size(drawing: Drawing, rng: np.random.Generator) -> Pixels:
    """As it would be if every drawing kept a size of its own."""
    with patch("model.ink.drawing.BOX_SIZE", int(rng.integers(*SIZES, endpoint=True))):
        return render(drawing)


def box_in_the_middle(drawing: Drawing, _: np.random.Generator) -> Pixels:
    """As it would be without the centre of mass."""
    with patch("model.ink.drawing.center", centre_box):
        return render(drawing)


def centre_box(ink: Pixels) -> Pixels:
    """Place ink of at most 28x28 pixels so that as much paper is above as below, and left as right: (28, 28)."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = ink.shape
    top, left = (IMAGE_SIZE - height) // 2, (IMAGE_SIZE - width) // 2
    image = np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    image[top : top + height, left : left + width] = ink
    return image


AS_IT_IS = "as Inkling lays it out"
READINGS: dict[str, Callable[[Drawing, np.random.Generator], Pixels]] = {
    AS_IT_IS: lambda drawing, _: render(drawing),
    "at any size, 11 to 28 pixels, not 20": any_size,
    "its box in the middle, not its centre of mass": box_in_the_middle,
    f"a pen of 1.2 pixels, not {PEN_WIDTH}": lambda drawing, _: render(drawing, 1.2),
    f"a pen of 4.8 pixels, not {PEN_WIDTH}": lambda drawing, _: render(drawing, 4.8),
}


# ----------------------------------------------------------------------------------- what is learned from

# Values of other modules that are replaced while a network learns: so a step is left out without a setting for it.
AS_WRITTEN: tuple[Patch, ...] = (
    ("model.ink.stroke_batch.MAX_ROTATION", 0.0),
    ("model.ink.stroke_batch.MAX_SHEAR", 0.0),
    ("model.ink.stroke_batch.ASPECT_STD", 0.0),
    ("model.ink.stroke_batch.WARP_STD", 0.0),
    ("model.ink.stroke_batch.MAX_SMOOTHING", 0),
    ("model.ink.stroke_batch.PEN_WIDTHS", (PEN_WIDTH, PEN_WIDTH)),
)
NO_HABITS: tuple[Patch, ...] = (("model.ink.sampler.STYLED_SHARE", 0.0),)


@dataclass(frozen=True)
class Step:
    """What a network learns from: all of the steps before, and this."""

    name: str
    words: str
    augmentation: str = "elastic"
    learns_ink: bool = False
    patches: tuple[Patch, ...] = ()
    readings: tuple[str, ...] = (AS_IT_IS,)


STEPS = (
    Step("none", "MNIST, each image as it is", "none"),
    Step("affine", "+ images turned, scaled and slanted anew each time", "affine"),
    Step("elastic", "+ images bent", readings=tuple(READINGS)),
    Step("ink", "+ ink, drawn as it was written", learns_ink=True, patches=(*AS_WRITTEN, *NO_HABITS)),
    Step(
        "strokes", "+ strokes turned, slanted, stretched and bent, with pens of any width", "elastic", True, NO_HABITS
    ),
    Step("habits", "+ habits that the writers had not", learns_ink=True),
)


def folds(names: Sequence[str]) -> list[tuple[str, ...]]:
    """The collections in groups, every third in the same."""
    return [tuple(names[first::FOLDS]) for first in range(min(FOLDS, len(names)))]


def plan(config: TrainingConfig, source: Source, ink: Collections) -> list[Run]:
    """A run for each step that needs no ink, and for the others one for each group of collections left out.

    Raises:
        ValueError: with one collection alone, nothing is left to learn from.
    """
    if len(ink.names) < 2:
        raise ValueError(f"there must be two collections or more; got {', '.join(ink.names)} alone")
    runs = []
    for step in STEPS:
        groups = folds(ink.names) if step.learns_ink else [tuple(ink.names)]
        for number, left_out in enumerate(groups, 1):
            runs.append(
                Run(
                    part=PART,
                    name=f"{step.name} {number}" if step.learns_ink else step.name,
                    config=config.changed(augmentation=step.augmentation, background=False),
                    source=source,
                    left_out=left_out,
                    patches=step.patches,
                    readings=step.readings,
                )
            )
    return runs


def carry_out(run: Run) -> Result:
    """Train, and read the collections that were left out, in every way that the run asks for."""
    ink = writer_groups.load(run.source)
    made = trained(run, ink)
    digits = {name: ink.digits[name] for name in run.left_out}
    readings = {way: read(made.network, digits, way, run.config.seed) for way in run.readings}
    return {
        "step": run.name.partition(" ")[0],
        "accuracy": readings[AS_IT_IS],
        "readings": {way: accuracy for way, accuracy in readings.items() if way != AS_IT_IS},
        "seconds": round(made.seconds, 1),
    }


def read(network: DigitClassifier, digits: Mapping[str, Sequence[Drawing]], way: str, seed: int) -> dict[str, float]:
    """The share of each collection's drawings that is read right when they are laid out in one of READINGS."""
    rng = np.random.default_rng(seed)
    found = {}
    for name, drawings in digits.items():
        images = np.array([READINGS[way](drawing, rng) for drawing in drawings]).reshape(len(drawings), -1)
        found[name] = network.accuracy(images, writer_groups.digit_labels(drawings))
    return found


def summary(runs: Mapping[str, Result]) -> Result:
    """Means over the collections, each counting alike, of what was read in each way and after each step.

    A step of which some groups are not read yet is left out.
    """
    steps = dict(_steps(runs))
    most = max((len(accuracy) for accuracy in steps.values()), default=0)
    return {
        "readings": {
            way: fmean(accuracy.values())
            for result in runs.values()
            if result["readings"]
            for way, accuracy in {AS_IT_IS: result["accuracy"], **result["readings"]}.items()
        },
        "steps": {name: fmean(accuracy.values()) for name, accuracy in steps.items() if len(accuracy) == most},
        "groups": [list(runs[name]["accuracy"]) for name in runs if name.startswith(f"{STEPS[-1].name} ")],
    }


def _steps(runs: Mapping[str, Result]) -> Iterator[tuple[str, dict[str, float]]]:
    """The accuracies of each step by the collections' names."""
    for step in STEPS:
        found: dict[str, Any] = {}
        for result in runs.values():
            if result["step"] == step.name:
                found |= result["accuracy"]
        if found:
            yield step.name, found
