"""The strip of the visit's drawings: each goes back on the paper at a click, and can be labeled, saved and deleted."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from model.common.arrays import U8
from model.inference.classification import Classification
from model.ink import DIGITS, Drawing
from ui import state
from ui.charts import digit_images
from ui.common import templates
from ui.common.components import component
from ui.draw import canvas, prediction
from ui.state import widget_state
from ui.state.drawing_log import LoggedDrawing

KEY = "drawings"

_component = component(__file__, html=templates.render("draw/drawing_strip.html"))


def keep(drawing: Drawing, image: U8 | None, answer: Classification) -> None:
    """Keep what is on the paper, and what is predicted for it, in the visitor's log."""
    visitor, sheet = state.visitor(), state.tab().sheet
    source = "" if image is None else digit_images.data_url(image)
    sheet.name(visitor.drawings.update(sheet.content.number, drawing, source, prediction.in_short(answer)))


def show() -> None:
    """Show the strip, with what can be done with it."""
    log, current = state.visitor().drawings, state.tab().sheet.content.number
    with st.container(key="strip", horizontal=True, vertical_alignment="bottom", gap="small"):
        _component(
            key=KEY,
            data={"drawings": [_as_json(logged) for logged in log.drawings], "current": current},
            on_action_change=_act,
        )
        st.download_button(
            "Download all",
            log.to_ink,
            "drawings.jsonl",
            "application/jsonl",
            key="download_drawings",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
            disabled=not log.drawings,
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
        obey(action)


def obey(action: Mapping[str, object]) -> None:
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
