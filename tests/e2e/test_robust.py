"""What can go wrong while a network learns, in a real browser: each time it is seen what survives."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.e2e.driver import RunningApp, draw, serve
from tests.e2e.train_page import (
    LONG,
    PATIENCE_SECONDS,
    button,
    click_menu,
    expect_state,
    open_page,
    runs,
    start,
    step,
    stop,
    until,
)
from tests.polling import is_running, wait_for

SECONDS_TO_END = 5.0  # that an app takes at most when it is told to


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """Another visitor's page."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def workers(app: RunningApp) -> dict[int, float]:
    """The app's workers, by number, and for how many seconds each has computed."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,time=,args="], capture_output=True, text=True, check=True)
    found = {}
    for line in listing.stdout.splitlines():
        pid, parent, clock, *words = line.split()
        if int(parent) == app.pid and "model.jobs.worker" in words:
            hours, minutes, seconds = re.fullmatch(r"(?:(\d+):)?(\d+):([\d.]+)", clock).groups("0")
            found[int(pid)] = 3600 * int(hours) + 60 * int(minutes) + float(seconds)
    return found


def goes_on(page: Page) -> bool:
    """Whether the training that is seen makes steps."""
    expect_state(page, "Training")
    now = step(page)
    return until(page, lambda: step(page), lambda later: later > now) > now


def test_when_a_worker_is_killed_its_visitor_reads_why_and_nobody_else_notices(
    page: Page, other: Page, app: RunningApp
) -> None:
    open_page(page, f"{app.url}/train{LONG}")
    before = workers(app)
    start(page)
    expect_state(page, "Training")
    wait_for(lambda: any(after > before[pid] + 1 for pid, after in workers(app).items()), "a worker at work")
    busy = max(before, key=lambda pid: workers(app)[pid] - before[pid])
    open_page(other, f"{app.url}/train{LONG}")
    start(other)
    expect_state(other, "Training")
    learned = step(page)

    os.kill(busy, signal.SIGKILL)
    expect_state(page, "Failed")
    expect(page.locator(".st-key-progress [role=alert]")).to_contain_text("ended unexpectedly")
    assert step(page) >= learned > 0
    expect(button(page, "download_network")).to_be_enabled()  # what it had learned
    assert goes_on(other)
    wait_for(lambda: len(workers(app)) == len(before) and busy not in workers(app), "another worker")

    start(page)
    assert goes_on(page)
    table = until(page, lambda: runs(page), lambda it: it.get("State") == ["failed", "running"])
    assert table["State"] == ["failed", "running"]
    assert len(runs(other)["State"]) == 1  # nobody sees another one's runs
    stop(page)
    stop(other)


def test_a_training_outlives_a_broken_connection_and_a_closed_tab(
    page: Page, page_errors: list[str], app_url: str
) -> None:
    sockets: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    page.route_web_socket(re.compile("_stcore/stream"), connect)
    open_page(page, f"{app_url}/train{LONG}")
    start(page)
    expect_state(page, "Training")
    reached, connections = step(page), len(sockets)
    sockets[-1].close(code=1001)
    until(page, lambda: len(sockets), lambda it: it > connections)
    assert goes_on(page)
    assert (again := step(page)) > reached

    context = page.context
    page.close()
    tab = context.new_page()
    open_page(tab, f"{app_url}/train")
    assert goes_on(tab)
    assert step(tab) > again
    stop(tab)
    page_errors.clear()  # the browser says so if a connection breaks


def test_however_often_start_is_clicked_one_training_runs(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/train{LONG}")
    button(page, "start").dblclick()
    assert goes_on(page)
    assert until(page, lambda: runs(page), lambda it: it.get("State") == ["running"])["State"] == ["running"]

    tab = page.context.new_page()
    open_page(tab, f"{app_url}/train{LONG}")
    start(tab)
    for seen in (tab, page):  # both tabs come to show the newer one; the older one is stopped
        table = until(seen, lambda seen=seen: runs(seen), lambda it: it.get("State") == ["stopped", "running"])
        assert table["State"] == ["stopped", "running"]
        expect_state(seen, "Training")
    tab.close()
    stop(page)


@pytest.fixture(scope="module")
def small_app() -> Iterator[RunningApp]:
    """An app with one worker, and little memory for it."""
    with serve(environment={"INKLING_WORKERS": "1", "INKLING_WORKER_MEMORY": "400"}) as running:
        yield running


def test_a_network_too_large_for_the_memory_is_explained_and_the_app_stays_usable(
    page: Page, small_app: RunningApp
) -> None:
    open_page(page, f"{small_app.url}/train?hidden_sizes={'-'.join(['4096'] * 6)}")
    start(page)
    expect_state(page, "Failed")
    expect(page.locator(".st-key-progress [role=alert]")).to_contain_text("not enough memory")
    click_menu(page, "Draw")
    draw(page, [[[0, 0], [0, 100]]])
    expect(page.locator(".st-key-prediction")).to_contain_text("1")


def test_one_waits_for_a_worker_in_a_queue_and_at_the_end_of_the_app_all_of_it_ends(
    page: Page, other: Page, page_errors: list[str], small_app: RunningApp
) -> None:
    for one in (page, other):
        open_page(one, f"{small_app.url}/train{LONG}")
        start(one)
        expect_state(one, "Training" if one is page else "Waiting")
    expect(other.locator(".st-key-queue")).to_contain_text("number 1 in the queue")
    stop(page)
    assert goes_on(other)
    expect(other.get_by_text("in the queue")).to_have_count(0)

    left = workers(small_app)
    assert len(left) == 1
    told = time.monotonic()
    os.kill(small_app.pid, signal.SIGTERM)
    wait_for(lambda: not any(map(is_running, (small_app.pid, *left))), "the end of the app", SECONDS_TO_END)
    assert time.monotonic() - told < SECONDS_TO_END
    page_errors.clear()  # the browser says so if a connection breaks


def test_when_the_app_is_killed_no_worker_is_left(page: Page, page_errors: list[str]) -> None:
    with serve() as running:
        open_page(page, f"{running.url}/train{LONG}")
        start(page)
        expect_state(page, "Training")
        left = workers(running)
        assert len(left) == 2
        os.kill(running.pid, signal.SIGKILL)
        wait_for(lambda: not any(map(is_running, left)), "the end of the workers", PATIENCE_SECONDS)
    page_errors.clear()  # the browser says so if a connection breaks
