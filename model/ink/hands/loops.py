"""Digits of loops: 0, 6, 8 and 9, one unit high, as schools and habits shape them."""

from __future__ import annotations

import numpy as np

from model.common.arrays import F64
from model.ink.curves import Path, arc, bow, chance, flicked, joined, line, place, ring, rotate, through

# ----------------------------------------------------------------------------------------------------- zero


def _ring(rng: np.random.Generator, sweep: float, drift: float) -> F64:
    """A ring begun near the top, seldom wider than high; `drift` is by how much its radius grows."""
    count = 40
    width = rng.uniform(1.0, 1.6) if chance(rng, 0.08) else rng.uniform(0.5, 1.0)
    angle = np.radians(rng.uniform(-140, -55) + np.linspace(0, sweep, count) * rng.choice((-1, -1, -1, 1)))
    radius = (0.5 + drift * np.linspace(-0.5, 0.5, count))[:, None]
    return np.stack((np.cos(angle), np.sin(angle)), axis=1) * radius * (width, 1.0)


def closed_zero(rng: np.random.Generator) -> Path:
    """A ring that meets itself or runs on a little."""
    return [_ring(rng, rng.uniform(355, 410), rng.normal(0, 0.05))]


def open_zero(rng: np.random.Generator) -> Path:
    """A ring that ends before it meets its beginning, or beside it."""
    return [_ring(rng, rng.uniform(318, 375), rng.normal(0, 0.1))]


def tailed_zero(rng: np.random.Generator) -> Path:
    """A ring begun with a stroke from outside, or ended by one into the ring or over it."""
    ring = _ring(rng, rng.uniform(345, 400), rng.normal(0, 0.06))
    if rng.random() < 0.5:
        first = ring[0]
        outside = first * rng.uniform(1.1, 1.5) + (rng.uniform(-0.25, 0.25), rng.uniform(-0.05, 0.1))
        return [joined(outside[None], ring)]
    last = ring[-1]
    inside = last * rng.uniform(-0.2, 0.75) + rng.normal(0, 0.06, 2)
    beyond = last * rng.uniform(1.05, 1.4) + (rng.uniform(0, 0.3), rng.uniform(-0.1, 0.1))
    return [joined(ring, (inside if rng.random() < 0.6 else beyond)[None])]


def slashed_zero(rng: np.random.Generator) -> Path:
    """A ring with a slanting line through it, inside or beyond, in a stroke of its own or drawn on from the ring's end.

    A few lines slant the other way, as left hands draw them.
    """
    outline = _ring(rng, rng.uniform(350, 385), rng.normal(0, 0.04)) * (rng.uniform(0.7, 1.0), 1.0)
    angle = np.radians(rng.uniform(25, 100) if chance(rng, 0.88) else rng.uniform(110, 155))
    size = rng.uniform(0.35, 1.4) if abs(np.cos(angle)) > 0.2 else rng.uniform(0.35, 0.8)  # upright: no phi
    tip = size * np.array([np.cos(angle) * 0.8, -np.sin(angle)])
    slash = np.stack((tip, -tip)) + rng.normal(0, 0.04, 2)
    return [joined(outline, slash)] if chance(rng, 0.3) else [outline, slash]


def crossed_zero(rng: np.random.Generator) -> Path:
    """A ring with a bar across it, level or nearly, that ends inside, on the ring or beyond it."""
    outline = _ring(rng, rng.uniform(345, 385), rng.normal(0, 0.04)) * (rng.uniform(0.65, 1.0), 1.0)
    ring_half = float(np.abs(outline[:, 0]).max())
    half = ring_half * rng.uniform(0.5, 1.9 if ring_half > 0.25 else 2.8)
    tilt = np.radians(rng.normal(0, 12))
    y, aside = rng.normal(0, 0.07), rng.normal(0, 0.04)
    end = half * np.array([np.cos(tilt), -np.sin(tilt)])
    bar = bow((aside - end[0], y - end[1]), (aside + end[0], y + end[1]), rng.normal(0, 0.03))
    return [joined(outline, bar)] if chance(rng, 0.15) else [outline, bar]


