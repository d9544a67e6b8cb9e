"""What the browser's tests share: one running app, a Chromium, and pages that must not raise errors.

pytest-playwright gives each test its page. Of a test that fails, this file keeps what its pages looked like and what
they held in test-results/, and a trace of what was done. The plugin's own traces hold the page before and after each
step, and film it besides, which takes Chromium four times as much processor time: `--tracing=retain-on-failure`.
"""

import contextlib
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, WebError, expect
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.lateness import LATE_MESSAGES
from tests.e2e.patience import PATIENCE_SECONDS
from tests.e2e.visitors import Visitors
from tools.app_server import RunningApp, serve
from tools.browser import launch_options

# Said by the browser about a request that Streamlit makes to the outside, where there is no outside.
HARMLESS = re.compile(r"Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|NAME_NOT_RESOLVED|CONNECTION_|PROXY_)")
OURS = ("http://127.0.0.1", "http://localhost")
# Opened at a page's own address, Streamlit looks for its server below that address first, and then above it.
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")
# Its own words if a busy machine leaves such a look without an answer.
UNANSWERED_PROBE = re.compile(r"attempting to reach /\w+/_stcore/(health|host-config);")

# Few pages of a test live long enough for optimizing compilers to pay: a page load takes a fifth less processor time.
SHORT_LIVED = "--js-flags=--no-turbofan --no-maglev --always-sparkplug"

SECONDS_OF_A_TEST = 1800  # a test waits up to 90 seconds, many times on a slow connection
SECONDS_OF_A_PICTURE = 5
FAILED = pytest.StashKey[bool]()  # set for a test that failed
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--late", type=int, default=0, help="The longest pause of a message to a page, in ms.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SECONDS_OF_A_TEST))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Playwright) -> dict[str, Any]:
    options = launch_options(playwright)
    return browser_type_launch_args | options | {"args": [*options["args"], SHORT_LIVED]}


@pytest.fixture(scope="session")
def app() -> Iterator[RunningApp]:
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def app_url(app: RunningApp) -> str:
    return app.url


@pytest.fixture
def page_errors() -> list[str]:
    """Errors of the test's pages so far; a test that provokes one on purpose forgives it."""
    return []


@pytest.fixture(scope="session")
def visitors(browser: Browser) -> Visitors:
    return Visitors(browser)


@pytest.fixture(scope="session")
def computing_visitors(
    launch_browser: Callable[..., Browser], browser_type_launch_args: dict[str, Any]
) -> Iterator[Visitors]:
    """Visitors whose browser has its optimizing compilers, for tests that compute much in it."""
    browser = launch_browser(args=[flag for flag in browser_type_launch_args["args"] if flag != SHORT_LIVED])
    yield Visitors(browser)
    browser.close()


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext],
    browser_context_args: dict[str, Any],
    page_errors: list[str],
    request: pytest.FixtureRequest,
    output_path: str,
) -> Iterator[Callable[..., BrowserContext]]:
    """Visitors: each context is one. The test fails if a page of theirs raises an error that nobody catches."""
    contexts: list[tuple[BrowserContext, dict[str, Any]]] = []
    is_traced_here = request.config.getoption("--tracing") == "off"
    is_shared = is_traced_here and not request.node.get_closest_marker("own_context")
    is_computing = request.node.get_closest_marker("computes")
    visitors: Visitors = request.getfixturevalue("computing_visitors" if is_computing else "visitors")

    def on_console(message: ConsoleMessage) -> None:
        url = message.location["url"]
        probed = PROBE.search(url) or UNANSWERED_PROBE.search(message.text)
        from_outside = HARMLESS.search(message.text) and not url.startswith(OURS)
        if message.type == "error" and not probed and not from_outside:
            page_errors.append(message.text)

    def on_error(error: WebError) -> None:
        page_errors.append(str(error.error))

    def create(**options: Any) -> BrowserContext:
        options = {**browser_context_args, "viewport": DESKTOP, "reduced_motion": "reduce", **options}
        context = visitors.take(options) if is_shared else new_context(**options)
        if is_traced_here:
            context.tracing.start()
        contexts.append((context, options))
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        if longest_pause := request.config.getoption("late"):
            context.add_init_script(LATE_MESSAGES % longest_pause)
        context.on("console", on_console)
        context.on("weberror", on_error)
        return context

    yield create
    failed = bool(page_errors) or request.node.stash.get(FAILED, False)
    for index, (context, options) in enumerate(contexts):
        if failed:
            keep_pages(context, Path(output_path), index)
        if is_traced_here:
            context.tracing.stop(path=Path(output_path) / f"trace-{index}.zip" if failed else None)
        context.remove_listener("console", on_console)
        context.remove_listener("weberror", on_error)
        if is_shared and failed:
            context.close()
        elif is_shared:
            visitors.give_back(context, options)
    if page_errors:
        pytest.fail("the page raised errors: " + "; ".join(page_errors), pytrace=False)


def keep_pages(context: BrowserContext, folder: Path, visitor: int) -> None:
    """Keep a picture of each of a visitor's pages, and its elements."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(context.pages):
        with contextlib.suppress(PlaywrightError):  # a page that hangs
            (folder / f"page-{visitor}-{number}.html").write_text(page.content(), encoding="utf-8")
            page.screenshot(path=folder / f"page-{visitor}-{number}.png", timeout=SECONDS_OF_A_PICTURE * 1000)


@pytest.fixture
def other(new_context: Callable[..., BrowserContext]) -> Page:
    """Another visitor's page."""
    return new_context().new_page()


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A page on a phone."""
    return new_context(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2).new_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the last lines of each app's log to the report of a test that failed."""
    report = yield
    if report.failed and report.when == "call":
        item.stash[FAILED] = True
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, RunningApp):
                report.sections.append((name, value.log_tail()))
    return report
