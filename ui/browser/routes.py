"""The addresses from which the browser gets its modules and networks; app.py adds them to the app.

Each address stands for one content: browsers keep it, and never ask again. Only for networks of runs they do.
"""

from __future__ import annotations

import math

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui import state
from ui.browser import modules, networks, run_networks
from ui.browser.run_networks import Answer
from ui.common.base_path import below

YEAR = 365 * 24 * 60 * 60  # seconds


def routes() -> list[Route]:
    """The routes, below the path at which the app is served."""
    prefix = below("browser")
    return [
        Route(f"{prefix}/modules/{{version}}/{{name:path}}", _module),
        Route(f"{prefix}/networks/{{checksum}}{networks.SUFFIX}", _shipped_network),
        Route(f"{prefix}/networks/{{token}}/{{checksum}}{networks.SUFFIX}", _own_network),
        Route(f"{prefix}/runs/{{token}}/{{number}}{networks.SUFFIX}", _newest_of_run),
        Route(f"{prefix}/runs/{{token}}/{{number}}/{{step}}{networks.SUFFIX}", _snapshot_of_run),
    ]


def _module(request: Request) -> Response:
    content = modules.find(**request.path_params)
    return _kept(content, "text/javascript", "public")


def _shipped_network(request: Request) -> Response:
    content = networks.shipped(request.path_params["checksum"])
    return _kept(content, "application/octet-stream", "public")


def _own_network(request: Request) -> Response:
    owner = state.visitor_with(request.path_params["token"])
    content = networks.own(owner, request.path_params["checksum"])
    return _kept(content, "application/octet-stream", "private")


def _newest_of_run(request: Request) -> Response:
    owner = state.visitor_with(request.path_params["token"])
    known = request.headers.get("If-None-Match", "")
    return _answered(run_networks.newest(owner, request.path_params["number"], known))


def _snapshot_of_run(request: Request) -> Response:
    owner = state.visitor_with(request.path_params["token"])
    return _answered(run_networks.at_snapshot(owner, request.path_params["number"], request.path_params["step"]))


def _answered(answer: Answer) -> Response:
    """A response that the browser asks for again: it keeps the networks it needs itself."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if answer.version:
        headers["ETag"] = answer.version
    if answer.wait:
        headers["Retry-After"] = f"{math.ceil(answer.wait)}"
    if answer.status != 200:
        return Response(None, answer.status, headers)
    return Response(answer.content, 200, headers | {"Content-Encoding": "identity"}, "application/octet-stream")


def _kept(content: bytes | None, media_type: str, keepers: str) -> Response:
    """A response that browsers keep, and with "public" other caches too; 404 without content."""
    if content is None:
        return Response("not found", 404, {"Cache-Control": "no-store"}, "text/plain")
    headers = {"Cache-Control": f"{keepers}, max-age={YEAR}, immutable", "X-Content-Type-Options": "nosniff"}
    if media_type == "application/octet-stream":
        headers["Content-Encoding"] = "identity"  # to compress numbers takes long and saves nothing
    return Response(content, 200, headers, media_type)
