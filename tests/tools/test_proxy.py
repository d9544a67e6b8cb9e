"""A real proxy in front of two apps keeps each visitor with one of them."""

import itertools
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tools import proxy


@contextmanager
def site(name: str) -> Iterator[str]:
    """A site that says its name, and gives a visitor a cookie."""
    visitors = itertools.count()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            if "inkling_visitor" not in self.headers.get("Cookie", ""):
                self.send_header("Set-Cookie", f"inkling_visitor={next(visitors)}")
            self.send_header("Content-Length", str(len(name)))
            self.end_headers()
            self.wfile.write(name.encode())

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def ask(url: str, cookie: str) -> tuple[str, list[str]]:
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        return answer.read().decode(), answer.headers.get_all("Set-Cookie") or []


@pytest.mark.parametrize("program", list(proxy.PROXIES))
def test_visitors_are_shared_out_and_stay(program: str) -> None:
    if program not in proxy.installed():
        pytest.skip(f"{program} is not installed")
    with site("one") as one, site("two") as two, proxy.proxied([one, two], program) as front:
        met = set()
        for _ in range(12):
            _, given = ask(front.url, "")
            cookie = "; ".join(one.partition(";")[0] for one in given)
            answers = {ask(front.url, cookie)[0] for _ in range(4)}
            assert len(answers) == 1
            met |= answers
        assert met == {"one", "two"}


def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "installed", list)
    with pytest.raises(RuntimeError, match="apt-get install haproxy"), proxy.proxied(["http://127.0.0.1:1"]):
        pass
