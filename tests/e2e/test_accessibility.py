"""axe-core finds no fault (WCAG A and AA, best practice) on any page, light and dark; test_screenshots looks, too."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.draw_page import DrawPage
from tests.e2e.patience import until
from tests.e2e.train_page import LONG, TrainPage
from tools.page_actions import settle

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE = Axe().axe_script
Scheme = Literal["dark", "light"]
SCHEMES: tuple[Scheme, ...] = ("dark", "light")
LIGHT, DARK = "rgb(252, 251, 248)", "rgb(18, 22, 29)"  # the pages' backgrounds

pytestmark = pytest.mark.computes  # the rules


def faults(page: Page, within: str, rules: Sequence[str]) -> list[str]:
    """Return what axe-core finds: the rule, the element, and what is wrong with it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"runOnly": list(rules), "resultTypes": ["violations"]}
    found = page.evaluate("given => axe.run(...given)", [within, options])["violations"]
    return [f"{rule['id']}: {node['html'][:200]}: {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def expect_no_faults(page: Page, within: str = "html") -> None:
    """Fail if there is a fault in the light theme, or one of contrast in the dark one; all others are the same.

    Args:
        within: the part of the page that is looked at, where the rest is as it was.
    """
    for scheme in SCHEMES:
        show_in(page, scheme)
        expect_no_faults_in(page, scheme, within)


def show_in(page: Page, scheme: Scheme) -> None:
    """Show the page in a theme; all of it is drawn anew."""
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", LIGHT if scheme == "light" else DARK)


def expect_no_faults_in(page: Page, scheme: Scheme, within: str) -> None:
    """Fail if there is a fault, or in the dark theme one of contrast, in a part of a page that is shown in it."""
    page.mouse.move(0, 0)  # what is pointed at has other colors, and goes over into them slowly
    rules = RULES if scheme == "light" else ("color-contrast",)
    what = f"no faults in the {scheme} theme"
    until(page, partial(faults, page, within, rules), lambda found: not found, what)


def unfold_everything(page: Page) -> None:
    """Open all folded parts, also those inside of others."""
    folded = page.get_by_test_id("stMain").locator("details:not([open]) > summary:visible")
    while folded.count():
        left = folded.count()
        folded.first.click()
        expect(folded).not_to_have_count(left)
        settle(page)


def test_home_and_the_shortcuts_have_no_fault_that_can_be_found_by_rules(page: Page, app_url: str) -> None:
    page.goto(app_url)
    settle(page)
    expect_no_faults(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    expect_no_faults(page)


def test_draw_has_no_fault_that_can_be_found_by_rules_at_first(page: Page, app_url: str) -> None:
    DrawPage(page, app_url).open()
    expect_no_faults(page)


def test_train_has_no_fault_that_can_be_found_by_rules_at_first_paused_and_stopped(page: Page, app_url: str) -> None:
    train = TrainPage(page, app_url).open(LONG)
    unfold_everything(page)
    expect_no_faults(page)
    train.start()
    train.wait_for_step(gt=0)
    train.pause()
    for scheme in SCHEMES:
        show_in(page, scheme)
        for tab in page.get_by_test_id("stMain").get_by_role("tab").all():
            tab.click()
            settle(page)
            unfold_everything(page)
            expect_no_faults_in(page, scheme, ".st-key-diagnostics")
    train.stop()
    settle(page)
    expect_no_faults(page)
