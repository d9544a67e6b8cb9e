"""Scribbles that nobody would read as a digit: examples of non-digits, made as strokes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from model.ink.curves import Path, rotate, spline
from model.ink.drawing import Drawing

Kind = Callable[[np.random.Generator], Path]


def _curl(rng: np.random.Generator) -> Path:
    """One long smooth line through many points."""
    return [spline(rng.uniform(0, 1, (rng.integers(6, 14), 2)))]


def _tangle(rng: np.random.Generator) -> Path:
    """Several short smooth lines."""
    return [
        spline(rng.uniform(0, 1, 2) + rng.normal(0, 0.3, (rng.integers(3, 6), 2))) for _ in range(rng.integers(3, 6))
    ]


def _lines(rng: np.random.Generator) -> Path:
    """Straight lines, three or more, anywhere."""
    return [rng.uniform(0, 1, (2, 2)) for _ in range(rng.integers(3, 8))]


def _corners(rng: np.random.Generator) -> Path:
    """One line with many sharp corners."""
    return [rng.uniform(0, 1, (rng.integers(6, 12), 2))]


def _zigzag(rng: np.random.Generator) -> Path:
    """One line back and forth, sharp or round, at any angle."""
    count = int(rng.integers(5, 12))
    points = np.stack((np.linspace(0, 1, count), np.arange(count) % 2 * rng.uniform(0.2, 0.9)), axis=1)
    points += rng.normal(0, 0.03, points.shape)
    return [rotate(spline(points) if rng.random() < 0.5 else points, rng.uniform(0, np.pi))]


def _hatching(rng: np.random.Generator) -> Path:
    """Parallel lines (= or |||), or a grid of them (#)."""
    angle, path = rng.uniform(0, np.pi), []
    for direction in range(rng.integers(1, 3)):
        for offset in np.linspace(-0.35, 0.35, rng.integers(2 + (direction == 0), 6)):
            line = np.array([[-0.5, offset], [0.5, offset]]) + rng.normal(0, 0.04, (2, 2))
            path.append(rotate(line, angle + direction * np.pi / 2))
    return path


def _cross(rng: np.random.Generator) -> Path:
    """Two lines or more through one point (+, x, *)."""
    count = int(rng.integers(2, 5))
    angles = rng.uniform(0, np.pi) + np.arange(count) * np.pi / count + rng.normal(0, 0.08, count)
    return [
        rotate(np.array([[-rng.uniform(0.35, 0.6), 0], [rng.uniform(0.35, 0.6), 0]]), float(angle)) for angle in angles
    ]


def _spiral(rng: np.random.Generator) -> Path:
    """A spiral of two turns or more."""
    angle = np.linspace(0, 2 * np.pi * rng.uniform(2, 5), 120)
    radius = np.linspace(rng.uniform(0, 0.3), 1, 120)
    sense = rng.choice((-1, 1))
    return [np.stack((radius * np.cos(angle), sense * rng.uniform(0.5, 1) * radius * np.sin(angle)), axis=1)]


def _rings(rng: np.random.Generator) -> Path:
    """Circles in a row, or around each other."""
    count = int(rng.integers(2, 5))
    angle = np.linspace(0, 2 * np.pi, 24)
    ring = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    if rng.random() < 0.3:
        return [ring * (index + 1) + rng.normal(0, 0.1, 2) for index in range(count)]
    return [ring * rng.uniform(0.8, 1.2) + (2 * index * rng.uniform(0.8, 1.2), 0.0) for index in range(count)]


def _polygon(rng: np.random.Generator) -> Path:
    """A closed polygon, mostly with diagonals: two, as a rounded square with one is a slashed zero."""
    count = int(rng.integers(3, 7))
    angles = rng.uniform(0, 2 * np.pi) + np.arange(count) * 2 * np.pi / count + rng.normal(0, 0.12, count)
    corners = np.stack((np.cos(angles), np.sin(angles)), axis=1) * rng.uniform(0.85, 1.15, (count, 1))
    path = [np.concatenate((corners, corners[:1]))]
    if count > 3 or rng.random() < 0.3:  # without them, a square looks too much like a zero
        path.append(corners[[0, count // 2]])
    if count > 3:
        path.append(corners[[1, (count // 2 + 1) % count]])
    return path


def _blob(rng: np.random.Generator) -> Path:
    """A closed line with bulges and dents."""
    angle, radius = np.linspace(0, 2 * np.pi, 60), np.ones(60)
    for waves in range(2, 7):
        radius += rng.normal(0, 0.6 / waves) * np.cos(waves * angle + rng.uniform(0, 2 * np.pi))
    if np.abs(radius - 1).max() < 0.35:  # too round: it could be a zero
        radius += 0.4 * np.cos(rng.integers(3, 6) * angle)
    return [np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)]


def _angle(rng: np.random.Generator) -> Path:
    """Two lines that meet at the bottom or the left (V, <); other angles could be a 1 or a 7."""
    middle, half = rng.uniform(-0.75 * np.pi, 0.1 * np.pi), rng.uniform(0.25, 0.9)  # y points down
    ends = middle + np.array([-half, half])
    arms = np.stack((np.cos(ends), np.sin(ends)), axis=1) * rng.uniform(0.4, 1, (2, 1))
    return [np.stack((arms[0], np.zeros(2), arms[1]))]


def _framed(rng: np.random.Generator) -> Path:
    """A frame, round or square, around other shapes; round around two or more, as a ring around one could be a zero."""
    corners = int(rng.choice((3, 4, 4, 24, 24, 24)))
    angles = np.arange(corners + 1) * 2 * np.pi / corners + (np.pi / 4 if corners == 4 else -np.pi / 2)
    path = [np.stack((np.cos(angles), np.sin(angles) * rng.uniform(0.7, 1.4)), axis=1)]
    for _ in range(rng.integers(2 if corners == 24 else 1, 5)):
        inside = INSIDE[rng.integers(len(INSIDE))](rng)
        points = np.concatenate(inside)
        size = rng.uniform(0.2, 0.7) / max(float(np.ptp(points, axis=0).max()), 1e-9)
        position = rng.uniform(-0.45, 0.45, 2)
        path += [(stroke - points.mean(axis=0)) * size + position for stroke in inside]
    return path


def _dots(rng: np.random.Generator) -> Path:
    """Two dots or more."""
    return [rng.uniform(0, 1, 2) + rng.normal(0, 0.01, (3, 2)) for _ in range(rng.integers(2, 7))]


def _dash(rng: np.random.Generator) -> Path:
    """A horizontal line."""
    return [rotate(spline(np.stack((np.linspace(0, 1, 5), rng.normal(0, 0.04, 5)), axis=1)), rng.uniform(-0.25, 0.25))]


def _filled(rng: np.random.Generator) -> Path:
    """An area filled by going back and forth."""
    count = int(rng.integers(12, 30))
    points = np.stack((np.linspace(0, rng.uniform(0.4, 1), count), np.arange(count) % 2.0), axis=1)
    return [rotate(points + rng.normal(0, 0.06, points.shape), rng.uniform(0, np.pi))]


INSIDE = (_curl, _dots, _dash, _cross, _lines, _zigzag)

SCRIBBLES: dict[str, Kind] = {
    "curl": _curl,
    "tangle": _tangle,
    "lines": _lines,
    "corners": _corners,
    "zigzag": _zigzag,
    "hatching": _hatching,
    "cross": _cross,
    "spiral": _spiral,
    "rings": _rings,
    "polygon": _polygon,
    "blob": _blob,
    "angle": _angle,
    "framed": _framed,
    "dots": _dots,
    "dash": _dash,
    "filled": _filled,
}


def scribbles(count: int, rng: np.random.Generator, kinds: Mapping[str, Kind] = SCRIBBLES) -> list[Drawing]:
    """Make `count` scribbles, each of a random kind."""
    functions = list(kinds.values())
    return [Drawing(tuple(functions[i](rng))) for i in rng.integers(0, len(functions), count)]
