"""What is said beside a score: how many images, of which data, and how far chance moves it."""

import numpy as np
import pytest
from scipy.stats import binomtest

from model.config import TrainingConfig
from model.data import Dataset
from model.nn.calibration import Reliability
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import Checkpoint
from ui.common import formatting
from ui.evaluate import scores


def dataset(images: int, test_images: int) -> Dataset:
    def part(count: int) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((count, 784), np.uint8), np.zeros(count, np.uint8)

    return Dataset("toy", *part(images), *part(test_images))


def checkpoint(trained_on: str) -> Checkpoint:
    return Checkpoint(DigitClassifier(MLP((784, 10))), TrainingConfig(data=trained_on))


@pytest.mark.parametrize(("right", "count"), [(0, 10), (10, 10), (1, 1), (987, 1000), (9873, 10000)])
def test_interval_is_wilsons(right: int, count: int) -> None:
    expected = binomtest(right, count).proportion_ci(0.95, method="wilson")
    assert scores.interval(right, count) == pytest.approx(tuple(expected), abs=1e-4)


def test_nothing_is_known_of_a_share_of_nothing() -> None:
    assert scores.interval(0, 0) == (0, 1)


def test_margin_of_half_of_100_is_about_ten_points() -> None:
    assert scores.margin(50, 100).startswith("about ± 9.6 percentage points")


def test_how_far_certainty_is_off_is_said_beside_what_chance_makes_of_it() -> None:
    # 1,000 answers given with 80 %, 770 of them right: 3 points off. The mean deviation of a share by chance is
    # about sqrt(2 / pi) of its standard deviation, 0.8 * 1.265 points.
    found = Reliability(np.array([0, 1000]), np.array([0, 770]), np.array([np.nan, 0.8]))
    said = scores.certainty(found)
    assert said.startswith("On average its certainty is 3.0 percentage points off.")
    assert said.endswith("chance alone would make it 1.0.")


def test_a_certainty_that_is_no_number_is_called_so() -> None:
    found = Reliability(np.array([0, 9]), np.array([0, 1]), np.array([np.nan, np.nan]))
    assert scores.certainty(found) == "The certainty of this network is not a number."


def test_only_a_whole_is_100_percent_and_only_nothing_is_0_percent() -> None:
    shares = [0, 1e-9, 0.0004, 0.0006, 0.5, 0.9994, 0.9999, 1]
    expected = ["0.0 %", "< 0.1 %", "< 0.1 %", "0.1 %", "50.0 %", "99.9 %", "> 99.9 %", "100.0 %"]
    assert [formatting.percent(share) for share in shares] == expected
    assert formatting.percent(0.99999, 2) == "> 99.99 %"
    assert formatting.percent(float("nan")) == "–"


@pytest.mark.parametrize("count", [10, 1000, 10_000])
def test_one_more_right_answer_shows(count: int) -> None:
    shares = [(count - 2) / count, (count - 1) / count]
    assert len({formatting.percent(share, scores.decimals(count)) for share in shares}) == 2


def test_the_test_part_is_evaluated_and_all_images_where_there_is_none() -> None:
    assert scores.described(scores.part_of(dataset(7, 3)), "toy") == "3 test images of toy"
    assert scores.described(scores.part_of(dataset(7, 0)), "toy") == "7 images of toy"


def test_a_file_name_is_no_markdown() -> None:
    words = scores.described(scores.part_of(dataset(1, 0)), "![x](http://y) :red[z] $a$.csv")
    assert words == r"1 image of \!\[x\]\(http\:\/\/y\) \:red\[z\] \$a\$\.csv"


def test_known_images_are_mentioned() -> None:
    with_test, without = scores.part_of(dataset(7, 3)), scores.part_of(dataset(7, 0))
    assert scores.cautions(checkpoint("mnist"), "mnist", with_test) == []
    assert "60,000" in scores.cautions(checkpoint("mnist"), "mnist-5k", with_test)[0]
    assert len(scores.cautions(checkpoint("mnist"), "mine.csv", without)) == 1
    assert "learned from these" in scores.cautions(checkpoint("mine.csv"), "mine.csv", without)[1]
    assert scores.cautions(Checkpoint(DigitClassifier(MLP((784, 10)))), "mnist-5k", with_test) == []


def test_a_sample_is_drawn_without_repetition_and_again_the_same() -> None:
    places = np.arange(100) * 3
    drawn = scores.sample(places, 12, seed=1)
    assert len(set(drawn)) == 12
    assert set(drawn) <= set(places)
    assert (drawn == scores.sample(places, 12, seed=1)).all()
    assert (drawn != scores.sample(places, 12, seed=2)).any()
    assert sorted(scores.sample(places[:5], 12, seed=1)) == list(places[:5])
