"""Scores as text. A score is measured on a sample: it comes with the number of images and its confidence interval."""

from __future__ import annotations

import math

from model.inference.evaluation import Evaluation
from model.inference.metrics import confidence_interval
from model.nn.calibration import Reliability
from ui.common import errors, formatting, templates
from ui.evaluate.results import EvaluationSet


def describe_samples(samples: EvaluationSet, dataset: str) -> str:
    """The number of images and the data set, as Markdown that shows the data set's name as it is."""
    count = formatting.image_count(samples.total)
    if samples.is_test:
        count = count.replace("image", "test image")
    if samples.rows is not None:
        count = f"{len(samples.labels):,} of the {count}"
    return f"{count} of {errors.escape_markdown(dataset)}"


def margin(right: int, count: int) -> str:
    """The 95 % confidence interval of a share of `right` in `count`, as its half width in percentage points."""
    low, high = confidence_interval(right, count)
    return f"± {50 * (high - low):.{decimals(count)}f} points"


def by_digit(evaluation: Evaluation) -> str:
    """Precision, recall with its 95 % confidence interval, and F1 of each digit, and their means, as an HTML table."""
    confusion = evaluation.confusion
    totals, right = confusion.sum(axis=1).tolist(), confusion.diagonal().tolist()
    bounds = [confidence_interval(*pair) for pair in zip(right, totals, strict=True)]
    lowest = min(math.floor(20 * low) / 20 for (low, _), total in zip(bounds, totals, strict=True) if total)

    def place(share: float) -> str:
        return f"{100 * (share - lowest) / (1 - lowest):.1f}"

    rows = [
        {
            "digit": digit,
            "images": totals[digit],
            "scores": scores,
            "low": low,
            "high": high,
            "left": place(low),
            "right": f"{100 - float(place(high)):.1f}",
            "middle": place(scores[1]),
        }
        for digit, (scores, (low, high)) in enumerate(zip(evaluation.scores_by_digit.T.tolist(), bounds, strict=True))
    ]
    return templates.render(
        "evaluate/scores_by_digit.html",
        rows=rows,
        count=sum(totals),
        means=(evaluation.precision, evaluation.recall, evaluation.f1),
        lowest=lowest,
        decimals=decimals(sum(totals)),
    )


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
