"""A phone: the pages by thumb, and a swipe that scrolls and changes nothing."""

from playwright.sync_api import Page, expect

from tests.e2e.finger import Finger
from tests.e2e.patience import until
from tests.e2e.train_page import Slider
from tools.page_actions import settle

PAGES = {
    "Draw": "draw",
    "Evaluate": "evaluate",
    "Inside": "inside",
    "Experiments": "experiments",
    "Home": "",
    "Train": "train",
}


def scrolled(page: Page) -> int:
    position: int = page.get_by_test_id("stMain").evaluate("main => Math.round(main.scrollTop)")
    return position


def swipe(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Move a finger from a point to another one."""
    finger, steps = Finger(page), 15
    finger.down(*start)
    for step in range(1, steps + 1):
        page.wait_for_timeout(16)  # a frame: a finger is not everywhere at once
        x, y = (first + (last - first) * step / steps for first, last in zip(start, end, strict=True))
        finger.move(x, y)
    page.wait_for_timeout(16)
    finger.lift()


def bring_below_the_charts(slider: Slider) -> None:
    """Scroll until the slider is above the tab bar, and not under what stays on top."""
    slider.page.get_by_test_id("stMain").evaluate(
        """(main, key) => main.scrollBy(0, main.querySelector(key).getBoundingClientRect().top - 640)""",
        f".st-key-{slider.key}",
    )


def right_end_of(slider: Slider) -> tuple[float, float]:
    """Return a point of the slider's track, near its right end."""
    track = slider.page.locator(f".st-key-{slider.key}").get_by_role("group").bounding_box()
    handle = slider.handle.bounding_box()
    assert track
    assert handle
    return track["x"] + 0.8 * track["width"], handle["y"] + handle["height"] / 2


def test_a_thumb_gets_everywhere_and_changes_nothing_as_it_scrolls(phone: Page, app_url: str) -> None:
    phone.goto(app_url)
    settle(phone)
    tabs = phone.get_by_role("navigation", name="Pages")
    for name, path in PAGES.items():
        tab = tabs.get_by_role("link", name=name)
        tab.tap()
        phone.wait_for_url(f"{app_url}/{path}")
        settle(phone)
        expect(tab).to_have_attribute("aria-current", "page")
        expect(phone.get_by_test_id("stSidebar")).to_be_hidden()
        box = tab.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
        overlap = phone.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overlap == 0

    learning_rate = Slider(phone, "learning_rate")
    settle(phone)
    bring_below_the_charts(learning_rate)
    value, before = learning_rate.value, scrolled(phone)
    swipe(phone, right_end_of(learning_rate), (300, right_end_of(learning_rate)[1] - 150))
    until(phone, lambda: scrolled(phone), lambda now: now > before + 50, "the page to scroll")
    settle(phone)
    assert learning_rate.value == value

    bring_below_the_charts(learning_rate)
    phone.touchscreen.tap(*right_end_of(learning_rate))
    tapped = until(phone, lambda: learning_rate.value, lambda now: now != value, "another learning rate, by a tap")
    x, y = right_end_of(learning_rate)
    swipe(phone, (x, y), (x - 150, y))
    until(
        phone, lambda: learning_rate.value, lambda now: now not in (value, tapped), "another one, by a swipe sideways"
    )
