"""Drawings from and to the JSON of Fabric.js: objects for the pen's strokes, each a path with a transform.

A sheet is 280 units wide, whatever the window's size; the canvas has `SCALE` pixels for each of them, so that ink looks
sharp where the sheet is shown large. A browser may send anything, so the objects are counted before they are read, and
each is checked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.ink import MAX_COORDINATE, MAX_POINTS, MAX_STROKES, Drawing
from ui.common import theme
from ui.draw.clipping import clip_strokes

SHEET_SIZE = 280  # units of either side
PEN_WIDTH = 16  # units
SCALE = 2  # pixels of the canvas for each unit
CURVE_STEP = 2.0  # units between the points of a curve
CURVE_POINTS = 200  # at most, of each curve
COMMANDS = {"M": 2, "L": 2, "Q": 4}  # the pen's commands, move, line and quadratic curve, with their number of values
REFUSED = {"refused": True}  # what the server gets of a drawing that is too large to be read

Points = NDArray[np.float64]
Fabric = dict[str, Any]


def fabric_from_drawing(drawing: Drawing) -> Fabric:
    """The initial objects of a canvas that shows a drawing, whose coordinates are units of the sheet."""
    look = {
        "type": "Path",
        "fill": None,
        "stroke": theme.PEN,
        "strokeWidth": SCALE * PEN_WIDTH,
        "strokeLineCap": "round",
        "strokeLineJoin": "round",
    }
    objects = []
    for stroke in drawing.strokes:
        first, *rest = (SCALE * stroke).round(3).tolist()
        objects.append(look | {"path": [["M", *first], *(["L", *point] for point in rest or [first])]})
    return {"objects": objects}


def drawing_from_fabric(state: object) -> Drawing:
    """The drawing on a canvas, in units of the sheet, from the canvas's state. Ink beyond the sheet is cut off.

    Raises:
        ValueError: the state holds other objects than pen strokes, or more than a drawing may hold.
    """
    if state == REFUSED:
        raise ValueError(f"a drawing must have at most {MAX_POINTS:,} points; got more")
    objects = state.get("objects") if isinstance(state, Mapping) else None
    if not isinstance(objects, list):
        raise ValueError(f"a drawing must come with a list of objects; got {_kind(objects)}")
    if len(objects) > MAX_STROKES:
        raise ValueError(f"a drawing must have at most {MAX_STROKES:,} strokes; got {len(objects):,}")
    for number, drawn in enumerate(objects, 1):
        if not isinstance(drawn, Mapping) or drawn.get("type") != "Path" or not isinstance(drawn.get("path"), list):
            raise ValueError(f"object {number} must be a stroke of the pen; got {_kind(drawn)}")
    commands = sum(len(drawn["path"]) for drawn in objects)
    if commands > MAX_POINTS:
        raise ValueError(f"a drawing must have at most {MAX_POINTS:,} points; got {commands:,}")
    strokes: list[Points] = []
    for drawn in objects:
        strokes += _strokes(drawn, most=MAX_POINTS - sum(map(len, strokes)))
    whole = Drawing(tuple(stroke / SCALE for stroke in strokes))  # checked before it is cut
    return Drawing(tuple(clip_strokes(whole.strokes, SHEET_SIZE)), pen=PEN_WIDTH)


def _strokes(drawn: Mapping[str, Any], most: int) -> list[Points]:
    """A path's strokes as the screen shows them: centered, transformed, then moved to the object's left and top."""
    strokes = path_strokes(drawn["path"], SCALE * CURVE_STEP, most)
    if not strokes:
        return []
    points = np.concatenate(strokes)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    if (drawn.get("originX", "center"), drawn.get("originY", "center")) != ("center", "center"):
        raise ValueError("a stroke's place must be that of its center; got another origin")
    position = _numbers([drawn.get("left", middle[0]), drawn.get("top", middle[1])])
    transform = _transform(drawn)
    return [(stroke - middle) @ transform.T + position for stroke in strokes]


def _transform(drawn: Mapping[str, Any]) -> Points:
    """Fabric's matrix (2, 2): skew along y, then along x, then scale and flip, then turn; angles in degrees."""
    angle, skew_x, skew_y = np.radians(_numbers([drawn.get(name, 0) for name in ("angle", "skewX", "skewY")]))
    scale = _numbers([drawn.get("scaleX", 1), drawn.get("scaleY", 1)])
    scale = np.where([drawn.get("flipX") is True, drawn.get("flipY") is True], -scale, scale)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    along_x = np.array([[1, math.tan(skew_x)], [0, 1]])
    along_y = np.array([[1, 0], [math.tan(skew_y), 1]])
    return turn @ np.diag(scale) @ along_x @ along_y


