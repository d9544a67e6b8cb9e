"""The kinds of pictures, by name: each turns a recipe's draws into a file."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from model.common.arrays import F64
from tools.photographs import camera, surfaces
from tools.photographs.recipe import Recipe
from tools.photographs.surfaces import Color

DESKS: dict[str, dict[bool, list[Color]]] = {
    "brown": {False: [(0.36, 0.23, 0.15), (0.45, 0.33, 0.2)], True: [(0.4, 0.25, 0.12), (0.5, 0.36, 0.27)]},
    "dark": {False: [(0.1, 0.1, 0.11), (0.2, 0.2, 0.22)], True: [(0.05, 0.05, 0.06), (0.16, 0.2, 0.18)]},
    "wood": {False: [(0.62, 0.45, 0.28), (0.42, 0.27, 0.16)], True: [(0.7, 0.55, 0.38), (0.3, 0.18, 0.1)]},
}
BLUE: dict[bool, list[Color]] = {
    False: [(0.5, 0.62, 0.82), (0.62, 0.75, 0.9), (0.42, 0.55, 0.85)],
    True: [(0.55, 0.7, 0.88), (0.4, 0.5, 0.78), (0.6, 0.68, 0.75)],
}
RED: dict[bool, list[Color]] = {
    False: [(0.9, 0.55, 0.55), (0.85, 0.4, 0.45)],
    True: [(0.92, 0.62, 0.58), (0.8, 0.35, 0.35)],
}
YELLOW: dict[bool, list[Color]] = {False: [(0.96, 0.9, 0.55)], True: [(0.95, 0.88, 0.45)]}


def _on_desk(recipe: Recipe, desk: F64, outline: F64 | None = None, sheet: F64 | None = None) -> bytes:
    sheet = recipe.write(recipe.sheet()) if sheet is None else sheet
    at = camera.corners(recipe.shape, recipe.between(0.05, 0.17), 8, 0.05, recipe.rng)
    return recipe.photograph(camera.lay(sheet, desk, at, recipe.between(0.1, 0.5), outline))


def plain(recipe: Recipe) -> bytes:
    """Pen on paper that fills the picture."""
    return recipe.photograph(recipe.held(recipe.write(recipe.sheet())))


def desk_brown(recipe: Recipe) -> bytes:
    """A sheet on a brown desk."""
    return _on_desk(recipe, surfaces.plain(recipe.shape, recipe.one_of(DESKS["brown"]), recipe.rng, 0.02))


def desk_dark(recipe: Recipe) -> bytes:
    """A sheet on a dark desk."""
    return _on_desk(recipe, surfaces.plain(recipe.shape, recipe.one_of(DESKS["dark"]), recipe.rng, 0.02))


def desk_wood(recipe: Recipe) -> bytes:
    """A sheet on a wooden desk, or held out: on a checked cloth too."""
    if recipe.held_out and recipe.is_so(0.4):
        return _on_desk(recipe, surfaces.cloth(recipe.shape, [(0.9, 0.9, 0.9), (0.75, 0.2, 0.2)], 60))
    color = recipe.one_of(DESKS["wood"])
    return _on_desk(recipe, surfaces.wood(recipe.shape, color, recipe.rng, recipe.between(0.05, 0.15)))


def frame(recipe: Recipe) -> bytes:
    """A frame around the digit, drawn by a program."""
    side = int(recipe.between(180, 500))
    page = np.ones((side, side, 3))
    inset, width = recipe.between(0, 0.1) * side, recipe.between(0.008, 0.03) * side
    low, high = max(inset, 0.0), side - 1 - max(inset, 0.0)
    box = [(low, low, high, low), (high, low, high, high), (high, high, low, high), (low, high, low, low)]
    page = surfaces.draw_lines(page, box, (0.1, 0.1, 0.1), max(width, 1.5))
    place = (low + width, low + width, high - width, high - width)
    page = recipe.write(page, (0.5, 0.8), (0.05, 0.12), color=(0.05, 0.05, 0.05), within=place)
    return camera.develop(255 * page, None if recipe.is_so(0.5) else 85)


def cell(recipe: Recipe) -> bytes:
    """A cell of a printed sudoku, with its neighbors' beginnings."""
    sheet = recipe.sheet()
    height, width = sheet.shape[:2]
    side = recipe.between(0.5, 0.72) * min(height, width)
    left, top = (width - side) / 2, (height - side) / 2
    lines = []
    for step in (-2, -1, 0, 1, 2):
        lines += [(left + step * side, -5, left + step * side, height + 5)]
        lines += [(-5, top + step * side, width + 5, top + step * side)]
    thin, thick = recipe.between(2, 4) * recipe.unit, recipe.between(5, 12) * recipe.unit
    sheet = surfaces.draw_lines(sheet, lines, (0.15, 0.15, 0.15), thin)
    sheet = surfaces.draw_lines(sheet, [lines[recipe.rng.choice([4, 5, 6, 7])]], (0.1, 0.1, 0.1), thick)
    place = (left + 0.06 * side, top + 0.06 * side, left + 0.94 * side, top + 0.94 * side)
    sheet = recipe.write(sheet, (0.5, 0.8), (0.04, 0.09), within=place)
    return recipe.photograph(recipe.held(sheet, 3, 0.03))


