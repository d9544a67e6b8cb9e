"""The cookie by which a browser is known again: the server issues it, signed, and takes no other.

Whoever asks for a page gets it. When the page connects, its name is handed on in a header of ours: the app finds the
visitor by it, and Streamlit resumes a session for the one visitor alone who began it (server.trustedUserHeaders).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsdangerous import BadSignature, Signer
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

from ui.server import cookies
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
                if self._is_framed and cookies.is_secure(scope):
                    self._let_cross(answered)
                if answered.get("content-type", "").startswith("text/html"):
                    answered.append("set-cookie", self.cookie(name or new_name(), scope))
            await send(message)

        await self.app({**scope, "headers": headers}, receive, send_with_cookie)

    @staticmethod
    def _let_cross(answered: MutableHeaders) -> None:
        """Have the cookies of the others go to frames, too: without Streamlit's own, it takes no files there."""
        given = answered.getlist("set-cookie")
        del answered["set-cookie"]
        for header in given:
            answered.append("set-cookie", cookies.across_sites(header))

    def name_in(self, scope: Scope) -> str | None:
        """The name in a request's cookie; None if there is none, or if it was not issued here."""
        value = HTTPConnection(scope).cookies.get(COOKIE, "")
        try:
            return self._signer.unsign(value.encode()).decode("ascii")
        except (BadSignature, UnicodeError):
            return None

    def cookie(self, name: str, scope: Scope) -> str:
        """The cookie with a name, for whoever has sent a request."""
        value = self._signer.sign(name).decode()
        is_secure = cookies.is_secure(scope)
        return cookies.text(COOKIE, value, is_secure=is_secure, is_framed=self._is_framed, seconds=SECONDS)
