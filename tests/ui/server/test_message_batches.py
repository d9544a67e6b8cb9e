"""What the app sends to a page comes in batches: in order, at the end of a run, and never much later than without."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from starlette.websockets import WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ui.server import message_batches
from ui.server.message_batches import MessageBatches
from ui.server.web_sockets import WebSockets

NEVER, AT_ONCE = 3600.0, 0.0  # seconds


class Line:
    """A connection to a page that takes batches, or has broken."""

    def __init__(self, seconds: float) -> None:
        self.sent: list[list[bytes]] = []
        self.is_broken = False
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.batches = MessageBatches(self.send, seconds)

    async def send(self, batch: bytes) -> None:
        await self.may_go_on.wait()
        if self.is_broken:
            raise OSError("gone")
        self.sent.append(list(message_batches.unpack(batch)))

    async def add(self, *messages: bytes) -> None:
        for message in messages:
            await self.batches.add(message, is_urgent=message == b"end")

    async def until_sent(self, number: int) -> None:
        while len(self.sent) < number:
            await asyncio.sleep(0.001)


async def rest() -> None:
    """Let all other tasks go as far as they can."""
    for _ in range(100):
        await asyncio.sleep(0)


async def add_forever(line: Line) -> None:
    while True:
        await line.add(b"new")
        await asyncio.sleep(0.001)


def on(seconds: float, play: Callable[[Line], Coroutine[Any, Any, None]]) -> Line:
    """A line on which something was played; its messages wait this long for others."""

    async def begin() -> Line:
        line = Line(seconds)
        await play(line)
        return line

    return asyncio.run(begin())


@pytest.mark.parametrize("messages", [[], [b""], [b"a", b"", b"\x00" * 70_000, b"b"]])
def test_a_batch_holds_its_messages(messages: list[bytes]) -> None:
    assert list(message_batches.unpack(message_batches.pack(messages))) == messages


def test_the_messages_of_a_run_are_sent_together_when_it_is_over() -> None:
    async def play(line: Line) -> None:
        await line.add(b"new", b"chart", b"end", b"at rest")
        await line.until_sent(1)
        await line.add(b"new", b"end")
        await line.until_sent(2)

    assert on(NEVER, play).sent == [[b"new", b"chart", b"end", b"at rest"], [b"new", b"end"]]


def test_a_message_does_not_wait_for_the_end_of_a_long_run() -> None:
    async def play(line: Line) -> None:
        await line.add(b"title")
        await line.until_sent(1)
        await line.add(b"chart", b"end")
        await line.until_sent(2)

    assert on(AT_ONCE, play).sent == [[b"title"], [b"chart", b"end"]]


def test_a_message_waits_while_the_page_does_not_take_the_batch_before() -> None:
    async def play(line: Line) -> None:
        line.may_go_on.clear()
        await line.add(b"end")
        flushing = asyncio.create_task(line.batches.flush())
        await rest()
        adding = asyncio.create_task(line.add(b"new", b"end"))
        await rest()
        assert not flushing.done()
        assert not adding.done()
        line.may_go_on.set()
        await asyncio.gather(flushing, adding)
        await line.until_sent(2)

    assert on(NEVER, play).sent == [[b"end"], [b"new", b"end"]]


def test_the_next_sender_gets_the_error_of_a_broken_connection() -> None:
    async def play(line: Line) -> None:
        line.is_broken = True
        await line.add(b"end")
        with pytest.raises(OSError, match="gone"):
            await add_forever(line)

    assert on(AT_ONCE, play).sent == []


def test_nothing_is_sent_on_a_closed_connection() -> None:
    async def play(line: Line) -> None:
        await line.add(b"end")
        line.batches.close()
        await rest()

    assert on(AT_ONCE, play).sent == []


def test_a_connection_that_broke_with_its_last_message_is_closed_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def play(line: Line) -> None:
        line.is_broken = True
        await line.add(b"end")
        await rest()
        line.batches.close()

    on(AT_ONCE, play)
    gc.collect()  # asyncio logs an error that nobody has asked for when its task is gone
    assert not caplog.records


def test_a_flush_sends_the_waiting_messages() -> None:
    async def play(line: Line) -> None:
        await line.add(b"new", b"chart")
        await line.batches.flush()
        assert line.sent
        await line.batches.flush()

    assert on(NEVER, play).sent == [[b"new", b"chart"]]


RUNS = ForwardMsg(session_status_changed={"script_is_running": True}).SerializeToString()
TITLE, CHART = (ForwardMsg(delta={"new_element": {"text": {"body": text}}}).SerializeToString() for text in "tc")
END = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY).SerializeToString()
RESTS = ForwardMsg(session_status_changed={"script_is_running": False}).SerializeToString()
RUN = [RUNS, TITLE, CHART, END, RESTS]


def rerun(*, is_auto_rerun: bool) -> bytes:
    return BackMsg(rerun_script={"query_string": "x", "is_auto_rerun": is_auto_rerun}).SerializeToString()


class Browser:
    """A page that connects, asks for something, and keeps what it is sent."""

    def __init__(self, asks: bytes, query: bytes = message_batches.QUERY) -> None:
        self.query = query
        self.sent: list[Any] = []
        self.asked: asyncio.Queue[Any] = asyncio.Queue()
        self.asked.put_nowait({"type": "websocket.connect"})
        self.ask(asks)

    def ask(self, content: bytes) -> None:
        self.asked.put_nowait({"type": "websocket.receive", "bytes": content})

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    def contents(self) -> list[bytes]:
        return [message["bytes"] for message in self.sent if message["type"] == "websocket.send"]

    async def until_sent(self, number: int) -> None:
        while len(self.contents()) < number:
            await asyncio.sleep(0.001)


async def at_once() -> None:
    return None


def answer(browser: Browser, after_first: Callable[[], Awaitable[None]] = at_once) -> None:
    """Connect a browser to an app that answers with a run, and may wait after its first message."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        await socket.receive_bytes()
        for message in RUN:
            await socket.send_bytes(message)
            if message == RUNS:
                await after_first()
        await socket.close()

    scope = {"type": "websocket", "path": "/", "query_string": browser.query, "headers": []}
    asyncio.run(WebSockets(app, seconds=NEVER)(scope, browser.asked.get, browser.send))


