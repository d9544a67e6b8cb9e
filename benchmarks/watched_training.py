"""The same training with its page open in a browser, and from the command line: what the open page costs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser

from benchmarks import processes
from benchmarks.opened_page import WAIT, opened
from benchmarks.runs import say
from tools.app_server import RunningApp

CONFIG = {"hidden_sizes": "64", "epochs": "120"}  # small enough for one thread to be best
BROWSER = re.compile(r" --(?:type=|headless)")  # in the command line of each of Chromium's processes

Result = dict[str, Any]  # plain values, as JSON has them


def measure(browser: Browser, app: RunningApp, rounds: int) -> Result:
    """The same training with its page open, and from the command line, in turns.

    Returns:
        How many seconds it takes either way, and of the page open, what each kind of process takes of the processor in
        a second.
    """
    shares: dict[str, list[float]] = {}
    ways: Mapping[str, Callable[[], float]] = {
        "command line": from_command_line,
        "page open": lambda: on_the_page(browser, app, shares),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            seconds = way()
            if number:
                found[name].append(seconds)
            say(f"  {number}/{rounds}: {name} {seconds:.2f} s")
    seconds_of = {name: round(median(values), 3) for name, values in found.items()}
    return seconds_of | {"processor": {kind: round(median(values[1:]), 3) for kind, values in shares.items()}}


def from_command_line() -> float:
    """The training's seconds, as the command tells them."""
    options = [word for name, value in CONFIG.items() for word in (f"--{name.replace('_', '-')}", value)]
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", str(Path(folder) / "network.safetensors")]
        done = subprocess.run(
            [sys.executable, "-m", "model", "train", *options, *out, "--json"],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise ValueError(f"the training from the command line must end well; it said: {done.stderr[-300:]}")
    return float(json.loads(done.stdout.splitlines()[-1])["seconds"])


def on_the_page(browser: Browser, app: RunningApp, shares: dict[str, list[float]]) -> float:
    """The same training's seconds, as its page tells them when it is done.

    Args:
        browser: where the page is open.
        app: whose page it is.
        shares: get what each kind of process took of the processor in a second.
    """
    query = "&".join(f"{name}={value}" for name, value in CONFIG.items())
    with opened(browser, f"{app.url}/train?{query}") as page:
        page.locator(".st-key-full_speed button").click()  # a first run is slowed down, to be watched
        page.locator(".st-key-full_speed button:disabled").wait_for()
        begun, before = time.monotonic(), spent_by_kind(app)
        page.locator(".st-key-start button").click()
        progress = page.locator(".st-key-progress")
        progress.filter(has_text=re.compile("in all")).wait_for(timeout=10 * WAIT)
        took = time.monotonic() - begun
        for kind, now in spent_by_kind(app).items():
            shares.setdefault(kind, []).append(processes.spent(before[kind], now) / took)
        said = re.search(r"(?:(\d+) min )?([\d.]+) s in all", progress.inner_text())
    if not said:
        raise ValueError("the page must say how long the training took; it does not")
    return 60 * float(said[1] or 0) + float(said[2])


def spent_by_kind(app: RunningApp) -> dict[str, processes.Ticks]:
    """What app, workers and browser have taken of the processor so far; nothing where the system does not tell."""
    workers, ours = processes.descendants(app.pid), processes.descendants(os.getpid())
    browsers = [pid for pid in ours if BROWSER.search(processes.command(pid))]
    kinds = {"app": [app.pid], "workers": workers, "browser": browsers}
    return {kind: found for kind, pids in kinds.items() if (found := processes.cpu_seconds(pids))}
