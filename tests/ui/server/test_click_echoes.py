"""A click that is in the message of a part that redraws itself, too, reaches the app once."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import StringTriggerValue

from tests.ui.server.test_auto_reruns import a_page
from ui.server.metrics import AnswerTime
from ui.server.web_sockets import corrected


def message(*, redraws_itself: bool, clicked: str = "") -> bytes:
    told = BackMsg()
    told.rerun_script.fragment_id = "status"
    told.rerun_script.is_auto_rerun = redraws_itself
    widgets = told.rerun_script.widget_states.widgets
    widgets.add(id="epochs", double_value=20)
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
    assert widgets(corrected(echo, AnswerTime(), a_page())) == ["epochs"]
    assert corrected(click, AnswerTime(), a_page()) is click


def test_a_part_that_redraws_itself_keeps_the_values_of_its_widgets() -> None:
    content = message(redraws_itself=True)
    assert corrected(content, AnswerTime(), a_page()) is content
