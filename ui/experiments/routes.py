"""The address at which the browser asks for what is new of a search; app.py adds it to the app.

It has the visitor's token and the search's name in it, which nobody else knows.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ui import state
from ui.common.base_path import below
from ui.experiments import searches
from ui.state.visitor_state import VisitorState

MAX_DIGITS = 10  # of a version


def routes() -> list[Route]:
    """The routes, below the path at which the app is served."""
    return [Route(f"{below('experiments')}/{{token}}/{{name}}", _search)]


def _search(request: Request) -> Response:
    owner = state.visitor_with(request.path_params["token"])
    since = request.query_params.get("since", "0")
    version = int(since) if since.isdecimal() and len(since) < MAX_DIGITS else 0
    answer = changes_since(owner, request.path_params["name"], version)
    headers = {"Cache-Control": "no-store"}
    return JSONResponse(answer, 200 if answer else 404, headers)


def changes_since(owner: VisitorState | None, name: str, since: int) -> dict[str, object] | None:
    """What has changed of a visitor's search since a version; None if there is no search of this name."""
    found = next((search for search in (owner.searches if owner else []) if search.name == name), None)
    return searches.changes_since(found, since) if found else None
