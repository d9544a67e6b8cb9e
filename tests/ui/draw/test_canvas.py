"""What the canvas sends becomes strokes where they are seen, and nothing that it sends can do harm."""

import contextlib
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.ink import Drawing
from ui.draw.fabric import PEN_WIDTH, SCALE, SHEET_SIZE, drawing_from_fabric, fabric_from_drawing, path_strokes

# An L in the canvas's pixels, 40 wide and 80 high, its bounding box's middle at (120, 140).
ELL: list[list[Any]] = [["M", 100, 100], ["L", 100, 180], ["L", 140, 180]]


def path(commands: list[list[Any]] = ELL, **properties: Any) -> dict[str, Any]:
    return {"type": "Path", "path": commands, **properties}


def points(*objects: dict[str, Any]) -> list[list[float]]:
    """All points of the drawing that these objects make, in the canvas's pixels, rounded."""
    drawing = drawing_from_fabric({"objects": list(objects)})
    return [[round(x, 6), round(y, 6)] for stroke in drawing.strokes for x, y in (SCALE * stroke).tolist()]


def test_an_empty_canvas_is_an_empty_drawing() -> None:
    assert drawing_from_fabric({"objects": []}).strokes == ()
    assert drawing_from_fabric({"objects": [path([])]}).strokes == ()


def test_strokes_stay_in_order_and_know_their_pen() -> None:
    drawing = drawing_from_fabric({"objects": [path(left=120, top=140), path([["M", 1, 2], ["L", 3, 4]])]})
    strokes = [(SCALE * stroke).tolist() for stroke in drawing.strokes]
    assert strokes == [[[100, 100], [100, 180], [140, 180]], [[1, 2], [3, 4]]]
    assert drawing.pen == PEN_WIDTH


def test_one_path_may_hold_several_strokes() -> None:
    assert [len(stroke) for stroke in path_strokes([*ELL, ["M", 0, 0], ["L", 5, 5]])] == [3, 2]


def test_a_curve_is_followed_closely() -> None:
    start, control, end = np.array([[10.0, 20.0], [150.0, 260.0], [250.0, 40.0]])
    (stroke,) = path_strokes([["M", *start], ["Q", *control, *end]])
    # De Casteljau's construction, instead of the polynomial.
    t = np.linspace(0, 1, 5000)[:, None]
    first, second = start + t * (control - start), control + t * (end - control)
    curve = first + t * (second - first)
    distance = np.hypot(*(stroke[:, None] - curve[None]).transpose(2, 0, 1)).min(axis=1)
    assert distance.max() < 0.1
    assert np.hypot(*np.diff(stroke, axis=0).T).max() < 8
    np.testing.assert_allclose(stroke[[0, -1]], [start, end])


# Each worked out by hand on the L's corners: (-20, -40), (-20, 40), (20, 40) about its middle.
@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, [[100, 100], [100, 180], [140, 180]]),
        ({"left": 50, "top": 60}, [[30, 20], [30, 100], [70, 100]]),
        ({"scaleX": 2, "scaleY": 0.5}, [[80, 120], [80, 160], [160, 160]]),
        ({"angle": 90}, [[160, 120], [80, 120], [80, 160]]),
        ({"flipX": True}, [[140, 100], [140, 180], [100, 180]]),
        ({"flipY": True}, [[100, 180], [100, 100], [140, 100]]),
        ({"skewX": 45}, [[60, 100], [140, 180], [180, 180]]),
        ({"skewY": 45}, [[100, 80], [100, 160], [140, 200]]),
        # Scaled first, then turned: (-20, -40) becomes (-40, -40), and that (40, -40).
        ({"scaleX": 2, "angle": 90}, [[160, 100], [80, 100], [80, 180]]),
        # Skewed first, then scaled: (-20, -40) becomes (-60, -40), and that (-120, -40).
        ({"skewX": 45, "scaleX": 2}, [[0, 100], [160, 180], [240, 180]]),
    ],
)
def test_a_stroke_that_was_moved_is_read_where_it_is_seen(
    properties: dict[str, Any], expected: list[list[float]]
) -> None:
    assert points(path(**{"left": 120, "top": 140, **properties})) == expected


def test_a_drawing_put_on_the_canvas_comes_back_the_same() -> None:
    strokes = (np.array([[10.25, 20], [30, 40.5], [55, 10]]), np.array([[200, 210], [210, 220]]))
    sent = json.loads(json.dumps(fabric_from_drawing(Drawing(strokes))))
    back = drawing_from_fabric(sent)
    for stroke, same in zip(strokes, back.strokes, strict=True):
        np.testing.assert_allclose(same, stroke)
    assert fabric_from_drawing(back) == sent


