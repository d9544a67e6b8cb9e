"""The ten probabilities that a network gives one image, over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.common.constants import CLASSES
from model.common.downsampling import downsampled
from ui.charts import crosshair, vega
from ui.charts.crosshair import Reading
from ui.charts.vega import Figure, Spec
from ui.common import formatting, theme

HEIGHT = 200
ROLES = {"right": theme.RIGHT, "wrong": theme.WRONG, "other": theme.OTHER}
LABELED_FROM = 0.15  # a line that ends at this probability or above has its digit beside it
DIGIT_HEIGHT = 0.08  # of the chart, that such a digit takes


def probe_chart(history: Sequence[tuple[float, Sequence[float]]], end: float, label: int | None = None) -> Figure:
    """Draw the ten probabilities of one image against epochs, from (epoch, probabilities (10,)).

    The end of a line carries its digit if the digit stands out or is probable enough.

    Args:
        end: the last epoch of the axis.
        label: the digit that the image shows. It is blue; a digit that is more probable now is vermilion. Without a
            label the most probable digit is blue.
    """
    epochs = np.array([epoch for epoch, _ in history])
    values = np.array([probabilities for _, probabilities in history], float).reshape(-1, CLASSES)
    now = np.nan_to_num(values[-1]) if len(values) else np.zeros(CLASSES)
    roles = _roles(now, label)
    parts: list[Spec] = [vega.frame_rows(end, value=(0, 1))]
    readings = []
    for digit in sorted(range(CLASSES), key=lambda digit: roles[digit] != "other"):  # lines that stand out lie above
        finite = np.isfinite(values[:, digit])
        line = Reading(str(digit), epochs[finite], values[finite, digit])
        shown = downsampled(line.values, vega.MAX_POINTS)
        row = {"kind": "line", "digit": line.name, "role": roles[digit]}
        parts.append({**row, "epoch": line.epochs[shown], "value": line.values[shown]})
        readings.append(line)
    if len(values):
        labeled = [digit for digit in range(CLASSES) if roles[digit] != "other" or now[digit] >= LABELED_FROM]
        for digit, y in zip(labeled, vega.spread(now[labeled], DIGIT_HEIGHT), strict=True):
            row = {"digit": str(digit), "role": roles[digit]}
            shades = theme.text_shades(ROLES[roles[digit]])._asdict()
            parts.append({"kind": "name", "epoch": [epochs[-1]], "value": float(y), **row, **shades})
    readings.sort()
    parts += crosshair.rows(readings, formatting.percent, end, lambda epoch: epoch / end)
    columns: dict[str, type] = dict.fromkeys(("kind", "digit", "role", "light", "dark"), object)
    columns |= {"epoch": float, "value": float}
    return Figure(vega.table(parts, columns | crosshair.columns(CLASSES)), _spec())


def _spec() -> Spec:
    digit, value = {"field": "digit", "type": "nominal"}, {"field": "value", "type": "quantitative"}
    y = {**value, "axis": {"title": None, **vega.LABELS, "format": ".0%"}, "scale": {"domain": [0, 1]}}
    roles = {"domain": list(ROLES), "range": list(ROLES.values())}
    color = {"field": "role", "type": "nominal", "scale": roles, "legend": None}
    width = {"condition": {"test": "datum.role == 'other'", "value": 1.5}, "value": 3}
    text = {"type": "text", "align": "left", "baseline": "middle", "dx": 5, "fontSize": 14, "fontWeight": "bold"}
    layers = [
        vega.layer(
            "line",
            {"type": "line", "clip": True},
            {"y": y, "detail": digit, "color": color, "strokeWidth": width},
        ),
        vega.layer("name", {**text, "color": vega.text_shade()}, {"y": y, "text": digit}),
        crosshair.layer([str(digit) for digit in range(CLASSES)]),
    ]
    return vega.spec(
        "The probability of each digit against epochs",
        HEIGHT,
        layers,
        encoding={"x": vega.epochs_axis()},
        padding={"left": 0, "top": 8, "right": 18, "bottom": 20},  # on the right, for a digit after the last epoch
    )


def _roles(now: NDArray[Any], label: int | None) -> list[str]:
    """Whether each digit is the right one, the wrong answer, or another."""
    best = int(now.argmax()) if now.any() else label
    right = best if label is None else label
    return ["right" if digit == right else "wrong" if digit == best else "other" for digit in range(CLASSES)]
