"""A downsampled curve has its beginning, its end, its peaks, and no more points than asked for."""

import math

import numpy as np
import pytest

from model.common.downsampling import FIRST_POINTS, downsampled

SHOWN = 120


@pytest.mark.parametrize("count", [0, 1, 2, 119, 120, 121, 399, 400, 401, 802, 4000, 100_003])
def test_a_curve_keeps_its_beginning_its_end_and_its_extremes(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    kept = downsampled(values, SHOWN).tolist()
    assert kept == sorted(set(kept))
    assert len(kept) == count if count <= SHOWN else SHOWN / 3 <= len(kept) <= SHOWN
    if count:
        assert {*range(min(count, FIRST_POINTS)), count - 1, int(values.argmin()), int(values.argmax())} <= set(kept)


def test_a_spike_is_kept_wherever_it_is() -> None:
    for at in range(1000):
        values = np.ones(1000)
        values[at] = 9
        assert at in downsampled(values, SHOWN)


def test_a_curve_that_grows_keeps_its_points_until_the_buckets_double() -> None:
    values = np.random.default_rng(0).normal(size=400)
    early, later = set(downsampled(values[:300], SHOWN).tolist()), set(downsampled(values, SHOWN).tolist())
    assert len(early - later) <= 2  # of the last bucket


def test_values_that_are_not_finite_are_no_extremes() -> None:
    values = np.array([math.nan, math.inf] * 500)
    values[777] = 2.0
    values[778] = -2.0
    assert {777, 778} <= set(downsampled(values, SHOWN).tolist())
