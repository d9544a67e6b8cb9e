"""A network as one HTML file: paper, the answer while one draws, and how the network was trained.

The page needs no server and no internet, also when it is opened from a phone's storage. Its policy allows the one
script and the one style sheet in it, by their checksums, and nothing from anywhere else.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from model import browser
from model.browser import wire
from model.export import description
from model.export.archive import in_order
from model.export.one_script import one_script
from model.training.checkpoint import Checkpoint

_FOLDER = Path(__file__).parent
_STYLE_SHEETS = (browser.FOLDER / "answer.css", _FOLDER / "page.css")
_templates = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(checkpoint: Checkpoint, name: str) -> bytes:
    """Return the page's content; the same network gives the same bytes.

    Args:
        checkpoint: The network, with its settings and scores.
        name: What the page calls it.

    Raises:
        ValueError: The network is too large for a browser.
    """
    network = checkpoint.network
    if not wire.is_small_enough(network):
        raise ValueError(
            f"a page takes a network of at most {wire.MAX_BYTES / 1e6:.0f} MB of parameters; got "
            f"{network.mlp.parameters.nbytes / 1e6:,.0f} MB"
        )
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in _STYLE_SHEETS)
    script = one_script(_FOLDER / "page.js")
    return (
        _templates.get_template("page.html")
        .render(
            policy=_policy(script, style),
            style=_inside("style", style),
            script=_inside("script", script),
            network=base64.b64encode(zlib.compress(in_order(wire.to_wire(network)), 9)).decode(),
            name=name,
            parameters=network.mlp.parameters.size,
            score=description.score(checkpoint),
            facts=description.facts(checkpoint),
        )
        .encode()
    )


def _policy(script: str, style: str) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_checksum(script)}",
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
