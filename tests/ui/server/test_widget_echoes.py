"""What a part that redraws itself says of widgets reaches the app if it is news; a click has a message of its own."""

from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import StringTriggerValue
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner_utils import script_requests

from tests.ui.server.test_auto_reruns import House, a_page
from ui.server import widget_echoes
from ui.server.metrics import AnswerTime
from ui.server.web_sockets import corrected
from ui.server.widget_echoes import NAME, Echoes, merging_all


def message(*, redraws_itself: bool, clicked: str = "", epochs: float = 20) -> bytes:
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
    return told.SerializeToString()


def widgets(content: bytes) -> list[str]:
    return [widget.id for widget in BackMsg.FromString(content).rerun_script.widget_states.widgets]


@pytest.mark.parametrize("clicked", ["button", "menu", "component"])
def test_a_click_comes_with_its_own_message_alone(clicked: str) -> None:
    echo, click = message(redraws_itself=True, clicked=clicked), message(redraws_itself=False, clicked=clicked)
    assert widgets(corrected(echo, AnswerTime(), a_page(), Echoes())) == ["epochs"]
    assert corrected(click, AnswerTime(), a_page(), Echoes()) is click


def test_a_part_that_redraws_itself_keeps_the_values_of_its_widgets() -> None:
    content = message(redraws_itself=True)
    assert corrected(content, AnswerTime(), a_page(), Echoes()) is content


def test_a_widget_that_the_app_may_have_moved_since_the_last_message_is_not_moved_back() -> None:
    echoes = Echoes()

    def told(**options: Any) -> list[str]:
        return widgets(corrected(message(**options), AnswerTime(), a_page(), echoes))

    assert told(redraws_itself=False) == ["epochs"]
    assert told(redraws_itself=True) == []
    assert told(redraws_itself=True, epochs=30) == ["epochs"]  # moved in the browser
    assert told(redraws_itself=True, epochs=30) == []
    assert told(redraws_itself=True, clicked="button", epochs=20) == ["epochs"]
    assert told(redraws_itself=False, epochs=20) == ["epochs"]  # an own message tells all


def test_what_waited_in_vain_was_not_told() -> None:
    house, echoes = House(visitors=1, crowding=4), Echoes()
    reruns = house.page("mine").reruns

    def told(epochs: float) -> list[str]:
        return widgets(corrected(message(redraws_itself=True, epochs=epochs), AnswerTime(), reruns, echoes))

    assert told(20) == ["epochs"]
    assert told(30) == []  # too soon: the app got nothing
    house.pass_time(60)
    assert told(30) == ["epochs"]


def test_a_change_stays_told_though_a_part_redraws_itself_before_the_app_has_taken_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(script_requests, NAME, getattr(script_requests, NAME))  # it is put back afterwards
    widget_echoes.patch_streamlit()
    echoes, waiting = Echoes(), script_requests.ScriptRequests()
    change = message(redraws_itself=False, clicked="button", epochs=30)
    for content in (change, message(redraws_itself=True, epochs=30)):
        told = BackMsg.FromString(corrected(content, AnswerTime(), a_page(), echoes)).rerun_script
        waiting.request_rerun(script_requests.RerunData(widget_states=told.widget_states, fragment_id="status"))
    taken = waiting.on_scriptrunner_ready().rerun_data.widget_states
    assert {widget.id: widget.WhichOneof("value") for widget in taken.widgets} == {
        "epochs": "double_value",
        "button": "trigger_value",
    }


@pytest.mark.parametrize(
    ("earlier", "later", "both"), [(None, None, None), (None, 30, 30), (20, None, 20), (20, 30, 30)]
)
def test_the_newer_of_two_messages_counts(earlier: float | None, later: float | None, both: float | None) -> None:
    def states(epochs: float | None) -> WidgetStates | None:
        return None if epochs is None else WidgetStates(widgets=[WidgetState(id="epochs", double_value=epochs)])

    assert merging_all(getattr(script_requests, NAME))(states(earlier), states(later)) == states(both)
