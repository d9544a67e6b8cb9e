import numpy as np
import pytest

from model.common.constants import NON_DIGIT
from model.ink import InkMixture, InkSampler, read_ink
from model.training.augmentation import distort
from model.training.batches import PREFETCH_SIZE, Batches
from tests.paths import INK
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
    _, source = batches(3 * PREFETCH_SIZE)
    source.shuffle()
    first = source.take(10).images
    assert len(first.base) >= PREFETCH_SIZE // 10 * 10
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


def test_augmentation_is_as_strong_as_it_is_said_to_be():
    def distance(strength):
        data, source = batches(augmentation="elastic")
        source.change(0.0, "elastic", strength)
        source.shuffle()
        order = np.random.default_rng(0).permutation(100)
        return np.abs(source.take(100).images - data.images[order] / np.float32(255)).mean()

    nothing, half, whole = map(distance, (0.0, 0.3, 1.0))
    assert nothing < 1e-6 < half < whole


def test_the_default_strength_is_that_of_distort():
    _, source = batches(augmentation="elastic")
    source.shuffle()
    rows = np.random.default_rng(0).permutation(100)
    expected = distort(numbered(100).images[rows], np.random.default_rng(1), elastic=True)
    np.testing.assert_array_equal(source.take(100).images, expected)


# -------------------------------------------------------------------------------------------- what is drawn besides


@pytest.fixture
def with_ink():
    """Make batches of 80 of 90 numbered images, 1 to 89, and of drawings, digits and others: 0 is an empty corner."""

    def make(**settings):
        rows = np.random.default_rng(5).permutation(np.arange(1, 90))[:80]
        data = numbered(90)
        written = InkSampler(
            list(read_ink(INK)),
            len(rows),
            np.random.default_rng(1),
            with_non_digits=True,
            mixture=InkMixture(source_size=20),
        )
        source = Batches(
            data.images, data.labels, rows, order_rng=np.random.default_rng(2), augment_rng=np.random.default_rng(3),
            smoothing=0.0, augmentation="none", classes=11, ink_sampler=written,
            drawing_rng=np.random.default_rng(4), **settings,
        )  # fmt: skip
        return data, rows, written, source

    return make


@pytest.fixture
def drawing(with_ink):
    return with_ink()


def epoch(source, size=32):
    """The images and the labels of an epoch."""
    source.shuffle()
    batches = []
    while source.left:
        batch = source.take(size)
        assert batch.targets.shape == (len(batch.labels), 11)
        np.testing.assert_array_equal(batch.targets.argmax(axis=1), batch.labels)
        batches.append((np.rint(batch.images * 255).astype(np.uint8), batch.labels.copy()))
    images, labels = zip(*batches, strict=True)
    return np.concatenate(images), np.concatenate(labels)


def test_an_epoch_is_all_rows_once_and_what_is_drawn_for_it(drawing):
    data, rows, written, source = drawing
    assert len(source) == len(rows) + len(written) > 100
    for _ in range(2):
        images, labels = epoch(source)
        shown = np.array(numbers(images))
        assert sorted(shown[shown > 0]) == sorted(rows)
        np.testing.assert_array_equal(labels[shown > 0], data.labels[shown[shown > 0]])
        assert (shown == 0).sum() == len(written)
        assert NON_DIGIT in labels
        places = np.flatnonzero(shown == 0)
        assert places.min() < 20  # among the others
        assert places.max() > len(source) - 20


def test_each_epoch_draws_other_images(drawing):
    _, _, written, source = drawing
    (one, _), (other, _) = (epoch(source) for _ in range(2))
    drawn = [{image.tobytes() for image in images[np.array(numbers(images)) == 0]} for images in (one, other)]
    assert len(drawn[0]) > 0.9 * len(written)
    assert len(drawn[0] & drawn[1]) < 0.1 * len(written)


@pytest.mark.parametrize("shares", [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (0.5, 0.5)], ids=str)
def test_augmentation_distorts_a_share_of_the_given_and_one_of_the_drawn(shares, with_ink):
    _, rows, _, source = with_ink(distorted_shares=shares)
    noise = np.random.default_rng(7).integers(0, 256, (len(rows), 784))  # which never stays the same by chance
    source._images[: len(rows)] = noise
    plain = [image.tobytes() for image in source._images[: len(rows)]]
    source.change(0.0, "affine")
    images, _ = epoch(source)
    plain += [image.tobytes() for image in source._images[len(rows) :]]  # what was drawn for this epoch
    order = np.random.default_rng(2).permutation(len(source))
    bent = np.array([image.tobytes() != plain[row] for image, row in zip(images, order, strict=True)])
    found = bent[order < len(rows)].mean(), bent[order >= len(rows)].mean()
    assert found == pytest.approx(shares, abs=0.3 if shares == (0.5, 0.5) else 0)


def test_what_is_drawn_depends_on_its_own_random_numbers_alone(drawing):
    _, rows, written, source = drawing
    expected, labels = written.draw(np.random.default_rng(4))
    images, shown = epoch(source, size=7)
    drawn = np.array(numbers(images)) == 0
    order = np.random.default_rng(2).permutation(len(source))
    places = order[order >= len(rows)] - len(rows)
    np.testing.assert_array_equal(images[drawn], expected[places])
    np.testing.assert_array_equal(shown[drawn], labels[places])
    assert set(source.state()["generators"]) == {"order", "augmentation", "drawing"}


def test_the_data_set_s_own_images_stay_as_they_are(drawing):
    data, _, _, source = drawing
    epoch(source)
    np.testing.assert_array_equal(data.images, numbered(90).images)
