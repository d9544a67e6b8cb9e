"""Example images of an evaluation, with the network's answers as captions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ui.charts.digit_images import CaptionedImage
from ui.common import formatting, theme
from ui.evaluate.results import Results

Array = NDArray[Any]

MAX_SHOWN = 12  # images at once: they fill rows of 3, 4 and 6


def captioned(results: Results, index: int) -> CaptionedImage:
    """The image at an index, with its label, the answer and the confidence."""
    samples, evaluation = results.samples, results.evaluation
    label, digit = samples.labels[index], evaluation.predictions[index]
    is_correct = digit == label
    caption = f"{label}" if is_correct else f"{label} predicted as {digit}"
    notes = (formatting.percent(float(evaluation.confidence[index])), f"no. {samples.number_of(index):,}")
    color = theme.RIGHT if is_correct else theme.WRONG
    return CaptionedImage(samples.image(index), caption, notes, color, str(index))


def sample(indices: Array, size: int, seed: int) -> Array:
    """At most `size` of the indices in random order; the same seed gives the same ones."""
    return np.random.default_rng(seed).permutation(indices)[:size]


def mistakes(results: Results, seed: int, *, most_confident_first: bool) -> Array:
    """The indices of the misclassified images to show: a random sample, or the most confident ones."""
    wrong = results.evaluation.misclassified()
    if most_confident_first:
        return results.evaluation.most_confident_first(wrong)[:MAX_SHOWN]
    return sample(wrong, MAX_SHOWN, seed)


def correct(results: Results, seed: int) -> Array:
    """The indices of a random sample of the correctly classified images."""
    return sample(results.evaluation.correct(), MAX_SHOWN, seed)
