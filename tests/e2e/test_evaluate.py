"""The Evaluate page in a real browser: the confusion matrix answers to mouse and finger, and it fits a phone."""

import re

from playwright.sync_api import Page, expect

from tests.digit_files import digits, table
from tests.e2e.patience import until
from tests.e2e.train_page import click_menu, unfold
from tools.page_actions import settle


def open_page(page: Page, url: str) -> None:
    page.goto(f"{url}/evaluate")
    expect(page.locator(".st-key-sample canvas, .st-key-sample svg").first).to_be_visible()
    settle(page)


def cells(page: Page) -> dict[tuple[int, int], str]:
    """What each cell of the confusion matrix says: 7 predicted as 1: 12 images (1.2 %)."""
    words = page.locator(".st-key-confusion .js-plotly-plot").evaluate("chart => chart.data.at(-1).hovertext")
    return {(int(text[0]), int(text[15])): text for text in words}


def place(page: Page, cell: tuple[int, int]) -> tuple[float, float]:
    """Where a cell is on the screen; not its middle, but near a corner."""
    matrix = page.locator(".st-key-confusion .nsewdrag")
    matrix.scroll_into_view_if_needed()
    box = matrix.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * (cell[1] + 0.2) / 10, box["y"] + box["height"] * (cell[0] + 0.8) / 10


def expect_images_of(page: Page, cell: tuple[int, int]) -> None:
    shown = page.locator(".st-key-cell")
    says = f"{cell[0]} predicted as {cell[1]}"
    caption = says if cell[0] != cell[1] else str(cell[0])
    expect(shown).to_contain_text(says)
    count = int(re.search(r": ([\d,]+) image", cells(page)[cell])[1].replace(",", ""))
    expect(shown.locator("img")).to_have_count(min(count, 12))
    until(
        page,
        shown.locator("figcaption").all_inner_texts,
        lambda captions: all(text.startswith(caption) for text in captions),
        f"images that are {says}",
    )
    settle(page, quiet=0.6)  # longer than the two halves of a double click, which selects nothing, may be apart


def test_the_matrix_and_the_reliability_answer_the_mouse(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    mistakes = [cell for cell, text in cells(page).items() if cell[0] != cell[1] and ": 0 images" not in text]
    for cell in ((3, 3), mistakes[0], (0, 1), mistakes[-1]):  # each one another than is shown before
        page.mouse.click(*place(page, cell))
        expect_images_of(page, cell)

    chart = page.locator(".st-key-reliability .js-plotly-plot")
    words = chart.evaluate("chart => chart.data[0].hovertext")
    assert sum(int(re.search(r"of ([\d,]+) correct", text)[1].replace(",", "")) for text in words) == 1000
    surest = chart.locator(".scatterlayer .point").last
    surest.scroll_into_view_if_needed()
    settle(page)

    def pointed_at() -> str:
        box = surest.bounding_box()
        page.mouse.move(0, 0)
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
        return chart.locator(".hoverlayer").text_content(timeout=1000) or ""

    until(page, pointed_at, lambda said: "93 % to 100 % confidence" in said, "what the dot stands for")


def test_on_a_phone_a_tap_shows_a_cells_images_a_swipe_scrolls_and_all_fits(phone: Page, app_url: str) -> None:
    open_page(phone, app_url)
    width, wide = phone.evaluate(
        """() => [innerWidth, [...document.querySelectorAll('[data-testid=stMain] *')]
            .filter(element => element instanceof HTMLElement && element.getBoundingClientRect().right > innerWidth + 1)
            .map(element => element.className.toString())]"""
    )
    assert (width, wide) == (390, [])
    for cell in ((3, 3), (0, 0), (9, 9)):
        phone.touchscreen.tap(*place(phone, cell))
        expect_images_of(phone, cell)
    x, y = place(phone, (6, 4))
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = phone.evaluate(scrolled)
    finger = phone.context.new_cdp_session(phone)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for moved in range(15, 160, 15):
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - moved}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_function(f"before => {scrolled} > before + 50", arg=before)


def test_samples_and_choices_are_as_the_visitor_wants_them_also_after_a_look_at_another_page(
    page: Page, app_url: str
) -> None:
    open_page(page, app_url)
    correct = page.locator(".st-key-correct_examples figcaption")
    before = correct.all_inner_texts()
    page.locator(".st-key-another_sample button").first.click()
    until(page, correct.all_inner_texts, lambda now: now and now != before, "another sample")

    def certainties() -> list[float]:
        notes = page.locator(".st-key-mistakes figcaption").all_inner_texts()
        return [float(re.search(r"([\d.]+) %", note)[1]) for note in notes]

    page.locator(".st-key-confident_first label").first.click()
    until(page, certainties, lambda sure: sure and sure == sorted(sure, reverse=True), "the surest mistakes first")

    number = page.locator(".st-key-sample_index input")
    number.fill("321")
    number.press("Enter")
    settle(page)
    click_menu(page, "Draw")
    expect(page.locator(".st-key-canvas").first).to_be_visible()
    click_menu(page, "Evaluate")
    expect(number).to_have_value("321")

    name = "**bold** $x$ :red[y] <b>.csv"
    unfold(page, "dataset_files")
    images, labels = digits(3)
    content = {"name": name, "mimeType": "text/csv", "buffer": table(images, labels, "kaggle")}
    page.locator(".st-key-dataset_files input[type=file]").set_input_files([content])
    expect(page.locator(".st-key-scores")).to_contain_text(f"of 3 images of {name}")  # as it is
