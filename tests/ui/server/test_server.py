"""The app as it is served: one with the settings of an operator, below a path, asked over its real sockets."""

import http.client
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from urllib.parse import quote, urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from benchmarks.sessions import NO_LOGIN
from tests.figures import report
from tests.paths import ROOT
from tests.polling import wait_for
from tools.app_server import RunningApp, serve
from ui.browser import modules
from ui.server.visitor_cookie import COOKIE

BASE = "inkling"
ENVIRONMENT = {
    "INKLING_HOSTS": "127.0.0.1",
    "INKLING_LOG": "json",
    "STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE": "true",
    "STREAMLIT_SERVER_BASE_URL_PATH": BASE,
}


@pytest.fixture(scope="module")
def app() -> Iterator[RunningApp]:
    with serve(environment=ENVIRONMENT) as running:
        yield running


def get(app: RunningApp, path: str, **headers: str) -> tuple[int, HTTPMessage, bytes]:
    request = urllib.request.Request(f"{app.url}/{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def new_cookie(app: RunningApp) -> str:
    given = get(app, "train", Accept="text/html")[1].get_all("set-cookie", [])
    assert all("; HttpOnly" in cookie and f"; Path=/{BASE};" in cookie for cookie in given)
    return next(cookie.partition(";")[0] for cookie in given if cookie.startswith(COOKIE))


def socket(app: RunningApp, cookie: str = "", session: str = "", host: str = "") -> ClientConnection:
    """Connect as a page does, which names the session that it had before."""
    return connect(
        f"{app.url.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=["streamlit", NO_LOGIN, *([session] if session else [])],
        additional_headers={name: value for name, value in (("Cookie", cookie), ("Host", host)) if value},
        max_size=None,
    )


def session_of(connection: ClientConnection) -> str:
    """The session that the app began or resumed, once it runs the page."""
    connection.send(BackMsg(rerun_script={}).SerializeToString())
    while True:
        message = ForwardMsg.FromString(connection.recv(timeout=60))
        if message.HasField("new_session"):
            return message.new_session.initialize.session_id


def test_a_session_is_resumed_for_the_visitor_alone_who_began_it(app: RunningApp) -> None:
    ann, eve = new_cookie(app), new_cookie(app)
    with socket(app, ann) as page:
        session = session_of(page)
        wait_for(lambda: b"\ninkling_visitors 1.0" in get(app, "metrics")[2], "one visitor", 60)
        for other in (eve, "", f"{COOKIE}=forged"):  # while it is connected
            with socket(app, other, session) as thief:
                assert session_of(thief) != session
        page.ping().wait(60)  # it was not torn away
    for other in (eve, ""):
        with socket(app, other, session) as thief:
            assert session_of(thief) != session
    report("strangers who tried to resume a session, in vain", 5, "")
    begun = time.monotonic()
    with socket(app, ann, session) as page:
        assert session_of(page) == session
    report("from the new connection to the resumed session", time.monotonic() - begun, "s")


def test_the_app_answers_to_its_own_name_alone(app: RunningApp) -> None:
    assert get(app, "train", Host="rebound.example.net")[0] == 400
    with pytest.raises(InvalidStatus), socket(app, host="rebound.example.net"):
        pass
    assert get(app, "health", Host="10.0.0.7")[0] == 200


def test_documents_and_all_else_have_the_headers(app: RunningApp) -> None:
    for path in ("", "train", "_stcore/health", "health", "no/such/page"):
        headers = get(app, path)[1]
        assert headers["x-content-type-options"] == "nosniff", path
        assert "frame-ancestors 'self'" in headers["content-security-policy"], path


def test_the_health_check_finds_the_app_below_its_path_and_at_its_port(app: RunningApp) -> None:
    port = str(urlsplit(app.url).port)
    environment = os.environ | ENVIRONMENT | {"STREAMLIT_SERVER_PORT": port}
    done = subprocess.run(
        [sys.executable, "-m", "ui.server.health"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(get(app, "health")[2]) == {"live": True, "ready": True}


CLIMBS = ("..", "%2e%2e", "..%2f", "%2e%2e%2f", "..%5c", "....//", "%252e%252e", "..;", "%c0%ae%c0%ae")
PLACES = (
    "", "static", "media", "component", "component/x", "_stcore", "_stcore/upload_file", "_stcore/bidi-components",
    "app/static", "browser", "browser/modules", f"browser/modules/{modules.VERSION}", "browser/networks",
    "browser/runs/x",
)  # fmt: skip
FILES = ("app.py", ".streamlit/config.toml", "etc/passwd", "requirements.in", "model/__init__.py")


def test_no_address_leads_to_a_file_of_the_server(app: RunningApp) -> None:
    known = [(ROOT / name).read_bytes()[:60] for name in FILES if (ROOT / name).is_file()] + [b"root:x:0"]
    port = urlsplit(app.url).port
    assert port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)  # which leaves an address as it is
    for place in PLACES:
        for climb in CLIMBS:
            for file in FILES:
                up = "/".join([climb] * 6)
                connection.request("GET", "/".join(part for part in (f"/{BASE}", place, up, file) if part))
                answer = connection.getresponse().read()
                assert not any(content in answer for content in known), (place, climb, file)
        connection.request("GET", f"/{BASE}/{place}/{quote(str(ROOT))}/app.py")
        assert known[0] not in connection.getresponse().read()
    connection.close()


def test_a_page_whose_app_has_forgotten_it_says_so(app: RunningApp) -> None:
    def said(session: str) -> str:
        with socket(app, new_cookie(app), session) as page:
            page.send(BackMsg(rerun_script={}).SerializeToString())
            messages = []
            while not (messages and messages[-1].HasField("script_finished")):
                messages.append(ForwardMsg.FromString(page.recv(timeout=60)))
        return " ".join(message.delta.new_element.alert.body for message in messages)

    assert "are gone" in said("3f2c9a34-0a35-4f5e-9a3e-0123456789ab")  # of another copy, or of one that has ended
    assert "are gone" not in said("")  # a new visitor


def test_the_log_has_one_json_object_a_line(app: RunningApp) -> None:
    records = [json.loads(line) for line in app.log.read_text().splitlines() if line.strip()]
    assert "pool_started" in [record.get("event") for record in records]
    assert not any("127.0.0.1" in str(record.values()) for record in records)
    assert not any("GET" in record["message"] for record in records)  # addresses have visitors' tokens in them
