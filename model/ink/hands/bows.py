"""Digits of bows: 2, 3 and 5, one unit high, as schools and habits shape them."""

from __future__ import annotations

import numpy as np

from model.common.arrays import F64
from model.ink.curves import Path, Point, bow, chance, joined, line, near, through, wave

# ------------------------------------------------------------------------------------------------------ two


def _head(rng: np.random.Generator) -> list[Point]:
    """The top of a two, to the point where it turns down; the width is about one half."""
    points = [near(rng, 0.0, rng.uniform(0.12, 0.32)), near(rng, 0.2, 0.0), near(rng, 0.46, 0.14)]
    if chance(rng, 0.3):  # begun by a small hook
        points.insert(0, (points[0][0] + rng.uniform(0.04, 0.14), points[0][1] + rng.uniform(0.0, 0.08)))
    return [*points, near(rng, 0.44, 0.36)]


def plain_two(rng: np.random.Generator) -> Path:
    """A bow and a level base, which may rise, fall or wave."""
    corner = near(rng, rng.uniform(-0.08, 0.1), 0.97)
    end = (rng.uniform(0.3, 0.85), rng.uniform(0.86, 1.12))
    base = bow(corner, end, rng.normal(0, 0.06)) if chance(rng, 0.6) else wave(corner, end, rng.uniform(0.03, 0.1))
    return [joined(through(*_head(rng), near(rng, 0.22, 0.68), corner), base)]


def looped_two(rng: np.random.Generator) -> Path:
    """A bow that makes a loop at the foot before the base."""
    size = rng.uniform(0.06, 0.17)
    low = 1.0 - rng.uniform(0, 0.06)
    loop = [(0.08, low), (-0.02 - size, low - 0.4 * size), (-0.02 - 0.5 * size, low - 1.5 * size), (0.12, low - size)]
    end = (rng.uniform(0.45, 0.85), rng.uniform(0.86, 1.05))
    return [through(*_head(rng), near(rng, 0.26, 0.7), *loop, (0.3, low - 0.1 * size), end)]


def angular_two(rng: np.random.Generator) -> Path:
    """A round top, a straight line down and a straight base."""
    corner = (rng.uniform(-0.05, 0.1), 1.0)
    top = through((0.0, rng.uniform(0.08, 0.3)), (0.22, 0.0), (0.45, rng.uniform(0.1, 0.25)))
    return [joined(top, line(corner, (rng.uniform(0.4, 0.75), rng.uniform(0.9, 1.05))))]


def swan_two(rng: np.random.Generator) -> Path:
    """A bow that turns into its base in a curve, without a corner."""
    return [through(*_head(rng), near(rng, 0.12, 0.75), (0.06, 0.92), (0.22, 0.98), (rng.uniform(0.4, 0.8), 0.93))]


def curled_two(rng: np.random.Generator) -> Path:
    """A narrow loop for a head, a long line down to the left, and a base."""
    x, width = rng.uniform(0.3, 0.48), rng.uniform(0.05, 0.16)
    start = (x + rng.uniform(-0.4, 0.6) * width, rng.uniform(0.16, 0.42))
    loop = [start, (x - width, 0.14), (x, 0.0), (x + width, 0.12)]
    corner = (rng.uniform(-0.05, 0.1), rng.uniform(0.94, 1.0))
    end = (rng.uniform(0.35, 0.75), rng.uniform(0.9, 1.08))
    down = through(*loop, (x + 0.5 * width, 0.35), near(rng, 0.5 * (x + corner[0]), 0.68), corner)
    return [joined(down, bow(corner, end, rng.normal(0, 0.08)))]


def ribbon_two(rng: np.random.Generator) -> Path:
    """A bow, and from its foot up to the right in one sweep, across the bow or beside it."""
    foot = (rng.uniform(0.0, 0.1), 1.0)
    narrow = rng.uniform(0.04, 0.13)
    turn = [(foot[0] + 0.02, 0.9), foot, (foot[0] + narrow, rng.uniform(0.91, 0.98))]
    end = (rng.uniform(0.5, 0.95), rng.uniform(0.12, 0.7))
    middle = (0.45 * (turn[-1][0] + end[0]) + rng.normal(0, 0.03), 0.5 * (turn[-1][1] + end[1]) + rng.uniform(0, 0.08))
    return [through(*_head(rng), near(rng, 0.26, 0.62), *turn, middle, end)]


# ---------------------------------------------------------------------------------------------------- three


def shallow_three(rng: np.random.Generator) -> Path:
    """One wide bow with a dent where two bows meet."""
    dent = rng.uniform(0.26, 0.4)
    top = [near(rng, 0.0, 0.1), near(rng, 0.24, 0.0), (rng.uniform(0.38, 0.5), 0.18)]
    return [through(*top, (dent, rng.uniform(0.34, 0.5)), (rng.uniform(0.4, 0.56), 0.7), (0.22, 1.0), (-0.02, 0.9))]


def _belly(rng: np.random.Generator, start: Point, width: float) -> list[Point]:
    """The lower bow of a three or a five, from its beginning to its end on the left."""
    top = start[1]
    reach = start[0] + width
    points = [start, (start[0] + 0.65 * width, top + 0.06 * rng.uniform(-0.5, 1)), (reach, top + 0.5 * (1 - top))]
    points += [near(rng, start[0] + 0.45 * width, 0.98), (rng.uniform(-0.15, 0.08), rng.uniform(0.82, 0.98))]
    kind = rng.random()
    x, y = points[-1]
    if kind < 0.2:
        points.append((x - 0.04, y - rng.uniform(0.04, 0.12)))
    elif kind < 0.35:  # curled up, or inwards
        points.append((x + rng.uniform(-0.02, 0.2), y - rng.uniform(0.1, 0.28)))
    return points


