"""Digits of lines and bows: 1, 2, 3, 4, 5 and 7, one unit high, as schools and habits shape them."""

from __future__ import annotations

import numpy as np

from model.common.arrays import F64
from model.ink.curves import Path, Point, bow, joined, line, place, through

STEEPER_THAN_FLAG = 14.0  # degrees: by how much a one's stem is steeper than its upstroke
LOWEST_FLAG, LOWEST_LONG_FLAG, LONG_FLAG = 29.0, 38.0, 0.65  # degrees, degrees, share of the stem: a seven's is level


def _chance(rng: np.random.Generator, probability: float) -> bool:
    return bool(rng.random() < probability)


def _near(rng: np.random.Generator, x: float, y: float, spread: float = 0.025) -> Point:
    """Choose a point near another."""
    return x + rng.normal(0, spread), y + rng.normal(0, spread)


# ------------------------------------------------------------------------------------------------------ one


def plain_one(rng: np.random.Generator) -> Path:
    """A stroke down, upright or leaning, straight or slightly bent, sometimes on a base."""
    lean = rng.uniform(-0.2, 0.55)
    path = [bow((lean, 0), (0, 1), rng.normal(0, 0.04))]
    return [*path, _base(rng, 0.0)] if _chance(rng, 0.15) else path


def flagged_one(rng: np.random.Generator) -> Path:
    """An upstroke, a third of the stem to as long as it, and the stem."""
    lean = rng.uniform(-0.12, 0.42)  # the foot is that far to the left of the top
    length = rng.uniform(0.28, 1.02)
    steepest = np.degrees(np.arctan2(1, lean)) - STEEPER_THAN_FLAG
    lowest = LOWEST_LONG_FLAG if length > LONG_FLAG else LOWEST_FLAG
    rise = np.radians(rng.uniform(lowest, min(76.0, steepest)))
    start = (-length * np.cos(rise), length * np.sin(rise))
    flag = bow(start, (0, 0), rng.normal(0, 0.09))
    if _chance(rng, 0.25):  # hooked at its beginning
        hook = rng.uniform(0.05, 0.16)
        flag = joined(through((start[0] - hook * rng.uniform(0, 1), start[1] - hook), _left_of(start, hook), start), flag)
    foot = (-lean, 1.0)
    stem = bow((0, 0), foot, rng.normal(0, 0.045))
    if _chance(rng, 0.3):  # a rounded top
        width = rng.uniform(0.03, 0.1)
        cut = max(2, len(flag) - 3)
        stem = joined(through(place(flag[:cut]), (-0.2 * width, 0), (width, 0.07), place(stem[:5])), stem[5:])
        flag = flag[:cut]
    if _chance(rng, 0.3):  # the stem is bent at its foot
        bend = rng.choice((-1, 1)) * rng.uniform(0.05, 0.22)
        bent = through(place(stem[:9]), (-lean * 0.92, 0.94), (-lean + bend, 1.0 - rng.uniform(-0.02, 0.06)))
        stem = joined(stem[:9], bent)
    path = [joined(flag, stem)]
    return [*path, _base(rng, -lean)] if _chance(rng, 0.2) else path


def retraced_one(rng: np.random.Generator) -> Path:
    """Up from the foot and down again, nearly the same way."""
    lean = rng.uniform(0.0, 0.5)
    apart, depth = rng.uniform(0.05, 0.22), rng.uniform(0.5, 1.0)
    start = (-lean * depth - apart, depth)
    return [joined(bow(start, (0, 0), rng.normal(0, 0.04)), bow((0, 0), (-lean, 1), rng.normal(0, 0.04)))]


def _left_of(point: Point, by: float) -> Point:
    return point[0] - 0.7 * by, point[1] - 0.1 * by


def _base(rng: np.random.Generator, x: float) -> F64:
    tilt = rng.normal(0, 0.03)
    return line((x - rng.uniform(0.15, 0.4), 1 - tilt), (x + rng.uniform(0.15, 0.4), 1 + tilt))


# ------------------------------------------------------------------------------------------------------ two


