"""The Evaluate page in a real browser: the confusion matrix answers to mouse and finger, and it fits a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.digit_files import digits, table
from tests.e2e.driver import settle

PHONE = {"width": 390, "height": 844}
FIRST_SECONDS = 60  # the first evaluation brings scikit-learn along


def open_page(page: Page, url: str) -> None:
    page.goto(f"{url}/evaluate")
    expect(page.locator(".st-key-sample canvas, .st-key-sample svg").first).to_be_visible(timeout=FIRST_SECONDS * 1000)
    settle(page)


@pytest.fixture
def phone(browser: Browser, app_url: str) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    page = context.new_page()
    open_page(page, app_url)
    yield page
    context.close()


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
    settle(page)
    count = int(re.search(r": ([\d,]+) image", cells(page)[cell])[1].replace(",", ""))
    assert shown.locator("img").count() == min(count, 12)
    assert all(text.startswith(caption) for text in shown.locator("figcaption").all_inner_texts())


def test_a_click_on_a_cell_shows_its_images(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    mistakes = [cell for cell, text in cells(page).items() if cell[0] != cell[1] and ": 0 images" not in text]
    for cell in ((3, 3), mistakes[0], (0, 1), mistakes[-1]):  # each one another than is shown before
        page.mouse.click(*place(page, cell))
        expect_images_of(page, cell)


def test_a_tap_on_a_cell_shows_its_images_at_once(phone: Page) -> None:
    for cell in ((3, 3), (0, 0), (9, 9)):
        phone.touchscreen.tap(*place(phone, cell))
        expect_images_of(phone, cell)


def test_a_finger_on_the_matrix_scrolls_the_page(phone: Page) -> None:
    x, y = place(phone, (6, 4))
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = phone.evaluate(scrolled)
    finger = phone.context.new_cdp_session(phone)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for moved in range(15, 160, 15):
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - moved}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_function(f"before => {scrolled} > before + 50", arg=before)


def test_nothing_is_wider_than_a_phone(phone: Page) -> None:
    width, wide = phone.evaluate(
        """() => [innerWidth, [...document.querySelectorAll('[data-testid=stMain] *')]
            .filter(element => element instanceof HTMLElement && element.getBoundingClientRect().right > innerWidth + 1)
            .map(element => element.className.toString())]"""
    )
    assert (width, wide) == (PHONE["width"], [])


def test_a_dot_of_the_certainties_says_what_it_stands_for(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    chart = page.locator(".st-key-reliability .js-plotly-plot")
    words = chart.evaluate("chart => chart.data[0].hovertext")
    assert sum(int(re.search(r"of ([\d,]+) correct", text)[1].replace(",", "")) for text in words) == 1000
    surest = chart.locator(".scatterlayer .point").last
    surest.scroll_into_view_if_needed()
    box = surest.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    expect(chart.locator(".hoverlayer")).to_contain_text("93 % to 100 % confidence")


def test_another_sample_and_the_surest_mistakes_first(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    before = page.locator(".st-key-correct_examples figcaption").all_inner_texts()
    page.get_by_role("button", name="Another sample").click()
    settle(page)
    assert page.locator(".st-key-correct_examples figcaption").all_inner_texts() != before
    page.locator(".st-key-confident_first label").first.click()
    settle(page)
    notes = page.locator(".st-key-mistakes figcaption").all_inner_texts()
    sure = [float(re.search(r"([\d.]+) %", note)[1]) for note in notes]
    assert sure == sorted(sure, reverse=True)


def test_what_was_chosen_is_still_there_after_a_look_at_another_page(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    number = page.locator(".st-key-sample_index input")
    number.fill("321")
    number.press("Enter")
    settle(page)
    page.get_by_role("link", name="Draw", exact=True).first.click()
    expect(page.locator(".st-key-canvas").first).to_be_visible()
    page.get_by_role("link", name="Evaluate", exact=True).first.click()
    expect(number).to_have_value("321")


def test_a_file_s_name_is_shown_as_it_is(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    name = "**bold** $x$ :red[y] <b>.csv"
    page.get_by_text("Load data files").click()
    images, labels = digits(3)
    content = {"name": name, "mimeType": "text/csv", "buffer": table(images, labels, "kaggle")}
    page.locator(".st-key-dataset_files input[type=file]").set_input_files([content])
    expect(page.locator(".st-key-scores")).to_contain_text(f"of 3 images of {name}")
