"""The search for ink on a page: on each part that may be the sheet, in each light, until a digit is found."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from model.common.arrays import F64, Bools
from model.ink.drawing import BlankDrawing
from model.ink.photo.light import darkness, ink_is_bright
from model.ink.photo.lines import without_lines
from model.ink.photo.sheet import sheets
from model.ink.photo.strokes import Strokes, find_strokes

WINDOWS = (0.05, 0.1, 0.35)  # shares of the page's longer side: for pens, for markers, and for fat ones
GRAY = np.array([0.299, 0.587, 0.114])  # how bright red, green and blue look (ITU-R BT.601)
POLARITY_REACHES = (0.6, 0.2)  # shares of the page's longer side
PLAIN_LENGTH = 0.15  # of the page's longer side
WHOLE_MERIT = 0.35  # of the merit of what a smaller window found, all of which is in one part of what this one found
BRIGHT_INK = 1.5  # this many times the merit must be where the ink is taken for bright
PLAIN_PARTS = 4
CLEAR_MERIT, CLEAR_PARTS = 1.0, 2  # of a digit that a window has found as a whole
BORDER = 0.035  # of the page's longer side: what ends so near to the border goes on beyond
PLAIN_WIDTH = 0.4  # of the window
LEAST_MERIT = 0.15  # grain and shadows have up to 0.13, faint pencil 0.5 and more
OTHER_SHEET = 4.0  # this many times the merit must be on a less likely sheet
ENOUGH_MERIT = 0.6
LEAST_LINE = 0.03  # the least darkness of a printed line
ONLY_GRAIN = "no ink found in the picture, only shadows and grain: take it in even light, or with a darker pen"


def find_ink(page: F64) -> tuple[Strokes, tuple[float, float, float, float]]:
    """Find the ink.

    Returns:
        The strokes, and which part of the page they were looked for on: left, top, right, bottom as shares.

    Raises:
        BlankDrawing: there is none.
    """
    best: Strokes | None = None
    problem: BlankDrawing | None = None
    for sheet in sheets(page):
        colors = _filled(page, sheet)
        try:
            found = _on_sheet(colors, sheet)
        except BlankDrawing as blank:
            problem = problem or blank
            continue
        if best is None or found.merit > OTHER_SHEET * best.merit:
            best = found
        if best.merit > ENOUGH_MERIT:
            break
    if best is None or best.merit < LEAST_MERIT:
        raise problem or BlankDrawing(ONLY_GRAIN)
    return best, (0.0, 0.0, 1.0, 1.0)


def _filled(page: F64, sheet: Bools) -> F64:
    """The page with the sheet's own color in place of all else."""
    if sheet.all():
        return page
    rows, columns = ndimage.distance_transform_edt(~sheet, return_distances=False, return_indices=True)
    smooth = ndimage.median_filter(page[::3, ::3], (5, 5, 1), mode="nearest")
    outside = smooth[np.minimum(rows // 3, len(smooth) - 1), np.minimum(columns // 3, smooth.shape[1] - 1)]
    return np.where(sheet[..., None], page, outside)


def _on_sheet(colors: F64, sheet: Bools) -> Strokes:
    gray = ndimage.gaussian_filter(colors @ GRAY, max(sheet.shape) / 600)
    likely = {False} | {ink_is_bright(gray, reach) for reach in POLARITY_REACHES}
    best: Strokes | None = None
    for is_bright in sorted(likely):
        of_light: Strokes | None = None
        for share in WINDOWS:
            try:
                found = _in_light(255 - gray if is_bright else gray, sheet, share)
            except BlankDrawing:
                continue
            side = max(sheet.shape)
            if of_light is None or (_is_better(found, of_light) and not _adds_bars(found, of_light, side)):
                of_light = found
            is_thin = found.width < PLAIN_WIDTH * share * side
            if is_thin and found.length > PLAIN_LENGTH * side and len(found.kept) <= PLAIN_PARTS:
                break  # no fat marker of which only parts are seen
        if of_light and (best is None or of_light.merit > BRIGHT_INK * best.merit):
            best = of_light
    if best is None:
        raise BlankDrawing("no ink found in the picture")
    return best


def _is_better(found: Strokes, before: Strokes) -> bool:
    """Whether a wider window's strokes take the place of those before: they are likelier, or the whole of them."""
    is_whole = found.has(before) and found.merit > max(WHOLE_MERIT * before.merit, LEAST_MERIT)
    return found.merit > before.merit or is_whole


def _adds_bars(found: Strokes, before: Strokes, side: int) -> bool:
    """Whether a wider window took bars of shadow for strokes, where the one before found a whole digit.

    Bars run across the page; a digit does not.
    """
    was_whole = before.merit > CLEAR_MERIT and len(before.kept) <= CLEAR_PARTS and before.length > PLAIN_LENGTH * side
    return was_whole and found.runs_across(side * BORDER) and not before.runs_across(side * BORDER)


def _in_light(brightness: F64, sheet: Bools, share: float) -> Strokes:
    dark = darkness(brightness[..., None], max(3, round(share * max(sheet.shape))))[..., 0]
    dark, lines = without_lines(np.where(sheet, dark, 0), sheet, LEAST_LINE)
    return find_strokes(dark, sheet, lines)
