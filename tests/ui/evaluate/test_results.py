"""A network is evaluated on test images where there are any, and the page warns of images that it learned from."""

import numpy as np

from model.config import TrainingConfig
from model.data import Dataset
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import Checkpoint
from ui.evaluate import results


def dataset(images: int, test_images: int) -> Dataset:
    def part(count: int) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((count, 784), np.uint8), np.zeros(count, np.uint8)

    return Dataset("toy", *part(images), *part(test_images))


def checkpoint(trained_on: str) -> Checkpoint:
    return Checkpoint(DigitClassifier(MLP((784, 10))), TrainingConfig(data=trained_on))


def test_the_test_split_is_evaluated_and_all_images_where_there_is_none() -> None:
    assert (len(results.evaluation_set(dataset(7, 3)).labels), results.evaluation_set(dataset(7, 3)).is_test) == (
        3,
        True,
    )
    assert (len(results.evaluation_set(dataset(7, 0)).labels), results.evaluation_set(dataset(7, 0)).is_test) == (
        7,
        False,
    )


def test_training_images_are_mentioned() -> None:
    with_test, without = results.evaluation_set(dataset(7, 3)), results.evaluation_set(dataset(7, 0))
    assert results.warnings(checkpoint("mnist"), "mnist", with_test) == []
    assert "60,000" in results.warnings(checkpoint("mnist"), "mnist-5k", with_test)[0]
    assert len(results.warnings(checkpoint("mnist"), "mine.csv", without)) == 1
    assert "learned from these" in results.warnings(checkpoint("mine.csv"), "mine.csv", without)[1]
    assert results.warnings(Checkpoint(DigitClassifier(MLP((784, 10)))), "mnist-5k", with_test) == []
