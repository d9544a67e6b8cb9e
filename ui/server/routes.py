"""The addresses at which an operator's tools look after the app; app.py adds them to it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.runtime import get_instance

from ui.common.base_path import below
from ui.server.readiness import Readiness
from ui.state import runtime

NO_STORE = {"Cache-Control": "no-store"}


async def _draw_page() -> bool:
    could, _ = await get_instance().does_script_run_without_error()
    return could


readiness = Readiness(_draw_page, lambda: runtime.pool().is_closed)


def note_script_error(_error: Exception) -> None:
    """Streamlit calls this when a page fails; it shows the error by itself."""
    readiness.note_error()


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
    ]


async def _live(_request: Request) -> JSONResponse:
    return JSONResponse({"live": True}, 200, NO_STORE)
