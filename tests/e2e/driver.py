"""A browser test starts the app on its own, and then does what a visitor does: wait, and draw with the mouse.

Also used by the script that makes the README's pictures.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

START_SECONDS = 60
STOP_SECONDS = 10
LOG_CHARACTERS = 4000

Stroke = Sequence[Sequence[float]]


@dataclass(frozen=True)
class RunningApp:
    """An app that answers at `url`; what it says on the terminal goes to the file `log`."""

    url: str
    log: Path
    pid: int

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_CHARACTERS:]


@contextlib.contextmanager
def serve(app: str | Path = "app.py", environment: Mapping[str, str] | None = None) -> Iterator[RunningApp]:
    """Run an app (a path, relative to the project) on a free local port, with an empty cache and home.

    `environment` is added to this process's own.

    Raises RuntimeError, with the app's own words, if it does not answer within a minute.
    """
    with tempfile.TemporaryDirectory(prefix="inkling-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        port = free_port()
        log_file = home / "app.log"
        # A setting or a cache of the person who runs the tests must not decide how they end.
        ours = ("STREAMLIT_", "INKLING_")
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
        settings = {
            "HOME": folder,
            "INKLING_CACHE": str(home / "cache"),
            "INKLING_WORKERS": "2",
            "PYTHONUNBUFFERED": "1",
            "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
            "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
            "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
            "STREAMLIT_SERVER_HEADLESS": "true",
            "STREAMLIT_SERVER_PORT": str(port),
        }
        with log_file.open("wb") as log:
            # A process group of its own, so that the workers that the app starts end with it.
            process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(app)],
                cwd=ROOT,
                env=inherited | settings | dict(environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running = RunningApp(f"http://127.0.0.1:{port}", log_file, process.pid)
        try:
            await_health(running, process)
            yield running
        finally:
            end(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_health(app: RunningApp, process: subprocess.Popen) -> None:
    # A proxy that the environment names has no business with a local address.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with direct.open(f"{app.url}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    ended = f"ended with status {process.returncode}" if process.poll() is not None else "did not answer"
    raise RuntimeError(f"the app {ended} while starting; it said:\n{app.log_tail()}")


def end(process: subprocess.Popen) -> None:
    # The group outlives its first process while a worker is left, so it is signalled in any case.
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)


def settle(page: "Page", quiet: float = 0.3, timeout: float = 30) -> None:
    """Wait until the page is connected and its script has been at rest for `quiet` seconds.

    A click or a stroke reaches the script only after a moment (the canvas waits 0.2 s after the pen lifts),
    so a single look would come too early. A part of a page that redraws itself more often than every
    `quiet` seconds never settles: wait for what it shows instead.
    """
    page.wait_for_function(
        """quiet => {
            const app = document.querySelector('[data-testid="stApp"]')
            const atRest = app?.dataset.testConnectionState === "CONNECTED"
                && app.dataset.testScriptState === "notRunning"
                && !document.querySelector('[data-testid="stSkeleton"]')
            if (!atRest) { window.atRestSince = undefined; return false }
            window.atRestSince ??= performance.now()
            if (performance.now() - window.atRestSince < quiet * 1000) return false
            window.atRestSince = undefined
            return true
        }""",
        arg=quiet,
        timeout=timeout * 1000,
    )


def draw(page: "Page", strokes: Sequence[Stroke], margin: float = 40) -> None:
    """Draw strokes with the mouse on the canvas, as large as it allows, and wait for the app's answer.

    strokes: points (x, y) in any unit, y down. margin: pixels left free on each side.
    """
    settle(page)  # while a cleared canvas makes way for a new one, both may be there
    canvas = page.locator('.st-key-canvas canvas[data-fabric="top"]')
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    if box is None:
        raise RuntimeError("the canvas has no place on the page; wait until it shows before drawing")
    points = [point for stroke in strokes for point in stroke]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    span = max(right - left, bottom - top) or 1
    scale = (min(box["width"], box["height"]) - 2 * margin) / span
    centre_x, centre_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for stroke in strokes:
        path = [
            (centre_x + (x - (left + right) / 2) * scale, centre_y + (y - (top + bottom) / 2) * scale)
            for x, y in stroke
        ]
        page.mouse.move(*path[0])
        page.mouse.down()
        for x, y in path[1:]:
            page.mouse.move(x, y)
        page.mouse.up()
    settle(page, quiet=0.6)
