"""What a search shall vary, chosen right at the settings: a switch beside each of them, while the visitor wants that.

The switches are those of the Experiments page, which has them again with the values to try.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from model.config import TrainingConfig
from ui.pickers import varied
from ui.state import runtime, widget_state
from ui.train import url_state

KEY = "varying"


def is_on() -> bool:
    """Whether the switches are shown."""
    return widget_state.get(KEY, False) and _is_offered()


def _is_offered() -> bool:
    """Whether there are searches here; a page of which parts are hidden is to show nothing more."""
    return runtime.supervisor().limit > 0 and not url_state.hidden()


def offer() -> None:
    """The switch for all that, and while it is on, the way to the search."""
    if not _is_offered():
        return
    with st.container(key="vary_row", horizontal=True, vertical_alignment="center", gap="small"):
        st.toggle(
            "Vary settings",
            key=KEY,
            persist_state="session",
            help="Which values are best? Switch on beside a setting what shall vary: a search tries many values, and "
            "shows which settings matter.",
        )
        if not is_on():
            return
        chosen = [name for names in varied.groups().values() for name in names if varied.is_on(name)]
        if st.button(
            "Plan the search",
            key="plan_search",
            icon=":material/manage_search:",
            disabled=not chosen,
            help="On Experiments: the values to try, and how many trials.",
        ):
            widget_state.put(varied.PAGE_TABS, varied.SEARCH_TAB)
            st.switch_page("experiments.py")
    st.caption(_listed([TrainingConfig.title(name) for name in chosen]))


def _listed(titles: list[str]) -> str:
    if not titles:
        return "Nothing varies so far."
    return f"Varies: {', '.join([titles[0], *(title[0].lower() + title[1:] for title in titles[1:])])}."


@contextmanager
def beside(name: str) -> Iterator[None]:
    """Show the widget of a setting with the switch beside it, if that can vary and the visitor wants to choose."""
    if not is_on() or not varied.can_vary(name):
        yield
        return
    with st.container(key=f"vary_row_{name}", horizontal=True, vertical_alignment="bottom", gap="small"):
        yield
        varied.switch(name, "vary", width="content")
