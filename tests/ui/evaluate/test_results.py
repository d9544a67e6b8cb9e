"""A network is evaluated on test images where there are any."""

import numpy as np

from model.data import Dataset
from ui.evaluate import results


def dataset(images: int, test_images: int) -> Dataset:
    def part(count: int) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((count, 784), np.uint8), np.zeros(count, np.uint8)

    return Dataset("toy", *part(images), *part(test_images))


def test_the_test_split_is_evaluated_and_all_images_where_there_is_none() -> None:
    assert (len(results.evaluation_set(dataset(7, 3)).labels), results.evaluation_set(dataset(7, 3)).is_test) == (
        3,
        True,
    )
    assert (len(results.evaluation_set(dataset(7, 0)).labels), results.evaluation_set(dataset(7, 0)).is_test) == (
        7,
        False,
    )
