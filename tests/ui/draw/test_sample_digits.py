"""Sample digits lie on the sheet, are never twice the same, and are read right."""

import numpy as np
import pytest

from model.inference.classification import classify_images
from model.ink import render
from model.training.checkpoint import DEFAULT_WEIGHTS, load
from ui.draw.fabric import SHEET_SIZE
from ui.draw.sample_digits import PATHS, sample_digit

SEEDS = range(12)


def test_all_ten_digits_are_there() -> None:
    assert sorted(PATHS) == list(range(10))


@pytest.mark.parametrize("digit", range(10))
def test_a_sample_lies_on_the_sheet_and_is_read_right(digit: int) -> None:
    samples = [sample_digit(digit, np.random.default_rng(seed)) for seed in SEEDS]
    for sample in samples:
        points = np.concatenate(sample.strokes)
        assert points.min() > 0.1 * SHEET_SIZE
        assert points.max() < 0.9 * SHEET_SIZE
        assert sample.label is None  # it is the visitor who says what it shows
    answers = classify_images(load(DEFAULT_WEIGHTS).network, [render(sample) for sample in samples])
    assert sum(answer.digit == digit and answer.verdict == "digit" for answer in answers) >= len(SEEDS) - 1


def test_a_seed_gives_the_same_sample_and_another_seed_another() -> None:
    first, same, other = (sample_digit(7, np.random.default_rng(seed)).to_json() for seed in (1, 1, 2))
    assert first == same != other
