"""Digits for those who cannot draw: written by hand once, and varied as other hands would write them."""

from __future__ import annotations

import re

import numpy as np

from model.ink import Drawing, Variation
from model.ink.resampling import resample
from model.ink.stroke_batch import StrokeBatch, augment_strokes
from model.ink.writing_styles import WRITING_STYLES
from ui.draw.fabric import PEN_WIDTH, SHEET_SIZE, path_strokes

# The pen's path of each digit in units of the sheet, in the order in which Home shows them.
PATHS = {
    3: "M85 70 Q105 42 145 45 Q195 48 192 88 Q188 128 130 132 Q205 135 205 185 Q203 238 140 238 Q95 238 75 205",
    8: "M185 75 Q170 42 135 45 Q92 50 95 90 Q98 120 145 142 Q205 170 198 205 Q188 240 135 238 Q80 234 82 195 "
    "Q88 160 140 138 Q190 115 185 75",
    5: "M100 50 Q95 90 90 130 Q120 108 150 112 Q205 120 203 175 Q198 238 135 238 Q95 238 75 215 M100 50 Q150 52 200 46",
    2: "M80 95 Q85 45 140 45 Q200 45 200 95 Q200 140 140 185 Q100 215 78 232 Q140 225 208 230",
    9: "M195 85 Q180 42 135 48 Q85 58 88 105 Q95 150 145 142 Q190 130 195 85 Q200 160 170 240",
    4: "M150 45 Q110 120 75 170 Q140 172 210 165 M178 95 Q172 170 168 240",
    7: "M80 58 Q140 58 205 52 Q165 130 130 238",
    0: "M140 45 Q75 45 75 140 Q75 235 140 235 Q205 235 205 140 Q205 45 145 45",
    6: "M180 48 Q95 80 85 170 Q82 238 140 238 Q200 238 198 185 Q195 140 145 140 Q100 142 88 180",
    1: "M110 85 Q135 70 150 45 Q148 140 145 235",
}
POINT_SPACING = 6  # units from point to point
VARIATION = Variation(rotation=float(np.radians(9)), shear=0.15, aspect_std=0.15, warp_std=0.35)
STYLE_SHARE = 0.4  # of the digits that have a second style, such as a crossed 7
SIZES = (0.55, 0.72)  # of a digit's longer side, as a share of the sheet


def written(digit: int) -> Drawing:
    """The digit as it was written, with evenly spaced points."""
    commands = re.findall(r"([MLQ])([^MLQ]+)", PATHS[digit])
    strokes = path_strokes([[name, *map(float, numbers.split())] for name, numbers in commands])
    return Drawing(tuple(resample(stroke, POINT_SPACING) for stroke in strokes), str(digit), pen=PEN_WIDTH)


def sample_digit(digit: int, rng: np.random.Generator) -> Drawing:
    """The digit in another hand, in the middle of the sheet."""
    drawing = written(digit)
    styles = WRITING_STYLES.get(str(digit), ())
    if styles and rng.random() < STYLE_SHARE:
        drawing = Drawing(styles[rng.integers(len(styles))](drawing.strokes, rng) or drawing.strokes)
    varied = augment_strokes(StrokeBatch.of([drawing], [digit]), rng, VARIATION)
    points = varied.points.astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    points = (points - (low + high) / 2) * (rng.uniform(*SIZES) * SHEET_SIZE / (high - low).max()) + SHEET_SIZE / 2
    strokes = np.split(points, np.flatnonzero(np.diff(varied.stroke)) + 1)
    return Drawing(tuple(strokes), pen=PEN_WIDTH)
