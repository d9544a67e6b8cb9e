"""What experiments measure, and how its values and differences are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

from model.common.formatting import format_duration


@dataclass(frozen=True)
class Measure:
    """A measure, and the words for it."""

    name: str
    title: str
    higher_is_better: bool = True
    better: str = "better"
    scale: float = 100.0  # from the value to what is written
    unit: str = "%"
    of_differences: str = "points"

    def write(self, value: float, decimals: int = 2) -> str:
        """Write a value: 97.42 %, 14 min 42 s, 25,450 parameters."""
        if self.unit == "s":
            return format_duration(value)
        return f"{value * self.scale:,.{decimals if self.unit == '%' else 0}f} {self.unit}"

    def phrase(self, value: float) -> str:
        """Write a value with what it is: 97.42 % validation accuracy, 2.9 s, 25,450 parameters."""
        return f"{self.write(value)} {self.title}" if self.unit == "%" else self.write(value)

    def number(self, value: float, decimals: int) -> str:
        """Write a value or a difference without its unit."""
        text = f"{value * self.scale:,.{decimals}f}"
        return text.lstrip("-") if not float(text.replace(",", "")) else text  # no -0.0

    def decimals(self, width: float) -> int:
        """How many decimals are worth writing of a difference whose interval is so wide."""
        width = abs(width * self.scale)
        most = 3 if self.unit == "%" else 1
        return min(max(-math.floor(math.log10(width / 2)), 0 if self.scale == 1 else 1), most) if width else most


VALIDATION_ACCURACY = Measure("validation_accuracy", "validation accuracy")
TEST_ACCURACY = Measure("test_accuracy", "test accuracy")
INK_ACCURACY = Measure("ink_accuracy", "ink accuracy")
SECONDS_TO = Measure("seconds_to", "time to the accuracy", False, "faster", 1.0, "s", "s")
PARAMETERS_TO = Measure("parameters_to", "size", False, "smaller", 1.0, "parameters", "parameters")
MEASURES = {
    measure.name: measure for measure in (VALIDATION_ACCURACY, TEST_ACCURACY, INK_ACCURACY, SECONDS_TO, PARAMETERS_TO)
}
