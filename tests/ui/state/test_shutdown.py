"""An app that is told to end does so within five seconds, whatever holds it up, and its visitors go on elsewhere."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from model.experiments.search_process import JOURNAL
from model.experiments.study_reader import StudyReader
from model.experiments.study_view import StudyView
from tests.figures import report
from tests.paths import ROOT
from tests.polling import wait_for, wait_for_number
from tests.ui.sessions import epoch, patient_session
from tools.app_server import RunningApp, serve
from ui.state import shutdown

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
PATIENCE_SECONDS = 120
ENDED_BY_SIGTERM = (-signal.SIGTERM, shutdown.EXIT_CODE)  # by the server, or by what ends a process that is held up


def terminate(app: RunningApp) -> int:
    """Send SIGTERM, and return the exit status of the app's process."""
    began = time.monotonic()
    process = psutil.Process(app.pid)
    process.terminate()
    status: int = process.wait(PATIENCE_SECONDS)
    report("from SIGTERM to the end", time.monotonic() - began, "s")
    return status


def test_a_run_goes_on_in_another_replica_for_the_visitor_with_the_cookie(tmp_path: Path) -> None:
    environment = {"INKLING_SHARED": str(tmp_path), "INKLING_COOKIE_SECRET": "the same for both of them" * 2}

    async def visit(one: RunningApp, two: RunningApp) -> None:
        async with patient_session(one.url) as session:
            await session.open("train", "epochs=10000&hidden_sizes=32")
            await session.press("start")
            await session.until(lambda page: epoch(page) > 0)
            reached = epoch(session.page)
            assert await asyncio.to_thread(terminate, one) in ENDED_BY_SIGTERM
        async with patient_session(two.url, session.cookie) as session:
            await session.open("train")
            await session.until(lambda page: epoch(page) >= reached)
            again = epoch(session.page)
            await session.until(lambda page: epoch(page) > again)
            await session.press("stop")
        async with patient_session(two.url) as stranger:
            await stranger.open("train")
            assert not epoch(stranger.page)
        assert not list((tmp_path / "visitors").iterdir())
        assert "Left the things of 1 visitors" in one.log_tail()

    with serve(environment=environment) as one, serve(environment=environment) as two:
        asyncio.run(visit(one, two))


@pytest.mark.timeout(900)  # two apps, and two processes at a low priority that load what searches compute with
def test_a_search_goes_on_in_another_replica_with_its_trials(tmp_path: Path) -> None:
    """Both are processes of their own, and each has a process for the search."""
    shared = {"INKLING_SHARED": str(tmp_path / "shared"), "INKLING_COOKIE_SECRET": "the same for both of them" * 2}
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()

    def study(folder: Path) -> StudyView | None:
        """The study of an app, once somebody works at it."""
        found = list(folder.glob("*/experiments/*/plan.json"))
        return StudyReader(found[0].parent / JOURNAL, "search 1").read() if found else None

    def ended(folder: Path) -> int:
        return view.ended if (view := study(folder)) else 0

    async def visit(one: RunningApp, two: RunningApp) -> None:
        async with patient_session(one.url) as session:
            await session.open("train", "epochs=30&hidden_sizes=32&training_size=2000")  # not done in a moment
        async with patient_session(one.url, session.cookie) as session:
            await session.open("experiments")
            await session.press("start_search")
            await asyncio.to_thread(wait_for, lambda: ended(folders[0]), "its first trial")
            assert await asyncio.to_thread(terminate, one) in ENDED_BY_SIGTERM
        (record,) = tmp_path.glob("shared/visitors/*/search-0/search.json")
        assert not json.loads(record.read_text())["is_complete"]
        async with patient_session(two.url, session.cookie) as session:
            await session.open("experiments")
            await session.until(lambda page: "pause_search" in page.widgets)
            await asyncio.to_thread(wait_for_number, lambda: ended(folders[1]), 20, "trials")
        view = study(folders[1])
        assert view
        assert [trial.number for trial in view.trials] == list(range(20))

    environments = [shared | {"TMPDIR": str(folder)} for folder in folders]
    with serve(environment=environments[0]) as one, serve(environment=environments[1]) as two:
        asyncio.run(visit(one, two))


def test_slow_readers_and_senders_do_not_delay_the_end() -> None:
    with serve() as app, ExitStack() as stack:
        page = urllib.request.urlopen(app.url).read().decode()
        script = re.search(r'src="[./]*(static/js/[^"]+)"', page)
        assert script
        port = int(app.url.rsplit(":", 1)[1])
        requests = [
            f"GET /{script[1]} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n" * 50,
            f"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 10000000\r\n\r\nx",
        ]
        for request in requests:
            slow = stack.enter_context(socket.socket())
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect(("127.0.0.1", port))
            slow.sendall(request.encode())
            assert slow.recv(1) if request.startswith("GET") else True
        assert terminate(app) in ENDED_BY_SIGTERM


STUCK = """
import signal, sys, threading, time
from ui.state import shutdown
signal.signal(signal.SIGTERM, lambda *_: time.sleep(1000))  # a server that waits for a connection
shutdown.prepare()
threading.Thread(target=time.sleep, args=(1000,)).start()  # a page that computes
print("ready", flush=True)
while True:
    time.sleep(1)
"""


def test_a_process_that_hangs_is_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", STUCK], cwd=ROOT, stdout=subprocess.PIPE, text=True) as stuck:
        assert stuck.stdout
        assert stuck.stdout.readline() == "ready\n"
        stuck.terminate()
        assert stuck.wait(60) == shutdown.EXIT_CODE == 143


def test_a_server_without_a_handler_is_left_alone() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        shutdown.prepare()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)