def _lined(recipe: Recipe, pencil: bool, grid: bool) -> bytes:
    color = recipe.one_of(BLUE if recipe.is_so(0.8) else RED)
    width = recipe.between(1.5, 3.2) * recipe.unit
    spacing = recipe.between(28, 75 if grid else 110) * recipe.unit
    sheet = recipe.sheet()
    if recipe.held_out and grid and recipe.is_so(0.2):
        sheet = surfaces.dotted(sheet, spacing, (0.6, 0.6, 0.62), width)
    else:
        sheet = (surfaces.squared if grid else surfaces.ruled)(sheet, spacing, color, width, recipe.rng)
    pen = (0.02, 0.035) if pencil else (0.025, 0.06)
    return recipe.photograph(recipe.held(recipe.write(sheet, (0.22, 0.6), pen, pencil)))


def ruled_pen(recipe: Recipe) -> bytes:
    """Pen on ruled paper."""
    return _lined(recipe, pencil=False, grid=False)


def ruled_pencil(recipe: Recipe) -> bytes:
    """Pencil on ruled paper."""
    return _lined(recipe, pencil=True, grid=False)


def squared_pen(recipe: Recipe) -> bytes:
    """Pen on squared paper."""
    return _lined(recipe, pencil=False, grid=True)


def squared_pencil(recipe: Recipe) -> bytes:
    """Pencil on squared paper."""
    return _lined(recipe, pencil=True, grid=True)


def margin_line(recipe: Recipe) -> bytes:
    """Ruled paper with a red margin line through or beside the digit."""
    spacing = recipe.between(35, 90) * recipe.unit
    sheet = surfaces.ruled(recipe.sheet(), spacing, recipe.one_of(BLUE), 2 * recipe.unit, recipe.rng)
    x = recipe.between(0.3, 0.7) * sheet.shape[1]
    line = (x, -5, x + recipe.between(-6, 6), sheet.shape[0] + 5)
    sheet = surfaces.draw_lines(sheet, [line], recipe.one_of(RED), recipe.between(2, 3.5) * recipe.unit)
    return recipe.photograph(recipe.held(recipe.write(sheet)))


def hard_shadow(recipe: Recipe) -> bytes:
    """A shadow's edge across the digit; held out: bars of shadow too."""
    cast = camera.bars if recipe.held_out and recipe.is_so(0.4) else camera.shadow
    light = cast(recipe.shape, recipe.between(0.35, 0.75), recipe.between(1, 8) * recipe.unit, recipe.rng)
    return recipe.photograph(recipe.held(recipe.write(recipe.sheet())), light)


def pencil_shadow(recipe: Recipe) -> bytes:
    """Pencil with a shadow's edge across it."""
    light = camera.shadow(recipe.shape, recipe.between(0.5, 0.85), recipe.between(1, 12) * recipe.unit, recipe.rng)
    return recipe.photograph(recipe.held(recipe.write(recipe.sheet(), pen=(0.02, 0.04), pencil=True)), light)


