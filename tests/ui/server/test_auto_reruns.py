"""The more visitors are here, the less often fragments rerun by themselves; what a visitor does always arrives."""

import asyncio
from dataclasses import dataclass
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg

from ui.server.auto_reruns import APART, MAX_FRAGMENTS, AutoReruns, PageReruns
from ui.server.web_sockets import WebSockets
from ui.state.session import REDRAW_SECONDS

CROWDED = 10.0
GAP = CROWDED * REDRAW_SECONDS


@dataclass
class House:
    """How crowded it is, and what time."""

    crowding: float = CROWDED
    now: float = 1000.0

    def reruns(self) -> AutoReruns:
        return AutoReruns(lambda: self.crowding, lambda: self.now)

    def page(self) -> PageReruns:
        return self.reruns().of_page()


def rerun(fragment: str = "status", *, is_auto_rerun: bool = True) -> BackMsg:
    message = BackMsg()
    message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = fragment, is_auto_rerun
    return message


CLICK, HEARTBEAT, STOP = rerun(is_auto_rerun=False), BackMsg(app_heartbeat=True), BackMsg(stop_script=True)


def test_with_few_visitors_each_part_is_redrawn_when_it_asks() -> None:
    page = House(crowding=1).page()
    assert not any(page.is_too_soon(rerun()) for _ in range(100))


def test_with_many_visitors_a_part_is_redrawn_once_in_the_time_that_all_need() -> None:
    house = House()
    page, drawn = house.page(), 0
    for _ in range(100):
        drawn += not page.is_too_soon(rerun())
        house.now += GAP / 4
    assert drawn == 25


def test_each_part_of_each_page_has_a_turn_of_its_own() -> None:
    house = House()
    everyone = house.reruns()
    mine, yours = everyone.of_page(), everyone.of_page()
    for page, part in ((mine, "status"), (mine, "timeline"), (yours, "status")):
        assert not page.is_too_soon(rerun(part))
        house.now += 2 * APART
    assert mine.is_too_soon(rerun("status"))


def test_many_pages_that_ask_at_once_are_not_redrawn_at_once() -> None:
    house = House()
    everyone = house.reruns()
    pages = [everyone.of_page() for _ in range(10)]
    assert sum(not page.is_too_soon(rerun()) for page in pages) == 1
    for _ in pages:  # each asks again, and has its turn in the end
        house.now += 2 * APART
        waiting = [page.is_too_soon(rerun()) for page in pages]
    assert all(waiting)


def test_when_the_others_have_left_a_page_is_redrawn_as_before() -> None:
    house = House()
    page = house.page()
    page.is_too_soon(rerun())
    assert page.is_too_soon(rerun())
    house.crowding = 1
    assert not page.is_too_soon(rerun())


def test_what_a_visitor_does_is_never_too_soon() -> None:
    page = House().page()
    assert not any(page.is_too_soon(message) for message in (CLICK, HEARTBEAT, STOP) * 3)


def test_a_page_that_names_parts_without_end_takes_no_memory_for_them() -> None:
    house = House(crowding=1)
    page = house.page()
    for number in range(2 * MAX_FRAGMENTS):
        page.is_too_soon(rerun(f"part {number}"))
    house.now += 2 * APART
    house.crowding = CROWDED
    assert not page.is_too_soon(rerun("part 0"))  # it is forgotten


def test_all_other_messages_of_a_socket_arrive_in_their_order() -> None:
    sent = [rerun(), rerun(), CLICK, rerun(), rerun("timeline"), HEARTBEAT, rerun()]
    assert asyncio.run(arrived(sent)) == [rerun(), CLICK, HEARTBEAT]


async def arrived(sent: list[BackMsg]) -> list[BackMsg]:
    """What the app behind the socket gets before the browser goes away."""
    asked = iter([{"type": "websocket.receive", "bytes": message.SerializeToString()} for message in sent])
    got: list[BackMsg] = []

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            got.append(BackMsg.FromString(message["bytes"]))

    async def receive() -> Any:
        return next(asked, {"type": "websocket.disconnect"})

    async def send(_message: Any) -> None:
        return None

    await WebSockets(app, House().reruns())({"type": "websocket", "path": "/", "headers": []}, receive, send)
    return got
