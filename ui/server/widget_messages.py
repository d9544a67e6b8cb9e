"""What a part of a page that redraws itself tells of the page's widgets is no visitor's doing.

The browser sends what a visitor does in a message of its own, a moment later. If a part of the page asks to be redrawn
within that moment, its message has a click, too, and Streamlit would obey both: a run would take two steps. And it
tells the values of all widgets: one that the app has set meanwhile, and that the browser has not rendered yet, would be
reset, as if by the visitor. On a slow connection, a drawing that was just pinned came off by itself.

Such a message then only says what the browser shows (see widget_values). If it comes while the message before waits for
the app, Streamlit merges both, and would drop what only the older one tells: a tab that was just opened stayed empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils import script_requests

from ui.server import patches
from ui.server.widget_values import ResendingSessionState

if TYPE_CHECKING:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.WidgetStates_pb2 import WidgetState

TRIGGERS = {"trigger_value", "string_trigger_value", "json_trigger_value", "chat_input_value"}
HANDLE = "handle_backmsg"  # takes a message of a browser tab
MERGE = "_coalesce_widget_states"  # merges what two messages tell

Handle = Callable[[AppSession, "BackMsg"], None]
Merge = Callable[[WidgetStates | None, WidgetStates | None], WidgetStates | None]


def patch_streamlit() -> None:
    """To be called once, before the server starts, as is `widget_values.patch_streamlit`."""
    patches.replace(AppSession, HANDLE, noting_what_is_shown, "a page that redraws itself may undo a choice")
    patches.replace(script_requests, MERGE, merging_all, "a change may be lost if the page redraws itself meanwhile")


def noting_what_is_shown(handle: Handle) -> Handle:
    """Do the same as a function that takes a message, but take from an automatic one only what the browser shows."""

    def note_and_handle(session: AppSession, msg: BackMsg) -> None:
        if msg.HasField("rerun_script"):
            widgets, is_automatic = msg.rerun_script.widget_states.widgets, msg.rerun_script.is_auto_rerun
            if isinstance(session.session_state, ResendingSessionState):
                session.session_state.note_shown(widgets, is_automatic=is_automatic)
            if is_automatic:
                del widgets[:]
        handle(session, msg)

    return note_and_handle


def merging_all(merge: Merge) -> Merge:
    """Do the same as a function that merges an older and a newer message, but keep what only the older one tells."""

    def merge_all(old: WidgetStates | None, new: WidgetStates | None) -> WidgetStates | None:
        merged = merge(old, new)
        if not old or not merged:
            return merged
        told = {widget.id for widget in merged.widgets}
        earlier = [widget for widget in old.widgets if widget.id not in told and not _is_trigger(widget)]
        return WidgetStates(widgets=[*merged.widgets, *earlier])

    return merge_all


def _is_trigger(widget: WidgetState) -> bool:
    return widget.WhichOneof("value") in TRIGGERS
