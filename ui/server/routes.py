"""The addresses at which an operator's tools look after the app; app.py adds them to it."""

from __future__ import annotations

import logging
from secrets import compare_digest

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from model.common.settings import Settings
from ui.common.base_path import below
from ui.server import metrics, replica
from ui.server.readiness import Readiness
from ui.state import runtime

logger = logging.getLogger(__name__)

NO_STORE = {"Cache-Control": "no-store"}
OF_PROXIES = ("forwarded", "x-forwarded-for", "x-real-ip", "via")  # headers that a proxy adds


async def _draw_page() -> bool:
    could, _ = await get_instance().does_script_run_without_error()
    return could


readiness = Readiness(_draw_page, lambda: runtime.pool().is_closed)


def note_script_error(error: Exception) -> bool:
    """Streamlit calls this when a page fails, in its thread, and has logged the traceback.

    To rerun a page, Streamlit asks the current run to stop and starts the next one at once. Until the first notices,
    both use the same session state, so it can miss what the other has moved. That is no fault of the page, and nobody
    sees it.

    Returns:
        Whether Streamlit is not to show the error.
    """
    if is_stopping(get_script_run_ctx()):
        logger.info("A stopped run of a page failed: %s", type(error).__name__)
        return True
    readiness.note_error()
    metrics.page_errors.inc()
    logger.error("A page failed: %s", type(error).__name__, extra={"event": "page_error"})
    return False


def is_stopping(context: ScriptRunContext | None) -> bool:
    """Tell whether a run of a page is asked to stop; it notices that at its next call of Streamlit."""
    requests = context.script_requests if context else None
    return requests is not None and requests._state is ScriptRequestType.STOP


def routes(readiness: Readiness = readiness) -> list[Route]:
    """The routes, below the path at which the app is served."""

    async def health(_request: Request) -> JSONResponse:
        now = await readiness.judge()
        content = {"live": True, "ready": now.ready} | ({"reason": now.reason} if now.reason else {})
        return JSONResponse(content, 200 if now.ready else 503, NO_STORE)

    return [
        Route(below("health"), health),
        Route(below("health/ready"), health),
        Route(below("health/live"), _live),
        Route(below("metrics"), _metrics),
        Route(below("replica"), replica.compare),
    ]


async def _live(_request: Request) -> JSONResponse:
    return JSONResponse({"live": True}, 200, NO_STORE)


def _metrics(request: Request) -> Response:
    if not may_read_metrics(request.headers):
        return Response("not for you", 403, NO_STORE, "text/plain")
    return Response(metrics.text(), 200, NO_STORE, CONTENT_TYPE_LATEST)


def may_read_metrics(headers: Headers) -> bool:
    """Whether the figures are for whoever sends a request with these headers."""
    settings = Settings()
    if settings.metrics_token:
        wanted = f"Bearer {settings.metrics_token.get_secret_value()}"
        return compare_digest(headers.get("authorization", "").encode(), wanted.encode())
    return not settings.public or not any(name in headers for name in OF_PROXIES)
