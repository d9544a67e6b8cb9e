"""Presentation mode, for a projector: large type, tall charts. It belongs to the tab, and stands in the address.

`?present=1` switches it on; the address keeps the word from page to page, so that a link or a reload opens it again.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui.state import widget_state
from ui.state.session import tab

PARAMETER = "present"
COMPONENT_KEY = "page_tools"  # the component that tells when the visitor switches the mode, and the window's height
CHART_SHARE = 0.6  # of the window's height
TEXT_SIZE = 20  # pixels: the least that is read from the last row
LINE_WIDTH_FACTOR = 2.0


def begin() -> None:
    """Follow the address, or go on as before on a page that was opened by a bare one; to be called on every run."""
    state = tab()
    if PARAMETER in st.query_params:
        state.presenting = st.query_params[PARAMETER] not in ("", "0", "false")
    elif state.presenting:
        st.query_params[PARAMETER] = "1"


def switch(*, on: bool) -> None:
    """Switch the mode on or off."""
    tab().presenting = on
    if on:
        st.query_params[PARAMETER] = "1"
    else:
        st.query_params.pop(PARAMETER, None)


def follow_browser() -> None:
    """Do what the page's tools tell: switch the mode, or count on another height of the window."""
    told: Mapping[str, object] = widget_state.get(COMPONENT_KEY, {})
    if told.get("present") in ("on", "off"):
        switch(on=told["present"] == "on")
    height = told.get("window_height")
    if isinstance(height, int | float) and 200 <= height <= 10_000:
        tab().window_height = round(height)


def is_on() -> bool:
    """Whether this tab is being presented."""
    return tab().presenting


def chart_height(normal: int) -> int:
    """The height in pixels of a chart that is `normal` high outside of a presentation."""
    return max(normal, round(CHART_SHARE * tab().window_height)) if is_on() else normal


def text_size(normal: int) -> int:
    """The size in pixels of a chart's text."""
    return max(normal, TEXT_SIZE) if is_on() else normal


def line_width(normal: float) -> float:
    """The width in pixels of a chart's lines."""
    return LINE_WIDTH_FACTOR * normal if is_on() else normal
