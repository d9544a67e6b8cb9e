"""Which replica of the app answers: pages find out when a proxy sends one visitor to several, and tell the operator.

Each copy, a replica, knows its own visitors alone. Without affinity uploads get lost, runs disappear, and parts of
pages stay blank; where the proxy passes on no WebSockets, whole pages do. The document that a browser gets marks the
replica that it came from by a cookie, and connection.js, a part of it, compares.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from secrets import token_hex
from typing import TYPE_CHECKING

from prometheus_client import Counter
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse

from ui.server import cookies, metrics

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

COOKIE = "inkling_replica"
THIS = token_hex(8)  # another one in each process
PROBLEMS = {
    "split": "The requests of one visitor reach several replicas: uploads and runs get lost. The proxy has to keep "
    "each visitor with one replica (cookie affinity)",
    "silent": "A browser got a page, but no live connection: the proxy has to pass on WebSockets, with the headers "
    "Host and Upgrade",
}
REST_SECONDS = 60.0  # from one line of the log about a problem to the next

problems = Counter(
    "inkling_proxy_problems", "Pages that a proxy kept from working.", ["kind"], registry=metrics.registry
)


class ReplicaCookie:
    """Marks the documents of an ASGI app as this replica's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer with the mark if it is a document."""

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", cookies.text(COOKIE, THIS, is_secure=cookies.is_secure(scope)))
            await send(message)

        await self.app(scope, receive, send_marked)


class Reports:
    """What pages tell of their proxy: each is counted, and now and then one is logged."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._logged: dict[str, float] = {}

    def take(self, kind: str) -> None:
        """Take a report; one of a kind that nobody knows is ignored."""
        if kind not in PROBLEMS:
            return
        problems.labels(kind).inc()
        if self._clock() - self._logged.get(kind, float("-inf")) >= REST_SECONDS:
            self._logged[kind] = self._clock()
            logger.warning("%s", PROBLEMS[kind], extra={"event": f"proxy_{kind}"})


reports = Reports()


async def compare(request: Request) -> JSONResponse:
    """Whether the page's document came from this replica; a page may report a problem by the way."""
    reports.take(request.query_params.get("problem", ""))
    is_same = HTTPConnection(request.scope).cookies.get(COOKIE) == THIS
    return JSONResponse({"same": is_same}, headers={"Cache-Control": "no-store"})
