"""The tabs of the page. Only the open one is computed, and only its modules are loaded."""

from __future__ import annotations

import importlib

import streamlit as st

from ui.pickers import varied

KEY = varied.PAGE_TABS
TABS = {  # by title: the module of this package whose `show` fills it
    varied.SEARCH_TAB: "search",
    "Races": "races",
    "Break it": "break_it",
    "Stress": "stress",
}


def show() -> None:
    """The tabs, with the content of the open one."""
    for module, tab in zip(TABS.values(), st.tabs(list(TABS), key=KEY, on_change="rerun"), strict=True):
        if tab.open:
            with tab:
                importlib.import_module(f"ui.experiments.{module}").show()
