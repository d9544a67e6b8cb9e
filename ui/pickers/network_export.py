"""A network as a file in each format of export; it is made when its button is clicked, and not before."""

from __future__ import annotations

from collections.abc import Callable, Collection

import streamlit as st

from model.browser import wire
from model.export.formats import FORMATS
from model.training.checkpoint import Checkpoint

WEB_PAGE = ".html"


# A fragment: a run of the whole page when the menu closes would replace the files of other download buttons, and a
# click on one of them before the browser knows would download nothing.
@st.fragment
def show(label: str, find: Callable[[], Checkpoint], name: str, *, leave_out: Collection[str] = ()) -> None:
    """Show a menu of downloads.

    Args:
        label: Of the menu.
        find: Returns the network; called when the menu is open.
        name: What the files call it, and what they are called.
        leave_out: Endings of formats that the page offers elsewhere.
    """
    menu = st.popover(label, icon=":material/download:", type="tertiary", key="export_network", on_change="rerun")
    if not menu.open:
        return
    checkpoint = find()
    with menu:
        for ending, made in FORMATS.items():
            if ending in leave_out or not made.is_available:
                continue
            if ending == WEB_PAGE and not wire.is_small_enough(checkpoint.network):
                continue
            st.download_button(
                f"{made.title} ({ending})",
                lambda made=made: made.content(checkpoint, name),  # type: ignore[misc]
                f"{name.replace(' ', '-')}{ending}",
                made.media_type,
                key=f"export_{ending.removeprefix('.')}",
                icon=":material/download:",
                on_click="ignore",
                width="stretch",
            )
