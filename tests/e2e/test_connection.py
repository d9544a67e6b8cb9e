"""A page's connection with the app: a proxy that breaks it is named, and an older app is understood."""

import json

import pytest
from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute, expect

from tests.e2e.draw_page import DrawPage, strokes_of
from tests.e2e.patience import until
from tools.app_server import RunningApp
from ui.server import message_batches


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
    expect(silent.get_by_role("alert").filter(has_text="no WebSockets")).to_be_visible()
    page_errors.clear()  # the browser says so if a connection breaks
    assert "pass on WebSockets" in app.log.read_text()


@pytest.mark.parametrize("knows_batches", [True, False])
def test_a_page_reads_batches_and_the_messages_of_an_older_app(
    page: Page, app_url: str, *, knows_batches: bool
) -> None:
    batches: list[list[bytes]] = []

    def connect(socket: WebSocketRoute) -> None:
        def pass_on(content: str | bytes) -> None:
            assert isinstance(content, bytes)
            messages = list(message_batches.unpack(content))
            batches.append(messages)
            for each in [content] if knows_batches else messages:
                socket.send(each)

        socket.connect_to_server().on_message(pass_on)

    page.route_web_socket("**/_stcore/stream?batches", connect)
    visitor = DrawPage(page, app_url).open()
    visitor.draw(strokes_of("7"))
    visitor.expect_digit("7")
    assert len(batches) < sum(map(len, batches))
