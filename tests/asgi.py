"""Asks an ASGI app, as a server would, without a server."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp


def ask(
    app: ASGIApp, path: str, headers: Mapping[str, str], method: str = "GET", body: bytes = b"", query: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """Ask for a path; returns the status, the headers and the body.

    It runs in a thread of its own: in this one, a browser of other tests may have its event loop.
    """
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        messages.append(message)

    told = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": quote(query, "=&").encode(),
        "headers": told,
    }
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()  # type: ignore[arg-type]
    start, *bodies = messages
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], answered, b"".join(message.get("body", b"") for message in bodies)
