"""The charts of a search in a real browser: brushed together, hovered together, by pointer and by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from benchmarks.studies import a_view
from tests.e2e.test_accessibility import RULES, faults
from tests.paths import ROOT
from tools.app_server import serve

TRIALS = 40


@pytest.fixture(scope="module")
def study_url() -> Iterator[str]:
    with serve("benchmarks/study_app.py", {"STUDY_TRIALS": str(TRIALS), "PYTHONPATH": str(ROOT)}) as running:
        yield running.url


def test_trials_are_hovered_brushed_and_opened_in_all_charts_at_once(page: Page, study_url: str) -> None:
    page.goto(study_url)
    study, rows = page.locator(".study"), page.locator(".study tbody tr:visible")
    expect(study).to_have_attribute("data-state", "shown")
    expect(rows).to_have_count(TRIALS)
    best = a_view(TRIALS).best
    assert best
    assert best.values
    expect(page.locator(".study-outcome")).to_have_text(
        f"Best so far: trial {best.number}, {100 * best.values[0]:.1f} %."
    )
    expect(rows.first.get_by_role("button")).to_have_text(str(best.number))
    expect(page.locator(".study-importance dt").first).to_have_text("Learning rate")

    # By keyboard: a handle of an axis filters, and says at which value it stands.
    least = page.get_by_role("slider", name="Dropout, at least")
    least.focus()
    for _ in range(10):
        least.press("ArrowUp")
    expect(least).to_have_attribute("aria-valuetext", "0.25")
    kept = sum(trial.params["dropout"] >= 0.25 for trial in a_view(TRIALS).trials)
    expect(rows).to_have_count(kept)
    expect(page.locator(".study-count")).to_have_text(f"{kept} of {TRIALS} trials")
    page.get_by_role("button", name="Show all").click()
    expect(rows).to_have_count(TRIALS)

    # By pointer: a drag along an axis, or over curves, filters too.
    for chart in ("parallel", "curves"):
        canvas = page.locator(f".study-{chart} canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box
        left = box["x"] + (34 if chart == "parallel" else box["width"] / 2)
        page.mouse.move(left, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(left + 5, box["y"] + 90, steps=4)
        page.mouse.up()
        expect(rows).not_to_have_count(TRIALS)
        page.get_by_role("button", name="Show all").click()
        expect(rows).to_have_count(TRIALS)

    # What one points at is named, and a click opens it.
    rows.nth(3).hover()
    number = rows.nth(3).get_by_role("button").inner_text()
    expect(page.locator(".study-trial")).to_contain_text(f"Trial {number}, finished: learning rate")
    rows.nth(3).get_by_role("button").click()
    expect(page.get_by_text(f"Clicked: [{number}]")).to_be_visible()
    page.get_by_role("columnheader", name="Learning rate").get_by_role("button").click()
    rates = [float(text) for text in page.locator(".study tbody td:nth-child(3)").all_inner_texts()]
    assert rates == sorted(rates)

    assert faults(page, ".study", RULES) == []
