"""The ten probabilities that a network gives one image, over the epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.common.constants import CLASSES
from ui.charts import vega
from ui.charts.vega import EPOCH, Figure, Spec
from ui.common import theme

HEIGHT = 200
LABELED_FROM = 0.15  # a line that ends at this probability or above has its digit beside it
DIGIT_HEIGHT = 0.08  # of the chart, that such a digit takes


def probe_chart(history: Sequence[tuple[float, Sequence[float]]], epochs: float, label: int | None = None) -> Figure:
    """Draw the ten probabilities of one image against epochs, from (epoch, probabilities (10,)).

    The end of a line carries its digit if the digit stands out or is probable enough.

    Args:
        label: the digit that the image shows. It is blue; a digit that is more probable now is vermilion. Without a
            label the most probable digit is blue.
    """
    shown = [history[index] for index in vega.downsampled(len(history))]
    epoch = np.array([at for at, _ in shown])
    values = np.array([probabilities for _, probabilities in shown], float).reshape(-1, CLASSES)
    now = np.nan_to_num(values[-1]) if len(values) else np.zeros(CLASSES)
    roles = _roles(now, label)
    parts: list[Spec] = []
    for digit in sorted(range(CLASSES), key=lambda digit: roles[digit] != "other"):  # lines that stand out lie above
        finite = np.isfinite(values[:, digit])
        row = {"digit": str(digit), "role": roles[digit]}
        line = {"kind": "line", "epoch": epoch[finite], "value": values[finite, digit], **row}
        parts += [line, vega.hover_rows(line)]
    if len(values):
        labeled = [digit for digit in range(CLASSES) if roles[digit] != "other" or now[digit] >= LABELED_FROM]
        for digit, y in zip(labeled, _spread_labels(now[labeled]), strict=True):
            row = {"digit": str(digit), "role": roles[digit]}
            parts.append({"kind": "name", "epoch": [epoch[-1]], "value": float(y), **row})
    columns: dict[str, type] = {"kind": object, "digit": object, "role": object, "epoch": float, "value": float}
    return Figure(vega.table(parts, columns), _spec(epochs))


def _spec(epochs: float) -> Spec:
    digit, value = {"field": "digit", "type": "nominal"}, {"field": "value", "type": "quantitative"}
    y = {**value, "axis": {"title": None, "format": ".0%"}, "scale": {"domain": [0, 1]}}
    roles = {"domain": ["right", "wrong", "other"], "range": [theme.RIGHT, theme.WRONG, theme.OTHER]}
    color = {"field": "role", "type": "nominal", "scale": roles, "legend": None}
    width = {"condition": {"test": "datum.role == 'other'", "value": 1.5}, "value": 3}
    tooltip = [{**EPOCH, "format": ".2f"}, {**value, "format": ".2%", "title": "probability"}]
    hover, faded = vega.hover_layers(y, digit, tooltip, "digit")
    text = {"type": "text", "align": "left", "baseline": "middle", "dx": 5, "fontSize": 14, "fontWeight": "bold"}
    layers = [
        vega.layer(
            "line",
            {"type": "line", "clip": True},
            encoding={"y": y, "detail": digit, "color": color, "strokeWidth": width, **faded},
        ),
        vega.layer("name", text, encoding={"y": y, "color": color, "text": digit}),
        *hover,
    ]
    return vega.spec(
        "The probability of each digit against epochs",
        HEIGHT,
        layers,
        encoding={"x": vega.epochs_axis(epochs)},
        padding={"left": 0, "top": 8, "right": 18, "bottom": 20},  # on the right, for a digit after the last epoch
    )


def _roles(now: NDArray[Any], label: int | None) -> list[str]:
    """Whether each digit is the right one, the wrong answer, or another."""
    best = int(now.argmax()) if now.any() else label
    right = best if label is None else label
    return ["right" if digit == right else "wrong" if digit == best else "other" for digit in range(CLASSES)]


def _spread_labels(values: NDArray[Any]) -> NDArray[np.float64]:
    """Heights from 0 to 1 as near to values (n,) as possible, each at least a digit's height from the next."""
    order = np.argsort(values, stable=True)
    heights = np.asarray(values, float)[order]
    floor = -math.inf
    for index in range(len(heights)):
        floor = heights[index] = max(heights[index], floor + DIGIT_HEIGHT)
    ceiling = 1.0 + DIGIT_HEIGHT
    for index in reversed(range(len(heights))):
        ceiling = heights[index] = min(heights[index], ceiling - DIGIT_HEIGHT)
    return heights[np.argsort(order)]
