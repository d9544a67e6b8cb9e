"""A session that is over holds nothing any more, although objects of it may refer to one another in circles."""

from types import SimpleNamespace
from typing import Any, cast

from streamlit.runtime.session_manager import SessionManager
from streamlit.runtime.state import SessionState

from ui.state.session_watch import SessionWatch


class Manager:
    """Has the sessions that one gives it."""

    def __init__(self) -> None:
        self.states: dict[str, SessionState] = {}

    def list_sessions(self) -> list[Any]:
        return [
            SimpleNamespace(session=SimpleNamespace(id=name, session_state=state))
            for name, state in self.states.items()
        ]


def test_sessions_that_are_gone_are_emptied_and_others_are_not() -> None:
    manager = Manager()
    watch = SessionWatch(cast(SessionManager, manager))
    for name in ("mine", "theirs"):
        manager.states[name] = SessionState()
        manager.states[name]["file"] = name
    watch.look()
    mine = manager.states.pop("mine")
    assert mine["file"] == "mine"
    watch.look()
    assert "file" not in mine
    assert manager.states["theirs"]["file"] == "theirs"
