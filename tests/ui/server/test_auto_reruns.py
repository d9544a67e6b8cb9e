"""Fragments rerun by themselves in turns, for a share of the time at most; what a visitor does arrives at once."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ui.server.auto_reruns import LONGEST, MAX_FRAGMENTS, SHARE, AutoReruns, PageReruns
from ui.server.message_limits import SMALL
from ui.server.web_sockets import WebSockets
from ui.state.session import REDRAW_SECONDS

TOOK = 0.05  # seconds, that a rerun takes here
PAUSE = TOOK * (1 - SHARE) / SHARE


def rerun(fragment: str = "status", *, is_auto_rerun: bool = True, page: str = "") -> BackMsg:
    message = BackMsg()
    message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = fragment, is_auto_rerun
    message.rerun_script.page_script_hash = page
    return message


CLICK, HEARTBEAT, STOP = rerun(is_auto_rerun=False), BackMsg(app_heartbeat=True), BackMsg(stop_script=True)


def a_page() -> PageReruns:
    """The page of a visitor who is alone."""
    return House(visitors=1).page("mine").reruns


@dataclass
class House:
    """How many visitors are here, what time it is, and what each page was given to rerun by and by."""

    visitors: int = 50
    crowding: float = 1.0
    now: float = 1000.0
    drawn: list[tuple[float, str]] = field(default_factory=list)  # when, and whose
    timers: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = itertools.count()
        self.everyone = AutoReruns(lambda: self.visitors, lambda: self.crowding, lambda: self.now, self.later)

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        heapq.heappush(self.timers, (self.now + seconds, next(self.numbers), do))

    def pass_time(self, seconds: float) -> None:
        end = self.now + seconds
        while self.timers and self.timers[0][0] <= end:
            self.now, _, do = heapq.heappop(self.timers)
            do()
        self.now = end

    def page(self, name: str) -> "Page":
        return Page(self, name)


class Page:
    """A page whose reruns take a while each."""

    def __init__(self, house: House, name: str, took: float = TOOK) -> None:
        self.house, self.name, self.took = house, name, took
        self.reruns = house.everyone.of_page(self.draw)

    def ask(self, fragment: str = "status") -> bool:
        """Ask for a rerun; tells whether it begins at once."""
        message = rerun(fragment)
        if self.reruns.must_wait(message, message.SerializeToString()):
            return False
        self.draw(message.SerializeToString())
        return True

    def draw(self, content: bytes) -> None:
        self.house.drawn.append((self.house.now, f"{self.name} {BackMsg.FromString(content).rerun_script.fragment_id}"))
        self.house.later(self.took, self.reruns.ended)


def test_a_lone_visitors_page_reruns_whenever_it_asks() -> None:
    page = House(visitors=1).page("mine")
    assert all(page.ask(fragment) for fragment in ("status", "timeline", "tabs") * 10)


def test_a_page_that_is_being_left_reruns_no_more_until_the_visitor_comes_back() -> None:
    reruns = a_page()

    def drops(page: str) -> bool:
        return reruns.must_wait(rerun(page=page), b"")

    def click_on(page: str) -> None:
        assert not reruns.must_wait(rerun("", is_auto_rerun=False, page=page), b"")

    assert not drops("train")  # whose address was opened
    click_on("draw")
    assert drops("train")
    assert not drops("evaluate")  # where the app itself may have led
    assert not drops("draw")
    click_on("train")
    assert drops("draw")
    click_on("train")  # a button of that page, after which the app may lead back
    assert not drops("draw")


def test_all_reruns_together_take_a_share_of_the_time_however_long_each_takes() -> None:
    for took in (TOOK, 5 * TOOK):
        house = House()
        pages = [Page(house, str(number), took) for number in range(20)]
        for _ in range(200):
            for page in pages:
                page.ask()
            house.pass_time(0.5)
        assert len(house.drawn) * took / 100 == pytest.approx(SHARE, rel=0.05)


def test_reruns_never_overlap() -> None:
    house = House()
    for number in range(5):
        house.page(str(number)).ask()
    house.pass_time(10)
    begun = [when for when, _ in house.drawn]
    assert len(begun) == 5
    assert min(after - before for before, after in itertools.pairwise(begun)) == pytest.approx(TOOK + PAUSE)


def test_the_page_that_was_redrawn_longest_ago_goes_first_however_often_others_ask() -> None:
    house = House()
    greedy, *others = [house.page(str(number)) for number in range(10)]
    for _ in range(100):
        for page in others:
            page.ask()
        for _ in range(10):
            greedy.ask()
            house.pass_time(TOOK)
    counts = {page.name: sum(name.startswith(page.name) for _, name in house.drawn) for page in (greedy, *others)}
    assert max(counts.values()) - min(counts.values()) <= 1


def test_every_part_of_a_page_has_its_turn() -> None:
    house = House()
    page = house.page("mine")
    for _ in range(9):
        for part in ("status", "timeline", "tabs"):
            page.ask(part)
        house.pass_time(TOOK + PAUSE)
    assert {name for _, name in house.drawn[:3]} == {"mine status", "mine timeline", "mine tabs"}


def test_a_rerun_that_waits_comes_when_its_turn_has_come_without_being_asked_for_again() -> None:
    house = House()
    mine, yours = house.page("mine"), house.page("yours")
    assert mine.ask()
    assert not yours.ask()
    house.pass_time(TOOK + PAUSE)
    assert [name for _, name in house.drawn] == ["mine status", "yours status"]


def test_with_many_visitors_a_part_is_not_redrawn_again_at_once() -> None:
    house = House(crowding=10)
    page = house.page("mine")
    assert page.ask()
    house.pass_time(TOOK + PAUSE)
    assert not page.ask()
    house.pass_time(10 * REDRAW_SECONDS)
    assert len(house.drawn) == 1
    assert page.ask()


def test_what_a_visitor_does_never_waits() -> None:
    house = House()
    house.page("other").ask()
    page = house.page("mine")
    for message in (CLICK, HEARTBEAT, STOP) * 3:
        assert not page.reruns.must_wait(message, message.SerializeToString())


def test_a_rerun_that_waits_is_dropped_once_its_visitor_has_done_something() -> None:
    """It tells how the widgets stood before, and would set them back."""
    house = House()
    house.page("other").ask()
    page = house.page("mine")
    page.ask()
    page.reruns.must_wait(HEARTBEAT, b"")
    page.reruns.must_wait(CLICK, b"")
    house.pass_time(10)
    assert len(house.drawn) == 1
    assert page.ask()


def test_a_page_that_is_gone_keeps_nobody_waiting() -> None:
    house = House()
    gone, silent, page = house.page("gone"), Page(house, "silent", took=10 * LONGEST), house.page("mine")
    assert silent.ask()
    gone.ask()
    page.ask()
    gone.reruns.close()
    house.pass_time(LONGEST / SHARE + PAUSE)
    assert [name for _, name in house.drawn] == ["silent status", "mine status"]


def test_when_the_others_have_left_a_page_is_redrawn_at_once_again() -> None:
    house = House()
    page = house.page("mine")
    page.ask()
    assert not page.ask()
    house.visitors = 1
    assert page.ask()


def test_a_page_that_names_parts_without_end_or_sends_much_takes_no_memory_for_them() -> None:
    house = House()
    house.page("other").ask()
    page = house.page("mine")
    for number in range(5 * MAX_FRAGMENTS):
        page.ask(f"part {number}")
    assert page.reruns.must_wait(rerun("large"), b" " * (SMALL + 1))
    house.pass_time(100)
    assert len(house.drawn) == 1 + MAX_FRAGMENTS


def test_all_other_messages_of_a_socket_arrive_in_their_order_and_reruns_in_turns() -> None:
    sent = [rerun(), rerun("timeline"), HEARTBEAT, rerun("tabs"), STOP]
    assert asyncio.run(arrived(sent)) == [rerun(), HEARTBEAT, STOP, rerun("timeline"), rerun("tabs")]


async def arrived(sent: list[BackMsg]) -> list[BackMsg]:
    """What the app behind the socket gets, if each run is over as soon as nothing else has come for a while."""
    asked = iter([{"type": "websocket.receive", "bytes": message.SerializeToString()} for message in sent])
    got: list[BackMsg] = []
    finished = ForwardMsg()
    finished.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    gone = asyncio.Event()

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        while len(got) < len(sent):
            got.append(BackMsg.FromString((await receive())["bytes"]))
            if got[-1] == STOP or sent.index(got[-1]) in (1, 3):
                await send({"type": "websocket.send", "bytes": finished.SerializeToString()})
        gone.set()
        assert (await receive())["type"] == "websocket.disconnect"

    async def receive() -> Any:
        if (message := next(asked, None)) is not None:
            return message
        await gone.wait()
        return {"type": "websocket.disconnect"}

    async def send(_message: Any) -> None:
        return None

    await WebSockets(app, AutoReruns(lambda: 50, lambda: 1.0))(
        {"type": "websocket", "path": "/", "headers": []}, receive, send
    )
    return got
