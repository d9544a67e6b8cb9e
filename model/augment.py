"""Augmentation shows the network each image a little different every time, as other hands would have drawn it.

An affine distortion turns, scales and slants an image; an elastic one also bends it, by a smooth random field of
displacements (Simard, Steinkraus and Platt 2003). Both say where each pixel of the new image comes from in the
old one, and read it there by bilinear interpolation.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 28
ROTATION = np.radians(15)  # largest turn, either way
SCALE = 0.15  # largest change of each side's length
SHEAR = 0.2  # largest slant: pixels sideways for each pixel down
SHIFT = 1.0  # largest move, pixels
DISPLACEMENT = 1.2  # elastic: standard deviation of a pixel's move, pixels
SMOOTHNESS = 5.0  # elastic: pixels over which neighbouring moves are alike

Floats = NDArray[np.float32]


def distort(images: NDArray[np.uint8], rng: np.random.Generator, *, elastic: bool = False) -> Floats:
    """Images (n, 784) of 0..255, each distorted in its own way, as floats 0..1 of the same shape."""
    x, y = _affine(len(images), rng)  # (n, 784) each
    if elastic:
        dx, dy = _displacements(len(images), rng)
        x += dx
        y += dy
    return _sample(images, x, y)


def _affine(count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Where each pixel of each new image comes from: its x and y in the old one, (count, 784) each."""
    angle, shear = rng.uniform(-ROTATION, ROTATION, count), rng.uniform(-SHEAR, SHEAR, count)
    wide, high = 1 / rng.uniform(1 - SCALE, 1 + SCALE, (2, count))
    shift = rng.uniform(-SHIFT, SHIFT, (2, count))
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]])  # (2, 2, count)
    stretch = np.array([[wide, shear * high], [np.zeros(count), high]])
    matrix = np.einsum("ijn,jkn->nik", turn, stretch).astype(np.float32)  # (count, 2, 2)
    middle = (SIDE - 1) / 2
    place = matrix @ _grid()  # (count, 2, 784)
    place += (shift.T + middle).astype(np.float32)[:, :, None]
    return place[:, 0].astype(np.float32), place[:, 1].astype(np.float32)


def _displacements(count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Smooth random moves in x and y, (count, 784) each: random numbers on a coarse grid, blurred onto the fine one."""
    blur = _blur()
    noise = rng.standard_normal((2, count, blur.shape[1], blur.shape[1]), dtype=np.float32)
    moves: NDArray[Any] = blur @ noise @ blur.T  # (2, count, 28, 28)
    moves *= DISPLACEMENT
    dx, dy = moves.reshape(2, count, SIDE * SIDE)
    return dx, dy


@cache
def _grid() -> Floats:
    """x and y of the 784 pixels, (2, 784), from the image's middle."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    return np.stack((x.ravel(), y.ravel())).astype(np.float32)


@cache
def _blur() -> Floats:
    """Weights (28, knots) of a row of coarse knots for each pixel, a bell over SMOOTHNESS.

    Each row's squares add up to 1, so noise of deviation 1 on the knots gives moves of deviation 1 everywhere.
    """
    knots = np.arange(-SMOOTHNESS, SIDE + SMOOTHNESS, SMOOTHNESS)
    bells = np.exp(-0.5 * ((np.arange(SIDE)[:, None] - knots) / SMOOTHNESS) ** 2)
    return (bells / np.sqrt((bells**2).sum(axis=1, keepdims=True))).astype(np.float32)


def _sample(images: NDArray[np.uint8], x: Floats, y: Floats) -> Floats:
    """Read images (n, 784) at places x, y (n, 784) between their pixels; beyond the edge all is paper."""
    count, wide = len(images), SIDE + 2
    padded = np.zeros((count, wide, wide), np.float32)  # a frame of paper, so that no index leaves the image
    np.multiply(images.reshape(-1, SIDE, SIDE), np.float32(1 / 255), out=padded[:, 1:-1, 1:-1])
    flat: NDArray[Any] = padded.ravel()
    for place in (x, y):
        place += 1
        np.clip(place, 0, wide - 1.001, out=place)
    left, top = x.astype(np.int32), y.astype(np.int32)
    x -= left
    y -= top
    corner = top
    corner *= wide
    corner += left
    corner += np.arange(0, count * wide * wide, wide * wide, dtype=np.int32)[:, None]
    upper, lower = flat[corner], flat[corner + wide]  # the pixels left above and left below, (n, 784)
    upper += x * (flat[corner + 1] - upper)
    lower += x * (flat[corner + wide + 1] - lower)
    lower -= upper
    lower *= y
    upper += lower
    return upper
