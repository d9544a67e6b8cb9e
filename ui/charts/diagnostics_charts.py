"""What goes on inside a network while it learns: what its first layer looks for, how strongly each layer is moved, and
what becomes of its answer to one image.

Pure functions from values to figures, which like the learning curves are updated in place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from model.training.diagnostics import Diagnostics
from ui.charts import digit_images
from ui.charts.vega import (
    EPOCH,
    Figure,
    Spec,
    epochs_axis,
    hover_layers,
    hover_rows,
    layer,
    legend,
    log_labels,
    spec,
    table,
    thinned,
)
from ui.common import theme

UNITS_SHOWN = 64
SIDE, MAGNIFIED, GAP = 28, 2, 4  # pixels of an image; of the screen for each; between tiles
SHADES = 63  # an odd number, so that one of them is neutral

HEIGHT = 200
POINTS_SHOWN = 120  # of each line: there are many, and all together are drawn a few times a second
# From the first layer to the last, of up to seven; from the palette of Okabe and Ito (2008), cold to warm.
LAYERS = ("#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#8A8F98")

DIGITS = 10
WORTH_A_NAME = 0.15  # a probability whose line has its digit beside it
DIGIT_HEIGHT = 0.08  # of the chart, that such a digit takes

Order = Literal["strongest first"]


def weights_picture(weights: NDArray[np.float32], *, columns: int = 16, order: Order | None = None) -> str:
    """Some units' weights (784, units) as one picture, a tile of 28x28 for each unit; returns its data URL.

    Where ink speaks for a unit its tile is orange, where it speaks against it blue; each tile has its own scale.
    order: the first units as they are, or those with the greatest norm of their weights, descending.
    The picture travels in the URL because a file of it would often be gone before the browser asks for it.
    """
    if order == "strongest first":
        weights = weights[:, np.argsort(-np.square(weights).sum(axis=0), stable=True)[:UNITS_SHOWN]]
    units = min(weights.shape[1], UNITS_SHOWN)
    columns = min(columns, units)
    tile, side = SIDE * MAGNIFIED, SIDE * MAGNIFIED + GAP
    indices = np.full((-(-units // columns) * side - GAP, columns * side - GAP), SHADES, np.uint8)
    for unit in range(units):
        top, left = unit // columns * side, unit % columns * side
        values = weights[:, unit].reshape(SIDE, SIDE)
        strength = values / max(float(np.abs(values).max()), 1e-12)  # -1..1
        shades = np.rint((strength + 1) / 2 * (SHADES - 1)).astype(np.uint8)
        indices[top : top + tile, left : left + tile] = shades.repeat(MAGNIFIED, axis=0).repeat(MAGNIFIED, axis=1)
    return digit_images.data_url(indices, _palette())


def _palette() -> bytes:
    """Red, green and blue of each shade, from full ink against to full ink for; last, the gap's."""
    strength = np.linspace(-1, 1, SHADES)[:, None]
    full = np.where(strength > 0, theme.TILE_FOR, theme.TILE_AGAINST)
    colours = theme.TILE_NEUTRAL + np.abs(strength) * (full - np.array(theme.TILE_NEUTRAL))
    return np.vstack((colours, theme.TILE_GAP)).astype(np.uint8).tobytes()


def layers_chart(
    observations: Sequence[Diagnostics],
    sizes: Sequence[int],
    epochs: float,
    *,
    of: Literal["gradients", "updates"] = "gradients",
) -> Figure:
    """Each layer's norm of the gradient, or of the last update, against epochs, on a logarithmic axis.

    sizes: the network's, from the 784 inputs to the outputs. What is 0 or not finite has no place on the axis.
    """
    names = layer_names(sizes)
    shown = [observations[place] for place in thinned(len(observations), POINTS_SHOWN)]
    epoch = np.array([observation.epoch for observation in shown])
    norms = np.array([getattr(observation, of) for observation in shown]).reshape(len(shown), len(names))
    parts: list[Spec] = []
    for name, values in zip(names, norms.T, strict=True):
        drawn = np.isfinite(values) & (values > 0)
        line = {"kind": "line", "layer": name, "epoch": epoch[drawn], "norm": values[drawn]}
        parts += [line, hover_rows(line)]
    rows = table(parts, {"kind": object, "layer": object, "epoch": float, "norm": float})

    field = {"field": "layer", "type": "nominal"}
    y = {
        "field": "norm",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False},
        "axis": {"title": None, **log_labels("y")},
    }
    colours = {"domain": names, "range": [LAYERS[place % len(LAYERS)] for place in range(len(names))]}
    value = {"field": "norm", "type": "quantitative", "format": ".3g", "title": f"norm of the {of[:-1]}"}
    answering, faded = hover_layers(y, field, [{**EPOCH, "format": ".2f"}, value], "layer")
    layers = [
        layer(
            "line",
            {"type": "line", "clip": True, "strokeWidth": 2},
            encoding={"y": y, "color": {**field, "scale": colours, "legend": legend(names)}, **faded},
        ),
        *answering,
    ]
    return Figure(rows, spec(f"Norms of the {of} against epochs", HEIGHT, layers, encoding={"x": epochs_axis(epochs)}))