def dotted_zero(rng: np.random.Generator) -> Path:
    """A ring with a dot or a short dash in its middle."""
    outline = _ring(rng, rng.uniform(350, 385), rng.normal(0, 0.04))
    middle = (rng.normal(0, 0.03), rng.normal(0, 0.05))
    if chance(rng, 0.6):
        return [outline, ring(middle, rng.uniform(0.01, 0.06))]
    angle, size = rng.uniform(0, np.pi), rng.uniform(0.04, 0.14)
    end = size * np.array([np.cos(angle), -np.sin(angle)])
    return [outline, line((middle[0] - end[0], middle[1] - end[1]), (middle[0] + end[0], middle[1] + end[1]))]


# --------------------------------------------------------------------------------------------- nine and six


def _loop(rng: np.random.Generator, height: float, sweep: float) -> F64:
    """The loop of a nine, its top at 0, that ends on its right side."""
    radii = (height / 2 * rng.uniform(0.7, 1.8), height / 2)
    end = rng.uniform(-40, 15)
    return arc((-radii[0], radii[1]), radii, end + sweep, end)


def _nine(rng: np.random.Generator, loop: F64, tail: str) -> Path:
    x, y = place(loop)
    if tail == "straight":
        return [joined(loop, bow((x, y), (x + rng.uniform(-0.1, 0.1), 1), rng.normal(0, 0.04)))]
    if tail == "slanting":
        return [joined(loop, bow((x, y), (x - rng.uniform(0.15, 0.55), 1), rng.normal(0.02, 0.05)))]
    width, rise = rng.uniform(0.18, 0.75), rng.uniform(-0.03, 0.16)
    bottom = rng.uniform(0.94, 1.0)
    turn = [(x + rng.uniform(-0.04, 0.1), 0.62), (x - 0.08 * width, 0.82), (x - 0.45 * width, bottom)]
    return [joined(loop, through((x, y), *turn, (x - width, bottom - rise)))]


def straight_nine(rng: np.random.Generator) -> Path:
    """A loop and an upright tail, sometimes with a flick at its foot."""
    (nine,) = _nine(rng, _loop(rng, rng.uniform(0.25, 0.58), rng.uniform(330, 390)), "straight")
    return [flicked(nine, rng) if chance(rng, 0.12) else nine]


def slanting_nine(rng: np.random.Generator) -> Path:
    """A loop, often small, and a straight tail down to the left."""
    slant = rng.uniform(0.15, 0.55)
    loop = _loop(rng, rng.uniform(0.1, 0.5), rng.uniform(330, 390))
    if np.ptp(loop[:, 1]) < 0.25 and chance(rng, 0.6):  # a flat one
        loop = loop * (rng.uniform(1.2, 2.6), 1.0)
    loop = rotate(loop - loop[-1], slant * rng.uniform(0.4, 1.0)) + loop[-1]  # it leans like its tail
    x, y = place(loop)
    tail = bow((x, y), (x - slant, 1), rng.normal(0.02, 0.05))
    return [joined(loop, flicked(tail, rng) if chance(rng, 0.15) else tail)]


def hooked_nine(rng: np.random.Generator) -> Path:
    """A loop, often small, and a tail that turns to the left in a wide hook."""
    return _nine(rng, _loop(rng, rng.uniform(0.16, 0.5), rng.uniform(330, 400)), "hooked")


