"""The cookie by which a browser is known again: the server issues it, signed, and takes no other.

Whoever asks for a page gets it. When the page connects, its name is handed on in a header of ours: the app finds the
visitor by it, and Streamlit resumes a session for the one visitor alone who began it (server.trustedUserHeaders).
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, Signer
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection

from ui.common.base_path import below
from ui.state.visitors import HEADER, new_name

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "inkling_visitor"
SECONDS = 24 * 60 * 60  # from the last opening of a page, for which a browser keeps it


class VisitorCookie:
    """Gives the browsers of an ASGI app their names.

    Args:
        secret: signs the cookies.
        is_framed: whether pages of other sites may embed the app: then the cookie has to be sent there too.
    """

    def __init__(self, app: ASGIApp, secret: str, is_framed: bool = False) -> None:
        self.app = app
        self._signer = Signer(secret, salt=COOKIE)
        self._is_framed = is_framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with the name of its sender, and an answer with their cookie if it is a document."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        name = self.name_in(scope)
        header = HEADER.lower().encode()
        headers = [pair for pair in scope["headers"] if pair[0] != header]
        if name:
            headers.append((header, name.encode()))

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(raw=message["headers"])
                if answered.get("content-type", "").startswith("text/html"):
                    answered.append("set-cookie", self.cookie(name or new_name(), is_secure=is_secure(scope)))
            await send(message)

        await self.app({**scope, "headers": headers}, receive, send_with_cookie)

    def name_in(self, scope: Scope) -> str | None:
        """The name in a request's cookie; None if there is none, or if it was not issued here."""
        value = HTTPConnection(scope).cookies.get(COOKIE, "")
        try:
            return self._signer.unsign(value.encode()).decode("ascii")
        except (BadSignature, UnicodeError):
            return None

    def cookie(self, name: str, *, is_secure: bool) -> str:
        """The cookie with a name: scripts can't read it, and with TLS it never goes without."""
        jar: SimpleCookie = SimpleCookie({COOKIE: self._signer.sign(name).decode()})
        morsel = jar[COOKIE]
        morsel["path"], morsel["max-age"], morsel["httponly"] = below("").rstrip("/") or "/", SECONDS, True
        morsel["samesite"] = "None" if is_secure and self._is_framed else "Lax"
        morsel["secure"] = is_secure
        # Browsers keep a cookie in a frame for the page around it alone. Python's jar learns the word in 3.14.
        return morsel.OutputString() + ("; Partitioned" if is_secure and self._is_framed else "")


def is_secure(scope: Scope) -> bool:
    """Whether the browser speaks TLS, with the app or with a proxy in front of it."""
    first = Headers(scope=scope).get("x-forwarded-proto", "").split(",")[0].strip()
    return scope.get("scheme") in ("https", "wss") or first in ("https", "wss")
