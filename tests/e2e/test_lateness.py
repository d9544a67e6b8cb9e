"""Where the app answers late: what the visitor has done meanwhile stays done."""

import re
from collections.abc import Callable

import numpy as np
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.draw_page import DrawPage, press
from tests.e2e.finger import Finger
from tests.e2e.lateness import HeldMessages
from tests.e2e.patience import until
from tests.e2e.train_page import LONG, TrainPage, click_menu
from tests.figures import report
from tools.page_actions import settle

MENU = "-follow\x12"  # the end of the identifier of the menu of images to track, and the beginning of what comes next
TEST_IMAGE = re.compile(r"Test image \d+: \d")


def test_a_clicked_link_is_followed_while_messages_still_arrive(page: Page, app_url: str) -> None:
    app = HeldMessages(page)
    page.goto(f"{app_url}/train")
    settle(page)
    page.set_viewport_size({"width": 1280, "height": 700})
    app.hold()
    page.keyboard.press("p")
    link = page.get_by_role("link", name="Draw", exact=True).first
    link.click()
    presenting = page.locator("html.presenting")
    app.deliver_until(presenting.count, "the presentation")
    app.deliver()
    expect(page).to_have_title("Draw · Inkling")
    settle(page)
    expect(page).to_have_title("Draw · Inkling")


class Paper:
    """The paper of the Draw page, drawn on by places that are shares of its sides."""

    def __init__(self, page: Page, visitor: DrawPage) -> None:
        self._page, self._visitor = page, visitor
        self._box = visitor.paper.bounding_box()
        self._finger = Finger(page)

    def _place(self, x: float, y: float) -> dict[str, float]:
        return {
            "x": self._box["x"] + x * self._box["width"],
            "y": self._box["y"] + y * self._box["height"],
        }

    def press_mouse(self, x: float) -> None:
        self._page.mouse.move(*self._place(x, 0.2).values())
        self._page.mouse.down()
        self._page.mouse.move(*self._place(x, 0.5).values(), steps=4)

    def lift_mouse(self, x: float) -> None:
        self._page.mouse.move(*self._place(x, 0.8).values(), steps=4)
        self._page.mouse.up()

    def draw(self, x: float) -> None:
        """Draw a vertical stroke with the mouse."""
        self.press_mouse(x)
        self.lift_mouse(x)

    def draw_by_finger(self, x: float) -> None:
        self._finger.down(**self._place(x, 0.2))
        for y in (0.5, 0.8):
            self._finger.move(**self._place(x, y))
        self._finger.lift()

    def shows_from_to(self, left: float, right: float) -> None:
        """Check where the strokes are that the canvas shows: the one most to the left, and most to the right."""
        box = [280 * left - 8, 0.2 * 280 - 8, 280 * right + 8, 0.8 * 280 + 8]
        np.testing.assert_allclose(self._visitor.ink_box(), box, atol=3)

    def holds(self, *places: float) -> None:
        """Check where the app has vertical strokes, in the order in which they were drawn."""
        wanted = f"{len(places)} strokes on the paper"
        drawing = until(self._page, self._visitor.saved, lambda it: len(it.strokes) == len(places), wanted)
        for stroke, x in zip(drawing.strokes, places, strict=True):
            np.testing.assert_allclose(stroke[[0, -1]] / 280, [[x, 0.2], [x, 0.8]], atol=0.01)


def test_what_is_drawn_before_the_app_has_cleared_the_paper_stays(
    new_context: Callable[..., BrowserContext], app_url: str
) -> None:
    page = new_context(has_touch=True).new_page()
    app, visitor = HeldMessages(page), DrawPage(page, app_url)
    visitor.open()
    page.locator(".st-key-sample button").click()
    page.get_by_role("menuitem", name="4", exact=True).click()
    expect(visitor.prediction).to_contain_text("%")
    settle(page)
    paper = Paper(page, visitor)
    app.hold()
    page.locator(".st-key-clear button").click()
    paper.draw(0.2)
    paper.draw(0.9)
    page.keyboard.press("Control+z")
    paper.draw_by_finger(0.4)
    paper.press_mouse(0.6)
    paper.shows_from_to(0.2, 0.6)  # and nothing of what was cleared
    app.deliver()
    settle(page)
    paper.lift_mouse(0.6)
    paper.holds(0.2, 0.4, 0.6)
    report("drawn before the app had cleared the paper, and there when it had", 3, "strokes")
    paper.shows_from_to(0.2, 0.6)


