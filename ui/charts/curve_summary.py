"""Learning curves in words, for those who hear a page instead of seeing it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from model.training.history import HistoryPoint
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
    trained = [point for point in points if point.step]
    if not trained:
        return ""
    losses = [(point.epoch, point.loss) for point in trained]
    measured = [(point.epoch, point.validation_accuracy) for point in points if point.validation_accuracy is not None]
    said = [f"loss {_number(losses[-1][1])}{_loss_trend(losses)}"]
    if measured:
        said.append(f"validation {formatting.percent(measured[-1][1])}{_accuracy_trend(measured)}")
    return f"epoch {math.ceil(trained[-1].epoch)}: {'; '.join(said)}"


def _number(loss: float) -> str:
    return f"{loss:.2g}" if loss < 100 else f"{loss:,.0f}" if math.isfinite(loss) else "no longer a number"


def _loss_trend(losses: Sequence[tuple[float, float]]) -> str:
    """Whether the loss falls: its mean over the last epoch, or the last half, against that of the stretch before."""
    epochs, values = np.array(losses, float).T
    if not math.isfinite(values[-1]):
        return ""
    stretch = min(1.0, epochs[-1] / 2)
    late = values[(epochs > epochs[-1] - stretch) & np.isfinite(values)]
    early = values[(epochs <= epochs[-1] - stretch) & (epochs > epochs[-1] - 2 * stretch) & np.isfinite(values)]
    if not len(late) or not len(early) or early.mean() <= 0:
        return ""
    change = late.mean() / early.mean() - 1
    return ", level" if abs(change) < LEVEL_LOSS else ", falling" if change < 0 else ", rising"


def _accuracy_trend(measured: Sequence[tuple[float, float]]) -> str:
    """Since when the accuracy is level, or where it goes."""
    if len(measured) < 2:
        return ""
    last = measured[-1][1]
    level = len(measured) - 1
    while level and abs(measured[level - 1][1] - last) <= LEVEL_ACCURACY:
        level -= 1
    if level < len(measured) - 1:
        return f", level since epoch {measured[level][0]:.3g}"
    return ", rising" if last > measured[-2][1] else ", falling"
