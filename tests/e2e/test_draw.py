"""Draw as a visitor uses it: with mouse and finger, with pictures and files, with a page left and come back to."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from model.ink import Drawing, read_ink
from model.nn.classifier import DigitClassifier
from model.nn.mlp import MLP
from model.training.checkpoint import Checkpoint
from tests.e2e.driver import draw, settle
from tests.inference.test_classification import doubting
from tests.pages.test_draw import picture_of_a_one
from tests.paths import INK as INK_FILE

INK = list(read_ink(INK_FILE))
# Two cores may be busy with other tests.
expect.set_options(timeout=15_000)

PAPER = '.st-key-canvas canvas[data-fabric="top"]'


def strokes_of(label: str) -> list[list[list[float]]]:
    return next([stroke.tolist() for stroke in drawing.strokes] for drawing in INK if drawing.label == label)


def open_draw(page: Page, url: str) -> None:
    page.goto(f"{url}/draw")
    page.locator(PAPER).wait_for()
    settle(page)


def prediction(page: Page) -> Locator:
    return page.locator(".st-key-prediction")


def expect_digit(page: Page, digit: str) -> None:
    expect(prediction(page)).to_have_text(re.compile(rf"^\s*{digit}\s+(> )?\d+\.\d %\s*$"))


def expect_blank(page: Page) -> None:
    settle(page)
    expect(prediction(page)).to_have_text("Draw a digit")
    fills = page.locator(".st-key-probabilities .bar-fill")
    expect(fills).to_have_count(10)
    assert fills.evaluate_all("fills => fills.every(fill => fill.offsetHeight === 0)")


def saved(page: Page) -> Drawing:
    """The drawing, as the visitor may download it."""
    settle(page)
    with page.expect_download() as download:
        page.locator(".st-key-download_ink button").click()
    assert download.value.suggested_filename == "drawing.jsonl"
    (line,) = Path(download.value.path()).read_text().splitlines()
    return Drawing.from_json(line)


def inked(page: Page) -> np.ndarray:
    """Left, top, right and bottom of the ink that the canvas shows, in its pixels."""
    box = page.locator('.st-key-canvas canvas.dc-canvas[data-fabric="main"]').evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
            const xs = [], ys = []
            for (let index = 0; index < data.length; index += 4)
                if (data[index] > 127) {
                    xs.push(index / 4 % canvas.width)
                    ys.push(Math.floor(index / 4 / canvas.width))
                }
            return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1]
        }"""
    )
    return np.array(box, float)


def drawn_box(drawing: Drawing) -> np.ndarray:
    points = np.concatenate(drawing.strokes)
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def upload_picture(page: Page, content: bytes) -> None:
    file: FilePayload = {"name": "one.png", "mimeType": "image/png", "buffer": content}
    page.locator(".st-key-picture input").set_input_files(file)


def test_blank_paper_gives_no_digit(page: Page, app_url: str) -> None:
    open_draw(page, app_url)
    expect_blank(page)
    expect(page.locator(".st-key-download_ink button")).to_be_disabled()


def test_the_digit_drawn_is_read_and_cleared_away(page: Page, app_url: str) -> None:
    open_draw(page, app_url)
    for label in "847":
        draw(page, strokes_of(label))
        expect_digit(page, label)
        expect(page.locator(".st-key-probabilities .bar-best")).to_contain_text(label)
        page.locator(".st-key-clear button").click()
        expect_blank(page)


def test_what_is_saved_is_what_was_drawn(page: Page, app_url: str) -> None:
    open_draw(page, app_url)
    draw(page, strokes_of("4"))
    drawing = saved(page)
    assert len(drawing.strokes) == len(strokes_of("4"))
    reach = drawing.pen / 2
    np.testing.assert_allclose(drawn_box(drawing) + reach * np.array([-1, -1, 1, 1]), inked(page), atol=2)


