"""Of an ink file, those drawings can judge networks that say which digit they show."""

import pytest

from model.ink.ink_file import read_ink
from model.reading.uploads import labeled_drawings

LINE = '{"label": "%s", "strokes": [[[10, 10], [60, 80]]]}\n'


def test_the_drawings_with_a_digit_as_their_label_are_kept() -> None:
    content, count = labeled_drawings((LINE % "7" + LINE % "x" + LINE % "0").encode(), "mine.jsonl")
    assert count == 2
    assert [drawing.label for drawing in read_ink(content)] == ["7", "0"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a drawing", "mine.jsonl: "),
        (b"", "none of its drawings has a digit as its label"),
        (b'{"strokes": [[[10, 10], [60, 80]]]}', "none of its drawings has a digit as its label"),
    ],
)
def test_what_cannot_judge_is_refused_in_a_line(content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        labeled_drawings(content, "mine.jsonl")
    assert "\n" not in str(error.value)
