"""What the app sends to a page comes in bundles, and the browser draws each at once.

Streamlit sends each element in a message of its own, and the browser draws the whole page anew for whatever has arrived
when it has a moment: a part of the Train page that redraws itself sends fifty, and cost three to seven drawings. On a
slow machine that was all it could do, and clicks took seconds. So the messages of a run are sent together when it is
over; those of a long run ten times a second. Only that something runs for the visitor is said at once: until it has
ended, the page waits with what depends on it. bundles.js, a part of the document, asks for bundles and unpacks them.
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
QUERY = b"bundles"  # of the address to which a page connects that unpacks bundles
MARK = b"\0"  # before a bundle: no message begins with it
LENGTH = struct.Struct("<I")  # of a message in bytes, before it


def are_wanted(scope: Scope) -> bool:
    """Whether the page behind a connection unpacks bundles."""
    return bool(scope.get("query_string") == QUERY)


def pack(messages: Iterable[bytes]) -> bytes:
    """One bundle of messages."""
    return MARK + b"".join(part for message in messages for part in (LENGTH.pack(len(message)), message))


def unpack(bundle: bytes) -> Iterator[bytes]:
    """The messages of a bundle."""
    begin = len(MARK)
    while begin < len(bundle):
        (length,) = LENGTH.unpack_from(bundle, begin)
        begin += LENGTH.size
        yield bundle[begin : begin + length]
        begin += length


class MessageBundles:
    """Those of one page.

    Args:
        send: sends the messages of a bundle, in their order.
        seconds: that a message waits at most for others.
    """

    def __init__(self, send: Callable[[list[bytes]], Awaitable[None]], seconds: float = SECONDS) -> None:
        self._send = send
        self._seconds = seconds
        self._messages: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None

    async def add(self, message: bytes, *, is_urgent: bool) -> None:
        """Send a message with the next bundle; wait until the one before is sent.

        Args:
            message: for the page.
            is_urgent: whether it waits no longer than it takes those that belong to it to follow.

        Raises:
            whatever `send` raised for the bundle before.
        """
        await self._sent()
        self._messages.append(message)
        if is_urgent:
            self.hurry()
        elif not self._timer:
            self._send_in(self._seconds)

    def hurry(self) -> None:
        """Let what waits for others wait no longer."""
        if self._messages:
            self._stop_timer()
            self._send_in(SECONDS_IF_URGENT)

    async def flush(self) -> None:
        """Send what waits, now.

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
        messages, self._messages = self._messages, []
        self._sending = asyncio.ensure_future(self._send(messages))

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
