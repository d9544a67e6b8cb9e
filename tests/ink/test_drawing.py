"""Claims about ink: rendered strokes sit in their image as MNIST's digits do, however they were drawn."""

import gzip
import json
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.ink import MAX_POINTS, MAX_STROKES, PEN_WIDTH, BlankDrawing, Drawing, read_ink, render
from model.ink.mnist_layout import center, center_of_mass, longer_side, stroke_width
from tests.paths import INK

needs_mnist = pytest.mark.skipif(
    "MNIST_DIR" not in os.environ, reason="set MNIST_DIR to the folder with MNIST's four IDX files"
)


@pytest.fixture(scope="module")
def drawings() -> list[Drawing]:
    return list(read_ink(INK))


@pytest.fixture(scope="module")
def rendered(drawings) -> np.ndarray:
    return np.stack([render(drawing) for drawing in drawings])


@pytest.fixture(scope="module")
def mnist() -> np.ndarray:
    """The first 10,000 of MNIST's training images, read without the project's own reader."""
    path = next(Path(os.environ["MNIST_DIR"]).glob("train-images*ubyte*"))
    packed = path.read_bytes()
    raw = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed
    return np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 28, 28)[:10_000]


def line(*points: tuple[float, float], **more) -> Drawing:
    return Drawing((np.array(points, float),), **more)


def resampled(drawing: Drawing, step: float) -> Drawing:
    """The same path with a point every `step` units along it, beside the corners it has."""
    strokes = []
    for stroke in drawing.strokes:
        pieces = [stroke[:1]]
        for start, end in pairwise(stroke):
            parts = max(1, int(np.hypot(*(end - start)) / step))
            pieces.append(start + (end - start) * np.arange(1, parts + 1)[:, None] / parts)
        strokes.append(np.concatenate(pieces))
    return Drawing(tuple(strokes))


# Layout


def test_rendered_digits_are_20_pixels_long_and_centred_on_pixel_14(rendered):
    for image in rendered:
        rows, columns = np.nonzero(image)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        assert round(np.average(rows, weights=image[rows, columns])) == 14
        assert round(np.average(columns, weights=image[rows, columns])) == 14


def test_measures_agree_with_shapes_drawn_pixel_by_pixel():
    images = np.zeros((3, 28, 28), np.uint8)
    images[0, 4:24, 10:13] = 255
    images[1, 5:8, 2:22] = 200
    assert longer_side(images).tolist() == [20, 20, 0]
    assert center_of_mass(images[0]).tolist() == [13.5, 11]
    assert np.isnan(center_of_mass(images[2])).all()
    # 3 x 20 pixels: twice the area over the perimeter of a 3 x 20 rectangle, whose corners are cut a little.
    assert stroke_width(images)[:2] == pytest.approx([2 * 60 / 46] * 2, rel=0.03)
    assert np.isnan(stroke_width(images[2]))


@pytest.mark.parametrize("angle", [0, 20, 45, 70, 90])
def test_stroke_width_does_not_depend_on_the_stroke_s_direction(angle):
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * 100
    straight = line((0, 0), tuple(along))
    # The edge fades over 1.2 px and what is a sixth inked counts: the pen is seen 0.8 px wider.
    width, length = PEN_WIDTH + 0.8, 20 / np.abs(along / 100).max()
    expected = width * length / (width + length)
    assert stroke_width(render(straight)) == pytest.approx(expected, rel=0.15)


def test_ink_is_never_cut_off_at_the_border():
    # A heavy knot at one end of a long tail: centred by mass, the tail would leave the image.
    knot = [(x, y) for x in range(0, 30, 3) for y in (0, 30)]
    image = render(line(*knot, (0, 100)))
    assert longer_side(image) == 20
    assert image[-1].any() or round(center_of_mass(image)[0]) == 14
    heavy = np.zeros((20, 20), np.uint8)
    heavy[:, 0], heavy[:3] = 1, 255
    placed = center(heavy)
    assert placed.sum() == heavy.sum(dtype=int)
    assert placed[-1].any()


def test_centre_refuses_ink_larger_than_the_image():
    with pytest.raises(ValueError, match="28x28 pixels; got 30x5"):
        center(np.ones((30, 5), np.uint8))


