"""The page for a visitor for whom there is no room: it says so, and lets them in as soon as there is."""

from __future__ import annotations

import logging

import streamlit as st

from ui import state

logger = logging.getLogger(__name__)
SECONDS = 10  # from one look for room to the next


def show() -> None:
    """Show the page."""
    st.title("Inkling is full")
    st.markdown(
        "As many people are here as this server has room for. Leave this page open: it lets you in as soon as somebody "
        "leaves."
    )
    logger.warning("No room for another visitor", extra={"event": "no_room"})
    _look_for_room()


@st.fragment(run_every=SECONDS)
def _look_for_room() -> None:
    if state.has_room():
        st.rerun()
    st.caption("Looking for room every 10 seconds ...")
