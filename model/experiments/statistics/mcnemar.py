"""Whether one network is better than another, told from their answers to the same images (McNemar 1947).

Images that both read, or that neither reads, say nothing about it. Of the others, two equally good networks read as
many each, but for chance; so the test is that of a coin. It is about these two networks, not about the settings that
they were trained with: another seed may turn it round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from model.common.arrays import I64, Array
from model.experiments.statistics.summary import LEVEL, Bounds


@dataclass(frozen=True, eq=False)
class McNemar:
    """How two networks differ on a test set, with the images that only one of them reads right."""

    count: int  # images in all
    both_right: int
    first_alone: I64  # the indices of the images that only the first one reads right, in order
    second_alone: I64
    p_value: float

    @property
    def difference(self) -> float:
        """How much the first one's accuracy is above the second's."""
        return (len(self.first_alone) - len(self.second_alone)) / self.count

    @property
    def accuracies(self) -> tuple[float, float]:
        """The share of the images that the first one reads right, and that of the second."""
        return (
            (self.both_right + len(self.first_alone)) / self.count,
            (self.both_right + len(self.second_alone)) / self.count,
        )

    @property
    def interval(self) -> Bounds:
        """The bounds of the difference: those of the coin (Clopper and Pearson 1934), given how many images differ."""
        from scipy import stats  # half a second to import

        first, differing = len(self.first_alone), len(self.first_alone) + len(self.second_alone)
        if not differing:
            return 0.0, 0.0
        bounds = stats.binomtest(first, differing).proportion_ci(LEVEL, method="exact")
        low, high = ((2 * share - 1) * differing / self.count for share in bounds)
        return float(low), float(high)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        first, second = len(self.first_alone), len(self.second_alone)
        return {
            "test": "McNemar's exact test",
            "images": self.count,
            "both_right": self.both_right,
            "first_alone_right": first,
            "second_alone_right": second,
            "both_wrong": self.count - self.both_right - first - second,
            "difference": self.difference,
            "interval": list(self.interval),
            "level": LEVEL,
            "p": self.p_value,
        }


def mcnemar(labels: Array, first: Array, second: Array) -> McNemar:
    """Compare the digits that two networks answered, each (n,), by the images' labels.

    Raises:
        ValueError: There are no images, or not as many answers.
    """
    if not len(labels) or len(first) != len(labels) or len(second) != len(labels):
        raise ValueError(f"each image needs two answers: got {len(labels)} images, {len(first)} and {len(second)}")
    first_right, second_right = np.asarray(first) == labels, np.asarray(second) == labels
    first_alone = np.flatnonzero(first_right & ~second_right)
    second_alone = np.flatnonzero(second_right & ~first_right)
    return McNemar(
        len(labels),
        int((first_right & second_right).sum()),
        first_alone,
        second_alone,
        mcnemar_p(len(first_alone), len(second_alone)),
    )


def mcnemar_p(first_alone: int, second_alone: int) -> float:
    """Return how often chance splits this many images as unevenly, or more so."""
    from scipy import stats  # half a second to import

    if not first_alone + second_alone:
        return 1.0
    return float(stats.binomtest(first_alone, first_alone + second_alone).pvalue)
