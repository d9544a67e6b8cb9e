"""What can go wrong while a network learns, in a real browser: each time it is seen what survives."""

import contextlib
import os
import re
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, WebSocketRoute, expect

from model.reading import ReadingLimits
from tests.e2e.draw_page import DrawPage, strokes_of
from tests.e2e.page_errors import BROKEN_CONNECTION, forgive
from tests.e2e.patience import PATIENCE_SECONDS, until
from tests.e2e.train_page import FAILED, LONG, STOPPED, TRAINING, WAITING, TrainPage, click_menu
from tests.polling import is_running, wait_for
from tests.reading import hostile
from tools.app_server import RunningApp, serve

# They share it, one after another, and the last of them ends it.
with_small_app = pytest.mark.xdist_group("small app")


def workers(app: RunningApp) -> dict[int, float]:
    """The app's workers, by number, and for how many seconds each has computed."""
    found = {}
    for child in psutil.Process(app.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess), child.oneshot():
            if "model.jobs.worker" in child.cmdline():
                times = child.cpu_times()
                found[child.pid] = times.user + times.system
    return found


def is_computing(app: RunningApp, before: dict[int, float]) -> int:
    """The worker that computes most since then."""

    def most() -> int:
        now = workers(app)
        return max(before, key=lambda pid: now.get(pid, 0) - before[pid])

    wait_for(lambda: workers(app)[most()] > before[most()] + 1, "a worker at work", PATIENCE_SECONDS)
    return most()


@with_small_app
def test_when_a_worker_is_killed_its_visitor_reads_why_and_nobody_else_notices(
    page: Page, other: Page, small_app: RunningApp
) -> None:
    visitor, neighbor = (TrainPage(tab, small_app.url).open(LONG) for tab in (page, other))
    before = workers(small_app)
    visitor.start()
    busy = is_computing(small_app, before)
    neighbor.start()
    learned = visitor.wait_for_step(gt=0)

    os.kill(busy, signal.SIGKILL)
    visitor.wait_for_state(FAILED)
    expect(visitor.outcome.get_by_role("alert")).to_contain_text("ended unexpectedly")
    assert visitor.step >= learned
    expect(visitor.button("download_network")).to_be_enabled()  # what it had learned
    neighbor.wait_for_step(gt=neighbor.step)
    wait_for(
        lambda: len(workers(small_app)) == len(before) and busy not in workers(small_app),
        "another worker",
        PATIENCE_SECONDS,
    )

    visitor.start()
    visitor.wait_for_step(gt=0)
    visitor.wait_for_runs("failed", "running")
    neighbor.wait_for_runs("running")  # nobody sees another one's runs
    visitor.stop()
    neighbor.stop()


def test_a_run_outlives_another_page_a_reload_a_broken_connection_and_a_closed_tab(
    page: Page, page_errors: list[str], app_url: str
) -> None:
    sockets: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    page.route_web_socket(re.compile("_stcore/stream"), connect)
    visitor = TrainPage(page, app_url).open(LONG)
    visitor.start()
    reached = visitor.wait_for_step(gt=0)
    click_menu(page, "Draw")
    click_menu(page, "Train")
    visitor.wait_for_state(TRAINING)
    reached = visitor.wait_for_step(gt=reached)
    page.reload()
    reached = visitor.wait_for_step(gt=reached)
    expect(page.locator(".st-key-hidden_1")).to_contain_text("32")
    connections = len(sockets)
    sockets[-1].close(code=1001)
    until(page, lambda: len(sockets), lambda now: now > connections, "another connection")
    reached = visitor.wait_for_step(gt=reached)

    context = page.context
    page.close()
    tab = TrainPage(context.new_page(), app_url).open()
    tab.wait_for_step(gt=reached)
    tab.wait_for_state(TRAINING)
    tab.stop()
    tab.page.reload()  # and what it learned is still there
    tab.wait_for_state(STOPPED)
    click_menu(tab.page, "Draw")
    expect(tab.page.locator(".st-key-network").get_by_role("combobox")).to_have_value(re.compile("^my 784-32-10 "))
    forgive(page_errors, BROKEN_CONNECTION)


