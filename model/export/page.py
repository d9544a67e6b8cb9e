"""A network as one HTML file: paper, the answer while one draws, and how the network was trained."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

from model import browser
from model.browser import wire
from model.export import description
from model.export.archive import in_order
from model.export.one_script import one_script
from model.export.standalone import standalone_page
from model.training.checkpoint import Checkpoint

_FOLDER = Path(__file__).parent


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
    style = browser.style_sheet("answer", "visually_hidden", "pill")
    return standalone_page(
        _FOLDER / "page.html",
        title=f"{name} reads digits",
        style=style + (_FOLDER / "page.css").read_text(encoding="utf-8"),
        script=one_script(_FOLDER / "page.js"),
        network=base64.b64encode(zlib.compress(in_order(wire.to_wire(network)), 9)).decode(),
        name=name,
        parameters=network.mlp.parameters.size,
        score=description.score(checkpoint),
        facts=description.facts(checkpoint),
    )
