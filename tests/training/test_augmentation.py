from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from threadpoolctl import threadpool_limits

from model.training import augmentation
from model.training.augmentation import DEFAULT_STRENGTH, Strength

SIDE = 28
Y, X = np.mgrid[:SIDE, :SIDE]
MIDDLE = (SIDE - 1) / 2
NONE = Strength(rotation=0, scale=0, shear=0, shift=0, displacement=0)
BENT_ALONE = replace(NONE, displacement=Strength.displacement)


def origins(count, reach, *, elastic=False, strength=DEFAULT_STRENGTH):
    """Where the pixels up to `reach` from the middle came from, x and y (count, side, side).

    Told from the outside: in an image whose brightness grows evenly from left to right, what a pixel shows is
    the x where it was read; and the same random numbers distort one that grows from top to bottom. Pixels too
    far from the middle may come from beyond the edge, where brightness tells nothing.
    """
    inner = abs(X[0] - MIDDLE) < reach
    places = []
    for ramp in (X, Y):
        images = np.tile((9 * ramp).astype(np.uint8).ravel(), (count, 1))
        shown = augmentation.distort(images, np.random.default_rng(0), elastic=elastic, strength=strength)
        places.append(shown.astype(np.float64).reshape(-1, SIDE, SIDE)[:, inner][:, :, inner] * 255 / 9)
    grid = np.ix_(inner, inner)
    return (*places, X[grid], Y[grid])


def matrices(count):
    """The affine maps found by least squares from where pixels came from: (count, 2, 3), the shift last."""
    x, y, at_x, at_y = origins(count, reach=6)
    pixels = np.column_stack((at_x.ravel() - MIDDLE, at_y.ravel() - MIDDLE, np.ones(at_x.size)))
    found = []
    for came_x, came_y in zip(x, y, strict=True):
        came = np.column_stack((came_x.ravel(), came_y.ravel())) - MIDDLE
        solution, *_ = np.linalg.lstsq(pixels, came, rcond=None)
        np.testing.assert_allclose(pixels @ solution, came, atol=1e-3)  # straight lines stay straight
        found.append(solution.T)
    return np.array(found)


@pytest.mark.parametrize("elastic", [False, True])
def test_distorted_images_have_the_network_s_shape_and_range(elastic):
    images = np.random.default_rng(0).integers(0, 256, (5, 784), np.uint8)
    before = images.copy()
    distorted = augmentation.distort(images, np.random.default_rng(1), elastic=elastic)
    assert distorted.shape == (5, 784)
    assert distorted.dtype == np.float32
    assert distorted.min() >= 0
    assert distorted.max() <= 1
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("elastic", [False, True])
def test_no_strength_leaves_images_as_they_are(elastic):
    images = np.random.default_rng(0).integers(0, 256, (5, 784), np.uint8)
    distorted = augmentation.distort(images, np.random.default_rng(1), elastic=elastic, strength=NONE)
    np.testing.assert_allclose(distorted, images / 255, atol=1e-6)


def test_affine_distortions_use_all_of_their_ranges_and_no_more():
    maps = matrices(400)
    turned, stretched = np.linalg.qr(maps[:, :, :2])
    signs = np.sign(np.diagonal(stretched, axis1=1, axis2=2))  # a QR decomposition is unique with a positive diagonal
    turned, stretched = turned * signs[:, None, :], stretched * signs[:, :, None]
    angle = np.degrees(np.arctan2(-turned[:, 1, 0], turned[:, 0, 0]))
    for values, limit in [
        (angle, 15),
        (1 / stretched[:, 0, 0] - 1, 0.15),
        (1 / stretched[:, 1, 1] - 1, 0.15),
        (stretched[:, 0, 1] / stretched[:, 1, 1], 0.2),
        (maps[:, 0, 2], 1),
        (maps[:, 1, 2], 1),
    ]:
        assert np.abs(values).max() <= limit * 1.001
        assert values.max() > 0.95 * limit
        assert values.min() < -0.95 * limit
        assert abs(values.mean()) < 0.1 * limit  # as often one way as the other
        assert values.std() == pytest.approx(limit / np.sqrt(3), rel=0.1)  # evenly spread


def test_elastic_moves_have_the_documented_size_everywhere():
    x, y, at_x, at_y = origins(600, reach=8, elastic=True, strength=BENT_ALONE)
    displacement = BENT_ALONE.displacement
    for moves in (x - at_x, y - at_y):
        assert moves.std() == pytest.approx(displacement, rel=0.05)
        assert abs(moves.mean()) < 0.15
        assert (abs(moves) < displacement).mean() == pytest.approx(0.683, abs=0.02)  # nearly normal
        np.testing.assert_allclose(moves.std(axis=0), displacement, rtol=0.2)