def test_however_often_start_is_clicked_one_training_runs(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open(LONG)
    visitor.button("start").dblclick()
    visitor.wait_for_step(gt=0)
    visitor.wait_for_runs("running")

    tab = TrainPage(page.context.new_page(), app_url).open(LONG)
    tab.press("start")
    for seen in (tab, visitor):  # both tabs come to show the newer one; the older one is stopped
        seen.wait_for_runs("stopped", "running")
        seen.wait_for_state(TRAINING)
    tab.page.close()
    visitor.stop()


@pytest.fixture(scope="module")
def small_app() -> Iterator[RunningApp]:
    """An app for which workers and memory are short, and that may be ended."""
    with serve(environment={"INKLING_WORKERS": "2", "INKLING_WORKER_MEMORY": "400"}) as running:
        yield running


@with_small_app
def test_a_network_too_large_for_the_memory_is_explained_and_the_app_stays_usable(
    page: Page, small_app: RunningApp
) -> None:
    visitor = TrainPage(page, small_app.url).open(f"hidden_sizes={'-'.join(['4096'] * 6)}")
    visitor.start(FAILED)
    expect(visitor.outcome.get_by_role("alert")).to_contain_text("not enough memory")
    click_menu(page, "Draw")
    drawer = DrawPage(page)
    drawer.draw([[[0, 0], [0, 100]]])
    drawer.expect_digit("1")


@with_small_app
def test_the_third_run_waits_in_the_queue_and_sigterm_ends_every_process(
    page: Page, other: Page, new_context: Callable[..., BrowserContext], page_errors: list[str], small_app: RunningApp
) -> None:
    tabs = page, other, new_context().new_page()
    visitors = [TrainPage(tab, small_app.url).open(LONG) for tab in tabs]
    for one in visitors:
        one.start(TRAINING, WAITING)

    def waiting() -> list[TrainPage]:  # one of them, in turn
        return [one for one in visitors if "Number 1 in the queue" in one.queue.inner_text()]

    (last,) = until(page, waiting, lambda found: len(found) == 1, "one of the three in the queue")
    next(one for one in visitors if one is not last).stop()
    for one in visitors:
        if STOPPED not in one.status.inner_text():
            one.wait_for_state(TRAINING)
            one.wait_for_step(gt=0)
            expect(one.queue).not_to_contain_text("queue")

    left = workers(small_app)
    assert len(left) == 2
    os.kill(small_app.pid, signal.SIGTERM)
    wait_for(lambda: not any(map(is_running, (small_app.pid, *left))), "the end of the app", PATIENCE_SECONDS)
    for tab in tabs:
        tab.close()
    forgive(page_errors, BROKEN_CONNECTION)


@pytest.fixture
def limited_app(tmp_path: Path) -> Iterator[RunningApp]:
    """An app each of whose processes may take 512 MB.

    To be named before the pages: it then outlives them, and none of them notes that it is gone.
    """
    limited = tmp_path / "limited-python"
    limited.write_text(f'#!/bin/sh\nulimit -s 1024 -d 524288\nexec {shlex.quote(sys.executable)} "$@"\n')
    limited.chmod(0o700)
    with serve(python=str(limited)) as running:
        yield running


# The app itself gives a file so much time by the clock; its reader gives way to all other processes.
READING_MS = 1000 * ReadingLimits().seconds * ReadingLimits().patience


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system may not limit it")
@pytest.mark.timeout(1200)
def test_files_that_would_fill_the_memory_end_no_app_and_are_explained_while_another_one_trains(
    limited_app: RunningApp, page: Page, other: Page
) -> None:
    neighbor = TrainPage(other, limited_app.url).open(LONG)
    neighbor.start()
    learned = neighbor.wait_for_step(gt=0)
    visitor = DrawPage(page, limited_app.url).open()
    page.locator(".st-key-photo input[type=file]").first.set_input_files(file("deep.png", hostile.deep_png()))
    expect(page.locator(".st-key-photo").get_by_role("alert")).to_contain_text("no ink found", timeout=READING_MS)
    click_menu(page, "Evaluate")
    for button, key, name, content in (
        ("Load a model file", "network_file", "network.npz", hostile.network_npz()),
        ("Load data files", "dataset_files", "mnist.npz", hostile.mnist_npz()),
    ):
        page.get_by_role("button", name=button).click()
        page.locator(f".st-key-{key} input[type=file]").set_input_files(file(name, content))
        expect(page.get_by_role("alert").filter(has_text=f"{name}: ")).to_be_visible(timeout=READING_MS)
        page.keyboard.press("Escape")
        learned = neighbor.wait_for_step(gt=learned)
    click_menu(page, "Draw")
    visitor.draw(strokes_of("5"))
    visitor.expect_digit("5")
    neighbor.wait_for_step(gt=learned)
    neighbor.stop()


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}
