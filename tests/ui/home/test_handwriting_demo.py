"""The digits that write themselves on Home are read for real, bit by bit, and in the end read right."""

import numpy as np
import pytest

from model.ink import render
from model.training.checkpoint import DEFAULT_WEIGHTS, load
from ui.draw.sample_digits import PATHS, POINT_SPACING, written
from ui.home import handwriting_demo


@pytest.mark.parametrize("digit", PATHS)
def test_the_shipped_network_reads_each_digit_right_in_the_end(digit: int) -> None:
    prediction = handwriting_demo.predict_stages(load(DEFAULT_WEIGHTS).network, written(digit))
    probabilities = np.array(prediction["probabilities"])
    assert probabilities.shape == (handwriting_demo.STAGES, 10)
    assert probabilities[-1].argmax() == digit
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-3)
    assert len(prediction["verdicts"]) == handwriting_demo.STAGES
    assert prediction["verdicts"][-1] != "no digit"


def test_all_ten_digits_are_shown() -> None:
    assert sorted(PATHS) == list(range(10))


@pytest.mark.parametrize("digit", PATHS)
def test_points_are_equally_far_apart(digit: int) -> None:
    for stroke in written(digit).strokes:
        gaps = np.hypot(*np.diff(stroke, axis=0).T)
        assert gaps.max() <= 1.3 * POINT_SPACING
        assert np.median(gaps) == pytest.approx(POINT_SPACING, rel=0.1)


def test_stages_grow_from_the_first_bit_to_the_whole() -> None:
    whole = written(5)  # two strokes
    points = [sum(map(len, stage.strokes)) for stage in handwriting_demo.stages(whole, 8)]
    total = sum(map(len, whole.strokes))
    assert points == [-(-total * stage // 8) for stage in range(1, 9)]
    last = handwriting_demo.stages(whole, 8)[-1]
    np.testing.assert_array_equal(render(last), render(whole))
