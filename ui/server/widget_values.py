"""A value that the app sets for a widget is sent with each run of the page, until the browser acknowledges it.

Streamlit sends it with one run. If the next run is sent before the browser has rendered the first, the browser renders
the widget of the second only, without the value; its next message then told the value before, and the app took that for
the visitor's choice: a drawing that was just pinned came off. Besides, a click that is made before the browser has the
value comes with the value before, and would reset the widget.

A message with any other value than the one before acknowledges it, or is the visitor's own choice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from streamlit.runtime import state
from streamlit.runtime.state import SessionState

from ui.server import patches

if TYPE_CHECKING:
    from streamlit.proto.WidgetStates_pb2 import WidgetStates
    from streamlit.runtime.state.common import RegisterWidgetResult, WidgetMetadata

T = TypeVar("T")

NAME = "SessionState"  # each browser tab has one
NO_VALUE = object()


def patch_streamlit() -> None:
    """To be called once, before the server starts."""
    patches.replace(
        state, NAME, lambda _: ResendingSessionState, "a slow browser may reset a widget whose value the app has set"
    )


@dataclass
class ResendingSessionState(SessionState):
    """Streamlit's state of a browser tab, which knows whether the browser has acknowledged a widget's value."""

    _unacknowledged: dict[str, Any] = field(default_factory=dict)  # the value before, by the widget's identifier

    def register_widget(self, metadata: WidgetMetadata[T], user_key: str | None) -> RegisterWidgetResult[T]:
        """Note a value that the app has set, which is sent now."""
        before = self._value(metadata.id)
        result = super().register_widget(metadata, user_key)
        if user_key is not None and super().is_new_state_value(user_key):
            self._unacknowledged.setdefault(metadata.id, before)
        return result

    def is_new_state_value(self, user_key: str) -> bool:
        """Whether a widget's value must be sent."""
        return super().is_new_state_value(user_key) or self._get_widget_id(user_key) in self._unacknowledged

    def set_widgets_from_proto(self, widget_states: WidgetStates) -> None:
        """Take the values that the browser sends, but no stale ones, from before the app has set others.

        If a message changes nothing else, they are not stale: the visitor has chosen the value before again.
        """
        super().set_widgets_from_proto(widget_states)
        told = {widget.id for widget in widget_states.widgets}
        changed = {widget_id for widget_id in told if self._widget_changed(widget_id)}
        stale = {widget_id for widget_id in changed & self._unacknowledged.keys() if self._is_value_before(widget_id)}
        if changed == stale:
            stale = set()
        for widget_id in told:
            if widget_id in stale:
                del self._new_widget_state[widget_id]
            else:
                self._unacknowledged.pop(widget_id, None)

    def _value(self, widget_id: str) -> Any:
        return self._new_widget_state.get(widget_id, self._old_state.get(widget_id, NO_VALUE))

    def _is_value_before(self, widget_id: str) -> bool:
        return bool(self._new_widget_state.get(widget_id) == self._unacknowledged[widget_id])