def layer_names(sizes: Sequence[int]) -> list[str]:
    """The layers between sizes (layers + 1,): "layer 1", "layer 2", ..., "answer"."""
    return [*(f"layer {number}" for number in range(1, len(sizes) - 1)), "answer"]


def followed_chart(history: Sequence[tuple[float, Sequence[float]]], epochs: float, label: int | None = None) -> Figure:
    """The ten probabilities of one image against epochs, from (epoch, probabilities (10,)).

    label: the digit that it shows; it is blue, and where another is more probable now, that one is vermilion. Without
    a label the most probable one is blue. A digit stands at the end of its line if it is worth a name.
    """
    shown = [history[place] for place in thinned(len(history), POINTS_SHOWN)]
    epoch = np.array([at for at, _ in shown])
    values = np.array([probabilities for _, probabilities in shown], float).reshape(-1, DIGITS)
    now = np.nan_to_num(values[-1]) if len(values) else np.zeros(DIGITS)
    roles = _roles(now, label)
    parts: list[Spec] = []
    for digit in sorted(range(DIGITS), key=lambda digit: roles[digit] != "other"):  # what stands out lies above
        finite = np.isfinite(values[:, digit])
        row = {"digit": str(digit), "role": roles[digit]}
        line = {"kind": "line", "epoch": epoch[finite], "value": values[finite, digit], **row}
        parts += [line, hover_rows(line)]
    if len(values):
        named = [digit for digit in range(DIGITS) if roles[digit] != "other" or now[digit] >= WORTH_A_NAME]
        for digit, place in zip(named, _apart(now[named]), strict=True):
            row = {"digit": str(digit), "role": roles[digit]}
            parts.append({"kind": "name", "epoch": [epoch[-1]], "value": float(place), **row})
    columns: dict[str, type] = {"kind": object, "digit": object, "role": object, "epoch": float, "value": float}
    return Figure(table(parts, columns), _followed_spec(epochs))


def _followed_spec(epochs: float) -> Spec:
    digit, value = {"field": "digit", "type": "nominal"}, {"field": "value", "type": "quantitative"}
    y = {**value, "axis": {"title": None, "format": ".0%"}, "scale": {"domain": [0, 1]}}
    roles = {"domain": ["right", "wrong", "other"], "range": [theme.RIGHT, theme.WRONG, theme.OTHER]}
    colour = {"field": "role", "type": "nominal", "scale": roles, "legend": None}
    width = {"condition": {"test": "datum.role == 'other'", "value": 1.5}, "value": 3}
    tooltip = [{**EPOCH, "format": ".2f"}, {**value, "format": ".2%", "title": "probability"}]
    answering, faded = hover_layers(y, digit, tooltip, "digit")
    words = {"type": "text", "align": "left", "baseline": "middle", "dx": 5, "fontSize": 14, "fontWeight": "bold"}
    layers = [
        layer(
            "line",
            {"type": "line", "clip": True},
            encoding={"y": y, "detail": digit, "color": colour, "strokeWidth": width, **faded},
        ),
        layer("name", words, encoding={"y": y, "color": colour, "text": digit}),
        *answering,
    ]
    return spec(
        "The probability of each digit against epochs",
        HEIGHT,
        layers,
        encoding={"x": epochs_axis(epochs)},
        padding={"left": 0, "top": 8, "right": 18, "bottom": 20},  # on the right, for a digit after the last epoch
    )


def _roles(now: NDArray[Any], label: int | None) -> list[str]:
    best = int(now.argmax()) if now.any() else label
    right = best if label is None else label
    return ["right" if digit == right else "wrong" if digit == best else "other" for digit in range(DIGITS)]


def _apart(values: NDArray[Any]) -> NDArray[np.float64]:
    """Places from 0 to 1 as near to values (n,) as leaves each the height of a digit."""
    order = np.argsort(values, stable=True)
    places = np.asarray(values, float)[order]
    floor = -math.inf
    for place in range(len(places)):
        floor = places[place] = max(places[place], floor + DIGIT_HEIGHT)
    ceiling = 1.0 + DIGIT_HEIGHT
    for place in reversed(range(len(places))):
        ceiling = places[place] = min(places[place], ceiling - DIGIT_HEIGHT)
    return places[np.argsort(order)]
