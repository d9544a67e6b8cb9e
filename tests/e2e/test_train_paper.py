"""The small paper on Train: a network that learns reads what was drawn on it, as it is now and as it was."""

import re

from playwright.sync_api import Page, Response, expect

from tests.e2e import probes
from tests.e2e.draw_page import SURE, press
from tests.e2e.patience import until
from tests.e2e.train_page import LONG, TrainPage, click_menu
from ui.common import theme

SEVEN = [[0.0, 0.0], [20.0, 0.0], [50.0, 2.0], [40.0, 25.0], [30.0, 50.0], [22.0, 80.0], [20.0, 100.0]]
UNSURE = re.compile("answer-perhaps")


def test_a_network_learns_to_read_what_was_drawn_before_it_started(page: Page, app_url: str) -> None:
    sent: list[int] = []

    def note(response: Response) -> None:
        if "/browser/runs/" in response.url:
            sent.append(response.status)

    page.on("response", note)
    visitor = TrainPage(page, app_url).open(LONG)
    reader = page.locator(".paper-reader")
    paper, answer = reader.locator("canvas"), reader.locator(".answer")
    pin, followed = reader.locator(".paper-reader-pin"), page.locator(".st-key-followed_digit")
    expect(page.locator(".paper-reader-live.paper-reader-blank")).to_be_visible()
    expect(answer).to_have_text("Start a run, and see it learn to read what you draw.")
    press(page, paper, SEVEN)
    page.mouse.up()
    expect(paper).to_have_attribute("aria-label", re.compile("a drawing$"))
    assert not sent

    visitor.start()
    expect(answer.locator(SURE)).to_have_text("7")
    expect(answer).to_have_text(re.compile(r"^7 (> )?(8|9)\d\.\d %$"))  # it is trained: from now on that stays
    expect(reader.locator(".paper-reader-said")).to_have_text("read as 7")
    expect(reader.locator(".bar-best")).to_have_attribute("title", re.compile("^7: "))
    until(page, lambda: sent.count(200), lambda count: count > 3, "networks that were sent while it learned")
    assert set(sent) <= {200, 204, 304}

    visitor.pause()
    expect(visitor.slider("snapshot").handle).to_be_enabled()
    visitor.slider("snapshot").press("Home", shows="epoch 0")
    expect(answer).to_have_class(UNSURE)  # as it was before its first step
    pin.click()
    expect(pin).to_have_attribute("aria-pressed", "true")
    expect(followed).to_contain_text("Your drawing")
    chart, blue = followed.locator("canvas").first, theme.rgb(theme.RIGHT)
    until(page, lambda: probes.pixels(chart, blue), lambda count: count > 20, "the curve of its digit")

    click_menu(page, "Draw")
    click_menu(page, "Train")
    expect(paper).to_have_attribute("aria-label", re.compile("a drawing$"))
    expect(pin).to_have_attribute("aria-pressed", "true")
    reader.get_by_role("button", name="Test image").press("Enter")
    expect(paper).to_have_attribute("aria-label", re.compile(r"Test image \d+: \d$"))
    expect(pin).to_have_attribute("aria-pressed", "false")
    pin.press("Enter")
    expect(followed).to_contain_text(re.compile(r"Test image \d+: \d"))
    reader.get_by_role("button", name="Clear").press("Enter")
    expect(page.locator(".paper-reader-blank")).to_be_visible()
    visitor.stop()
