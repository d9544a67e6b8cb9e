"""Answers tell browsers what to forbid, and the app answers to its names alone."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.asgi import ask
from ui.server.headers import AllowedHosts, SecurityHeaders


def answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse("", headers={"Referrer-Policy": "no-referrer"} if request.url.path == "/own" else {})


APP = Starlette(routes=[Route("/{path:path}", answer)])


def test_pages_may_load_from_their_own_site_alone_and_be_embedded_there_alone():
    headers = ask(SecurityHeaders(APP), "/", {})[1]
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'self'"
    sources = {source for name, allowed in policy.items() if name != "img-src" for source in allowed.split()}
    assert sources == {"'self'", "'none'", "'unsafe-inline'", "blob:", "data:"}
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert ask(SecurityHeaders(APP), "/own", {})[1]["referrer-policy"] == "no-referrer"


def test_an_operator_names_the_sites_that_embed_the_app():
    headers = ask(SecurityHeaders(APP, ("https://course.example.org",)), "/", {})[1]
    assert headers["content-security-policy"].endswith("frame-ancestors 'self' https://course.example.org")


def test_a_request_to_another_name_is_refused():
    app = AllowedHosts(APP, ("inkling.example.org", "*.example.com"))

    def status(host: str, path: str = "/train") -> int:
        return ask(app, path, {"Host": host})[0]

    for host in ("inkling.example.org", "inkling.example.org:8501", "a.example.com"):
        assert status(host) == 200
    for host in ("rebound.example.net", "example.org", "inkling.example.org.example.net", "127.0.0.1:8501", ""):
        assert status(host) == 400
    assert status("127.0.0.1:8501", "/health") == status("10.0.0.7", "/metrics") == 200


def test_without_names_any_is_taken():
    assert ask(AllowedHosts(APP), "/train", {"Host": "192.168.0.7:8501"})[0] == 200
