"""What is shown stays where it is, whatever a visitor does: measured by the browser, as layout shift."""

from playwright.sync_api import Page, expect

from tests.e2e.draw_page import DrawPage, strokes_of
from tests.e2e.train_page import FINISHED, TrainPage
from tools.page_actions import settle

LARGEST_SHIFT = 0.02  # the share of the window that moves, times how far, by the definition of layout shift


def watch(page: Page) -> None:
    page.evaluate(
        """() => {
            window.moved = []
            new PerformanceObserver((list) => moved.push(...list.getEntries())).observe({ type: "layout-shift" })
        }"""
    )


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


def test_nothing_moves_at_answer_and_clear_at_start_and_finish_nor_at_a_chosen_cell(page: Page, app_url: str) -> None:
    draw = DrawPage(page, app_url).open()
    watch(page)
    draw.draw([*strokes_of("3")])
    draw.expect_digit("3")
    expect_nothing_moved(page, "the answer")
    draw.clear()
    expect_nothing_moved(page, "Clear")

    train = TrainPage(page, app_url).open("epochs=2")
    watch(page)
    train.start(FINISHED)
    settle(page)
    expect_nothing_moved(page, "a run, from its start to its end,")

    page.goto(f"{app_url}/evaluate")
    settle(page)
    watch(page)
    cells = page.locator("[data-choice][aria-pressed=false]")
    cells.nth(3).click()
    expect(page.locator("[data-choice][aria-pressed=true]")).to_have_count(1)
    settle(page)
    expect_nothing_moved(page, "a chosen cell")
