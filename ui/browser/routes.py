"""The addresses from which the browser gets its modules and networks; app.py adds them to the app.

Each address stands for one content: browsers keep it, and never ask again.
"""

from __future__ import annotations

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui import state
from ui.browser import modules, networks

YEAR = 365 * 24 * 60 * 60  # seconds


def routes() -> list[Route]:
    """The routes, below the path at which the app is served."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    prefix = f"/{base}/browser" if base else "/browser"
    return [
        Route(f"{prefix}/modules/{{version}}/{{name:path}}", _module),
        Route(f"{prefix}/networks/{{checksum}}{networks.SUFFIX}", _shipped_network),
        Route(f"{prefix}/networks/{{token}}/{{checksum}}{networks.SUFFIX}", _own_network),
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


def _kept(content: bytes | None, media_type: str, keepers: str) -> Response:
    """A response that browsers keep, and with "public" other caches too; 404 without content."""
    if content is None:
        return Response("not found", 404, {"Cache-Control": "no-store"}, "text/plain")
    headers = {"Cache-Control": f"{keepers}, max-age={YEAR}, immutable", "X-Content-Type-Options": "nosniff"}
    if media_type == "application/octet-stream":
        headers["Content-Encoding"] = "identity"  # to compress numbers takes long and saves nothing
    return Response(content, 200, headers, media_type)
