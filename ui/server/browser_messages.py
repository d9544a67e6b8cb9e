"""What browsers send through the WebSocket is put right before the app gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamlit.proto.BackMsg_pb2 import BackMsg

from ui.server import click_echoes, message_limits

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BrowserMessages:
    """Corrects the messages that an ASGI app gets through a WebSocket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def receive_corrected() -> Message:
            message = await receive()
            content = message.get("bytes")
            if message["type"] == "websocket.receive" and content:
                message["bytes"] = corrected(content)
            return message

        await self.app(scope, receive_corrected, send)


def corrected(content: bytes) -> bytes:
    """A message without values that are too large, and without echoes of clicks; what is no message stays as it is."""
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except Exception:  # the app refuses it
        return content
    is_limited = len(content) > message_limits.SMALL and message_limits.replace_large_values(message)
    has_echoes = click_echoes.remove(message)
    return message.SerializeToString() if is_limited or has_echoes else content