def test_strokes_in_quick_succession_are_all_kept(page: Page, app_url: str) -> None:
    """Faster than the answers come: each stroke may meet the answer to an earlier one."""
    open_draw(page, app_url)
    box = page.locator(PAPER).bounding_box()
    for index in range(12):
        x = box["x"] + 30 + 20 * index
        page.mouse.move(x, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(x, box["y"] + 140, steps=4)
        page.mouse.move(x, box["y"] + 220, steps=4)
        page.mouse.up()
        page.wait_for_timeout(40 * (index % 5))
    settle(page, quiet=0.6)
    assert len(saved(page).strokes) == 12


def test_a_stroke_scaled_with_the_tools_is_read_as_it_is_shown(page: Page, app_url: str) -> None:
    open_draw(page, app_url)
    draw(page, [[[0, 0], [10, 4], [20, 11], [30, 19], [40, 30]]], margin=100)
    before = inked(page)
    box = page.locator(PAPER).bounding_box()
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
    after = inked(page)
    assert (after[2:] - after[:2]).min() > 1.5 * (before[2:] - before[:2]).min()
    middle = (after[:2] + after[2:]) / 2
    shown = drawn_box(saved(page))
    np.testing.assert_allclose((shown[:2] + shown[2:]) / 2, middle, atol=2)
    scale = (after[2:] - after[:2]) / (before[2:] - before[:2])
    np.testing.assert_allclose(shown[2:] - shown[:2], (before[2:] - before[:2] - 16) * scale, atol=3)


def test_a_drawing_outlives_another_page_and_a_reload(page: Page, app_url: str) -> None:
    open_draw(page, app_url)
    draw(page, strokes_of("3"))
    expect_digit(page, "3")
    before = inked(page)

    page.get_by_role("link", name="Home").first.click()
    expect(page.locator(".st-key-reading")).to_be_visible()
    page.get_by_role("link", name="Draw").first.click()
    expect_digit(page, "3")
    settle(page)
    np.testing.assert_allclose(inked(page), before, atol=2)

    page.reload()
    expect_digit(page, "3")
    settle(page)
    np.testing.assert_allclose(inked(page), before, atol=2)

    draw(page, [[[0, 0], [50, 0], [100, 0], [150, 0]]])
    assert len(saved(page).strokes) == len(strokes_of("3")) + 1
    page.locator(".st-key-clear button").click()
    expect_blank(page)
    page.reload()
    expect(page.locator(PAPER)).to_be_visible()
    expect_blank(page)


def test_a_picture_is_read_until_something_is_drawn(page: Page, app_url: str) -> None:
    open_draw(page, app_url)
    upload_picture(page, picture_of_a_one())
    expect_digit(page, "1")
    expect(page.locator(".st-key-seen")).to_contain_text("your photo")
    draw(page, strokes_of("2"))
    expect_digit(page, "2")
    expect(page.locator(".st-key-seen")).not_to_contain_text("your photo")


def test_a_broken_picture_gets_a_message_and_drawing_goes_on(page: Page, app_url: str) -> None:
    open_draw(page, app_url)
    for content, message in (
        (b"no picture at all", "must be a PNG, JPEG"),
        (picture_of_a_one()[:150], "damaged or cut short|cannot be read"),
        (picture_of_a_one("TIFF"), "must be a PNG, JPEG"),
    ):
        upload_picture(page, content)
        expect(page.get_by_role("alert")).to_contain_text(re.compile(message))
        expect_blank(page)
    draw(page, strokes_of("7"))
    expect_digit(page, "7")
    expect(page.get_by_role("alert")).to_have_count(0)


ONLY_NINES = DigitClassifier(MLP((784, 10)))
ONLY_NINES.mlp.layers[0].biases[9] = 1


def upload_network(page: Page, name: str, network: DigitClassifier) -> None:
    content = Checkpoint(network).to_bytes()
    page.locator(".st-key-network_file input").set_input_files(
        {"name": f"{name}.safetensors", "mimeType": "application/octet-stream", "buffer": content}
    )


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
    open_draw(page, app_url)
    for name, forge in FORGERIES.items():
        draw(page, [[[0, 0], [10, 20], [20, 40]]])
        expect(page.get_by_role("alert"), name).to_contain_text("The drawing can't be read")
        expect_blank(page)
        forge = None
        page.locator(".st-key-clear button").click()
        expect(page.get_by_role("alert"), name).to_have_count(0)
        settle(page)
    draw(page, strokes_of("5"))
    expect_digit(page, "5")


def test_a_finger_draws_without_moving_the_page(browser: Browser, app_url: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    page = context.new_page()
    open_draw(page, app_url)
    box = page.locator(PAPER).bounding_box()
    touch = context.new_cdp_session(page)
    for stroke in strokes_of("3"):
        points = np.array(stroke)
        points = (points - points.min(axis=0)) / np.ptp(points, axis=0).max() * 200 + [box["x"] + 60, box["y"] + 40]
        for index, (x, y) in enumerate(points.tolist()):
            kind = "touchMove" if index else "touchStart"
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect_digit(page, "3")
    settle(page)
    assert page.locator(PAPER).bounding_box() == box
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # The answer and all bars are on the screen together with the canvas.
    bars = page.locator(".st-key-probabilities").bounding_box()
    assert bars["y"] + bars["height"] <= 844
    context.close()


def test_an_uploaded_network_reads_and_a_broken_one_is_refused(page: Page, app_url: str) -> None:
    open_draw(page, app_url)
    draw(page, strokes_of("1"))
    expect_digit(page, "1")

    page.get_by_text("Load a model file").click()
    upload = page.locator(".st-key-network_file input")
    upload.set_input_files({"name": "broken.safetensors", "mimeType": "application/octet-stream", "buffer": b"\0" * 64})
    expect(page.get_by_role("alert")).to_contain_text("broken.safetensors")
    expect_digit(page, "1")

    upload_network(page, "nine", ONLY_NINES)
    expect(page.get_by_role("combobox", name="Network")).to_have_value("nine")
    # e / (e + 9) to the nine, 1 / (e + 9) to each other: far from sure, so it is a guess, and another is named.
    expect(prediction(page)).to_have_text("perhaps a 9, or a 0")
    expect(page.get_by_text("9: 23.2 %, 0: 8.5 %")).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids="{0[0]} px".format)
def test_nothing_moves_between_an_answer_a_guess_and_what_is_no_digit(
    page: Page, app_url: str, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_draw(page, app_url)
    parts = [page.locator(f".st-key-{name}") for name in ("prediction", "seen", "probabilities")]
    at_first = [part.bounding_box() for part in parts]
    draw(page, strokes_of("1"))
    page.get_by_text("Load a model file").click()
    likely, torn = {4: 0.9, 9: 0.1}, {8: 0.6, 4: 0.4}
    for name, network, said in (
        ("sure", doubting(likely, 0.97), re.compile(r"^4\s+90.0 %$")),
        ("torn", doubting(torn, 0.97), "perhaps an 8, or a 4"),
        ("doubtful", doubting(likely, 0.6), "perhaps a 4"),
        ("none", doubting(likely, 0.1), "That doesn't look like a digit"),
        ("unable", ONLY_NINES, "perhaps a 9, or a 0"),
    ):
        upload_network(page, name, network)
        expect(prediction(page)).to_have_text(said)
        settle(page)
        page.locator("h1").scroll_into_view_if_needed()
        assert [part.bounding_box() for part in parts] == at_first, name
        dimmed = page.locator(".st-key-probabilities .bars-dimmed")
        expect(dimmed).to_have_count(1 if name == "none" else 0)
        words, image = page.locator(".answer").bounding_box(), page.locator(".seen").bounding_box()
        assert words["x"] + words["width"] <= image["x"]
        assert page.locator(".answer").evaluate("answer => answer.scrollWidth <= answer.clientWidth"), name


def test_home_shows_digits_being_read(page: Page, app_url: str) -> None:
    page.goto(app_url)
    digit = page.locator(".st-key-reading .answer-digit")
    expect(digit).to_have_text(re.compile(r"^\d$"))
    expect(page.locator(".st-key-reading .bar-best")).to_have_count(1)
    settle(page)
    page.locator(".st-key-card_draw").get_by_role("link").click()
    expect(page.locator(PAPER)).to_be_visible()
