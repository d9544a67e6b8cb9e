"""Charts for a projector: the same chart, tall, with large type and thick lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ui.charts.vega import Figure

SMALLEST_TEXT = 20  # pixels: read from the last row
TEXT_FACTOR = 20 / 12
LINE_FACTOR = 2.0

Scale = Callable[[float], float]


def _text(size: float) -> float:
    return max(SMALLEST_TEXT, size * TEXT_FACTOR)


def _room(pixels: float) -> float:
    return pixels * TEXT_FACTOR


def _line(width: float) -> float:
    return width * LINE_FACTOR


def _area(size: float) -> float:
    return size * LINE_FACTOR**2


# What becomes of a number that stands in a spec under such a name, or as a "value" below it.
SCALES: dict[str, Scale] = {
    **dict.fromkeys(("fontSize", "labelFontSize", "titleFontSize"), _text),
    **dict.fromkeys(("dx", "dy", "limit", "padding", "titlePadding", "tickSize"), _room),
    "strokeWidth": _line,
    "size": _area,
}
NESTED = ("value", "condition", "left", "right", "top", "bottom")  # below such a name, what belongs to it


def enlarged(figure: Figure, height: int) -> Figure:
    """A figure for a projector, `height` pixels high without legend and axis."""
    return Figure(figure.table, {**_enlarged(figure.spec), "height": height})


def _enlarged(part: Any, scale: Scale | None = None) -> Any:
    if isinstance(part, dict):
        return {
            name: _enlarged(value, SCALES.get(name, scale if name in NESTED else None)) for name, value in part.items()
        }
    if isinstance(part, list | tuple):
        return [_enlarged(each, scale) for each in part]
    if scale is None or isinstance(part, bool) or not isinstance(part, int | float):
        return part
    return scale(part)
