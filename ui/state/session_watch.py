"""Sessions of closed tabs are emptied in time.

Streamlit keeps a session for two minutes after its tab was closed, but lets it go only when another tab is closed, at
night perhaps never. What is left of it then are objects that refer to one another in circles, among them all values of
its widgets, with the files that were uploaded: they would stay until Python looks for such circles.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from streamlit import runtime

from ui.state import freed_memory

if TYPE_CHECKING:
    from streamlit.runtime.session_manager import SessionManager
    from streamlit.runtime.state import SessionState

INTERVAL_S = 15.0


class SessionWatch:
    """Knows the sessions that there are, and empties those that are gone."""

    def __init__(self, manager: SessionManager) -> None:
        self._manager = manager
        self._known: dict[str, SessionState] = {}

    def look(self) -> None:
        """To be called now and then, in the thread in which sessions begin and end."""
        # Those whose two minutes are over are not listed.
        sessions = {info.session.id: info.session.session_state for info in self._manager.list_sessions()}
        gone = [state for name, state in self._known.items() if name not in sessions]
        self._known = sessions
        for state in gone:
            state.clear()
        if gone:
            freed_memory.give_back()


async def watch() -> None:
    """Empty the sessions of this server that are over, until it ends itself."""
    while not runtime.exists():  # it comes right after the app's own start
        await asyncio.sleep(INTERVAL_S)
    # Streamlit has no other way to it.
    sessions = SessionWatch(runtime.get_instance()._session_mgr)
    while True:
        await asyncio.sleep(INTERVAL_S)
        sessions.look()
