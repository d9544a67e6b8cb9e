"""What the runs of one setting came to: their mean, how far they lie apart, and how well the mean is known.

The interval is a bootstrap one (Efron 1987: bias-corrected and accelerated, BCa): the values are drawn again and again
from themselves, and their mean is looked at each time. It needs no normal distribution, which accuracies near 100 %
do not have. From few values it is too narrow: see `FEW`.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LEVEL = 0.95
RESAMPLES = 9_999
FEW = 10  # from fewer normal values, the 95 % interval has the true mean in fewer than nine of ten cases

Bounds = tuple[float, float]


@dataclass(frozen=True)
class Summary:
    """Mean, standard deviation (of a sample: over n - 1) and the mean's interval; the latter two need two values."""

    values: tuple[float, ...]
    mean: float
    deviation: float | None
    interval: Bounds | None

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.values)

    @property
    def standard_error(self) -> float | None:
        """The standard deviation of the mean."""
        return None if self.deviation is None else self.deviation / math.sqrt(self.count)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "n": self.count,
            "mean": self.mean,
            "standard_deviation": self.deviation,
            "interval": list(self.interval) if self.interval else None,
            "level": LEVEL,
            "values": list(self.values),
        }


def summarize(values: Sequence[float]) -> Summary:
    """Summarize one value or more.

    Raises:
        ValueError: There is none, or one is not a finite number.
    """
    array = np.asarray(values, np.float64)
    if not array.size or not np.isfinite(array).all():
        raise ValueError(f"a summary needs one finite number or more; got {list(values)}")
    several = len(array) > 1
    return Summary(
        tuple(array.tolist()),
        float(array.mean()),
        float(array.std(ddof=1)) if several else None,
        bootstrap_interval(array) if several else None,
    )


def bootstrap_interval(
    values: Sequence[float] | np.ndarray,
    statistic: Callable[..., Any] = np.mean,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> Bounds:
    """Return the BCa interval of a statistic; the same values give the same interval.

    Args:
        values: Two or more.
        statistic: What is computed of them, as `statistic(values, axis=axis)`.
        level: How often such intervals shall hold the true value.
        resamples: How often the values are drawn anew.
    """
    from scipy import stats  # half a second to import

    array = np.asarray(values, np.float64)
    if np.ptp(array) == 0:  # drawn from themselves, they are always the same
        return (float(statistic(array, axis=0)),) * 2

    def bounds(method: str) -> Bounds:
        found = stats.bootstrap(
            (array,),
            statistic,
            n_resamples=resamples,
            confidence_level=level,
            method=method,
            rng=np.random.default_rng(0),
            batch=max(1, 1_000_000 // len(array)),
        ).confidence_interval
        return float(found.low), float(found.high)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of degenerate values: there BCa gives no number
        low, high = bounds("BCa")
        return (low, high) if math.isfinite(low) and math.isfinite(high) else bounds("percentile")
