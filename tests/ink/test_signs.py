"""Claims about signs: every kind is drawn, each time another, and arrows point everywhere."""

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from model.ink import render
from model.ink.signs import KINDS, signs
from model.ink.signs.alphabets import barred_glyph, dented_outline, pierced_outline, syllable
from model.ink.signs.letters import LETTERS
from model.ink.signs.symbols import arrow
from tests.ink.drawings import rng


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_drawn_and_is_never_twice_the_same(kind):
    drawn = signs(40, rng(), {kind: KINDS[kind]})
    assert len({drawing.to_json() for drawing in drawn}) == 40
    for drawing in drawn:
        assert drawing.label is None
        assert render(drawing).max() == 255


def test_the_random_numbers_choose_the_signs():
    one, same, other = ([drawing.to_json() for drawing in signs(20, rng(seed))] for seed in (0, 0, 1))
    assert one == same != other


def test_no_letter_is_one_that_could_be_a_digit():
    assert not set(LETTERS) & set("biglojqsyz")


def test_arrows_point_in_all_directions():
    angles = []
    for seed in range(200):
        shaft = arrow(rng(seed))[0]
        angles.append(np.degrees(np.arctan2(*(shaft[-1] - shaft[0])[::-1])) % 360)
    assert np.histogram(angles, bins=8, range=(0, 360))[0].min() > 8


def test_bars_with_a_stroke_have_two_bars_or_three_and_no_bar_joins_the_top_of_the_stroke_as_in_a_seven():
    source, counts = rng(), set()
    for _ in range(200):
        *bars, stroke = barred_glyph(source)
        counts.add(len(bars))
        assert all(np.abs(bar - end).max(axis=1).min() > 0.04 for bar in bars[:1] for end in (stroke[0],))
    assert counts == {2, 3}


def test_a_syllable_has_three_parts_or_more_that_differ():
    source = rng()
    drawn = [syllable(source) for _ in range(100)]
    assert {len(path) for path in drawn} == {3, 4}
    assert len({str([len(stroke) for stroke in path]) for path in drawn}) > 10


def test_a_dented_outline_is_closed_and_too_dented_to_be_a_zero():
    source = rng()
    for _ in range(100):
        (outline,) = dented_outline(source)
        np.testing.assert_allclose(outline[0], outline[-1], atol=1e-12)
        spread = np.linalg.svd(outline - outline.mean(axis=0), compute_uv=False)
        assert spread[1] > 0.2 * spread[0]  # no flat one, which could be a 1
        (x, y), (next_x, next_y) = outline.T, np.roll(outline, -1, axis=0).T
        area = abs((x * next_y - y * next_x).sum()) / 2
        assert area < 0.97 * ConvexHull(outline).volume  # of two dimensions, the area; a zero fills it


def test_an_outline_with_a_stem_is_no_zero_with_a_line_through_it():
    source, closed = rng(), 0
    for _ in range(200):
        outline, stem = sorted(pierced_outline(source), key=lambda stroke: float(np.ptp(stroke[:, 0])), reverse=True)
        (top, bottom), (first, last) = np.sort(stem[:, 1])[[0, -1]], np.sort(outline[:, 1])[[0, -1]]
        assert top < first
        assert bottom > last + 0.3 * (last - first)
        assert np.ptp(stem[:, 0]) < 0.5 * np.ptp(stem[:, 1])
        assert bottom - top > 1.6 * (last - first)
        closed += np.hypot(*(outline[0] - outline[-1])) < 0.3
    assert 50 < closed < 150  # both rings and bowls