def _head(rng: np.random.Generator) -> list[Point]:
    """The top of a two, to the point where it turns down; the width is about one half."""
    points = [_near(rng, 0.0, rng.uniform(0.12, 0.32)), _near(rng, 0.2, 0.0), _near(rng, 0.46, 0.14)]
    if _chance(rng, 0.3):  # begun by a small hook
        points.insert(0, (points[0][0] + rng.uniform(0.04, 0.14), points[0][1] + rng.uniform(0.0, 0.08)))
    return [*points, _near(rng, 0.44, 0.36)]


def plain_two(rng: np.random.Generator) -> Path:
    """A bow and a level base, which may rise, fall or wave."""
    corner = _near(rng, rng.uniform(-0.08, 0.1), 0.97)
    end = (rng.uniform(0.4, 0.8), rng.uniform(0.86, 1.04))
    base = bow(corner, end, rng.normal(0, 0.06)) if _chance(rng, 0.6) else _wave(corner, end, rng)
    return [joined(through(*_head(rng), _near(rng, 0.22, 0.68), corner), base)]


def looped_two(rng: np.random.Generator) -> Path:
    """A bow that makes a loop at the foot before the base."""
    size = rng.uniform(0.06, 0.17)
    low = 1.0 - rng.uniform(0, 0.06)
    loop = [(0.08, low), (-0.02 - size, low - 0.4 * size), (-0.02 - 0.5 * size, low - 1.5 * size), (0.12, low - size)]
    end = (rng.uniform(0.45, 0.85), rng.uniform(0.86, 1.05))
    return [through(*_head(rng), _near(rng, 0.26, 0.7), *loop, (0.3, low - 0.1 * size), end)]


def angular_two(rng: np.random.Generator) -> Path:
    """A round top, a straight line down and a straight base."""
    corner = (rng.uniform(-0.05, 0.1), 1.0)
    top = through((0.0, rng.uniform(0.08, 0.3)), (0.22, 0.0), (0.45, rng.uniform(0.1, 0.25)))
    return [joined(top, line(corner, (rng.uniform(0.4, 0.75), rng.uniform(0.9, 1.05))))]


def swan_two(rng: np.random.Generator) -> Path:
    """A bow that turns into its base in a curve, without a corner."""
    return [through(*_head(rng), _near(rng, 0.12, 0.75), (0.06, 0.92), (0.22, 0.98), (rng.uniform(0.4, 0.8), 0.93))]


def _wave(start: Point, end: Point, rng: np.random.Generator) -> F64:
    height = rng.uniform(0.03, 0.1)
    x, y = np.linspace(start[0], end[0], 5), np.linspace(start[1], end[1], 5)
    return through(*zip(x, y + height * np.array([0, -1, 0, 1, 0]), strict=True))


# ---------------------------------------------------------------------------------------------------- three


def _belly(rng: np.random.Generator, start: Point, width: float) -> list[Point]:
    """The lower bow of a three or a five, from its beginning to its end on the left."""
    top = start[1]
    reach = start[0] + width
    points = [start, (start[0] + 0.65 * width, top + 0.06 * rng.uniform(-0.5, 1)), (reach, top + 0.5 * (1 - top))]
    points += [_near(rng, start[0] + 0.45 * width, 0.98), (rng.uniform(-0.15, 0.08), rng.uniform(0.82, 0.98))]
    if _chance(rng, 0.2):
        points.append((points[-1][0] - 0.04, points[-1][1] - rng.uniform(0.04, 0.12)))
    return points


def round_three(rng: np.random.Generator) -> Path:
    """Two bows that meet in a notch."""
    middle = (rng.uniform(0.1, 0.28), rng.uniform(0.36, 0.54))
    top = through(_near(rng, 0.0, 0.12), _near(rng, 0.2, 0.0), (rng.uniform(0.32, 0.5), middle[1] / 2), middle)
    return [joined(top, through(*_belly(rng, middle, rng.uniform(0.2, 0.42))))]


