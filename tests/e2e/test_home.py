"""Home in a real browser: digits write themselves until they are paused, and a whole card is a link."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import probes
from tests.e2e.draw_page import SURE, press, strokes_of
from tests.e2e.patience import until
from tools.page_actions import PAPER, settle

SOME_FRAMES = """() => new Promise(done => {
    let frames = 0
    const count = () => ++frames < 20 ? requestAnimationFrame(count) : done()
    count()
})"""


def test_home_shows_digits_being_read_until_they_are_paused_and_its_cards_lead_on(page: Page, app_url: str) -> None:
    page.emulate_media(reduced_motion="no-preference")
    page.goto(app_url)
    digit = page.locator(f".st-key-reading {SURE}")
    expect(digit).to_have_text(re.compile(r"^\d$"))
    expect(page.locator(".st-key-reading .bar-best")).to_have_count(1)
    settle(page)
    paper = page.locator(".st-key-reading canvas")
    before = probes.painted(paper)
    until(page, lambda: probes.painted(paper), lambda now: now != before, "digits that are being written")
    page.get_by_role("button", name="Pause").click()
    stopped = probes.painted(paper)
    page.evaluate(SOME_FRAMES)
    assert probes.painted(paper) == stopped
    page.get_by_role("button", name="Play").click()
    until(page, lambda: probes.painted(paper), lambda now: now != stopped, "digits that go on being written")

    # The paper is the visitor's, too: the answer follows the pen.
    page.locator(".writing.writing-live").wait_for()
    press(page, paper, strokes_of("3")[0])
    expect(digit).to_have_text("3")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.mouse.up()
    expect(digit).to_have_text("3")
    expect(page.locator(".st-key-reading .bar-best")).to_contain_text("3")
    page.get_by_role("button", name="Clear").click()
    expect(digit).to_have_text("")
    blank = probes.painted(paper)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Clear")).to_be_hidden()
    until(page, lambda: probes.painted(paper), lambda now: now != blank, "digits that write themselves again")

    card = page.locator(".st-key-card_draw")
    expect(card.get_by_role("link")).to_have_count(1)
    card.get_by_text("mouse, pen or finger").click(force=True)  # the link lies over the whole card
    expect(page.locator(PAPER)).to_be_visible()
