"""The proxies' files of deploy/: visitors are shared out, stay with their replica, and go on when it has ended."""

import http.client
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.deploy.front import REPLICAS, front, running
from tools.app_server import free_port


@contextmanager
def replica(host: str, port: int) -> Iterator[None]:
    """A site that says its address, and gives a visitor who has none a cookie, as the app does."""

    class Handler(BaseHTTPRequestHandler):
        visitors = 0

        def do_GET(self) -> None:
            self.send_response(200)
            if "inkling_visitor" not in self.headers.get("Cookie", ""):
                type(self).visitors += 1
                self.send_header("Set-Cookie", f"inkling_visitor={host}-{self.visitors}; Path=/inkling")
            said = f"{host} {self.headers['Host']} {self.headers.get('X-Forwarded-Proto', 'http')}".encode()
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None: ...

    with running(ThreadingHTTPServer((host, port), Handler)):
        yield


class Visitor:
    """A browser that keeps cookies."""

    def __init__(self, url: str) -> None:
        self.scheme, _, self.host = url.partition("://")
        self.cookies: dict[str, str] = {}

    def ask(self) -> list[str]:
        """The replica that answers, and what it heard of the request."""
        trusting = ssl._create_unverified_context()
        connection = (
            http.client.HTTPSConnection(self.host, timeout=30, context=trusting)
            if self.scheme == "https"
            else http.client.HTTPConnection(self.host, timeout=30)
        )
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request("GET", "/inkling/", headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        said = answer.read().decode()
        assert answer.status == 200, said
        for given in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return said.split()


@pytest.mark.parametrize("program", ["nginx", "caddy"])
def test_visitors_are_shared_out_stay_and_go_on_when_their_replica_ends(program: str, tmp_path: Path) -> None:
    port = free_port()
    with ExitStack() as sites:
        ends = {host: sites.enter_context(ExitStack()) for host in REPLICAS}
        for host, end in ends.items():
            end.enter_context(replica(host, port))
        hosts = list(REPLICAS)
        with front(program, [f"{host}:{port}" for host in REPLICAS], tmp_path, hosts) as url:
            visitors = [Visitor(url) for _ in range(20)]
            first = [visitor.ask() for visitor in visitors]
            # What the app needs to know: under which name, and whether by TLS, the browser reached it.
            assert {(host, scheme) for _, host, scheme in first} == {(visitors[0].host, visitors[0].scheme)}
            homes = [visitor.ask()[0] for visitor in visitors]
            assert set(homes) == set(REPLICAS)
            for _ in range(3):
                assert [visitor.ask()[0] for visitor in visitors] == homes
            gone, left = REPLICAS
            ends[gone].close()
            hosts.remove(gone)  # as Docker does
            assert {visitor.ask()[0] for visitor in visitors} == {left}
