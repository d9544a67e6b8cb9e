"""What the browser tells of a page's widgets is looked at when it arrives, perhaps long before its turn comes.

A visitor's messages are kept until a run has taken them (see pending_messages). Those of a part of the page that
redraws itself are no visitor's doing. If such a part asks to be redrawn at the moment of a click, its message has the
click, too, and Streamlit would obey both: a run would take two steps. And it tells the values of all widgets: one that
the app has set meanwhile, and that the browser has not rendered yet, would be reset, as if by the visitor. On a slow
connection, a drawing that was just pinned came off by itself. So such a message only says what the browser shows (see
widget_values).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from streamlit.runtime.app_session import AppSession

from ui.server import patches
from ui.server.widget_values import ResendingSessionState

if TYPE_CHECKING:
    from streamlit.proto.BackMsg_pb2 import BackMsg

NAME = "handle_backmsg"  # takes a message of a browser tab

Handle = Callable[[AppSession, "BackMsg"], None]


def patch_streamlit() -> None:
    """To be called once, before the server starts, as is `widget_values.patch_streamlit`."""
    patches.replace(AppSession, NAME, noting, "clicks in quick succession may be lost or count twice")


def noting(handle: Handle) -> Handle:
    """Do the same as a function that takes a message, but note first what it tells of widgets."""

    def note_and_handle(session: AppSession, msg: BackMsg) -> None:
        state = session.session_state
        if not isinstance(state, ResendingSessionState):
            pass
        elif msg.HasField("rerun_script"):
            request = msg.rerun_script
            state.note_shown(request.widget_states.widgets, is_automatic=request.is_auto_rerun)
            if request.is_auto_rerun:
                request.ClearField("widget_states")
            elif not request.fragment_id or session.has_fragment(request.fragment_id):  # others Streamlit ignores
                state.pending.add(request.widget_states)
        elif msg.HasField("stop_script"):
            state.pending.clear()
        handle(session, msg)

    return note_and_handle
