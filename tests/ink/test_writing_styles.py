"""Claims about writing styles: what is added is where people add it, and the digit and its writer stay the same."""

from itertools import pairwise

import numpy as np
import pytest

from model.ink import Drawing, render, writing_styles
from model.ink.writing_styles import with_writing_styles
from tests.ink.drawings import rng

TRIES = range(40)


def path(*strokes) -> tuple[np.ndarray, ...]:
    return tuple(np.array(stroke, float) for stroke in strokes)


def distance(points: np.ndarray, strokes) -> np.ndarray:
    """How far each point is from the strokes, by trying many places along them."""
    tried = [
        start + (end - start) * t
        for stroke in strokes
        for start, end in pairwise(stroke)
        for t in np.linspace(0, 1, 200)
    ]
    return np.linalg.norm(points[:, None] - np.array(tried), axis=2).min(axis=1)


ANGLES = np.linspace(0, 2 * np.pi, 50)
ZERO = path(np.stack((200 + 30 * np.sin(ANGLES), 300 - 50 * np.cos(ANGLES)), axis=1))
SEVEN = path([(10, 10), (90, 12), (40, 120)])  # by no more than its corners
ONE, WIDE_ONE = path([(50, 10), (48, 110)]), path([(0, 40), (50, 10), (48, 110)])
NINE = path([(80, 30), (50, 10), (20, 40), (50, 60), (80, 30), (75, 120)])


# ------------------------------------------------------------------------------------------------------------ all


def test_a_styled_drawing_shows_the_same_digit_by_the_same_writer(digits):
    given = {(drawing.label, drawing.writer): drawing for drawing in digits}
    assert len(given) == len(digits)
    made = with_writing_styles(digits, rng())
    assert {(drawing.label, drawing.writer) for drawing in made} == set(given)
    for drawing in made:
        before = given[drawing.label, drawing.writer]
        assert drawing.pen == before.pen
        assert drawing.to_json() != before.to_json()
        assert render(drawing).any()
        assert all(np.isfinite(stroke).all() for stroke in drawing.strokes)


def test_the_same_random_numbers_make_the_same_habits(digits):
    one, same, other = ([drawing.to_json() for drawing in with_writing_styles(digits, rng(seed))] for seed in (1, 1, 2))
    assert one == same != other


def test_a_drawing_s_own_strokes_stay_as_they_were(digits):
    before = [drawing.to_json() for drawing in digits]
    with_writing_styles(digits, rng())
    assert [drawing.to_json() for drawing in digits] == before


def test_no_drawing_gives_none():
    assert with_writing_styles([], rng()) == []


@pytest.mark.parametrize("label", "23456")
def test_a_digit_without_a_habit_of_its_own_gets_corners_alone(label):
    (made,) = with_writing_styles([Drawing(ZERO, label)], rng())
    assert len(made.strokes) == 1


# ----------------------------------------------------------------------------------------------------------- each


def test_a_slashed_zero_has_a_line_more_that_crosses_its_middle():
    for seed in TRIES:
        *ring, slash = writing_styles.slashed(ZERO, rng(seed))
        assert len(ring) == 1
        assert len(slash) == 2
        low, high = ring[0].min(axis=0), ring[0].max(axis=0)
        middle, half = (low + high) / 2, (high - low) / 2
        assert distance(middle[None], [slash])[0] < 0.5 * half.min()
        assert np.abs((slash.mean(axis=0) - middle) / half).max() < 0.5
        upwards = slash[1] - slash[0]  # y points down
        assert upwards[0] >= 0 > upwards[1]
        # The ring keeps its shape, or becomes narrower.
        width, height = np.ptp(ring[0], axis=0) / np.ptp(ZERO[0], axis=0)
        assert width <= height * 1.001


def test_a_slash_is_seen_in_the_image():
    inside = np.s_[12:17, 12:17]
    assert not render(Drawing(ZERO))[inside].any()
    for seed in TRIES:
        assert render(Drawing(writing_styles.slashed(ZERO, rng(seed))))[inside].max() > 200


@pytest.mark.parametrize("seven", [SEVEN, path(SEVEN[0][:2], SEVEN[0][1:])], ids=["one stroke", "two strokes"])
def test_a_crossed_seven_has_a_bar_through_the_middle_of_its_stem(seven):
    for seed in TRIES:
        *before, bar = writing_styles.crossed(seven, rng(seed))
        assert len(before) == len(seven)
        assert all(np.array_equal(one, other) for one, other in zip(before, seven, strict=True))
        assert len(bar) == 2
        middle = bar.mean(axis=0)
        assert distance(middle[None], seven)[0] < 2
        assert 10 + 0.25 * 110 < middle[1] < 10 + 0.8 * 110
        assert bar[:, 1].min() > 10
        assert bar[:, 1].max() < 120
        assert bar[0, 0] < middle[0] < bar[1, 0]
        assert np.abs(np.diff(bar[:, 1])) < np.abs(np.diff(bar[:, 0]))


def test_a_straight_one_gets_a_flag_at_its_top_a_foot_at_its_bottom_or_both():
    found = set()
    for seed in TRIES:
        stem, *more = writing_styles.flagged(ONE, rng(seed))
        np.testing.assert_array_equal(stem, ONE[0])
        kinds = tuple("flag" if np.array_equal(stroke[-1], ONE[0][0]) else "foot" for stroke in more)
        for kind, stroke in zip(kinds, more, strict=True):
            if kind == "flag":  # it leads up to the top, from the left
                assert stroke[0, 0] < 50
                assert stroke[0, 1] < 70
            else:
                assert stroke[0, 0] < 48 < stroke[1, 0]
                assert np.abs(stroke[:, 1] - 110).max() < 25
        found.add(kinds)
    assert found == {("flag",), ("foot",), ("flag", "foot")}


def test_what_is_not_straight_gets_no_flag():
    for seed in TRIES:
        assert writing_styles.flagged(WIDE_ONE, rng(seed)) == ()
    assert all(len(drawing.strokes) == 1 for drawing in with_writing_styles([Drawing(WIDE_ONE, "1")] * 20, rng()))
    assert any(len(drawing.strokes) > 1 for drawing in with_writing_styles([Drawing(ONE, "1")] * 20, rng()))


def test_a_hooked_nine_goes_on_from_its_end_to_the_left():
    for seed in TRIES:
        *before, hook = writing_styles.hooked(NINE, rng(seed))
        assert len(before) == 1
        np.testing.assert_allclose(hook[0], (75, 120))
        assert (np.diff(hook[:, 0]) < 0).all()
        assert np.abs(hook[:, 1] - 120).max() < 0.5 * 110


@pytest.mark.parametrize("seed", range(10))
def test_corners_are_straight_lines_between_points_of_the_path(seed):
    for before in (ZERO, NINE, (*SEVEN, np.array([[60.0, 70]]))):
        after = writing_styles.polygonal(before, rng(seed))
        assert len(after) == len(before)
        for one, other in zip(after, before, strict=True):
            np.testing.assert_allclose(one[[0, -1]], other[[0, -1]])
        ink = [stroke for stroke in before if len(stroke) > 1]
        assert distance(np.concatenate(after[: len(ink)]), ink).max() < 1
    assert len(writing_styles.polygonal(ZERO, rng(seed))[0]) < len(ZERO[0]) / 2
