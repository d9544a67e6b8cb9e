"""An axis of a drawing: where a value stands on it, and the round numbers that are written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

MARGIN = 0.04  # of an axis, free at either end


@dataclass(frozen=True)
class Axis:
    """From one value to another, linear or logarithmic."""

    title: str
    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False  # of whole numbers: none between them is written
    labels: tuple[str, ...] = ()  # of an axis of names, at 0, 1, 2 ...

    @classmethod
    def around(cls, title: str, values: Iterable[float], *, is_log: bool = False, is_whole: bool = False) -> Axis:
        """Return an axis that has room for all of the values."""
        finite = [value for value in values if math.isfinite(value) and (value > 0 or not is_log)]
        low, high = (min(finite), max(finite)) if finite else (1.0, 10.0)
        if is_log:
            pad = (math.log(high) - math.log(low)) * MARGIN or 0.5
            return cls(title, low / math.exp(pad), high * math.exp(pad), True)
        pad = (high - low) * MARGIN or abs(high) * MARGIN or 0.5
        return cls(title, low - pad, high + pad, is_whole=is_whole)

    @classmethod
    def of_names(cls, title: str, names: Iterable[str]) -> Axis:
        """Return an axis with a place for each name."""
        labels = tuple(names)
        return cls(title, -0.5, len(labels) - 0.5, labels=labels)

    def share(self, value: float) -> float:
        """Return how far along the axis a value stands, from 0 to 1."""
        low, high = self.low, self.high
        if self.is_log:
            low, high, value = math.log(low), math.log(high), math.log(max(value, self.low))
        return min(max((value - low) / (high - low), 0.0), 1.0)

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Return round values within the axis, each as it is written."""
        if self.labels:
            return [(float(place), label) for place, label in enumerate(self.labels)]
        values = self._log_ticks() if self.is_log else []
        values = values if len(values) > 1 else self._even_ticks(most)
        return [(value, _number(value)) for value in values]

    def _log_ticks(self) -> list[float]:
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        step = max(1, len(powers) // 6)
        return [10.0**power for power in powers if power % step == 0 and self.low <= 10.0**power <= self.high]

    def _even_ticks(self, most: int) -> list[float]:
        power = 10.0 ** math.floor(math.log10((self.high - self.low) / most))
        step: float = next(
            power * factor for factor in (1, 2, 5, 10) if (self.high - self.low) / (power * factor) <= most
        )
        if self.is_whole:
            step = max(step, 1.0)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [index * step for index in range(first, last + 1)]


def _number(value: float) -> str:
    if value and (abs(value) < 0.001 or abs(value) >= 1e6):
        return f"{value:.3g}"
    return f"{round(value, 6):,.10g}"
