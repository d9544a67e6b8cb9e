"""An exported page, opened from a file: it reads as the library does, asks nobody for anything, and all can use it."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from model.export.formats import export
from model.inference.classification import classify_images
from model.ink import Drawing, render
from model.training import checkpoint
from tests.e2e.draw_page import SURE, press, strokes_of
from tests.e2e.patience import until
from tests.e2e.test_accessibility import RULES, SCHEMES, faults
from ui.common.formatting import percent
from ui.draw.fabric import PEN_WIDTH


def on_paper(stroke: list[list[float]]) -> np.ndarray:
    """Return a stroke as `press` draws it, in units of the sheet."""
    points = np.array(stroke)
    return 280 * (0.7 * (points - points.min(axis=0)) / np.ptp(points, axis=0).max() + 0.15)


def open_exported(page: Page, folder: Path, name: str) -> checkpoint.Checkpoint:
    """Export a network that comes with Inkling, and open its page."""
    trained, file = checkpoint.load(checkpoint.WEIGHTS / f"{name}.safetensors"), folder / f"{name}.html"
    export(trained, file, name)
    page.goto(file.as_uri())
    page.locator("body[data-reads]").wait_for()
    expect(page.locator("#headline")).to_have_text("Draw a digit")
    return trained


@pytest.mark.parametrize(("name", "accuracy"), [("handwriting", "99.46 %"), ("deep-64", "97.30 %")])
def test_an_exported_page_reads_from_a_file(page: Page, tmp_path: Path, name: str, accuracy: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    trained = open_exported(page, tmp_path, name)
    answer, said, paper = page.locator("#headline"), page.get_by_role("status"), page.locator(".paper")
    (three,) = strokes_of("3")
    press(page, paper, three)
    expect(answer.locator(SURE)).to_have_text("3")  # before the pen is lifted
    page.mouse.up()
    image = render(Drawing((on_paper(three),), pen=PEN_WIDTH))
    (expected,) = classify_images(trained.network, [image])
    assert expected.probabilities is not None
    probabilities = expected.probabilities

    def bars() -> list[tuple[float, float]]:
        return page.evaluate(  # at once, for the page draws them anew
            """() => [...document.querySelectorAll(".bar")].map((bar) => {
                const fill = bar.querySelector(".bar-fill")
                return [parseFloat(bar.title.split(": ")[1]) / 100, fill.offsetHeight / fill.parentElement.offsetHeight]
            })"""
        )

    def are_right(found: list[tuple[float, float]]) -> bool:
        percents, heights = np.transpose(found)  # the mouse has whole pixels, and so have the bars
        return np.allclose(percents, probabilities, atol=0.005) and np.allclose(heights, probabilities, atol=0.02)

    until(page, bars, are_right, f"bars of {probabilities}")
    drawn = page.locator("#image").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, index) => index % 4 === 0)"
    )
    assert np.abs(np.reshape(drawn, (28, 28)) - image.astype(float)).mean() < 3  # of 255
    expect(said).to_contain_text("3 ")
    likeness = page.locator(".likeness-percent")
    if trained.network.has_reject_class:
        near = {percent(float(np.clip((expected.is_digit or 0) + aside, 0, 1)), 0) for aside in (-0.005, 0, 0.005)}
        expect(likeness).to_have_text(re.compile("|".join(map(re.escape, near))))  # the mouse has whole pixels
    else:
        expect(likeness).to_have_count(0)
    page.locator("summary").click()
    expect(page.locator("dl")).to_contain_text(accuracy)
    assert [address for address in requests if not address.startswith("data:")] == [page.url]


def test_an_exported_page_has_an_eraser_undo_and_redo_and_no_fault_that_can_be_found_by_rules(
    page: Page, tmp_path: Path
) -> None:
    open_exported(page, tmp_path, "handwriting")
    answer, said = page.locator("#headline"), page.get_by_role("status")
    (three,) = strokes_of("3")
    press(page, page.locator(".paper"), three)
    page.mouse.up()
    expect(answer.locator(SURE)).to_have_text("3")

    # A scribble is no digit; the eraser takes it away, and Undo and Redo work by click and by key.
    for height in (0.2, 0.35, 0.5, 0.65, 0.8):
        press_line(page, height)
    expect(answer).to_have_text("That doesn't look like a digit")
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    cross(page)
    expect(answer).to_have_text("Draw a digit")
    page.get_by_role("button", name="Undo").click()
    expect(answer).not_to_have_text("Draw a digit")
    page.get_by_role("button", name="Eraser").click()
    for _ in range(5):
        page.keyboard.press("Control+z")
    expect(answer.locator(SURE)).to_have_text("3")
    page.keyboard.press("Control+y")
    page.get_by_role("button", name="Clear").click()
    expect(answer).to_have_text("Draw a digit")
    expect(page.get_by_role("button", name="Clear")).to_have_attribute("aria-disabled", "true")
    expect(said).to_have_text("")

    # A key for the eraser in the middle of a stroke is for the next one.
    press_line(page, 0.3, halfway=lambda: page.keyboard.press("e"))
    expect(page.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    expect(answer).not_to_have_text("Draw a digit")
    cross(page)
    expect(answer).to_have_text("Draw a digit")

    # Anybody can use it, in both themes.
    page.locator("summary").click()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert faults(page, "html", RULES) == []


def press_line(page: Page, height: float, halfway: Callable[[], None] = lambda: None) -> None:
    """Draw a line across the paper at a share of its height, and do something on the way."""
    box = page.locator(".paper").bounding_box()
    assert box
    y = box["y"] + height * box["height"]
    page.mouse.move(box["x"] + 0.1 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], y, steps=2)
    halfway()
    page.mouse.move(box["x"] + 0.9 * box["width"], y, steps=2)
    page.mouse.up()


def cross(page: Page) -> None:
    """Move the pen down through the middle of the paper."""
    box = page.locator(".paper").bounding_box()
    assert box
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(x, box["y"] + box["height"] - 5, steps=3)
    page.mouse.up()
