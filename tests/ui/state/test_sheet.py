"""The sheet knows what was put on it, and ignores what the canvas sent before that."""

import numpy as np

from model.ink import Drawing
from ui.state.sheet import BLANK, MAX_STEPS, Content, Sheet


def drawing(strokes: int = 1, at: float = 10) -> Drawing:
    return Drawing(tuple(np.array([[at, 10 * number], [at + 20, 50]]) for number in range(strokes)))


def drawn(sheet: Sheet, content: Drawing) -> None:
    """The canvas sends what the visitor drew."""
    assert not sheet.is_stale({"objects": [stroke.tolist() for stroke in content.strokes]})
    sheet.receive(content)


def test_what_is_put_on_the_paper_counts_until_the_canvas_shows_it() -> None:
    sheet = Sheet()
    first, second = drawing(1), drawing(2)
    drawn(sheet, first)
    before = sheet.number
    sheet.put(Content(second, 5))
    assert sheet.number != before
    assert sheet.is_stale({"objects": [stroke.tolist() for stroke in first.strokes]})
    assert sheet.content == Content(second, 5)
    drawn(sheet, second)
    assert sheet.content.number == 5


def test_clear_leaves_blank_paper_and_keeps_strokes_drawn_meanwhile() -> None:
    sheet = Sheet()
    drawn(sheet, drawing(2))
    before = sheet.number
    sheet.clear()
    assert sheet.number == before  # so the canvas discards nothing
    assert sheet.content.drawing.strokes == ()
    assert sheet.is_stale({"objects": [stroke.tolist() for stroke in drawing(2).strokes]})
    drawn(sheet, drawing(1))
    assert len(sheet.content.drawing.strokes) == 1


def test_clear_replaces_what_the_canvas_began_with() -> None:
    sheet = Sheet()
    sheet.restore(Content(drawing(3)))
    assert not sheet.can_undo
    before = sheet.number
    sheet.clear()
    assert (sheet.number != before, sheet.start) == (True, BLANK)


def test_clear_and_put_can_be_undone_and_redone() -> None:
    sheet = Sheet()
    drawn(sheet, drawing(1))
    sheet.clear()
    sheet.put(Content(drawing(3), 7))
    shown = [len(sheet.content.drawing.strokes)]
    for step in (sheet.undo, sheet.undo, sheet.redo, sheet.redo):
        step()
        shown.append(len(sheet.content.drawing.strokes))
    assert shown == [3, 1, 1, 3, 3]
    assert sheet.content.number == 7


def test_after_more_strokes_there_is_nothing_to_redo() -> None:
    sheet = Sheet()
    drawn(sheet, drawing(1))
    sheet.clear()
    sheet.undo()
    assert sheet.can_redo
    drawn(sheet, drawing(2))
    assert not sheet.can_redo


def test_only_so_many_steps_are_kept() -> None:
    sheet = Sheet()
    for at in range(3 * MAX_STEPS):
        sheet.put(Content(drawing(1, at)))
    steps = 0
    while sheet.can_undo:
        sheet.undo()
        steps += 1
    assert steps == MAX_STEPS
