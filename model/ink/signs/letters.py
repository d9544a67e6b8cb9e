"""Lower-case letters that no digit looks like, by a grammar of stems, arches and bowls, and words of them.

Letters stand on the line at 1 and reach up to 0; those with an ascender reach up to -0.7, with a descender down to 1.7.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.common.arrays import F64
from model.ink.curves import Path, arc, bow, joined, line, through

Draw = Callable[[np.random.Generator], Path]

ASCENT, DESCENT = (-0.9, -0.4), (1.4, 1.9)


def _stem(rng: np.random.Generator, x: float, top: float, bottom: float) -> F64:
    return bow((x + rng.normal(0, 0.04), top), (x + rng.normal(0, 0.04), bottom), rng.normal(0, 0.03))


def _arch(rng: np.random.Generator, left: float, right: float, top: float = 0.0) -> F64:
    """An arch from the stem on the left, up, over and down to the line."""
    high = top + rng.normal(0, 0.04)
    middle = (left + right) / 2
    return through((left, high + rng.uniform(0.2, 0.5)), (middle, high), (right, high + 0.3), (right, 1.0))


def _bowl(rng: np.random.Generator, opening: float, sweep: float) -> F64:
    """A round part, one unit high, that is open at an angle."""
    radii = (rng.uniform(0.32, 0.6), 0.5)
    return arc((radii[0], 0.5), radii, opening, opening - sweep)


def _a(rng: np.random.Generator) -> Path:
    if rng.random() < 0.4:  # as in print
        head = through((0.0, 0.12), (0.3, 0.0), (0.55, 0.25), (0.56, 1.0))
        return [head, through((0.55, 0.45), (0.15, 0.5), (0.0, 0.75), (0.2, 1.0), (0.55, 0.8))]
    bowl = _bowl(rng, rng.uniform(-50, -20), rng.uniform(310, 370))
    right = float(bowl[:, 0].max())
    return [bowl, joined(_stem(rng, right, rng.uniform(-0.05, 0.1), 0.9), line((right + rng.uniform(0.1, 0.3), 0.95)))]


def _d(rng: np.random.Generator) -> Path:
    bowl = _bowl(rng, rng.uniform(-60, -20), rng.uniform(290, 350))
    return [bowl, _stem(rng, float(bowl[:, 0].max()), rng.uniform(*ASCENT), 1.0)]


def _e(rng: np.random.Generator) -> Path:
    width = rng.uniform(0.5, 0.9)
    bar = line((0.05, 0.55 + rng.normal(0, 0.05)), (width, 0.45 + rng.normal(0, 0.06)))
    return [joined(bar, arc((width / 2, 0.5), (width / 2, 0.5), -10, -rng.uniform(290, 325)))]


def _f(rng: np.random.Generator) -> Path:
    top = rng.uniform(*ASCENT)
    hook = through((rng.uniform(0.3, 0.5), top + 0.2), (0.2, top), (0.0, top + 0.3), (0.0, 1.0))
    return [hook, line((-rng.uniform(0.2, 0.35), 0.0), (rng.uniform(0.2, 0.45), rng.normal(0, 0.05)))]


def _h(rng: np.random.Generator) -> Path:
    return [_stem(rng, 0.0, rng.uniform(*ASCENT), 1.0), _arch(rng, 0.0, rng.uniform(0.4, 0.8))]


def _k(rng: np.random.Generator) -> Path:
    knee = (0.02, rng.uniform(0.4, 0.6))
    return [
        _stem(rng, 0.0, rng.uniform(*ASCENT), 1.0),
        line((rng.uniform(0.4, 0.6), rng.uniform(-0.05, 0.15)), knee, (rng.uniform(0.4, 0.7), 1.0)),
    ]


def _m(rng: np.random.Generator) -> Path:
    width = rng.uniform(0.35, 0.55)
    return [_stem(rng, 0.0, 0.0, 1.0), joined(_arch(rng, 0.0, width), _arch(rng, width, 2 * width))]


def _n(rng: np.random.Generator) -> Path:
    return [joined(_stem(rng, 0.0, 0.0, 1.0), _arch(rng, 0.0, rng.uniform(0.45, 0.85)))]


def _p(rng: np.random.Generator) -> Path:
    bowl = _bowl(rng, 230, -rng.uniform(270, 320))
    return [_stem(rng, float(bowl[:, 0].min()), 0.0, rng.uniform(*DESCENT)), bowl]


def _r(rng: np.random.Generator) -> Path:
    arm = through((0.0, rng.uniform(0.4, 0.6)), (0.2, 0.1), (rng.uniform(0.45, 0.65), rng.uniform(0.0, 0.12)))
    return [joined(_stem(rng, 0.0, 0.0, 1.0), arm)]


def _t(rng: np.random.Generator) -> Path:
    foot = through((0.0, rng.uniform(-0.6, -0.3)), (0.0, 0.75), (0.15, 1.0), (rng.uniform(0.3, 0.45), 0.85))
    return [foot, line((-rng.uniform(0.2, 0.4), 0.0), (rng.uniform(0.25, 0.45), rng.normal(0, 0.05)))]


def _u(rng: np.random.Generator) -> Path:
    width = rng.uniform(0.5, 0.9)
    cup = through((0.0, 0.0), (0.02, 0.7), (width / 2, 1.0), (width, 0.7), (width, 0.0))
    return [cup, _stem(rng, width, 0.0, 1.0)]


def _v(rng: np.random.Generator) -> Path:
    width = rng.uniform(0.45, 0.8)
    return [line((0.0, 0.0), (width / 2, 1.0), (width, rng.normal(0, 0.05)))]


def _w(rng: np.random.Generator) -> Path:
    x = np.linspace(0, rng.uniform(0.9, 1.5), 5)
    points = list(zip(x, (0.0, 1.0, rng.uniform(0.0, 0.4), 1.0, rng.normal(0, 0.05)), strict=True))
    return [line(*points) if rng.random() < 0.5 else through(*points)]


def _x(rng: np.random.Generator) -> Path:
    width = rng.uniform(0.5, 0.9)
    return [bow((0.0, 0.0), (width, 1.0), rng.normal(0, 0.06)), bow((width, 0.0), (0.0, 1.0), rng.normal(0, 0.06))]


def _c(rng: np.random.Generator) -> Path:
    return [_bowl(rng, rng.uniform(-60, -30), rng.uniform(230, 265))]


def _ae(rng: np.random.Generator) -> Path:
    return [*_a(rng), *(stroke + np.array((0.55, 0.0)) for stroke in _e(rng))]


LETTERS: dict[str, Draw] = {
    "a": _a,
    "c": _c,
    "d": _d,
    "e": _e,
    "f": _f,
    "h": _h,
    "k": _k,
    "m": _m,
    "n": _n,
    "p": _p,
    "r": _r,
    "t": _t,
    "u": _u,
    "v": _v,
    "w": _w,
    "x": _x,
    "ae": _ae,
}


def letter(rng: np.random.Generator) -> Path:
    """One lower-case letter."""
    return list(LETTERS.values())[rng.integers(len(LETTERS))](rng)


def word(rng: np.random.Generator) -> Path:
    """Two to five lower-case letters in a row, joined or not."""
    path: Path = []
    right = 0.0
    gap = rng.uniform(0.05, 0.35)
    joins = rng.random() < 0.3
    for _ in range(rng.integers(2, 6)):
        strokes = letter(rng)
        points = np.concatenate(strokes)
        offset = np.array((right - points[:, 0].min(), rng.normal(0, 0.03)))
        moved = [stroke + offset for stroke in strokes]
        if joins and path:
            path[-1] = joined(path[-1], moved[0])
            moved = moved[1:]
        path += moved
        right += float(np.ptp(points[:, 0])) + gap
    return path