def flat_three(rng: np.random.Generator) -> Path:
    """A level top, a line back to the middle, and a bow."""
    middle = (rng.uniform(0.12, 0.28), rng.uniform(0.3, 0.46))
    top = line((rng.uniform(-0.05, 0.05), rng.uniform(-0.04, 0.06)), (rng.uniform(0.36, 0.55), 0.0), middle)
    return [joined(top, through(*_belly(rng, middle, rng.uniform(0.22, 0.42))))]


def looped_three(rng: np.random.Generator) -> Path:
    """Two bows with a small loop where they meet."""
    x, y, size = rng.uniform(0.14, 0.26), rng.uniform(0.4, 0.52), rng.uniform(0.04, 0.1)
    top = [_near(rng, 0.0, 0.14), _near(rng, 0.2, 0.0), (rng.uniform(0.36, 0.5), 0.2), (x, y + 0.3 * size)]
    loop = [(x - size, y), (x - 0.3 * size, y - size)]
    return [through(*top, *loop, *_belly(rng, (x + size, y), rng.uniform(0.2, 0.38)))]


# ----------------------------------------------------------------------------------------------------- four


def open_four(rng: np.random.Generator) -> Path:
    """An L, narrow or wide, and a stroke through its foot."""
    height = rng.uniform(0.5, 0.78)  # of the bar
    top = rng.uniform(0.0, 0.35)  # x of the L's top; its corner is at 0
    reach = rng.uniform(0.3, 0.75)
    corner, end = (0.0, height), (reach, height + rng.uniform(-0.1, 0.1))
    side = bow((top, rng.uniform(0.0, 0.2)), corner, rng.normal(0, 0.07))
    if _chance(rng, 0.3):  # a round corner
        bar = through(place(side[:9]), (0.02, height - 0.02), (0.4 * reach, height + 0.03), end)
        ell = joined(side[:9], bar)
    else:
        ell = joined(side, bow(corner, end, rng.normal(0, 0.05)))
    where = reach * rng.uniform(0.55, 1.05)
    lean = rng.uniform(-0.05, 0.22)
    high = rng.uniform(0.0, height - 0.08)
    stroke = bow((where + lean * (height - high), high), (where - lean * (1 - height), 1.0), rng.normal(0, 0.04))
    return [ell, stroke]


def lightning_four(rng: np.random.Generator) -> Path:
    """Down, to the right, up and down again without lifting the pen."""
    height, reach = rng.uniform(0.5, 0.72), rng.uniform(0.28, 0.6)
    top = rng.uniform(0.0, 0.3)
    peak = (reach + rng.uniform(-0.02, 0.14), height - rng.uniform(0.12, 0.5))
    corner = (0.0, height)
    side = bow((top, rng.uniform(0.0, 0.15)), corner, rng.normal(0, 0.05))
    bar = bow(corner, (reach, height + rng.uniform(-0.08, 0.04)), rng.normal(0, 0.06))
    down = bow(peak, (reach - rng.uniform(-0.05, 0.2), 1.0), rng.normal(0, 0.04))
    return [joined(side, bar, down)]


def closed_four(rng: np.random.Generator) -> Path:
    """A line down to the left, a bar to the right, and a stem from the top; in one stroke or two."""
    height, apex = rng.uniform(0.55, 0.75), rng.uniform(0.3, 0.5)
    bar = line((0.0, height), (apex + rng.uniform(0.05, 0.35), height + rng.uniform(-0.06, 0.06)))
    side = bow((apex - rng.uniform(0, 0.1), 0.0), (0.0, height), rng.normal(0, 0.05))
    stem = bow((apex + rng.uniform(-0.06, 0.06), rng.uniform(-0.02, 0.1)), (apex - rng.uniform(-0.05, 0.15), 1), 0.0)
    return [joined(side, bar), stem]


# ----------------------------------------------------------------------------------------------------- five


def _five_body(rng: np.random.Generator) -> tuple[F64, Point]:
    """The stem and the belly of a five, and where it begins."""
    start = (rng.uniform(0.0, 0.14), 0.0)
    turn = (rng.uniform(-0.04, 0.06), rng.uniform(0.3, 0.5))
    return joined(bow(start, turn, rng.normal(0, 0.05)), through(*_belly(rng, turn, rng.uniform(0.28, 0.5)))), start


