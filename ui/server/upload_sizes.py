"""Uploads are refused by their declared size, before they are stored, and pictures beyond what a picture may have."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from model.ink.photo import MAX_BYTES
from ui.state.stored_uploads import StoredUploads, stored_uploads

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".heic", ".heif")
CROWDED = "too many files are coming in at the moment: try again"
FRAMING = 2**16  # bytes around a file: the form that it comes in
_ADDRESS = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")
_FILE_NAME = re.compile(rb'filename="([^"\r\n]*)"')


class UploadSizes:
    """Refuses what is too large for an ASGI app with Streamlit's route for uploads.

    Args:
        uploads: returns those that there are.
    """

    def __init__(self, app: ASGIApp, uploads: Callable[[], StoredUploads] = stored_uploads) -> None:
        self.app, self._uploads = app, uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an upload only if there is room for it."""
        address = _ADDRESS.search(scope.get("path", "")) if scope["type"] == "http" else None
        if address is None or scope["method"] != "PUT":
            await self.app(scope, receive, send)
            return
        size = Headers(scope=scope).get("content-length", "")
        if not size.isdecimal():
            await _refuse(411, "say how many bytes follow", scope, receive, send)
            return
        first = await receive()
        uploads = self._uploads()
        most = uploads.limits.one if not _is_picture(first) else min(MAX_BYTES, uploads.limits.one)
        if int(size) > most + FRAMING:
            await _refuse(413, f"a file here has at most {most // 10**6} MB", scope, receive, send)
            return
        upload = uploads.begin(address[1], address[2], min(int(size), most))
        if upload is None:
            await _refuse(503, CROWDED, scope, receive, send)
            return
        waiting, status, is_cut_off = [first], 0, False

        async def receive_counted() -> Message:
            nonlocal is_cut_off
            message = waiting.pop() if waiting else await receive()
            upload.received = min(upload.received + len(message.get("body", b"")), upload.declared)
            is_cut_off = is_cut_off or not uploads.fit()
            return {"type": "http.disconnect"} if is_cut_off else message

        async def send_noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            if not is_cut_off:
                await send(message)

        try:
            await self.app(scope, receive_counted, send_noted)
        except ClientDisconnect:
            if is_cut_off:
                await _refuse(503, CROWDED, scope, receive, send)
        finally:
            uploads.end(upload, stored=200 <= status < 300)


def _is_picture(first: Message) -> bool:
    """Whether an upload is a picture by its name, which stands before its content."""
    name = _FILE_NAME.search(first.get("body", b"")[:FRAMING])
    return name is not None and PurePath(name[1].decode(errors="replace").lower()).suffix in PICTURES


async def _refuse(status: int, why: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer without reading on; the connection ends, so that the rest is not sent in vain."""
    await Response(why, status, {"Connection": "close"}, "text/plain")(scope, receive, send)
