"""The pictures of README.md and the documentation show what the pages have: `make screenshots` takes them again.

The pages are in use then, so the rules of accessibility are checked on them, too; on Train, test_accessibility does.
"""

import json

import pytest
from playwright.sync_api import Page

from tests.e2e.patience import until
from tests.e2e.test_accessibility import expect_no_faults
from tools import screenshots

MANIFEST = json.loads(screenshots.MANIFEST.read_text(encoding="utf-8"))
BY_RULES = ("draw", "evaluate", "inside")  # the scenes that are checked by the rules of accessibility, too
REMEDY = "run `make screenshots` and commit docs/images"


@pytest.mark.parametrize("name", ["train", *(pytest.param(name, marks=pytest.mark.computes) for name in BY_RULES)])
def test_a_picture_shows_what_its_page_has(page: Page, app_url: str, name: str) -> None:
    screenshots.SCENES[name](page, app_url)
    pictured = set(MANIFEST[name]["texts"])
    until(
        page,
        lambda: {"missing": pictured - (shown := set(screenshots.visible_texts(page))), "new": shown - pictured},
        lambda difference: not any(difference.values()),
        f"the texts of {name}.png; if the page has changed, {REMEDY}",
    )
    if name in BY_RULES:
        expect_no_faults(page)


def test_each_picture_is_compared() -> None:
    assert {"train", *BY_RULES} == screenshots.SCENES.keys() == MANIFEST.keys()
