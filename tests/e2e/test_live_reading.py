"""The answer follows the pen: the browser reads at once, and the app's answer takes its place when it comes."""

import re

import numpy as np
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.draw_page import DrawPage, press, strokes_of
from tests.e2e.page_errors import forgive
from tests.e2e.test_draw import ONLY_NINES
from tests.e2e.test_layout import expect_nothing_moved, watch
from tests.e2e.train_page import unfold
from tools.page_actions import settle

BUSY = ".st-key-answer_side[aria-busy=true]"  # the answer is the browser's
COLLECT_TEXTS = """element => {
    window.announced = []
    new MutationObserver(() => announced.push(element.textContent)).observe(element, { childList: true, subtree: true })
}"""


class Connection:
    """The page's connection with the app; while it is held, no answer on the page can be the app's."""

    def __init__(self, page: Page) -> None:
        self._held: list[str | bytes] = []
        self._is_held = False
        page.route_web_socket(re.compile("/_stcore/stream"), self._connect)

    def _connect(self, route: WebSocketRoute) -> None:
        self._server = route.connect_to_server()
        route.on_message(lambda message: self._held.append(message) if self._is_held else self._server.send(message))

    def hold(self) -> None:
        self._is_held = True

    def let_go(self) -> None:
        self._is_held = False
        while self._held:
            self._server.send(self._held.pop(0))


def test_the_answer_follows_the_pen_and_the_app_confirms_it(page: Page, app_url: str) -> None:
    connection = Connection(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visitor = DrawPage(page, app_url).open()
    visitor.wait_for_reader()
    (three,), busy = strokes_of("3"), page.locator(BUSY)
    watch(page)
    press(page, visitor.paper, three)
    visitor.expect_digit("3")
    expect(busy).to_have_count(1)
    expect(page.locator(".st-key-probabilities .bar-best")).to_contain_text("3")
    page.evaluate(
        """() => {
            window.answers = new Set()
            const note = () => answers.add(document.querySelector(".st-key-prediction .answer-digit")?.textContent)
            const answer = document.querySelector(".st-key-answer")
            new MutationObserver(note).observe(answer, { childList: true, subtree: true })
        }"""
    )
    drawn = page.locator(".seen canvas").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data]"
    )
    page.mouse.up()
    expect(page.locator(".strip-item")).to_have_count(1)
    expect(busy).to_have_count(0)
    settle(page)
    visitor.expect_digit("3")
    assert page.evaluate("[...answers]") == ["3"]
    expect_nothing_moved(page, "the answer")
    # The app's image is what the browser has read.
    expect(page.locator(".seen canvas")).to_have_count(0)
    sent = page.locator(".seen img").evaluate(
        """image => {
            const canvas = new OffscreenCanvas(28, 28)
            canvas.getContext("2d").drawImage(image, 0, 0)
            return [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data]
        }"""
    )
    assert max(sent) == 255
    np.testing.assert_allclose(sent, drawn, atol=12)  # of 255: places on the canvas are rounded on the way

    # All that is done while the app hears nothing shows at once, and is not said to screen readers before it stays.
    said = page.locator("#said")
    expect(said).to_have_text(re.compile("^3 "))
    said.evaluate(COLLECT_TEXTS)
    connection.hold()
    page.locator(".st-key-undo button").click()
    expect(visitor.prediction).to_have_text("Draw a digit")
    page.locator(".st-key-redo button").click()
    visitor.expect_digit("3")
    page.locator(".st-key-clear button").click()
    expect(visitor.prediction).to_have_text("Draw a digit")
    press(page, visitor.paper, strokes_of("0")[0])
    page.mouse.up()
    visitor.expect_digit("0")
    expect(busy).to_have_count(1)
    page.keyboard.press("e")
    box = visitor.paper.bounding_box()
    page.mouse.move(box["x"], box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 10, steps=5)
    expect(visitor.prediction).to_have_text("Draw a digit")
    page.mouse.up()
    assert page.evaluate("announced") == []
    connection.let_go()
    expect(busy).to_have_count(0)
    settle(page)
    page.keyboard.press("e")
    page.locator(".st-key-undo button").click()  # brings back what was erased
    visitor.expect_digit("0")
    expect(busy).to_have_count(0)
    expect(said).to_have_text(re.compile("^0 "))
    visitor.expect_digit("0")
    assert len(visitor.saved().strokes) == 1

    # A network of one's own comes to its owner alone.
    unfold(page, "network_file")
    visitor.upload_network("nines", ONLY_NINES)
    expect(visitor.prediction).to_have_text("perhaps a 9, or a 0")
    settle(page)
    visitor.wait_for_reader()
    connection.hold()
    press(page, visitor.paper, three)
    expect(busy).to_have_count(1)
    expect(visitor.prediction).to_have_text("perhaps a 9, or a 0")
    expect(page.locator(".st-key-answer .likeness")).to_have_text("")
    page.mouse.up()
    connection.let_go()
    shipped, own = (address for address in asked if "/networks/" in address)
    assert page.request.get(shipped).ok
    assert page.request.get(own).ok
    *begin, token, file = own.split("/")
    assert page.request.get("/".join([*begin, file])).status == 404
    assert page.request.get("/".join([*begin, token[::-1], file])).status == 404


def test_without_a_network_in_the_browser_the_app_reads_alone(page: Page, app_url: str, page_errors: list[str]) -> None:
    page.route("**/browser/networks/**", lambda route: route.abort())
    visitor = DrawPage(page, app_url).open()
    visitor.draw(strokes_of("3"))
    visitor.expect_digit("3")
    expect(page.locator(".strip-item")).to_have_count(1)
    expect(page.locator(".st-key-canvas[data-reads-live]")).to_have_count(0)
    page.locator(".st-key-undo button").click()
    visitor.expect_blank()
    visitor.draw(strokes_of("8"))
    visitor.expect_digit("8")
    expect(visitor.alert).to_have_count(0)
    forgive(page_errors, "ERR_FAILED")  # the browser notes what did not arrive
