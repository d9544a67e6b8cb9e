"""Strokes end where the sheet ends."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.draw.clipping import clip_strokes

SIZE = 100


def clipped(*points: tuple[float, float]) -> list[list[list[float]]]:
    return [part.round(9).tolist() for part in clip_strokes([np.array(points, float)], SIZE)]


def test_a_stroke_on_the_sheet_stays_the_same_array() -> None:
    stroke = np.array([[0.0, 0.0], [50.0, 20.0], [100.0, 100.0]])
    assert clip_strokes([stroke], SIZE)[0] is stroke


@pytest.mark.parametrize(
    ("stroke", "seen"),
    [
        ([(50, 50), (150, 50)], [[[50, 50], [100, 50]]]),
        ([(-50, 50), (50, 50)], [[[0, 50], [50, 50]]]),
        ([(50, -50), (50, 150)], [[[50, 0], [50, 100]]]),
        ([(-10, 50), (50, 110)], [[[0, 60], [40, 100]]]),  # over a corner
        ([(-60, 50), (50, 160)], []),  # past a corner
        ([(-1, 5), (-1, 95)], []),
        ([(101, 5)], []),
        ([(99, 5)], [[[99, 5]]]),
        # It leaves, and comes back elsewhere.
        ([(50, 50), (150, 50), (150, 70), (50, 70)], [[[50, 50], [100, 50]], [[100, 70], [50, 70]]]),
        # It goes on after it came in.
        ([(-50, 10), (50, 10), (60, 20), (60, 30)], [[[0, 10], [50, 10], [60, 20], [60, 30]]]),
        # Along the border, and only touching it.
        ([(0, 0), (0, 100), (0, 150)], [[[0, 0], [0, 100]]]),
        ([(50, 50), (100, 60), (150, 50)], [[[50, 50], [100, 60]]]),
        ([(-50, 50), (0, 60), (-50, 70)], []),
        ([(50, 50), (-50, 50), (0, 60), (50, 60)], [[[50, 50], [0, 50]], [[0, 60], [50, 60]]]),
    ],
)
def test_a_stroke_is_cut_at_the_border(stroke: list[tuple[float, float]], seen: list[list[list[float]]]) -> None:
    assert clipped(*stroke) == seen


COORDINATES = st.floats(-150, 250, allow_nan=False) | st.sampled_from([0.0, 100.0, 50.0])


@settings(deadline=None)
@given(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=8))
def test_what_is_left_is_what_lies_on_the_sheet(stroke: list[tuple[float, float]]) -> None:
    points = np.array(stroke)
    parts = clip_strokes([points], SIZE)
    for part in parts:
        assert part.min() >= 0
        assert part.max() <= SIZE
    # Walk along the stroke in small steps: each place on the sheet lies on a part.
    t = np.linspace(0, 1, 50)[:, None]
    places = np.concatenate([a + t * (b - a) for a, b in itertools.pairwise(points)] or [points])
    for place in places[((places > 1e-6) & (places < SIZE - 1e-6)).all(axis=1)]:
        assert min(distance(place, part) for part in parts) < 1e-3


def distance(place: np.ndarray, part: np.ndarray) -> float:
    """Distance of a place from a stroke."""
    if len(part) == 1:
        return float(np.hypot(*(place - part[0])))
    starts, moves = part[:-1], np.diff(part, axis=0)
    lengths = np.maximum((moves**2).sum(axis=1), 1e-18)
    shares = (((place - starts) * moves).sum(axis=1) / lengths).clip(0, 1)
    return float(np.hypot(*(starts + shares[:, None] * moves - place).T).min())
