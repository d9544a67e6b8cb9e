"""Draw as a visitor uses it: with mouse and finger, with pictures and files, with a page left and come back to."""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from model.ink import Drawing
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from tests.e2e.draw_page import DrawPage, strokes_of
from tests.e2e.patience import until_equal
from tests.e2e.train_page import click_menu, unfold
from tests.inference.test_classification import doubting
from tests.pages.test_draw import picture_of_a_one
from tools.page_actions import PAPER, settle


def drawn_box(drawing: Drawing) -> np.ndarray:
    points = np.concatenate(drawing.strokes)
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def test_the_digit_drawn_is_read_saved_and_cleared_away(page: Page, app_url: str) -> None:
    visitor = DrawPage(page, app_url).open()
    visitor.expect_blank()
    expect(page.locator(".st-key-download_ink button")).to_be_disabled()
    for label in "847":
        visitor.draw(strokes_of(label))
        visitor.expect_digit(label)
        expect(page.locator(".st-key-probabilities .bar-best")).to_contain_text(label)
        drawing = visitor.saved()
        assert len(drawing.strokes) == len(strokes_of(label))
        reach = drawing.pen / 2
        box = drawn_box(drawing) + reach * np.array([-1, -1, 1, 1])
        np.testing.assert_allclose(box, visitor.ink_box(), atol=2)
        visitor.clear()


def test_strokes_in_quick_succession_are_all_kept(page: Page, app_url: str) -> None:
    """Faster than the answers come: each stroke may meet the answer to an earlier one."""
    visitor = DrawPage(page, app_url).open()
    box = visitor.paper.bounding_box()
    for index in range(12):
        x = box["x"] + 30 + 20 * index
        page.mouse.move(x, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(x, box["y"] + 140, steps=4)
        page.mouse.move(x, box["y"] + 220, steps=4)
        page.mouse.up()
        page.wait_for_timeout(40 * (index % 5))  # a rhythm of the visitor's own
    until_equal(page, lambda: len(visitor.saved().strokes), 12, "strokes saved")


def test_a_stroke_scaled_with_the_tools_is_read_as_it_is_shown(page: Page, app_url: str) -> None:
    visitor = DrawPage(page, app_url).open()
    visitor.draw([[[0, 0], [10, 4], [20, 11], [30, 19], [40, 30]]], margin=100)
    before = visitor.ink_box()
    box = visitor.paper.bounding_box()
    page.mouse.move(box["x"] + 140, box["y"] + 140)
    page.locator(".dc-toolbar").get_by_title("Edit", exact=True).click()
    page.mouse.click(box["x"] + 140, box["y"] + 140)
    # The handle sits at the corner of the stroke's box, which its pen's width is part of.
    page.mouse.move(box["x"] + before[2], box["y"] + before[3])
    page.mouse.down()
    page.mouse.move(box["x"] + 240, box["y"] + 260, steps=8)
    page.mouse.up()
    settle(page, quiet=0.6)
    page.mouse.click(box["x"] + 20, box["y"] + 270)  # lets go of the stroke, so that its frame is not taken for ink
    settle(page, quiet=0.6)
    after = visitor.ink_box()
    assert (after[2:] - after[:2]).min() > 1.5 * (before[2:] - before[:2]).min()
    middle = (after[:2] + after[2:]) / 2
    shown = drawn_box(visitor.saved())
    np.testing.assert_allclose((shown[:2] + shown[2:]) / 2, middle, atol=2)
    scale = (after[2:] - after[:2]) / (before[2:] - before[:2])
    np.testing.assert_allclose(shown[2:] - shown[:2], (before[2:] - before[:2] - 16) * scale, atol=3)


def test_a_drawing_outlives_another_page_and_a_reload(page: Page, app_url: str) -> None:
    visitor = DrawPage(page, app_url).open()
    visitor.draw(strokes_of("3"))
    visitor.expect_digit("3")
    before = visitor.ink_box()

    click_menu(page, "Home")
    expect(page.locator(".st-key-reading")).to_be_visible()
    click_menu(page, "Draw")
    visitor.expect_digit("3")
    settle(page)
    np.testing.assert_allclose(visitor.ink_box(), before, atol=2)

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


def test_a_picture_is_read_until_something_is_drawn(page: Page, app_url: str) -> None:
    visitor = DrawPage(page, app_url).open()
    visitor.upload_picture(picture_of_a_one())
    visitor.expect_digit("1")
    expect(page.locator(".st-key-seen")).to_contain_text("your photo")
    visitor.draw(strokes_of("2"))
    visitor.expect_digit("2")
    expect(page.locator(".st-key-seen")).not_to_contain_text("your photo")


def test_a_broken_picture_gets_a_message_and_drawing_goes_on(page: Page, app_url: str) -> None:
    visitor = DrawPage(page, app_url).open()
    for content, message in (
        (b"no picture at all", "must be a PNG, JPEG"),
        (picture_of_a_one()[:150], "damaged or cut short|cannot be read"),
        (picture_of_a_one("TIFF"), "must be a PNG, JPEG"),
    ):
        visitor.upload_picture(content)
        expect(visitor.alert).to_contain_text(re.compile(message))
        visitor.expect_blank()
    visitor.draw(strokes_of("7"))
    visitor.expect_digit("7")
    expect(visitor.alert).to_have_count(0)


ONLY_NINES = DigitClassifier(MLP((784, 10)))
ONLY_NINES.mlp.layers[0].biases[9] = 1


FORGERIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a text for the drawing": lambda sent: {"drawing": "forged"},
    "a list for its state": lambda sent: {"drawing": {"raw": [1, 2, 3]}},
    "no numbers": lambda sent: {"drawing": {"raw": {"objects": [{"type": "Path", "path": [["M", "x", None]]}]}}},
    "not a number": lambda sent: {
        "drawing": {"raw": {"objects": [{"type": "Path", "path": [["M", float("nan"), 1]]}]}}
    },
    "too many points": lambda sent: {
        "drawing": {"raw": {"objects": [{"type": "Path", "path": [["M", 0, 0]] + [["L", 1, 1]] * 100_000}]}}
    },
    "a false background": lambda sent: sent | {"backgroundFit": "forged"},
}


