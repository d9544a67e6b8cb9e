"""Surfaces as arrays (height, width, 3) of the share of light they reflect, 0..1: papers, boards, screens, desks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw
from scipy import ndimage

from model.common.arrays import F64

Color = Sequence[float]


def plain(shape: tuple[int, int], color: Color, rng: Generator, grain: float = 0.01) -> F64:
    """A surface of one color, with the grain of paper."""
    texture = ndimage.gaussian_filter(rng.normal(0, 1, shape), 1.2) * 3 * grain
    return np.clip(np.asarray(color)[None, None] * (1 + texture[..., None]), 0, 1)


def draw_lines(surface: F64, at: Sequence[tuple[float, float, float, float]], color: Color, width: float) -> F64:
    """Print straight lines, each from x, y to x, y."""
    height, across = surface.shape[:2]
    picture = Image.new("L", (2 * across, 2 * height))
    canvas = ImageDraw.Draw(picture)
    for line in at:
        canvas.line([2 * value for value in line], fill=255, width=max(1, round(2 * width)))
    share = np.asarray(picture.reduce(2), dtype=np.float64)[..., None] / 255
    return surface * (1 - share) + np.asarray(color) * share


def ruled(surface: F64, spacing: float, color: Color, width: float, rng: Generator) -> F64:
    """Print horizontal lines."""
    height, across = surface.shape[:2]
    rows = np.arange(rng.uniform(0.2, 1) * spacing, height, spacing)
    return draw_lines(surface, [(-5, row, across + 5, row) for row in rows], color, width)


def squared(surface: F64, spacing: float, color: Color, width: float, rng: Generator) -> F64:
    """Print a grid."""
    height, across = surface.shape[:2]
    columns = np.arange(rng.uniform(0.2, 1) * spacing, across, spacing)
    surface = ruled(surface, spacing, color, width, rng)
    return draw_lines(surface, [(column, -5, column, height + 5) for column in columns], color, width)


def dotted(surface: F64, spacing: float, color: Color, width: float) -> F64:
    """Print a grid of dots."""
    y, x = np.mgrid[: surface.shape[0], : surface.shape[1]]
    off = np.hypot((x % spacing) - spacing / 2, (y % spacing) - spacing / 2)
    share = np.clip(width - off, 0, 1)[..., None]
    return surface * (1 - share) + np.asarray(color) * share


def wood(shape: tuple[int, int], color: Color, rng: Generator, contrast: float = 0.12) -> F64:
    """Boards with grain along one side and gaps between them."""
    height, width = shape
    streaks = ndimage.gaussian_filter(rng.normal(0, 1, shape), (1.5, width / 8))
    streaks = streaks / max(float(streaks.std()), 1e-9)
    wavy = ndimage.gaussian_filter(rng.normal(0, 1, shape), (height / 25, width / 3))
    wavy = wavy / max(float(wavy.std()), 1e-9)
    shade = 1 + contrast * (0.6 * streaks + 0.6 * wavy)
    board = round(height / rng.uniform(2, 6))
    for row in range(int(rng.uniform(0, board)), height, board):
        shade[row : row + max(2, height // 300)] *= 0.45
    surface = np.clip(np.asarray(color)[None, None] * shade[..., None], 0, 1)
    return np.ascontiguousarray(surface.transpose(1, 0, 2)[:height, :width]) if height == width else surface


def cloth(shape: tuple[int, int], colors: Sequence[Color], spacing: int) -> F64:
    """A checked tablecloth."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    share = ((y // spacing % 2) + (x // spacing % 2))[..., None] / 2
    return np.asarray(colors[0]) * (1 - share) + np.asarray(colors[1]) * share


def ink_on(surface: F64, mask: F64, corner: tuple[int, int], color: Color) -> F64:
    """Put ink on a surface, the mask's top left at a corner (y, x)."""
    top, left = corner
    part = surface[top : top + mask.shape[0], left : left + mask.shape[1]]
    share = mask[: part.shape[0], : part.shape[1], None]
    surface = surface.copy()
    surface[top : top + mask.shape[0], left : left + mask.shape[1]] = part * (1 - share) + share * np.asarray(color)
    return surface


def small_print(surface: F64, box: tuple[int, int, int, int], size: int, color: Color, rng: Generator) -> F64:
    """Fill a box (left, top, right, bottom) with marks like those of a toolbar: letters, squares and rings."""
    picture = Image.new("L", (surface.shape[1], surface.shape[0]))
    canvas = ImageDraw.Draw(picture)
    left, top, right, bottom = box
    middle = (top + bottom) / 2
    x = float(left + size)
    while x < right - size:
        one = (x, middle - size / 2, x + size * rng.uniform(0.4, 1), middle + size / 2)
        match rng.integers(4):
            case 0:
                canvas.rectangle(one, outline=255, width=max(1, size // 8))
            case 1:
                canvas.ellipse(one, outline=255, width=max(1, size // 8))
            case 2:
                canvas.text((x, middle - size / 2), str(rng.choice(list("ABCDEFGHkmnrtx"))), fill=255, font_size=size)
            case _:
                canvas.line((one[0], middle, one[2], middle), fill=255, width=max(1, size // 6))
        x += size * rng.uniform(1.2, 2.5)
    share = np.asarray(picture, dtype=np.float64)[..., None] / 255
    return surface * (1 - share) + np.asarray(color) * share
