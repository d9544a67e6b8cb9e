"""Scores come with the number of images, the data set and a confidence interval."""

import re

import numpy as np
import pytest

from model.inference.evaluation import Evaluation, evaluate
from model.nn.calibration import Reliability
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from ui.common import formatting
from ui.evaluate import scores
from ui.evaluate.results import EvaluationSet


def samples(count: int, *, is_test: bool = False) -> EvaluationSet:
    return EvaluationSet(np.zeros((count, 784), np.uint8), np.zeros(count, np.uint8), is_test)


def evaluation(labels: np.ndarray, predictions: np.ndarray) -> Evaluation:
    class Given(DigitClassifier):
        def predict_proba(self, images: np.ndarray) -> np.ndarray:
            return np.eye(10, dtype=np.float32)[predictions]

    return evaluate(Given(MLP((784, 10))), np.zeros((len(labels), 784), np.uint8), labels)


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


def test_each_digit_has_its_scores_and_its_interval() -> None:
    labels, predictions = np.array([0] * 8 + [7] * 4, np.uint8), np.array([0] * 8 + [7, 7, 7, 1])
    html = scores.by_digit(evaluation(labels, predictions))
    rows = [re.findall(r"<t[hd][^>]*>([^<]*)", row) for row in html.split("<tr>")[2:]]
    assert rows[0][:5] == ["0", "8", "100.0 %", "100.0 %", "100.0 %"]
    assert rows[7][:5] == ["7", "4", "100.0 %", "75.0 %", "85.7 %"]
    assert rows[1][:5] == ["1", "0", "0.0 %", "0.0 %", "0.0 %"]  # predicted once, and never there
    assert rows[2][:5] == ["2", "0", "–", "–", "–"]
    assert rows[10][:5] == ["Mean", "12", "66.7 %", "58.3 %", "61.9 %"]
    # Wilson's interval of 3 in 4
    assert re.findall('title="([^"]*)"', html) == ["67.6 % to 100.0 %", "30.1 % to 95.4 %"]


def test_a_file_name_is_no_markdown() -> None:
    words = scores.describe_samples(samples(1), "![x](http://y) :red[z] $a$.csv")
    assert words == r"1 image of \!\[x\]\(http\:\/\/y\) \:red\[z\] \$a\$\.csv"


def test_the_number_of_images_says_whether_they_are_test_images() -> None:
    assert scores.describe_samples(samples(3, is_test=True), "toy") == "3 test images of toy"
    assert scores.describe_samples(samples(7), "toy") == "7 images of toy"
    some = samples(5)._replace(labels=np.zeros(3, np.uint8), rows=np.array([0, 2, 4]))
    assert scores.describe_samples(some, "toy") == "3 of the 5 images of toy"
