"""Does the mean over several views of a drawing read strangers better than the drawing alone?

    python -m benchmarks.handwriting --part collections --networks nets
    python -m benchmarks.views nets

Each network in the folder reads the collection whose name it has, which it must not have learned from. A view is made
from the image, as `evaluate --views` makes it, in the same ways of each image, or in ways of its own; or from the
strokes: rotated, sheared, stretched and warped a little, and drawn by another pen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from benchmarks import writer_groups
from benchmarks.tables import percent, table
from benchmarks.verdicts import accepted, sure
from benchmarks.writer_groups import Source, digit_labels, images
from model.cli import entry
from model.common.arrays import U8, Array, Bools
from model.experiments.statistics.mcnemar import mcnemar
from model.inference.committee import VIEW_STRENGTH, Committee
from model.ink import Drawing
from model.ink.stroke_batch import StrokeBatch, Variation, augment_strokes, is_drawable, rasterize
from model.nn.calibration import BINS, reliability
from model.nn.classifier import DigitClassifier, Prediction
from model.training import checkpoint
from model.training.augmentation import DEFAULT_STRENGTH, distort

COUNTS = (3, 5, 9)  # views of a drawing, itself among them
# Half as strong as in training.
VARIATION = Variation(
    rotation=float(np.radians(6)), shear=0.1, aspect_std=0.1, warp_std=0.3, smoothing=1, pen_widths=(1.9, 2.9)
)
IMAGE, OWN, STROKES = "of the image, in the same ways", "of the image, in ways of its own", "of the strokes"
WAYS = (IMAGE, OWN, STROKES)
COLUMNS = (
    "views",
    "accuracy",
    "rejected",
    "confident errors",
    "calibration error",
    "accepted letters",
    "right with views alone",
    "right without alone",
    "p",
)


@dataclass(frozen=True)
class Answers:
    """What was predicted of some digits, and of letters; arrays of several collections can be joined."""

    labels: U8  # (n,)
    probabilities: Array  # (n, 10)
    accepted: Bools  # (n,), as digits
    sure: Bools  # (n,)
    letters_accepted: Bools  # (m,), as digits

    @property
    def digits(self) -> Array:
        """The most probable digits, (n,)."""
        return self.probabilities.argmax(axis=1)


def predict(network: DigitClassifier, drawings: Sequence[Drawing], views: int, way: str) -> Prediction:
    """Compute the mean prediction over the views of each drawing, the drawing as it is among them."""
    if way == IMAGE:
        return Committee([network], views).predict(images(drawings))
    pixels, rng = images(drawings), np.random.default_rng(0)
    found = [network.predict(pixels)]
    batch = StrokeBatch.of(drawings, np.zeros(len(drawings)))
    for _ in range(views - 1):
        if way == OWN:
            view: Array = distort(pixels, rng, elastic=True, strength=DEFAULT_STRENGTH.times(VIEW_STRENGTH))
        else:
            view = rasterize(augment_strokes(batch, rng, VARIATION), rng.uniform(*VARIATION.pen_widths, len(drawings)))
        found.append(network.predict(view))
    certain = [one.is_digit for one in found if one.is_digit is not None]
    mean: Array = np.mean([one.probabilities for one in found], axis=0)
    return Prediction(mean, np.mean(certain, axis=0) if certain else None)


def answers(
    network: DigitClassifier, digits: Sequence[Drawing], letters: Sequence[Drawing], views: int, way: str
) -> Answers:
    """Read a collection's digits and letters."""
    found = predict(network, digits, views, way)
    others = predict(network, letters, views, way) if letters else None
    letters_accepted = accepted(others) if others else np.empty(0, bool)
    return Answers(digit_labels(digits), found.probabilities, accepted(found), sure(found), letters_accepted)


def joined(parts: Sequence[Answers]) -> Answers:
    """Put the answers of several networks together."""
    return Answers(
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.accepted for part in parts]),
        np.concatenate([part.sure for part in parts]),
        np.concatenate([part.letters_accepted for part in parts]),
    )


def row(name: str, found: Answers, alone: Answers) -> tuple[str, ...]:
    """Return the table's row for some views, beside what is read of the drawings alone."""
    wrong = found.digits != found.labels
    error = reliability(found.probabilities, found.labels, BINS).expected_calibration_error
    test = mcnemar(found.labels, found.digits, alone.digits)
    differ = (len(test.first_alone), len(test.second_alone), f"{test.p_value:.2g}")
    return (
        name,
        f"{100 * (1 - wrong.mean()):.2f} %",
        f"{100 * (1 - found.accepted.mean()):.2f} %",
        f"{100 * (found.sure & wrong).mean():.2f} %",
        percent(error),
        percent(float(found.letters_accepted.mean()) if len(found.letters_accepted) else None),
        *(("", "", "") if found is alone else map(str, differ)),
    )


def rows(networks: Sequence[tuple[DigitClassifier, Sequence[Drawing], Sequence[Drawing]]]) -> Iterator[tuple[str, ...]]:
    """Yield the table's rows: of the drawings alone, and of each number of views, made in each way."""
    alone = joined([answers(*each, 1, IMAGE) for each in networks])
    yield row("none", alone, alone)
    for way in WAYS:
        for count in COUNTS:
            yield row(f"{count} {way}", joined([answers(*each, count, way) for each in networks]), alone)


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--digits", default=writer_groups.DIGITS, show_default=True, help="Ink of digits.")
@click.option("--letters", default=writer_groups.LETTERS, show_default=True, help="Ink of letters.")
def views(folder: Path, digits: str, letters: str) -> None:
    """Compare how strangers' drawings are read alone and by the mean over several views of each."""
    ink = writer_groups.load(Source(digits, letters))
    files = [path for path in sorted(folder.glob("*.safetensors")) if path.stem in ink.digits]
    if not files:
        raise ValueError(f"{folder} must have networks named as the collections are: {', '.join(ink.names)}; got none")
    networks = [
        (
            checkpoint.load(path).network,
            [drawing for drawing in ink.digits[path.stem] if is_drawable(drawing)],
            [drawing for drawing in ink.letters.get(path.stem, ()) if is_drawable(drawing)],
        )
        for path in files
    ]
    print("\n".join(table(COLUMNS, rows(networks))))
    print(f"Collections: {', '.join(path.stem for path in files)}.")


if __name__ == "__main__":
    entry.run(views)
