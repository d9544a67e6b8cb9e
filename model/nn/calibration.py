"""Calibration asks whether a probability means what it says: of the answers given with 80 %, are 80 % right?

A network that has learned long tends to be surer than it should be; dividing its logits by one number, the
temperature, mends that and changes no answer.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.common.constants import CLASSES, NON_DIGIT
from model.nn.losses import softmax, target_probabilities

Array = NDArray[Any]

MIN_SAMPLES = 100  # held-out images; from fewer, the temperature would be a matter of luck
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.25, 4.0
STEPS = 100  # far more than ever needed: Newton takes about five, halving alone would take forty
PRECISION = 1e-10
BINS = 15  # as Guo et al. (2017) count
TARGET_ACCEPT_RATE = 0.98  # the share of held-out digits that a network is to take for digits


# ---------------------------------------------------------------------------------------------- temperature


def fit_temperature(logits: Array, labels: Array) -> float:
    """The temperature that fits held-out logits (n, 10) to their labels (n,) best, from 0.25 to 4 (Guo et al. 2017).

    Best is the least cross-entropy. By the inverse temperature s, with p = softmax(s z) and targets t, it is

        L(s)   = mean of  log(sum(exp(s z))) - s sum(t z)
        L'(s)  = mean of  sum(p z) - sum(t z)                   what the network expects of z, less what came
        L''(s) = mean of  sum(p z^2) - sum(p z)^2               the variance of z under p, so never negative

    L is convex: Newton's method finds where L' is 0, halving the interval whenever a step would leave it. Where hardly
    an answer is wrong, nothing would keep s from growing; so, as Platt (1999) did, the label's target is
    (n + 1) / (n + 2), and the rest is shared by the other digits.

    Returns 1.0 for fewer than 100 images, or logits that are not finite: they tell nothing.

    Raises:
        ValueError: other shapes.
    """
    n = len(labels)
    if logits.shape != (n, CLASSES):
        raise ValueError(f"logits must have the shape ({n}, {CLASSES}), a row for each label; got {logits.shape}")
    if n < MIN_SAMPLES or not np.isfinite(logits).all():
        return 1.0
    z = logits.astype(np.float64)
    z -= z.max(axis=1, keepdims=True)  # changes no probability
    wanted = target_probabilities(labels, CLASSES, CLASSES / (CLASSES - 1) / (n + 2), dtype=np.float64)
    came = _expected(wanted, z).mean()

    def derivatives(s: float) -> tuple[float, float]:
        p = softmax(s * z)
        expected = _expected(p, z)  # (n,)
        return float(expected.mean() - came), float((_expected(p, z * z) - expected**2).mean())

    low, high, s = 1 / MAX_TEMPERATURE, 1 / MIN_TEMPERATURE, 1.0
    if derivatives(low)[0] > 0:
        return MAX_TEMPERATURE
    if derivatives(high)[0] < 0:
        return MIN_TEMPERATURE
    for _ in range(STEPS):
        slope, curvature = derivatives(s)
        low, high = (low, s) if slope > 0 else (s, high)
        newton = s - slope / max(curvature, sys.float_info.min)
        before, s = s, newton if low <= newton <= high else (low + high) / 2
        if abs(s - before) <= PRECISION:
            break
    return 1 / s


def _expected(probabilities: Array, values: Array) -> Array:
    """The mean of each row's values (n, 10) under its probabilities (n, 10), (n,)."""
    return (probabilities * values).sum(axis=1)


# -------------------------------------------------------------------------------------------------- caution


def fit_reject_bias(logits: Array, passing: float = TARGET_ACCEPT_RATE) -> float:
    """What to add to the background's logit so that a share `passing` of held-out digits is taken for digits.

    Of images with `logits` (n, 11) that show digits, the one at the border gets is_digit = 1/2: the softmax of the
    background equals that of all digits together, so that the caution is the logarithm of the digits' odds there.
    Returns 0.0 for fewer than 100 images, or logits that are not finite.
    """
    if len(logits) < MIN_SAMPLES or not np.isfinite(logits).all():
        return 0.0
    digits = logits[:, :CLASSES].astype(np.float64)
    top = digits.max(axis=1, keepdims=True)
    odds = top[:, 0] + np.log(np.exp(digits - top).sum(axis=1)) - logits[:, NON_DIGIT]
    return float(np.quantile(odds, 1 - passing))


# ---------------------------------------------------------------------------------------------- reliability


@dataclass(frozen=True, eq=False)
class Reliability:
    """Answers sorted into bins of equal width by their certainty, the answer's probability."""

    counts: Array  # (bins,) answers in each bin
    right: Array  # (bins,) how many of them are right
    confidence: Array  # (bins,) their mean certainty; NaN in an empty bin

    @property
    def accuracy(self) -> Array:
        """The share of right answers in each bin, (bins,); NaN in an empty bin."""
        return _shares(self.right, self.counts)

    @property
    def expected_calibration_error(self) -> float:
        """How far certainty and accuracy are apart in a bin, 0..1, on average over all answers (Naeini et al. 2015)."""
        filled = self.counts > 0
        claimed = self.counts[filled] * self.confidence[filled]
        return float(np.abs(self.right[filled] - claimed).sum() / self.counts.sum())

    @property
    def error_by_chance(self) -> float:
        """The calibration error, 0..1, that a test of so many images finds on average where every certainty is true.

        It takes all answers of a bin for equally sure, which makes it a little too large.
        """
        bins = zip(self.counts.tolist(), self.confidence.tolist(), strict=True)
        return sum(_mean_deviation(count, confidence) for count, confidence in bins if count) / int(self.counts.sum())


def _mean_deviation(n: int, p: float) -> float:
    """The mean of |right - n p| where each of n answers is right with probability p (De Moivre 1730)."""
    if not 0 < p < 1:
        return 0.0
    k = min(math.floor(n * p) + 1, n)
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)  # of k right among n, as a logarithm
    return 2 * k * (1 - p) * math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))


def reliability(probabilities: Array, labels: Array, bins: int = BINS) -> Reliability:
    """How far the certainty of the answers can be relied on (Guo et al. 2017).

    `probabilities` (n, 10), each row's largest being the answer, `labels` (n,). Bin k of K holds the answers whose
    certainty is above k / K and at most (k + 1) / K, counted from 0.
    """
    answers = probabilities.argmax(axis=1)
    confidence = probabilities[np.arange(len(labels)), answers].astype(np.float64)
    places = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    counts = np.bincount(places, minlength=bins)
    right = np.bincount(places[answers == labels], minlength=bins)
    return Reliability(counts, right, _shares(np.bincount(places, confidence, minlength=bins), counts))


def _shares(sums: Array, counts: Array) -> Array:
    return np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
