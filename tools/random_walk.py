"""Use the Train page at random in a real browser, and check after each action that the page shows what is the case.

    python -m tools.random_walk --sequences 60 --seed 0

A sequence is one visitor, who starts, pauses, looks back, branches off, resets, stops, changes the speed and the
settings, and goes to other pages and back. What they must see is kept in a small model of the page: how many runs there
are, what state the newest is in, where the timeline and the speed stand. The same seed gives the same sequences.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import click
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

from tools.app_server import RunningApp, serve
from tools.browser import launch
from tools.page_actions import settle

PATIENCE_S = 60.0
MOMENT_MS = 500  # that a person needs between two actions, and a slider to tell the app where it came to rest
ACTIONS_PER_SEQUENCE = 10
ADDRESS = "train?epochs=2000&hidden_sizes=8"  # longer than a sequence
VIEWPORT = {"width": 1280, "height": 900}
SPEEDS = ("1 step a second", "5 steps a second", "50 steps a second", "500 steps a second", "full speed")
LATEST = "latest"
MAX_RUNS = 8  # that are kept, at least
LEARNING_RATES = ("0.0005", "0.001", "0.002", "0.005", "0.01")


class WrongPageError(Exception):
    """The page shows something else than what is the case."""


@dataclass
class Expected:
    """What the page must show."""

    runs: int = 0
    empty_runs: int = 0  # at most so many of them ended before their first step, and are not shown
    has_stepped: bool = True  # whether the newest run surely has
    state: str = "Ready"  # of the selected run, which is the newest
    speed: str = "full speed"
    moment: str = LATEST  # where the timeline stands
    learning_rate: str = "0.001"  # of the slider
    rate_of_run: str = "0.001"

    @property
    def fewest_runs(self) -> int:
        return min(self.runs - self.empty_runs, MAX_RUNS)

    @property
    def live(self) -> bool:
        return self.state in ("Training", "Paused")


@dataclass
class Walk:
    """One visitor's way over the page."""

    page: Page
    url: str
    chance: random.Random
    expected: Expected = field(default_factory=Expected)
    log: list[str] = field(default_factory=list)

    def take(self, actions: int) -> None:
        """Do so many actions, and check the page after each.

        Raises:
            WrongPageError: what the page shows is wrong; the message names all that was done.
        """
        self.page.goto(f"{self.url}/{ADDRESS}")
        self._settle()
        for _ in range(actions):
            name = self.chance.choice([name for name, can in CAN.items() if can(self.expected)])
            self.log.append(name)
            try:
                getattr(self, name)()
                self.check()
            except (WrongPageError, Error, AssertionError) as error:
                raise WrongPageError(f"after {', '.join(self.log)}: {str(error)[:600]}") from error

    # -- Actions --------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._press("start")
        self._new_run("Training")

    def reset(self) -> None:
        self._press("rewind")
        self._new_run("Paused")

    def branch(self) -> None:
        self._wait(lambda: self._button("fork").is_enabled(), lambda: "a snapshot to branch from")
        self._press("fork")
        self._new_run("Training", has_stepped=True)

    def pause(self) -> None:
        self._press("pause")
        self.expected.state = "Paused"

    def resume(self) -> None:
        self._press("pause")
        self.expected.state = "Training"

    def step(self) -> None:
        self._press("step")
        self.expected.has_stepped = True
        self.expected.state = "Paused"

    def stop(self) -> None:
        if self.expected.state == "Training":
            self._wait(lambda: self._steps() > 0, lambda: "a first step")
        self._press("stop")
        self.expected.state = "Stopped"

    def go_on(self) -> None:
        self._press("continue")
        self._new_run("Training", has_stepped=True)
        self.expected.learning_rate = self.expected.rate_of_run

    def look_back(self) -> None:
        handle = self._handle("snapshot")
        self._wait(handle.is_enabled, lambda: "snapshots to look back at")
        handle.press("Home")
        self._settle()
        for _ in range(self.chance.randrange(3)):
            handle.press("ArrowRight")
        self._settle()
        self.expected.moment = handle.get_attribute("aria-valuetext") or ""
        if self.expected.moment == LATEST:
            self._show_latest()

    def look_at_latest(self) -> None:
        self._handle("snapshot").press("End")
        self._show_latest()

    def change_speed(self) -> None:
        self.expected.speed = self.chance.choice([speed for speed in SPEEDS if speed != self.expected.speed])
        self._slide("pace", self.expected.speed)

    def full_speed(self) -> None:
        self._press("full_speed")
        self.expected.speed = "full speed"

    def change_learning_rate(self) -> None:
        rates = [rate for rate in LEARNING_RATES if rate != self.expected.learning_rate]
        self.expected.learning_rate = self.chance.choice(rates)
        self._slide("learning_rate", self.expected.learning_rate)
        if self.expected.live and self.expected.moment == LATEST:
            self.expected.rate_of_run = self.expected.learning_rate

    def visit_another_page(self) -> None:
        for name in (self.chance.choice(["Home", "Draw", "Evaluate"]), "Train"):
            self.page.get_by_role("link", name=name, exact=True).first.click()
            expect(self.page).to_have_title(re.compile(name))
            self._settle()
        self._arrive()

    def reload(self) -> None:
        self.page.reload()
        self._settle()
        self._arrive()

    # -- What must hold -------------------------------------------------------------------------------------

    def check(self) -> None:
        """Compare the page with what is expected of it.

        Raises:
            WrongPageError: it differs, also after a while.
        """
        expected = self.expected
        self._wait(lambda: self._state() == expected.state, lambda: f"{expected.state}; it is {self._state()!r}")
        self._wait_for_slider("snapshot", expected.moment)
        self._wait_for_slider("pace", expected.speed)
        self._wait_for_slider("learning_rate", expected.learning_rate)
        looks_back = expected.moment != LATEST
        self._wait(
            lambda: self.page.get_by_text("You are looking back").is_visible() == looks_back,
            lambda: f"that it {'says' if looks_back else 'does not say'} that one looks back",
        )
        if expected.runs:
            self._wait(
                lambda: self._row("State")[-1:] == [IN_TABLE[expected.state]],
                lambda: f"a newest run that is {expected.state}; the table has {self._row('State')}",
            )
            self._wait(
                lambda: expected.fewest_runs <= len(self._row("State")) <= expected.runs,
                lambda: f"{expected.fewest_runs} to {expected.runs} runs; the table has {self._row('State')}",
            )
            self._wait(
                lambda: self._row("Learning rate")[-1:] in ([], [expected.rate_of_run]),
                lambda: f"a run that learns at {expected.rate_of_run}; the table has {self._row('Learning rate')}",
            )
            self._wait(
                lambda: len(self._row("State")) - 1 == self._other_runs_on_charts(),
                lambda: (
                    f"charts with {self._row('State')}; they have {self._other_runs_on_charts()} besides the newest"
                ),
            )
        exceptions = self.page.get_by_test_id("stException")
        if exceptions.count():
            raise WrongPageError(f"the page shows {exceptions.first.inner_text()[:300]}")

    def _new_run(self, state: str, *, has_stepped: bool = False) -> None:
        self.expected.empty_runs += self.expected.runs > 0 and not self.expected.has_stepped
        self.expected.has_stepped = has_stepped
        self.expected.runs += 1
        self.expected.state = state
        self.expected.moment = LATEST
        self.expected.rate_of_run = self.expected.learning_rate

    def _arrive(self) -> None:
        """On the page anew, a run in progress is shown as it is."""
        self.expected.moment = LATEST
        if self.expected.live:
            self.expected.learning_rate = self.expected.rate_of_run

    def _show_latest(self) -> None:
        """Back at the latest state, what was set for a branch is discarded."""
        if self.expected.moment != LATEST:
            self.expected.moment = LATEST
            self.expected.learning_rate = self.expected.rate_of_run

    # -- The page -------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        settle(self.page, quiet=0)

    def _button(self, key: str) -> Locator:
        return self.page.locator(f".st-key-{key} button").first

    def _press(self, key: str) -> None:
        self._wait(self._button(key).is_enabled, lambda: f"the button {key}")
        self._settle()
        self._button(key).click()

    def _handle(self, key: str) -> Locator:
        return self.page.locator(f".st-key-{key}").get_by_role("slider").first

    def _value(self, key: str) -> str:
        return self._handle(key).get_attribute("aria-valuetext", timeout=2000) or ""

    def _wait_for_slider(self, key: str, value: str) -> None:
        self._wait(lambda: self._value(key) == value, lambda: f"{key} at {value!r}; it is at {self._value(key)!r}")

    def _slide(self, key: str, value: str) -> None:
        """Move a slider to a value by the arrow keys."""
        handle = self._handle(key)
        handle.press("Home")
        for _ in range(40):
            if self._value(key) == value:
                self.page.wait_for_timeout(MOMENT_MS)
                return
            handle.press("ArrowRight")
        raise WrongPageError(f"{key} never comes to {value}")

    def _state(self) -> str:
        said = self.page.locator(".st-key-progress [data-testid=stProgress]").inner_text(timeout=2000)
        return said.split(":")[0].strip()

    def _steps(self) -> int:
        figure = self.page.locator(".st-key-figures [data-testid=stMetric]", has_text="Step").first
        return int(figure.locator("[data-testid=stMetricValue]").inner_text(timeout=2000).replace(",", ""))

    def _table(self) -> list[list[str]]:
        tab = self.page.get_by_role("tab", name="Runs", exact=True)
        if tab.get_attribute("aria-selected") != "true":
            tab.click()
            self._settle()
        rows: list[list[str]] = self.page.locator(".st-key-runs [data-testid=stDataFrame]").evaluate(
            """table => [...table.querySelectorAll("canvas [role=row]")].map(
                row => [...row.querySelectorAll("[role=gridcell], [role=columnheader]")].map(cell => cell.textContent)
            )""",
            timeout=5000,
        )
        return rows

    def _row(self, title: str) -> list[str]:
        return next((cells for name, *cells in self._table() if name == title), [])

    def _other_runs_on_charts(self) -> int:
        shown = self.page.locator(".st-key-legend button[aria-pressed=true]").all_inner_texts()
        return len([name for name in shown if name not in ("training", "validation")])

    def _wait(self, holds: Callable[[], Any], what: Callable[[], str]) -> None:
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                if holds():
                    return
            except (Error, LookupError):
                pass  # parts of the page come and go while it is redrawn
            if time.monotonic() > end:
                raise WrongPageError(f"waited for {what()}")
            self.page.wait_for_timeout(100)