def hanging_nine(rng: np.random.Generator) -> Path:
    """A small loop, a stroke on to the right, and from there a tail: the loop hangs on the tail's top."""
    height, y = rng.uniform(0.16, 0.4), rng.uniform(0.0, 0.12)
    radii = (height / 2 * rng.uniform(0.6, 1.3), height / 2)
    end = rng.uniform(-110, -60)
    loop = arc((0.0, y + radii[1]), radii, end + rng.uniform(300, 390), end)
    corner = (radii[0] + rng.uniform(0.02, 0.2), y + rng.uniform(-0.08, 0.12))
    turn = rng.uniform(0.45, 0.62)
    if rng.random() < 0.3:
        tail = bow(corner, (corner[0] - rng.uniform(0.0, 0.5), 1.0), rng.normal(0, 0.05))
    else:
        width = rng.uniform(0.15, 0.7)
        tail = through(
            corner,
            (corner[0] - rng.uniform(-0.05, 0.12), turn),
            (corner[0] - rng.uniform(-0.05, 0.1), 0.8),
            (corner[0] - 0.5 * width, rng.uniform(0.94, 1.0)),
            (corner[0] - width, rng.uniform(0.86, 1.0)),
        )
    return [joined(loop, tail)]


def pointed_nine(rng: np.random.Generator) -> Path:
    """A narrow loop, pointed at its foot, that leans more than the tail."""
    length, width = rng.uniform(0.35, 0.75), rng.uniform(0.05, 0.14)
    lean = np.radians(rng.uniform(20, 55))  # of the loop, from upright to the right
    start = rng.uniform(-110, -20)
    loop = rotate(arc((0.0, 0.0), (width, length / 2), start, start - rng.uniform(330, 380)), lean)
    loop = loop - (0.0, loop[:, 1].min())
    x, y = float(loop[:, 0].max()), float(loop[loop[:, 0].argmax(), 1])
    tail = bow((x, y - rng.uniform(0.0, 0.08)), (x - rng.uniform(-0.05, 0.4), 1.0), rng.normal(0, 0.04))
    return [joined(loop, tail)]


def open_nine(rng: np.random.Generator) -> Path:
    """A loop that is open on the right or at the top, and any tail."""
    tail = rng.choice(("straight", "slanting", "hooked"))
    loop = _loop(rng, rng.uniform(0.28, 0.55), rng.uniform(280, 330))
    return _nine(rng, loop, str(tail))


def _upside_down(path: Path) -> Path:
    return [1 - stroke for stroke in path]


def round_six(rng: np.random.Generator) -> Path:
    """A bow down to a loop at the foot."""
    tail = rng.choice(("straight", "slanting", "hooked"))
    return _upside_down(_nine(rng, _loop(rng, rng.uniform(0.35, 0.62), rng.uniform(320, 390)), str(tail)))


def narrow_six(rng: np.random.Generator) -> Path:
    """A stem, nearly straight, and a tiny loop at the foot."""
    height = rng.uniform(0.2, 0.38)
    loop = _loop(rng, height, rng.uniform(310, 380)) * (rng.uniform(0.8, 1.2), 1.0)
    return _upside_down(_nine(rng, loop, str(rng.choice(("straight", "straight", "slanting")))))


def open_six(rng: np.random.Generator) -> Path:
    """A bow and a loop whose end does not reach the stem, or crosses it."""
    height = rng.uniform(0.28, 0.6)
    radii = (height / 2 * rng.uniform(0.7, 1.4), height / 2)
    start = rng.uniform(165, 205)
    loop = arc((radii[0], 1 - radii[1]), radii, start, start - rng.uniform(235, 330) - rng.choice((0, 0, 95)))
    x, y = float(loop[0, 0]), float(loop[0, 1])
    top = (x + rng.uniform(0.0, 0.45), 0.0)
    stem = through(top, (x + 0.25 * (top[0] - x) + rng.normal(0, 0.02), 0.45 * y), (x, y))
    if rng.random() < 0.3:  # hooked at its beginning
        stem = joined(line((top[0] + rng.uniform(0.06, 0.2), rng.uniform(0.02, 0.14))), stem)
    return [joined(stem, loop)]


