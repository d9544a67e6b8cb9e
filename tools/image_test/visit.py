"""A visit to the app in the container: every page, a digit that is read, and a run that trains."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect, sync_playwright

from tools.browser import launch
from tools.page_actions import PAPER, Stroke, draw, settle

PAGES = {
    "": "Inkling",
    "draw": "Draw",
    "train": "Train",
    "evaluate": "Evaluate",
    "inside": "Inside",
    "experiments": "Experiments",
}
SEVEN: list[Stroke] = [[(70, 60), (130, 58), (205, 60), (180, 110), (150, 170), (125, 230)]]
PATIENCE_MS = 90_000


def visit(url: str) -> str:
    """Use the app as a visitor does, and leave a run that trains; returns what was read.

    Raises:
        AssertionError: something is not as it should be, which the message tells.
    """
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        for path in PAGES:
            open_page(page, f"{url}/{path}")
        digit = read_seven(page, f"{url}/draw")
        train(page, f"{url}/train")
        assert not errors, f"the browser reports {errors[0]}"
        return digit


def open_page(page: Page, address: str) -> None:
    """Open a page, which must show no error."""
    page.goto(address)
    expect(page.get_by_test_id("stMain").locator("h1").first).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def read_seven(page: Page, address: str) -> str:
    """Draw a seven, and return what the app says of it."""
    open_page(page, address)
    page.locator(PAPER).wait_for()
    draw(page, SEVEN)
    prediction = page.locator(".st-key-prediction")
    expect(prediction).to_have_text(re.compile(r"^\s*7\s+(> )?\d+\.\d %\s*$"))
    return " ".join(prediction.inner_text().split())


def train(page: Page, address: str) -> None:
    """Start a run that is longer than the visit, and wait until it has trained for some steps."""
    open_page(page, f"{address}?epochs=10000&hidden_sizes=32")
    page.locator(".st-key-start button").first.click()
    step = page.locator(".st-key-figures [data-testid=stMetric]", has_text="Step").get_by_test_id("stMetricValue")
    expect(step.first).to_have_text(re.compile(r"[1-9][\d,]*"))
