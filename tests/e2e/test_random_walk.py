"""The Train page used at random in a real browser: it shows what is the case. tools/random_walk does more."""

import pytest
from playwright.sync_api import Page

from tools import random_walk


@pytest.mark.parametrize("seed", [3, 12])
def test_the_page_shows_the_newest_run_as_it_is_whatever_was_done(page: Page, app_url: str, seed: int) -> None:
    random_walk.play(page, app_url, seed, actions=6)