# ---------------------------------------------------------------------------------------------------- eight


def _eight(rng: np.random.Generator, start: float, end: float, narrow: float = 1.0) -> F64:
    """The line of an eight; the angle is 0 at the top and pi at the bottom, and runs to the left from the top."""
    angle = np.linspace(start, end, 64)
    height = ((1 - np.cos(angle)) / 2) ** rng.uniform(0.8, 1.3)
    upper = np.cos(angle) > 0
    low = 0.06 if rng.random() < 0.25 else 0.2  # now and then one loop is hardly open
    width = np.where(upper, rng.uniform(low, 0.34), rng.uniform(low, 0.38)) * narrow
    return np.stack((-width * np.sin(2 * angle), height), axis=1)


def closed_eight(rng: np.random.Generator) -> Path:
    """A line that crosses itself in the middle and meets its beginning."""
    start = rng.uniform(-0.9, 0.4)
    return [_eight(rng, start, start + 2 * np.pi + rng.uniform(-0.05, 0.3))]


def tailed_eight(rng: np.random.Generator) -> Path:
    """An eight begun by a stroke from the left to its middle."""
    eight = _eight(rng, -0.5 * np.pi, 1.5 * np.pi + rng.uniform(-0.3, 0.4), rng.uniform(0.6, 1.1))
    x, y = float(eight[0, 0]), float(eight[0, 1])
    return [joined(line((x - rng.uniform(0.12, 0.4), y + rng.uniform(-0.12, 0.08))), eight)]


def open_eight(rng: np.random.Generator) -> Path:
    """An eight begun at the top right whose end stays away from its beginning."""
    start = rng.uniform(-1.0, -0.1)
    gap = rng.uniform(0.1, 0.95)
    eight = _eight(rng, start, start + 2 * np.pi - gap, rng.uniform(0.6, 1.1))
    if rng.random() < 0.5:  # a hook at the beginning
        first = eight[0]
        eight = joined(line((first[0] + rng.uniform(0.0, 0.15), first[1] + rng.uniform(-0.04, 0.12))), eight)
    if rng.random() < 0.4:  # the end runs on, to the upper right
        x, y = place(eight)
        eight = joined(eight, line((x + rng.uniform(0.0, 0.2), max(y - rng.uniform(0.05, 0.3), -0.08))))
    return [eight]


def turning_eight(rng: np.random.Generator) -> Path:
    """An eight begun in its middle, on the left: down and round, up across the beginning, and round the top."""
    start = 0.5 * np.pi + rng.uniform(-0.3, 0.15)
    eight = _eight(rng, start, start + 2 * np.pi - rng.uniform(-0.1, 0.9), rng.uniform(0.6, 1.1))
    x, y = float(eight[0, 0]), float(eight[0, 1])
    return [joined(line((x - rng.uniform(0.05, 0.3), y + rng.uniform(-0.16, 0.05))), eight)]


def straight_eight(rng: np.random.Generator) -> Path:
    """An S and a straight line back from its foot to its beginning, or past it."""
    start = rng.uniform(-0.8, -0.2)
    bow_down = _eight(rng, start, np.pi + rng.uniform(-0.2, 0.7), rng.uniform(0.6, 1.1))
    x = rng.uniform(0.05, 0.35)
    return [joined(bow_down, line((x, rng.uniform(-0.06, 0.16))))]


def ringed_eight(rng: np.random.Generator) -> Path:
    """Two rings, one upon the other."""
    border = rng.uniform(0.36, 0.56)
    gap = rng.normal(0, 0.02)
    low = (1 + border + gap) / 2
    rings = ((rng.normal(0, 0.04), border / 2, rng.uniform(0.13, 0.26)), (0.0, low, rng.uniform(0.18, 0.34)))
    return [arc((x, y), (width, min(y, 1 - y)), -90, 270 + rng.uniform(-40, 30)) for x, y, width in rings]
