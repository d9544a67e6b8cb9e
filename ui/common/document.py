"""The HTML document that the server sends for every page: Streamlit's, with the style sheet and some scripts in it.

What Streamlit itself sends arrives in pieces, the style sheet after most of what it styles: the page would be seen as
it is put together. So the style is in the document, and first_paint.js shows the page when it is whole.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse

from ui.common import style

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

END = "</body>"
UI = Path(__file__).parents[1]
COMMON = UI / "common"
SERVER = UI / "server"
# They run before any page comes.
SCRIPTS = (COMMON / "history.js", COMMON / "first_paint.js", SERVER / "message_batches.js", SERVER / "connection.js")
# Streamlit's own answer has to come whole, and not as a part, "not modified" or packed.
CONDITIONS = ("accept-encoding", "if-none-match", "if-modified-since", "range")
OUTDATED = ("content-length", "content-type", "etag", "last-modified", "accept-ranges")


class StyledDocument:
    """Adds the style sheet and the scripts to the HTML documents of an ASGI app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: for a document by the app's with the additions, for all else by the app's own."""
        if scope["type"] != "http" or scope["method"] != "GET" or b"text/html" not in _header(scope, b"accept"):
            await self.app(scope, receive, send)
            return
        asked = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].decode() not in CONDITIONS]}
        started: list[Message] = []
        pieces: list[bytes] = []

        async def collect(message: Message) -> None:
            if not started and MutableHeaders(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                started.append(message)
            elif started:
                pieces.append(message.get("body", b""))
            else:
                await send(message)

        await self.app(asked, receive, collect)
        if started:
            headers = MutableHeaders(raw=started[0]["headers"])
            kept = {name: value for name, value in headers.items() if name not in OUTDATED}
            page = HTMLResponse(with_additions(b"".join(pieces).decode()), started[0]["status"], kept)
            await GZipMiddleware(page)(scope, receive, send)


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for each, value in scope["headers"] if each == name), b"")


def with_additions(html: str) -> str:
    """A document with the style sheet and the scripts at its end, where the style outranks Streamlit's."""
    before, end, after = html.rpartition(END)
    return before + _additions() + end + after if end else html


@cache
def _additions() -> str:
    scripts = (f"<script>\n{path.read_text(encoding='utf-8')}</script>\n" for path in SCRIPTS)
    return f"<style>\n{style.style_sheet()}</style>\n{''.join(scripts)}"
