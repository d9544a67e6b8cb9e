"""What a part of a page that redraws itself tells of the page's widgets counts only if it is news.

The browser sends what a visitor does in a message of its own, a moment later. If a part of the page asks to be redrawn
within that moment, its message has a click, too, and Streamlit would obey both: a run would take two steps. And it says
how all widgets stand: one that the app has moved meanwhile, which the browser has not heard of yet, would be moved
back, as if the visitor had done it. On a slow connection, a drawing that was just pinned came off by itself.

Such a message then says nothing of most widgets. If it comes while the message before waits for the app, Streamlit
merges both, and would drop what only the older one says: a tab that was just opened stayed empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner_utils import script_requests

from ui.server import patches

if TYPE_CHECKING:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.WidgetStates_pb2 import WidgetState

TRIGGERS = {"trigger_value", "string_trigger_value", "json_trigger_value", "chat_input_value"}
MAX_WIDGETS = 2000  # of one browser tab, far more than there are
NAME = "_coalesce_widget_states"  # merges what two messages tell

Merge = Callable[[WidgetStates | None, WidgetStates | None], WidgetStates | None]


def patch_streamlit() -> None:
    """To be called once, before the server starts."""
    patches.replace(script_requests, NAME, merging_all, "a change may be lost if the page redraws itself meanwhile")


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


class Echoes:
    """Those of one browser tab: it knows what the app has been told of each widget."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}  # by the widget's identifier, a hash of its state

    def remove(self, message: BackMsg) -> bool:
        """Remove clicks and what is no news, if a part redraws itself by the message; tell whether there were any."""
        if not message.rerun_script.is_auto_rerun:
            return False
        states = message.rerun_script.widget_states
        kept = [widget for widget in states.widgets if self._is_news(widget)]
        if len(kept) == len(states.widgets):
            return False
        del states.widgets[:]
        states.widgets.extend(kept)
        return True

    def note(self, message: BackMsg) -> None:
        """Note what a message tells the app, which gets it."""
        if len(self._told) > MAX_WIDGETS:
            self._told.clear()
        for widget in message.rerun_script.widget_states.widgets:
            self._told[widget.id] = _hash(widget)

    def _is_news(self, widget: WidgetState) -> bool:
        return not _is_trigger(widget) and self._told.get(widget.id) != _hash(widget)


def _is_trigger(widget: WidgetState) -> bool:
    return widget.WhichOneof("value") in TRIGGERS


def _hash(widget: WidgetState) -> int:
    return hash(widget.SerializeToString(deterministic=True))
