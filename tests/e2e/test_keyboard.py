"""Keys, presentation mode and the theme: what every page has in its top right corner."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.patience import until_equal
from tests.e2e.train_page import LONG, PAUSED, STOPPED, TRAINING, TrainPage
from tools.page_actions import settle


def contrast_of_focus(page: Page) -> float:
    """Return by how much the outline of what has the focus stands out from the page."""
    contrast: float = page.evaluate(
        """() => {
            const luminance = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
                .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
                .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0)
            const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(document.activeElement)
            if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) return 1
            const app = document.querySelector("[data-testid=stApp]")
            const [dark, light] = [outlineColor, getComputedStyle(app).backgroundColor].map(luminance).sort()
            return (light + 0.05) / (dark + 0.05)
        }"""
    )
    return contrast


def background(page: Page) -> str:
    color: str = page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    return color


def has_focus(page: Page, key: str) -> bool:
    return bool(page.evaluate("key => document.activeElement.closest(`.st-key-${key}`) !== null", key))


def tab_to(page: Page, key: str) -> None:
    """Press Tab until it comes to a button that can be pressed."""
    expect(page.locator(f".st-key-{key} button").first).to_be_enabled()
    settle(page, quiet=0)
    for _ in range(200):
        if has_focus(page, key):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {key}")


def test_keys_lead_to_pages_and_steer_a_training_but_never_while_one_types(page: Page, app_url: str) -> None:
    train = TrainPage(page, app_url).open(LONG)
    expect(page).to_have_title("Train · Inkling")
    page.keyboard.press("Space")
    train.wait_for_state(TRAINING)
    train.wait_for_step(gt=0)
    page.keyboard.press("Space")
    train.wait_for_state(PAUSED)
    paused_at = train.step
    settle(page)
    page.keyboard.press(".")
    train.wait_for_step(equal=paused_at + 1)

    # By Tab one comes to a field, and only then to its help mark; the focus is never lost with a button's use.
    learning_rate = page.locator(".st-key-learning_rate")
    learning_rate.get_by_role("slider").focus()
    page.keyboard.press("Tab")
    expect(learning_rate.get_by_role("button", name="Help")).to_be_focused()
    for key, press, state in (("pause", "Space", TRAINING), ("pause", "Enter", PAUSED)):
        tab_to(page, key)
        page.keyboard.press(press)
        train.wait_for_state(state)
        settle(page, quiet=0)
        assert has_focus(page, key)
    tab_to(page, "stop")
    page.keyboard.press("Enter")
    expect(train.button("continue")).to_be_focused()  # a button that can't be pressed any more has no focus
    expect(page.get_by_role("status")).to_contain_text([STOPPED])
    nameless = page.locator("button").evaluate_all(
        "all => all.filter(one => !(one.ariaLabel || one.textContent.trim())).map(one => one.outerHTML)"
    )
    assert nameless == []

    # A key that is typed, or that goes to a menu, is no shortcut.
    menu = page.locator(".st-key-preset").get_by_role("combobox").first
    menu.click()
    page.keyboard.type("2p")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    settle(page)
    expect(page).to_have_title("Train · Inkling")
    assert "present" not in page.url

    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts).to_contain_text("Start, pause")
    page.keyboard.press("2")
    shortcuts.get_by_label("Use these keys in this browser").uncheck()
    shortcuts.get_by_role("button", name="Close").click()
    page.keyboard.press("2")
    settle(page)
    expect(page).to_have_title("Train · Inkling")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    shortcuts.get_by_label("Use these keys in this browser").check()
    shortcuts.get_by_role("button", name="Close").click()

    page.keyboard.press("p")
    page.wait_for_url(re.compile(r"[?&]present=1"))
    expect(page.get_by_role("button", name="Present")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).to_have_css("font-size", "20px")
    page.keyboard.press("2")
    expect(page).to_have_title("Draw · Inkling")
    page.wait_for_url(re.compile(r"/draw\?present=1"))
    page.reload()
    expect(page.locator("html")).to_have_css("font-size", "20px")
    settle(page)
    page.keyboard.press("p")
    expect(page.locator("html")).to_have_css("font-size", "16px")

    # The theme that is chosen on one page is that of others, also when they are loaded anew; the focus is seen in both.
    first = background(page)
    for theme, color, address in (("Dark", "rgb(18, 22, 29)", "/"), ("Light", first, "/draw")):
        page.get_by_role("button", name="Main menu").click()
        page.get_by_role("menuitemradio", name=theme).click()
        page.keyboard.press("Escape")
        until_equal(page, lambda: background(page), color, f"{theme} background")
        link = page.get_by_role("link", name="Home")
        link.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
        assert contrast_of_focus(page) >= 3
        page.goto(app_url + address)
        settle(page)
        assert background(page) == color
