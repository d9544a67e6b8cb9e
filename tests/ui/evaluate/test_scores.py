"""Scores come with the number of images, the data set and a confidence interval."""

import numpy as np
import pytest

from model.nn.calibration import Reliability
from ui.common import formatting
from ui.evaluate import scores
from ui.evaluate.results import EvaluationSet


def samples(count: int, *, is_test: bool = False) -> EvaluationSet:
    return EvaluationSet(np.zeros((count, 784), np.uint8), np.zeros(count, np.uint8), is_test)


def test_margin_of_half_of_100_is_about_ten_points() -> None:
    assert scores.margin(50, 100) == "± 9.6 points"


def test_the_calibration_error_comes_with_that_of_chance() -> None:
    # 1,000 answers given with 80 %, 770 of them right: 3 points off. The mean deviation of a share by chance is
    # about sqrt(2 / pi) of its standard deviation, 0.8 * 1.265 points.
    found = Reliability(np.array([0, 1000]), np.array([0, 770]), np.array([np.nan, 0.8]))
    said = scores.calibration(found)
    assert said == "Expected calibration error 3.0 % (1.0 % by chance alone)."


def test_a_confidence_that_is_not_a_number_is_called_so() -> None:
    found = Reliability(np.array([0, 9]), np.array([0, 1]), np.array([np.nan, np.nan]))
    assert scores.calibration(found) == "The confidence of this network is not a number."


@pytest.mark.parametrize("count", [10, 1000, 10_000])
def test_one_more_right_answer_shows(count: int) -> None:
    shares = [(count - 2) / count, (count - 1) / count]
    assert len({formatting.percent(share, scores.decimals(count)) for share in shares}) == 2


def test_a_file_name_is_no_markdown() -> None:
    words = scores.describe_samples(samples(1), "![x](http://y) :red[z] $a$.csv")
    assert words == r"1 image of \!\[x\]\(http\:\/\/y\) \:red\[z\] \$a\$\.csv"


def test_the_number_of_images_says_whether_they_are_test_images() -> None:
    assert scores.describe_samples(samples(3, is_test=True), "toy") == "3 test images of toy"
    assert scores.describe_samples(samples(7), "toy") == "7 images of toy"
