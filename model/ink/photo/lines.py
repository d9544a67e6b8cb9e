"""Printed lines on the paper: ruled, squared, a margin, the cells of a table. They go, and the ink on them stays.

A line runs from border to border. It is found as the best path that goes one step to the side at most for every eight
pixels along it (a path opening; Talbot and Appleton, 2007), so it may be bent or in perspective. How dark the line is
is measured along it, and what is darker than that is ink.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from model.common.arrays import F64, I64, Array, Bools

BLOCK = 8  # pixels along a line that are seen at once
SLOPES = (0.0, 0.22, -0.22)  # each with an eighth to both sides
HALF_WIDTHS = (5, 14)  # pixels: a line is narrower than that to both sides
MAX_LINES = 60  # in one direction
MIN_SHARE = 0.8  # of the sheet's extent that a line runs along
MIN_COVERED = 0.62  # of its blocks that are dark
GAP = 1.0  # what a block without the line costs a path, in blocks
BEND = 0.25  # what a step to the side costs
STRAY = 1.5  # pixels that a path may be off a smooth curve
MIN_SIGNAL = 3.0  # a line's darkness over the grain of the paper's


@dataclass(frozen=True, eq=False)
class PrintedLine:
    """A line's row in each column, from the first column to the last."""

    start: int
    rows: F64


def without_lines(dark: F64, sheet: Bools, level: float) -> tuple[F64, Bools]:
    """Take the lines away.

    Args:
        dark: how dark each pixel is, (height, width), 0..1.
        sheet: where the paper is.
        level: the least darkness of a line.

    Returns:
        The darkness without lines, and where they were.
    """
    where = np.zeros(dark.shape, dtype=bool)
    for across in (False, True):
        turned, region = (dark.T, sheet.T) if across else (dark, sheet)
        covered = where.T if across else where
        turned = turned.copy()
        for line, half_width in _find(turned, region, level):
            _erase(turned, line, half_width, covered)
        dark = turned.T if across else turned
    return dark, where


def _find(dark: F64, sheet: Bools, level: float) -> list[tuple[PrintedLine, int]]:
    """Find the lines along the rows, each with the half width that it was found with."""
    found: list[tuple[PrintedLine, int]] = []
    height, width = dark.shape
    if min(height, width) < 4 * BLOCK:
        return found
    for slope in SLOPES:
        shift = np.rint(slope * np.arange(width)).astype(int)
        shift -= shift.min()
        means, paper = _blocks(dark, shift), _blocks(sheet, shift) > 0.5
        extent = paper.sum(axis=1)
        # A quarter of normal differences are below 0.45 of their spread; lines along the rows change nothing.
        grain = float(np.percentile(np.abs(np.diff(means, axis=1)), 25)) / 0.45
        taken = np.zeros(means.shape, dtype=bool)
        for half_width in HALF_WIDTHS:
            ridge = (_ridge(means, half_width) > max(level, MIN_SIGNAL * grain)) & paper & ~taken
            for path, first in _paths(ridge, paper, extent, half_width):
                middle = BLOCK * (first + np.arange(len(path))) + (BLOCK - 1) / 2
                columns = np.arange(max(0, round(middle[0] - BLOCK)), min(width, round(middle[-1] + BLOCK)))
                fine = _refined(means, path, first, half_width)
                found.append(
                    (PrintedLine(int(columns[0]), np.interp(columns, middle, fine) - shift[columns]), half_width)
                )
                for offset in range(-half_width, half_width + 1):
                    rows = np.clip(path + offset, 0, len(taken) - 1)
                    taken[rows, first + np.arange(len(path))] = True
    return found


def _blocks(values: Array, shift: I64) -> F64:
    """Push each column down by its shift, and take the mean over eight columns: (rows, columns / 8)."""
    height, width = values.shape
    slanted = np.zeros((width, height + int(shift.max())))
    for column, (moved, value) in enumerate(zip(shift.tolist(), values.T, strict=True)):
        slanted[column, moved : moved + height] = value
    blocks = width // BLOCK
    return np.ascontiguousarray(slanted[: blocks * BLOCK].reshape(blocks, BLOCK, -1).mean(axis=1).T)


def _ridge(means: F64, half_width: int) -> F64:
    """How much darker each block is than those above and below."""
    padded = np.pad(means, [(half_width, half_width), (0, 0)])
    beside = np.maximum(padded[: len(means)], padded[2 * half_width :])
    return means - beside


