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
        ("Accuracy", evaluation.accuracy, "The share of all images that are classified correctly."),
        (
            "Precision",
            evaluation.precision,
            "Of the images predicted as a 7, the share that show a 7. The mean over all digits.",
        ),
        (
            "Recall",
            evaluation.recall,
            "Of the images that show a 7, the share predicted as a 7. The mean over all digits.",
        ),
        ("F1", evaluation.f1, "The harmonic mean of precision and recall. The mean over all digits."),
    ]


def describe_samples(samples: EvaluationSet, dataset: str) -> str:
    """The number of images and the data set, as Markdown that shows the data set's name as it is."""
    count = formatting.image_count(len(samples.labels))
    if samples.is_test:
        count = count.replace("image", "test image")
    return f"{count} of {errors.escape_markdown(dataset)}"


def margin(right: int, count: int) -> str:
    """The 95 % confidence interval of a share of `right` in `count`, as its half width in percentage points."""
    low, high = confidence_interval(right, count)
    return f"± {50 * (high - low):.{decimals(count)}f} points"


def calibration(reliability: Reliability) -> str:
    """The expected calibration error, and what chance alone would make of it, in words."""
    error, digits = reliability.expected_calibration_error, decimals(int(reliability.counts.sum()))
    if not math.isfinite(error):
        return "The confidence of this network is not a number."
    return (
        f"Expected calibration error {100 * error:.{digits}f} % "
        f"({100 * reliability.error_by_chance:.{digits}f} % by chance alone)."
    )


def decimals(count: int) -> int:
    """How many decimals a percentage of `count` images has."""
    return 1 if count <= 1000 else 2
