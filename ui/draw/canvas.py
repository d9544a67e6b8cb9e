"""The canvas is paper in the browser, and a picture may be laid on it: the visitor's own digit, in either form."""

from __future__ import annotations

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from model.common.arrays import U8
from model.ink import BlankDrawing, Drawing
from model.ink.photo import MAX_BYTES, read_photo
from ui import state
from ui.common import errors, theme
from ui.draw.fabric import PEN_WIDTH, Fabric, drawing_from_fabric, fabric_from_drawing
from ui.state import widget_state

SIZE = 280  # pixels of either side


def restore_drawing() -> None:
    """Lay out a sheet with what the visitor drew before; to be called when one comes to the page."""
    drawing = state.visitor().drawing
    _new_canvas(fabric_from_drawing(drawing) if drawing else None)


def clear() -> None:
    """Take a blank sheet, and put the picture away."""
    state.visitor().drawing = None
    _discard_photo()
    _new_canvas(None)


def _new_canvas(start: Fabric | None) -> None:
    # In this browser tab's own state: in another tab, another sheet may lie.
    tab = state.tab()
    tab.sheet, tab.sheet_start = tab.sheet + 1, start


def drawing_canvas() -> Drawing:
    """Show the canvas; returns what is drawn on it, and remembers it.

    Raises:
        ValueError: what the browser sent is no drawing.
    """
    tab = state.tab()
    with st.container(key="canvas"):
        try:
            sent = st_canvas(
                stroke_width=PEN_WIDTH,
                stroke_color=theme.PEN,
                background_color=theme.PAPER,
                width=SIZE,
                height=SIZE,
                # Constant as long as the sheet lies there: if it changed, strokes being drawn would be lost.
                initial_drawing=tab.sheet_start,
                key=f"sheet_{tab.sheet}",
                on_change=_discard_photo,
            ).json_data
        except (AttributeError, KeyError, TypeError):  # the component takes apart what came without a look
            raise ValueError("a drawing must come as Fabric.js objects; got something else") from None
    drawing = drawing_from_fabric(sent)
    state.visitor().drawing = drawing
    return drawing


def photo_uploader() -> None:
    """Let the visitor upload a photo of a digit instead; the next stroke goes back to the drawing."""
    st.file_uploader(
        "Or upload a photo",
        type=["png", "jpg", "jpeg", "gif", "webp", "bmp"],
        key="picture",
        max_upload_size=MAX_BYTES // 1_000_000,
        on_change=_read_photo,
        help="A photo or a scan of one handwritten digit, dark on light or light on dark.",
    )
    if error := photo_error():
        errors.show_error(error)


def photo_error() -> str | None:
    """Why the uploaded picture can't be read, as long as nothing has been drawn since."""
    return state.visitor().photo_problem


def photo_image() -> U8 | None:
    """The uploaded picture as MNIST would show it, (28, 28), as long as nothing has been drawn since."""
    return state.visitor().photo


def _read_photo() -> None:
    _discard_photo()
    file, visitor = widget_state.get("picture", None), state.visitor()
    if file is None:
        return
    try:
        visitor.photo = read_photo(file.getvalue())
    except BlankDrawing as error:
        visitor.photo_problem = f"The photo can't be read: {error}."
    except ValueError as error:
        visitor.photo_problem = f"The file can't be read: {error}."


def _discard_photo() -> None:
    visitor = state.visitor()
    visitor.photo = visitor.photo_problem = None
