"""The demo on Home: digits write themselves, and a network predicts them stroke by stroke, until the visitor writes.

The browser draws the strokes; the predictions for each stage of these digits are computed here. What the visitor
writes, the browser reads itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from markupsafe import Markup

from model.inference.classification import Classification, classify_images
from model.ink import Drawing, render
from model.nn.classifier import DigitClassifier
from ui.browser import modules
from ui.browser import networks as browser_networks
from ui.common import style, templates, theme
from ui.common.components import component
from ui.draw.fabric import PEN_WIDTH
from ui.draw.prediction import probability_bars_html
from ui.draw.sample_digits import PATHS, written
from ui.pickers import networks

STAGES = 24  # predictions while a digit is being written

_component = component(
    __file__,
    html=templates.render("home/handwriting_demo.html", bars=Markup(probability_bars_html(Classification(None)))),
    css=style.style_sheet(),
)


def show(name: str) -> None:
    """Write the digits one after another, with the predictions beside them.

    Args:
        name: of a network that comes with Inkling.
    """
    network = networks.load_shipped(name).network
    _component(
        key="writing",
        data={
            "digits": _predict_all(browser_networks.checksum(network), network),
            "penWidth": PEN_WIDTH,
            "penColor": theme.PEN,
            "modules": modules.address(),
            "network": browser_networks.address(name),
        },
    )


@st.cache_data(show_spinner=False, max_entries=4)
def _predict_all(checksum: str, _network: DigitClassifier) -> list[dict[str, Any]]:
    return [predict_stages(_network, written(digit)) for digit in PATHS]


def predict_stages(network: DigitClassifier, whole: Drawing) -> dict[str, Any]:
    """A drawing's strokes, and the ten probabilities and the verdict at each stage, as JSON values."""
    answers = classify_images(network, [render(stage) for stage in stages(whole, STAGES)])
    probabilities = np.array([answer.probabilities for answer in answers], float)  # (stages, 10)
    return {
        "strokes": [stroke.round(1).tolist() for stroke in whole.strokes],
        "probabilities": probabilities.round(4).tolist(),
        "verdicts": [answer.verdict for answer in answers],
    }


def stages(whole: Drawing, count: int) -> Sequence[Drawing]:
    """The drawing with the first 1/count of its points, the first 2/count, ..., all of them."""
    sizes = [len(stroke) for stroke in whole.strokes]
    ends = np.cumsum(sizes)
    parts = []
    for stage in range(1, count + 1):
        drawn = -(-stage * ends[-1] // count)
        starts = zip(whole.strokes, ends - sizes, strict=True)
        parts.append(Drawing(tuple(stroke[: max(drawn - start, 0)] for stroke, start in starts), pen=whole.pen))
    return parts
