"""Classification of pictures, drawings and tables of images: which digit each shows, and how certain that is.

All images go through the same last steps as MNIST's, so that the network sees what it was trained on. A prediction
of low confidence is a guess; an image that more probably shows no digit is rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from model import ink
from model.common.arrays import F32, U8
from model.inference.committee import Predictor
from model.inference.file_images import read_file_images
from model.inference.thresholds import ACCEPT_AT_LEAST, CERTAIN_DIGIT_AT_LEAST, CONFIDENT_AT_LEAST

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
    file: str | None = None  # where the image is from
    row: int | None = None  # of the file's table, counted from 1
    line: int | None = None  # of the file of drawings
    part: int | None = None  # of a picture with several digits: which, by rows, counted from 1
    box: tuple[float, float, float, float] | None = None  # left, top, right, bottom as shares of the picture

    @property
    def place(self) -> str:
        """Where the image is from, in words."""
        places = [
            f"{name} {number:,}"
            for name, number in (("row", self.row), ("line", self.line), ("digit", self.part))
            if number
        ]
        return ", ".join([self.file or "", *places])

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
            "file": self.file,
            "row": self.row,
            "line": self.line,
            "part": self.part,
            "box": self.box,
            "label": self.label,
            "digit": self.digit,
            "probability": self.probability,
            "is_digit": self.is_digit,
            "verdict": self.verdict,
        }


def classify_images(network: Predictor, images: Sequence[U8 | None]) -> list[Classification]:
    """Classify images (28, 28), None standing for blank ones."""
    drawn = [image.reshape(-1) for image in images if image is not None]
    if not drawn:
        return [Classification(None) for _ in images]
    probabilities, is_digit = network.predict(np.stack(drawn))
    certainties = [None] * len(drawn) if is_digit is None else is_digit.tolist()
    rows = zip(probabilities, certainties, strict=True)
    results = (Classification(row, is_digit=is_digit) for row, is_digit in rows)
    return [Classification(None) if image is None else next(results) for image in images]


@dataclass(frozen=True, eq=False)
class FileAnswers:
    """What a network says of a file: its answers, what is wrong with parts of the file, and what is doubtful."""

    answers: list[Classification]
    problems: list[str]
    notes: tuple[str, ...]


def classify_file(network: Predictor, path: Path, turn: str | None = None) -> FileAnswers:
    """Classify all images of a file: a picture, drawings in JSON, or a table of images.

    Args:
        network: The network.
        path: The file.
        turn: How to turn images first, one of orientation.TURNS.

    Raises:
        ValueError: The file is none of these, or damaged.
        OSError: The file can't be read.
    """
    found = read_file_images(path, turn)
    results = classify_images(network, [image.image for image in found.images])
    answers = [
        replace(
            result, label=image.label, file=str(path), row=image.row, line=image.line, part=image.part, box=image.box
        )
        for image, result in zip(found.images, results, strict=True)
    ]
    return FileAnswers(answers, found.problems, found.notes)


def classify_files(network: Predictor, path: Path) -> list[Classification]:
    """Classify all images of a file; fail if a part of it can't be read.

    Raises:
        ValueError: The file is none of these, or a part of it is damaged.
        OSError: The file can't be read.
    """
    found = classify_file(network, path)
    if found.problems:
        raise ValueError(found.problems[0])
    return found.answers
