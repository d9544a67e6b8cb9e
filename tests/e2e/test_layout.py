"""What is shown stays where it is, whatever a visitor does: measured by the browser, as layout shift."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.draw_page import DrawPage, strokes_of
from tests.e2e.train_page import FINISHED, TrainPage
from tools.page_actions import settle

LARGEST_SHIFT = 0.02  # the share of the window that moves, times how far, by the definition of layout shift


WATCH = """
    window.moved = []
    const observer = new PerformanceObserver((list) => moved.push(...list.getEntries()))
    observer.observe({ type: "layout-shift" })
"""


def watch(page: Page) -> None:
    page.evaluate(f"() => {{{WATCH}}}")


def expect_nothing_moved(page: Page, action: str) -> None:
    """Fail if things moved since the last call, after clicks too, and say which."""
    moved: list[tuple[float, list[str]]] = page.evaluate(
        """() => {
            const key = (node) => (node?.closest ? node : node?.parentElement)
                ?.closest("[class*=st-key-]")?.className.match(/st-key-\\S+/)[0]
            const describe = ({ node, previousRect: from, currentRect: to }) =>
                `${key(node)}: ${from.x},${from.y} to ${to.x},${to.y}`
            return moved.splice(0).map(({ value, sources }) => [value, sources.map(describe)])
        }"""
    )
    assert sum(value for value, _ in moved) < LARGEST_SHIFT, f"{action} moved {moved}"


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def visitor(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A visitor with a large window, and one with a phone."""
    is_phone = request.param == PHONE
    options = {"is_mobile": is_phone, "has_touch": is_phone, "reduced_motion": "no-preference"}
    return new_context(viewport=request.param, **options)


def draw_and_clear(page: Page) -> None:
    draw = DrawPage(page)
    draw.draw([*strokes_of("3")])
    draw.expect_digit("3")
    expect_nothing_moved(page, "the answer")
    draw.clear()
    expect_nothing_moved(page, "Clear")


def train(page: Page) -> None:
    TrainPage(page).start(FINISHED)
    settle(page)
    expect_nothing_moved(page, "a run, from its start to its end,")


def choose_a_cell(page: Page) -> None:
    cell = page.locator("[data-choice][aria-pressed=false]").nth(3)
    choice = cell.get_attribute("data-choice") or ""
    cell.click()
    expect(page.locator("[data-choice][aria-pressed=true]")).to_have_attribute("data-choice", choice)
    settle(page)
    expect_nothing_moved(page, "a chosen cell")


def only_look(page: Page) -> None:
    """Do nothing with a page."""


# What is done on a page that has been opened.
USES: dict[str, Callable[[Page], None]] = {
    "": only_look,
    "draw": draw_and_clear,
    "train?epochs=2": train,
    "evaluate": choose_a_cell,
    "inside": only_look,
    "experiments": only_look,
}


def test_nothing_moves_when_a_page_is_opened_and_used(visitor: BrowserContext, app_url: str) -> None:
    """Nothing moves after it was shown, not even where Home draws digits on its canvas."""
    for path, use in USES.items():
        page = visitor.new_page()
        page.add_init_script(WATCH)
        page.goto(f"{app_url}/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settle(page, quiet=1)
        if path.startswith("train"):
            expect(page.locator(".st-key-accuracy_chart canvas").first).to_be_visible()
        expect_nothing_moved(page, f"opening /{path}")
        use(page)
        page.close()
