"""A drawing as a browser's canvas sends it, and what the app has to answer: so that a wrong answer is an error too.

No two are alike: each is somebody's digit, turned a little, larger or smaller, and somewhere else on the paper.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from model.common.arrays import F64
from model.inference.classification import classify_images
from model.ink import Drawing, read_ink, render
from model.training import checkpoint
from ui.draw import fabric, prediction

INK = Path(__file__).parents[1] / "tests" / "fixtures" / "ink.jsonl"
TURN = math.radians(8)  # at most, either way
SCALE = (0.75, 1.05)
SHIFT = 20  # units of the sheet, at most, either way
HEADLINE = re.compile(r'<div class="answer[ "].*?</div>', re.DOTALL)
PERCENT = re.compile(r'<span class="answer-percent">.*?</span>')


class Sent(NamedTuple):
    """The canvas's value, in JSON, and what the answer says in large type, as HTML without its percentage."""

    value: str
    answer: str


def some(count: int, seed: int = 0) -> list[Sent]:
    """So many drawings, with the answers of the network that Draw begins with."""
    return [strokes[-1] for strokes in by_stroke(count, seed)]


def by_stroke(count: int, seed: int = 0) -> list[list[Sent]]:
    """So many drawings, each as it is sent whenever the pen lifts: the first stroke, the first two, and so on."""
    network = checkpoint.load(checkpoint.DEFAULT_WEIGHTS).network
    drawn = [[_value(strokes[: end + 1]) for end in range(len(strokes))] for strokes in _drawings(count, seed)]
    values = [value for one in drawn for value in one]
    images = [render(fabric.drawing_from_fabric(json.loads(value)["drawing"]["raw"])) for value in values]
    answers = (words(prediction.headline_html(answer)) for answer in classify_images(network, images))
    return [[Sent(value, next(answers)) for value in one] for one in drawn]


def words(html: str) -> str:
    """What an answer says in large type, without the percentage: its last digit depends on how sums are ordered."""
    headline = HEADLINE.search(html)
    return PERCENT.sub("", headline[0]) if headline else ""


def _value(strokes: Sequence[F64]) -> str:
    return json.dumps({"drawing": {"raw": canvas_state(strokes), "data": None}, "backgroundFit": None})


def _drawings(count: int, seed: int) -> Iterator[list[F64]]:
    rng = np.random.default_rng(seed)
    written = list(read_ink(INK))
    for number in range(count):
        yield _varied(written[number % len(written)], rng)


def _varied(drawing: Drawing, rng: np.random.Generator) -> list[F64]:
    angle, scale = rng.uniform(-TURN, TURN), rng.uniform(*SCALE)
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    middle = np.concatenate(drawing.strokes).mean(axis=0)
    place = middle + rng.uniform(-SHIFT, SHIFT, 2)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    return [(stroke - middle) @ turn.T + place for stroke in drawing.strokes]


def canvas_state(strokes: Sequence[F64]) -> dict[str, object]:
    """Strokes (k, 2) as the canvas's pen makes them: curves through the middles between points, and a line to end."""
    objects = [
        {
            "type": "Path",
            "originX": "center",
            "originY": "center",
            "strokeWidth": fabric.SCALE * fabric.PEN_WIDTH,
            "path": _path(fabric.SCALE * stroke),
        }
        for stroke in strokes
    ]
    return {"version": "7.4.0", "objects": objects, "background": "#000000"}


def _path(stroke: F64) -> list[list[object]]:
    middles = (stroke[1:-1] + stroke[2:]) / 2
    curves = np.concatenate([stroke[1:-1], middles], axis=1).round(4).tolist()
    return [["M", *stroke[0].round(4).tolist()], *(["Q", *curve] for curve in curves), ["L", *stroke[-1].tolist()]]