def round_three(rng: np.random.Generator) -> Path:
    """Two bows that meet in a notch."""
    middle = (rng.uniform(0.1, 0.28), rng.uniform(0.36, 0.54))
    top = through(near(rng, 0.0, 0.12), near(rng, 0.2, 0.0), (rng.uniform(0.32, 0.5), middle[1] / 2), middle)
    return [joined(top, through(*_belly(rng, middle, rng.uniform(0.2, 0.42))))]


def flat_three(rng: np.random.Generator) -> Path:
    """A level top, a line back to the middle, and a bow."""
    middle = (rng.uniform(0.12, 0.28), rng.uniform(0.3, 0.46))
    top = line((rng.uniform(-0.05, 0.05), rng.uniform(-0.04, 0.06)), (rng.uniform(0.36, 0.55), 0.0), middle)
    return [joined(top, through(*_belly(rng, middle, rng.uniform(0.22, 0.42))))]


def retraced_three(rng: np.random.Generator) -> Path:
    """Two bows: the pen comes far to the left between them, and goes up again on its way to the second."""
    middle = (rng.uniform(0.03, 0.2), rng.uniform(0.5, 0.68))
    head = [near(rng, 0.02, 0.18), near(rng, 0.2, 0.0), (rng.uniform(0.36, 0.52), rng.uniform(0.1, 0.22))]
    if chance(rng, 0.4):  # begun by a small hook
        head.insert(0, (head[0][0] + rng.uniform(0.04, 0.14), head[0][1] - rng.uniform(0.02, 0.12)))
    rise = rng.uniform(0.04, 0.16)
    reach = middle[0] + rng.uniform(0.34, 0.5)
    belly = [middle, (middle[0] + 0.24, middle[1] - rise), (reach, middle[1] + rng.uniform(-0.06, 0.08))]
    belly += [near(rng, 0.2, 0.99), (rng.uniform(-0.12, 0.08), rng.uniform(0.86, 1.0))]
    if chance(rng, 0.4):  # curled up
        belly.append((belly[-1][0] + rng.uniform(0.0, 0.12), belly[-1][1] - rng.uniform(0.06, 0.18)))
    return [joined(through(*head, middle), through(*belly))]


def looped_three(rng: np.random.Generator) -> Path:
    """Two bows with a small loop where they meet."""
    x, y, size = rng.uniform(0.14, 0.26), rng.uniform(0.4, 0.52), rng.uniform(0.04, 0.1)
    top = [near(rng, 0.0, 0.14), near(rng, 0.2, 0.0), (rng.uniform(0.36, 0.5), 0.2), (x, y + 0.3 * size)]
    loop = [(x - size, y), (x - 0.3 * size, y - size)]
    return [through(*top, *loop, *_belly(rng, (x + size, y), rng.uniform(0.2, 0.38)))]


# ----------------------------------------------------------------------------------------------------- five


def _five_body(rng: np.random.Generator, least_width: float = 0.28) -> tuple[F64, Point]:
    """The stem and the belly of a five, and where it begins."""
    start = (rng.uniform(0.0, 0.14), 0.0)
    turn = (rng.uniform(-0.04, 0.06), rng.uniform(0.3, 0.5))
    return joined(
        bow(start, turn, rng.normal(0, 0.05)), through(*_belly(rng, turn, rng.uniform(least_width, 0.5)))
    ), start


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


def distant_five(rng: np.random.Generator) -> Path:
    """A stem, a belly that may end at the foot, and a bar high above them or far to the right of the stem."""
    body, (x, y) = _five_body(rng, 0.18)
    if chance(rng, 0.5):
        body = body[: -rng.integers(2, 12)]
    if chance(rng, 0.6):
        start = (x + rng.uniform(-0.08, 0.25), y - rng.uniform(0.1, 0.28))
    else:
        start = (x + rng.uniform(0.18, 0.36), y + rng.uniform(-0.2, 0.04))
    length, rise = rng.uniform(0.2, 0.65), rng.uniform(-0.12, 0.16)
    return [body, bow(start, (start[0] + length, start[1] - rise), rng.normal(0, 0.06))]


def curved_five(rng: np.random.Generator) -> Path:
    """From the bar's end to the left, down and round: one stroke, with corners or like an S."""
    start = (rng.uniform(0.35, 0.65), rng.uniform(-0.08, 0.06))
    corner, turn = (rng.uniform(0.0, 0.14), 0.0), (rng.uniform(-0.04, 0.06), rng.uniform(0.32, 0.48))
    belly = through(*_belly(rng, turn, rng.uniform(0.28, 0.48)))
    if chance(rng, 0.5):
        return [joined(bow(start, corner, rng.normal(0, 0.06)), line(turn), belly)]
    five = joined(through(start, (0.2, 0.01), (corner[0] - 0.02, 0.14), turn), belly)
    return [five * (rng.uniform(1.0, 2.0) if chance(rng, 0.4) else 1.0, 1.0)]
