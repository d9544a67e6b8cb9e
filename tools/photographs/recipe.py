"""What all kinds of pictures share: sizes, pens and cameras, drawn from the ranges to develop with or to measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from model.common.arrays import F64
from tools.photographs import camera, surfaces
from tools.photographs.digits import Digit
from tools.photographs.surfaces import Color

PENS: dict[bool, list[Color]] = {
    False: [(0.1, 0.13, 0.4), (0.08, 0.08, 0.1), (0.15, 0.2, 0.55), (0.2, 0.2, 0.22), (0.55, 0.1, 0.12)],
    True: [(0.12, 0.16, 0.48), (0.1, 0.1, 0.12), (0.05, 0.08, 0.25), (0.1, 0.35, 0.2), (0.62, 0.12, 0.15)],
}
PAPERS: dict[bool, list[Color]] = {
    False: [(0.9, 0.9, 0.88), (0.85, 0.84, 0.8), (0.93, 0.93, 0.95), (0.88, 0.85, 0.76)],
    True: [(0.91, 0.9, 0.9), (0.8, 0.79, 0.76), (0.92, 0.9, 0.82), (0.86, 0.88, 0.9)],
}
SIZES = [(800, 600), (1200, 900), (600, 800), (1000, 1000), (1280, 960), (640, 480)]


@dataclass
class Recipe:
    """The draws for one picture."""

    digit: Digit
    rng: Generator
    held_out: bool
    shape: tuple[int, int] = (0, 0)  # of the picture: height and width in pixels; drawn too if nothing is given

    def __post_init__(self) -> None:
        if not any(self.shape):
            self.shape = SIZES[self.rng.integers(len(SIZES))]
        self.unit = max(self.shape) / 1000
        self.pen = self.one_of(PENS)
        self.paper = self.one_of(PAPERS)

    def one_of(self, choices: dict[bool, list[Color]]) -> Color:
        """Choose a color; the ones held out are not those to develop with."""
        colors = choices[self.held_out]
        return colors[self.rng.integers(len(colors))]

    def between(self, low: float, high: float) -> float:
        """Draw a number; the range held out is wider by a tenth at both ends, and the middle tenth is left out."""
        if not self.held_out:
            return float(self.rng.uniform(low, high))
        span = high - low
        value = self.rng.uniform(low - 0.1 * span, high)
        return float(value if value < low + 0.45 * span else value + 0.1 * span)

    def is_so(self, share: float) -> bool:
        """Draw yes or no."""
        return bool(self.rng.random() < share)

    def sheet(self, color: Color | None = None, share: float = 1.0) -> F64:
        """A plain sheet as large as that share of the picture."""
        height, width = (round(share * side) for side in self.shape)
        return surfaces.plain((height, width), color or self.paper, self.rng, self.between(0.003, 0.012))

    def write(
        self,
        sheet: F64,
        size: tuple[float, float] = (0.25, 0.6),
        pen: tuple[float, float] = (0.025, 0.07),
        pencil: bool = False,
        color: Color | None = None,
        within: tuple[float, float, float, float] | None = None,
    ) -> F64:
        """Write the digit on a sheet.

        Args:
            sheet: the surface.
            size: the range of the digit's longer side, as a share of the place's shorter side.
            pen: the range of the pen's width, as a share of the digit's longer side.
            pencil: gray, thin and grainy.
            color: of the pen; one of the usual ones if None.
            within: left, top, right, bottom of the place in pixels; all of the sheet if None.
        """
        left, top, right, bottom = within or (0, 0, sheet.shape[1], sheet.shape[0])
        height = self.between(*size) * min(right - left, bottom - top)
        mask = self.digit.mask(round(height), max(height * self.between(*pen), 2.2 * self.unit))
        if pencil:
            mask = mask * np.clip(0.85 + self.rng.normal(0, 0.15, mask.shape), 0, 1)
            gray = self.between(0.4, 0.6)
            color = (gray, gray, gray * 1.03)
        elif color is None:
            color = self.pen
            mask = mask * self.between(0.88, 1)
        free_y, free_x = max(bottom - top - mask.shape[0], 1), max(right - left - mask.shape[1], 1)
        at = (
            round(top + free_y * self.rng.uniform(0.2, 0.8)),
            round(left + free_x * self.rng.uniform(0.2, 0.8)),
        )
        return surfaces.ink_on(sheet, mask, at, color)

    def photograph(self, scene: F64, light: F64 | None = None, softer: float = 1.0) -> bytes:
        """Take the picture."""
        falls = camera.gradient(self.shape, self.between(0.05, 0.3), self.rng) * self.between(0.75, 1.0)
        seen = camera.take(
            scene,
            falls if light is None else falls * light,
            softer * self.unit * self.between(0.4, 1.3),
            self.between(1, 5),
            self.rng,
            self.between(-0.04, 0.08),
        )
        return camera.develop(seen, int(np.clip(self.between(55, 93), 40, 95)))

    def held(self, sheet: F64, tilt: float = 4, skew: float = 0.05) -> F64:
        """The sheet fills the picture, turned a little and in perspective."""
        at = camera.corners(self.shape, -0.12, tilt, skew, self.rng)
        return camera.lay(sheet, np.zeros((*self.shape, 3)) + np.asarray(self.paper), at)
