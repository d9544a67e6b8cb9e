"""Claims about drawings: what they hold, and how they are read from files and written."""

import gzip
import json

import numpy as np
import pytest

from model.ink import MAX_POINTS, MAX_STROKES, Drawing, read_ink
from tests.ink.drawings import line
from tests.paths import INK


def test_a_drawing_survives_json(digits):
    for drawing in [*digits, line((0.5, 2), label="7", pen=3.5), Drawing((), writer="none")]:
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
        ('{"strokes": [[[1, 2]], [[1]]]}', "stroke 2 must be"),
        ('{"strokes": [[[1, 2], [3]]]}', "stroke 1 must be"),
        ('{"strokes": [[["1", "2"]]]}', "stroke 1 must be"),
        ('{"strokes": [[[1, null]]]}', "stroke 1 must be"),
        ('{"strokes": [[[1, 2], [NaN, 2]]]}', "stroke 1, point 2: coordinates"),
        ('{"strokes": [[[1, 1e7]]]}', "stroke 1, point 1: coordinates"),
        ('{"strokes": [[[1, ' + "9" * 400 + "]]]}", "stroke 1 must be"),
        ('{"strokes": [], "label": 7.5}', "label must be a text"),
        ('{"strokes": [], "label": true}', "label must be a text"),
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


def test_gzipped_ink_reads_like_plain_ink(tmp_path, digits):
    (tmp_path / "ink").write_bytes(gzip.compress(INK.read_bytes()))
    assert [drawing.to_json() for drawing in read_ink(tmp_path / "ink")] == [d.to_json() for d in digits]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_the_bytes_of_a_file_read_like_the_file(pack, digits):
    assert [drawing.to_json() for drawing in read_ink(pack(INK.read_bytes()))] == [d.to_json() for d in digits]
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
    path.write_bytes(b"{" + b" " * 3_000_000)
    with pytest.raises(ValueError, match="line 1: must be at most 2,000,000 bytes"):
        list(read_ink(path))
