"""Each layer's gradient norm, or update norm, over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from model.common.downsampling import downsampled
from model.training.diagnostics import Diagnostics
from ui.charts import crosshair, vega
from ui.charts.crosshair import Reading
from ui.charts.curve_lines import DASHES
from ui.charts.vega import Figure, Spec
from ui.common import theme

HEIGHT = 200
EMPTY = [0.01, 1.0]  # from where to where the axis goes before there is a norm


def layer_norms_chart(
    history: Sequence[Diagnostics],
    sizes: Sequence[int],
    end: float,
    *,
    of: Literal["gradients", "updates"] = "gradients",
) -> Figure:
    """Draw each layer's norm of the gradient, or of the last update, against epochs, on a logarithmic axis.

    A norm that is 0 or not finite is left out.

    Args:
        sizes: the layer sizes of the network, from the 784 inputs to the outputs.
        end: the last epoch of the axis.
    """
    names = layer_names(sizes)
    epochs = np.array([diagnostics.epoch for diagnostics in history])
    norms = np.array([getattr(diagnostics, of) for diagnostics in history], float).reshape(len(history), len(names))
    readings = []
    for name, values in zip(names, norms.T, strict=True):
        drawn = np.isfinite(values) & (values > 0)
        readings.append(Reading(name, epochs[drawn], values[drawn]))
    frame = next(([reading.values[0]] * 2 for reading in readings if len(reading.values)), EMPTY)
    parts: list[Spec] = [vega.frame_rows(end, norm=frame)]
    for reading in readings:
        shown = downsampled(np.log(reading.values), vega.MAX_POINTS)
        row = {"kind": "line", "layer": reading.name}
        parts.append({**row, "epoch": reading.epochs[shown], "norm": reading.values[shown]})
    parts += crosshair.rows(readings, "{:.3g}".format, end, lambda epoch: epoch / end)
    columns: dict[str, type] = {"kind": object, "layer": object, "epoch": float, "norm": float}
    return Figure(vega.table(parts, columns | crosshair.columns(len(names))), _spec(names, of))


def _spec(names: Sequence[str], of: str) -> Spec:
    field = {"field": "layer", "type": "nominal"}
    y = {
        "field": "norm",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False},
        "axis": {"title": None, **vega.LABELS, **vega.log_labels("y")},
    }
    colors = {
        "domain": list(names),
        "range": [theme.LAYER_COLORS[index % len(theme.LAYER_COLORS)] for index in range(len(names))],
    }
    dashes = {"domain": list(names), "range": [DASHES[index % len(DASHES)] for index in range(len(names))]}
    legend = vega.legend(names)
    line = vega.layer(
        "line",
        {"type": "line", "clip": True, "strokeWidth": 2},
        {
            "y": y,
            "color": {**field, "scale": colors, "legend": legend},
            "strokeDash": {**field, "scale": dashes, "legend": legend},
        },
    )
    return vega.spec(
        f"Norms of the {of} against epochs",
        HEIGHT,
        [line, crosshair.layer(names)],
        encoding={"x": vega.epochs_axis()},
        padding={"left": 0, "top": 0, "right": 12, "bottom": 6},
    )


def layer_names(sizes: Sequence[int]) -> list[str]:
    """The names of the layers between sizes (layers + 1,): "layer 1", "layer 2", ..., "answer"."""
    return [*(f"layer {number}" for number in range(1, len(sizes) - 1)), "answer"]
