"""The strip of the visit's drawings: each goes back on the paper at a click, and can be labeled, saved and deleted."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from model.inference.classification import Classification
from model.ink import DIGITS, Drawing
from ui import state
from ui.common import templates
from ui.common.components import component
from ui.draw import canvas, prediction
from ui.state import widget_state
from ui.state.drawing_log import LoggedDrawing

KEY = "drawings"

_component = component(__file__, html=templates.render("draw/drawing_strip.html"))


def keep(drawing: Drawing, picture: str, answer: Classification) -> None:
    """Keep what is on the paper, and what is predicted for it, in the visitor's log.

    Args:
        drawing: what is on the paper.
        picture: a data URL of the image that the network gets; empty where nothing is drawn.
        answer: the network's.
    """
    visitor, sheet = state.visitor(), state.tab().sheet
    sheet.name(visitor.drawings.update(sheet.content.number, drawing, picture, prediction.in_short(answer)))


def content() -> dict[str, object]:
    """What the strip shows. It comes to the browser with the answer (live_reading), not with the strip itself."""
    log, current = state.visitor().drawings, state.tab().sheet.content.number
    return {"drawings": [_as_json(logged) for logged in log.drawings], "current": current}


def show() -> None:
    """Show the strip, with what can be done with it."""
    log = state.visitor().drawings
    with st.container(key="strip", horizontal=True, vertical_alignment="bottom", gap="small"):
        _component(key=KEY, on_action_change=_act)
        st.download_button(  # of use from the first drawing on: drawing_strip.js
            "Download all",
            log.to_ink,
            "drawings.jsonl",
            "application/jsonl",
            key="download_drawings",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
            help="One drawing a line, with your labels: `python -m model train --ink` learns from such a file.",
        )


def _as_json(logged: LoggedDrawing) -> dict[str, object]:
    return {
        "number": logged.number,
        "image": logged.image,
        "answer": logged.answer,
        "label": logged.drawing.label,
    }


def _act() -> None:
    action = getattr(widget_state.get(KEY, None), "action", None)
    if isinstance(action, Mapping):
        handle_action(action)


def handle_action(action: Mapping[str, object]) -> None:
    """Do what the browser asks for, if it makes sense."""
    log, sheet = state.visitor().drawings, state.tab().sheet
    number, label = action.get("number"), action.get("label")
    if action.get("name") == "delete_all":
        log.drawings = []
        canvas.forget()
        return
    logged = log.find(number) if isinstance(number, int) else None
    if logged is None:
        return
    match action.get("name"):
        case "show" if logged.number != sheet.content.number:
            canvas.put(logged.drawing, logged.number)
        case "label" if label is None or (isinstance(label, str) and label in DIGITS):
            log.label(logged.number, label)
        case "delete":
            log.delete(logged.number)
            if logged.number == sheet.content.number:
                canvas.forget()
