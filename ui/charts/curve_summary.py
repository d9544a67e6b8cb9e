"""Learning curves in words, for those who hear a page instead of seeing it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.training.history import HistoryPoint
from ui.charts.curve_columns import columns
from ui.charts.curve_lines import Curve
from ui.common import formatting

LEVEL_LOSS = 0.03  # relative: a loss that changes less than this from one stretch to the next is level
LEVEL_ACCURACY = 0.01  # an accuracy that stays within one percentage point is level


def summarize(curves: Sequence[Curve]) -> str:
    """Say how each curve goes: "784-128-10, epoch 7: loss 0.13, falling; validation 91.5 %, level since epoch 4."

    The current run comes first; a run without a step is left out.
    """
    ordered = sorted(curves, key=lambda curve: not curve.current)
    return " ".join(f"{curve.name}, {text}." for curve in ordered if (text := summarize_points(curve.points)))


def summarize_points(points: Sequence[HistoryPoint]) -> str:
    """Say how one run goes, nothing if it has made no step."""
    found = columns(points)
    trained, measured = found.step > 0, np.isfinite(found.validation_accuracy)
    if not trained.any():
        return ""
    epochs, losses = found.epoch[trained], found.loss[trained]
    said = [f"loss {_number(losses[-1])}{_loss_trend(epochs, losses)}"]
    if measured.any():
        accuracies = found.validation_accuracy[measured]
        trend = _accuracy_trend(found.epoch[measured], accuracies)
        said.append(f"validation {formatting.percent(accuracies[-1])}{trend}")
    return f"epoch {math.ceil(epochs[-1])}: {'; '.join(said)}"


def _number(loss: float) -> str:
    return f"{loss:.2g}" if loss < 100 else f"{loss:,.0f}" if math.isfinite(loss) else "no longer a number"


def _loss_trend(epochs: NDArray[np.float64], values: NDArray[np.float64]) -> str:
    """Whether the loss falls: its mean over the last epoch, or the last half, against that of the stretch before."""
    if not math.isfinite(values[-1]):
        return ""
    stretch = min(1.0, epochs[-1] / 2)
    late = values[(epochs > epochs[-1] - stretch) & np.isfinite(values)]
    early = values[(epochs <= epochs[-1] - stretch) & (epochs > epochs[-1] - 2 * stretch) & np.isfinite(values)]
    if not len(late) or not len(early) or early.mean() <= 0:
        return ""
    change = late.mean() / early.mean() - 1
    return ", level" if abs(change) < LEVEL_LOSS else ", falling" if change < 0 else ", rising"


def _accuracy_trend(epochs: NDArray[np.float64], values: NDArray[np.float64]) -> str:
    """Since when the accuracy is level, or where it goes."""
    if len(values) < 2:
        return ""
    others = np.flatnonzero(abs(values - values[-1]) > LEVEL_ACCURACY)
    level = int(others[-1]) + 1 if len(others) else 0
    if level < len(values) - 1:
        return f", level since epoch {epochs[level]:.3g}"
    return ", rising" if values[-1] > values[-2] else ", falling"
