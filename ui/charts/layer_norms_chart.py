"""Each layer's gradient norm, or update norm, over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from model.training.diagnostics import Diagnostics
from ui.charts import vega
from ui.charts.vega import EPOCH, Figure, Spec
from ui.common import theme

HEIGHT = 200


def layer_norms_chart(
    history: Sequence[Diagnostics],
    sizes: Sequence[int],
    epochs: float,
    *,
    of: Literal["gradients", "updates"] = "gradients",
) -> Figure:
    """Draw each layer's norm of the gradient, or of the last update, against epochs, on a logarithmic axis.

    A norm that is 0 or not finite is left out.

    Args:
        sizes: the layer sizes of the network, from the 784 inputs to the outputs.
    """
    names = layer_names(sizes)
    shown = [history[index] for index in vega.downsampled(len(history))]
    epoch = np.array([diagnostics.epoch for diagnostics in shown])
    norms = np.array([getattr(diagnostics, of) for diagnostics in shown]).reshape(len(shown), len(names))
    parts: list[Spec] = []
    for name, values in zip(names, norms.T, strict=True):
        drawn = np.isfinite(values) & (values > 0)
        line = {"kind": "line", "layer": name, "epoch": epoch[drawn], "norm": values[drawn]}
        parts += [line, vega.hover_rows(line)]
    rows = vega.table(parts, {"kind": object, "layer": object, "epoch": float, "norm": float})
    return Figure(rows, _spec(names, epochs, of))


def _spec(names: Sequence[str], epochs: float, of: str) -> Spec:
    field = {"field": "layer", "type": "nominal"}
    y = {
        "field": "norm",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False},
        "axis": {"title": None, **vega.log_labels("y")},
    }
    colors = {
        "domain": list(names),
        "range": [theme.LAYER_COLORS[index % len(theme.LAYER_COLORS)] for index in range(len(names))],
    }
    value = {"field": "norm", "type": "quantitative", "format": ".3g", "title": f"norm of the {of[:-1]}"}
    hover, faded = vega.hover_layers(y, field, [{**EPOCH, "format": ".2f"}, value], "layer")
    line = vega.layer(
        "line",
        {"type": "line", "clip": True, "strokeWidth": 2},
        encoding={"y": y, "color": {**field, "scale": colors, "legend": vega.legend(names)}, **faded},
    )
    encoding = {"x": vega.epochs_axis(epochs)}
    return vega.spec(f"Norms of the {of} against epochs", HEIGHT, [line, *hover], encoding=encoding)


def layer_names(sizes: Sequence[int]) -> list[str]:
    """The names of the layers between sizes (layers + 1,): "layer 1", "layer 2", ..., "answer"."""
    return [*(f"layer {number}" for number in range(1, len(sizes) - 1)), "answer"]
