"""The canvas that the visitor draws on."""

from __future__ import annotations

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from model.ink import Drawing
from ui import state
from ui.common import theme
from ui.draw import photo_upload
from ui.draw.fabric import PEN_WIDTH, Fabric, drawing_from_fabric, fabric_from_drawing

SIZE = 280  # pixels of either side


def restore_drawing() -> None:
    """Show what the visitor drew before; call it when the visitor comes to the page."""
    drawing = state.visitor().drawing
    _new_canvas(fabric_from_drawing(drawing) if drawing else None)


def clear() -> None:
    """Replace the canvas by a blank one, and discard the photo."""
    state.visitor().drawing = None
    photo_upload.discard()
    _new_canvas(None)


def _new_canvas(start: Fabric | None) -> None:
    # A new key makes the browser create a new canvas. It belongs to the tab: each tab has its own canvas.
    tab = state.tab()
    tab.sheet, tab.sheet_start = tab.sheet + 1, start


def drawing_canvas() -> Drawing:
    """Show the canvas; returns and stores what is drawn on it.

    Raises:
        ValueError: the browser sent something other than a drawing.
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
                # Constant for each key: a change would discard strokes that are being drawn.
                initial_drawing=tab.sheet_start,
                key=f"sheet_{tab.sheet}",
                on_change=photo_upload.discard,
            ).json_data
        except (AttributeError, KeyError, TypeError):  # the component does not check what it unpacks
            raise ValueError("a drawing must come as Fabric.js objects; got something else") from None
    drawing = drawing_from_fabric(sent)
    state.visitor().drawing = drawing
    return drawing
