"""A browser is known by a cookie that the server issues, and by nothing that it may say itself."""

from http.cookies import SimpleCookie

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.asgi import ask
from ui.server import secret
from ui.server.visitor_cookie import COOKIE, VisitorCookie
from ui.state.visitors import HEADER


def told(request: Request) -> Response:
    """The name by which the app knows the sender of a request."""
    name = request.headers.get(HEADER, "nobody")
    return PlainTextResponse(name) if request.url.path == "/name" else HTMLResponse(name)


def served(key: str = "a secret", *, is_framed: bool = False) -> VisitorCookie:
    return VisitorCookie(Starlette(routes=[Route("/{path:path}", told)]), key, is_framed)


def cookie_of(app: VisitorCookie, path: str = "/", **headers: str) -> SimpleCookie:
    return SimpleCookie(ask(app, path, headers)[1].get("set-cookie", ""))


def name_of(app: VisitorCookie, cookie: str, **headers: str) -> str:
    return ask(app, "/name", {"Cookie": f"{COOKIE}={cookie}", **headers})[2].decode()


def test_a_visitor_gets_a_cookie_with_the_first_page_and_keeps_it():
    app = served()
    cookie = cookie_of(app)[COOKIE].value
    name = name_of(app, cookie)
    assert len(name) == 32
    again = cookie_of(app, Cookie=f"{COOKIE}={cookie}")[COOKIE].value
    assert again == cookie  # it is renewed, and stays the same
    assert cookie_of(app)[COOKIE].value != cookie
    assert not cookie_of(app, "/name")  # only documents bring it


FORGERIES = [lambda it: it[:-1], lambda it: it[:32], lambda it: "0" * 32 + it[32:], lambda _: "x" * 5000]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_forged_cookie_identifies_nobody(forge):
    app = served()
    cookie = cookie_of(app)[COOKIE].value
    forged = forge(cookie)
    assert name_of(app, forged) == "nobody"
    assert name_of(served("another secret"), cookie) == "nobody"
    assert cookie_of(app, Cookie=f"{COOKIE}={forged}")[COOKIE].value not in (cookie, forged)


def test_nobody_can_say_who_they_are_by_the_header():
    app = served()
    assert ask(app, "/name", {HEADER: "0" * 32})[2] == b"nobody"
    cookie = cookie_of(app)[COOKIE].value
    assert name_of(app, cookie, **{HEADER: "0" * 32}) == name_of(app, cookie)


def test_scripts_cannot_read_the_cookie_and_with_tls_it_is_sent_with_tls_alone():
    plain = cookie_of(served())[COOKIE]
    assert (plain["httponly"], plain["secure"], plain["samesite"], plain["path"]) == (True, "", "Lax", "/")
    behind_tls = cookie_of(served(), **{"X-Forwarded-Proto": "https, http"})[COOKIE]
    assert (behind_tls["secure"], behind_tls["samesite"]) == (True, "Lax")


def test_where_other_sites_embed_the_app_the_cookie_goes_along_but_only_with_tls():
    app = served(is_framed=True)
    assert "SameSite=Lax" in ask(app, "/", {})[1]["set-cookie"]
    assert ask(app, "/", {"X-Forwarded-Proto": "https"})[1]["set-cookie"].endswith("SameSite=None; Secure; Partitioned")


def test_cookies_of_streamlit_go_to_frames_too_but_only_with_tls():
    def token(_: Request) -> Response:
        answer = PlainTextResponse("")
        answer.headers["set-cookie"] = "_streamlit_xsrf=2|a|b|1; Path=/; SameSite=Lax"
        return answer

    streamlit = Starlette(routes=[Route("/{path:path}", token)])
    for is_framed, protocol, ends in (
        (True, "https", "Path=/; SameSite=None; Secure; Partitioned"),
        (True, "http", "Path=/; SameSite=Lax"),
        (False, "https", "Path=/; SameSite=Lax"),
    ):
        app = VisitorCookie(streamlit, "a secret", is_framed)
        assert ask(app, "/", {"X-Forwarded-Proto": protocol})[1]["set-cookie"] == f"_streamlit_xsrf=2|a|b|1; {ends}"


def test_the_secret_is_made_once_and_shared_by_all_who_share_the_cache(tmp_path, monkeypatch):
    monkeypatch.delenv("INKLING_COOKIE_SECRET", raising=False)
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "cache"))
    made = secret.find()
    assert len(made) > 32
    assert secret.find() == made
    (file,) = (tmp_path / "cache").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("INKLING_COOKIE_SECRET", "the operator's own")
    assert secret.find() == "the operator's own"


def test_an_empty_file_of_the_secret_is_replaced(tmp_path, monkeypatch):
    monkeypatch.delenv("INKLING_COOKIE_SECRET", raising=False)
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path))
    (tmp_path / secret.FILE).touch()
    made = secret.find()
    assert len(made) > 32
    assert secret.find() == made


def test_a_secret_that_cannot_be_saved_is_still_made(tmp_path, monkeypatch):
    monkeypatch.delenv("INKLING_COOKIE_SECRET", raising=False)
    (tmp_path / "file").touch()
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "file"))
    assert len(secret.find()) > 32
