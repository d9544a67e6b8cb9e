"""The digits that write themselves on Home are read for real, bit by bit, and in the end read right."""

import numpy as np
import pytest

from model.checkpoint import DEFAULT_WEIGHTS, load
from model.ink import render
from ui import writing


@pytest.mark.parametrize("digit", writing.PATHS)
def test_the_shipped_network_reads_each_digit_right_in_the_end(digit: int) -> None:
    reading = writing.reading(load(DEFAULT_WEIGHTS).network, writing.drawing(digit))
    probabilities = np.array(reading["probabilities"])
    assert probabilities.shape == (writing.STAGES, 10)
    assert probabilities[-1].argmax() == digit
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-3)
    assert len(reading["verdicts"]) == writing.STAGES
    assert reading["verdicts"][-1] != "no digit"


def test_all_ten_digits_are_shown() -> None:
    assert sorted(writing.PATHS) == list(range(10))


@pytest.mark.parametrize("digit", writing.PATHS)
def test_points_are_equally_far_apart(digit: int) -> None:
    for stroke in writing.drawing(digit).strokes:
        gaps = np.hypot(*np.diff(stroke, axis=0).T)
        assert gaps.max() <= 1.3 * writing.STEP
        assert np.median(gaps) == pytest.approx(writing.STEP, rel=0.1)


def test_stages_grow_from_the_first_bit_to_the_whole() -> None:
    whole = writing.drawing(5)  # two strokes
    points = [sum(map(len, stage.strokes)) for stage in writing.stages(whole, 8)]
    total = sum(map(len, whole.strokes))
    assert points == [-(-total * stage // 8) for stage in range(1, 9)]
    last = writing.stages(whole, 8)[-1]
    np.testing.assert_array_equal(render(last), render(whole))
