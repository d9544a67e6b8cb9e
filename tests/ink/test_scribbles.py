"""Claims about scribbles: they can be drawn, and are of all kinds."""

import numpy as np
import pytest

from model.ink import Drawing, render
from model.ink.scribbles import SCRIBBLES, scribbles
from model.ink.stroke_batch import is_drawable
from tests.ink.drawings import as_json, points, rng


@pytest.mark.parametrize("kind", SCRIBBLES)
def test_every_kind_of_scribble_can_be_drawn_and_none_is_like_the_last(kind):
    source = rng()
    made = [Drawing(tuple(SCRIBBLES[kind](source))) for _ in range(60)]
    assert all(is_drawable(drawing) for drawing in made)
    assert all(np.isfinite(points(drawing)).all() for drawing in made)
    assert len(set(as_json(made))) == 60
    images = [render(drawing) for drawing in made[:10]]
    assert len({image.tobytes() for image in images}) > 5  # lying lines look alike


def test_scribbles_are_of_all_kinds():
    made = dict.fromkeys(SCRIBBLES, 0)

    def counted(kind, draw):
        def scribble(source):
            made[kind] += 1
            return draw(source)

        return scribble

    kinds = {kind: counted(kind, draw) for kind, draw in SCRIBBLES.items()}
    assert len(scribbles(40 * len(SCRIBBLES), rng(), kinds)) == sum(made.values()) == 40 * len(SCRIBBLES)
    assert min(made.values()) > 10  # of 40 expected, five standard deviations


def test_the_same_random_numbers_scribble_the_same():
    assert as_json(scribbles(30, rng(1))) == as_json(scribbles(30, rng(1))) != as_json(scribbles(30, rng(2)))
    assert scribbles(0, rng()) == []


def test_nothing_that_could_be_a_zero_with_a_line_or_a_dot_is_a_scribble():
    source = rng()
    for _ in range(300):
        frame, *inside = SCRIBBLES["framed"](source)
        assert len(frame) < 20 or len(inside) > 1  # round ones have corners by the dozen
        outline, *diagonals = SCRIBBLES["polygon"](source)
        assert len(outline) == 4 or len(diagonals) == 2
