"""The log keeps a visit's last drawings, with what was predicted for them and their labels."""

import numpy as np

from model.ink import Drawing, read_ink
from ui.state.drawing_log import MAX_DRAWINGS, DrawingLog


def drawing(at: float = 0) -> Drawing:
    return Drawing((np.array([[at, 0.0], [at + 5, 9.0]]),), pen=16)


def test_a_drawing_is_kept_once_however_often_it_changes() -> None:
    log = DrawingLog()
    number = log.update(None, drawing(), "first", "1")
    assert log.update(number, drawing(3), "second", "7?") == number
    (kept,) = log.drawings
    assert (kept.image, kept.answer, kept.drawing.strokes[0][0, 0]) == ("second", "7?", 3)


def test_only_the_last_ones_are_kept() -> None:
    log = DrawingLog()
    numbers = [log.update(None, drawing(at), "", "1") for at in range(MAX_DRAWINGS + 5)]
    assert [kept.number for kept in log.drawings] == numbers[5:]
    assert log.find(numbers[0]) is None
    assert log.find(None) is None


def test_a_drawing_without_ink_is_dropped() -> None:
    log = DrawingLog()
    number = log.update(None, drawing(), "", "1")
    assert log.update(number, Drawing(()), "", "–") is None
    assert log.drawings == []
    assert log.update(None, Drawing(()), "", "–") is None


def test_a_label_outlives_more_strokes_and_is_saved_as_ink() -> None:
    log = DrawingLog()
    numbers = [log.update(None, drawing(at), "", "1") for at in (0, 10)]
    assert numbers[0] is not None
    log.label(numbers[0], "7")
    log.update(numbers[0], drawing(20), "", "1")
    log.label(99, "3")  # long gone
    assert [log.label_of(number) for number in (*numbers, 99, None)] == ["7", None, None, None]
    saved = list(read_ink(log.to_ink().encode()))
    assert [(kept.label, kept.strokes[0][0, 0], kept.pen) for kept in saved] == [("7", 20, 16), (None, 10, 16)]
    log.label(numbers[0], None)
    assert log.drawings[0].drawing.label is None


def test_a_deleted_drawing_that_is_changed_comes_back_under_a_new_number() -> None:
    log = DrawingLog()
    number = log.update(None, drawing(), "", "1")
    log.delete(number)
    assert log.update(number, drawing(), "", "1") not in (None, number)
