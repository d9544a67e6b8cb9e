"""P values corrected for many comparisons: of twenty of the same with the same, one looks real by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p values for their number (Holm 1979), each at its place; SciPy has no such function.

    The smallest is multiplied by how many there are, the next by one less, and so on; none gets smaller than one
    before it. So in 5 of 100 such families at most, something is below 0.05 where there is nothing.
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return corrected.tolist()
