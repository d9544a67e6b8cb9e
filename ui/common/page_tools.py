"""The tools of every page, in its top right corner: presentation mode, keyboard shortcuts and their list."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from model import browser
from ui.common import shortcuts, style, templates
from ui.common.components import component

_component = component(
    __file__,
    html=templates.render("common/page_tools.html", groups=shortcuts.GROUPS),
    css=style.colors() + browser.style_sheet("visually_hidden", "pill"),
    scripts=("markup", "touch", "announce", "focus"),
)


def show(key: str, page: str, *, presenting: bool, window_height: int, on_change: Callable[[], None]) -> None:
    """Show the tools.

    Args:
        key: the component's key. Its state says what the browser tells: `present`, "on" or "off", when the visitor
            switches the mode, and `window_height` in pixels.
        page: what tells this page from the others.
        presenting: whether presentation mode is on.
        window_height: the height that the page counts on.
        on_change: called when the browser tells something.
    """
    with st.container(key="page_tools_place"):
        _component(
            key=key,
            data={
                "shortcuts": shortcuts.as_json(),
                "page": page,
                "presenting": presenting,
                "windowHeight": window_height,
            },
            on_present_change=on_change,
            on_window_height_change=on_change,
        )
