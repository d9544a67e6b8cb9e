"""The pictures of README.md and the documentation show what the pages have: `make screenshots` takes them again."""

import json

import pytest
from playwright.sync_api import Page

from tests.e2e.patience import until
from tools import screenshots

MANIFEST = json.loads(screenshots.MANIFEST.read_text(encoding="utf-8"))
REMEDY = "run `make screenshots` and commit docs/images"


@pytest.mark.parametrize("name", screenshots.SCENES)
def test_a_picture_shows_what_its_page_has(page: Page, app_url: str, name: str) -> None:
    screenshots.SCENES[name](page, app_url)
    pictured = set(MANIFEST[name]["texts"])
    until(
        page,
        lambda: {"missing": pictured - (shown := set(screenshots.visible_texts(page))), "new": shown - pictured},
        lambda difference: not any(difference.values()),
        f"the texts of {name}.png; if the page has changed, {REMEDY}",
    )
