"""Shapes that no network here is ever taught: hearts, stars, faces, ticks, houses; arrows and words of another make.

What a network was taught not to be a digit it may know by heart; whether it has understood shows on other kinds. The
arrows and words of the training (model/ink/signs) are drawn otherwise, but they are arrows and words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from model.common.arrays import Array
from model.ink import Drawing

Path = list[Array]  # strokes (k, 2), x to the right and y down

TAUGHT = ("arrow", "word")  # kinds that the training has too

WOBBLE = 0.03  # of the shape's size: nobody draws a perfect circle


def shapes(kind: str, count: int, rng: np.random.Generator, letters: Sequence[Drawing]) -> list[Drawing]:
    """Drawings of one kind, each a little different; words are made of the letters."""
    return [Drawing(tuple(_by_hand(KINDS[kind](rng, letters), rng)), kind) for _ in range(count)]


def _heart(rng: np.random.Generator, _: Sequence[Drawing]) -> Path:
    t = np.linspace(np.pi / 2, 2.5 * np.pi, 60) if rng.random() < 0.5 else np.linspace(0, 2 * np.pi, 60)
    high = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return [np.stack((16 * np.sin(t), -high), axis=1)]


def _star(rng: np.random.Generator, _: Sequence[Drawing]) -> Path:
    if rng.random() < 0.5:  # in one go, through the middle
        angle = -np.pi / 2 + np.arange(6) * 4 * np.pi / 5
        return [np.stack((np.cos(angle), np.sin(angle)), axis=1)]
    angle = -np.pi / 2 + np.arange(11) * np.pi / 5  # its outline
    radius = np.where(np.arange(11) % 2, rng.uniform(0.35, 0.5), 1)[:, None]
    return [radius * np.stack((np.cos(angle), np.sin(angle)), axis=1)]


def _face(rng: np.random.Generator, _: Sequence[Drawing]) -> Path:
    mouth = np.linspace(0.2, 0.8, 12) * np.pi
    smile = np.stack((0.6 * np.cos(mouth), 0.1 + 0.5 * np.sin(mouth) * rng.choice((1, 1, 0.3))), axis=1)
    eyes = [_round(0.08, (side * rng.uniform(0.28, 0.42), -0.3)) for side in (-1, 1)]
    nose = [np.array([[0, -0.1], [rng.normal(0, 0.05), 0.15]])] if rng.random() < 0.4 else []
    return [_round(1, (0, 0)), *eyes, *nose, smile]


def _tick(rng: np.random.Generator, _: Sequence[Drawing]) -> Path:
    corner = np.array([0.3, 1.0])
    return [np.array([corner - (rng.uniform(0.2, 0.4), rng.uniform(0.3, 0.5)), corner, (rng.uniform(0.9, 1.2), 0.0)])]


def _arrow(rng: np.random.Generator, _: Sequence[Drawing]) -> Path:
    head = rng.uniform(0.2, 0.35)
    angle = rng.choice((0, np.pi / 2, np.pi)) + rng.normal(0, 0.15)  # down, an arrow is too near a 1 with its foot
    path = [np.array([[-1.0, 0], [1, 0]]), np.array([[1 - head, -head], [1, 0], [1 - head, head]])]
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [stroke @ turn for stroke in path]


def _house(rng: np.random.Generator, _: Sequence[Drawing]) -> Path:
    walls = np.array([[0, 0.0], [0, 1], [1, 1], [1, 0], [0, 0], [0.5, -rng.uniform(0.4, 0.7)], [1, 0]])
    left = rng.uniform(0.15, 0.5)
    door = np.array([[left, 1], [left, 0.5], [left + 0.3, 0.5], [left + 0.3, 1]])
    return [walls, door]


def _word(rng: np.random.Generator, letters: Sequence[Drawing]) -> Path:
    path: Path = []
    right = 0.0
    for index in rng.integers(0, len(letters), rng.integers(3, 6)):
        points = np.concatenate(letters[index].strokes)
        size = 1 / max(float(np.ptp(points, axis=0).max()), 1e-9)
        path += [(stroke - points.min(axis=0)) * size + (right, 0) for stroke in letters[index].strokes]
        right += float(np.ptp(points[:, 0])) * size + rng.uniform(0.05, 0.2)
    return path


KINDS: dict[str, Callable[[np.random.Generator, Sequence[Drawing]], Path]] = {
    "heart": _heart,
    "star": _star,
    "face": _face,
    "tick": _tick,
    "arrow": _arrow,
    "house": _house,
    "word": _word,
}


def _round(radius: float, center: tuple[float, float]) -> Array:
    angle = np.linspace(0, 2 * np.pi, 30)
    return radius * np.stack((np.cos(angle), np.sin(angle)), axis=1) + center


def _by_hand(path: Path, rng: np.random.Generator) -> Path:
    """The path slanted, stretched and slowly bent."""
    points = np.concatenate(path)
    middle, size = points.mean(axis=0), np.ptp(points, axis=0).max()
    change = np.eye(2) + rng.normal(0, 0.08, (2, 2))
    along, phase = rng.normal(0, 5, (2, 2)), rng.uniform(0, 2 * np.pi, 2)
    drawn = []
    for stroke in path:
        place = (stroke - middle) / size @ change
        drawn.append(place + WOBBLE * np.sin(place @ along + phase))
    return drawn
