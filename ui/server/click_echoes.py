"""A click comes once, also if a part of the page redraws itself at the same moment.

The browser sends a click in a message of its own, a moment later. If a part of the page asks to be redrawn within that
moment, its message has the click, too, and Streamlit would obey both: a run would take two steps. The click's own
message always follows.
"""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg

TRIGGERS = {"trigger_value", "string_trigger_value", "json_trigger_value", "chat_input_value"}


def remove(message: BackMsg) -> bool:
    """Remove clicks from the message of a part that redraws itself; tell whether there were any."""
    if not message.rerun_script.is_auto_rerun:
        return False
    states = message.rerun_script.widget_states
    kept = [widget for widget in states.widgets if widget.WhichOneof("value") not in TRIGGERS]
    if len(kept) == len(states.widgets):
        return False
    del states.widgets[:]
    states.widgets.extend(kept)
    return True
