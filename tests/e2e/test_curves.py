"""Live figures in a real browser: new points and marks come into the chart that is there, beneath the pointer."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.driver import serve

CURVES_APP = Path(__file__).parent / "curves_app.py"
FIGURES = ("loss_chart", "accuracy_chart", "layers_view", "followed_digit")


@pytest.fixture(scope="module")
def curves_url() -> Iterator[str]:
    with serve(CURVES_APP) as running:
        yield running.url


def points(page: Page) -> int:
    return int(page.get_by_text(" points, ").inner_text().split()[0])


def look(chart: Locator) -> str:
    """What is painted on a chart."""
    return chart.evaluate("canvas => canvas.toDataURL()")


def test_points_and_marks_come_into_the_chart_that_is_there(page: Page, curves_url: str) -> None:
    page.goto(curves_url)
    charts = [page.locator(f".st-key-{key} canvas").first for key in FIGURES]
    for chart in charts:
        expect(chart).to_be_visible(timeout=20_000)
        chart.evaluate("node => { node.wasHere = true }")
    before, pictures = points(page), [look(chart) for chart in charts]
    expect(page.get_by_text("2 marks")).to_be_visible(timeout=20_000)
    assert points(page) > before
    for chart, picture in zip(charts, pictures, strict=True):
        assert chart.evaluate("node => node.wasHere === true && node.isConnected")
        assert look(chart) != picture


def test_a_run_that_is_pointed_at_says_its_name_and_keeps_doing_so_while_points_come_in(
    page: Page, curves_url: str
) -> None:
    page.goto(curves_url)
    chart = page.locator(".st-key-loss_chart canvas").first
    expect(chart).to_be_visible(timeout=20_000)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    tooltip = page.locator("#vg-tooltip-element")
    x = box["x"] + 0.9 * box["width"]  # to where in this test only the other run has come
    for y in range(40, round(box["height"]) - 60, 4):
        page.mouse.move(x, box["y"] + y)
        page.wait_for_timeout(50)
        if tooltip.is_visible():
            break
    expect(tooltip).to_contain_text("the other")
    before = points(page)
    expect(page.get_by_text(re.compile(r"points, "))).not_to_contain_text(f"{before} points", timeout=10_000)
    expect(tooltip).to_contain_text("the other")
