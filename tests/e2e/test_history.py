"""The browser's Back, in a real browser: one press leads to the page before, wherever one has been on a page."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.train_page import TrainPage, click_menu
from tools.page_actions import settle


def test_each_visit_of_a_page_is_one_step_back_whatever_was_done_there(page: Page, app_url: str) -> None:
    def entries() -> int:
        number: int = page.evaluate("history.length")
        return number

    page.goto(app_url)
    settle(page)
    first = entries()
    click_menu(page, "Train")
    train = TrainPage(page)
    train.tune("learning_rate", "ArrowRight", shows="0.002")  # settings change the address
    epochs = page.locator(".st-key-epochs input")
    epochs.fill("10000")  # longer than the test
    epochs.press("Enter")
    page.wait_for_url(re.compile("epochs=10000"))
    train.start()
    train.pause()
    page.keyboard.press("p")  # and so does presenting
    page.wait_for_url(re.compile("present=1"))
    click_menu(page, "Draw")
    click_menu(page, "Train")  # comes with an address of its own
    page.wait_for_url(re.compile("learning_rate=0.002.*present=1|present=1.*learning_rate=0.002"))
    click_menu(page, "Evaluate")
    click_menu(page, "Inside")
    assert entries() == first + 5

    for title in ("Evaluate", "Train", "Draw", "Train", "Home"):
        page.go_back()
        expect(page).to_have_title(f"{title} · Inkling")
        expect(page.get_by_test_id("stMain").locator("h1").first).to_be_visible()
        settle(page)
    page.go_forward()
    expect(page).to_have_title("Train · Inkling")
    assert train.slider("learning_rate").value == "0.002"
    assert entries() == first + 5