def pencil(recipe: Recipe) -> bytes:
    """Pencil on plain paper, in light that falls off."""
    light = camera.gradient(recipe.shape, recipe.between(0.1, 0.45), recipe.rng)
    return recipe.photograph(recipe.held(recipe.write(recipe.sheet(), pen=(0.02, 0.04), pencil=True)), light)


def torn(recipe: Recipe) -> bytes:
    """Paper torn from a pad, one of its edges ragged, on some desk."""
    sheet = recipe.write(recipe.sheet())
    height, width = sheet.shape[:2]
    edge = ndimage.gaussian_filter1d(recipe.rng.normal(0, 1, width), 6 * recipe.unit)
    edge = edge / max(float(edge.std()), 1e-9) * recipe.between(4, 12) * recipe.unit + 25 * recipe.unit
    outline = (np.arange(height)[:, None] > edge[None]).astype(np.float64)
    if recipe.is_so(0.3):  # the holes of a spiral
        x = np.arange(width)[None] % (40 * recipe.unit) - 20 * recipe.unit
        y = np.arange(height)[:, None] - 60 * recipe.unit
        outline *= np.hypot(x, y) > 8 * recipe.unit
    desk = DESKS[("brown", "dark")[recipe.rng.integers(2)]]
    return _on_desk(recipe, surfaces.plain(recipe.shape, recipe.one_of(desk), recipe.rng, 0.02), outline, sheet)


def yellow_pad(recipe: Recipe) -> bytes:
    """A yellow pad with blue or green lines and a red margin."""
    sheet = recipe.sheet(recipe.one_of(YELLOW))
    lines: Color = (0.55, 0.7, 0.65) if recipe.is_so(0.5) else (0.6, 0.68, 0.8)
    sheet = surfaces.ruled(sheet, recipe.between(40, 90) * recipe.unit, lines, 2 * recipe.unit, recipe.rng)
    x = recipe.between(0.08, 0.25) * sheet.shape[1]
    at = [(x, -5.0, x, sheet.shape[0] + 5.0), (x + 8, -5.0, x + 8, sheet.shape[0] + 5.0)]
    sheet = surfaces.draw_lines(sheet, at, recipe.one_of(RED), 2 * recipe.unit)
    if recipe.is_so(0.5):
        sheet[: round(0.07 * sheet.shape[0])] = (0.45, 0.15, 0.12)  # the binding
    sheet = recipe.write(sheet)
    if recipe.is_so(0.5):
        return recipe.photograph(recipe.held(sheet))
    return _on_desk(recipe, surfaces.wood(recipe.shape, recipe.one_of(DESKS["wood"]), recipe.rng), None, sheet)


