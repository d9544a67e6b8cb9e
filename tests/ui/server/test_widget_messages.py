"""What a part that redraws itself tells of widgets is no visitor's doing; a click has a message of its own."""

from unittest.mock import create_autospec

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import StringTriggerValue
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from ui.server import widget_messages
from ui.server.widget_messages import NAME, noting
from ui.server.widget_values import ResendingSessionState


class Tab:
    """A browser tab's session, whose app takes messages."""

    def __init__(self) -> None:
        self.state = ResendingSessionState()
        self.requests = ScriptRequests()
        self.session = create_autospec(AppSession, instance=True, session_state=self.state)
        self.session.has_fragment.side_effect = lambda fragment: fragment == "status"

    def take(self, message: BackMsg) -> None:
        noting(lambda _, taken: self._request(taken))(self.session, message)

    def told(self) -> dict[str, str | None]:
        """What the next run is told: the kind of value of each widget."""
        states = self.state.pending.take(self.requests.on_scriptrunner_ready().rerun_data.widget_states)
        return {widget.id: widget.WhichOneof("value") for widget in states.widgets}

    def _request(self, message: BackMsg) -> None:
        """As Streamlit's session asks for a run of a part of the page."""
        if message.HasField("rerun_script"):
            told, fragment = message.rerun_script.widget_states, message.rerun_script.fragment_id
            self.requests.request_rerun(RerunData(widget_states=told, fragment_id=fragment))


def message(
    *, redraws_itself: bool = False, clicked: str = "", epochs: float = 20, fragment: str = "status"
) -> BackMsg:
    told = BackMsg()
    told.rerun_script.fragment_id = fragment
    told.rerun_script.is_auto_rerun = redraws_itself
    widgets = told.rerun_script.widget_states.widgets
    widgets.add(id="epochs", double_value=epochs)
    match clicked:
        case "button":
            widgets.add(id=clicked, trigger_value=True)
        case "menu":
            widgets.add(id=clicked, string_trigger_value=StringTriggerValue(data="rename"))
        case "component":
            widgets.add(id=clicked, json_trigger_value='[{"event": "opened", "value": 3}]')
    return told


@pytest.mark.parametrize("clicked", ["button", "menu", "component"])
def test_a_click_comes_with_its_own_message_alone(clicked: str) -> None:
    tab = Tab()
    tab.take(message(redraws_itself=True, clicked=clicked))
    assert tab.told() == {}
    tab = Tab()
    tab.take(message(clicked=clicked))
    assert set(tab.told()) == {"epochs", clicked}


def test_a_change_stays_told_though_a_part_redraws_itself_before_the_app_has_taken_it() -> None:
    tab = Tab()
    tab.take(message(clicked="button", epochs=30))
    tab.take(message(redraws_itself=True, epochs=30))
    assert tab.told() == {"epochs": "double_value", "button": "trigger_value"}


def test_what_streamlit_ignores_is_not_kept_for_later() -> None:
    tab = Tab()
    tab.take(message(clicked="button", fragment="gone"))
    tab.take(message(clicked="menu"))
    assert set(tab.told()) == {"epochs", "menu"}
    tab.take(message(clicked="button"))
    tab.take(BackMsg(stop_script=True))
    tab.take(message(clicked="menu"))
    assert set(tab.told()) == {"epochs", "menu"}


def test_a_message_that_asks_for_no_run_passes_as_it_is() -> None:
    passed: list[BackMsg] = []
    heartbeat = BackMsg(app_heartbeat=True)
    noting(lambda _, message: passed.append(message))(Tab().session, heartbeat)
    assert passed == [heartbeat]


def test_streamlit_has_what_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AppSession, NAME, getattr(AppSession, NAME))  # it is put back afterwards
    before = getattr(AppSession, NAME)
    widget_messages.patch_streamlit()
    assert getattr(AppSession, NAME) is not before
