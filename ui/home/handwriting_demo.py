"""A digit that writes itself, and what a network takes it for after each bit of the way.

The strokes are drawn in the browser; the answers are the network's own, found here for each stage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from model.inference.classification import Classification, classify_images
from model.ink import Drawing, render
from model.nn.classifier import DigitClassifier
from ui.common import style
from ui.draw import prediction
from ui.draw.fabric import PEN_WIDTH, path_strokes

# Each digit as a pen writes it on the canvas's 280 pixels, in the order in which they are shown.
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
STEP = 6  # pixels from point to point
STAGES = 24  # how often the network reads while a digit is being written

_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "inkling_writing",
    html=(
        '<div class="writing" role="img" aria-label="Digits write themselves; bars show what the network reads.">'
        '<canvas class="writing-paper"></canvas><div class="writing-answer">'
        '<div class="answer"><span class="answer-digit"></span><span class="answer-percent"></span></div>'
        f"{prediction.probability_bars_html(Classification(None))}</div></div>"
    ),
    css=style.style_sheet() + (_FOLDER / "handwriting_demo.css").read_text(),
    js=(_FOLDER / "handwriting_demo.js").read_text(),
)


def show(network: DigitClassifier) -> None:
    """Write the digits one after another, with the network's answers beside them."""
    _component(key="writing", data={"digits": _read_all(network.checksum(), network), "pen": PEN_WIDTH})


@st.cache_data(show_spinner=False, max_entries=4)
def _read_all(checksum: str, _network: DigitClassifier) -> list[dict[str, Any]]:
    return [reading(_network, drawing(digit)) for digit in PATHS]


def reading(network: DigitClassifier, written: Drawing) -> dict[str, Any]:
    """The strokes, and after each stage of writing them the ten probabilities and the verdict, as JSON has them."""
    found = classify_images(network, [render(stage) for stage in stages(written, STAGES)])
    probabilities = np.array([stage.probabilities for stage in found], float)  # (stages, 10)
    return {
        "strokes": [stroke.round(1).tolist() for stroke in written.strokes],
        "probabilities": probabilities.round(4).tolist(),
        "verdicts": [stage.verdict for stage in found],
    }


def drawing(digit: int) -> Drawing:
    """The digit's strokes, their points equally far apart."""
    commands = re.findall(r"([MLQ])([^MLQ]+)", PATHS[digit])
    strokes = path_strokes([[name, *map(float, numbers.split())] for name, numbers in commands])
    return Drawing(tuple(_even(stroke) for stroke in strokes), pen=PEN_WIDTH)


def stages(written: Drawing, count: int) -> Sequence[Drawing]:
    """The drawing when the first 1/count of its points are there, the first 2/count, ..., all."""
    sizes = [len(stroke) for stroke in written.strokes]
    ends = np.cumsum(sizes)
    parts = []
    for stage in range(1, count + 1):
        there = -(-stage * ends[-1] // count)
        starts = zip(written.strokes, ends - sizes, strict=True)
        parts.append(Drawing(tuple(stroke[: max(there - start, 0)] for stroke, start in starts), pen=written.pen))
    return parts


def _even(stroke: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (k, 2) on the stroke's path, STEP apart."""
    along = np.concatenate([[0], np.hypot(*np.diff(stroke, axis=0).T).cumsum()])
    places = np.linspace(0, along[-1], max(round(along[-1] / STEP), 1) + 1)
    return np.stack([np.interp(places, along, stroke[:, axis]) for axis in (0, 1)], axis=1)
