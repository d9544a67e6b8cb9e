"""Calibration: of the predictions made with a confidence of 80 %, 80 % should be correct.

A network that was trained for long tends to be overconfident. Dividing its logits by one number, the temperature,
corrects that and changes no prediction.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np

from model.common.arrays import F64, I64, Array
from model.common.constants import CLASSES, NON_DIGIT
from model.nn.losses import softmax, target_probabilities

MIN_SAMPLES = 100  # validation images; from fewer, the temperature would depend on chance
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.25, 4.0
STEPS = 100  # never reached: Newton's method takes about five, bisection alone would take forty
PRECISION = 1e-10
BINS = 15  # as in Guo et al. (2017)
TARGET_ACCEPT_RATE = 0.99  # the share of validation digits that a classifier is to accept as digits


# ---------------------------------------------------------------------------------------------- temperature


def fit_temperature(logits: Array, labels: Array, weights: Array | None = None) -> float:
    """Find the temperature, from 0.25 to 4, that minimizes the cross-entropy of validation images (Guo et al. 2017).

    As a function of the inverse temperature s, with p = softmax(s z) and targets t, the cross-entropy is

        L(s)   = mean of  log(sum(exp(s z))) - s sum(t z)
        L'(s)  = mean of  sum(p z) - sum(t z)                   the expectation of z under p, minus that under t
        L''(s) = mean of  sum(p z^2) - sum(p z)^2               the variance of z under p, so never negative

    L is convex: Newton's method finds where L' is 0, with bisection whenever a step would leave the interval. If
    hardly a prediction is wrong, s would grow without limit; therefore, as in Platt (1999), the label's target is
    (n + 1) / (n + 2), and the other digits share the rest.

    Args:
        logits: Of the digits, (n, 10).
        labels: (n,).
        weights: How much each image counts, (n,); by default all count the same.

    Returns:
        The temperature; 1.0 for fewer than 100 images or logits that are not finite.

    Raises:
        ValueError: The logits have another shape.
    """
    n: float = len(labels)
    if logits.shape != (n, CLASSES):
        raise ValueError(f"logits must have the shape ({n}, {CLASSES}), a row for each label; got {logits.shape}")
    if n < MIN_SAMPLES or not np.isfinite(logits).all():
        return 1.0
    if weights is not None:
        n = weights.sum() ** 2 / (weights**2).sum()  # as many images of equal weight say as much (Kish 1965)
    z = logits.astype(np.float64)
    z -= z.max(axis=1, keepdims=True)  # changes no probability
    target = target_probabilities(labels, CLASSES, CLASSES / (CLASSES - 1) / (n + 2), dtype=np.float64)
    under_target = np.average(_expected(target, z), weights=weights)

    def derivatives(s: float) -> tuple[float, float]:
        p = softmax(s * z)
        expected = _expected(p, z)  # (n,)
        slope = np.average(expected, weights=weights) - under_target
        return float(slope), float(np.average(_expected(p, z * z) - expected**2, weights=weights))

    low, high, s = 1 / MAX_TEMPERATURE, 1 / MIN_TEMPERATURE, 1.0
    if derivatives(low)[0] > 0:
        return MAX_TEMPERATURE
    if derivatives(high)[0] < 0:
        return MIN_TEMPERATURE
    for _ in range(STEPS):
        slope, curvature = derivatives(s)
        low, high = (low, s) if slope > 0 else (s, high)
        newton = s - slope / max(curvature, sys.float_info.min)
        previous, s = s, newton if low <= newton <= high else (low + high) / 2
        if abs(s - previous) <= PRECISION:
            break
    return 1 / s


def _expected(probabilities: Array, values: Array) -> Array:
    """Return the expectation of each row's values (n, 10) under its probabilities (n, 10), (n,)."""
    return (probabilities * values).sum(axis=1)


# ---------------------------------------------------------------------------------------------- reject bias


def fit_reject_bias(logits: Array, accept_rate: float = TARGET_ACCEPT_RATE, weights: Array | None = None) -> float:
    """Find what to add to the reject class's logit so that a given share of validation digits is accepted.

    The image at the border gets is_digit = 1/2: the reject class is as probable as all digits together. So the bias is
    a quantile of the digits' log odds against the reject class.

    Args:
        logits: Of images that show digits, (n, 11).
        accept_rate: The share to accept, 0..1.
        weights: How much each image counts, (n,); by default all count the same.

    Returns:
        The bias; 0.0 for fewer than 100 images or logits that are not finite.
    """
    if len(logits) < MIN_SAMPLES or not np.isfinite(logits).all():
        return 0.0
    digits = logits[:, :CLASSES].astype(np.float64)
    top = digits.max(axis=1, keepdims=True)
    odds = top[:, 0] + np.log(np.exp(digits - top).sum(axis=1)) - logits[:, NON_DIGIT]
    if weights is None:
        return float(np.quantile(odds, 1 - accept_rate))
    return float(np.quantile(odds, 1 - accept_rate, weights=weights, method="inverted_cdf"))


# ---------------------------------------------------------------------------------------------- reliability


@dataclass(frozen=True, eq=False)
class Reliability:
    """Predictions in bins of equal width by their confidence, the predicted class's probability."""

    counts: I64  # (bins,) predictions in each bin
    right: I64  # (bins,) how many of them are correct
    confidence: F64  # (bins,) their mean confidence; NaN in an empty bin

    @property
    def accuracy(self) -> F64:
        """The share of correct predictions in each bin, (bins,); NaN in an empty bin."""
        return _shares(self.right, self.counts)

    @property
    def expected_calibration_error(self) -> float:
        """The gap between a bin's confidence and accuracy, 0..1, averaged over predictions (Naeini et al. 2015)."""
        filled = self.counts > 0
        claimed = self.counts[filled] * self.confidence[filled]
        return float(np.abs(self.right[filled] - claimed).sum() / self.counts.sum())

    @property
    def error_by_chance(self) -> float:
        """The expected calibration error, 0..1, that chance alone gives a perfectly calibrated network on average.

        All predictions of a bin count as equally confident, which makes it slightly too large.
        """
        bins = zip(self.counts.tolist(), self.confidence.tolist(), strict=True)
        return sum(_mean_deviation(count, confidence) for count, confidence in bins if count) / int(self.counts.sum())


def _mean_deviation(n: int, p: float) -> float:
    """Return the mean of |k - n p| for k of a binomial distribution (De Moivre 1730)."""
    if not 0 < p < 1:
        return 0.0
    k = min(math.floor(n * p) + 1, n)
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)  # log(n choose k)
    return 2 * k * (1 - p) * math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))


def reliability(probabilities: Array, labels: Array, bins: int = BINS) -> Reliability:
    """Compare the confidence of predictions with their accuracy (Guo et al. 2017).

    Args:
        probabilities: (n, 10); the largest of a row is the prediction.
        labels: (n,).
        bins: How many. Bin k, counted from 0, holds the predictions whose confidence is above k / bins and at most
            (k + 1) / bins.
    """
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities[np.arange(len(labels)), predicted].astype(np.float64)
    bin_of = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    counts = np.bincount(bin_of, minlength=bins)
    right = np.bincount(bin_of[predicted == labels], minlength=bins)
    return Reliability(counts, right, _shares(np.bincount(bin_of, confidence, minlength=bins), counts))


def _shares(sums: Array, counts: I64) -> F64:
    """Divide sums by counts; NaN where the count is 0."""
    return np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
