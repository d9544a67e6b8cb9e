"""The one home of `st.session_state`: what belongs to a visitor, what to a browser tab, and what to the process."""

from ui.state.session import begin, enter_page, has_room, tab, visitor, visitor_with

__all__ = ["begin", "enter_page", "has_room", "tab", "visitor", "visitor_with"]
