"""An eraser takes whole strokes that it comes near; what a browser sends for a path is looked at first."""

import math

import numpy as np
import pytest

from ui.draw.eraser import MAX_PLACES, path_from, untouched

ACROSS, DOWN, DOT = np.array([[10.0, 50], [90, 50]]), np.array([[20.0, 100], [20, 200]]), np.array([[150.0, 150]])


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ([[50, 0], [50, 90]], [DOWN, DOT]),  # through it, with no place near it
        ([[50, 61]], [DOWN, DOT]),
        ([[50, 63]], [ACROSS, DOWN, DOT]),
        ([[101, 50]], [DOWN, DOT]),  # beyond its end
        ([[103, 50]], [ACROSS, DOWN, DOT]),
        ([[140, 150], [140, 150]], [ACROSS, DOWN]),
        ([[30, 0], [30, 250]], [DOT]),
        ([[0, 50], [30, 110], [155, 155]], []),
    ],
    ids=str,
)
def test_strokes_that_are_touched_leave(path: list[list[float]], left: list[np.ndarray]) -> None:
    kept = untouched((ACROSS, DOWN, DOT), np.array(path, float), reach=12)
    assert [stroke.tolist() for stroke in kept] == [stroke.tolist() for stroke in left]


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {},
        "path",
        [1, 2],
        [[1]],
        [[1, 2, 3]],
        [[1, "2"]],
        [[1, True]],
        [[1, math.nan]],
        [[1, 1e30]],
        [[1, 10**400]],
        [[0, 0]] * 5000,
    ],
    ids=lambda sent: str(sent)[:20],
)
def test_an_invalid_path_erases_nothing(sent: object) -> None:
    assert path_from(sent) is None


def test_a_path_of_the_maximum_length_is_valid() -> None:
    path = path_from([[1, 2.5]] * MAX_PLACES)
    assert path is not None
    assert path.shape == (MAX_PLACES, 2)
