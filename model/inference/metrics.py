"""Metrics of a classifier that need no other library than NumPy and SciPy: counts, shares and their intervals."""

from __future__ import annotations

import numpy as np

from model.common.arrays import F64, I64, Array
from model.common.constants import CLASSES


def confusion_matrix(labels: Array, predictions: Array) -> I64:
    """Count images by true digit (row) and predicted digit (column), (10, 10).

    Args:
        labels: (n,); images whose label is not a digit do not count.
        predictions: Digits, (n,).
    """
    digits = labels < CLASSES
    cells = labels[digits].astype(np.int64) * CLASSES + predictions[digits]
    return np.bincount(cells, minlength=CLASSES * CLASSES).reshape(CLASSES, CLASSES)


def accuracy_by_digit(confusion: Array) -> F64:
    """Return the accuracy on each digit's images, (10,), from a confusion matrix; NaN where there are no images."""
    totals = confusion.sum(axis=1)
    return np.divide(confusion.diagonal(), totals, out=np.full(CLASSES, np.nan), where=totals > 0)


def precision_recall_f1(confusion: Array) -> F64:
    """Return precision, recall and F1 of each digit, (3, 10), from a confusion matrix.

    Precision is a digit's share of correct predictions among all predictions of it, recall that among its images, and
    F1 their harmonic mean. NaN for a digit that is neither in the labels nor in the predictions; 0 where one of the
    three has no images to be computed from.
    """
    right, predicted, actual = confusion.diagonal(), confusion.sum(axis=0), confusion.sum(axis=1)
    scores = np.stack([right, right, 2 * right]) / np.maximum([predicted, actual, predicted + actual], 1)
    scores[:, predicted + actual == 0] = np.nan
    return scores


def confidence_interval(correct: int, count: int) -> tuple[float, float]:
    """Return the bounds, 0..1, of the 95 % interval of a share, `correct` of `count` (Wilson 1927).

    Unlike the normal approximation it stays within 0..1, and has a width at a perfect score. (0, 1) of no images.
    """
    if not count:
        return 0.0, 1.0
    from scipy.stats import binomtest  # half a second to import, which only a page with intervals needs

    interval = binomtest(int(correct), int(count)).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)
