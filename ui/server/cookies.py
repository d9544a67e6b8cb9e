"""Cookies as the app sets them: scripts can't read them, and with TLS they never go without."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from ui.common.base_path import below

if TYPE_CHECKING:
    from starlette.types import Scope

CROSSING = ("samesite", "secure", "partitioned")


def text(name: str, value: str, *, is_secure: bool, is_framed: bool = False, seconds: int | None = None) -> str:
    """What the header Set-Cookie says.

    Args:
        is_secure: whether the browser speaks TLS.
        is_framed: whether pages of other sites may embed the app: then it is sent there too, if there is TLS.
        seconds: for which the browser keeps it; None: until it is closed.
    """
    jar: SimpleCookie = SimpleCookie({name: value})
    morsel, crosses_sites = jar[name], is_secure and is_framed
    morsel["path"], morsel["httponly"], morsel["secure"] = below("").rstrip("/") or "/", True, is_secure
    morsel["samesite"] = "None" if crosses_sites else "Lax"
    if seconds is not None:
        morsel["max-age"] = seconds
    # Browsers keep a cookie in a frame for the page around it alone. Python's jar learns the word in 3.14.
    return morsel.OutputString() + ("; Partitioned" if crosses_sites else "")


def across_sites(header: str) -> str:
    """What Set-Cookie says of a cookie that others have set, so that it goes to a frame in another site's page, too."""
    kept = [part for part in header.split("; ") if part.partition("=")[0].lower() not in CROSSING]
    return "; ".join((*kept, "SameSite=None", "Secure", "Partitioned"))


def is_secure(scope: Scope) -> bool:
    """Whether the browser speaks TLS, with the app or with a proxy in front of it."""
    first = Headers(scope=scope).get("x-forwarded-proto", "").split(",")[0].strip()
    return scope.get("scheme") in ("https", "wss") or first in ("https", "wss")
