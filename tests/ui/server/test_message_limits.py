"""A browser's message with a value that would take much memory reaches the app without it."""

import json
import time

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from model.ink import MAX_POINTS
from tests.figures import report
from ui.draw.fabric import REFUSED, drawing_from_fabric
from ui.server.message_limits import SMALL
from ui.server.web_sockets import limited


def message(**values: str) -> bytes:
    told = BackMsg()
    for name, value in values.items():
        widget = told.rerun_script.widget_states.widgets.add()
        widget.id, widget.json_value = name, value
    return told.SerializeToString()


def values(content: bytes) -> dict[str, str]:
    widgets = BackMsg.FromString(content).rerun_script.widget_states.widgets
    return {widget.id: widget.json_value for widget in widgets}


def drawn(commands: str) -> str:
    return '{"drawing": {"raw": {"objects": [' + commands + "]}}}"


@pytest.mark.parametrize("part", ["[],", "{},", "1,", '[["M",0,0]],'])
def test_a_value_of_too_many_parts_comes_as_one_that_the_page_explains(part: str) -> None:
    content = message(canvas=drawn(part * 400_000 + "[]"), other="{}")
    begun = time.process_time()
    left = values(limited(content)[1])
    report(f"to look at a message of {len(content) / 1e6:.1f} MB", 1000 * (time.process_time() - begun), "ms of a core")
    assert left["other"] == "{}"
    sent = json.loads(left["canvas"])["drawing"]["raw"]
    assert sent == REFUSED
    with pytest.raises(ValueError, match="at most 20,000 points; got more"):
        drawing_from_fabric(sent)


def test_the_largest_drawing_that_is_taken_passes_as_it_is() -> None:
    curves = [["M", 0.123456789, 0.5], *[["Q", 0.1234567890123, 0.5, 0.25, 0.75]] * (MAX_POINTS - 1)]
    content = message(canvas=drawn(json.dumps({"type": "Path", "path": curves})))
    assert len(content) > SMALL
    assert limited(content)[1] is content


def test_what_is_no_message_passes_as_it_is() -> None:
    content = b"\xff" * (SMALL + 1)
    assert limited(content)[1] is content
