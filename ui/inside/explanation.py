"""The explanation of one answer: the browser computes and draws it, from the network and the ink."""

from __future__ import annotations

import base64

from model.ink.photo import DigitPhoto
from model.nn.classifier import DigitClassifier
from ui.browser import modules, networks
from ui.common import templates
from ui.common.components import component
from ui.draw.fabric import PEN_WIDTH, SHEET_SIZE

_component = component(__file__, html=templates.render("inside/explanation.html"))


def is_possible(name: str) -> bool:
    """Whether the network of this name in the menus is small enough for a browser."""
    return networks.address(name) is not None


def show(name: str, network: DigitClassifier, photo: DigitPhoto | None) -> None:
    """Explain the network's answer to what is on the paper.

    Args:
        name: of the network in the menus; `is_possible` must hold.
        network: the same.
        photo: an uploaded one, which takes the place of the drawing.
    """
    _component(
        key="explanation",
        data={
            "modules": modules.address("inside/index.js"),
            "network": networks.address(name),
            "sizes": list(network.mlp.sizes),
            "size": SHEET_SIZE,
            "penWidth": PEN_WIDTH,
            "photo": base64.b64encode(photo.image.tobytes()).decode() if photo else None,
        },
    )
