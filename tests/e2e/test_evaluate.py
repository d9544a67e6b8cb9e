"""The Evaluate page in a real browser: what is chosen shows beside the matrix, or large, by mouse, key and finger."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.finger import Finger
from tests.e2e.patience import until
from tests.e2e.train_page import click_menu
from tools.page_actions import settle


def open_page(page: Page, url: str) -> None:
    page.goto(f"{url}/evaluate")
    expect(page.locator(".st-key-any_image input")).to_be_visible()  # the last part of the page
    settle(page)


def cell(page: Page, actual: int, predicted: int) -> Locator:
    """A cell of the confusion matrix."""
    return page.locator(".st-key-matrix tbody tr").nth(actual).locator("td").nth(predicted)


def mistakes(page: Page) -> list[tuple[int, int]]:
    """The cells of the matrix with mistakes in them."""
    choices = page.locator(".st-key-matrix .confusion-wrong button").evaluate_all(
        "cells => cells.map(cell => cell.dataset.choice)"
    )
    return [(int(actual), int(predicted)) for actual, predicted in (choice.split("-") for choice in choices)]


def expect_images_of(page: Page, actual: int, predicted: int) -> None:
    """The cell is marked, alone, and its images are shown beside the matrix."""
    expect(page.locator(".st-key-matrix [aria-pressed=true]")).to_have_attribute("data-choice", f"{actual}-{predicted}")
    shown = page.locator(".st-key-cell")
    expect(shown).to_contain_text(f"{actual} predicted as {predicted}:")
    count = int(cell(page, actual, predicted).inner_text().replace(",", ""))
    expect(shown.locator("img")).to_have_count(min(count, 12))
    caption = f"{actual} predicted as {predicted}" if actual != predicted else str(actual)
    expect(shown.locator(".gallery-caption")).to_have_text([caption] * min(count, 12))


AT_REST = """() => new Promise(done => {
    const scroller = document.querySelector("[data-testid=stMain]")
    let [last, pictures] = [scroller.scrollTop, 0]  // how many pictures it has stood there for
    const look = () => {
        pictures = scroller.scrollTop === last ? pictures + 1 : 0
        last = scroller.scrollTop
        pictures > 20 ? done(true) : requestAnimationFrame(look)
    }
    look()
})"""


def swipe_up(page: Page, start: Locator) -> None:
    """Swipe with a finger from an element upwards, and wait until the page that scrolls on has come to rest.

    A tap before that would only stop it.
    """
    start.scroll_into_view_if_needed()
    box = start.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = page.evaluate(scrolled)
    finger = Finger(page)
    finger.down(x, y)
    for moved in range(15, 160, 15):
        finger.move(x, y - moved)
    finger.lift()
    page.wait_for_function(f"before => {scrolled} > before + 50", arg=before)
    page.evaluate(AT_REST)


def test_what_is_chosen_shows_by_mouse_and_by_keys_and_goes_with_the_visitor_to_draw(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    headings = page.get_by_test_id("stMain").locator("h1, h2, h3, h4").filter(visible=True)
    levels = headings.evaluate_all("headings => headings.map(heading => heading.tagName)")
    assert (levels[0], set(levels[1:])) == ("H1", {"H2"})
    first, *_, last = mistakes(page)
    for actual, predicted in ((3, 3), first, last):
        cell(page, actual, predicted).click()
        expect_images_of(page, actual, predicted)
    empty = page.locator(".st-key-matrix tbody td:not([class])").first
    empty.click()
    settle(page)
    expect_images_of(page, *last)
    cell(page, 9, 9).click()
    expect_images_of(page, 9, 9)
    page.keyboard.press("ArrowLeft")  # to the next cell that has images, and there the keyboard chooses it
    page.keyboard.press("Enter")
    left = max(predicted for actual, predicted in mistakes(page) if actual == 9)
    expect_images_of(page, 9, left)
    expect(cell(page, 9, left).locator("button")).to_be_focused()

    opened = page.get_by_role("dialog")
    picture = page.locator(".st-key-cell button").first
    number = re.search(r"no\. (\d+)", picture.inner_text())[1]
    picture.click()
    expect(opened).to_contain_text(f"no. {number} of 1,000")
    expect(opened).to_contain_text(f"9 predicted as {left}")
    expect(opened.locator("tbody tr")).to_have_count(10)
    assert opened.locator(".probability-track").first.evaluate("track => track.offsetWidth") > 50  # pixels, for the bar
    page.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(picture).to_be_focused()

    chart = page.locator(".st-key-reliability .js-plotly-plot")
    words = chart.evaluate("chart => chart.data[0].hovertext")
    assert sum(int(re.search(r"of ([\d,]+) correct", text)[1].replace(",", "")) for text in words) == 1000
    surest = chart.locator(".scatterlayer .point").last

    def pointed_at() -> str:
        surest.scroll_into_view_if_needed()
        box = surest.bounding_box()
        page.mouse.move(0, 0)
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
        return "".join(chart.locator(".hoverlayer").all_text_contents())

    until(page, pointed_at, lambda said: "93 % to 100 % confidence" in said, "what the dot stands for")

    field = page.locator(".st-key-sample_index input")
    field.fill("321")
    field.press("Enter")
    settle(page)
    page.locator(".st-key-inspect button").first.click()
    expect(opened).to_contain_text("no. 321 of 1,000")
    for button, shown in (("Next", 322), ("Previous", 321), ("Previous", 320)):
        opened.get_by_role("button", name=button).click()
        expect(opened).to_contain_text(f"no. {shown} of 1,000")
    label = re.match(r"\d", opened.locator(".st-key-sample strong").inner_text())[0]
    opened.get_by_role("button", name="Draw").click()
    expect(page.locator(".st-key-canvas").first).to_be_visible()
    expect(page.locator(".st-key-prediction")).to_contain_text(label)  # the network of Draw knows this image
    click_menu(page, "Evaluate")
    expect(field).to_have_value("321")
    expect_images_of(page, 9, left)


def test_on_a_phone_a_tap_shows_a_cells_images_and_opens_one_and_all_fits(phone: Page, app_url: str) -> None:
    open_page(phone, app_url)
    for actual, predicted in ((3, 3), (0, 0), (9, 9)):
        cell(phone, actual, predicted).tap()
        expect_images_of(phone, actual, predicted)
    swipe_up(phone, phone.locator(".st-key-reliability .nsewdrag"))
    phone.locator(".st-key-cell button").first.tap()
    opened = phone.get_by_role("dialog")
    expect(opened.locator("tbody tr")).to_have_count(10)
    for part in ("[data-testid=stMain]", "[role=dialog]"):
        width, wide = phone.evaluate(
            """part => [innerWidth, [...document.querySelectorAll(`${part} *`)]
                .filter(one => one instanceof HTMLElement && one.getBoundingClientRect().right > innerWidth + 1)
                .map(element => element.className.toString())]""",
            part,
        )
        assert (width, wide) == (390, []), part
