"""The answer that follows the pen: the browser reads the ink with the page's network while it is drawn.

The app hears of a drawing when the pen lifts, and its answer then stands in the place of the browser's. Where the
browser can't read (an old one, or a network that does not arrive), the app's answers are all that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from ui import state
from ui.browser import modules
from ui.common.components import component
from ui.draw import paper
from ui.draw.fabric import PEN_WIDTH, SCALE, SHEET_SIZE

DECIMALS = 2  # of a place on the sheet: less than a thousandth of the image's pixels

_component = component(__file__)


def connect(network: str | None = None, strip: Mapping[str, object] | None = None) -> None:
    """Let the browser read along; to be called in the container of the canvas, after all answers.

    Whether it reads or not, the canvas's container sends each change of the ink as an event "ink", and what the app
    knows of the drawing as an event "answered": for the tools and the strip, which need not be sent again themselves.

    Args:
        network: where the browser gets it (ui/browser/networks); None if only the ink is wanted.
        strip: what the strip of drawings shows, if there is one.
    """
    sheet = state.tab().sheet
    _component(
        key="live_reading",
        data={
            "modules": modules.address(),
            "network": network,
            "sheet": sheet.number,
            # Tuples: of lists and dictionaries, Streamlit finds out whether they are tables, which takes its time.
            "strokes": tuple(stroke.round(DECIMALS).tolist() for stroke in sheet.content.drawing.strokes),
            "size": SHEET_SIZE,
            "scale": SCALE,
            "penWidth": PEN_WIDTH,
            "toolsAndStrip": (paper.usable_tools(), strip),
        },
    )
