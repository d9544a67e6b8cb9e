"""Whether one setting is better than another, told from pairs of runs with the same seed.

Each pair shares its seed, and with it the validation split and, in networks of the same layers, the initial weights:
what a seed does to both cancels in the difference. If the settings were equally good, the two scores of each pair could
as well be swapped. So the test swaps the pairs in every possible way and counts how often the mean difference is as
large as the one observed (Fisher 1935, The Design of Experiments, section 21).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.experiments.statistics.summary import LEVEL, Bounds, summarize

EXACT_UP_TO = 100_000  # ways to swap pairs, 16 pairs: with more pairs, this many ways are drawn at random
SIGNIFICANCE = 1 - LEVEL


@dataclass(frozen=True)
class PairedTest:
    """The differences of the first setting from the second one, their mean, and how often chance does as much."""

    differences: tuple[float, ...]
    mean: float
    interval: Bounds | None
    p_value: float
    is_exact: bool

    @property
    def count(self) -> int:
        """How many pairs there are."""
        return len(self.differences)

    @property
    def smallest_p(self) -> float:
        """The smallest value that the test can give for this many pairs: the same setting wins each time."""
        return smallest_p(self.count)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "test": "paired permutation test",
            "pairs": self.count,
            "difference": self.mean,
            "interval": list(self.interval) if self.interval else None,
            "level": LEVEL,
            "p": self.p_value,
            "smallest_p": self.smallest_p,
            "exact": self.is_exact,
            "differences": list(self.differences),
        }


def paired_test(first: Sequence[float], second: Sequence[float]) -> PairedTest:
    """Compare two settings by their runs, of which those at the same place belong together.

    Raises:
        ValueError: There are no pairs, or a number is not finite.
    """
    if len(first) != len(second):
        raise ValueError(f"each run needs its partner: got {len(first)} and {len(second)}")
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    summary = summarize((a - b).tolist())
    return PairedTest(
        summary.values, summary.mean, summary.interval, _p_value(a, b), 2 ** min(len(a), 60) <= EXACT_UP_TO
    )


def _p_value(first: np.ndarray, second: np.ndarray) -> float:
    if len(first) < 2:
        return 1.0  # one pair the other way round is as far apart
    from scipy import stats  # half a second to import

    found = stats.permutation_test(
        (first, second),
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        n_resamples=EXACT_UP_TO,
        batch=10_000,
        rng=np.random.default_rng(0),
    )
    return float(found.pvalue)


def smallest_p(pairs: int) -> float:
    """Return the smallest value that the exact test of this many pairs can give: 2 of 2^n ways."""
    return float(min(1.0, 2.0 ** (1 - pairs)))


def pairs_needed(comparisons: int = 1) -> int:
    """Return how many pairs can show a difference at all, if it is one of this many comparisons."""
    return next(count for count in range(1, 64) if smallest_p(count) * comparisons < SIGNIFICANCE)
