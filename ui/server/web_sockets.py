"""The messages between browsers and the app: what browsers send is put right before, and answers are timed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from streamlit.proto.BackMsg_pb2 import BackMsg

from ui.server import message_limits
from ui.server.auto_reruns import AutoReruns, PageReruns
from ui.server.metrics import AnswerTime

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


ROOM = 100  # messages of a page, that the app has yet to take


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
        answer = AnswerTime()
        arrived: asyncio.Queue[Message] = asyncio.Queue(ROOM)

        def rerun(content: bytes) -> None:
            if not arrived.full():
                answer.asked()
                arrived.put_nowait({"type": "websocket.receive", "bytes": content})

        reruns = self._reruns.of_page(rerun)

        async def receive_corrected() -> None:
            message: Message = {"type": "websocket.connect"}
            while message["type"] != "websocket.disconnect":
                message = await receive()
                if message["type"] == "websocket.receive" and message.get("bytes"):
                    message = {**message, "bytes": corrected(message["bytes"], answer, reruns)}
                    if not message["bytes"]:
                        continue
                await arrived.put(message)

        async def send_timed(message: Message) -> None:
            await send(message)
            if message["type"] == "websocket.send" and message.get("bytes") and answer.sent(message["bytes"]):
                reruns.ended()

        receiving = asyncio.create_task(receive_corrected())
        try:
            await self.app(scope, arrived.get, send_timed)
        finally:
            receiving.cancel()
            reruns.close()


def corrected(content: bytes, answer: AnswerTime, reruns: PageReruns) -> bytes:
    """A message without values that are too large, if its turn has come.

    Args:
        content: what a browser has sent; what is no message stays as it is.
        answer: is told if the page asks for something.
        reruns: keeps automatic reruns until their turn.

    Returns:
        what the app shall get; nothing if it shall not get the message now.
    """
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except Exception:  # the app refuses it
        return content
    if len(content) > message_limits.SMALL and message_limits.replace_large_values(message):
        content = message.SerializeToString()
    if reruns.must_wait(message, content):
        return b""
    if message.HasField("rerun_script"):  # others only say that the page is still there
        answer.asked()
    return content
