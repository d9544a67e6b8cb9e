import numpy as np
import pytest

from model.batches import AHEAD, Batches
from tests.toy_data import numbered, numbers


def batches(count=100, rows=None, smoothing=0.0, augmentation="none", seed=0):
    data = numbered(count)
    order_rng, augment_rng = np.random.default_rng(seed), np.random.default_rng(seed + 1)
    rows = np.arange(count) if rows is None else rows
    return data, Batches(
        data.images, data.labels, rows, order_rng=order_rng, augment_rng=augment_rng,
        smoothing=smoothing, augmentation=augmentation,
    )  # fmt: skip


def taken(source, size):
    """What an epoch shows: the number of each image, its label, and how large each batch was."""
    shown, labels, sizes = [], [], []
    while source.left:
        batch = source.take(size)
        shown += list(numbers(batch.images))
        labels += batch.labels.tolist()
        sizes.append(len(batch.images))
    return shown, labels, sizes


@pytest.mark.parametrize("size", [1, 7, 32, 100, 1000])
def test_an_epoch_is_all_rows_in_portions(size):
    rows = np.arange(10, 95)
    data, source = batches(rows=rows)
    assert source.left == 0
    source.shuffle()
    shown, labels, sizes = taken(source, size)
    assert sorted(shown) == sorted(numbers(data.images[rows] / np.float32(255)))
    by_number = dict(zip(numbers(data.images / np.float32(255)), data.labels.tolist(), strict=True))
    assert labels == [by_number[number] for number in shown]
    assert sizes == [size] * (85 // size) + [85 % size] * (85 % size > 0)


def test_the_size_of_batches_does_not_change_the_order_nor_does_a_change_on_the_way():
    orders = []
    for sizes in ([50, 50], [3] * 33 + [1], [10, 40, 1, 49]):
        _, source = batches()
        source.shuffle()
        orders.append([number for size in sizes for number in numbers(source.take(size).images)])
        assert source.left == 0
    assert orders[0] == orders[1] == orders[2]
    assert len(set(orders[0])) == 100


def test_more_is_made_ready_than_asked_for_but_never_more_than_there_is():
    _, source = batches(3 * AHEAD)
    source.shuffle()
    first = source.take(10).images
    assert len(first.base) >= AHEAD // 10 * 10
    assert np.shares_memory(first, source.take(10).images.base)


def test_targets_are_smoothed_labels():
    _, source = batches(smoothing=0.2)
    source.shuffle()
    batch = source.take(9)
    np.testing.assert_allclose(batch.targets.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(batch.targets[np.arange(9), batch.labels], 0.82, rtol=1e-6)
    assert batch.targets.min() == pytest.approx(0.02)


def test_a_change_holds_from_the_very_next_batch():
    _, source = batches()
    source.shuffle()
    plain = source.take(10).images.copy()
    source.change(0.5, "affine")
    batch = source.take(10)
    assert batch.targets.max() == pytest.approx(0.55)
    assert not set(numbers(batch.images)) & set(numbers(plain))
    source.change(0.0, "none")
    assert source.take(10).targets.max() == 1