@needs_mnist
def test_mnist_s_own_images_have_the_layout_that_render_aims_at(mnist):
    assert (longer_side(mnist) == 20).mean() > 0.999
    assert (np.rint(center_of_mass(mnist)) == 14).all(axis=-1).mean() > 0.999
    assert np.percentile(stroke_width(mnist), [5, 50, 95]) == pytest.approx([2.1, 3.0, 4.3], abs=0.1)


@needs_mnist
def test_rendered_ink_measures_as_mnist_does(rendered, mnist):
    for measure in (longer_side, stroke_width, lambda images: np.rint(center_of_mass(images))):
        low, high = np.percentile(measure(mnist), [5, 95], axis=0)
        assert ((low <= measure(rendered)) & (measure(rendered) <= high)).all()


@needs_mnist
def test_rendered_ink_is_as_bright_and_as_soft_as_mnist(rendered, mnist):
    def shares(images):
        inked = (images > 0).sum(axis=(1, 2))
        return inked / 784, (images > 250).sum(axis=(1, 2)) / inked, images.mean(axis=(1, 2))

    for ours, theirs in zip(shares(rendered), shares(mnist), strict=True):
        low, high = np.percentile(theirs, [25, 75])
        assert low < np.median(ours) < high


# What must not matter


@settings(max_examples=30, deadline=None)
@given(
    index=st.integers(0, 29),
    scale=st.floats(0.01, 100),
    shift=st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000)),
)
def test_place_and_size_of_the_drawing_do_not_matter(index, scale, shift):
    drawing = list(read_ink(INK))[index]
    moved = Drawing(tuple(stroke * scale + shift for stroke in drawing.strokes))
    difference = render(moved).astype(int) - render(drawing)
    assert np.abs(difference).max() <= 1


@settings(max_examples=30, deadline=None)
@given(index=st.integers(0, 29), step=st.floats(0.3, 30))
def test_the_pen_s_speed_does_not_matter(index, step):
    drawing = list(read_ink(INK))[index]
    difference = render(resampled(drawing, step)).astype(int) - render(drawing)
    assert np.abs(difference).max() <= 1


def test_direction_and_order_of_the_strokes_do_not_matter(drawings, rendered):
    for drawing, image in zip(drawings, rendered, strict=True):
        backwards = Drawing(tuple(stroke[::-1] for stroke in drawing.strokes[::-1]))
        assert np.abs(render(backwards).astype(int) - image).max() <= 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=8), min_size=1, max_size=5))
def test_any_drawing_is_rendered_with_ink_or_is_blank(strokes):
    drawing = Drawing(tuple(np.array(stroke) for stroke in strokes))
    if not any(strokes):
        with pytest.raises(BlankDrawing):
            render(drawing)
    else:
        image = render(drawing)
        assert image.shape == (28, 28)
        assert image.dtype == np.uint8
        assert image.max() > 200
        assert longer_side(image) <= 20


# Dots, lines and nothing


@pytest.mark.parametrize("strokes", [(), (np.empty((0, 2)),), ([], [])])
def test_a_blank_drawing_is_nothing_drawn(strokes):
    with pytest.raises(BlankDrawing, match="nothing drawn"):
        render(Drawing(strokes))


def test_a_dot_stays_a_dot():
    for dot in (line((50, 60)), line((50, 60), (50, 60)), line((50, 60), (52, 61), pen=14)):
        image = render(dot)
        assert longer_side(image) in (3, 4)
        assert np.rint(center_of_mass(image)).tolist() == [14, 14]


def test_a_small_drawing_larger_than_its_pen_fills_the_box():
    assert longer_side(render(line((50, 60), (50, 80), pen=14))) == 20


def test_a_vertical_line_is_upright_and_full_length():
    image = render(line((7, 0), (7, 90)))
    rows, columns = np.nonzero(image)
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 <= 4


def test_a_dot_beside_a_line_is_drawn():
    image = render(Drawing((np.array([[0, 0], [0, 100]]), np.array([[50, 50]]))))
    assert image[14, 16:].any()


@pytest.mark.parametrize("pen_width", [0, -1, 11, float("nan")])
def test_a_pen_that_does_not_fit_the_box_is_refused(pen_width):
    with pytest.raises(ValueError, match="pen_width must be above 0 and at most 10"):
        render(line((0, 0), (1, 1)), pen_width)


# The file


