"""Claims about the hands of many schools: each form has the parts and proportions by which people tell the digit."""

from collections import Counter

import numpy as np
import pytest

from model.ink import render
from model.ink.hands import FORMS, digits_by_form
from tests.ink.drawings import rng

EVERY_FORM = [(label, name) for label, forms in FORMS.items() for name in forms]


def written(label: str, name: str, count: int = 60):
    return digits_by_form(count, rng(), {label: {name: FORMS[label][name]}})


@pytest.mark.parametrize(("label", "name"), EVERY_FORM)
def test_every_form_is_a_digit_of_about_one_unit_and_never_twice_the_same(label, name):
    drawn = written(label, name, 20)
    assert {drawing.label for drawing in drawn} == {label}
    assert {drawing.writer for drawing in drawn} == {f"{label} {name}"}
    assert len({drawing.to_json() for drawing in drawn}) == 20
    for drawing in drawn:
        assert len(drawing.strokes) <= 3
        assert 0.7 < np.ptp(np.concatenate(drawing.strokes)[:, 1]) < 2.5
        assert render(drawing).max() == 255


def test_digits_come_equally_often_and_forms_by_their_weights():
    drawn = digits_by_form(2000, rng())
    assert set(Counter(drawing.label for drawing in drawn).values()) == {200}
    ones = Counter(drawing.writer for drawing in drawn if drawing.label == "1")
    assert set(ones) == {f"1 {name}" for name in FORMS["1"]}
    assert ones.most_common(1)[0][0] == "1 with an upstroke"
    assert [drawing.to_json() for drawing in digits_by_form(30, rng(1))] == [
        drawing.to_json() for drawing in digits_by_form(30, rng(1))
    ]


