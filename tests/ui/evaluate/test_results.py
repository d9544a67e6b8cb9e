"""A network is evaluated on test images where there are any."""

from types import SimpleNamespace

import numpy as np
import pytest

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


@pytest.mark.parametrize(
    ("images", "weights", "expected"),
    [(25_000, 10**8, 10_000), (25_000, 8 * 10**6, 12_500), (25_000, 100_000, 25_000), (9_000, 10**9, 9_000)],
)
def test_a_large_network_is_evaluated_on_a_sample_of_many_images(images: int, weights: int, expected: int) -> None:
    network = SimpleNamespace(mlp=SimpleNamespace(num_weights=weights))
    row = np.arange(images)
    samples = results.EvaluationSet(row[:, None], row % 10, is_test=True).sample_for(network)
    assert (len(samples.labels), samples.total) == (expected, images)
    numbers = [samples.number_of(index) for index in range(expected)]
    assert [*numbers[:1], *numbers[-1:]] == [1, images]
    assert [samples.nearest(number) for number in numbers] == list(range(expected))
    assert [samples.image(index)[0] + 1 for index in range(expected)] == numbers
    assert (samples.labels == (np.array(numbers) - 1) % 10).all()