@pytest.mark.parametrize("query", [b"", message_batches.QUERY])
def test_only_a_page_that_unpacks_batches_gets_them(query: bytes) -> None:
    browser = Browser(rerun(is_auto_rerun=True), query=query)
    answer(browser)
    assert (browser.sent[0]["type"], browser.sent[-1]["type"]) == ("websocket.accept", "websocket.close")
    assert browser.contents() == ([message_batches.pack(RUN)] if query else RUN)


def test_the_start_of_a_run_is_sent_at_once() -> None:
    """Until it has ended, a click waits, or counts as the second half of the last one."""
    browser = Browser(rerun(is_auto_rerun=False))
    answer(browser, after_first=lambda: browser.until_sent(1))
    assert browser.contents() == [message_batches.pack([RUNS]), message_batches.pack(RUN[1:])]


def test_a_click_during_an_automatic_rerun_has_the_start_of_the_run_sent_at_once() -> None:
    browser = Browser(rerun(is_auto_rerun=True))

    async def click() -> None:
        browser.ask(rerun(is_auto_rerun=False))
        await browser.until_sent(1)

    answer(browser, after_first=click)
    assert browser.contents() == [message_batches.pack([RUNS]), message_batches.pack(RUN[1:])]


@pytest.mark.parametrize("query", [b"", message_batches.QUERY])
def test_a_closed_page_is_freed_without_garbage_collection(query: bytes) -> None:
    browser = Browser(rerun(is_auto_rerun=False), query=query)
    known = weakref.ref(browser)
    gc.disable()
    try:
        answer(browser)
        del browser
        assert known() is None
    finally:
        gc.enable()
