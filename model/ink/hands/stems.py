"""Digits of stems: 1, 4 and 7, one unit high, as schools and habits shape them."""

from __future__ import annotations

import numpy as np

from model.common.arrays import F64
from model.ink.curves import Path, Point, bow, chance, flicked, joined, line, place, through, wave

STEEPER_THAN_FLAG = 14.0  # degrees: by how much a one's stem is steeper than its upstroke
# How steep a one's upstroke is at least, in degrees, by its share of the stem: a seven's bar is level, and long.
FLAG_LENGTHS, LOWEST_FLAGS = (0.28, 0.36, 0.5, 0.7, 1.0), (12.0, 16.0, 24.0, 28.0, 30.0)

# ------------------------------------------------------------------------------------------------------ one


def plain_one(rng: np.random.Generator) -> Path:
    """A stroke down, upright or leaning, straight or slightly bent, sometimes on a base."""
    lean = rng.uniform(-0.2, 0.55)
    path = [bow((lean, 0), (0, 1), rng.normal(0, 0.04))]
    return [*path, _base(rng, 0.0)] if chance(rng, 0.15) else path


def flagged_one(rng: np.random.Generator) -> Path:
    """An upstroke, a third of the stem to as long as it, and the stem."""
    lean = rng.uniform(-0.22, 0.58)  # the foot is that far to the left of the top
    length = rng.uniform(0.28, 1.02)
    steepest = np.degrees(np.arctan2(1, lean)) - STEEPER_THAN_FLAG
    lowest = float(np.interp(length, FLAG_LENGTHS, LOWEST_FLAGS))
    rise = np.radians(rng.uniform(lowest, min(76.0, steepest)))
    start = (-length * np.cos(rise), length * np.sin(rise))
    flag = bow(start, (0, 0), rng.normal(0, 0.09))
    if chance(rng, 0.25):  # hooked at its beginning
        hook = min(rng.uniform(0.05, 0.16), 0.3 * length)
        end = (start[0] - hook * rng.uniform(0, 1), start[1] - hook)
        flag = joined(through(end, (start[0] - 0.7 * hook, start[1] - 0.1 * hook), start), flag)
    foot = (-lean, 1.0)
    stem = bow((0, 0), foot, rng.normal(0, 0.045))
    if chance(rng, 0.4):  # a rounded top
        width = rng.uniform(0.03, 0.1)
        cut = max(2, len(flag) - 3)
        stem = joined(through(place(flag[:cut]), (-0.2 * width, 0), (width, 0.07), place(stem[:5])), stem[5:])
        flag = flag[:cut]
    if chance(rng, 0.3):  # the stem is bent at its foot
        bend = rng.choice((-1, 1)) * rng.uniform(0.05, 0.22)
        bent = through(place(stem[:9]), (-lean * 0.92, 0.94), (-lean + bend, 1.0 - rng.uniform(-0.02, 0.06)))
        stem = joined(stem[:9], bent)
    path = [joined(flag, stem)]
    return [*path, _base(rng, -lean)] if chance(rng, 0.2) else path


def short_flagged_one(rng: np.random.Generator) -> Path:
    """A short flag, level or rising, and a stem; most stand on a base."""
    lean = rng.uniform(-0.12, 0.3)
    based = chance(rng, 0.5)
    length = rng.uniform(0.08, 0.34)
    rise = np.radians(rng.uniform(10 if length > 0.24 and not based else -5, 55))
    flag = bow((-length * np.cos(rise), length * np.sin(rise)), (0, 0), rng.normal(0, 0.06))
    path = [joined(flag, bow((0, 0), (-lean, 1), rng.normal(0, 0.03)))]
    return [*path, _base(rng, -lean)] if based else path


def barbed_one(rng: np.random.Generator) -> Path:
    """A stroke down and a way back up, more often to the right: a short one at any angle, or up to a third of the stem.

    Some begin with a tiny hook, some turn in a curve at the foot.
    """
    lean = rng.uniform(-0.3, 0.4)
    if chance(rng, 0.5):
        length, aside = rng.uniform(0.05, 0.16), rng.uniform(0.15, 1.6)
    else:
        length, aside = rng.uniform(0.1, 0.36), rng.uniform(0.12, 0.7)
    side = 1 if chance(rng, 0.7) else -1
    stem = bow((lean, 0), (0, 1), rng.normal(0, 0.03))
    if chance(rng, 0.35):
        stem = joined(line((lean + rng.choice((-1, 1)) * rng.uniform(0.03, 0.14), rng.uniform(0.01, 0.1))), stem)
    back = ((lean + side * aside) * length, 1 - length)
    if chance(rng, 0.3):
        return [joined(stem[:-1], through(place(stem[:-1]), (side * 0.02, 1.0), (side * 0.08, 0.99), back))]
    return [joined(stem, line(back))]


def retraced_one(rng: np.random.Generator) -> Path:
    """Up from the foot, or from halfway up, and down again, nearly the same way."""
    lean = rng.uniform(0.0, 0.5)
    apart, depth = rng.uniform(0.05, 0.3), rng.uniform(0.4, 1.0)
    start = (-lean * depth - apart, depth)
    up = bow(start, (0, 0), rng.normal(0, 0.04))
    if chance(rng, 0.4):  # hooked at its beginning
        up = joined(line((start[0] + rng.uniform(-0.08, 0.16), start[1] + rng.uniform(-0.12, 0.05))), up)
    return [joined(up, bow((0, 0), (-lean, 1), rng.normal(0, 0.04)))]


