"""A page in a real browser as a new visitor finds it, and a stopwatch that runs by the page's own clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tools.page_actions import settle

WAIT = 60_000  # milliseconds
SLOWER = 4  # times as slow as this machine: a phone

# Tells the milliseconds from the event itself, which a busy page handles later, until what the element shows is as
# wanted, all by the page's own clock.
STOPWATCH = """([selector, event, wanted]) => {
    window.stopwatch = new Promise((resolve) => {
        let begun
        const before = document.querySelector(selector).textContent
        const isThere = (text) => (wanted ? new RegExp(wanted).test(text) : text !== before)
        document.addEventListener(event, ({ timeStamp }) => (begun = timeStamp), { capture: true, once: true })
        const observer = new MutationObserver(() => {
            if (begun === undefined || !isThere(document.querySelector(selector)?.textContent ?? before)) return
            observer.disconnect()
            resolve(performance.now() - begun)
        })
        observer.observe(document.body, { subtree: true, childList: true, characterData: true })
    })
}"""


@contextmanager
def opened(browser: Browser, address: str, *, reads_live: bool = True) -> Iterator[Page]:
    """A page as a visitor who has never been there finds it, at rest; perhaps without a network in the browser."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    if not reads_live:
        context.route("**/browser/networks/**", lambda route: route.abort())
    page = context.new_page()
    page.set_default_timeout(WAIT)
    try:
        page.goto(address)
        settle(page, quiet=0.6, timeout=WAIT / 1000)
        yield page
    finally:
        context.close()


def slow_down(page: Page, times: int) -> None:
    """Have the browser's processor take this many times as long for a page."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})
