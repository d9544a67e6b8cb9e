"""Claims about MNIST's layout: it is measured right, and made without losing ink."""

import numpy as np
import pytest

from model.ink import PEN_WIDTH, render
from model.ink.mnist_layout import center_by_mass, center_of_mass, crop, longer_side, stroke_width
from tests.ink.drawings import line


def test_measures_agree_with_shapes_drawn_pixel_by_pixel():
    images = np.zeros((3, 28, 28), np.uint8)
    images[0, 4:24, 10:13] = 255
    images[1, 5:8, 2:22] = 200
    assert longer_side(images).tolist() == [20, 20, 0]
    assert center_of_mass(images[0]).tolist() == [13.5, 11]
    assert np.isnan(center_of_mass(images[2])).all()
    # 3 x 20 pixels: twice the area over the perimeter of a 3 x 20 rectangle, whose corners are cut a little.
    assert stroke_width(images)[:2] == pytest.approx([2 * 60 / 46] * 2, rel=0.03)
    assert np.isnan(stroke_width(images[2]))


@pytest.mark.parametrize("angle", [0, 20, 45, 70, 90])
def test_stroke_width_does_not_depend_on_the_stroke_s_direction(angle):
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * 100
    straight = line((0, 0), tuple(along))
    # The edge fades over 1.2 px and what is a sixth inked counts: the pen is seen 0.8 px wider.
    width, length = PEN_WIDTH + 0.8, 20 / np.abs(along / 100).max()
    expected = width * length / (width + length)
    assert stroke_width(render(straight)) == pytest.approx(expected, rel=0.15)


def test_ink_is_never_cut_off_at_the_border():
    # A heavy knot at one end of a long tail: centered by mass, the tail would leave the image.
    knot = [(x, y) for x in range(0, 30, 3) for y in (0, 30)]
    image = render(line(*knot, (0, 100)))
    assert longer_side(image) == 20
    assert image[-1].any() or round(center_of_mass(image)[0]) == 14
    heavy = np.zeros((20, 20), np.uint8)
    heavy[:, 0], heavy[:3] = 1, 255
    placed = center_by_mass(heavy)
    assert placed.sum() == heavy.sum(dtype=int)
    assert placed[-1].any()


def test_ink_larger_than_the_image_is_refused():
    with pytest.raises(ValueError, match="28x28 pixels; got 30x5"):
        center_by_mass(np.ones((30, 5), np.uint8))


def test_mnist_s_own_images_have_the_layout_that_render_aims_at(mnist):
    assert (longer_side(mnist) == 20).mean() > 0.999
    assert (np.rint(center_of_mass(mnist)) == 14).all(axis=-1).mean() > 0.999
    assert np.percentile(stroke_width(mnist), [5, 50, 95]) == pytest.approx([2.1, 3.0, 4.3], abs=0.1)


def test_a_crop_keeps_all_ink_and_no_margin():
    image = np.zeros((28, 28), np.uint8)
    image[3, 7] = image[20, 9] = 1
    assert crop(image).shape == (18, 3)
    assert crop(image).sum() == 2
    assert crop(np.zeros((28, 28), np.uint8)).size == 0
