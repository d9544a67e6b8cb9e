"""What goes on inside a network while it learns, as tables: is each layer moved too little or too much, which digits
does it confuse, and which has it learned and forgotten again.

Plain HTML, light enough to be sent anew at every look; style.css says what it looks like.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.common.constants import CLASSES
from model.training.diagnostics import Diagnostics
from ui.charts.evaluation_charts import FULL_COLOR_SHARE
from ui.charts.layer_norms_chart import layer_names
from ui.common.formatting import image_count, percent

Array = NDArray[Any]

# An update's norm by that of the weights: each verdict holds below its bound.
# About 1e-3 is the rule of thumb of Karpathy's notes on training networks (Stanford's CS231n, 2015), here within a
# factor of ten. Half a step between two neighbouring 32-bit numbers, 6e-8 of a weight, is rounded away.
VERDICTS = ((1e-7, "vanishing"), (1e-4, "slow"), (1e-2, "healthy"), (1e-1, "fast"), (math.inf, "exploding"))
RULE = (
    "As a rule of thumb, a step that moves a layer's weights by about a thousandth of their size is healthy: here, "
    "from 0.0001 to 0.01. Below 0.0000001 the numbers are too coarse for it and the layer stands still; above 0.1 it "
    "forgets what it was."
)
FORGOTTEN = 0.05  # below its best share, a digit is called forgotten


def layer_health(observation: Diagnostics, place: int) -> str:
    """What a layer's last update is worth, by its ratio to the weights; empty before the first step."""
    if observation.step == 0:
        return ""
    gradient, ratio = observation.gradients[place], update_ratio(observation, place)
    if not math.isfinite(gradient) or not math.isfinite(ratio):
        return "exploding"
    return next(word for bound, word in VERDICTS if ratio < bound)


def update_ratio(observation: Diagnostics, place: int) -> float:
    """How far the last step moved a layer, as a share of its weights."""
    update, weights = observation.updates[place], observation.weights[place]
    return update / weights if weights else math.inf if update else 0.0


def layer_table(observation: Diagnostics, sizes: Sequence[int]) -> str:
    """Of each layer its gradient, its update by its weights with a verdict, and the share of dead units; as HTML.

    sizes: the network's, from the 784 inputs to the outputs. Dead units are those of hidden ReLU layers.
    """
    heads = ["Layer", "Gradient", "Update / weights", "", *(["Dead units"] if observation.dead else [])]
    rows = "".join(
        _layer_row(observation, place, name, f"{inputs} to {outputs}")
        for place, (name, (inputs, outputs)) in enumerate(zip(layer_names(sizes), pairwise(sizes), strict=True))
    )
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return (
        f'<table class="layer-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        f'<p class="layer-rule">{RULE}</p>'
    )


def _layer_row(observation: Diagnostics, place: int, name: str, shape: str) -> str:
    word = layer_health(observation, place)
    ratio = _figure(update_ratio(observation, place)) if observation.step else "–"
    gradient = _figure(observation.gradients[place]) if observation.step else "–"
    dead = f"<td>{_dead(observation.dead, place)}</td>" if observation.dead else ""
    return (
        f'<tr><th scope="row">{name.capitalize()} <span class="layer-shape">{shape}</span></th>'
        f'<td>{gradient}</td><td>{ratio}</td><td><span class="layer-verdict layer-{word}">{word}</span></td>{dead}</tr>'
    )


def _figure(value: float) -> str:
    return f"{value:.2g}" if math.isfinite(value) else "too large"


def _dead(shares: Sequence[float], place: int) -> str:
    if place >= len(shares):
        return ""  # the answer's units
    share = shares[place]
    return (
        f'<span class="layer-track"><span class="layer-dead" style="width: {share:.1%}"></span></span> '
        f"{percent(share, 0)}"
    )


def confusion_table(labels: Array, predictions: Array) -> str:
    """How often each digit (row) is read as each digit (column), from labels and predictions (m,); as HTML.

    Color is the share of the row: for mistakes by its square root, so that a handful among many still shows.
    """
    counts = confusion(labels, predictions)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    mistakes = np.where(np.eye(CLASSES, dtype=bool), 0.0, shares)
    strengths = np.where(
        np.eye(CLASSES), 0.05 + 0.4 * shares, 0.1 + 0.7 * np.sqrt(mistakes / max(mistakes.max(), FULL_COLOR_SHARE))
    )
    head = "".join(f'<th scope="col">{digit}</th>' for digit in range(CLASSES))
    rows = "".join(
        f'<tr><th scope="row">{row}</th>'
        + "".join(_cell(row, column, counts[row, column], strengths[row, column]) for column in range(CLASSES))
        + "</tr>"
        for row in range(CLASSES)
    )
    return (
        '<div class="confusion"><span class="confusion-columns">read as</span><span class="confusion-rows">shows</span>'
        f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def confusion(labels: Array, predictions: Array) -> NDArray[np.intp]:
    """Counts (10, 10) of images by the digit that they show and the one that they are read as."""
    digits = labels < CLASSES  # others show none
    places = labels[digits].astype(np.intp) * CLASSES + predictions[digits]
    return np.bincount(places, minlength=CLASSES * CLASSES).reshape(CLASSES, CLASSES)


def _cell(row: int, column: int, count: int, strength: float) -> str:
    if not count:
        return "<td></td>"
    kind = "right" if row == column else "wrong"
    return (
        f'<td class="confusion-{kind}" style="--strength: {strength:.0%}" '
        f'title="{row} read as {column}: {image_count(count)}"><span>{count}</span></td>'
    )


def shares_read(labels: Array, predictions: Array) -> NDArray[np.float64]:
    """The share (10,) of each digit's images that is read right; NaN where there are none."""
    counts = confusion(labels, predictions)
    totals = counts.sum(axis=1)
    return np.divide(counts.diagonal(), totals, out=np.full(CLASSES, np.nan), where=totals > 0)


def accuracy_by_digit_table(labels: Array, predictions: Array, best: Array) -> str:
    """Of each digit the share that is read right now, and at its best so far, (10,); what was forgotten; as HTML."""
    return (
        f'<div class="learned">{"".join(map(_digit_row, range(CLASSES), shares_read(labels, predictions), best))}</div>'
    )


def _digit_row(digit: int, share: float, best: float) -> str:
    if math.isnan(share):
        return ""
    best = max(share, np.nan_to_num(best))
    forgotten = best - share > FORGOTTEN
    note, kind = (f"forgotten: was {percent(best, 0)}", " learned-forgotten") if forgotten else ("", "")
    return (
        f'<div class="learned-row{kind}"><span class="learned-digit">{digit}</span>'
        f'<span class="learned-track"><span class="learned-fill" style="width: {share:.1%}"></span>'
        f'<span class="learned-best" style="left: {best:.1%}" title="at its best {percent(best)}"></span></span>'
        f'<span class="learned-percent">{percent(share, 0)}</span><span class="learned-note">{note}</span></div>'
    )
