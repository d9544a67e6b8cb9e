"""The messages between browsers and the app: what browsers send is put right before; answers are batched and timed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ui.server import message_batches, message_limits
from ui.server.auto_reruns import AutoReruns
from ui.server.message_batches import MessageBatches
from ui.server.metrics import AnswerTime

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


ROOM = 100  # messages of a page, that the app has yet to take
STATUSES = ("session_status_changed", "script_finished")  # the messages on how a run stands
LONGEST_STATUS = 1000  # bytes: they take fewer


class WebSockets:
    """Reads each message of the WebSockets of an ASGI app, once.

    Args:
        app: whose they are.
        reruns: lets pages take turns.
        seconds: that a message for a page waits at most for others.
    """

    def __init__(
        self, app: ASGIApp, reruns: AutoReruns | None = None, seconds: float = message_batches.SECONDS
    ) -> None:
        self.app = app
        self._reruns = reruns or AutoReruns()
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        page = _PageSocket(receive, send, self._reruns, self._seconds if message_batches.are_wanted(scope) else None)
        receiving = asyncio.create_task(page.receive_all())
        try:
            await self.app(scope, page.arrived.get, page.send)
        finally:
            receiving.cancel()
            page.close()


class _PageSocket:
    """One page's connection: what has arrived from it, and what it is sent, in batches if messages wait for others."""

    def __init__(self, receive: Receive, send: Send, reruns: AutoReruns, seconds: float | None) -> None:
        self.arrived: asyncio.Queue[Message] = asyncio.Queue(ROOM)
        self._receive, self._send = receive, send
        self._answer = AnswerTime()
        self._has_acted = False  # whether the page has yet to be told that something runs for the visitor
        self._reruns = reruns.of_page(self._rerun)
        self._batches = None if seconds is None else MessageBatches(self._send_batch, seconds)

    async def receive_all(self) -> None:
        """Receive what the page sends, put right, until it is gone."""
        message: Message = {"type": "websocket.connect"}
        while message["type"] != "websocket.disconnect":
            message = await self._receive()
            if message["type"] == "websocket.receive" and message.get("bytes"):
                content = self._taken(message["bytes"])
                if not content:
                    continue
                message = {**message, "bytes": content}
            await self.arrived.put(message)

    async def send(self, message: Message) -> None:
        """Send the page a message of the app, in a batch if the page unpacks them."""
        content = message.get("bytes") if message["type"] == "websocket.send" else None
        status = status_of(content or b"")
        if content and self._batches:
            await self._batches.add(content, is_urgent=status is not None and self._is_urgent(status))
        else:
            if self._batches:
                await self._batches.flush()
            await self._send(message)
        if status and status.HasField("script_finished") and self._answer.ended():
            self._reruns.ended()

    def close(self) -> None:
        """Forget the page; what knew it no longer does, so that it takes no garbage collection to be rid of it."""
        if self._batches:
            self._batches.close()
        self._reruns.close()
        del self._batches, self._reruns

    def _rerun(self, content: bytes) -> None:
        if not self.arrived.full():
            self._answer.asked()
            self.arrived.put_nowait({"type": "websocket.receive", "bytes": content})

    def _taken(self, content: bytes) -> bytes:
        """A message of the page as the app gets it; empty if the app does not get it now."""
        message, content = limited(content)
        if not message:  # the app refuses it
            return content
        if self._reruns.must_wait(message, content):
            return b""
        if message.HasField("rerun_script"):  # others only say that the page is still there
            self._answer.asked()
            if not message.rerun_script.is_auto_rerun:
                self._note_action()
        return content

    def _note_action(self) -> None:
        """Let the page know at once that something runs for the visitor, also if something does so already."""
        self._has_acted = True
        if self._batches:
            self._batches.send_soon()

    def _is_urgent(self, status: ForwardMsg) -> bool:
        """Whether a status, sent once, waits for no others: that a run for the visitor begins, or that one ends."""
        if not status.session_status_changed.script_is_running:
            return True
        has_acted, self._has_acted = self._has_acted, False
        return has_acted

    async def _send_batch(self, batch: bytes) -> None:
        await self._send({"type": "websocket.send", "bytes": batch})


def limited(content: bytes) -> tuple[BackMsg | None, bytes]:
    """A message of a page, if it is one, and its bytes; values that are too large give way to some that are refused."""
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except Exception:  # protobuf has several kinds
        return None, content
    if len(content) > message_limits.SMALL and message_limits.replace_large_values(message):
        content = message.SerializeToString()
    return message, content


def status_of(content: bytes) -> ForwardMsg | None:
    """The message that an app sends a page, if it says that a run begins or ends."""
    if len(content) > LONGEST_STATUS:
        return None
    message = ForwardMsg.FromString(content)
    return message if message.WhichOneof("type") in STATUSES else None
