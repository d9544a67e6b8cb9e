"""A value that the app sets for a widget is sent with each run of the page, until the browser shows it.

Streamlit sends it with one run. If the next run is sent before the browser has rendered the first, the browser renders
the widget of the second only, without the value; its next message then told the value before, and the app took that for
the visitor's choice: a drawing that was just pinned came off. Besides, a click that is made before the browser has the
value comes with the value before, and would reset the widget.

A visitor may choose a value while the app's is on its way. The choice counts, though the browser then shows the app's:
if a message says so, the chosen value is sent in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from streamlit.runtime import state
from streamlit.runtime.state.session_state import WStates

from ui.server import patches
from ui.server.pending_messages import MessageKeepingSessionState

if TYPE_CHECKING:
    from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
    from streamlit.runtime.state.common import RegisterWidgetResult, WidgetMetadata

T = TypeVar("T")

NAME = "SessionState"  # each browser tab has one


def patch_streamlit() -> None:
    """To be called once, before the server starts."""
    patches.replace(state, NAME, lambda _: ResendingSessionState, "clicks may be lost, and values that the app has set")


@dataclass
class SentValue:
    """A widget's value, of the app or of the visitor, and the values that the browser may show instead for a while."""

    value: Any
    before: list[Any] = field(default_factory=list)
    is_due: bool = False  # to be sent with each run
    was_sent: bool = True

    def replace(self, value: Any, *, is_due: bool) -> None:
        """Take a newer value; the browser may yet render the one before, if that was sent."""
        before = [*self.before, self.value] if self.was_sent else self.before
        self.before = [earlier for earlier in before if earlier != value]
        self.value = value
        self.is_due = self.was_sent = is_due

    def send(self) -> None:
        """Send the value with each run from now on."""
        self.is_due = self.was_sent = True

    def confirm(self) -> None:
        """Send it no longer: the browser shows it, and has rendered all that was sent before."""
        self.is_due = False
        self.before = []


@dataclass
class ResendingSessionState(MessageKeepingSessionState):
    """Streamlit's state of a browser tab, which knows whether the browser shows the values that the app has set."""

    _sent: dict[str, SentValue] = field(default_factory=dict)  # by the widget's identifier

    def register_widget(self, metadata: WidgetMetadata[T], user_key: str | None) -> RegisterWidgetResult[T]:
        """Note a value that the app has set, which is sent now."""
        is_new = metadata.id not in self._new_widget_state and metadata.id not in self._old_state
        if is_new:
            self._sent.pop(metadata.id, None)  # of a widget that was there before
        before = metadata.deserializer(None) if is_new else self._value(metadata.id)
        result = super().register_widget(metadata, user_key)
        if user_key is not None and super().is_new_state_value(user_key):
            value = self._new_session_state[user_key]
            self._sent.setdefault(metadata.id, SentValue(before)).replace(value, is_due=True)
        return result

    def is_new_state_value(self, user_key: str) -> bool:
        """Whether a widget's value must be sent."""
        sent = self._sent.get(self._get_widget_id(user_key))
        return super().is_new_state_value(user_key) or bool(sent and sent.is_due)

    def note_shown(self, widgets: Iterable[WidgetState], *, is_automatic: bool) -> None:
        """Note what the browser shows, when a message arrives, perhaps long before its turn comes.

        Args:
            widgets: their states in the browser.
            is_automatic: whether the visitor has done nothing.
        """
        for widget in widgets:
            sent = self._sent.get(widget.id)
            if sent is None:
                continue
            shown = self._deserialized(widget)
            if shown == sent.value:
                if sent.is_due:
                    sent.confirm()
                elif not is_automatic:
                    del self._sent[widget.id]
            elif shown in sent.before:
                if is_automatic:
                    sent.send()
            elif not is_automatic:
                sent.replace(shown, is_due=False)  # a visitor's choice

    def set_widgets_from_proto(self, widget_states: WidgetStates) -> None:
        """Take the values that the browser sends, but no stale ones, from before the app has set others.

        If a message changes nothing else, it is not stale: the visitor has chosen the value before again.
        """
        super().set_widgets_from_proto(widget_states)
        changed = [widget.id for widget in widget_states.widgets if self._widget_changed(widget.id)]
        for widget_id in changed:
            sent, value = self._sent.get(widget_id), self._value(widget_id)
            if sent is None or value not in sent.before:
                continue
            if len(changed) == 1:
                sent.replace(value, is_due=False)
            else:
                del self._new_widget_state[widget_id]
                sent.send()

    def _value(self, widget_id: str) -> Any:
        return self._new_widget_state.get(widget_id, self._old_state.get(widget_id))

    def _deserialized(self, widget: WidgetState) -> Any:
        states = WStates(widget_metadata={widget.id: self._new_widget_state.widget_metadata[widget.id]})
        states.set_widget_from_proto(widget)
        return states[widget.id]
