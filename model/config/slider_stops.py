"""What the sliders of several settings stop at."""

from __future__ import annotations

MAX_UNITS = 4096

DECADES = tuple(digit * 10.0**power for power in range(-5, 1) for digit in (1, 2, 5))
PERCENTS = tuple(percent / 100 for percent in range(51))
FIVE_PERCENTS = tuple(percent / 100 for percent in range(0, 91, 5))
UNITS_STOPS = (
    *(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 100, 128, 160, 200, 256, 300, 320, 400),
    *(512, 640, 800, 1024, 1280, 1600, 2048, 2560, 3200, MAX_UNITS),
)
