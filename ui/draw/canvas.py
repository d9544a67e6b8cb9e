"""The canvas is paper in the browser, and a picture may be laid on it: the visitor's own digit, in either form."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit_drawable_canvas import st_canvas

from model.ink import BlankDrawing, Drawing
from model.ink.photo import MAX_BYTES, read_photo
from ui.common import errors, theme
from ui.draw.fabric import PEN_WIDTH, Fabric, drawing_from_fabric, fabric_from_drawing
from ui.state import session

SIZE = 280  # pixels of either side


class Sheet(NamedTuple):
    """One sheet of paper. Another number makes the browser take a new one, which begins with `start` on it."""

    number: int
    start: Fabric | None


def restore_drawing() -> None:
    """Lay out a sheet with what the visitor drew before; to be called when one comes to the page."""
    drawing = session.get_value("drawing")
    _new_canvas(drawing and fabric_from_drawing(drawing))


def clear() -> None:
    """Take a blank sheet, and put the picture away."""
    session.set_value("drawing", None)
    _discard_photo()
    _new_canvas(None)


def _new_canvas(start: Fabric | None) -> None:
    # In this browser tab's own state: in another tab, another sheet may lie.
    number = _sheet().number + 1
    st.session_state["sheet"] = Sheet(number, start)


def _sheet() -> Sheet:
    sheet: Sheet = st.session_state.get("sheet", Sheet(0, None))
    return sheet


def drawing_canvas() -> Drawing:
    """Show the canvas; returns what is drawn on it, and remembers it.

    Raises:
        ValueError: what the browser sent is no drawing.
    """
    sheet = _sheet()
    with st.container(key="canvas"):
        try:
            sent = st_canvas(
                stroke_width=PEN_WIDTH,
                stroke_color=theme.PEN,
                background_color=theme.PAPER,
                width=SIZE,
                height=SIZE,
                # Constant as long as the sheet lies there: if it changed, strokes being drawn would be lost.
                initial_drawing=sheet.start,
                key=f"sheet_{sheet.number}",
                on_change=_discard_photo,
            ).json_data
        except (AttributeError, KeyError, TypeError):  # the component takes apart what came without a look
            raise ValueError("a drawing must come as Fabric.js objects; got something else") from None
    drawing = drawing_from_fabric(sent)
    session.set_value("drawing", drawing)
    return drawing


def photo_uploader() -> None:
    """Let the visitor upload a picture to be read instead; drawing on goes back to the drawing."""
    st.file_uploader(
        "Or read a picture of a digit",
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
    problem: str | None = session.get_value("picture_problem")
    return problem


def photo_image() -> NDArray[np.uint8] | None:
    """The uploaded picture as MNIST would show it, (28, 28), as long as nothing has been drawn since."""
    image: NDArray[np.uint8] | None = session.get_value("picture")
    return image


def _read_photo() -> None:
    _discard_photo()
    file = st.session_state["picture"]
    if file is None:
        return
    try:
        session.set_value("picture", read_photo(file.getvalue()))
    except BlankDrawing as error:
        session.set_value("picture_problem", f"The picture can't be read: {error}.")
    except ValueError as error:
        session.set_value("picture_problem", f"The file can't be read: {error}.")


def _discard_photo() -> None:
    session.set_value("picture", None)
    session.set_value("picture_problem", None)
