"""Claims about resampling: the points lie on the path, evenly, with both ends among them."""

import numpy as np
import pytest

from model.ink.resampling import resample, resample_all

BENT = np.array([(0.0, 0), (30, 0), (30, 40)])  # 70 long


@pytest.mark.parametrize(("spacing", "count"), [(10, 8), (7, 11), (35, 3), (1000, 2)])
def test_points_are_even_along_the_path(spacing, count):
    points = resample(BENT, spacing)
    assert len(points) == count
    along = np.where(points[:, 1] == 0, points[:, 0], 30 + points[:, 1])
    np.testing.assert_allclose(along, np.linspace(0, 70, count), atol=1e-9)
    assert ((points[:, 1] == 0) | np.isclose(points[:, 0], 30)).all()


def test_a_dot_stays_where_it_is():
    assert resample(np.array([(3.0, 4)]), 1).tolist() == [[3, 4], [3, 4]]
    points, counts = resample_all(np.array([(3.0, 4)]), np.array([1]), 1)
    assert (points.tolist(), counts.tolist()) == ([[3, 4]], [1])


@pytest.mark.parametrize("spacing", [0.5, 7.0, 10.0])
def test_many_strokes_come_out_as_one_by_one(spacing):
    strokes = [BENT, BENT[::-1] + 100, np.array([(5.0, 5), (5, 25)])]
    points, counts = resample_all(np.concatenate(strokes), np.array([3, 3, 2]), spacing)
    parts = np.split(points, np.cumsum(counts)[:-1])
    for part, stroke in zip(parts, strokes, strict=True):
        np.testing.assert_allclose(part[[0, -1]], stroke[[0, -1]], atol=1e-9)
        length = np.hypot(*np.diff(stroke, axis=0).T).sum()
        assert len(part) == np.ceil(length / spacing) + 1
        np.testing.assert_allclose(part, resample(stroke, length / (len(part) - 1)), atol=1e-9)


def test_of_no_strokes_there_are_no_points():
    points, counts = resample_all(np.empty((0, 2)), np.empty(0, int), 0.5)
    assert (len(points), len(counts)) == (0, 0)
