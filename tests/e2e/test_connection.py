"""A page's connection with the app: a proxy that breaks it is named, and an older app is understood."""

import json

import pytest
from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute, expect

from tests.e2e.draw_page import DrawPage, strokes_of
from tests.e2e.page_errors import BROKEN_CONNECTION, forgive
from tests.e2e.patience import until
from tools.app_server import RunningApp
from ui.common.document import SERVER
from ui.server import message_batches

# A socket on which a test lets messages arrive, and what connects a listener to it, who gets their text.
SOCKET = """<script>
window.WebSocket = class {
    addEventListener(type, listener) { window.arrive = data => listener({ data: new Uint8Array(data).buffer }) }
}
window.connect = hear => new WebSocket("ws://127.0.0.1/_stcore/stream").addEventListener(
    "message", ({ data }) => hear(new TextDecoder().decode(data)))
</script>"""
# Keeps the messages that arrive: a list for each task of the browser.
IN_TASKS = """batches => {
    window.heard = []
    let task
    connect(message => {
        if (!task) heard.push(task = [])
        task.push(message)
        queueMicrotask(() => { task = undefined })
    })
    batches.forEach(arrive)
}"""
# Renders each message for a while, and has the next one arrive meanwhile; returns the share of the time that it takes.
ALWAYS_RENDERING = """([batch, milliseconds, messages]) => new Promise(done => {
    const began = performance.now()
    let rendering = 0
    connect(() => {
        const start = performance.now()
        while (performance.now() - start < milliseconds);
        rendering += performance.now() - start
        if (messages--) arrive(batch)
        else done(rendering / (performance.now() - began))
    })
    arrive(batch)
})"""


@pytest.mark.own_context  # its clock is the test's
def test_a_proxy_that_splits_visitors_or_lets_no_sockets_through_is_named(
    page: Page, context: BrowserContext, page_errors: list[str], app: RunningApp
) -> None:
    asked: list[str] = []

    def take_turns(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=json.dumps({"same": len(asked) % 2 == 0}), content_type="application/json")

    page.route("**/replica?*", take_turns)
    page.goto(app.url)
    expect(page.get_by_role("alert").filter(has_text="several copies of Inkling")).to_be_visible()
    until(page, lambda: asked[-1], lambda last: last.endswith("problem=split"), "a report")

    silent = context.new_page()
    silent.clock.install()
    silent.route_web_socket("**/_stcore/stream?*", lambda socket: socket.close())
    silent.goto(f"{app.url}/train")
    with silent.expect_response("**/replica?problem=silent"):
        silent.clock.run_for(21_000)
    expect(silent.get_by_role("alert").filter(has_text="block WebSockets")).to_be_visible()
    forgive(page_errors, BROKEN_CONNECTION)
    assert "pass on WebSockets" in app.log.read_text()


def test_a_page_reads_the_messages_of_an_app_without_batches(page: Page, app_url: str) -> None:
    batches: list[list[bytes]] = []

    def connect(socket: WebSocketRoute) -> None:
        def pass_on(content: str | bytes) -> None:
            assert isinstance(content, bytes)
            messages = list(message_batches.unpack(content))
            batches.append(messages)
            for each in messages:
                socket.send(each)

        socket.connect_to_server().on_message(pass_on)

    page.route_web_socket("**/_stcore/stream?batches", connect)
    visitor = DrawPage(page, app_url).open()
    visitor.draw(strokes_of("7"))
    visitor.expect_digit("7")
    assert len(batches) < sum(map(len, batches))


@pytest.fixture
def connected(page: Page) -> Page:
    """A page with nothing but the script that opens batches, and a socket."""
    page.set_content(SOCKET)
    page.add_script_tag(path=SERVER / "message_batches.js")
    return page


def test_a_page_that_renders_slowly_does_not_fall_behind(connected: Page) -> None:
    batches = [list(message_batches.pack([b"%da" % number, b"%db" % number])) for number in range(4)]
    connected.evaluate(IN_TASKS, batches)
    connected.wait_for_function("heard.flat().length === 8")
    assert connected.evaluate("heard") == [["0a", "0b"], ["1a", "1b", "2a", "2b", "3a", "3b"]]


def test_a_page_that_always_renders_leaves_time_for_clicks(connected: Page) -> None:
    batch = list(message_batches.pack([b"a message"]))
    assert connected.evaluate(ALWAYS_RENDERING, [batch, 100, 40]) < 0.8  # 4 of 6 seconds: it rests after the first 2


def test_a_message_that_cannot_be_used_keeps_none_back(connected: Page, page_errors: list[str]) -> None:
    connected.evaluate("window.heard = 0; connect(message => { heard++; if (message === 'bad') throw new Error() })")
    connected.evaluate("batches => batches.forEach(arrive)", [list(message_batches.pack([b"bad", b"good"]))] * 2)
    connected.wait_for_function("heard === 4")
    until(connected, lambda: len(page_errors), lambda count: count == 2, "an error for each that cannot be used")
    forgive(page_errors, "Error")
