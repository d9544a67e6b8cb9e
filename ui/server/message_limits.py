"""What a browser may send in one message: values of widgets that would take much memory are replaced unread.

A component's value comes as JSON, and a value of one megabyte may hold half a million lists. No page sends so much: the
largest drawing that is taken has 20,000 points, each a list of five things.
"""

from __future__ import annotations

import json

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from model.ink import MAX_POINTS, MAX_STROKES
from ui.draw.fabric import REFUSED

SMALL = 100_000  # bytes: what is not larger does no harm
MAX_BRACKETS = MAX_POINTS + 10 * MAX_STROKES
MAX_COMMAS = 6 * MAX_POINTS + 50 * MAX_STROKES
_INSTEAD = json.dumps({"drawing": {"raw": REFUSED}})  # the canvas's value; other components know nothing of it
_FIELDS = ("json_value", "json_trigger_value")


def replace_large_values(message: BackMsg) -> bool:
    """Replace the values that are too large; tell whether there were any."""
    refused = [widget for widget in message.rerun_script.widget_states.widgets if _is_too_large(widget)]
    for widget in refused:
        setattr(widget, widget.WhichOneof("value") or "", _INSTEAD)
    return bool(refused)


def _is_too_large(widget: WidgetState) -> bool:
    field = widget.WhichOneof("value")
    if field not in _FIELDS:
        return False
    value: str = getattr(widget, field)
    if len(value) <= SMALL:
        return False
    return value.count("[") + value.count("{") > MAX_BRACKETS or value.count(",") > MAX_COMMAS
