"""What the browser's tests share: one running app, one Chromium, and a fresh page for each test.

A test fails if its page raised an error that nobody caught; on failure the page's picture is kept.
"""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright, sync_playwright

from tests.e2e.browser import launch
from tests.e2e.driver import RunningApp, serve

FAILURES = Path(__file__).parent / "failures"
PAGE_SECONDS = 15

# Said by the browser about a request that Streamlit makes to the outside, where there is no outside.
HARMLESS = re.compile(r"Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|NAME_NOT_RESOLVED|CONNECTION_|PROXY_)")
# Opened at a page's own address, Streamlit looks for its server below that address first, and then above it.
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")


# For this folder only: while Playwright is at work, its event loop would stand in the way of other tests.
@pytest.fixture(scope="package")
def app() -> Iterator[RunningApp]:
    with serve() as running:
        yield running


@pytest.fixture(scope="package")
def app_url(app: RunningApp) -> str:
    return app.url


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = launch(playwright)
    yield chromium
    chromium.close()


@pytest.fixture
def page_errors() -> list[str]:
    """Errors of the test's page so far; a test that provokes one on purpose clears it."""
    return []


@pytest.fixture
def page(browser: Browser, page_errors: list[str]) -> Iterator[Page]:
    def on_console(message: ConsoleMessage) -> None:
        probed = PROBE.search(message.location["url"])
        if message.type == "error" and not probed and not HARMLESS.search(message.text):
            page_errors.append(message.text)

    def on_error(error: Error) -> None:
        page_errors.append(str(error))

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PAGE_SECONDS * 1000)
    page.on("console", on_console)
    page.on("pageerror", on_error)
    yield page
    context.close()
    if page_errors:
        pytest.fail("the page raised errors: " + "; ".join(page_errors), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the picture of the page and the app's last words to the report of a test that failed."""
    report = yield
    fixtures = getattr(item, "funcargs", {})
    if report.failed and report.when == "call":
        if "page" in fixtures:
            FAILURES.mkdir(exist_ok=True)
            name = re.sub(r"[^\w-]+", "_", item.name)
            picture = FAILURES / f"{name}.png"
            try:
                fixtures["page"].screenshot(path=picture, full_page=True)
                report.sections.append(("page", str(picture)))
            except Error as error:
                report.sections.append(("page", f"no picture: {error}"))
        if "app" in fixtures:
            report.sections.append(("app", fixtures["app"].log_tail()))
    return report
