"""The charts of some runs together with what is said of their curves, drawn anew only when a run has gone on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from ui.charts import curve_summary, learning_curves
from ui.charts.curve_lines import Curve
from ui.charts.learning_curves import Look
from ui.charts.vega import Figure


class CurveCharts(NamedTuple):
    """What is drawn of curves, and said of them."""

    curves: Sequence[Curve]
    figures: Mapping[str, Figure]  # by their titles
    summary: str  # the course of the curves in words
    suggests_log: bool

    @classmethod
    def of(cls, curves: Sequence[Curve], end: float, look: Look) -> CurveCharts:
        """Draw curves up to the epoch `end`."""
        figures = {
            "Loss": learning_curves.loss_curve(curves, end, look),
            "Accuracy": learning_curves.accuracy_curve(curves, end, look),
        }
        return cls(curves, figures, curve_summary.summarize(curves), learning_curves.suggests_log(curves))


def identity(curve: Curve) -> Hashable:
    """What tells a curve from what it was before: a run that goes on has new lists, one that waits has the same.

    Lists are known by their ids, so whoever compares two identities must keep the curve of the first.
    """
    return curve.name, id(curve.points), id(curve.changes), curve.current, curve.baseline