def rise(points) -> float:
    """The angle by which the line to the highest point of the first half rises, in degrees."""
    top = points[: len(points) // 2 + 1][:, 1].argmin()
    along = points[top] - points[0]
    return float(np.degrees(np.arctan2(-along[1], abs(along[0]))))


def test_a_ones_upstroke_rises_and_a_sevens_bar_is_level_or_falls():
    ones = [rise(drawing.strokes[0]) for drawing in written("1", "with an upstroke")]
    assert np.quantile(ones, 0.3) > 28  # a hook at the beginning hides the angle of some
    for drawing in written("7", "plain"):
        stroke = drawing.strokes[0]
        right = stroke[stroke[: len(stroke) // 2 + 1][:, 0].argmax()]
        assert right[1] < 0.35 * np.ptp(stroke[:, 1])  # the bar's end is near the top


def test_upstrokes_are_a_third_of_the_stem_to_as_long_as_it():
    lengths = []
    for drawing in written("1", "with an upstroke", 200):
        stroke = drawing.strokes[0]
        top = stroke[:, 1].argmin()
        lengths.append(np.hypot(*(stroke[0] - stroke[top])) / np.hypot(*(stroke[-1] - stroke[top])))
    assert np.quantile(lengths, 0.03) < 0.4
    assert np.quantile(lengths, 0.97) > 0.85


def test_the_shorter_a_ones_upstroke_the_less_it_needs_to_rise():
    widths, rises = [], []
    for drawing in written("1", "with an upstroke", 1000):
        stroke = drawing.strokes[0]
        upstroke = stroke[: stroke[:, 1].argmin() + 1]
        left, top = upstroke[upstroke[:, 0].argmin()], upstroke[-1]
        widths.append(top[0] - left[0])
        rises.append(np.degrees(np.arctan2(left[1] - top[1], top[0] - left[0])))
    short, long = (np.array(rises)[which] for which in (np.array(widths) < 0.35, np.array(widths) > 0.6))
    assert np.quantile(short, 0.02) < 19 < np.quantile(long, 0.02)


def test_an_arch_leaves_a_ones_top_and_bends_down_on_the_left():
    for drawing in written("1", "with an arch"):
        arch, stem = drawing.strokes
        assert np.linalg.norm(arch[0] - stem[0]) < 0.15
        assert arch[-1, 0] < arch[0, 0]
        assert arch[0, 1] < arch[-1, 1] < 0.5
        assert np.ptp(arch[:, 0]) < 0.6 * np.ptp(stem[:, 1])  # a seven's bar is longer


def test_an_eight_begun_in_its_middle_crosses_its_beginning_on_the_left():
    for drawing in written("8", "begun in the middle"):
        (eight,) = drawing.strokes
        first, heights = eight[0], np.ptp(eight[:, 1])
        assert 0.1 < (first[1] - eight[:, 1].min()) / heights < 0.8
        assert eight[:, 1].argmax() < eight[:, 1].argmin()  # its foot comes before its top


def test_a_pointed_loop_lies_above_the_tail_and_leans_more():
    for drawing in written("9", "with a pointed loop"):
        (nine,) = drawing.strokes
        loop, tail = nine[:-12], nine[-12:]
        assert np.ptp(loop[:, 1]) < 0.75 * np.ptp(nine[:, 1])
        assert tail[0, 0] > np.median(loop[:, 0])


def test_a_curled_two_begins_inside_its_head_and_ends_on_its_base():
    for drawing in written("2", "with a curl"):
        (two,) = drawing.strokes
        head = two[two[:, 1] < 0.3 * np.ptp(two[:, 1])]
        assert head[:, 0].min() - 0.1 < two[0, 0] < head[:, 0].max() + 0.1
        assert two[-1, 1] > 0.75 * two[:, 1].max()


def test_a_cross_lies_on_the_stem_at_the_middle_or_below():
    heights = []
    for name in ("crossed", "crossed and round"):
        for drawing in written("7", name):
            body, bar = drawing.strokes
            heights.append((bar[:, 1].mean() - body[:, 1].min()) / np.ptp(body[:, 1]))
            assert bar[:, 0].min() < np.interp(bar[:, 1].mean(), body[-6:, 1], body[-6:, 0]) + 0.3
    assert min(heights) > 0.3
    assert max(heights) < 0.92
    assert np.mean(np.array(heights) > 0.5) > 0.5


def test_a_floating_bar_touches_nothing_and_an_open_zero_has_a_gap():
    apart = [np.linalg.norm(bar[0] - body[0]) for body, bar in (d.strokes for d in written("5", "with a bar apart"))]
    assert np.mean(np.array(apart) > 0.05) > 0.9
    gaps = [np.linalg.norm(drawing.strokes[0][0] - drawing.strokes[0][-1]) for drawing in written("0", "open")]
    assert np.mean(np.array(gaps) > 0.1) > 0.5


def test_a_bar_far_apart_is_farther_away_and_most_bodies_are_those_of_a_five():
    apart = [np.linalg.norm(bar - body[0], axis=1).min() for body, bar in _fives("with a bar far apart")]
    near = [np.linalg.norm(bar - body[0], axis=1).min() for body, bar in _fives("with a bar apart")]
    assert np.median(apart) > 1.3 * np.median(near)
    assert max(apart) < 0.6
    bellies = [np.ptp(body[:, 0]) / np.ptp(body[:, 1]) for body, _ in _fives("with a bar far apart")]
    assert np.quantile(bellies, 0.05) > 0.15


def _fives(name):
    return [drawing.strokes for drawing in written("5", name, 200)]


@pytest.mark.parametrize(("name", "steepest"), [("slashed", (25, 160)), ("crossed", (-45, 45))])
def test_the_line_through_a_zero_goes_through_its_middle(name, steepest):
    angles, lengths = [], []
    for drawing in written("0", name, 200):
        if len(drawing.strokes) < 2:  # drawn on from the ring's end
            continue
        ring, line = drawing.strokes
        middle = (ring.min(axis=0) + ring.max(axis=0)) / 2
        assert np.abs(line.mean(axis=0) - middle).max() < 0.3 * np.ptp(ring, axis=0).max()
        along = line[-1] - line[0]
        angles.append(np.degrees(np.arctan2(-along[1], along[0])) % 180)
        lengths.append(np.ptp(line, axis=0).max() / np.ptp(ring, axis=0).max())
    slanting = [
        steepest[0] < (angle if angle < 90 or name == "slashed" else angle - 180) < steepest[1] for angle in angles
    ]
    assert np.mean(slanting) > 0.9
    assert min(lengths) < 0.6
    assert max(lengths) > 1.1


def test_the_dot_in_a_zero_is_small_and_inside():
    for drawing in written("0", "dotted"):
        ring, dot = drawing.strokes
        assert np.ptp(dot, axis=0).max() < 0.4 * np.ptp(ring, axis=0).max()
        assert (dot.min(axis=0) > ring.min(axis=0)).all()
        assert (dot.max(axis=0) < ring.max(axis=0)).all()
