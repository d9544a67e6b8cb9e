"""The explanation of one answer: the browser computes and draws it, from the network and the ink."""

from __future__ import annotations

import base64

from model.ink.photo import DigitPhoto
from ui.browser import modules
from ui.common import templates
from ui.common.components import component
from ui.draw.fabric import PEN_WIDTH
from ui.inside import explained
from ui.inside.explained import Explained

_component = component(__file__, html=templates.render("inside/explanation.html"))


def is_possible(network: Explained) -> bool:
    """Whether a network is small enough for a browser."""
    return network.address is not None


def show(network: Explained, photo: DigitPhoto | None) -> None:
    """Explain the network's answer to what is on the paper.

    Args:
        network: `is_possible` must hold.
        photo: an uploaded one, which takes the place of the drawing.
    """
    _component(
        key="explanation",
        data={
            "modules": modules.address("inside/index.js"),
            "network": network.address,
            "isInTraining": network.is_in_training,
            "version": network.version,
            "snapshots": explained.snapshots(network.run),
            "sizes": list(network.sizes),
            "penWidth": PEN_WIDTH,
            "photo": base64.b64encode(photo.image.tobytes()).decode() if photo else None,
        },
    )
