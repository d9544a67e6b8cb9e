"""What visitors read if the app behind their open page does not know them: it is another copy, or was restarted."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.state.visitors import FORGET_SECONDS

TEXT = (
    f"Inkling was restarted while this page was open, or you were away for {FORGET_SECONDS // 60} minutes. Runs, "
    "networks and drawings that you had made here are gone; the settings in the address of Train are kept."
)


def show() -> None:
    """Say so, until the visitor has read it."""
    tab = state.tab()
    if not tab.has_lost_all:
        return
    with st.container(key="lost", horizontal=True, vertical_alignment="center", gap="small"):
        st.warning(TEXT, icon=":material/info:")
        st.button("Close", key="lost_close", on_click=_forget, width="content")


def _forget() -> None:
    state.tab().has_lost_all = False
