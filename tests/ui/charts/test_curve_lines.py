"""Smoothing a curve is a weighted mean that is not biased towards 0."""

import math

import numpy as np
import pytest

from ui.charts.curve_lines import smoothed


def test_smoothing_is_the_weighted_mean_of_what_came_before() -> None:
    assert smoothed(np.array([1.0, 2.0, 4.0]), 0.5) == pytest.approx([1, (0.5 + 2) / 1.5, (0.25 + 1 + 4) / 1.75])
    assert smoothed(np.array([math.nan, 1.0, math.inf, 3.0]), 0.5)[[1, 3]] == pytest.approx([1, (0.5 + 3) / 1.5])
    assert smoothed(np.full(50, 7.0), 0.99) == pytest.approx(np.full(50, 7.0))