def test_elastic_moves_are_alike_nearby_and_not_far_away():
    x, _, at_x, _ = origins(600, reach=9, elastic=True, strength=BENT_ALONE)
    moves = x - at_x

    def likeness(distance):
        return np.corrcoef(moves[:, 9, 0], moves[:, 9, distance])[0, 1]

    assert likeness(1) > 0.97
    assert 0.6 < likeness(5) < 0.9
    assert abs(likeness(17)) < 0.2


def test_the_same_random_numbers_distort_alike():
    images = np.random.default_rng(0).integers(0, 256, (4, 784), np.uint8)
    first, second = (augmentation.distort(images, np.random.default_rng(5), elastic=True) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, augmentation.distort(images, np.random.default_rng(6), elastic=True))


def test_affine_distortions_read_every_pixel_as_scipy_does_and_beyond_the_edge_too():
    count = 2 * augmentation.BLOCK + 5  # whole blocks of images, and a part of one
    images = np.random.default_rng(1).integers(0, 256, (count, 784), np.uint8)
    distorted = augmentation.distort(images, np.random.default_rng(0)).reshape(-1, SIDE, SIDE)
    pixels = np.stack((X - MIDDLE, Y - MIDDLE, np.ones_like(X)))
    for image, matrix, shown in zip(images, matrices(count), distorted, strict=True):
        x, y = np.tensordot(matrix, pixels, 1) + MIDDLE
        old = image.reshape(SIDE, SIDE) / 255
        expected = ndimage.map_coordinates(old, (y, x), order=1, mode="grid-constant", cval=0)
        np.testing.assert_allclose(shown, expected, atol=1e-4)


def test_elastic_distortions_read_between_pixels_as_scipy_does():
    count, reach = augmentation.BLOCK + 3, 6
    images = np.random.default_rng(1).integers(0, 256, (count, 784), np.uint8)
    distorted = augmentation.distort(images, np.random.default_rng(0), elastic=True).reshape(-1, SIDE, SIDE)
    x, y, at_x, at_y = origins(count, reach, elastic=True)
    inside = (np.minimum(x, y) > 1) & (np.maximum(x, y) < SIDE - 2)
    assert inside.mean() > 0.95
    for image in range(count):
        old = images[image].reshape(SIDE, SIDE) / 255
        expected = ndimage.map_coordinates(old, (y[image], x[image]), order=1)
        shown = distorted[image, at_y, at_x]
        np.testing.assert_allclose(shown[inside[image]], expected[inside[image]], atol=1e-4)


@pytest.mark.parametrize("elastic", [False, True])
def test_distorted_images_can_go_where_the_caller_wants_them(elastic):
    images = np.random.default_rng(0).integers(0, 256, (augmentation.BLOCK + 1, 784), np.uint8)
    place = np.full((len(images) + 2, 784), 7, np.float32)
    returned = augmentation.distort(images, np.random.default_rng(1), elastic=elastic, out=place[1:-1])
    assert np.shares_memory(returned, place)
    np.testing.assert_array_equal(place[1:-1], augmentation.distort(images, np.random.default_rng(1), elastic=elastic))
    assert (place[[0, -1]] == 7).all()


def test_one_batch_leaves_no_trace_in_the_next():
    ink, paper = np.full((augmentation.BLOCK, 784), 255, np.uint8), np.zeros((5, 784), np.uint8)
    augmentation.distort(ink, np.random.default_rng(0), elastic=True)
    assert not augmentation.distort(paper, np.random.default_rng(0), elastic=True).any()


def test_distortions_do_not_depend_on_the_number_of_blas_threads():
    images = np.random.default_rng(0).integers(0, 256, (256, 784), np.uint8)
    results = []
    for threads in (1, None):
        with threadpool_limits(threads, user_api="blas"):
            results.append(augmentation.distort(images, np.random.default_rng(1), elastic=True))
    np.testing.assert_array_equal(*results)


def test_threads_that_distort_at_once_do_not_disturb_each_other():
    images = np.random.default_rng(0).integers(0, 256, (256, 784), np.uint8)

    def distorted(seed):
        return augmentation.distort(images, np.random.default_rng(seed), elastic=True)

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(distorted, range(12)))
    for seed, result in enumerate(together):
        np.testing.assert_array_equal(result, distorted(seed))


@pytest.mark.parametrize("elastic", [False, True])
def test_each_image_is_distorted_in_its_own_way(elastic):
    images = np.tile(np.random.default_rng(0).integers(0, 256, 784, np.uint8), (6, 1))
    distorted = augmentation.distort(images, np.random.default_rng(1), elastic=elastic)
    assert len({image.tobytes() for image in distorted}) == 6


def test_what_lies_beyond_the_edge_is_paper():
    images = np.full((50, 784), 255, np.uint8)
    shown = augmentation.distort(images, np.random.default_rng(0), strength=replace(NONE, shift=20))
    shown = shown.reshape(-1, SIDE, SIDE)
    assert (shown[:, 14, 14] < 1).any()
    corners = shown[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners.min(axis=1) == 0).all()
