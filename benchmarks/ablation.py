"""The ablation: what each step of the method adds to the accuracy on drawn digits.

The steps are those from a drawing to an image, and what a network is trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks import writer_groups
from benchmarks.runs import Result, Run, trained
from benchmarks.writer_groups import Collections, Source
from model.common.arrays import U8
from model.common.constants import IMAGE_SIDE
from model.config import TrainingConfig
from model.ink import PEN_WIDTH, Drawing, Layout, render
from model.ink.mnist_layout import crop
from model.ink.sampler import DEFAULT_MIXTURE, InkMixture
from model.ink.stroke_batch import NO_VARIATION
from model.nn.classifier import DigitClassifier

PART = "ablation"
FOLDS = 3  # groups of collections that are left out together
SIZES = (round(0.4 * IMAGE_SIDE), IMAGE_SIDE)  # pixels: the range of a drawing's longer side


# -------------------------------------------------------------------------------- from a drawing to an image


def any_size(drawing: Drawing, rng: np.random.Generator) -> U8:
    """Render a drawing in a random size."""
    return render(drawing, layout=Layout(box_size=int(rng.integers(*SIZES, endpoint=True))))


def box_in_the_middle(drawing: Drawing, _: np.random.Generator) -> U8:
    """Render a drawing with its box in the image's middle, whatever its center of mass."""
    return render(drawing, layout=Layout(center=center_box))


def center_box(ink: U8) -> U8:
    """Place ink of at most 28x28 pixels with equal margins above and below, left and right: (28, 28)."""
    ink = crop(ink)
    height, width = ink.shape
    top, left = (IMAGE_SIDE - height) // 2, (IMAGE_SIDE - width) // 2
    image = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.uint8)
    image[top : top + height, left : left + width] = ink
    return image


AS_IT_IS = "as Inkling lays it out"
READINGS: dict[str, Callable[[Drawing, np.random.Generator], U8]] = {
    AS_IT_IS: lambda drawing, _: render(drawing),
    "at any size, 11 to 28 pixels, not 20": any_size,
    "its box in the middle, not its center of mass": box_in_the_middle,
    f"a pen of 1.2 pixels, not {PEN_WIDTH}": lambda drawing, _: render(drawing, 1.2),
    f"a pen of 4.8 pixels, not {PEN_WIDTH}": lambda drawing, _: render(drawing, 4.8),
}


# ----------------------------------------------------------------------------------- what is learned from

NO_FORMS = replace(DEFAULT_MIXTURE, formed_share=0.0)
NO_STYLES = replace(NO_FORMS, styled_share=0.0)
AS_WRITTEN = replace(NO_STYLES, variation=NO_VARIATION)


@dataclass(frozen=True)
class Step:
    """What a network is trained on: all the steps before, and this one."""

    name: str
    words: str
    augmentation: str = "elastic"
    learns_ink: bool = False
    mixture: InkMixture = DEFAULT_MIXTURE
    readings: tuple[str, ...] = (AS_IT_IS,)


STEPS = (
    Step("none", "MNIST, each image as it is", "none"),
    Step("affine", "+ images rotated, scaled and sheared", "affine"),
    Step("elastic", "+ images warped", readings=tuple(READINGS)),
    Step("ink", "+ ink, drawn as it was written", learns_ink=True, mixture=AS_WRITTEN),
    Step(
        "strokes",
        "+ strokes rotated, sheared, stretched and warped, with pens of any width",
        learns_ink=True,
        mixture=NO_STYLES,
    ),
    Step("habits", "+ writing styles that the writers did not use", learns_ink=True, mixture=NO_FORMS),
    Step("forms", "+ digits in the forms of many schools, by a grammar", learns_ink=True),
)


def plan(config: TrainingConfig, source: Source, ink: Collections) -> list[Run]:
    """Plan a run for each step that needs no ink, and for the others one for each group of collections left out.

    Raises:
        ValueError: with one collection alone, nothing is left to learn from.
    """
    if len(ink.names) < 2:
        raise ValueError(f"there must be two collections or more; got {', '.join(ink.names)} alone")
    runs = []
    for step in STEPS:
        groups = writer_groups.divided(ink.names, FOLDS) if step.learns_ink else [tuple(ink.names)]
        for number, left_out in enumerate(groups, 1):
            runs.append(
                Run(
                    part=PART,
                    name=f"{step.name} {number}" if step.learns_ink else step.name,
                    config=config.changed(augmentation=step.augmentation, background=False),
                    source=source,
                    left_out=left_out,
                    mixture=step.mixture,
                    readings=step.readings,
                )
            )
    return runs


def carry_out(run: Run) -> Result:
    """Train a network, and test it on the collections that were left out, in each of the run's layouts."""
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
    """Measure the accuracy on each collection's drawings, laid out in one of the ways in READINGS."""
    rng = np.random.default_rng(seed)
    found = {}
    for name, drawings in digits.items():
        images = np.array([READINGS[way](drawing, rng) for drawing in drawings]).reshape(len(drawings), -1)
        found[name] = network.accuracy(images, writer_groups.digit_labels(drawings))
    return found


def summary(runs: Mapping[str, Result]) -> Result:
    """Average the accuracies of each layout and each step over the collections, each counting the same.

    A step of which some groups are missing is left out.
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
    """Yield each step's accuracies by the collections' names."""
    for step in STEPS:
        found: dict[str, Any] = {}
        for result in runs.values():
            if result["step"] == step.name:
                found |= result["accuracy"]
        if found:
            yield step.name, found