def test_a_dot_put_on_the_canvas_is_a_dot_again() -> None:
    (dot,) = drawing_from_fabric(fabric_from_drawing(Drawing((np.array([[140.0, 150.0]]),)))).strokes
    assert {tuple(point) for point in dot.tolist()} == {(140, 150)}


def test_ink_beyond_the_sheet_is_cut_off() -> None:
    """A 7 whose stem leaves the paper at the left, far below it: what is seen is what counts."""
    edge = SCALE * SHEET_SIZE
    seen = path([["M", 60, 60], ["L", 200, 60], ["L", 0, 460]])
    left_the_paper = path([["M", 60, 60], ["L", 200, 60], ["L", -100, 660], ["L", -120, 700]])
    outside = path([["M", edge + 5, 10], ["L", edge + 90, 70]])
    assert points(left_the_paper, outside) == points(seen) == [[60, 60], [200, 60], [0, 460]]


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (None, "must come with a list of objects; got nothing"),
        ("<script>", "must come with a list of objects"),
        ({}, "must come with a list of objects"),
        ({"objects": {"0": path()}}, "must come with a list of objects; got an object"),
        ({"objects": [path()] * 1001}, "at most 1,000 strokes; got 1,001"),
        ({"objects": [None]}, "object 1 must be a stroke of the pen; got nothing"),
        ({"objects": [path(), {"type": "Rect", "width": 5}]}, "object 2 must be a stroke of the pen"),
        ({"objects": [{"type": "Path", "path": "M 0 0 L 5 5"}]}, "object 1 must be a stroke of the pen"),
        ({"objects": [path([["M", 0, 0], *[["L", 1, 1]] * 1_000_000])]}, "at most 20,000 points; got 1,000,001"),
        ({"objects": [path([["M", 0, 0], *[["Q", 1e6, 1e6, 0, 0]] * 200])]}, "at most 20,000 points"),
        ({"objects": [path(["M"])]}, "made of M, L, Q"),
        ({"objects": [path([[]])]}, "made of M, L, Q"),
        ({"objects": [path([[["M"], 0, 0]])]}, "made of M, L, Q"),
        ({"objects": [path([["M", 0, 0], ["A", 1, 1, 0, 0, 0, 5, 5]])]}, "made of M, L, Q"),
        ({"objects": [path([["M", 0]])]}, "M in a stroke's path takes 2 numbers; got 1"),
        ({"objects": [path([["L", 0, 0]])]}, "must begin with M; got L"),
        ({"objects": [path([["M", "0", "1"]])]}, "must be a number; got a text"),
        ({"objects": [path([["M", True, 1]])]}, "must be a number; got true or false"),
        ({"objects": [path([["M", [[[[]]]], 1]])]}, "must be a number; got a list"),
        ({"objects": [path([["M", math.nan, 1]])]}, "numbers .* at most 1,000,000; got one beyond that"),
        ({"objects": [path([["M", 10**400, 1]])]}, "numbers .* at most 1,000,000; got one beyond that"),
        ({"objects": [path(left=math.inf)]}, "numbers .* at most 1,000,000"),
        ({"objects": [path(angle={"deg": 5})]}, "must be a number; got an object"),
        ({"objects": [path(scaleX=1e6)]}, "coordinates must be numbers"),
        ({"objects": [path(scaleX=1e6, left=-1e6)]}, "coordinates must be numbers"),
        ({"objects": [path(skewX=90)]}, "coordinates must be numbers"),
        ({"objects": [path(originX="left")]}, "got another origin"),
    ],
)
def test_a_forged_state_is_refused_with_what_was_expected(state: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        drawing_from_fabric(state)


NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["M", "L", "Q"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
PROPERTIES = st.sampled_from(["left", "top", "scaleX", "angle", "skewY", "flipX", "originX", "path", "type"])


@settings(max_examples=150, deadline=None)
@given(state=NONSENSE, properties=st.dictionaries(PROPERTIES, NONSENSE, max_size=4))
def test_nonsense_is_a_drawing_or_a_value_error_and_nothing_else(state: object, properties: dict[str, Any]) -> None:
    for forged in (
        state,
        {"objects": state},
        {"objects": [path([["M", 1, 1], state])]},
        {"objects": [path() | properties]},
    ):
        with contextlib.suppress(ValueError):
            assert isinstance(drawing_from_fabric(forged), Drawing)


def test_long_curves_are_counted_before_they_are_made() -> None:
    """Each of these has two hundred points, so that a message of half a megabyte would make four million."""
    curves = [["M", 0, 0], *[["Q", -1e5, -1e5, 1e5, 1e5]] * 500]
    with pytest.raises(ValueError, match="20,000 points; got more: its curves are too long"):
        drawing_from_fabric({"objects": [path(curves)]})
    with pytest.raises(ValueError, match="20,000 points; got more"):
        drawing_from_fabric({"objects": [path(curves[:50]) for _ in range(10)]})
