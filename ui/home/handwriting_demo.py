"""The demo on Home: digits write themselves, and a network predicts them stroke by stroke.

The browser draws the strokes; the predictions for each stage of a drawing are computed here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from markupsafe import Markup

from model.inference.classification import Classification, classify_images
from model.ink import Drawing, render
from model.ink.resampling import resample
from model.nn.classifier import DigitClassifier
from ui.common import style, templates, theme
from ui.draw.fabric import PEN_WIDTH, path_strokes
from ui.draw.prediction import probability_bars_html

# The pen's path of each digit on the canvas's 280 pixels, in the order in which they are shown.
PATHS = {
    3: "M85 70 Q105 42 145 45 Q195 48 192 88 Q188 128 130 132 Q205 135 205 185 Q203 238 140 238 Q95 238 75 205",
    8: "M185 75 Q170 42 135 45 Q92 50 95 90 Q98 120 145 142 Q205 170 198 205 Q188 240 135 238 Q80 234 82 195 "
    "Q88 160 140 138 Q190 115 185 75",
    5: "M100 50 Q95 90 90 130 Q120 108 150 112 Q205 120 203 175 Q198 238 135 238 Q95 238 75 215 M100 50 Q150 52 200 46",
    2: "M80 95 Q85 45 140 45 Q200 45 200 95 Q200 140 140 185 Q100 215 78 232 Q140 225 208 230",
    9: "M195 85 Q180 42 135 48 Q85 58 88 105 Q95 150 145 142 Q190 130 195 85 Q200 160 170 240",
    4: "M150 45 Q110 120 75 170 Q140 172 210 165 M178 95 Q172 170 168 240",
    7: "M80 58 Q140 58 205 52 Q165 130 130 238",
    0: "M140 45 Q75 45 75 140 Q75 235 140 235 Q205 235 205 140 Q205 45 145 45",
    6: "M180 48 Q95 80 85 170 Q82 238 140 238 Q200 238 198 185 Q195 140 145 140 Q100 142 88 180",
    1: "M110 85 Q135 70 150 45 Q148 140 145 235",
}
POINT_SPACING = 6  # pixels from point to point; handwriting_demo.js has the same number
STAGES = 24  # predictions while a digit is being written

_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "inkling_writing",
    html=templates.render("home/handwriting_demo.html", bars=Markup(probability_bars_html(Classification(None)))),
    css=style.style_sheet() + (_FOLDER / "handwriting_demo.css").read_text(),
    js=(_FOLDER / "handwriting_demo.js").read_text(),
)


def show(network: DigitClassifier) -> None:
    """Write the digits one after another, with the network's predictions beside them."""
    digits = _predict_all(network.checksum(), network)
    _component(key="writing", data={"digits": digits, "penWidth": PEN_WIDTH, "penColor": theme.PEN})


@st.cache_data(show_spinner=False, max_entries=4)
def _predict_all(checksum: str, _network: DigitClassifier) -> list[dict[str, Any]]:
    return [predict_stages(_network, drawing(digit)) for digit in PATHS]


def predict_stages(network: DigitClassifier, whole: Drawing) -> dict[str, Any]:
    """A drawing's strokes, and the ten probabilities and the verdict at each stage, as JSON values."""
    answers = classify_images(network, [render(stage) for stage in stages(whole, STAGES)])
    probabilities = np.array([answer.probabilities for answer in answers], float)  # (stages, 10)
    return {
        "strokes": [stroke.round(1).tolist() for stroke in whole.strokes],
        "probabilities": probabilities.round(4).tolist(),
        "verdicts": [answer.verdict for answer in answers],
    }


def drawing(digit: int) -> Drawing:
    """The digit's strokes, with evenly spaced points."""
    commands = re.findall(r"([MLQ])([^MLQ]+)", PATHS[digit])
    strokes = path_strokes([[name, *map(float, numbers.split())] for name, numbers in commands])
    return Drawing(tuple(resample(stroke, POINT_SPACING) for stroke in strokes), pen=PEN_WIDTH)


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
