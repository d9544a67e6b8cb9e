"""A session is one connection of a browser tab. It finds the state of its visitor and of its tab."""

from __future__ import annotations

import logging
import math
import threading
import time
from secrets import compare_digest

import streamlit as st

from model.common.settings import Settings
from ui.state import departures, handover, runtime, visitors
from ui.state.tab_state import TabState
from ui.state.visitor_state import VisitorState
from ui.state.visitors import Visitors

logger = logging.getLogger(__name__)

SWEEP_INTERVAL_S = 5.0
VISITORS_AT_FULL_RATE = 10
REDRAW_SECONDS = 0.45  # from one redraw of a run's page to the next, while few visitors are here
VISITOR_KEY, TAB_KEY = "inkling_visitor_state", "inkling_tab_state"


def begin() -> None:
    """Find this visitor's state again, or make it; to be called first on every run."""
    if VISITOR_KEY not in st.session_state:
        name = visitors.browser_name()
        unknown = VisitorState(name)
        here = _visitors().find_or_add(name, unknown)
        handover.take_up(here, runtime.pool(), runtime.supervisor())
        is_blank = here is unknown and not (here.jobs or here.networks or here.drawings.drawings or here.searches)
        st.session_state[VISITOR_KEY] = here
        st.session_state[TAB_KEY] = TabState(has_lost_all=is_blank and visitors.was_here())
    runtime.pool()
    _presence(visitor().name, visitor())


def has_room() -> bool:
    """Whether this visitor is here already, or there is room for one more; to be asked before `begin`."""
    if VISITOR_KEY in st.session_state or _visitors().find(visitors.browser_name()):
        return True
    return num_present() < (Settings().max_visitors or math.inf)


def visitor() -> VisitorState:
    """What belongs to this visitor."""
    state: VisitorState = st.session_state[VISITOR_KEY]
    return state


def tab() -> TabState:
    """What belongs to this browser tab."""
    state: TabState = st.session_state[TAB_KEY]
    return state


def visitor_with(token: str) -> VisitorState | None:
    """The visitor whose token this is, outside of any session: their browser asks for something of theirs."""
    return _visitors().search(lambda state: compare_digest(state.token.encode(), token.encode()))


def hand_over(end: float) -> None:
    """Leave what all visitors have made to whoever they come to next, by a time of the monotonic clock."""
    handover.leave(_visitors().all(), runtime.pool(), runtime.supervisor(), end)


def enter_page(name: str) -> bool:
    """Note which page is shown, and tell whether this is the first run since the visitor came to it."""
    state = tab()
    arriving = state.page != name
    if arriving:
        state.came_by_menu, state.page = bool(state.page), name
    return arriving


def num_present() -> int:
    """How many visitors are here."""
    return _visitors().num_present()


def crowding() -> float:
    """How many times less often each page is redrawn than when few visitors are here: one process draws them all."""
    return max(1.0, num_present() / VISITORS_AT_FULL_RATE)


def everyone() -> list[VisitorState]:
    """What all visitors have, also those who have left a while ago."""
    return _visitors().all()


@st.cache_resource(show_spinner=False)
def _visitors() -> Visitors[VisitorState]:
    everyone: Visitors[VisitorState] = Visitors()
    threading.Thread(target=_sweep, args=(everyone,), name="visitors", daemon=True).start()
    return everyone


def _sweep(everyone: Visitors[VisitorState]) -> None:
    while True:
        time.sleep(SWEEP_INTERVAL_S)
        try:
            departures.sweep(everyone)
            handover.sweep()
        except Exception:  # a thread that ended would leave folders and runs without an owner from then on
            logger.exception("Sweeping up after visitors failed; it is tried again in %s s", SWEEP_INTERVAL_S)


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda state: _leave(state))
def _presence(name: str, _state: VisitorState) -> VisitorState:
    """Stand for this connection: made when the browser connects, released when it goes away or reloads."""
    _visitors().connect(name, _state)
    _log_number("A visitor has come")
    return _state


def _leave(state: VisitorState) -> None:
    _visitors().disconnect(state.name)
    _log_number("A visitor has gone")


def _log_number(what: str) -> None:
    number = num_present()
    logger.info("%s; present: %d", what, number, extra={"event": "visitors", "present": number})
