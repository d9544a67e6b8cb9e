"""Diagnostics of a network in training as HTML tables: the health of each layer, the confusion of the digits, and what
was learned of each digit.

The fragments are light enough to be sent at every refresh; style.css beside this has their look.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.inference import metrics
from model.training.diagnostics import Diagnostics
from ui.charts import confusion_matrix
from ui.charts.layer_norms_chart import layer_names
from ui.common import templates

Array = NDArray[Any]

# An update's norm divided by that of the weights: each verdict holds below its bound.
# About 1e-3 is the rule of thumb of Karpathy's notes on training networks (Stanford's CS231n, 2015), here within a
# factor of ten. Half the distance between two neighboring 32-bit numbers, 6e-8 of a weight, is rounded away.
VERDICTS = ((1e-7, "vanishing"), (1e-4, "slow"), (1e-2, "healthy"), (1e-1, "fast"), (math.inf, "exploding"))
MOSTLY_DEAD = 0.5  # of a layer's units: its update says little about the others
FORGOTTEN_BELOW_BEST = 0.05  # a digit whose accuracy fell by more than this is called forgotten


def layer_health(diagnostics: Diagnostics, layer: int) -> str:
    """Judge a layer by its dead units, and its last update by its ratio to the weights; empty before the first step."""
    if diagnostics.step == 0:
        return ""
    dead = diagnostics.dead[layer] if layer < len(diagnostics.dead) else 0.0
    if dead >= MOSTLY_DEAD:
        return "all dead" if dead == 1 else "mostly dead"
    gradient, ratio = diagnostics.gradients[layer], update_ratio(diagnostics, layer)
    if not math.isfinite(gradient) or not math.isfinite(ratio):
        return "exploding"
    return next(verdict for bound, verdict in VERDICTS if ratio < bound)


def update_ratio(diagnostics: Diagnostics, layer: int) -> float:
    """How far the last step moved a layer, as a share of its weights."""
    update, weights = diagnostics.updates[layer], diagnostics.weights[layer]
    return update / weights if weights else math.inf if update else 0.0


def layer_table(diagnostics: Diagnostics, sizes: Sequence[int]) -> str:
    """Show each layer's gradient, its update-to-weight ratio with a verdict, and its share of dead units, as HTML.

    Args:
        sizes: the layer sizes of the network, from the 784 inputs to the outputs. Only hidden ReLU layers have dead
            units.
    """
    trained = diagnostics.step > 0
    layers = [
        {
            "name": name.capitalize(),
            "inputs": inputs,
            "outputs": outputs,
            "gradient": _number(diagnostics.gradients[layer]) if trained else "–",
            "update_ratio": _number(update_ratio(diagnostics, layer)) if trained else "–",
            "health": layer_health(diagnostics, layer),
            "dead": diagnostics.dead[layer] if layer < len(diagnostics.dead) else None,
        }
        for layer, (name, (inputs, outputs)) in enumerate(zip(layer_names(sizes), pairwise(sizes), strict=True))
    ]
    return templates.render("charts/layer_table.html", layers=layers, has_dead_units=bool(diagnostics.dead))


def _number(value: float) -> str:
    return f"{value:.2g}" if math.isfinite(value) else "too large"


def confusion_table(labels: Array, predictions: Array) -> str:
    """Show how often each digit is predicted as each digit, from labels and predictions (m,), as an HTML table."""
    return confusion_matrix.confusion_matrix(metrics.confusion_matrix(labels, predictions))


def accuracy_by_digit_table(labels: Array, predictions: Array, best: Array) -> str:
    """Show the accuracy on each digit now and at its best so far, (10,), and which digits were forgotten, as HTML."""
    rows = []
    for digit, accuracy in enumerate(metrics.accuracy_by_digit(metrics.confusion_matrix(labels, predictions))):
        if not math.isnan(accuracy):
            best_accuracy = max(accuracy, np.nan_to_num(best[digit]))
            forgotten = best_accuracy - accuracy > FORGOTTEN_BELOW_BEST
            rows.append({"digit": digit, "accuracy": accuracy, "best": best_accuracy, "forgotten": forgotten})
    return templates.render("charts/accuracy_by_digit_table.html", rows=rows)