CAN: Mapping[str, Callable[[Expected], bool]] = {
    "start": lambda now: True,
    "reset": lambda now: now.runs > 0,
    "branch": lambda now: now.runs > 0,
    "pause": lambda now: now.state == "Training",
    "resume": lambda now: now.state == "Paused",
    "step": lambda now: now.live,
    "stop": lambda now: now.state == "Training" or (now.live and now.has_stepped),
    "go_on": lambda now: now.state == "Stopped",
    "look_back": lambda now: now.runs > 0 and now.state != "Ready",
    "look_at_latest": lambda now: now.moment != LATEST,
    "change_speed": lambda now: True,
    "full_speed": lambda now: now.speed != "full speed",
    "change_learning_rate": lambda now: True,
    "visit_another_page": lambda now: True,
    "reload": lambda now: True,
}
IN_TABLE = {"Training": "running", "Paused": "paused", "Stopped": "stopped"}


def walk(page: Page, url: str, seed: int, actions: int = ACTIONS_PER_SEQUENCE) -> list[str]:
    """Play one sequence; returns what was done.

    Raises:
        WrongPageError: the page showed something wrong.
    """
    one = Walk(page, url, random.Random(seed))
    one.take(actions)
    return one.log


def walk_as_new_visitor(browser: Browser, app: RunningApp, seed: int, actions: int) -> str | None:
    """Play a sequence as a visitor who was never here; returns what was wrong."""
    context = browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        walk(page, app.url, seed, actions)
    except WrongPageError as wrong:
        return str(wrong)
    finally:
        context.close()
    if "Traceback" in app.log.read_text(errors="replace"):
        return f"the app's log has a traceback: {app.log_tail()}"
    return errors[0] if errors else None


@click.command()
@click.option("--sequences", default=60, show_default=True, help="How many visitors.")
@click.option("--seed", default=0, show_default=True, help="The first sequence's; the next ones count on.")
@click.option("--actions", default=ACTIONS_PER_SEQUENCE, show_default=True, help="In each sequence.")
def main(sequences: int, seed: int, actions: int) -> None:
    """Play sequences, and say of each whether the page was right throughout."""
    good = 0
    with serve() as app, sync_playwright() as playwright:
        browser = launch(playwright)
        for number in range(seed, seed + sequences):
            wrong = walk_as_new_visitor(browser, app, number, actions)
            good += wrong is None
            print(f"{number}: {wrong or 'good'}", flush=True)
    print(f"{good} of {sequences}")
    sys.exit(good < sequences)


if __name__ == "__main__":
    main()
