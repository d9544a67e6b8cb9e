"""A photo of a digit that the visitor uploads instead of drawing."""

from __future__ import annotations

import streamlit as st

from model.common.arrays import U8
from model.ink import BlankDrawing
from model.ink.photo import MAX_BYTES, read_photo
from ui import state
from ui.common import errors
from ui.state import widget_state


def uploader() -> None:
    """Let the visitor upload a photo of a digit instead; the next stroke goes back to the drawing."""
    st.file_uploader(
        "Or upload a photo",
        type=["png", "jpg", "jpeg", "gif", "webp", "bmp"],
        key="picture",
        max_upload_size=MAX_BYTES // 1_000_000,
        on_change=_read,
        help="A photo or a scan of one handwritten digit, dark on light or light on dark.",
    )
    if problem := error():
        errors.show_error(problem)


def error() -> str | None:
    """Why the uploaded photo can't be read; None once something has been drawn since."""
    return state.visitor().photo_problem


def image() -> U8 | None:
    """The uploaded photo in MNIST's layout, (28, 28); None once something has been drawn since."""
    return state.visitor().photo


def _read() -> None:
    discard()
    file, visitor = widget_state.get("picture", None), state.visitor()
    if file is None:
        return
    try:
        visitor.photo = read_photo(file.getvalue())
    except BlankDrawing as blank:
        visitor.photo_problem = f"The photo can't be read: {blank}."
    except ValueError as invalid:
        visitor.photo_problem = f"The file can't be read: {invalid}."


def discard() -> None:
    """Forget the photo, so that the drawing counts again."""
    visitor = state.visitor()
    visitor.photo = visitor.photo_problem = None
