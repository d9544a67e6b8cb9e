"""The messages between browsers and the app: what browsers send is put right before; answers are bundled and timed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ui.server import message_bundles, message_limits
from ui.server.auto_reruns import AutoReruns, PageReruns
from ui.server.message_bundles import MessageBundles
from ui.server.metrics import AnswerTime

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


ROOM = 100  # messages of a page, that the app has yet to take
LONGEST_END = 1000  # bytes: a message that ends a run takes fewer


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
        page = _PageSocket(receive, send, self._reruns, is_bundled=message_bundles.are_wanted(scope))
        receiving = asyncio.create_task(page.receive_all())
        try:
            await self.app(scope, page.arrived.get, page.send)
        finally:
            receiving.cancel()
            page.close()


class _PageSocket:
    """One page's connection: what has arrived from it, and what it is sent."""

    def __init__(self, receive: Receive, send: Send, reruns: AutoReruns, *, is_bundled: bool) -> None:
        self.arrived: asyncio.Queue[Message] = asyncio.Queue(ROOM)
        self._receive, self._send = receive, send
        self._answer = AnswerTime()
        self._reruns = reruns.of_page(self._rerun)
        self._bundles = MessageBundles(self._send_bundle) if is_bundled else None

    async def receive_all(self) -> None:
        """Receive what the page sends, put right, until it is gone."""
        message: Message = {"type": "websocket.connect"}
        while message["type"] != "websocket.disconnect":
            message = await self._receive()
            if message["type"] == "websocket.receive" and message.get("bytes"):
                message = {**message, "bytes": corrected(message["bytes"], self._answer, self._reruns)}
                if not message["bytes"]:
                    continue
            await self.arrived.put(message)

    async def send(self, message: Message) -> None:
        """Send the page a message of the app, in a bundle if the page unpacks them."""
        content = message.get("bytes") if message["type"] == "websocket.send" else None
        if content and self._bundles:
            await self._bundles.add(content, is_last=is_last(content))
            return
        if self._bundles:
            await self._bundles.flush()
        await self._send(message)
        self._note_sent([content or b""])

    def close(self) -> None:
        """Forget the page; what knew it no longer does, so that it takes no garbage collection to be rid of it."""
        if self._bundles:
            self._bundles.close()
        self._reruns.close()
        del self._bundles, self._reruns

    def _rerun(self, content: bytes) -> None:
        if not self.arrived.full():
            self._answer.asked()
            self.arrived.put_nowait({"type": "websocket.receive", "bytes": content})

    async def _send_bundle(self, messages: list[bytes]) -> None:
        await self._send({"type": "websocket.send", "bytes": message_bundles.pack(messages)})
        self._note_sent(messages)

    def _note_sent(self, messages: list[bytes]) -> None:
        if any(map(ends_run, messages)) and self._answer.ended():
            self._reruns.ended()


def ends_run(content: bytes) -> bool:
    """Whether a message of the app tells a page that a run has come to its end."""
    return len(content) <= LONGEST_END and ForwardMsg.FromString(content).HasField("script_finished")


def is_last(content: bytes) -> bool:
    """Whether a message of the app is the last for now, or the last but the one that nothing runs any more."""
    if len(content) > LONGEST_END:
        return False
    message = ForwardMsg.FromString(content)
    is_at_rest = message.HasField("session_status_changed") and not message.session_status_changed.script_is_running
    return is_at_rest or message.HasField("script_finished")


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
