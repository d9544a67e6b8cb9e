"""Each message of a visitor counts once, also if the next one comes before its turn.

The browser sends a message for each thing that a visitor does, and the app runs the page for it. One that asks for the
whole page stops the run before, and Streamlit drops what has waited for that run, or was to be seen by it: of two
clicks within some milliseconds the first was lost, or within some tenths of a second if many visitors are here; so was
a change right before a click on the menu. If a part of the page redraws itself meanwhile, Streamlit merges its message
with the one that waits, and drops most of that one: a tab that was just opened stayed empty.

So messages are numbered as they arrive. Each brings along those before that no run has taken; the run that takes one
takes them all, in their order.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state import SessionState

if TYPE_CHECKING:
    from streamlit.runtime.state.common import RegisterWidgetResult, WidgetMetadata

T = TypeVar("T")

NUMBER = "number_of_message"  # stands among the widgets as a click would: that stays if Streamlit merges messages
TRIGGERS = {"trigger_value", "string_trigger_value", "json_trigger_value", "chat_input_value"}
MAX_PENDING = 100  # messages, far more than a visitor sends while a page is run
MAX_PENDING_BYTES = 8_000_000  # of all of them together


class PendingMessages:
    """Those of a browser tab that no run has taken yet; they arrive in one thread, and are taken in another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._pending: dict[int, WidgetStates] = {}  # what each tells, by its number

    def add(self, states: WidgetStates) -> None:
        """Number a message, and add what those before tell that are pending."""
        with self._lock:
            self._last += 1
            self._pending[self._last] = WidgetStates(widgets=states.widgets)
            while len(self._pending) > MAX_PENDING or (len(self._pending) > 1 and self._size() > MAX_PENDING_BYTES):
                del self._pending[min(self._pending)]
            states.CopyFrom(_merged(self._pending.values()))
            states.widgets.add(id=NUMBER, json_trigger_value=str(self._last))

    def take(self, states: WidgetStates) -> WidgetStates:
        """What a run is to be told that has a message, or several that Streamlit has merged."""
        number = next((int(widget.json_trigger_value) for widget in states.widgets if widget.id == NUMBER), None)
        if number is None:
            return states
        with self._lock:
            return _merged([self._pending.pop(pending) for pending in list(self._pending) if pending <= number])

    def _size(self) -> int:
        return sum(message.ByteSize() for message in self._pending.values())

    def clear(self) -> None:
        """Drop them all."""
        with self._lock:
            self._pending.clear()


@dataclass
class MessageKeepingSessionState(SessionState):
    """Streamlit's state of a browser tab, which is told of each message once, and keeps a click until a run sees it."""

    pending: PendingMessages = field(default_factory=PendingMessages)
    _unseen: dict[str, WidgetState] = field(default_factory=dict)  # clicks on what has no callback, by the widget

    def on_script_will_rerun(self, fresh_widget_states: WidgetStates | None, **options: Any) -> None:
        """Take what is pending; clicks that a run was to see which was stopped before are seen by this one."""
        fresh = None if fresh_widget_states is None else self.pending.take(fresh_widget_states)
        super().on_script_will_rerun(fresh, **options)
        for click in self._unseen.values():
            self._new_widget_state.set_widget_from_proto(click)

    def set_widgets_from_proto(self, widget_states: WidgetStates) -> None:
        """Take what a message tells."""
        super().set_widgets_from_proto(widget_states)
        for widget in widget_states.widgets:
            metadata = self._new_widget_state.widget_metadata.get(widget.id)
            if metadata and not (metadata.callback or metadata.callbacks) and widget.WhichOneof("value") in TRIGGERS:
                self._unseen[widget.id] = widget

    def register_widget(self, metadata: WidgetMetadata[T], user_key: str | None) -> RegisterWidgetResult[T]:
        """Tell a run the value of a widget."""
        result = super().register_widget(metadata, user_key)
        self._unseen.pop(metadata.id, None)
        return result

    def on_script_finished(self, widget_ids_this_run: frozenset[str], *, remove_stale_widgets: bool = True) -> None:
        """Tidy up after a run that was not stopped."""
        super().on_script_finished(widget_ids_this_run, remove_stale_widgets=remove_stale_widgets)
        if remove_stale_widgets:
            self._unseen.clear()


def _merged(messages: Iterable[WidgetStates]) -> WidgetStates:
    by_widget = {widget.id: widget for message in messages for widget in message.widgets}
    return WidgetStates(widgets=[widget for widget in by_widget.values() if widget.id != NUMBER])
