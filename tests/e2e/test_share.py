"""An example of the gallery runs with one click, and its page can be shared as a link and on one sheet of paper."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.train_page import FINISHED, TrainPage


def test_an_example_is_started_diagnosed_and_shared(page: Page, app_url: str) -> None:
    train = TrainPage(page, app_url).open()
    train.go_at_full_speed()
    page.get_by_role("button", name="Examples").click()
    train.press("start_dead_relus")
    expect(page.locator(".st-key-gallery_cards")).to_have_count(0)
    train.wait_for_state(FINISHED)
    expect(page.locator(".st-key-diagnosis")).to_contain_text("of layer 2 is dead. Lower the learning rate to 0.2")

    page.get_by_role("button", name="Share").click()
    link = page.get_by_label("Link to this page")
    expect(link).to_have_value(re.compile(r"/train\?.*hidden_sizes=64-64.*learning_rate=2"))
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    page.keyboard.press("Escape")

    sheet = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
