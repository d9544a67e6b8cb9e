"""Random actions on Train: the page always shows the true state. tools/random_walk plays longer sequences."""

import pytest
from playwright.sync_api import Page

from tools import random_walk


@pytest.mark.parametrize("seed", [43, 72])
def test_the_page_shows_the_newest_run_as_it_is_whatever_was_done(page: Page, app_url: str, seed: int) -> None:
    done = random_walk.play(page, app_url, seed, actions=6)
    assert "start" in done[:2]  # without a run, nearly nothing is tested