def path_strokes(path: Sequence[object], step: float = CURVE_STEP, most: int = MAX_POINTS) -> list[Points]:
    """The strokes (k, 2) that a path's commands draw: `[["M", x, y], ["Q", x1, y1, x, y], ["L", x, y]]`.

    Args:
        path: the commands.
        step: how far apart the points of a curve are.
        most: how many points there may be; a long curve has many.

    Raises:
        ValueError: too many points, a command other than M, L and Q, a path that does not start with M, or a value that
            is not a number.
    """
    strokes: list[list[Sequence[float]]] = []  # of each stroke its first point, then of each curve control and end
    for command in path:
        if not isinstance(command, list) or not command or command[0] not in list(COMMANDS):
            raise ValueError(f"a stroke's path must be made of {', '.join(COMMANDS)}; got something else")
        name, *values = command
        if len(values) != COMMANDS[name]:
            raise ValueError(f"{name} in a stroke's path takes {COMMANDS[name]} numbers; got {len(values)}")
        _check(values)
        if name == "M":
            strokes.append([values])
        elif not strokes:
            raise ValueError(f"a stroke's path must begin with M; got {name}")
        else:
            strokes[-1].append(values if name == "Q" else [math.nan, math.nan, *values])  # a line has no control point
    made: list[Points] = []
    for first, *rest in strokes:
        made.append(_curves(np.array(first, np.float64), np.array(rest, np.float64), step, most))
        most -= len(made[-1])
    return made


def _curves(first: Points, curves: Points, step: float, most: int) -> Points:
    """Points (k, 2) on quadratic curves one after another, each (1 - t)^2 start + 2 t (1 - t) control + t^2 end.

    first: where the first of them starts, (2,). curves: control and end of each, (n, 4); the control of a line is NaN.
    """
    if not len(curves):
        return first[None]
    controls, ends = curves[:, :2], curves[:, 2:]
    starts = np.concatenate([first[None], ends[:-1]])
    lengths = np.hypot(*(starts - controls).T) + np.hypot(*(controls - ends).T)
    counts = np.nan_to_num(np.clip(np.ceil(lengths / step), 1, CURVE_POINTS), nan=1).astype(int)
    if counts.sum() >= most:
        raise ValueError(f"a drawing must have at most {MAX_POINTS:,} points; got more: its curves are too long")
    controls = np.where(np.isnan(controls), ends, controls)
    curve = np.repeat(np.arange(len(counts)), counts)  # of each point
    number = np.arange(1, len(curve) + 1) - (counts.cumsum() - counts)[curve]  # of each point on its curve, from 1
    t = (number / counts[curve])[:, None]
    points = (1 - t) ** 2 * starts[curve] + 2 * t * (1 - t) * controls[curve] + t**2 * ends[curve]
    return np.concatenate([first[None], points])


def _numbers(values: Sequence[object]) -> Points:
    _check(values)
    return np.array(values, dtype=np.float64)


def _check(values: Sequence[object]) -> None:
    for value in values:
        if type(value) is not float and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ValueError(f"a place or a size in a drawing must be a number; got {_kind(value)}")
        if not abs(value) <= MAX_COORDINATE:  # rejects NaN too
            raise ValueError(f"numbers in a drawing must be at most {MAX_COORDINATE:,}; got one beyond that")


def _kind(value: object) -> str:
    """The kind of a value; the value itself comes from outside and is not shown."""
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return kinds.get(type(value), "something else")
