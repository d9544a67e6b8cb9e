"""What is on the Train page, and what can be done there, for whoever plays a visitor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Locator, Page

from tools.page_actions import settle

PATIENCE_S = 60.0
MOMENT_MS = 500  # that a slider needs to tell the app where it came to rest
READING_MS = 1000 * PATIENCE_S  # within which something that is on the page can be read, however busy the machine is
STOPS = 40  # of a slider, at most

# The rows of a data frame: its cells are painted, and named for screen readers.
TABLE_ROWS = """table => [...table.querySelectorAll("canvas [role=row]")].map(
    row => [...row.querySelectorAll("[role=gridcell], [role=columnheader]")].map(cell => cell.textContent)
)"""


class WrongPageError(Exception):
    """The page shows something else than what is the case."""


class Screen:
    """The Train page in a browser: its buttons, sliders, figures and its table of runs, found by their keys."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # -- Act ------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until the page is at rest for a moment."""
        settle(self.page, quiet=0)

    def button(self, key: str) -> Locator:
        return self.page.locator(f".st-key-{key} button").first

    def press(self, key: str) -> None:
        """Press a button once it can be pressed."""
        self.wait(self.button(key).is_enabled, lambda: f"the button {key}")
        self.settle()
        self.button(key).click()

    def handle(self, key: str) -> Locator:
        """A slider's handle."""
        return self.page.locator(f".st-key-{key}").get_by_role("slider").first

    def slide(self, key: str, value: str) -> None:
        """Move a slider to a value by the arrow keys.

        Raises:
            WrongPageError: it has no such stop.
        """
        handle = self.handle(key)
        handle.press("Home")
        for _ in range(STOPS):
            if self.slider(key) == value:
                self.page.wait_for_timeout(MOMENT_MS)
                return
            handle.press("ArrowRight")
        raise WrongPageError(f"{key} never comes to {value}")

    # -- Read -----------------------------------------------------------------------------------------------

    def state(self) -> str:
        """The selected run's state."""
        said = self.page.locator(".st-key-progress [data-testid=stProgress]").inner_text(timeout=READING_MS)
        return said.split(":")[0].strip()

    def step(self) -> int:
        figure = self.page.locator(".st-key-figures [data-testid=stMetric]", has_text="Step").first
        return int(figure.locator("[data-testid=stMetricValue]").inner_text(timeout=READING_MS).replace(",", ""))

    def slider(self, key: str) -> str:
        """What a slider shows."""
        return self.handle(key).get_attribute("aria-valuetext", timeout=READING_MS) or ""

    def says(self, text: str) -> bool:
        return self.page.get_by_text(text).is_visible()

    def row(self, title: str) -> list[str]:
        """A row of the table of runs: a value for each run; empty if the table has no such row."""
        return next((cells for name, *cells in self._table() if name == title), [])

    def _table(self) -> list[list[str]]:
        tab = self.page.get_by_role("tab", name="Runs", exact=True)
        if tab.get_attribute("aria-selected") != "true":
            tab.click()
            self.settle()
        rows: list[list[str]] = self.page.locator(".st-key-runs [data-testid=stDataFrame]").evaluate(
            TABLE_ROWS, timeout=READING_MS
        )
        return rows

    def num_other_runs_on_charts(self) -> int:
        """How many runs the charts show besides the selected one."""
        shown = self.page.locator(".st-key-legend button[aria-pressed=true]").all_inner_texts()
        return len([name for name in shown if name not in ("training", "validation")])

    def exception(self) -> str | None:
        """What Streamlit says of an error that nobody caught, if there is one."""
        exceptions = self.page.get_by_test_id("stException")
        return exceptions.first.inner_text() if exceptions.count() else None

    # -- Wait -----------------------------------------------------------------------------------------------

    def wait(self, holds: Callable[[], Any], what: Callable[[], str]) -> None:
        """Wait until something holds.

        Raises:
            WrongPageError: it does not, for a long time; the message says `what` was waited for.
        """
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
