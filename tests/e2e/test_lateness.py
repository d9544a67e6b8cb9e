"""Where the app answers late: what the visitor has done meanwhile stays done."""

from playwright.sync_api import Page, expect

from tests.e2e.lateness import HeldMessages
from tools.page_actions import settle


def test_a_link_leads_away_whatever_the_page_has_to_tell(page: Page, app_url: str) -> None:
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
