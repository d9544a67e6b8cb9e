"""What the app gives a widget is told again with each redraw, until the browser is known to show it.

Streamlit tells it once. If the widget is drawn anew before the browser has shown it, the browser knows the newer one
only, which has no value; the next message then told how the widget stood before, and the app took that for the
visitor's choice: a drawing that was just pinned came off. Besides, a click that is made before the browser has heard of
the value says how the widget stood before, too, and would move it back.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from streamlit.runtime import state as streamlit_state
from streamlit.runtime.state import SessionState

if TYPE_CHECKING:
    from streamlit.proto.WidgetStates_pb2 import WidgetStates
    from streamlit.runtime.state.common import RegisterWidgetResult, WidgetMetadata

T = TypeVar("T")

NAME = "SessionState"  # each browser tab has one
NEVER_SHOWN = object()

logger = logging.getLogger(__name__)


def repeat() -> None:
    """To be called once, before the server starts."""
    if getattr(streamlit_state, NAME, None) is not SessionState:  # another version of Streamlit: it does without
        logger.debug("Streamlit has no %s: a widget that the app moves may be moved back by a slow browser", NAME)
        return
    setattr(streamlit_state, NAME, RepeatedMoves)


@dataclass
class RepeatedMoves(SessionState):
    """Streamlit's state of a browser tab, which knows of each widget whether the browser has heard of its value."""

    _unheard: dict[str, Any] = field(default_factory=dict)  # by the widget's identifier: what the browser had before

    def register_widget(self, metadata: WidgetMetadata[T], user_key: str | None) -> RegisterWidgetResult[T]:
        """Note which value the browser is told of a widget that is drawn."""
        before = self._shown(metadata.id)
        result = super().register_widget(metadata, user_key)
        if user_key is not None and super().is_new_state_value(user_key):
            self._unheard.setdefault(metadata.id, before)
        return result

    def is_new_state_value(self, user_key: str) -> bool:
        """Whether the browser must be told the value of a widget."""
        return super().is_new_state_value(user_key) or self._get_widget_id(user_key) in self._unheard

    def set_widgets_from_proto(self, widget_states: WidgetStates) -> None:
        """Take what the browser tells of widgets, but nothing from before the app has moved them.

        If a message tells no more than that, it is what the visitor has done: moved the widget back.
        """
        super().set_widgets_from_proto(widget_states)
        told = {widget.id for widget in widget_states.widgets}
        changed = {widget_id for widget_id in told if self._widget_changed(widget_id)}
        stale = {widget_id for widget_id in changed & self._unheard.keys() if self._is_as_before(widget_id)}
        if changed == stale:
            stale = set()
        for widget_id in told:
            if widget_id in stale:
                del self._new_widget_state[widget_id]
            else:
                self._unheard.pop(widget_id, None)

    def _shown(self, widget_id: str) -> Any:
        return self._new_widget_state.get(widget_id, self._old_state.get(widget_id, NEVER_SHOWN))

    def _is_as_before(self, widget_id: str) -> bool:
        return bool(self._new_widget_state.get(widget_id) == self._unheard[widget_id])
