"""Claims about rendering: strokes come out in their image as MNIST's digits do, however they were drawn."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.ink import BlankDrawing, Drawing, Layout, read_ink, render
from model.ink.mnist_layout import center_of_mass, longer_side, stroke_width
from tests.ink.drawings import line
from tests.paths import INK


@pytest.fixture(scope="module")
def rendered(digits) -> np.ndarray:
    return np.stack([render(drawing) for drawing in digits])


def resampled(drawing: Drawing, step: float) -> Drawing:
    """The same path with a point every `step` units along it, beside the corners it has."""
    strokes = []
    for stroke in drawing.strokes:
        pieces = [stroke[:1]]
        for start, end in pairwise(stroke):
            parts = max(1, int(np.hypot(*(end - start)) / step))
            pieces.append(start + (end - start) * np.arange(1, parts + 1)[:, None] / parts)
        strokes.append(np.concatenate(pieces))
    return Drawing(tuple(strokes))


def test_rendered_digits_are_20_pixels_long_and_centered_on_pixel_14(rendered):
    for image in rendered:
        rows, columns = np.nonzero(image)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        assert round(np.average(rows, weights=image[rows, columns])) == 14
        assert round(np.average(columns, weights=image[rows, columns])) == 14


def test_rendered_ink_measures_as_mnist_does(rendered, mnist):
    for measure in (longer_side, stroke_width, lambda images: np.rint(center_of_mass(images))):
        low, high = np.percentile(measure(mnist), [5, 95], axis=0)
        assert ((low <= measure(rendered)) & (measure(rendered) <= high)).all()


def test_rendered_ink_is_as_bright_and_as_soft_as_mnist(rendered, mnist):
    def shares(images):
        inked = (images > 0).sum(axis=(1, 2))
        return inked / 784, (images > 250).sum(axis=(1, 2)) / inked, images.mean(axis=(1, 2))

    for ours, theirs in zip(shares(rendered), shares(mnist), strict=True):
        low, high = np.percentile(theirs, [25, 75])
        assert low < np.median(ours) < high


# What must not matter


@settings(max_examples=30, deadline=None)
@given(
    index=st.integers(0, 29),
    scale=st.floats(0.01, 100),
    shift=st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000)),
)
def test_place_and_size_of_the_drawing_do_not_matter(index, scale, shift):
    drawing = list(read_ink(INK))[index]
    moved = Drawing(tuple(stroke * scale + shift for stroke in drawing.strokes))
    difference = render(moved).astype(int) - render(drawing)
    assert np.abs(difference).max() <= 1


@settings(max_examples=30, deadline=None)
@given(index=st.integers(0, 29), step=st.floats(0.3, 30))
def test_the_pen_s_speed_does_not_matter(index, step):
    drawing = list(read_ink(INK))[index]
    difference = render(resampled(drawing, step)).astype(int) - render(drawing)
    assert np.abs(difference).max() <= 1


def test_direction_and_order_of_the_strokes_do_not_matter(digits, rendered):
    for drawing, image in zip(digits, rendered, strict=True):
        backwards = Drawing(tuple(stroke[::-1] for stroke in drawing.strokes[::-1]))
        assert np.abs(render(backwards).astype(int) - image).max() <= 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=8), min_size=1, max_size=5))
def test_any_drawing_is_rendered_with_ink_or_is_blank(strokes):
    drawing = Drawing(tuple(np.array(stroke) for stroke in strokes))
    if not any(strokes):
        with pytest.raises(BlankDrawing):
            render(drawing)
    else:
        image = render(drawing)
        assert image.shape == (28, 28)
        assert image.dtype == np.uint8
        assert image.max() > 200
        assert longer_side(image) <= 20


# Dots, lines and nothing


@pytest.mark.parametrize("strokes", [(), (np.empty((0, 2)),), ([], [])])
def test_a_blank_drawing_is_nothing_drawn(strokes):
    with pytest.raises(BlankDrawing, match="nothing drawn"):
        render(Drawing(strokes))


def test_a_dot_stays_a_dot():
    for dot in (line((50, 60)), line((50, 60), (50, 60)), line((50, 60), (52, 61), pen=14)):
        image = render(dot)
        assert longer_side(image) in (3, 4)
        assert np.rint(center_of_mass(image)).tolist() == [14, 14]


def test_a_small_drawing_larger_than_its_pen_fills_the_box():
    assert longer_side(render(line((50, 60), (50, 80), pen=14))) == 20


def test_a_vertical_line_is_upright_and_full_length():
    image = render(line((7, 0), (7, 90)))
    rows, columns = np.nonzero(image)
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 <= 4


def test_a_dot_beside_a_line_is_drawn():
    image = render(Drawing((np.array([[0, 0], [0, 100]]), np.array([[50, 50]]))))
    assert image[14, 16:].any()


@pytest.mark.parametrize("pen_width", [0, -1, 11, float("nan")])
def test_a_pen_that_does_not_fit_the_box_is_refused(pen_width):
    with pytest.raises(ValueError, match="pen_width must be above 0 and at most 10"):
        render(line((0, 0), (1, 1)), pen_width)


def test_another_layout_has_another_size_and_another_place(digits):
    def corner(ink):
        image = np.zeros((28, 28), np.uint8)
        image[: ink.shape[0], : ink.shape[1]] = ink
        return image

    for drawing in digits[::7]:
        image = render(drawing, layout=Layout(box_size=11, center=corner))
        assert longer_side(image) == 11
        assert not image[11:].any()
        assert not image[:, 11:].any()
