"""The canvas that the visitor draws on, and all that puts something on it or takes it away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from streamlit_drawable_canvas import st_canvas

from model.ink import Drawing
from ui import state
from ui.common import errors, theme
from ui.draw import eraser, photo_upload
from ui.draw.fabric import PEN_WIDTH, SCALE, SHEET_SIZE, drawing_from_fabric, fabric_from_drawing
from ui.state.sheet import BLANK_CONTENT, Content


def restore_drawing() -> None:
    """Show what the visitor drew before; call it when the visitor comes to the page."""
    state.tab().sheet.restore(state.visitor().content)


def put(drawing: Drawing, number: int | None = None) -> None:
    """Replace what is on the paper by a drawing.

    Args:
        number: its number in the visitor's log, for one that is there.
    """
    photo_upload.discard()
    state.tab().sheet.put(Content(drawing, number))


def clear() -> None:
    """Take everything off the paper, the photo too. The browser blanks the canvas by itself, at once."""
    photo_upload.discard()
    state.tab().sheet.clear()


def undo() -> None:
    """Bring back what was on the paper before it was replaced or cleared; the browser undoes single strokes."""
    photo_upload.discard()
    state.tab().sheet.undo()


def redo() -> None:
    """Repeat what was undone."""
    photo_upload.discard()
    state.tab().sheet.redo()


def erase(path: NDArray[np.float64] | None) -> bool:
    """Take away the strokes that an eraser has touched on its path (k, 2); tells whether there were any."""
    if path is None:
        return False
    sheet = state.tab().sheet
    drawing = sheet.content.drawing
    left = eraser.untouched(drawing.strokes, path)
    if len(left) == len(drawing.strokes):
        return False
    put(replace(drawing, strokes=left), sheet.content.number if left else None)
    return True


def drawing_canvas() -> Drawing:
    """Show the canvas; returns what is drawn on it. In place of what is no drawing, a message says what to do."""
    try:
        return _drawing_on_canvas()
    except ValueError as error:
        errors.show_error(f"The drawing can't be read: {error}. Clear it and draw again.")
        return Drawing(())


def _drawing_on_canvas() -> Drawing:
    sheet = state.tab().sheet
    try:
        sent = st_canvas(
            stroke_width=SCALE * PEN_WIDTH,
            stroke_color=theme.PEN,
            background_color=theme.PAPER,
            width=SCALE * SHEET_SIZE,
            height=SCALE * SHEET_SIZE,
            # Constant for each number: a change makes the canvas discard what it shows.
            initial_drawing={**fabric_from_drawing(sheet.start), "sheet": sheet.number},
            key="sheet_of_paper",
            on_change=photo_upload.discard,
        ).json_data
    except (AttributeError, KeyError, TypeError):  # the component does not check what it unpacks
        raise ValueError("a drawing must come as Fabric.js objects; got something else") from None
    if not sheet.is_stale(sent):
        sheet.receive(drawing_from_fabric(sent))
    return sheet.content.drawing


def forget() -> None:
    """Take everything off the paper, and keep nothing to undo."""
    photo_upload.discard()
    state.tab().sheet.restore(BLANK_CONTENT)
