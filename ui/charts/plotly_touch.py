"""Touch on Plotly charts: a tap clicks, and a swipe scrolls the page.

Plotly takes a touch for the start of a drag, and a tap for a click on the point that was hovered over before it. The
browser itself turns a tap into a mouse move and a click, if Plotly does not handle the touch.
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
    """Keep touch events from this page's Plotly charts; shows nothing."""
    st.components.v2.component("inkling_touch", js=_SCRIPT)(key="touch")
