"""Weight initialization: the standard deviation of a layer's random initial weights."""

from __future__ import annotations

import math
from collections.abc import Callable

INITIALIZERS: dict[str, Callable[[int, int, float], float]] = {
    # (inputs, outputs, the given std) -> standard deviation
    "he": lambda inputs, outputs, std: math.sqrt(2 / inputs),  # He et al. 2015: keeps ReLU's variance
    "glorot": lambda inputs, outputs, std: math.sqrt(2 / (inputs + outputs)),  # Glorot and Bengio 2010
    "normal": lambda inputs, outputs, std: std,
}
