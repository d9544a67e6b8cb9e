"""What the app sends to a page comes in batches, and the browser renders what one brings together.

Streamlit sends each element in a message of its own, and the browser renders the whole page anew for whatever has
arrived when it has a moment: a part of the Train page that redraws itself sends fifty, and cost three to seven renders.
On a slow machine that was all it could do, and clicks took seconds. So the messages of a run are sent together when it
is over; those of a long run ten times a second. Only that something runs for the visitor is said at once: until it has
ended, the page waits with what depends on it. message_batches.js, a part of the document, asks for batches and unpacks
them: while one is rendered, the next ones wait, and then are rendered together.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

SECONDS = 0.1  # that a message waits at most for others: what comes sooner than that seems to come at once
SECONDS_IF_URGENT = 0.003  # the end of a run is two messages
QUERY = b"batches"  # of the address to which a page connects that unpacks batches
MARK = b"\0"  # before a batch: no message begins with it
LENGTH = struct.Struct("<I")  # of a message in bytes, before it


def are_wanted(scope: Scope) -> bool:
    """Whether the page behind a connection unpacks batches."""
    return bool(scope.get("query_string") == QUERY)


def pack(messages: Iterable[bytes]) -> bytes:
    """One batch of messages."""
    return MARK + b"".join(part for message in messages for part in (LENGTH.pack(len(message)), message))


def unpack(batch: bytes) -> Iterator[bytes]:
    """The messages of a batch."""
    begin = len(MARK)
    while begin < len(batch):
        (length,) = LENGTH.unpack_from(batch, begin)
        begin += LENGTH.size
        yield batch[begin : begin + length]
        begin += length


class MessageBatches:
    """Those of one page.

    Args:
        send: sends a batch.
        seconds: that a message waits at most for others.
    """

    def __init__(self, send: Callable[[bytes], Awaitable[None]], seconds: float = SECONDS) -> None:
        self._send = send
        self._seconds = seconds
        self._messages: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None

    async def add(self, message: bytes, *, is_urgent: bool) -> None:
        """Send a message with the next batch; wait until the one before is sent.

        Args:
            message: for the page.
            is_urgent: whether it waits no longer than it takes those that belong to it to follow.

        Raises:
            whatever `send` raised for the batch before.
        """
        await self._sent()
        self._messages.append(message)
        if is_urgent:
            self.send_soon()
        elif not self._timer:
            self._send_in(self._seconds)

    def send_soon(self) -> None:
        """Let the messages that wait for others wait no longer."""
        if self._messages:
            self._stop_timer()
            self._send_in(SECONDS_IF_URGENT)

    async def flush(self) -> None:
        """Send the messages that wait, now.

        Raises:
            whatever `send` raises.
        """
        await self._sent()
        if self._messages:
            self._begin_sending()
            await self._sent()

    def close(self) -> None:
        """Send nothing more."""
        self._stop_timer()
        if self._sending:
            self._sending.cancel()  # also, asyncio does not log how it ended if that was before

    async def _sent(self) -> None:
        while sending := self._sending:
            await sending
            if self._sending is sending:
                self._sending = None

    def _send_in(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._begin_sending)

    def _begin_sending(self) -> None:
        self._stop_timer()
        batch = pack(self._messages)
        self._messages = []
        self._sending = asyncio.ensure_future(self._send(batch))

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
