"""Claims about strokes by the thousand: rasterized as `render` does, each on its own, augmented within its limits."""

import os
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from model.ink import PEN_WIDTH, Drawing, read_ink, render, stroke_batch
from model.ink.mnist_layout import BOX_SIZE, center_of_mass, longer_side
from model.ink.stroke_batch import DEFAULT_VARIATION, NO_VARIATION, StrokeBatch, augment_strokes, is_drawable, rasterize
from tests.ink.drawings import rng
from tests.paths import needs_ink

WIDTHS = (1.0, 1.6, 2.4, 3.1, 3.8)


def smooth(count: int, seed: int = 0) -> list[Drawing]:
    """Drawings of one to three curved strokes, slow waves of random height, anywhere and of any size."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, 30)[:, None]
    drawings = []
    for _ in range(count):
        size, place = np.exp(rng.uniform(-3, 5)), rng.uniform(-500, 500, 2)
        paths = [
            sum(rng.normal(0, 1 / k, 2) * np.sin(k * np.pi * t + rng.uniform(0, 2 * np.pi)) for k in (1, 2, 3))
            for _ in range(rng.integers(1, 4))
        ]
        drawings.append(Drawing(tuple(size * path + place for path in paths)))
    return drawings


def packed(*drawings: Drawing) -> StrokeBatch:
    return StrokeBatch.of(drawings, np.arange(len(drawings)) % 10)


def drawing(*paths) -> Drawing:
    return Drawing(tuple(np.array(path, float) for path in paths))


@pytest.fixture(scope="module")
def many() -> list[Drawing]:
    return smooth(100)


# ------------------------------------------------------------------------------------------------- how they are drawn


def assert_drawn_as_rendered(drawings, widths):
    images = rasterize(StrokeBatch.of(drawings, np.zeros(len(drawings))), widths).reshape(-1, 28, 28)
    rendered = [render(one, float(width)) for one, width in zip(drawings, widths, strict=True)]
    off = np.abs(images.astype(int) - rendered).mean(axis=(1, 2))  # of 255
    assert np.median(off) < 0.6
    # Where the center of mass is as near to one pixel as to the next, the two may choose differently: a few may.
    assert np.mean(off < 5) > 0.94
    for image, expected in zip(images[off >= 5].astype(int), np.array(rendered)[off >= 5], strict=True):
        shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
        assert min(np.abs(np.roll(image, shift, (0, 1)) - expected).mean() for shift in shifts) < 5


def test_a_pen_draws_as_render_does(many):
    assert_drawn_as_rendered(many, np.full(len(many), PEN_WIDTH))
    assert_drawn_as_rendered(many, np.linspace(1.6, 3.8, len(many)))


@needs_ink
def test_a_pen_draws_real_digits_as_render_does():
    path = Path(os.environ["INK_DIR"]) / "digits-dev.jsonl.gz"
    real = [one for one in islice(read_ink(path), 0, 4000, 40) if is_drawable(one)]
    assert len(real) > 90
    assert_drawn_as_rendered(real, rng(2).uniform(*DEFAULT_VARIATION.pen_widths, len(real)))


@pytest.mark.parametrize("width", WIDTHS)
def test_images_are_20_pixels_long_and_centered_on_pixel_14(width, many):
    images = rasterize(packed(*many), width)
    assert images.shape == (len(many), 784)
    images = images.reshape(-1, 28, 28)
    assert (longer_side(images) == BOX_SIZE).all()
    assert np.abs(center_of_mass(images) - 14).max() <= 0.5 + 1e-4


def test_ink_is_never_cut_off_at_the_border():
    # A broad black bar at one end of a long tail: centered by mass, the tail would leave the image.
    bar = [(x, y) for x in range(0, 100, 8) for y in (0, 25)]
    path = np.array([*bar, (50, 25), (50, 100)])
    images = rasterize(packed(drawing(path), drawing(path[:, ::-1]))).reshape(-1, 28, 28)
    assert (longer_side(images) == BOX_SIZE).all()
    assert (center_of_mass(images) < 13.5).any(axis=1).all()
    assert images[0, -1].any()  # instead, it touches the border
    assert images[1, :, -1].any()


def test_the_widest_pen_is_within_reach_of_its_dabs():
    reach = (max(DEFAULT_VARIATION.pen_widths) + stroke_batch.EDGE) / 2
    assert reach <= min(-stroke_batch.PEN_FOOTPRINT.min(), stroke_batch.PEN_FOOTPRINT.max()) + 0.5


def test_a_drawing_s_neighbors_do_not_matter_to_the_pen(many):
    together = rasterize(packed(*many[:9]), np.linspace(1, 3, 9))
    np.testing.assert_array_equal(rasterize(packed(*many[:9]), np.linspace(1, 3, 9), block_size=4), together)
    for one, width, image in zip(many, np.linspace(1, 3, 9), together, strict=False):
        np.testing.assert_array_equal(rasterize(packed(one), width)[0], image)


def test_of_nothing_there_is_nothing_to_draw():
    nothing = StrokeBatch.of([], [])
    assert rasterize(nothing).shape == rasterize(augment_strokes(nothing, rng())).shape == (0, 784)
    assert len(packed(*smooth(3)).take(np.array([], int))) == 0


# ------------------------------------------------------------------------------------------------------- what is kept


def test_drawings_are_packed_as_dense_paths_that_fill_the_box(many):
    box = packed(*many)
    assert len(box) == len(many)
    assert box.labels.tolist() == [index % 10 for index in range(len(many))]
    for index, one in enumerate(many):
        part = slice(*box.starts[index : index + 2])
        points, numbers = box.points[part], box.stroke[part]
        assert (
            BOX_SIZE - stroke_batch.SPACING < np.ptp(points, axis=0).max() < BOX_SIZE * 1.001
        )  # a tip may fall between
        assert len(np.unique(numbers)) == len(one.strokes)
        together = np.diff(numbers) == 0
        assert np.linalg.norm(np.diff(points, axis=0)[together], axis=1).max() <= stroke_batch.SPACING * 1.001
    assert np.intersect1d(box.stroke[: box.starts[1]], box.stroke[box.starts[1] :]).size == 0


@pytest.mark.parametrize("rows", [[3, 0, 11], [2, 2, 2], [5, 4, 5, 0, 0], range(12)], ids=str)
def test_what_is_taken_draws_the_same_images(rows, many):
    box, rows = packed(*many[:12]), np.array(rows)
    taken = box.take(rows)
    np.testing.assert_array_equal(rasterize(taken), rasterize(box)[rows])
    np.testing.assert_array_equal(taken.labels, box.labels[rows])
    again = taken.take(np.arange(len(rows))[::-1])
    np.testing.assert_array_equal(rasterize(again), rasterize(box)[rows[::-1]])


def test_a_dot_is_not_drawable():
    assert not is_drawable(Drawing(()))
    assert not is_drawable(drawing([(3, 4)]))
    assert not is_drawable(drawing([(3, 4), (3, 4)], [(3, 4)]))
    assert not is_drawable(Drawing((np.array([(3.0, 4), (3, 5)]),), pen=2))  # smaller than its own pen
    assert is_drawable(drawing([(3, 4), (3, 5)]))
    assert is_drawable(drawing([(3, 4)], [(6, 4)]))


# ------------------------------------------------------------------------------------------------ how they are varied


def assert_near(one: StrokeBatch, other: StrokeBatch):
    np.testing.assert_allclose(one.points, other.points, atol=1e-3)
    assert one.starts.tolist() == other.starts.tolist()
    assert one.labels.tolist() == other.labels.tolist()


def test_the_same_random_numbers_draw_the_same_and_others_another(many):
    box = packed(*many[:20])
    before = box.points.copy()
    one, same, other = augment_strokes(box, rng(1)), augment_strokes(box, rng(1)), augment_strokes(box, rng(2))
    np.testing.assert_array_equal(one.points, same.points)
    images = rasterize(one), rasterize(other), rasterize(box)
    for index in range(20):
        assert len({image[index].tobytes() for image in images}) == 3
    np.testing.assert_array_equal(box.points, before)
    assert one.labels.tolist() == box.labels.tolist()


def test_a_drawing_s_neighbors_do_not_matter_to_its_variation(many):
    a, b, c, d, e = many[:5]
    one, other = augment_strokes(packed(a, b, c), rng(3)), augment_strokes(packed(d, b, e), rng(3))
    assert_near(one.take(np.array([1])), other.take(np.array([1])))
    again = augment_strokes(packed(a, b, c).take(np.array([1, 1, 1])), rng(3))
    assert_near(one.take(np.array([1])), again.take(np.array([1])))


def test_without_variation_a_drawing_stays_as_it_is(many):
    box = packed(*many)
    same = augment_strokes(box, rng(), NO_VARIATION)
    np.testing.assert_allclose(same.points, box.points - BOX_SIZE / 2, atol=1e-3)
    assert np.abs(rasterize(same).astype(int) - rasterize(box)).mean(axis=1).max() < 1


LINES = drawing([(0, 0), (0, 40)], [(1, 0), (1, 40)], [(20, 40), (20, 0)])
CORNER = drawing([(0, 0), (20, 0), (20, 40)])


def test_smoothing_cuts_corners_and_never_joins_strokes():
    smoothing = replace(NO_VARIATION, smoothing=6)
    # The mean of evenly spaced points of a straight line is its middle: only what reached into another stroke moves.
    lines = packed(LINES, drawing([(30, 0), (0, 40)])).take(np.array([0, 0, 1, 1] * 10))
    np.testing.assert_allclose(augment_strokes(lines, rng(), smoothing).points, lines.points - BOX_SIZE / 2, atol=1e-3)

    corners = packed(CORNER).take(np.zeros(50, int))
    off = np.linalg.norm(
        augment_strokes(corners, rng(), smoothing).points - (corners.points - BOX_SIZE / 2), axis=1
    ).reshape(50, -1)
    assert off[:, [0, -1]].max() < 1e-3
    assert (off.max(axis=1) < 1e-3).any()  # some are not smoothed at all
    # At most the mean of seven points of each arm: 3 h / 2 of 13, with points half a pixel apart and at a right angle.
    most = np.hypot(*[stroke_batch.SPACING * 21 / 13] * 2)
    assert most * 0.9 < off.max() <= most * 1.01


CROSS = drawing([(0, 20), (40, 20)], [(20, 0), (20, 40)])
COUNT = 400


def arms(box: StrokeBatch) -> tuple[np.ndarray, np.ndarray]:
    """Of each varied CROSS: the arm that points to the right, and the one that points down, (n, 2) each."""
    ends = np.flatnonzero(np.diff(box.stroke)) + 1
    bounds = np.concatenate(([0], ends, [len(box.points)]))
    spans = box.points[bounds[1:] - 1] - box.points[bounds[:-1]]
    return spans[0::2], spans[1::2]


@pytest.fixture
def crosses() -> StrokeBatch:
    return packed(CROSS).take(np.zeros(COUNT, int))


def test_rotations_go_either_way_up_to_the_limit(crosses):
    right, down = arms(augment_strokes(crosses, rng(), replace(NO_VARIATION, rotation=0.5)))
    angle = np.arctan2(right[:, 1], right[:, 0])
    np.testing.assert_allclose(np.arctan2(-down[:, 0], down[:, 1]), angle, atol=1e-3)  # both arms by the same angle
    np.testing.assert_allclose(np.linalg.norm(right, axis=1), BOX_SIZE, rtol=1e-3)
    assert -0.5 <= angle.min() < -0.48
    assert 0.48 < angle.max() <= 0.5


def test_shear_pushes_the_top_sideways_and_leaves_height_and_width(crosses):
    right, down = arms(augment_strokes(crosses, rng(), replace(NO_VARIATION, shear=0.4)))
    np.testing.assert_allclose(right, np.broadcast_to((BOX_SIZE, 0), right.shape), atol=1e-2)
    np.testing.assert_allclose(down[:, 1], BOX_SIZE, rtol=1e-3)
    shear = down[:, 0] / down[:, 1]
    assert -0.4 <= shear.min() < -0.38
    assert 0.38 < shear.max() <= 0.4


def test_stretches_change_width_over_height_by_their_deviation(crosses):
    right, down = arms(augment_strokes(crosses, rng(), replace(NO_VARIATION, aspect_std=0.3)))
    np.testing.assert_allclose(right[:, 1], 0, atol=1e-3)
    stretch = np.log(right[:, 0] / down[:, 1])
    assert stretch.mean() == pytest.approx(0, abs=4 * 0.3 / np.sqrt(COUNT))
    assert stretch.std() == pytest.approx(0.3, rel=4 / np.sqrt(2 * COUNT))


def test_waves_warp_a_path_by_their_deviation_and_slowly(crosses):
    off = augment_strokes(crosses, rng(), replace(NO_VARIATION, warp_std=0.5)).points - (crosses.points - BOX_SIZE / 2)
    assert off.std(axis=0) == pytest.approx([0.5, 0.5], rel=0.1)
    assert off.mean(axis=0) == pytest.approx([0, 0], abs=0.1)
    # Slowly: half a pixel on, a wave of ten pixels has changed by less than a third of its height.
    steps = np.diff(off.reshape(COUNT, -1, 2), axis=1)[:, : len(CROSS.strokes[0])]
    assert np.abs(steps).mean() < 0.5 * 2 * np.pi * stroke_batch.SPACING / min(stroke_batch.WAVELENGTHS)