def arched_one(rng: np.random.Generator) -> Path:
    """A stem, and a stroke of its own that leaves its top to the left and bends down."""
    lean = rng.uniform(-0.05, 0.25)
    width, drop = rng.uniform(0.16, 0.36), rng.uniform(0.1, 0.35)
    start = (rng.uniform(-0.1, 0.04), rng.uniform(-0.06, 0.06))
    bend = (start[0] - 0.7 * width, start[1] + rng.uniform(0.15, 0.4) * drop)
    arch = through(start, bend, (start[0] - width, start[1] + drop))
    return [arch, bow((0, 0), (-lean, 1), rng.normal(0, 0.03))]


def _base(rng: np.random.Generator, x: float) -> F64:
    """A bar below a one, most often to both sides."""
    tilt = rng.normal(0, 0.04)
    left, right = rng.uniform(0.1, 0.55), rng.uniform(0.1, 0.55)
    if chance(rng, 0.2):
        left, right = rng.permutation((left, 0.02))
    return line((x - left, 1 - tilt), (x + right, 1 + tilt))


# ----------------------------------------------------------------------------------------------------- four


def open_four(rng: np.random.Generator) -> Path:
    """An L, narrow or wide, and a stroke through its foot."""
    height = rng.uniform(0.5, 0.88)  # of the bar
    top = rng.uniform(0.0, 0.35)  # x of the L's top; its corner is at 0
    reach = rng.uniform(0.16, 0.75)
    corner, end = (0.0, height), (reach, height + rng.uniform(-0.1, 0.1))
    side = bow((top, rng.uniform(0.0, 0.2)), corner, rng.normal(0, 0.07))
    if chance(rng, 0.3):  # a round corner
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
    height, reach = rng.uniform(0.5, 0.84), rng.uniform(0.16, 0.6)
    top = rng.uniform(0.0, 0.3)
    peak = (reach + rng.uniform(-0.02, 0.14), height - rng.uniform(0.12, 0.5))
    corner = (0.0, height)
    side = bow((top, rng.uniform(0.0, 0.15)), corner, rng.normal(0, 0.05))
    bar = bow(corner, (reach, height + rng.uniform(-0.08, 0.04)), rng.normal(0, 0.06))
    down = bow(peak, (reach - rng.uniform(-0.05, 0.2), 1.0), rng.normal(0, 0.04))
    return [joined(side, bar, down)]


def closed_four(rng: np.random.Generator) -> Path:
    """A line down to the left, a bar to the right, and a stem from the top; in one stroke or two."""
    height, apex = rng.uniform(0.36, 0.75), rng.uniform(0.2, 0.5)
    bar = line((0.0, height), (apex + rng.uniform(0.05, 0.35), height + rng.uniform(-0.06, 0.06)))
    side = bow((apex - rng.uniform(0, 0.1), 0.0), (0.0, height), rng.normal(0, 0.08))
    stem = bow((apex + rng.uniform(-0.06, 0.06), rng.uniform(-0.02, 0.1)), (apex - rng.uniform(-0.05, 0.15), 1), 0.0)
    return [joined(side, bar), stem]


# ---------------------------------------------------------------------------------------------------- seven


def _seven_stem(rng: np.random.Generator, top: Point) -> F64:
    foot = (top[0] - rng.uniform(0.05, 0.55), 1.0)
    stem = bow(top, foot, rng.normal(-0.03, 0.05))
    return flicked(stem, rng) if chance(rng, 0.12) else stem


def plain_seven(rng: np.random.Generator) -> Path:
    """A bar, level or falling, with or without a hook at its beginning, and a stem."""
    width = rng.uniform(0.38, 0.8)
    end = (width, rng.uniform(-0.04, 0.12))
    bar = (
        bow((0.0, 0.0), end, rng.normal(0, 0.05)) if chance(rng, 0.7) else wave((0.0, 0.0), end, rng.uniform(0.03, 0.1))
    )
    if chance(rng, 0.4):
        bar = joined(line((rng.uniform(-0.05, 0.05), rng.uniform(0.08, 0.3))), bar)
    return [joined(bar, _seven_stem(rng, end))]


def round_seven(rng: np.random.Generator) -> Path:
    """A top that turns into the stem in a curve, like a walking stick."""
    width = rng.uniform(0.35, 0.65)
    start = (0.0, rng.uniform(0.02, 0.2))
    points = [start, (0.35 * width, 0.0), (0.85 * width, 0.03), (width, 0.16)]
    if chance(rng, 0.3):
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
    height = rng.uniform(0.4, 0.86)
    low = stroke[stroke[:, 1].argmin() :]  # from the top on
    x = float(np.interp(height, np.maximum.accumulate(low[:, 1]), low[:, 0]))
    left, right, rise = rng.uniform(0.1, 0.4), rng.uniform(0.1, 0.55), rng.normal(0.03, 0.07)
    return [*path, bow((x - left, height + rise), (x + right, height - rise), rng.normal(0, 0.06))]
