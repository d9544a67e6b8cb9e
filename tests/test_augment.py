import numpy as np
import pytest

from model import augment

SIDE = 28
Y, X = np.mgrid[:SIDE, :SIDE]
MIDDLE = (SIDE - 1) / 2
STRENGTHS = ("ROTATION", "SCALE", "SHEAR", "SHIFT", "DISPLACEMENT")


@pytest.fixture
def without(monkeypatch):
    """Turn strengths off."""

    def turn_off(*names):
        for name in names:
            monkeypatch.setattr(augment, name, 0.0)

    return turn_off


def origins(count, reach, *, elastic=False):
    """Where the pixels up to `reach` from the middle came from, x and y (count, side, side).

    Told from the outside: in an image whose brightness grows evenly from left to right, what a pixel shows is
    the x where it was read; and the same random numbers distort one that grows from top to bottom. Pixels too
    far from the middle may come from beyond the edge, where brightness tells nothing.
    """
    inner = abs(X[0] - MIDDLE) < reach
    places = []
    for ramp in (X, Y):
        images = np.tile((9 * ramp).astype(np.uint8).ravel(), (count, 1))
        shown = augment.distort(images, np.random.default_rng(0), elastic=elastic).astype(np.float64)
        places.append(shown.reshape(-1, SIDE, SIDE)[:, inner][:, :, inner] * 255 / 9)
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
    distorted = augment.distort(images, np.random.default_rng(1), elastic=elastic)
    assert distorted.shape == (5, 784)
    assert distorted.dtype == np.float32
    assert distorted.min() >= 0
    assert distorted.max() <= 1
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("elastic", [False, True])
def test_no_strength_leaves_images_as_they_are(elastic, without):
    without(*STRENGTHS)
    images = np.random.default_rng(0).integers(0, 256, (5, 784), np.uint8)
    distorted = augment.distort(images, np.random.default_rng(1), elastic=elastic)
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


def test_elastic_moves_have_the_documented_size_everywhere(without):
    without("ROTATION", "SCALE", "SHEAR", "SHIFT")
    x, y, at_x, at_y = origins(600, reach=8, elastic=True)
    for moves in (x - at_x, y - at_y):
        assert moves.std() == pytest.approx(augment.DISPLACEMENT, rel=0.05)
        assert abs(moves.mean()) < 0.15
        np.testing.assert_allclose(moves.std(axis=0), augment.DISPLACEMENT, rtol=0.2)


def test_elastic_moves_are_alike_nearby_and_not_far_away(without):
    without("ROTATION", "SCALE", "SHEAR", "SHIFT")
    x, _, at_x, _ = origins(600, reach=9, elastic=True)
    moves = x - at_x

    def likeness(distance):
        return np.corrcoef(moves[:, 9, 0], moves[:, 9, distance])[0, 1]

    assert likeness(1) > 0.97
    assert 0.6 < likeness(5) < 0.9
    assert abs(likeness(17)) < 0.2


def test_the_same_random_numbers_distort_alike():
    images = np.random.default_rng(0).integers(0, 256, (4, 784), np.uint8)
    first, second = (augment.distort(images, np.random.default_rng(5), elastic=True) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, augment.distort(images, np.random.default_rng(6), elastic=True))


@pytest.mark.parametrize("elastic", [False, True])
def test_each_image_is_distorted_in_its_own_way(elastic):
    images = np.tile(np.random.default_rng(0).integers(0, 256, 784, np.uint8), (6, 1))
    distorted = augment.distort(images, np.random.default_rng(1), elastic=elastic)
    assert len({image.tobytes() for image in distorted}) == 6


def test_what_lies_beyond_the_edge_is_paper(monkeypatch, without):
    without("ROTATION", "SCALE", "SHEAR", "DISPLACEMENT")
    monkeypatch.setattr(augment, "SHIFT", 20.0)
    images = np.full((50, 784), 255, np.uint8)
    shown = augment.distort(images, np.random.default_rng(0)).reshape(-1, SIDE, SIDE)
    assert (shown[:, 14, 14] < 1).any()
    corners = shown[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert corners.min(axis=1).max() < 0.01