def whiteboard(recipe: Recipe) -> bytes:
    """A whiteboard with its metal rim before a wall; held out: a blackboard in a wooden one too."""
    black = recipe.held_out and recipe.is_so(0.4)
    sheet = recipe.sheet((0.12, 0.17, 0.15) if black else (0.93, 0.94, 0.95))
    color: Color = (0.85, 0.85, 0.82) if black else recipe.pen
    sheet = recipe.write(sheet, (0.3, 0.65), (0.05, 0.1), color=color)
    rim = round(recipe.between(10, 35) * recipe.unit)
    rim_color = (0.45, 0.3, 0.15) if black else (0.55, 0.56, 0.58)
    framed = np.zeros((sheet.shape[0] + 2 * rim, sheet.shape[1] + 2 * rim, 3)) + np.asarray(rim_color)
    framed[rim // 3 : rim // 2] *= 1.4
    framed[rim:-rim, rim:-rim] = sheet
    wall = surfaces.plain(recipe.shape, (0.75, 0.72, 0.62), recipe.rng, 0.01)
    at = camera.corners(recipe.shape, recipe.between(-0.02, 0.1), 4, 0.05, recipe.rng)
    return recipe.photograph(camera.lay(np.clip(framed, 0, 1), wall, at, 0.3))


def bezel(recipe: Recipe) -> bytes:
    """A screen in its dark bezel, photographed."""
    dark_mode = recipe.is_so(0.25)
    sheet = recipe.sheet((0.08, 0.08, 0.09) if dark_mode else (0.95, 0.96, 1.0))
    color: Color = (0.92, 0.92, 0.95) if dark_mode else (0.07, 0.07, 0.08)
    sheet = recipe.write(sheet, (0.3, 0.65), (0.04, 0.1), color=color)
    rim = round(recipe.between(15, 60) * recipe.unit)
    framed = np.zeros((sheet.shape[0] + 2 * rim, sheet.shape[1] + 2 * rim, 3)) + 0.04
    framed[rim:-rim, rim:-rim] = sheet
    room = surfaces.plain(recipe.shape, (0.4, 0.38, 0.36), recipe.rng, 0.02)
    at = camera.corners(recipe.shape, recipe.between(-0.02, 0.08), 4, 0.05, recipe.rng)
    return recipe.photograph(camera.lay(framed, room, at))


def toolbar(recipe: Recipe) -> bytes:
    """A screenshot of a drawing program with its toolbar."""
    page = np.ones((*recipe.shape, 3)) * np.asarray((1, 1, 1) if recipe.is_so(0.6) else (0.97, 0.97, 0.96))
    height, width = recipe.shape
    bar = round(recipe.between(0.06, 0.13) * height)
    shade = recipe.between(0.8, 0.95) if recipe.is_so(0.6) else recipe.between(0.12, 0.3)
    page[:bar] = shade
    ink: Color = (0.2, 0.2, 0.2) if shade > 0.5 else (0.9, 0.9, 0.9)
    page = surfaces.small_print(page, (0, 0, width, bar), round(bar * 0.45), ink, recipe.rng)
    if recipe.is_so(0.5):
        page[-bar // 2 :] = shade
    if recipe.held_out and recipe.is_so(0.4):
        page[bar:, : bar // 2] = shade
    place = (bar, 1.4 * bar, width - bar / 2, height - 0.8 * bar)
    page = recipe.write(page, (0.4, 0.85), (0.03, 0.1), color=(0.05, 0.05, 0.05), within=place)
    return camera.develop(255 * page, None if recipe.is_so(0.5) else 80)


def finger(recipe: Recipe) -> bytes:
    """A finger or a thumb that holds the paper reaches into the picture."""
    scene = recipe.held(recipe.write(recipe.sheet(), (0.25, 0.5), within=None))
    height, width = recipe.shape
    y, x = np.mgrid[:height, :width]
    skin = ((0.8, 0.6, 0.5), (0.55, 0.38, 0.28), (0.35, 0.22, 0.16))[recipe.rng.integers(3)]
    reach, thick = recipe.between(0.1, 0.2) * min(height, width), recipe.between(0.05, 0.09) * min(height, width)
    along = y if recipe.is_so(0.5) else height - y
    at = recipe.between(0.1, 0.9) * width
    inside = np.where(along < reach, np.abs(x - at), np.hypot(x - at, along - reach)) < thick
    share = ndimage.gaussian_filter(inside.astype(np.float64), 1.5)
    cast = ndimage.gaussian_filter(np.roll(share, (6, 8), (0, 1)), 8)[..., None]
    scene = scene * (1 - recipe.between(0.1, 0.4) * cast)
    tone = np.asarray(skin) * (0.8 + 0.2 * ndimage.gaussian_filter(share, thick / 2))[..., None]
    return recipe.photograph(scene * (1 - share[..., None]) + tone * share[..., None])


def canvas(recipe: Recipe) -> bytes:
    """What drawing programs save: dark on white, or light on dark."""
    page = recipe.write(np.ones((400, 400, 3)), (0.4, 0.85), (0.04, 0.12), color=(0, 0, 0))
    return camera.develop(255 * (page if recipe.is_so(0.6) else 1 - page), None)


KINDS: dict[str, Callable[[Recipe], bytes]] = {
    make.__name__: make
    for make in (
        plain, canvas, desk_brown, desk_dark, desk_wood, frame, cell, ruled_pen, ruled_pencil, squared_pen,
        squared_pencil, margin_line, hard_shadow, pencil_shadow, pencil, torn, yellow_pad, whiteboard, bezel, toolbar,
        finger,
    )
}  # fmt: skip
