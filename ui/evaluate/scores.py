"""Scores as text. A score is measured on a sample: it comes with the number of images and its confidence interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from model.inference.metrics import confidence_interval
from ui.common import errors, formatting
from ui.evaluate.results import EvaluationSet

if TYPE_CHECKING:
    from model.inference.evaluation import Evaluation
    from model.nn.calibration import Reliability


def metrics(evaluation: Evaluation) -> list[tuple[str, float, str]]:
    """The scores that are shown: name, value 0..1, and meaning."""
    return [
        ("Accuracy", evaluation.accuracy, "The share of all images that it reads right."),
        (
            "Precision",
            evaluation.precision,
            "Of the images that it reads as a 7, how many are one? The mean over all digits.",
        ),
        (
            "Recall",
            evaluation.recall,
            "Of the images that show a 7, how many does it read as one? The mean over all digits.",
        ),
        ("F1", evaluation.f1, "Precision and recall in one figure, their harmonic mean. The mean over all digits."),
    ]


def describe_samples(samples: EvaluationSet, dataset: str) -> str:
    """The number of images and the data set, as Markdown that shows the data set's name as it is."""
    count = formatting.image_count(len(samples.labels))
    if samples.is_test:
        count = count.replace("image", "test image")
    return f"{count} of {errors.escape_markdown(dataset)}"


def margin(right: int, count: int) -> str:
    """How far chance moves a share of `right` in `count`, in words: half of its 95 % interval."""
    low, high = confidence_interval(right, count)
    return f"about ± {50 * (high - low):.{decimals(count)}f} percentage points (95 % interval)"


def calibration(reliability: Reliability) -> str:
    """The expected calibration error, and what chance alone would make of it, in words."""
    error, digits = reliability.expected_calibration_error, decimals(int(reliability.counts.sum()))
    if not math.isfinite(error):
        return "The certainty of this network is not a number."
    return (
        f"On average its certainty is {100 * error:.{digits}f} percentage points off. With so many images, "
        f"chance alone would make it {100 * reliability.error_by_chance:.{digits}f}."
    )


def decimals(count: int) -> int:
    """How many decimals a percentage of `count` images has."""
    return 1 if count <= 1000 else 2
