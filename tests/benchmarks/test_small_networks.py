"""Claims about the comparison of small networks, with tiny trainings."""

import itertools

import numpy as np
import pytest

from benchmarks.small_networks import COPIES, DESIGNS, PRESET, compared, copies, markdown
from model import load_dataset
from model.presets import preset


@pytest.fixture(scope="module")
def dataset():
    return load_dataset("mnist-5k")


def test_each_design_is_trained_and_measured(dataset):
    config = preset(PRESET).config.changed(training_size=500, validation_size=100, epochs=1, teacher="")
    found = compared(config, ({"hidden_sizes": (8,)}, {"batch_normalization": False}), dataset)
    narrow, deep = found
    assert narrow["parameters"] == 784 * 8 + 8 + 8 + 8 * 10 + 10  # weights, biases and scales
    assert (narrow["batch_normalization"], deep["batch_normalization"]) == (True, False)
    assert (deep["hidden_sizes"], deep["learning_rate"]) == (config.hidden_sizes, config.learning_rate)
    assert all(0 < one[share] < 1 for one in found for share in ("wrong", "wrong_distorted"))
    rows = markdown(found, config).splitlines()
    assert rows[2].startswith("| 8 | yes | 0.012 | 6,378 | ")
    assert "1 epoch," in rows[-1]


def test_every_design_has_at_most_25_000_parameters():
    base = preset(PRESET).config
    for design in DESIGNS:
        sizes = (784, *base.changed(**design).hidden_sizes, 10)
        weights = sum(one * next_one for one, next_one in itertools.pairwise(sizes))
        assert weights + sum(sizes[1:]) + sum(sizes[1:-1]) <= 25_000


def test_distorted_copies_are_the_same_every_time(dataset):
    images = np.asarray(dataset.images)[:3]
    made = copies(images)
    np.testing.assert_array_equal(made, copies(images))
    assert made.shape == (3 * COPIES, 784)
    assert len({copy.tobytes() for copy in made}) == len(made)
