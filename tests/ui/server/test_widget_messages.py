"""What a part that redraws itself tells of widgets is no visitor's doing; a click has a message of its own."""

from types import SimpleNamespace

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import StringTriggerValue
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils import script_requests

from ui.server import widget_messages
from ui.server.widget_messages import HANDLE, MERGE, merging_all
from ui.server.widget_values import ResendingSessionState


class Tab:
    """A browser tab's session, whose app takes one message after another."""

    def __init__(self) -> None:
        self.session_state = ResendingSessionState()
        self.requests = script_requests.ScriptRequests()

    def take(self, message: BackMsg) -> None:
        getattr(AppSession, HANDLE)(self, message)

    def _handle_rerun_script_request(self, client_state: SimpleNamespace) -> None:
        """As Streamlit's session asks for a run of the page."""
        self.requests.request_rerun(
            script_requests.RerunData(
                widget_states=client_state.widget_states, fragment_id=client_state.fragment_id or None
            )
        )

    def told(self) -> dict[str, str | None]:
        """What the next run is told: the kind of value of each widget."""
        states = self.requests.on_scriptrunner_ready().rerun_data.widget_states
        return {widget.id: widget.WhichOneof("value") for widget in states.widgets}


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch) -> Tab:
    for where, name in ((AppSession, HANDLE), (script_requests, MERGE)):
        monkeypatch.setattr(where, name, getattr(where, name))  # it is put back afterwards
    widget_messages.patch_streamlit()
    return Tab()


def message(*, redraws_itself: bool, clicked: str = "", epochs: float = 20) -> BackMsg:
    told = BackMsg()
    told.rerun_script.fragment_id = "status"
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
def test_a_click_comes_with_its_own_message_alone(tab: Tab, clicked: str) -> None:
    tab.take(message(redraws_itself=True, clicked=clicked))
    assert tab.told() == {}
    tab = Tab()
    tab.take(message(redraws_itself=False, clicked=clicked))
    assert set(tab.told()) == {"epochs", clicked}


def test_a_message_that_asks_for_no_run_passes_as_it_is(tab: Tab) -> None:
    heartbeats: list[bool] = []
    tab._handle_app_heartbeat_request = lambda: heartbeats.append(True)  # type: ignore[attr-defined]
    tab.take(BackMsg(app_heartbeat=True))
    assert heartbeats == [True]


def test_a_change_stays_told_though_a_part_redraws_itself_before_the_app_has_taken_it(tab: Tab) -> None:
    tab.take(message(redraws_itself=False, clicked="button", epochs=30))
    tab.take(message(redraws_itself=True, epochs=30))
    assert tab.told() == {"epochs": "double_value", "button": "trigger_value"}


@pytest.mark.parametrize(
    ("earlier", "later", "both"), [(None, None, None), (None, 30, 30), (20, None, 20), (20, 30, 30)]
)
def test_the_newer_of_two_messages_counts(earlier: float | None, later: float | None, both: float | None) -> None:
    def states(epochs: float | None) -> WidgetStates | None:
        return None if epochs is None else WidgetStates(widgets=[WidgetState(id="epochs", double_value=epochs)])

    assert merging_all(getattr(script_requests, MERGE))(states(earlier), states(later)) == states(both)
