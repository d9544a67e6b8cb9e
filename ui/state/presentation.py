"""Presentation mode, for a projector: large type, tall charts. It belongs to the tab, and stands in the address.

`?present=1` switches it on; the address keeps the word from page to page, so that a link or a reload opens it again.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui.charts import projector
from ui.charts.vega import Figure
from ui.state import widget_state
from ui.state.session import tab

PARAMETER = "present"
COMPONENT_KEY = "page_tools"  # the component that tells when the visitor switches the mode, and the window's height
CHART_SHARE = 0.6  # of the window's height, for a chart with its axes
AXES = 110  # pixels, for the axes and what stands above them


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
    reported: Mapping[str, object] = widget_state.get(COMPONENT_KEY, {})
    if reported.get("present") in ("on", "off"):
        switch(on=reported["present"] == "on")
    height = reported.get("window_height")
    if isinstance(height, int | float) and 200 <= height <= 10_000:
        tab().window_height = round(height)


def is_on() -> bool:
    """Whether this tab is being presented."""
    return tab().presenting


def height(pixels: int) -> int:
    """How high a chart is here that has this many pixels on other screens."""
    return max(pixels, round(CHART_SHARE * tab().window_height) - AXES) if is_on() else pixels


def fit(figure: Figure) -> Figure:
    """The figure as this tab shows it: large in a presentation."""
    return projector.enlarged(figure, height(figure.spec["height"])) if is_on() else figure
