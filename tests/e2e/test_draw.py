"""Draw as a visitor uses it: with mouse and finger, with pictures and files, with a page left and come back to."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, FloatRect, Page, expect

from model.ink import Drawing, read_ink
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from tests.e2e import probes
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.draw_page import DrawPage, strokes_of
from tests.e2e.finger import Finger
from tests.e2e.patience import until, until_equal
from tests.e2e.train_page import click_menu, unfold
from tests.inference.test_classification import doubting
from tests.pages.test_draw import picture_of_a_one
from tools.page_actions import PAPER, settle


def drawn_box(drawing: Drawing) -> np.ndarray:
    points = np.concatenate(drawing.strokes)
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def test_a_digit_is_read_saved_kept_and_cleared_away(page: Page, app_url: str) -> None:
    visitor = DrawPage(page, app_url).open()
    visitor.expect_blank()
    for tool in ("undo", "redo", "clear", "download_ink"):
        expect(page.locator(f".st-key-{tool} button")).to_have_attribute("aria-disabled", "true")
    for label in "83":
        visitor.draw(strokes_of(label))
        visitor.expect_digit(label)
        expect(page.get_by_role("status")).to_contain_text([f"{label} "])  # for who hears the page
        expect(page.locator(".st-key-probabilities .bar-best")).to_contain_text(label)
        drawing = visitor.saved()
        assert len(drawing.strokes) == len(strokes_of(label))
        box = drawn_box(drawing) + drawing.pen / 2 * np.array([-1, -1, 1, 1])
        np.testing.assert_allclose(box, visitor.ink_box(), atol=2)
        if label != "3":
            visitor.clear()

    # It outlives another page, another size of the window and a reload.
    before = visitor.ink_box()
    click_menu(page, "Home")
    expect(page.locator(".st-key-reading")).to_be_visible()
    page.set_viewport_size({"width": 844, "height": 390})
    click_menu(page, "Draw")
    visitor.expect_digit("3")
    settle(page)
    np.testing.assert_allclose(visitor.ink_box(), before, atol=2)
    paper, answer = visitor.paper.bounding_box(), page.locator(".st-key-prediction").bounding_box()
    assert answer["x"] > paper["x"] + paper["width"]  # a phone on its side has the answer beside the paper
    assert paper["y"] + paper["height"] <= 390

    page.set_viewport_size({"width": 1280, "height": 900})
    page.reload()
    visitor.expect_digit("3")
    settle(page)
    np.testing.assert_allclose(visitor.ink_box(), before, atol=2)
    visitor.draw([[[0, 0], [50, 0], [100, 0], [150, 0]]])
    assert len(visitor.saved().strokes) == len(strokes_of("3")) + 1
    visitor.clear()
    page.reload()
    expect(page.locator(PAPER)).to_be_visible()
    visitor.expect_blank()


def test_every_point_of_the_paper_draws_and_every_stroke_ends(
    new_context: Callable[..., BrowserContext], app_url: str
) -> None:
    page = new_context(has_touch=True).new_page()
    visitor = DrawPage(page, app_url).open()
    box = visitor.paper.bounding_box()

    def place(x: float, y: float) -> dict[str, float]:
        return {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}

    finger = Finger(page)

    def finger_draws(*points: tuple[float, float], end: Callable[[], None] = finger.lift) -> None:
        finger.down(**place(*points[0]))
        for point in points[1:]:
            finger.move(**place(*point))
        end()

    def mouse_draws(*points: tuple[float, float]) -> None:
        page.mouse.move(*place(*points[0]).values())
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*place(*point).values(), steps=4)
        page.mouse.up()

    def expect_strokes(number: int) -> Drawing:
        return until(page, visitor.saved, lambda drawing: len(drawing.strokes) == number, f"{number} strokes")

    # A finger, where a toolbar used to lie over the paper: three strokes at the top right, one of them interrupted.
    finger_draws((0.8, 0.05), (0.6, 0.1), (0.6, 0.3))
    finger_draws((0.93, 0.04), (0.95, 0.2), end=finger.cancel)
    finger_draws((0.98, 0.01), (0.9, 0.3), (0.8, 0.5))
    drawing = expect_strokes(3)
    assert drawn_box(drawing)[[1, 2]] == pytest.approx([0.01 * 280, 0.98 * 280], abs=3)
    # A mouse: one stroke ends over a disabled button, and the mouse comes back without drawing.
    page.evaluate(
        """([x, y]) => {
            const button = document.body.appendChild(document.createElement("button"))
            button.disabled = true
            button.style = `position: fixed; left: ${x - 30}px; top: ${y - 10}px; width: 60px; height: 20px; z-index: 9`
        }""",
        list(place(0.4, 1.05).values()),
    )
    mouse_draws((0.9, 0.02), (0.5, 0.5), (0.4, 1.05))
    page.mouse.move(*place(0.4, 0.8).values(), steps=3)
    page.mouse.move(*place(0.1, 0.5).values(), steps=3)
    drawing = expect_strokes(4)
    assert drawing.strokes[3][:, 1].max() == pytest.approx(280)  # cut at the sheet's border
    # Keyboard shortcuts undo and redo strokes, and Clear too; the canvas element stays.
    probes.mark(visitor.paper)
    for key, number in (("Control+z", 3), ("Control+Shift+Z", 4), ("Control+z", 3), ("Control+y", 4)):
        page.keyboard.press(key)
        expect_strokes(number)
    page.keyboard.press("c")
    visitor.expect_blank()
    page.locator(".st-key-undo button").click()
    expect_strokes(4)
    assert visitor.paper.bounding_box() == box
    assert probes.are_marked(visitor.paper)
    # An eraser takes away whole strokes that a mouse or a finger touches with it; Undo and Redo know it.
    page.keyboard.press("c")
    visitor.expect_blank()
    for x in (0.2, 0.5, 0.8):
        mouse_draws((x, 0.2), (x, 0.8))
    expect_strokes(3)
    page.keyboard.press("e")
    expect(page.locator(".st-key-eraser button")).to_have_attribute("aria-pressed", "true")
    mouse_draws((0.35, 0.5), (0.4, 0.9))  # touches nothing
    mouse_draws((0.4, 0.5), (0.6, 0.5))
    assert expect_strokes(2).strokes[1][0, 0] == pytest.approx(0.8 * 280, abs=3)
    np.testing.assert_allclose(visitor.ink_box()[[0, 2]], [0.2 * 280 - 8, 0.8 * 280 + 8], atol=3)
    finger_draws((0.1, 0.3), (0.3, 0.4))
    expect_strokes(1)
    for key, number in (("Control+z", 2), ("Control+z", 3), ("Control+y", 2)):
        page.keyboard.press(key)
        expect_strokes(number)
    page.locator(".st-key-eraser button").click()
    mouse_draws((0.1, 0.9), (0.9, 0.9))
    expect_strokes(3)
    # In quick succession, faster than the answers come: each stroke may meet the answer to an earlier one.
    page.keyboard.press("c")
    visitor.expect_blank()
    for index in range(12):
        mouse_draws(*((0.1 + 0.07 * index, y) for y in (0.2, 0.5, 0.8)))
        page.wait_for_timeout(40 * (index % 5))  # a rhythm of the visitor's own
    expect_strokes(12)


def test_a_picture_is_shown_and_read_until_something_is_drawn(page: Page, app_url: str) -> None:
    visitor = DrawPage(page, app_url).open()
    visitor.upload_picture(picture_of_a_one()[:150])
    expect(visitor.alert).to_contain_text(re.compile("damaged or cut short|cannot be read"))
    expect(page.locator(".st-key-prediction")).to_have_text("The picture can't be read")
    for kind in ("PNG", "HEIF"):
        visitor.upload_picture(picture_of_a_one(kind))
        visitor.expect_digit("1")
        expect(visitor.alert).to_have_count(0)
        expect(page.locator(".st-key-seen")).to_contain_text("the picture")
        # The picture is 400 pixels wide; its line, at 185, is 30 wide and 280 high. A frame of 2 pixels is around it.
        paper, crop = visitor.paper.bounding_box(), page.locator(".paper-crop").bounding_box()
        assert (crop["x"] - paper["x"]) / paper["width"] == pytest.approx(185 / 400, abs=0.02)
        assert crop["width"] / paper["width"] == pytest.approx(30 / 400, abs=0.03)
        assert crop["height"] / paper["height"] == pytest.approx(280 / 400, abs=0.03)
        if kind == "PNG":
            visitor.clear()
            expect(page.locator(".paper-photo")).to_be_hidden()
            expect(page.get_by_text("one.png")).to_have_count(0)
    visitor.draw(strokes_of("2"))
    visitor.expect_digit("2")
    expect(page.locator(".st-key-seen")).not_to_contain_text("the picture")
    expect(page.get_by_text("one.png")).to_have_count(0)


def test_drawings_of_the_visit_come_back_and_are_labeled_and_saved(page: Page, app_url: str) -> None:
    visitor = DrawPage(page, app_url).open()
    kept = page.locator(".strip-item")
    expect(kept).to_have_count(0)
    visitor.draw(strokes_of("4"))
    visitor.expect_digit("4")
    # The path without a pen: a sample digit by the keyboard, then all networks' answers to it.
    page.locator(".st-key-sample button").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="7", exact=True).focus()
    page.keyboard.press("Enter")
    visitor.expect_digit("7")
    expect(kept).to_have_text([re.compile(r"^\s*7"), re.compile(r"^\s*4")])
    page.locator(".st-key-compare summary").click()
    expect(page.locator(".rival", has_text="handwriting").locator(".rival-digit")).to_have_text("7")

    kept.nth(1).click()
    visitor.expect_digit("4")
    expect(kept.nth(1)).to_have_attribute("aria-pressed", "true")
    page.locator(".strip-label", has_text="9").click()
    expect(kept.nth(1)).to_have_accessible_name("Drawing 1, read as 4, labeled 9")
    settle(page)
    with page.expect_download() as download:
        page.locator(".st-key-download_drawings button").first.click()
    saved = list(read_ink(Path(download.value.path())))
    assert [(drawing.label, len(drawing.strokes)) for drawing in saved] == [("9", len(strokes_of("4"))), (None, 1)]
    page.locator(".st-key-undo button").click()  # undoes that the 4 came back
    visitor.expect_digit("7")
    page.locator(".strip-delete").click()
    visitor.expect_blank()
    expect(kept).to_have_count(1)
    page.locator(".strip-delete-all").click()
    expect(kept).to_have_count(0)


ONLY_NINES = DigitClassifier(MLP((784, 10)))
ONLY_NINES.mlp.layers[0].biases[9] = 1


def test_a_finger_draws_without_moving_the_page(phone: Page, app_url: str) -> None:
    visitor = DrawPage(phone, app_url).open()
    box = visitor.paper.bounding_box()
    finger = Finger(phone)
    for stroke in strokes_of("3"):
        points = np.array(stroke)
        points = (points - points.min(axis=0)) / np.ptp(points, axis=0).max() * 200 + [box["x"] + 60, box["y"] + 40]
        finger.down(*points[0].tolist())
        for point in points[1:].tolist():
            finger.move(*point)
        finger.lift()
    visitor.expect_digit("3")
    settle(phone)
    until_equal(phone, visitor.paper.bounding_box, box, "the place of the paper")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    # The answer and all bars are on the screen together with the canvas.
    bars = phone.locator(".st-key-probabilities").bounding_box()
    assert bars["y"] + bars["height"] <= phone.locator(".st-key-tab_bar").bounding_box()["y"]


def test_nothing_moves_between_an_answer_a_guess_and_what_is_no_digit(page: Page, app_url: str) -> None:
    visitor = DrawPage(page, app_url).open()
    parts = [page.locator(f".st-key-{name}") for name in ("prediction", "seen", "probabilities")]

    def places() -> list[list[FloatRect | None]]:
        """Where the parts are, in a large window and on a phone."""
        found = []
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            page.locator("h1").scroll_into_view_if_needed()
            found.append([part.bounding_box() for part in parts])
            words, image = page.locator(".answer"), page.locator(".seen")
            right = words.evaluate("words => words.getBoundingClientRect().left + words.scrollWidth")
            assert right <= image.bounding_box()["x"], words.inner_text()
        return found

    at_first = places()
    visitor.draw(strokes_of("1"))
    unfold(page, "network_file")
    upload = page.locator(".st-key-network_file input")
    upload.set_input_files({"name": "broken.safetensors", "mimeType": "application/octet-stream", "buffer": b"\0" * 64})
    expect(visitor.alert).to_contain_text("broken.safetensors")
    visitor.expect_digit("1")
    likely, torn = {4: 0.9, 9: 0.1}, {8: 0.6, 4: 0.4}
    for name, network, said in (
        ("sure", doubting(likely, 0.97), re.compile(r"^4\s+90.0 %$")),
        ("torn", doubting(torn, 0.97), "perhaps an 8, or a 4"),
        ("doubtful", doubting(likely, 0.6), "perhaps a 4"),
        ("none", doubting(likely, 0.1), "That doesn't look like a digit"),
        ("unable", ONLY_NINES, "perhaps a 9, or a 0"),
    ):
        visitor.upload_network(name, network)
        expect(visitor.prediction).to_have_text(said)
        settle(page)
        assert places() == at_first, name
        dimmed = page.locator(".st-key-probabilities .bars-dimmed")
        expect(dimmed).to_have_count(1 if name == "none" else 0)
    # e / (e + 9) to the nine, 1 / (e + 9) to each other: far from sure, so it is a guess, and another is named.
    expect(page.get_by_text("9: 23.2 %, 0: 8.5 %")).to_be_visible()
    expect(page.locator(".st-key-network").get_by_role("combobox")).to_have_value("unable")