def test_what_is_erased_is_gone_at_once_and_what_is_drawn_then_stays(page: Page, app_url: str) -> None:
    app, visitor = HeldMessages(page), DrawPage(page, app_url)
    visitor.open()
    visitor.wait_for_reader()
    paper = Paper(page, visitor)
    for x in (0.2, 0.5, 0.8):
        paper.draw(x)
    paper.holds(0.2, 0.5, 0.8)
    app.hold()
    page.keyboard.press("e")
    paper.draw(0.2)
    paper.shows_from_to(0.5, 0.8)
    page.keyboard.press("e")
    paper.draw(0.3)
    paper.shows_from_to(0.3, 0.8)
    app.deliver()
    paper.holds(0.5, 0.8, 0.3)
    paper.shows_from_to(0.3, 0.8)
    # Undo brings back what was erased, and keeps what is drawn before that has arrived.
    page.keyboard.press("Control+z")
    paper.holds(0.5, 0.8)
    app.hold()
    page.keyboard.press("Control+z")
    paper.draw(0.4)
    app.deliver()
    paper.holds(0.2, 0.5, 0.8, 0.4)


def test_a_value_set_by_the_app_survives_two_redraws_before_the_browser_knows_it(page: Page, app_url: str) -> None:
    app, visitor = HeldMessages(page), TrainPage(page, app_url)
    visitor.open(LONG)
    press(page, page.locator(".paper-reader canvas"), [[0, 0], [100, 0], [40, 100]])
    page.mouse.up()
    visitor.start()
    pin = page.locator(".paper-reader-pin")
    visitor.pause()
    app.hold()
    for number in (1, 2):
        pin.click()  # the second says the same again
        app.wait_for(MENU, number, "the menu of images")
    app.deliver()
    expect(page.locator(".st-key-followed_digit").get_by_role("radio", name="my drawing")).to_be_checked()
    visitor.press("step")  # with this, the browser tells how its widgets stand
    settle(page)
    expect(pin).to_have_attribute("aria-pressed", "true")
    click_menu(page, "Draw")
    click_menu(page, "Train")
    expect(pin).to_have_attribute("aria-pressed", "true")
    visitor.stop()


def test_what_a_visitor_chooses_counts_though_what_the_app_had_set_arrives_once_more(page: Page, app_url: str) -> None:
    app, visitor = HeldMessages(page), TrainPage(page, app_url)
    visitor.open(LONG)
    press(page, page.locator(".paper-reader canvas"), [[0, 0], [100, 0], [40, 100]])
    page.mouse.up()
    visitor.start()
    pin, followed = page.locator(".paper-reader-pin"), page.locator(".st-key-followed_digit")
    visitor.pause()
    app.hold()
    for number in (1, 2):
        pin.click()
        app.wait_for(MENU, number, "the menu of images")
    set_by_app, chosen = (followed.get_by_role("radio", name=name) for name in ("my drawing", "test image"))
    app.deliver_through(MENU)
    expect(set_by_app).to_be_checked()
    chosen.click()
    expect(chosen).to_be_checked()
    app.deliver_through(MENU)
    expect(set_by_app).to_be_checked()
    app.deliver()
    expect(followed).to_contain_text(TEST_IMAGE)
    visitor.press("step")  # with this, the browser tells how its widgets stand
    settle(page)
    expect(chosen).to_be_checked()
    expect(followed).to_contain_text(TEST_IMAGE)
    visitor.stop()


def test_clicks_of_one_moment_all_count_before_the_page_is_drawn_or_left(page: Page, app_url: str) -> None:
    visitor = TrainPage(page, app_url).open(LONG)
    start, vary, draw = ".st-key-start button", ".st-key-vary_row input", '[href$="/draw"]'
    switch = page.locator(".st-key-vary_row input")
    click_at_once(page, start, vary)
    expect(visitor.button("stop")).to_be_enabled()  # the run has begun
    expect(switch).to_be_checked()
    click_at_once(page, vary, draw)
    expect(page).to_have_title("Draw · Inkling")
    click_menu(page, "Train")
    expect(switch).not_to_be_checked()
    visitor.stop()


def click_at_once(page: Page, *selectors: str) -> None:
    """Click on one thing after another, faster than anybody could."""
    page.evaluate(
        """async selectors => {
            for (const selector of selectors) {
                document.querySelector(selector).click()
                await new Promise(done => setTimeout(done))
            }
        }""",
        selectors,
    )
