"""The tools of the browser's tests, tried on a small app.

What they play must arrive, and what goes wrong must show.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.patience import until
from tests.e2e.visitors import Visitors
from tools import browser as chromium
from tools.app_server import serve
from tools.page_actions import draw, settle

CANVAS_APP = Path(__file__).parent / "canvas_app.py"
NONE = "/no/such/chromium"
# A seven with a crossbar, in units of its own, and a dot.
SEVEN = [[[0, 0], [600, 0], [200, 1000]], [[150, 500], [500, 500]], [[500, 900]]]

with_canvas_app = pytest.mark.xdist_group("canvas app")  # they share it


@pytest.fixture(scope="module")
def canvas_url() -> Iterator[str]:
    with serve(CANVAS_APP) as running:
        yield running.url


def ends(path: list[list]) -> tuple[list[float], list[float]]:
    """First and last point of a Fabric path: commands such as ["M", x, y] and ["Q", x1, y1, x2, y2]."""
    return path[0][-2:], path[-1][-2:]


@with_canvas_app
def test_drawn_strokes_arrive_where_they_were_played(page: Page, canvas_url: str) -> None:
    page.goto(canvas_url)
    settle(page)
    draw(page, SEVEN)
    paths = json.loads(page.get_by_test_id("stCode").inner_text())
    assert len(paths) == 3
    # 1000 units fill 280 - 2 * 40 = 200 px, centered on 140: x = 80 + 0.2 x, y = 40 + 0.2 y.
    first, last = ends(paths[0])
    assert first == pytest.approx([80, 40], abs=1.5)
    assert last == pytest.approx([120, 240], abs=1.5)
    first, last = ends(paths[1])
    assert first == pytest.approx([110, 140], abs=1.5)
    assert last == pytest.approx([180, 140], abs=1.5)
    assert ends(paths[2])[0] == pytest.approx([180, 220], abs=1.5)


@with_canvas_app
def test_drawing_finds_a_canvas_below_the_fold(page: Page, canvas_url: str) -> None:
    page.set_viewport_size({"width": 400, "height": 330})
    page.goto(canvas_url)
    settle(page)
    draw(page, SEVEN)
    assert len(json.loads(page.get_by_test_id("stCode").inner_text())) == 3


@with_canvas_app
def test_an_uncaught_error_in_the_page_is_noticed(page: Page, page_errors: list[str], canvas_url: str) -> None:
    page.goto(canvas_url)
    page.get_by_role("button", name="Fail in the browser").click()
    until(page, lambda: page_errors, bool, "an error")
    assert page_errors == ["on purpose"]
    page_errors.clear()


@with_canvas_app
def test_a_context_that_is_used_again_knows_nothing_of_its_last_visitor_but_has_the_files(
    browser: Browser, canvas_url: str
) -> None:
    visitors, options = Visitors(browser), {"locale": "en-GB"}
    first = visitors.take(options)
    page = first.new_page()
    page.goto(canvas_url)
    settle(page)
    page.evaluate("() => { document.cookie = 'here=1'; localStorage.here = sessionStorage.here = '1' }")
    assert visitors.take(options) is not first  # it is in use
    visitors.give_back(first, options)
    assert visitors.take({}) is not first  # whose language is another one

    again = visitors.take(options)
    assert again is first
    page = again.new_page()
    page.goto(canvas_url)
    settle(page)
    left = page.evaluate("[/here=/.test(document.cookie), 'here' in localStorage, 'here' in sessionStorage]")
    assert left == [False, False, False]
    scripts = page.evaluate(
        """() => performance.getEntriesByType("resource")
            .filter(({ name }) => name.includes("/static/js/"))
            .map(({ transferSize }) => transferSize)"""
    )
    assert scripts
    assert set(scripts) == {0}  # each from the browser's own cache


def test_an_app_that_cannot_start_says_why() -> None:
    starting = serve(python="/bin/false")
    with pytest.raises(RuntimeError, match="the app ended with status 1 while starting"), starting:
        pass


def test_a_named_browser_that_does_not_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/no/such/chromium")
    with pytest.raises(chromium.BrowserMissingError, match="CHROMIUM must name"):
        chromium.find(NONE)


def test_a_browser_on_the_path_that_does_not_start_is_passed_over(bare_machine: Path) -> None:
    for name, status in (("chromium", 1), ("google-chrome", 0)):
        program = bare_machine / name
        program.write_text(f"#!/bin/sh\nexit {status}\n")
        program.chmod(0o755)
    assert chromium.find(NONE) == str(bare_machine / "google-chrome")


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Chromium; returns the one folder on PATH."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_root_gets_the_package_of_the_system(bare_machine: Path) -> None:
    apt = bare_machine / "apt-get"
    program = bare_machine / "chromium"
    apt.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = install ]; then\n'
        f"    echo '#!/bin/sh' > '{program}'\n"
        f"    /bin/chmod +x '{program}'\n"
        "fi\n"
    )
    apt.chmod(0o755)
    ways = chromium.ways_to_install("/bin/false", root=True)
    assert chromium.find_or_install(NONE, (), ways) == str(program)


def test_a_machine_without_any_browser_is_told_what_to_do(bare_machine: Path) -> None:
    ways = chromium.ways_to_install("/bin/false", root=True)
    with pytest.raises(chromium.BrowserMissingError, match="Install Chromium or Google Chrome"):
        chromium.find_or_install(NONE, (), ways)
