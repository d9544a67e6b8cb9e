import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import data
from tests.digit_files import digits

IMAGES, LABELS = digits(12)
TEST_IMAGES, TEST_LABELS = digits(5, seed=1)
NO_IMAGES, NO_LABELS = digits(0)
SMALL = data.Dataset("small", IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": IMAGES.astype(float)}, r"training images must be uint8 of shape \(n, 784\); got float64"),
        ({"test_images": TEST_IMAGES[:, 1:]}, r"test images must be uint8 .* got uint8 \(5, 783\)"),
        ({"labels": LABELS[1:]}, "a label for each of 12 training images; got 11 labels"),
        ({"labels": LABELS.astype(int)}, "training labels must be uint8"),
        ({"labels": LABELS + 10}, "training labels must be 0 to 9; got"),
        ({"images": NO_IMAGES, "labels": NO_LABELS}, "expected images to train on; got none"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        data.Dataset(**(vars(SMALL) | changes))


@given(st.integers(2, 60), st.floats(0, 0.9), st.integers(0, 2**32))
def test_split_parts_every_image_once(count, share, seed):
    dataset = data.Dataset("some", *digits(count), NO_IMAGES, NO_LABELS)
    if round(share * count) >= count:
        return
    learning, held_out = data.split(dataset, share, 0, np.random.default_rng(seed))
    assert sorted([*learning, *held_out]) == list(range(count))
    assert abs(len(held_out) - share * count) <= 1
    assert bool(len(held_out)) == (share > 0)


@pytest.mark.parametrize(
    ("validation_size", "training_size", "held", "used"),
    [(5, 0, 5, 12), (0.25, 0, 3, 12), (2, 6, 2, 6), (0, 4, 0, 4), (1, 99, 1, 12)],
)
def test_split_holds_out_the_first_after_shuffling(validation_size, training_size, held, used):
    order = np.random.default_rng(7).permutation(12)
    learning, held_out = data.split(SMALL, validation_size, training_size, np.random.default_rng(7))
    assert np.array_equal(held_out, order[:held])
    assert np.array_equal(learning, order[held:used])


@pytest.mark.parametrize(
    ("validation_size", "training_size", "message"),
    [
        (12, 0, "validation_size must leave images to learn from, of 12 in all; got 12"),
        (3, 3, "of 3 in all; got 3"),
        (0.999, 0, "of 12 in all; got 0.999"),
        (2.5, 0, "must be a whole number of images; got 2.5"),
        (-0.1, 0, "must leave images to learn from, of 12 in all; got -0.1"),
        (0, -1, "training_size must be 0 .* got -1"),
    ],
)
def test_a_split_that_leaves_nothing_is_refused(validation_size, training_size, message):
    with pytest.raises(ValueError, match=message):
        data.split(SMALL, validation_size, training_size, np.random.default_rng(0))