def barred_five(rng: np.random.Generator) -> Path:
    """A stem, a belly, and a bar from the stem's top."""
    body, (x, y) = _five_body(rng)
    return [body, bow((x, y), (x + rng.uniform(0.25, 0.6), y + rng.uniform(-0.1, 0.08)), rng.normal(0, 0.06))]


def floating_five(rng: np.random.Generator) -> Path:
    """A stem, a belly, and a bar that does not touch the stem."""
    body, (x, y) = _five_body(rng)
    start = (x + rng.uniform(0.04, 0.24), y + rng.uniform(-0.16, 0.06))
    length, rise = rng.uniform(0.22, 0.55), rng.uniform(-0.08, 0.14)
    return [body, bow(start, (start[0] + length, start[1] - rise), rng.normal(0, 0.06))]


def curved_five(rng: np.random.Generator) -> Path:
    """From the bar's end to the left, down and round: one stroke, with corners or like an S."""
    start = (rng.uniform(0.35, 0.65), rng.uniform(-0.08, 0.06))
    corner, turn = (rng.uniform(0.0, 0.14), 0.0), (rng.uniform(-0.04, 0.06), rng.uniform(0.32, 0.48))
    belly = through(*_belly(rng, turn, rng.uniform(0.28, 0.48)))
    if _chance(rng, 0.5):
        return [joined(bow(start, corner, rng.normal(0, 0.06)), line(turn), belly)]
    return [joined(through(start, (0.2, 0.01), (corner[0] - 0.02, 0.14), turn), belly)]


# ---------------------------------------------------------------------------------------------------- seven


def _seven_stem(rng: np.random.Generator, top: Point) -> F64:
    foot = (top[0] - rng.uniform(0.05, 0.55), 1.0)
    return bow(top, foot, rng.normal(-0.03, 0.05))


def plain_seven(rng: np.random.Generator) -> Path:
    """A bar, level or falling, with or without a hook at its beginning, and a stem."""
    width = rng.uniform(0.38, 0.8)
    end = (width, rng.uniform(-0.04, 0.12))
    bar = bow((0.0, 0.0), end, rng.normal(0, 0.05)) if _chance(rng, 0.7) else _wave((0.0, 0.0), end, rng)
    if _chance(rng, 0.4):
        bar = joined(line((rng.uniform(-0.05, 0.05), rng.uniform(0.08, 0.3))), bar)
    return [joined(bar, _seven_stem(rng, end))]


def round_seven(rng: np.random.Generator) -> Path:
    """A top that turns into the stem in a curve, like a walking stick."""
    width = rng.uniform(0.35, 0.65)
    start = (0.0, rng.uniform(0.02, 0.2))
    points = [start, (0.35 * width, 0.0), (0.85 * width, 0.03), (width, 0.16)]
    if _chance(rng, 0.3):
        points.insert(0, (start[0] + rng.uniform(-0.02, 0.05), start[1] + rng.uniform(0.04, 0.14)))
    foot = (width - rng.uniform(0.1, 0.45), 1.0)
    middle = (0.45 * (width + foot[0]) + rng.uniform(0, 0.08), 0.55)
    return [through(*points, middle, foot)]


def crossed_seven(rng: np.random.Generator) -> Path:
    """A seven with a bar through its stem, at the middle or below."""
    return _crossed(plain_seven(rng), rng)


def round_crossed_seven(rng: np.random.Generator) -> Path:
    """A round seven with a bar through its stem."""
    return _crossed(round_seven(rng), rng)


def _crossed(path: Path, rng: np.random.Generator) -> Path:
    stroke = path[0]
    height = rng.uniform(0.4, 0.76)
    low = stroke[stroke[:, 1].argmin() :]  # from the top on
    x = float(np.interp(height, np.maximum.accumulate(low[:, 1]), low[:, 0]))
    left, right, rise = rng.uniform(0.1, 0.36), rng.uniform(0.1, 0.42), rng.normal(0.03, 0.07)
    return [*path, bow((x - left, height + rise), (x + right, height - rise), rng.normal(0, 0.06))]
