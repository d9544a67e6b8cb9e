"""What docs/reliability.md promises of an app that many visitors, and some hostile ones, use at a time."""

import asyncio
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AsyncExitStack

import numpy as np
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect

from benchmarks import drawings
from benchmarks.day import go
from benchmarks.load import Tally, answered
from benchmarks.sessions import NO_LOGIN, first_cookie
from model.inference.classification import classify_images
from model.ink import Drawing, render
from model.training import checkpoint
from tests.figures import report
from tests.paths import ROOT
from tests.ui.sessions import epoch, patient_session
from tools.app_server import RunningApp, serve
from ui.draw import prediction

SOCKETS = 50


@pytest.fixture(scope="module")
def app() -> Iterator[RunningApp]:
    with serve() as running:
        yield running


@pytest.mark.timeout(600)
def test_fifty_visitors_at_once_each_get_their_own_answers(app: RunningApp) -> None:
    sent = drawings.some(2 * SOCKETS)
    tally = Tally()

    async def come() -> None:
        async with AsyncExitStack() as stack:
            visitors = [await stack.enter_async_context(patient_session(app.url)) for _ in range(SOCKETS)]
            await asyncio.gather(*(visitor.open("draw") for visitor in visitors))
            for turn in range(2):
                mine = sent[turn * SOCKETS :]
                await asyncio.gather(
                    *(answered(visitor, one, tally) for visitor, one in zip(visitors, mine, strict=False))
                )
            for visitor in visitors:
                visitor.check()

    began = time.monotonic()
    asyncio.run(come())
    report("50 visitors who come and draw twice at the same time", time.monotonic() - began, "s")
    assert (len(tally.seconds), tally.wrong) == (2 * SOCKETS, 0)


def test_a_run_goes_on_while_its_visitor_is_on_another_page_and_nobody_else_sees_it(app: RunningApp) -> None:
    async def switch() -> None:
        async with patient_session(app.url) as visitor, patient_session(app.url) as other:
            await visitor.open("train", "epochs=10000&hidden_sizes=16")
            await visitor.press("start")
            await visitor.until(lambda page: epoch(page) > 0)
            reached = epoch(visitor.page)
            for page in ("draw", "evaluate", "inside", "experiments", ""):
                await go(visitor, page)
            await other.open("train")
            assert epoch(other.page) == 0
            visitor.page.texts.clear()
            await go(visitor, "train")
            await visitor.until(lambda page: epoch(page) > reached)
            report("epochs that a run made while its visitor was away", epoch(visitor.page) - reached, "")
            await visitor.press("stop")

    asyncio.run(switch())


def test_a_visitor_who_reads_nothing_does_not_delay_others(app: RunningApp) -> None:
    sent, tally = drawings.some(5), Tally()

    async def ask_and_read_nothing() -> None:
        address = app.url.replace("http", "ws", 1) + "/_stcore/stream"
        cookie = await asyncio.to_thread(first_cookie, app.url)
        slow = await connect(
            address,
            subprotocols=["streamlit", NO_LOGIN],  # type: ignore[list-item]
            additional_headers={"Cookie": cookie},
            max_queue=1,
            proxy=None,
        )
        slow.transport.pause_reading()
        try:
            for number in range(40):  # some megabytes, for which there is no room on the way
                message = BackMsg()
                message.rerun_script.page_name = ("train", "evaluate", "inside")[number % 3]
                await slow.send(message.SerializeToString())
            async with patient_session(app.url) as visitor:
                await visitor.open("draw")
                for one in sent:
                    await answered(visitor, one, tally)
                visitor.check()
        finally:
            slow.transport.abort()

    asyncio.run(ask_and_read_nothing())
    report("the slowest answer beside a visitor who reads nothing", max(tally.seconds), "s")
    assert (len(tally.seconds), tally.wrong) == (5, 0)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("ids", ["invented/invented", "0f8fad5b-d9cb-469f-a165-70867728950e/1", "..%2F..%2Fetc/passwd"])
def test_a_file_for_a_session_that_does_not_exist_is_refused(app: RunningApp, method: str, ids: str) -> None:
    cookie = first_cookie(app.url)
    token = re.search(r"_streamlit_xsrf=([^;]+)", cookie)
    headers = {"Cookie": cookie} | ({"X-Xsrftoken": token[1]} if token else {})
    request = urllib.request.Request(
        f"{app.url}/_stcore/upload_file/{ids}", b"x" if method == "PUT" else None, headers, method=method
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as refused:
        direct.open(request, timeout=60)
    report("an upload for a session that does not exist is answered by status", refused.value.code, "")
    assert 400 <= refused.value.code < 500
    assert str(ROOT) not in refused.value.read().decode(errors="replace")


def test_blank_paper_a_dot_and_a_sheet_full_of_ink_have_an_answer() -> None:
    network = checkpoint.load(checkpoint.DEFAULT_WEIGHTS).network
    dot = render(Drawing((np.array([[140.0, 140.0]]),), pen=16.0))
    lines = tuple(np.array([[0.0, y], [280.0, y]]) for y in range(0, 281, 4))
    full = render(Drawing(lines, pen=16.0))
    readings = classify_images(network, [None, dot, full, np.full((28, 28), 255, np.uint8)])
    for reading in readings:
        shown = prediction.headline_html(reading) + prediction.detail_html(reading)
        assert "nan" not in shown
        assert re.sub(r"<[^>]+>", "", shown).strip()
    blank, *_ = readings
    report("probability that a dot is a digit", float(readings[1].is_digit or 0), "")
    report("probability that a sheet full of lines is a digit", float(readings[2].is_digit or 0), "")
    assert prediction.headline_html(blank) != prediction.headline_html(readings[2])
