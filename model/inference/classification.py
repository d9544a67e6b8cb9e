"""Reading takes whatever holds digits, a picture, drawings or a table, and says which digits they are, and how surely.

All of it goes through the same last steps as MNIST did, so that the network sees what it was trained on. Where it is
not sure enough, the answer is a guess; where the image is more likely no digit than one, it is refused.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from model import ink
from model.data import formats
from model.nn.classifier import DigitClassifier

Pixels = NDArray[np.uint8]
TABLE_ENDINGS = (".csv", "ubyte", ".npz", ".idx")

Verdict = Literal["digit", "perhaps", "no digit"]
# No digit, below this probability that it is one at all: the image is more likely none than one.
DIGIT_AT_LEAST = 0.5
# Perhaps, below this probability that it is one at all. Higher, many a plain stroke that is a 1 would be doubted.
SURELY_DIGIT_AT_LEAST = 0.65
# Perhaps, below this probability of the best digit: more than one in five such answers is wrong.
SURE_AT_LEAST = 0.8


def verdict(probability: float, is_digit: float | None) -> Verdict:
    """What an answer is worth, from the best digit's probability and the probability that the image shows a digit.

    The latter is None of a network that was taught nothing but digits: it can't doubt that it is shown one.
    """
    is_digit = 1.0 if is_digit is None else is_digit
    if is_digit < DIGIT_AT_LEAST:
        return "no digit"
    if is_digit < SURELY_DIGIT_AT_LEAST or probability < SURE_AT_LEAST:
        return "perhaps"
    return "digit"


@dataclass(frozen=True, eq=False)
class Classification:
    """A network's answer to one image; nothing drawn has no answer, never a digit."""

    probabilities: NDArray[np.float32] | None  # (10,), None where nothing was drawn
    label: str | None = None  # what it is said to be
    is_digit: float | None = None  # the probability that it is one at all; None where the network can't doubt it

    @property
    def digit(self) -> int | None:
        """The best guess, whatever the verdict."""
        return None if self.probabilities is None else int(self.probabilities.argmax())

    @property
    def probability(self) -> float | None:
        return None if self.probabilities is None else float(self.probabilities.max())

    @property
    def guesses(self) -> dict[int, float]:
        """The best digit and its probability; where that is not sure to be right, the next best after it."""
        if self.probabilities is None:
            return {}
        count = 1 if self.probabilities.max() >= SURE_AT_LEAST else 2
        best = (-self.probabilities).argsort(stable=True)[:count]
        return {int(digit): float(self.probabilities[digit]) for digit in best}

    @property
    def verdict(self) -> Verdict | None:
        return None if self.probability is None else verdict(self.probability, self.is_digit)

    @property
    def is_doubted(self) -> bool:
        """Whether it may well be no digit."""
        return self.is_digit is not None and self.is_digit < SURELY_DIGIT_AT_LEAST

    @property
    def is_labelled(self) -> bool:
        """Whether the label is a digit, so that the answer can be right or wrong."""
        return self.label in ink.DIGITS

    @property
    def is_right(self) -> bool:
        return self.is_labelled and self.label == str(self.digit)

    def __str__(self) -> str:
        return self._answer() if self.label is None else f"{self._answer()}  (labelled {self.label})"

    def _answer(self) -> str:
        match self.verdict:
            case None:
                return "nothing drawn"
            case "no digit":
                return f"no digit ({self.digit}?)"
            case "perhaps":
                named = " or ".join(f"{digit} ({100 * share:.0f} %)" for digit, share in self.guesses.items())
                return f"perhaps {named}{', if a digit at all' if self.is_doubted else ''}"
            case "digit":
                ((digit, share),) = self.guesses.items()
                return f"{digit}  {100 * share:.1f} %"

    def as_dict(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "digit": self.digit,
            "probability": self.probability,
            "is_digit": self.is_digit,
            "verdict": self.verdict,
        }


def classify_images(network: DigitClassifier, images: Sequence[Pixels | None]) -> list[Classification]:
    """The answers to images (28, 28), None where nothing was drawn."""
    drawn = [image.reshape(-1) for image in images if image is not None]
    if not drawn:
        return [Classification(None) for _ in images]
    probabilities, is_digit = network.predict(np.stack(drawn))
    doubts = [None] * len(drawn) if is_digit is None else is_digit.tolist()
    answers = (Classification(row, is_digit=doubt) for row, doubt in zip(probabilities, doubts, strict=True))
    return [Classification(None) if image is None else next(answers) for image in images]


def classify_drawing(network: DigitClassifier, drawing: ink.Drawing) -> Classification:
    """The answer to one drawing."""
    (reading,) = classify_images(network, [_rendered(drawing)])
    return replace(reading, label=drawing.label)


def classify_files(network: DigitClassifier, path: Path) -> list[Classification]:
    """The answers to all that a file holds: a picture, drawings as JSON lines, or a table of images.

    Raises:
        ValueError: it is none of these, or damaged.
        OSError: it can't be read.
    """
    found = _images(path)
    readings = classify_images(network, [image for _, image in found])
    return [replace(reading, label=label) for (label, _), reading in zip(found, readings, strict=True)]


def _images(path: Path) -> list[tuple[str | None, Pixels | None]]:
    """Labels, where there are any, and images (28, 28), None where nothing was drawn."""
    if not path.is_file():
        raise ValueError(f"expected a file to read; {path} is {'a folder' if path.is_dir() else 'not there'}")
    name = path.name.removesuffix(".gz")
    if name.endswith(TABLE_ENDINGS):
        contents = formats.read_images(path)
        labels = [None] * len(contents.images) if contents.labels is None else map(str, contents.labels)
        images = (image if image.any() else None for image in contents.images.reshape(-1, 28, 28))
        return list(zip(labels, images, strict=True))
    try:
        if _is_ink(path, name):
            return [(drawing.label, _rendered(drawing)) for drawing in ink.read_ink(path)]
        from model.ink.photo import read_photo  # SciPy takes a second to import, which no other answer need wait for

        return [(None, read_photo(path))]
    except ink.BlankDrawing:
        return [(None, None)]
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def _is_ink(path: Path, name: str) -> bool:
    """Drawings are JSON lines: known by the file's ending, or by the brace that each line begins with."""
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


def _rendered(drawing: ink.Drawing) -> Pixels | None:
    try:
        return ink.render(drawing)
    except ink.BlankDrawing:
        return None
