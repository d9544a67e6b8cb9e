"""Two replicas of the app behind a real proxy, with its file of deploy/, below /inkling/: nothing is missed there."""

import asyncio
import io
import os
import re
import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Response, expect, sync_playwright

from benchmarks.session_page import Page as SessionPage
from benchmarks.sessions import Session
from model.ink import read_ink, render
from tests.deploy.front import REPLICAS, front, need_proxy
from tests.e2e.draw_page import DrawPage, strokes_of
from tests.e2e.patience import PATIENCE_SECONDS
from tests.e2e.train_page import LONG, TrainPage
from tests.paths import INK
from tests.polling import wait_for
from tools.app_server import RunningApp, free_port, serve
from tools.browser import launch

pytestmark = pytest.mark.timeout(600)

BASE = "inkling"
VISITORS = 6
# Opened at a page's own address, Streamlit looks for its server below that address first, and then above it.
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")


@contextmanager
def two_replicas(tmp_path: Path) -> Iterator[list[RunningApp]]:
    """Two apps that share a cache folder, with it the secret of the visitors' cookies, and what they leave."""
    shared = {
        "INKLING_CACHE": str(tmp_path / "cache"),
        "INKLING_SHARED": str(tmp_path / "cache" / "shared"),
        "INKLING_WORKERS": "1",
        "STREAMLIT_SERVER_BASE_URL_PATH": BASE,
        "STREAMLIT_SERVER_PORT": str(free_port()),
    }
    with ExitStack() as stack:
        yield [stack.enter_context(serve(environment=shared | {"STREAMLIT_SERVER_ADDRESS": host})) for host in REPLICAS]


def addresses(replicas: list[RunningApp]) -> list[str]:
    return [replica.url.removeprefix("http://").partition("/")[0] for replica in replicas]


def figure(replica: RunningApp, name: str, label: str = "") -> float:
    """One of the figures that a replica has for its operator: the sum of those with a label."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    said = direct.open(f"{replica.url}/metrics", timeout=30).read().decode()
    assert f"# TYPE {name} " in said
    found = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", said, re.MULTILINE)
    return sum(float(value) for labels, value in found if label in labels)


def picture_of(label: str) -> bytes:
    """Somebody's digit, as a picture of ink on paper."""
    drawing = next(drawing for drawing in read_ink(INK) if drawing.label == label)
    paper, ink = Image.new("L", (400, 400), 240), Image.fromarray(render(drawing)).resize((200, 200))
    paper.paste(30, (100, 100), ink)
    content = io.BytesIO()
    paper.save(content, "PNG")
    return content.getvalue()


def watch(page: Page) -> list[str]:
    """What goes wrong between the page and the proxy from now on."""
    troubles: list[str] = []

    def on_response(response: Response) -> None:
        if response.status >= 400 and not PROBE.search(response.url):
            troubles.append(f"{response.status} {response.url}")

    page.on("response", on_response)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    return troubles


def test_a_browser_finds_all_of_the_app_behind_nginx(tmp_path: Path) -> None:
    need_proxy("nginx")
    with ExitStack() as stack:
        replicas = stack.enter_context(two_replicas(tmp_path))
        site = stack.enter_context(front("nginx", addresses(replicas), tmp_path))
        playwright = stack.enter_context(sync_playwright())
        expect.set_options(timeout=1000 * PATIENCE_SECONDS)
        page = launch(playwright).new_page(ignore_https_errors=True, viewport={"width": 1280, "height": 900})
        page.set_default_timeout(1000 * PATIENCE_SECONDS)
        troubles = watch(page)
        sockets: list[str] = []
        page.on("websocket", lambda opened: sockets.append(opened.url))
        url = f"{site}/{BASE}"

        # The base path, the WebSocket, and the addresses from which the browser gets its modules and the network.
        draw = DrawPage(page, url).open()
        draw.wait_for_reader()
        assert sockets == [f"{url.replace('https', 'wss')}/_stcore/stream?batches"]
        draw.draw(strokes_of("7"))
        draw.expect_digit("7")

        # Uploads.
        draw.upload_picture(picture_of("3"))
        draw.expect_digit("3")

        # The cookie, behind TLS.
        (cookie,) = (each for each in page.context.cookies() if each.get("name") == "inkling_visitor")
        assert cookie["secure"]
        assert cookie["httpOnly"]
        assert cookie["path"] == f"/{BASE}"

        # The visitor's run is there again after a reload: they came back to their replica.
        train = TrainPage(page, url).open(LONG)
        train.start()
        before = train.wait_for_step(gt=0)
        page.reload()
        train.wait_for_step(gt=before)
        homes = [replica for replica in replicas if figure(replica, "inkling_runs", "running")]
        assert len(homes) == 1
        assert not troubles
        train.press("stop")
        assert sum(figure(replica, "inkling_proxy_problems_total", "split") for replica in replicas) == 0


def test_visitors_find_their_runs_again_behind_caddy(tmp_path: Path) -> None:
    need_proxy("caddy")
    hosts = list(REPLICAS)

    async def come(url: str) -> list[str]:
        cookies = []
        for _ in range(VISITORS):
            async with Session(url) as session:
                cookies.append(session.cookie)
                await session.open("train", LONG)
                await session.press("start")
                await session.until(has_run)
        assert len(set(cookies)) == VISITORS
        return cookies

    async def come_again(url: str, cookies: list[str]) -> None:
        for cookie in cookies:
            async with Session(url, cookie) as session:
                await session.open("train")
                await session.until(has_run)

    with two_replicas(tmp_path) as replicas, front("caddy", addresses(replicas), tmp_path, hosts) as site:
        url = f"{site}/{BASE}"
        cookies = asyncio.run(come(url))
        asyncio.run(come_again(url, cookies))
        assert sum(figure(replica, "inkling_visitors_kept") for replica in replicas) == VISITORS
        assert sum(figure(replica, "inkling_proxy_problems_total", "split") for replica in replicas) == 0

        # A replica is told to end: its visitors come to the other one, and their runs go on there.
        ending, staying = replicas
        os.kill(ending.pid, signal.SIGTERM)
        hosts.remove(REPLICAS[0])  # as Docker does
        wait_for(lambda: not is_listening(ending), "the end of a replica")
        asyncio.run(come_again(url, cookies))
        assert figure(staying, "inkling_visitors_kept") == VISITORS


def is_listening(replica: RunningApp) -> bool:
    host, _, port = addresses([replica])[0].partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def has_run(page: SessionPage) -> bool:
    """Whether the page shows a run that goes on or waits."""
    return "stop" in page.widgets
