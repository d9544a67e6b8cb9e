"""Classification of pictures, drawings and tables of images: which digit each shows, and how certain that is.

All images go through the same last steps as MNIST's, so that the network sees what it was trained on. A prediction
of low confidence is a guess; an image that more probably shows no digit is rejected.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from model import ink
from model.common.arrays import F32, U8
from model.common.constants import IMAGE_SIDE
from model.data import formats
from model.inference.thresholds import ACCEPT_AT_LEAST, CERTAIN_DIGIT_AT_LEAST, CONFIDENT_AT_LEAST
from model.nn.classifier import DigitClassifier

TABLE_ENDINGS = (".csv", "ubyte", ".npz", ".idx")

Verdict = Literal["digit", "perhaps", "no digit"]


def verdict(probability: float, is_digit: float | None) -> Verdict:
    """Return the verdict on a prediction.

    Args:
        probability: Of the most probable digit.
        is_digit: The probability that the image shows a digit; None from a network without a reject class.
    """
    is_digit = 1.0 if is_digit is None else is_digit
    if is_digit < ACCEPT_AT_LEAST:
        return "no digit"
    if is_digit < CERTAIN_DIGIT_AT_LEAST or probability < CONFIDENT_AT_LEAST:
        return "perhaps"
    return "digit"


@dataclass(frozen=True, eq=False)
class Classification:
    """What a network predicts for one image; a blank image has no prediction."""

    probabilities: F32 | None  # (10,), None of a blank image
    label: str | None = None  # the true label, if it is known
    is_digit: float | None = None  # the probability that it shows a digit; None without a reject class

    @property
    def digit(self) -> int | None:
        """The most probable digit, whatever the verdict."""
        return None if self.probabilities is None else int(self.probabilities.argmax())

    @property
    def probability(self) -> float | None:
        """The most probable digit's probability."""
        return None if self.probabilities is None else float(self.probabilities.max())

    @property
    def guesses(self) -> dict[int, float]:
        """The most probable digit with its probability; if that is low, the second one too."""
        if self.probabilities is None:
            return {}
        count = 1 if self.probabilities.max() >= CONFIDENT_AT_LEAST else 2
        best = (-self.probabilities).argsort(stable=True)[:count]
        return {int(digit): float(self.probabilities[digit]) for digit in best}

    @property
    def verdict(self) -> Verdict | None:
        """What the prediction is worth; None of a blank image."""
        return None if self.probability is None else verdict(self.probability, self.is_digit)

    @property
    def is_doubtful(self) -> bool:
        """Whether the image may well show no digit."""
        return self.is_digit is not None and self.is_digit < CERTAIN_DIGIT_AT_LEAST

    @property
    def is_labeled(self) -> bool:
        """Whether the label is a digit, so that the prediction can be correct or wrong."""
        return self.label in ink.DIGITS

    @property
    def is_correct(self) -> bool:
        """Whether the most probable digit is the label."""
        return self.is_labeled and self.label == str(self.digit)

    def __str__(self) -> str:
        return self._described() if self.label is None else f"{self._described()}  (labeled {self.label})"

    def _described(self) -> str:
        match self.verdict:
            case None:
                return "nothing drawn"
            case "no digit":
                return f"no digit ({self.digit}?)"
            case "perhaps":
                named = " or ".join(f"{digit} ({100 * share:.0f} %)" for digit, share in self.guesses.items())
                return f"perhaps {named}{', if a digit at all' if self.is_doubtful else ''}"
            case "digit":
                ((digit, share),) = self.guesses.items()
                return f"{digit}  {100 * share:.1f} %"

    def as_dict(self) -> dict[str, Any]:
        """Return the values that `classify --json` prints."""
        return {
            "label": self.label,
            "digit": self.digit,
            "probability": self.probability,
            "is_digit": self.is_digit,
            "verdict": self.verdict,
        }


def classify_images(network: DigitClassifier, images: Sequence[U8 | None]) -> list[Classification]:
    """Classify images (28, 28), None standing for blank ones."""
    drawn = [image.reshape(-1) for image in images if image is not None]
    if not drawn:
        return [Classification(None) for _ in images]
    probabilities, is_digit = network.predict(np.stack(drawn))
    certainties = [None] * len(drawn) if is_digit is None else is_digit.tolist()
    rows = zip(probabilities, certainties, strict=True)
    results = (Classification(row, is_digit=is_digit) for row, is_digit in rows)
    return [Classification(None) if image is None else next(results) for image in images]


def classify_files(network: DigitClassifier, path: Path) -> list[Classification]:
    """Classify all images of a file: a picture, drawings as JSON lines, or a table of images.

    Raises:
        ValueError: The file is none of these, or damaged.
        OSError: The file can't be read.
    """
    found = _images(path)
    results = classify_images(network, [image for _, image in found])
    return [replace(result, label=label) for (label, _), result in zip(found, results, strict=True)]


def _images(path: Path) -> list[tuple[str | None, U8 | None]]:
    """Return labels, where there are any, and images (28, 28), None of blank ones."""
    if not path.is_file():
        raise ValueError(f"expected a file to read; {path} is {'a folder' if path.is_dir() else 'not there'}")
    name = path.name.removesuffix(".gz")
    if name.endswith(TABLE_ENDINGS):
        contents = formats.read_images(path)
        labels = [None] * len(contents.images) if contents.labels is None else map(str, contents.labels)
        images = (image if image.any() else None for image in contents.images.reshape(-1, IMAGE_SIDE, IMAGE_SIDE))
        return list(zip(labels, images, strict=True))
    try:
        if _is_ink(path, name):
            return [(drawing.label, _rendered(drawing)) for drawing in ink.read_ink(path)]
        from model.ink.photo import read_photo  # SciPy takes a second to import, and only photos need it

        return [(None, read_photo(path))]
    except ink.BlankDrawing:
        return [(None, None)]
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def _is_ink(path: Path, name: str) -> bool:
    """Tell drawings, which are JSON lines, by the file's ending or the brace that each line begins with."""
    if name.endswith((".jsonl", ".json", ".ndjson")):
        return True
    with path.open("rb") as file:
        start = file.read(64)
    if start[:2] == b"\x1f\x8b":
        try:
            with gzip.open(path) as unpacked:
                start = unpacked.read(64)
        except (OSError, EOFError):
            return False
    return start.lstrip().startswith(b"{")


def _rendered(drawing: ink.Drawing) -> U8 | None:
    """Return the drawing as an image (28, 28), None of a blank one."""
    try:
        return ink.render(drawing)
    except ink.BlankDrawing:
        return None
