"""Claims about non-digits: they can be drawn, are of many kinds, and none of them is still a digit."""

import numpy as np
import pytest

from model.ink import Drawing, non_digits, render
from model.ink.non_digits import corrupt_digits, digits_in_a_row, half_turn, halve, is_non_digit, mirror, quarter_turn
from model.ink.stroke_batch import is_drawable
from tests.ink.drawings import as_json, points, rng

# ---------------------------------------------------------------------------------------------------------- letters


@pytest.mark.parametrize("label", ["A", "e", "K", "m", "?", "+", "&", "ab"])
def test_letters_unlike_digits_are_non_digits(label):
    assert is_non_digit(label)


@pytest.mark.parametrize("label", [None, "", *"0123456789", "12", *"OoIlZSq|", *sorted(non_digits.AMBIGUOUS_LETTERS)])
def test_digits_letters_like_digits_and_unlabeled_drawings_are_no_examples_of_non_digits(label):
    assert not is_non_digit(label)


# ------------------------------------------------------------------------------------------------- corrupted digits


def numbered(labels: str = "0123456789") -> list[Drawing]:
    """A rising zigzag for each label, one stroke of 30 points and as many more as the label says: known again by it."""
    made = []
    for label in labels:
        count = 30 + int(label)
        y = np.linspace(10, 70, count)
        made.append(Drawing((np.stack((100 + 20 * np.sin(y), y), axis=1),), label))
    return made


def labels_of(made) -> list[str]:
    return [str(len(stroke) - 30) for drawing in made for stroke in drawing.strokes]


def test_corrupted_digits_can_be_drawn_and_are_as_many_as_asked_for(digits):
    made = corrupt_digits(digits, 200, rng())
    assert len(made) == 200
    assert len(set(as_json(made))) > 130
    assert {drawing.label for drawing in made} == {None}
    assert sum(is_drawable(drawing) for drawing in made) > 195  # half of few points may be a dot
    for drawing in made[:40]:
        assert render(drawing).any()


def test_the_same_random_numbers_corrupt_the_same(digits):
    one, same, other = (as_json(corrupt_digits(digits, 30, rng(seed))) for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize(
    ("kind", "named", "unchanged"),
    [(mirror, "MIRRORED", "08"), (quarter_turn, "TURNED", "0"), (half_turn, "UPSIDE_DOWN", "01689")],
)
def test_only_digits_that_become_none_are_turned_or_mirrored(kind, named, unchanged):
    listed = set(getattr(non_digits, named))
    assert not listed & set(unchanged)
    assert set(labels_of(corrupt_digits(numbered(), 300, rng(), [kind]))) == listed
    others = numbered("".join(sorted(set("0123456789") - listed)))
    made = corrupt_digits(others, 50, rng(), [kind, digits_in_a_row])
    assert all(len(drawing.strokes) > 1 for drawing in made)


TWO_STROKES = {
    label: Drawing((np.array([[0.0, 0], [10, 5], [8, 30]]), np.array([[-6.0, 12], [14, 17]])), label)
    for label in "234567"
}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (mirror, [((-1, 0), (0, 1))]),
        (half_turn, [((-1, 0), (0, -1))]),
        (quarter_turn, [((0, 1), (-1, 0)), ((0, -1), (1, 0))]),
    ],
)
def test_a_whole_drawing_is_turned_as_one(kind, expected):
    found = set()
    for drawing in corrupt_digits(list(TWO_STROKES.values()), 60, rng(), [kind]):
        before = points(TWO_STROKES["3"])
        matching = [
            index for index, matrix in enumerate(expected) if np.allclose(points(drawing), before @ np.array(matrix).T)
        ]
        assert len(matching) == 1
        found.update(matching)
    assert found == set(range(len(expected)))


def test_a_half_is_the_upper_or_the_lower_one_as_listed():
    for label, halves in non_digits.HALVED.items():
        (digit,) = numbered(label)
        y = points(digit)[:, 1]
        middle, height = (y.min() + y.max()) / 2, np.ptp(y)
        kept = [points(drawing)[:, 1] for drawing in corrupt_digits([digit], 50, rng(), [halve])]
        assert {int(half.mean() > middle) for half in kept} == set(halves)
        for half in kept:
            assert half.min() == y.min() or half.max() == y.max()
            assert 0.35 * height < np.ptp(half) < 0.65 * height


def test_a_half_keeps_the_pen_lifted_where_it_was_and_where_it_is_cut():
    # Down, up and down again, and a line beside it: cut across.
    y = np.concatenate([np.linspace(0, 60, 21), np.linspace(60, 0, 21), np.linspace(0, 60, 21)])
    digit = Drawing((np.stack((np.arange(63.0), y), axis=1), np.array([[70.0, 0], [70, 60]])), "4")
    for drawing in corrupt_digits([digit], 20, rng(), [halve]):
        assert len(drawing.strokes) == 3  # one leg, the two that meet at the top, and the other stroke's upper end
        assert all(stroke[:, 1].max() <= 0.6 * 60 for stroke in drawing.strokes)


def test_digits_in_a_row_stand_beside_each_other():
    made = corrupt_digits(numbered(), 200, rng(), [digits_in_a_row])
    assert {len(drawing.strokes) for drawing in made} == {2, 3}
    assert set(labels_of(made)) == set("0123456789")
    for drawing in made:
        for left, right in zip(drawing.strokes, drawing.strokes[1:], strict=False):
            assert left[:, 0].max() < right[:, 0].min()
        heights = [np.ptp(stroke[:, 1]) for stroke in drawing.strokes]
        assert max(heights) < 1.5 * min(heights)


@pytest.mark.parametrize("labels", ["0", "17", "4"])
def test_few_kinds_of_digits_are_enough(labels):
    made = corrupt_digits(numbered(labels), 100, rng())
    assert len(made) == 100


def test_without_digits_nothing_is_corrupted(digits):
    assert corrupt_digits([], 10, rng()) == []
    letters = [Drawing(drawing.strokes, label) for drawing, label in zip(digits, "ABC", strict=False)]
    assert corrupt_digits([*letters, Drawing(digits[0].strokes)], 10, rng()) == []
    assert corrupt_digits(digits, 0, rng()) == []
