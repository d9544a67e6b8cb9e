"""What stands between the browsers and the app, the outermost first."""

from __future__ import annotations

from starlette.middleware import Middleware

from model.common.settings import Settings
from ui.common.document import StyledDocument
from ui.server import secret
from ui.server.headers import AllowedHosts, SecurityHeaders
from ui.server.replica import ReplicaCookie
from ui.server.upload_sizes import UploadSizes
from ui.server.visitor_cookie import VisitorCookie
from ui.server.web_sockets import WebSockets


def middleware() -> list[Middleware]:
    """The layers that the operator's settings ask for."""
    settings = Settings()
    layers = [
        Middleware(AllowedHosts, hosts=settings.hosts),
        Middleware(VisitorCookie, secret=secret.find(), is_framed=bool(settings.frame_ancestors)),
        Middleware(ReplicaCookie),
        Middleware(UploadSizes),
        Middleware(WebSockets),
        Middleware(StyledDocument),
    ]
    if settings.security_headers:
        layers.insert(1, Middleware(SecurityHeaders, frame_ancestors=settings.frame_ancestors))
    return layers
