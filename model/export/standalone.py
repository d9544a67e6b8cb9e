"""A page as one HTML file: it needs no server and no internet, also when it is opened from a phone's storage.

Its policy allows the one script and the one style sheet in it, by their checksums, and nothing from anywhere else.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


def standalone_page(template: Path, title: str, style: str, script: str = "", **values: object) -> bytes:
    """Return the page's content; the same values give the same bytes.

    Args:
        template: The file of a template that extends standalone.html.
        title: What stands in the tab.
        style: The page's style sheet.
        script: Its script, which the template puts where it belongs.
        values: What else the template shows.

    Raises:
        ValueError: Style sheet or script would end their element, or begin a comment in it.
    """
    templates = Environment(
        loader=FileSystemLoader([template.parent, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return (
        templates.get_template(template.name)
        .render(
            policy=_policy(style, script),
            title=title,
            style=_inside("style", style),
            script=_inside("script", script),
            **values,
        )
        .encode()
    )


def _policy(style: str, script: str) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            *([f"script-src {_checksum(script)}"] if script else []),
            f"style-src {_checksum(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _checksum(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _inside(element: str, content: str) -> Markup:
    """Mark content as fit to stand inside an element as it is.

    Raises:
        ValueError: It would end the element, or begin a comment in it.
    """
    if f"</{element}" in content.lower() or "<!--" in content:
        raise ValueError(f"the page's {element} must not contain </{element} or <!--")
    return Markup(content)