def _paths(ridge: Bools, paper: Bools, extent: I64, half_width: int) -> list[tuple[I64, int]]:
    """Trace the paths that run along most of the paper, the longest first: rows of each block, and the first block."""
    ridge = ridge.copy()
    height, blocks = ridge.shape
    found: list[tuple[I64, int]] = []
    if blocks < 4:
        return found
    for _ in range(MAX_LINES):
        gain = np.where(ridge, 1.0, -GAP)
        score = np.zeros((height, blocks))
        came = np.zeros((height, blocks), dtype=np.int8)
        last = np.zeros(height)
        padded = np.full(height + 2, -1.0)
        for block in range(blocks):
            padded[1:-1] = last
            three = np.stack([padded[1:-1] + BEND, padded[:-2], padded[2:]])  # straight on, from above, from below
            came[:, block] = three.argmax(axis=0)
            last = np.maximum(0, three.max(axis=0) - BEND + gain[:, block])
            score[:, block] = last
        at, block = divmod(int(score.argmax()), blocks)
        end, rows = block, [at]
        while block > 0:
            before = at + (0, -1, 1)[int(came[at, block])]
            if not 0 <= before < height or score[before, block - 1] <= 0:
                break
            at, block = before, block - 1
            rows.append(at)
        path, first = np.array(rows[::-1]), block
        columns = np.arange(first, end + 1)
        reach = max(float(np.median(extent[path])), 4.0)
        if len(path) < MIN_SHARE * reach:
            break
        dark = ridge[path, columns]
        smooth = _smooth(path, dark)
        if (dark & (np.abs(path - smooth) <= STRAY)).mean() > MIN_COVERED:
            found.append((np.clip(np.rint(smooth).astype(int), 0, height - 1), first))
        for offset in range(-half_width, half_width + 1):
            ridge[np.clip(path + offset, 0, height - 1), columns] = False
    return found


def _smooth(path: I64, dark: Bools) -> F64:
    """The cubic curve that most of a path follows, through its dark blocks."""
    at = np.linspace(-1, 1, len(path))
    used = dark.copy()
    curve = path.astype(np.float64)
    for _ in range(3):
        if used.sum() < 6:
            return curve
        curve = np.asarray(np.polyval(np.polyfit(at[used], path[used], 3), at), dtype=np.float64)
        off = np.abs(path - curve)
        used = dark & (off <= max(STRAY, float(np.median(off[used]))))
    return curve


def _refined(means: F64, path: I64, first: int, half_width: int) -> F64:
    """The line's middle in each block, to a fraction of a pixel, smoothed along it."""
    reach = min(half_width, 4)
    offsets = np.arange(-reach, reach + 1)
    rows = np.clip(path[:, None] + offsets, 0, len(means) - 1)
    values = means[rows, first + np.arange(len(path))[:, None]]
    values = np.maximum(values - values.min(axis=1, keepdims=True), 0)
    middle = path + (values * offsets).sum(axis=1) / np.maximum(values.sum(axis=1), 1e-9)
    middle = ndimage.median_filter(middle, min(9, len(middle)), mode="nearest")
    return np.asarray(ndimage.gaussian_filter1d(middle, 1.5, mode="nearest"))


def _erase(dark: F64, line: PrintedLine, half_width: int, covered: Bools) -> None:
    """Take a line away in place: what is as dark as all of the line becomes paper, what is darker stays."""
    columns = line.start + np.arange(len(line.rows))
    base = np.rint(line.rows).astype(int)
    reach = half_width + 3  # the blurred edges too
    offsets = np.arange(-reach, reach + 1)
    rows = base[:, None] + offsets  # (columns, offsets)
    inside = (rows >= 0) & (rows < len(dark))
    at = (np.clip(rows, 0, len(dark) - 1), columns[:, None])
    values = dark[at]
    span = min(len(columns), 20 * BLOCK + 1)
    step = BLOCK
    usual = ndimage.median_filter(values[::step], (max(3, span // step), 1), mode="nearest")
    usual = np.repeat(usual, step, axis=0)[: len(columns)]
    usual = np.minimum(usual, 1.25 * np.median(values, axis=0) + 0.01)  # a digit's bar along the line is no line
    spread = np.median(np.abs(values - usual), axis=0) * 1.5
    rim = np.minimum(usual[:, :1], usual[:, -1:])
    height = (usual - rim).max(axis=1, keepdims=True)
    on_line = (usual - rim > 0.1 * height) & inside
    # The line may be a pixel beside its place.
    most = np.maximum(usual, ndimage.maximum_filter(usual, (1, 3)) * 0.85)
    excess = values - most
    is_ink = excess > np.maximum(0.05, 2.5 * np.maximum(spread, 0.012))[None]
    kept = np.where(on_line & ~is_ink, np.minimum(values, rim), values)
    # Ink on both sides goes on through the line.
    thickness = int(on_line.sum(axis=1).max()) if on_line.size else 0
    closed = ndimage.grey_closing(kept, (1, min(thickness + 3, len(offsets))), mode="nearest")
    kept = np.where(on_line, np.minimum(closed, values), kept)
    dark[at[0][inside], np.broadcast_to(at[1], rows.shape)[inside]] = kept[inside]
    around = ndimage.maximum_filter(on_line, (1, 1 + 2 * (half_width // 4))) & inside
    covered[at[0][around], np.broadcast_to(at[1], rows.shape)[around]] = True
