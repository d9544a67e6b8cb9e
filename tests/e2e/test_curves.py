"""Live figures in a real browser: new points and marks come into the chart that is there, beneath the pointer."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import probes
from tests.e2e.patience import until
from tools.app_server import serve

CURVES_APP = Path(__file__).parent / "curves_app.py"
FIGURES = ("loss_chart", "accuracy_chart", "layers_view", "followed_digit")


@pytest.fixture(scope="module")
def curves_url() -> Iterator[str]:
    with serve(CURVES_APP) as running:
        yield running.url


def points(page: Page) -> int:
    return int(page.get_by_text(" points, ").inner_text().split()[0])


def test_points_and_marks_come_into_the_chart_that_is_there_beneath_the_pointer(page: Page, curves_url: str) -> None:
    warnings: list[str] = []
    page.on("console", lambda message: warnings.append(message.text) if "WARN" in message.text else None)
    page.goto(curves_url)
    charts = [page.locator(f".st-key-{key} canvas").first for key in FIGURES]
    for chart in charts:
        expect(chart).to_be_visible()
    probes.mark(*charts)
    before, pictures = points(page), [probes.painted(chart) for chart in charts]
    expect(page.get_by_text(" 2 marks")).to_be_visible()
    until(page, lambda: points(page), lambda now: now > before, "more points")
    for chart, picture in zip(charts, pictures, strict=True):
        until(page, lambda chart=chart: probes.painted(chart), lambda now, was=picture: now != was, "another picture")
    assert probes.are_marked(*charts)

    # One rule reads all lines wherever the pointer is; to the end of the axis only the other run has come yet.
    said = probes.tooltip_at(page, charts[0], [(0.12, 0.2)], "training")
    assert {"epoch", "training", "validation", "the other"} <= set(re.findall(r"[a-z ]+", said))
    assert "training" not in probes.tooltip_at(page, charts[0], [(0.95, 0.6)], "the other")
    before = points(page)
    until(page, lambda: points(page), lambda now: now > before, "more points")
    assert "the other" in page.locator("#vg-tooltip-element").inner_text()
    probes.tooltip_at(page, charts[0], [(x / 100, 0.5) for x in range(10, 30)], "learning rate: 0.01")
    assert warnings == []  # such as of an axis without an end
