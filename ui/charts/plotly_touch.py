"""A finger is no mouse: it hovers over nothing, and moves to scroll the page rather than to drag what it touches.

Plotly takes a touch for the start of a drag, and a tap for a click on what it was over the time before. A browser
knows better: it turns a tap into a movement and a click of the mouse, if only it is left to do so.
"""

from __future__ import annotations

import streamlit as st

_SCRIPT = """
const withhold = (event) => {
  if (event.target.closest?.(".js-plotly-plot")) event.stopPropagation()
}
export default function () {
  document.addEventListener("touchstart", withhold, { capture: true, passive: true })
  return () => document.removeEventListener("touchstart", withhold, { capture: true })
}
"""


def let_browser_handle_touch() -> None:
    """Withhold touches from this page's Plotly charts, so that a tap clicks and a swipe scrolls; shows nothing."""
    st.components.v2.component("inkling_touch", js=_SCRIPT)(key="touch")
