"""What a browser may send in one message: values of widgets that would take much memory are replaced unread.

A component's value comes as JSON, and a value of one megabyte may hold half a million lists. No page sends so much: the
largest drawing that is taken has 20,000 points, each a list of five things.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from model.ink import MAX_POINTS, MAX_STROKES
from ui.draw.fabric import REFUSED

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALL = 100_000  # bytes: what is not larger does no harm
MAX_BRACKETS = MAX_POINTS + 10 * MAX_STROKES
MAX_COMMAS = 6 * MAX_POINTS + 50 * MAX_STROKES
_INSTEAD = json.dumps({"drawing": {"raw": REFUSED}})  # the canvas's value; other components know nothing of it
_FIELDS = ("json_value", "json_trigger_value")


class MessageLimits:
    """Replaces what is too large in the messages that an ASGI app gets through a WebSocket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def receive_limited() -> Message:
            message = await receive()
            content = message.get("bytes")
            if message["type"] == "websocket.receive" and content and len(content) > SMALL:
                message["bytes"] = limited(content)
            return message

        await self.app(scope, receive_limited, send)


def limited(content: bytes) -> bytes:
    """A message without the values that are too large; what is no message stays as it is."""
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except Exception:  # the app refuses it
        return content
    refused = [widget for widget in message.rerun_script.widget_states.widgets if _is_too_large(widget)]
    for widget in refused:
        setattr(widget, widget.WhichOneof("value") or "", _INSTEAD)
    return message.SerializeToString() if refused else content


def _is_too_large(widget: WidgetState) -> bool:
    field = widget.WhichOneof("value")
    if field not in _FIELDS:
        return False
    value: str = getattr(widget, field)
    if len(value) <= SMALL:
        return False
    return value.count("[") + value.count("{") > MAX_BRACKETS or value.count(",") > MAX_COMMAS
