"""An operator's tools see whether the app is ready, wherever it listens, and why not."""

import asyncio
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from starlette.applications import Starlette

from tests.asgi import ask
from tests.paths import ROOT
from ui.server import health, preflight, readiness, routes
from ui.server.readiness import REST_SECONDS, Readiness


class App:
    """Something that draws pages, or does not."""

    def __init__(self) -> None:
        self.works, self.ends, self.drawn, self.now = True, False, 0, 1000.0
        self.readiness = Readiness(self.draw, lambda: self.ends, lambda: self.now)

    async def draw(self) -> bool:
        self.drawn += 1
        return self.works

    def judge(self) -> readiness.Health:
        return asyncio.run(self.readiness.judge())


def test_a_page_is_drawn_once_and_again_only_after_one_of_a_visitor_has_failed():
    app = App()
    assert app.judge().ready
    assert app.judge().ready
    assert app.drawn == 1
    app.readiness.note_error()  # of one visitor's own making
    assert app.judge().ready
    assert app.drawn == 2


def test_an_app_that_can_draw_no_page_is_not_ready_until_it_can():
    app = App()
    app.works = False
    assert app.judge() == (False, readiness.NO_PAGE)
    app.works = True
    assert not app.judge().ready  # it is asked often, and tries seldom
    app.now += REST_SECONDS
    assert app.judge().ready
    assert app.drawn == 2


def test_an_app_that_is_ending_takes_no_visitors():
    app = App()
    app.ends = True
    assert app.judge() == (False, readiness.ENDING)
    assert app.drawn == 0


def test_health_is_told_in_json_and_by_the_status():
    app = App()
    app.works = False
    served = Starlette(routes=routes.routes(app.readiness))
    answers = {path: ask(served, path, {}) for path in ("/health", "/health/live")}
    assert answers["/health"][0] == 503
    assert json.loads(answers["/health"][2]) == {"live": True, "ready": False, "reason": readiness.NO_PAGE}
    assert answers["/health/live"][0] == 200
    assert answers["/health"][1]["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("arguments", "environment", "config", "url"),
    [
        ("", {}, {}, "http://127.0.0.1:8501/health"),
        ("--server.address=0.0.0.0 --server.port=80", {}, {}, "http://127.0.0.1:80/health"),
        ("--server.port 8600 --server.baseUrlPath /a/b/", {}, {}, "http://127.0.0.1:8600/a/b/health"),
        ("", {"STREAMLIT_SERVER_BASE_URL_PATH": "inkling"}, {}, "http://127.0.0.1:8501/inkling/health"),
        ("--server.port=1", {"STREAMLIT_SERVER_PORT": "2"}, {"server": {"port": 3}}, "http://127.0.0.1:1/health"),
        ("", {"STREAMLIT_SERVER_PORT": "2"}, {"server": {"port": 3}}, "http://127.0.0.1:2/health"),
        ("", {}, {"server": {"port": 3, "address": "::1"}}, "http://[::1]:3/health"),
        ("--server.port=1 --server.port=4", {}, {}, "http://127.0.0.1:4/health"),
        ("--server.sslCertFile=c.pem", {}, {}, "https://127.0.0.1:8501/health"),
    ],
)
def test_the_health_check_asks_where_the_app_listens(arguments, environment, config, url):
    command_line = ["python", "-m", "streamlit", "run", "app.py", *arguments.split()]
    assert health.address(command_line, environment, config) == url


class NotReady(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/well/health" else 503)
        self.end_headers()
        self.wfile.write(b"a reason")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_health_check_ends_with_a_status_and_a_reason():
    server = HTTPServer(("127.0.0.1", 0), NotReady)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    well, ill = (
        subprocess.run(
            [sys.executable, "-m", "ui.server.health", f"{url}/{name}/health"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        for name in ("well", "ill")
    )
    server.shutdown()
    server.server_close()
    assert (well.returncode, well.stderr) == (0, "")
    assert ill.returncode == 1
    assert "503 a reason" in ill.stderr
    assert health.problem(url).startswith(url)  # nobody listens any more


def test_without_a_folder_for_temporary_files_the_app_ends_with_one_line(monkeypatch):
    def nowhere() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    with pytest.raises(SystemExit, match=r"^Inkling can't start: .*TMPDIR\.$"):
        preflight.prepare()


def test_with_a_wrong_variable_the_app_ends_with_one_line(monkeypatch):
    monkeypatch.setenv("INKLING_WORKERS", "many")
    with pytest.raises(SystemExit, match=r"^Inkling can't start: \$INKLING_WORKERS must be a whole number.*'many'$"):
        preflight.prepare()
