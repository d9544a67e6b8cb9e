"""The messages between browsers and the app: what browsers send is put right before, and answers are timed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamlit.proto.BackMsg_pb2 import BackMsg

from ui.server import click_echoes, message_limits
from ui.server.auto_reruns import AutoReruns, PageReruns
from ui.server.metrics import AnswerTime

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class WebSockets:
    """Reads each message of the WebSockets of an ASGI app, once."""

    def __init__(self, app: ASGIApp, reruns: AutoReruns | None = None) -> None:
        self.app = app
        self._reruns = reruns or AutoReruns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        answer, reruns = AnswerTime(), self._reruns.of_page()

        async def receive_corrected() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or not message.get("bytes"):
                    return message
                content = corrected(message["bytes"], answer, reruns)
                if content:
                    return {**message, "bytes": content}

        async def send_timed(message: Message) -> None:
            await send(message)
            if message["type"] == "websocket.send" and message.get("bytes"):
                answer.sent(message["bytes"])

        await self.app(scope, receive_corrected, send_timed)


def corrected(content: bytes, answer: AnswerTime, reruns: PageReruns) -> bytes:
    """A message without values that are too large, and without echoes of clicks.

    Args:
        content: what a browser has sent; what is no message stays as it is.
        answer: is told if the page asks for something.
        reruns: knows which automatic reruns come too soon.

    Returns:
        what the app shall get; nothing if it shall not get the message at all.
    """
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except Exception:  # the app refuses it
        return content
    if reruns.is_too_soon(message):
        return b""
    if message.HasField("rerun_script"):  # others only say that the page is still there
        answer.asked()
    is_limited = len(content) > message_limits.SMALL and message_limits.replace_large_values(message)
    has_echoes = click_echoes.remove(message)
    return message.SerializeToString() if is_limited or has_echoes else content
