"""The paper: the canvas with its tools, and what only the browser can do about it.

The canvas component has no options for some of it, so a component of ours (paper.js) reaches into its shadow root: it
hides the toolbar that lies over the paper, lets the sheet grow with the window, ends every stroke, obeys Undo, Redo and
Clear at once, makes the pen an eraser, keeps strokes that the canvas would lose, and shows an uploaded photo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from ui import state
from ui.common import templates
from ui.common.components import component
from ui.draw import canvas, eraser, photo_upload
from ui.draw.fabric import PEN_WIDTH, SHEET_SIZE
from ui.draw.sample_digits import sample_digit
from ui.state import widget_state

ANY_DIGIT = "any"
SAMPLES = (ANY_DIGIT, *"0123456789")

_component = component(__file__, html=templates.render("draw/paper.html"), scripts=("paper_eraser", "paper_held"))


def connect(answers: Sequence[str] = ()) -> bool:
    """Connect the browser's part with the canvas; to be called in the container of the canvas, after it.

    Args:
        answers: what the digits of an uploaded picture are read as, in a character or two.

    Returns:
        Whether something was erased, so that the canvas must show what is left.
    """
    sent = _component(
        key="paper",
        data={
            "photo": photo_upload.for_paper(answers),
            "size": SHEET_SIZE,
            "penWidth": PEN_WIDTH,
            "reach": eraser.REACH,
            "maxPlaces": eraser.MAX_PLACES,
        },
        on_erased_change=lambda: None,
    )
    return canvas.erase(eraser.path_from(sent.erased))


def usable_tools() -> dict[str, bool | int]:
    """What the browser has to know for the tools: it shows which of them are of use."""
    sheet = state.tab().sheet
    has_ink = bool(sheet.content.drawing.strokes)
    return {
        "sheet": sheet.number,
        "startsBlank": not sheet.start.strokes,
        "hasInk": has_ink,
        "isBlank": not has_ink and photo_upload.photo() is None,
        "canUndo": sheet.can_undo,
        "canRedo": sheet.can_redo,
    }


def tools() -> None:
    """Show what can be done with a drawing."""
    sheet, log = state.tab().sheet, state.visitor().drawings

    def ink_file() -> str:  # of what is drawn when it is asked for
        drawing, number = sheet.content
        return replace(drawing, label=log.label_of(number)).to_json() + "\n"

    with st.container(key="tools", horizontal=True, gap="small"):
        st.button("Undo", key="undo", icon=":material/undo:", on_click=canvas.undo)
        st.button("Redo", key="redo", icon=":material/redo:", on_click=canvas.redo)
        st.button("Eraser", key="eraser", icon=":material/ink_eraser:")  # the browser's alone
        st.button("Clear", key="clear", icon=":material/delete:", on_click=canvas.clear)
        st.menu_button(
            "Sample digit", SAMPLES, key="sample", icon=":material/gesture:", format_func=_sample_name, on_click=_sample
        )
        st.download_button(
            "Save drawing",
            ink_file,
            "drawing.jsonl",
            "application/jsonl",
            key="download_ink",
            on_click="ignore",
            icon=":material/download:",
        )


def _sample_name(digit: str) -> str:
    return "Any digit" if digit == ANY_DIGIT else digit


def _sample() -> None:
    visitor, digit = state.visitor(), widget_state.get("sample", ANY_DIGIT)
    visitor.num_samples += 1
    rng = np.random.default_rng(visitor.num_samples)
    canvas.put(sample_digit(int(rng.integers(10)) if digit == ANY_DIGIT else int(digit), rng))
