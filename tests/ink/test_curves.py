"""Claims about curves: they go where they are told, turn to the side they should, and join without a gap."""

import numpy as np
import pytest

from model.ink.curves import arc, bow, joined, line, place, sheared, spline, through


def test_a_bow_stands_off_its_line_to_the_right_of_its_direction():
    made = bow((0, 0), (10, 0), 0.2)  # to the right on the screen; y points down
    np.testing.assert_allclose(made[[0, -1]], [(0, 0), (10, 0)])
    assert made[:, 1].max() == pytest.approx(2, abs=0.05)
    assert bow((0, 0), (10, 0), -0.2)[:, 1].min() == pytest.approx(-2, abs=0.05)


def test_an_arc_runs_clockwise_with_growing_angles():
    made = arc((5, 5), (2, 4), -90, 0)
    np.testing.assert_allclose(made[[0, -1]], [(5, 1), (7, 5)], atol=1e-12)
    np.testing.assert_allclose(((made - 5) / (2, 4)) ** 2 @ np.ones(2), 1)
    assert arc((0, 0), (1, 1), 0, 90)[1, 1] > 0  # below


def test_a_curve_passes_through_its_points():
    points = np.random.default_rng(0).uniform(0, 1, (5, 2))
    distance = np.linalg.norm(spline(points)[:, None] - points, axis=2).min(axis=0)
    np.testing.assert_allclose(distance, 0, atol=1e-12)
    np.testing.assert_array_equal(through((0, 0), (1, 2), (3, 1)), spline(line((0, 0), (1, 2), (3, 1))))


def test_parts_become_one_stroke_and_lean_with_their_height():
    whole = joined(line((0, 0), (0, 2)), line((1, 2)))
    np.testing.assert_array_equal(whole, [(0, 0), (0, 2), (1, 2)])
    assert place(whole) == (1, 2)
    np.testing.assert_allclose(sheared([whole], 0.5)[0], [(0, 0), (-1, 2), (0, 2)])
