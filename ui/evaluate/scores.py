"""A score is a share of right answers, and a share of a sample: other digits from the same hands would give another.

So each comes with the number of images that it was measured on, and with how far chance alone may have moved it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from model import data
from model.data import Dataset
from model.nn.classifier import DigitClassifier
from model.training.checkpoint import Checkpoint
from ui.common import errors, formatting
from ui.pickers import datasets

if TYPE_CHECKING:
    from model.inference.evaluation import Evaluation
    from model.nn.calibration import Reliability

Array = NDArray[Any]

EVALUATIONS_KEPT = 8  # for all visitors together; about half a megabyte for 10,000 images
QUANTILE = 1.96  # of the normal distribution, for 95 %


class Part(NamedTuple):
    """The images that a network is evaluated on: the test part, or all where there is none."""

    images: Array  # (n, 784)
    labels: Array  # (n,)
    is_test: bool


def part_of(dataset: Dataset) -> Part:
    """The part of a data set to evaluate on."""
    if len(dataset.test_labels):
        return Part(dataset.test_images, dataset.test_labels, True)
    return Part(dataset.images, dataset.labels, False)


def evaluate(network: DigitClassifier, dataset: str, part: Part) -> Evaluation:
    """The network's answers for a part of the data set that the menu calls `dataset`; quick the second time."""
    # Visitors share what is kept, and one's train.csv is not another's: the folder tells them apart.
    return _evaluate(f"{network} {network.checksum()}", str(datasets.folder(dataset)), network, part)


# Streamlit tells calls apart by the arguments whose names have no underscore.
@st.cache_resource(max_entries=EVALUATIONS_KEPT, show_spinner="Reading the images ...")
def _evaluate(identity: str, folder: str, _network: DigitClassifier, _part: Part) -> Evaluation:
    from model.inference.evaluation import (
        evaluate,  # brings scikit-learn, which takes seconds: not before the page shows
    )

    return evaluate(_network, _part.images, _part.labels)


def figures(found: Evaluation) -> list[tuple[str, float, str]]:
    """The scores that are shown: name, value 0..1, and meaning."""
    return [
        ("Accuracy", found.accuracy, "The share of all images that it reads right."),
        (
            "Precision",
            found.precision,
            "Of the images that it reads as a 7, how many are one? The mean over all digits.",
        ),
        (
            "Recall",
            found.recall,
            "Of the images that show a 7, how many does it read as one? The mean over all digits.",
        ),
        ("F1", found.f1, "Precision and recall in one figure, their harmonic mean. The mean over all digits."),
    ]


def described(part: Part, dataset: str) -> str:
    """How many images of which data, in words; the name is shown as it is, whatever its file was called."""
    counted = formatting.image_count(len(part.labels))
    return f"{counted.replace('image', 'test image') if part.is_test else counted} of {errors.escape_markdown(dataset)}"


def cautions(checkpoint: Checkpoint, dataset: str, part: Part) -> list[str]:
    """What must be known to judge the scores rightly, one sentence or two each."""
    config = checkpoint.config
    sentences = [
        data.overlap(config.data, dataset, ink=config.ink, on_training_part=not part.is_test) if config else None
    ]
    if not part.is_test:
        sentences.insert(0, "This data set has no test part, so all of its images are read.")
    return [sentence for sentence in sentences if sentence]


def interval(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share, `right` of `count`, as bounds 0..1 (Wilson, 1927); (0, 1) of nothing.

    Unlike the normal approximation it stays within 0..1, and does not shrink to nothing at a perfect score.
    """
    if not count:
        return 0.0, 1.0
    share, excess = right / count, QUANTILE**2 / count
    centre = share + excess / 2
    reach = QUANTILE * math.sqrt(share * (1 - share) / count + excess / (4 * count))
    return max((centre - reach) / (1 + excess), 0.0), min((centre + reach) / (1 + excess), 1.0)


def margin(right: int, count: int) -> str:
    """How far chance moves a share of `right` in `count`, in words: half of its 95 % interval."""
    low, high = interval(right, count)
    return f"about ± {50 * (high - low):.{decimals(count)}f} percentage points (95 % interval)"


def certainty(found: Reliability) -> str:
    """How far the certainty of the answers is off, in words."""
    error, places = found.expected_calibration_error, decimals(int(found.counts.sum()))
    if not math.isfinite(error):
        return "The certainty of this network is not a number."
    return (
        f"On average its certainty is {100 * error:.{places}f} percentage points off. With so many images, "
        f"chance alone would make it {100 * found.error_by_chance:.{places}f}."
    )


def decimals(count: int) -> int:
    """How many decimals a percentage of `count` images deserves."""
    return 1 if count <= 1000 else 2


def sample(places: Array, size: int, seed: int) -> Array:
    """At most `size` of the places, drawn at random, the same ones for the same seed."""
    return np.random.default_rng(seed).permutation(places)[:size]
