"""How many images a split takes is what the split itself takes."""

import numpy as np
import pytest

from model import data
from tests.toy_data import numbered


@pytest.mark.parametrize(("validation_size", "training_size"), [(0, 0), (0.1, 0), (0.1, 50), (7, 0), (0.001, 0)])
def test_the_sizes_are_those_of_the_split(validation_size: float, training_size: int) -> None:
    dataset = numbered(300)
    train, validation = data.split(dataset, validation_size, training_size, np.random.default_rng(0))
    sizes = data.split_sizes(len(dataset.images), validation_size, training_size)
    assert sizes == (len(train), len(validation))


def test_the_number_of_training_images_is_known_ahead(mnist_5k: data.Dataset) -> None:
    assert len(mnist_5k.images) == data.TRAINING_IMAGES["mnist-5k"]
    assert data.TRAINING_IMAGES.keys() == data.DATASETS.keys()
    for name, images in data.TRAINING_IMAGES.items():
        assert f"{images:,} to train" in data.DATASETS[name]
