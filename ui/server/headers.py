"""What the answers tell browsers to forbid the page, and the names by which the app may be addressed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware

from ui.common.base_path import below

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Streamlit's components bring their scripts and styles along in messages, so those in the page itself have to be
# allowed. Nothing comes from elsewhere but the picture of a tab, which Streamlit looks for before it hears of ours, and
# nothing goes there.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob: https://fonts.gstatic.com",
    "font-src": "'self' data:",
    "connect-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "frame-src": "'self' blob: data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}


class SecurityHeaders:
    """Adds headers to the answers of an ASGI app, where it has none of that name.

    Args:
        frame_ancestors: the sites whose pages may embed it, besides its own.
    """

    def __init__(self, app: ASGIApp, frame_ancestors: Sequence[str] = ()) -> None:
        self.app = app
        policy = POLICY | {"frame-ancestors": " ".join(("'self'", *frame_ancestors))}
        self._policy = "; ".join(f"{name} {value}" for name, value in policy.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
                headers.setdefault("Content-Security-Policy", self._policy)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class AllowedHosts(TrustedHostMiddleware):
    """Refuses requests that name another host, except for the app's health and figures: tools ask by number.

    Args:
        hosts: the names; none of them allows any.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = ()) -> None:
        super().__init__(app, list(hosts) or ["*"], www_redirect=False)
        self._for_tools = tuple(map(below, ("health", "health/ready", "health/live", "metrics")))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope.get("path") in self._for_tools:
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