def test_a_drawing_survives_json(drawings):
    for drawing in [*drawings, line((0.5, 2), label="7", pen=3.5), Drawing((), writer="none")]:
        again = Drawing.from_json(drawing.to_json())
        assert (again.label, again.writer, again.pen) == (drawing.label, drawing.writer, drawing.pen)
        for one, other in zip(again.strokes, drawing.strokes, strict=True):
            np.testing.assert_array_equal(one, other)


def test_empty_strokes_are_dropped_and_strokes_cannot_be_changed():
    drawing = Drawing.from_json('{"strokes": [[], [[1, 2]], []]}')
    assert [stroke.tolist() for stroke in drawing.strokes] == [[[1, 2]]]
    with pytest.raises(ValueError, match="read-only"):
        drawing.strokes[0][0, 0] = 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seven", "got no JSON"),
        ("[" * 100_000, "got no JSON"),
        ("[]", r'a list "strokes"; got \[\]'),
        ('{"label": "7"}', 'a list "strokes"'),
        ('{"strokes": [7]}', "stroke 1 must be a list"),
        ('{"strokes": [[[1, 2]], [[1, 2, 3]]]}', "stroke 2 must be"),
        ('{"strokes": [[[1, 2], [3]]]}', "stroke 1 must be"),
        ('{"strokes": [[["1", "2"]]]}', "stroke 1 must be"),
        ('{"strokes": [[[1, null]]]}', "stroke 1 must be"),
        ('{"strokes": [[[1, 2], [NaN, 2]]]}', "stroke 1, point 2: coordinates"),
        ('{"strokes": [[[1, 1e7]]]}', "stroke 1, point 1: coordinates"),
        ('{"strokes": [[[1, ' + "9" * 400 + "]]]}", "stroke 1 must be"),
        ('{"strokes": [], "label": 7}', "label must be a text"),
        ('{"strokes": [], "pen": "thick"}', "pen must be a number"),
        ('{"strokes": [], "pen": -1}', "pen must be a width above 0"),
    ],
)
def test_what_is_no_drawing_is_refused_in_one_line(text, message):
    with pytest.raises(ValueError, match=message) as caught:
        Drawing.from_json(text)
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


def test_the_numbers_of_strokes_and_points_are_bounded():
    with pytest.raises(ValueError, match="at most 1,000 strokes; got 1,001"):
        Drawing(tuple(np.zeros((1, 2)) for _ in range(MAX_STROKES + 1)))
    with pytest.raises(ValueError, match="at most 20,000 points; got 20,001"):
        Drawing((np.zeros((MAX_POINTS, 2)), np.ones((1, 2))))


def test_gzipped_ink_reads_like_plain_ink(tmp_path, drawings):
    (tmp_path / "ink").write_bytes(gzip.compress(INK.read_bytes()))
    assert [drawing.to_json() for drawing in read_ink(tmp_path / "ink")] == [d.to_json() for d in drawings]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_the_bytes_of_a_file_read_like_the_file(pack, drawings):
    assert [drawing.to_json() for drawing in read_ink(pack(INK.read_bytes()))] == [d.to_json() for d in drawings]
    with pytest.raises(ValueError, match="line 2: a drawing must be"):
        list(read_ink(pack(b'{"strokes": []}\n[]')))


def test_a_digit_is_told_by_its_label():
    shown = [label for label in (*"0123456789", None, "", "12", "O", "²", "٣") if Drawing((), label).is_digit]
    assert shown == [*"0123456789"]


def test_errors_in_a_file_name_the_line(tmp_path):
    good = json.dumps({"strokes": [[[1, 2]]]})
    path = tmp_path / "ink.jsonl"
    path.write_text(f"{good}\n\n{good}\n{{}}\n")
    with pytest.raises(ValueError, match="line 4: a drawing must be"):
        list(read_ink(path))
    path.write_bytes(b"\xff\xfe\n")
    with pytest.raises(ValueError, match="line 1"):
        list(read_ink(path))
    path.write_bytes(gzip.compress(good.encode() * 500)[:-20])
    with pytest.raises(ValueError, match="damaged or cut short"):
        list(read_ink(path))
    path.write_bytes(b"[" + b" " * 3_000_000)
    with pytest.raises(ValueError, match="line 1: must be at most 2,000,000 bytes"):
        list(read_ink(path))