def test_a_forged_drawing_gets_a_message_and_the_page_goes_on(page: Page, app_url: str) -> None:
    forge: Callable[[dict[str, Any]], Any] | None = None

    def pass_on(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def send(message: str | bytes) -> None:
            if forge and isinstance(message, bytes):
                request = BackMsg.FromString(message)
                for widget in request.rerun_script.widget_states.widgets:
                    if "-sheet_" in widget.id:
                        widget.json_value = json.dumps(forge(json.loads(widget.json_value)))
                message = request.SerializeToString()
            server.send(message)

        route.on_message(send)

    page.route_web_socket(re.compile("/_stcore/stream"), pass_on)
    visitor = DrawPage(page, app_url).open()
    for name, forge in FORGERIES.items():
        visitor.draw([[[0, 0], [10, 20], [20, 40]]])
        expect(visitor.alert, name).to_contain_text("The drawing can't be read")
        visitor.expect_blank()
        forge = None
        page.locator(".st-key-clear button").click()
        expect(visitor.alert, name).to_have_count(0)
        settle(page)
    visitor.draw(strokes_of("5"))
    visitor.expect_digit("5")


def test_a_finger_draws_without_moving_the_page(phone: Page, app_url: str) -> None:
    visitor = DrawPage(phone, app_url).open()
    box = visitor.paper.bounding_box()
    touch = phone.context.new_cdp_session(phone)
    for stroke in strokes_of("3"):
        points = np.array(stroke)
        points = (points - points.min(axis=0)) / np.ptp(points, axis=0).max() * 200 + [box["x"] + 60, box["y"] + 40]
        for index, (x, y) in enumerate(points.tolist()):
            kind = "touchMove" if index else "touchStart"
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    visitor.expect_digit("3")
    settle(phone)
    until_equal(phone, visitor.paper.bounding_box, box, "the place of the paper")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    # The answer and all bars are on the screen together with the canvas.
    bars = phone.locator(".st-key-probabilities").bounding_box()
    assert bars["y"] + bars["height"] <= 844


def test_an_uploaded_network_reads_and_a_broken_one_is_refused(page: Page, app_url: str) -> None:
    visitor = DrawPage(page, app_url).open()
    visitor.draw(strokes_of("1"))
    visitor.expect_digit("1")

    unfold(page, "network_file")
    upload = page.locator(".st-key-network_file input")
    upload.set_input_files({"name": "broken.safetensors", "mimeType": "application/octet-stream", "buffer": b"\0" * 64})
    expect(visitor.alert).to_contain_text("broken.safetensors")
    visitor.expect_digit("1")

    visitor.upload_network("nine", ONLY_NINES)
    expect(page.locator(".st-key-network").get_by_role("combobox")).to_have_value("nine")
    # e / (e + 9) to the nine, 1 / (e + 9) to each other: far from sure, so it is a guess, and another is named.
    expect(visitor.prediction).to_have_text("perhaps a 9, or a 0")
    expect(page.get_by_text("9: 23.2 %, 0: 8.5 %")).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids="{0[0]} px".format)
def test_nothing_moves_between_an_answer_a_guess_and_what_is_no_digit(
    page: Page, app_url: str, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    visitor = DrawPage(page, app_url).open()
    parts = [page.locator(f".st-key-{name}") for name in ("prediction", "seen", "probabilities")]
    at_first = [part.bounding_box() for part in parts]
    visitor.draw(strokes_of("1"))
    unfold(page, "network_file")
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
        page.locator("h1").scroll_into_view_if_needed()
        assert [part.bounding_box() for part in parts] == at_first, name
        dimmed = page.locator(".st-key-probabilities .bars-dimmed")
        expect(dimmed).to_have_count(1 if name == "none" else 0)
        words, image = page.locator(".answer").bounding_box(), page.locator(".seen").bounding_box()
        assert words["x"] + words["width"] <= image["x"]
        assert page.locator(".answer").evaluate("answer => answer.scrollWidth <= answer.clientWidth"), name
