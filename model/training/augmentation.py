"""Augmentation: show the network each image a little different every time, as other hands would have drawn it.

An affine distortion turns, scales and slants an image; an elastic one also bends it, by a smooth random field of
displacements (Simard, Steinkraus and Platt 2003). Both say where each pixel of the new image comes from in the
old one, and read it there by bilinear interpolation.

It runs for every training step, so it has to cost less than the step: each thread works in arrays that it keeps, on
blocks of images that fit in the processor's cache.
"""

from __future__ import annotations

import threading
from dataclasses import astuple, dataclass
from functools import cache

import numpy as np

from model.common.arrays import F32, U8, Array
from model.common.constants import IMAGE_SIDE

SMOOTHNESS = 5.0  # elastic: pixels over which neighboring moves are alike

FRAMED = IMAGE_SIDE + 2  # an image's side with a frame of paper, so that positions beyond the edge can be read too
BLOCK = 32  # images distorted at a time


@dataclass(frozen=True)
class Strength:
    """How strongly images are distorted, at most."""

    rotation: float = np.radians(15)  # radians, either way
    scale: float = 0.15  # change of each side's length, as a share of it
    shear: float = 0.2  # pixels sideways for each pixel down
    shift: float = 1.0  # pixels
    displacement: float = 1.2  # elastic: standard deviation of a pixel's move, pixels

    def times(self, factor: float) -> Strength:
        """Return a strength that many times as large."""
        return Strength(*(factor * value for value in astuple(self)))


DEFAULT_STRENGTH = Strength()


def distort(
    images: U8,
    rng: np.random.Generator,
    *,
    elastic: bool = False,
    strength: Strength = DEFAULT_STRENGTH,
    out: F32 | None = None,
) -> F32:
    """Distort each image in its own way.

    The same random numbers give the same images, to the last bit, whatever the number of threads.

    Args:
        images: (n, 784), 0..255.
        rng: The source of random numbers.
        elastic: Whether to bend images too.
        strength: How strongly to distort.
        out: Where to write the result, (n, 784).

    Returns:
        (n, 784), floats 0..1.
    """
    distorted = np.empty(images.shape, np.float32) if out is None else out
    fields = _fields(len(images), rng, elastic, strength)
    for start in range(0, len(images), BLOCK):
        block = slice(start, start + BLOCK)
        _read(images[block], _positions(fields[:, block], elastic), distorted[block])
    return distorted


def _fields(count: int, rng: np.random.Generator, elastic: bool, strength: Strength) -> F32:
    """Draw where the pixels of each new image come from, as coefficients of `_basis`: (2, count, terms, terms).

    The x and the y in the framed old image are each a sum over terms i and j, of coefficient[i, j] times term i of
    the pixel's row times term j of its column.
    """
    angle = rng.uniform(-strength.rotation, strength.rotation, count)
    shear = rng.uniform(-strength.shear, strength.shear, count)
    wide, high = 1 / rng.uniform(1 - strength.scale, 1 + strength.scale, (2, count))
    cos, sin = np.cos(angle), np.sin(angle)
    terms = len(_basis(elastic))
    fields = np.zeros((2, count, terms, terms), np.float32)
    fields[:, :, 0, 0] = rng.uniform(-strength.shift, strength.shift, (2, count)) + (FRAMED - 1) / 2
    fields[:, :, 0, 1] = cos * wide, -sin * wide  # for each pixel to the right
    fields[:, :, 1, 0] = (sin + cos * shear) * high, (cos - sin * shear) * high  # for each pixel down
    if elastic:  # uniform noise of this standard deviation; the sum of many is nearly normal
        noise = rng.random((2, count, terms - 2, terms - 2), np.float32) - np.float32(0.5)
        np.multiply(noise, np.float32(strength.displacement * np.sqrt(12)), out=fields[:, :, 2:, 2:])
    return fields


@cache
def _basis(elastic: bool) -> F32:
    """Return the terms of a field along a row or a column of pixels, (terms, 28): a constant, a slope, and bells.

    The bells are SMOOTHNESS wide and as far apart. At each pixel their squares add up to 1, so random coefficients
    of standard deviation 1 make moves of standard deviation 1 everywhere.
    """
    pixels = np.arange(IMAGE_SIDE)
    basis = np.stack((np.ones(IMAGE_SIDE), pixels - (IMAGE_SIDE - 1) / 2))
    if elastic:
        centers = np.arange(-SMOOTHNESS, IMAGE_SIDE + SMOOTHNESS, SMOOTHNESS)
        bells = np.exp(-0.5 * ((pixels - centers[:, None]) / SMOOTHNESS) ** 2)
        basis = np.concatenate((basis, bells / np.sqrt((bells**2).sum(axis=0))))
    return basis.astype(np.float32)


class _Scratch(threading.local):
    """Arrays for one block, kept in each thread: new memory from the system can double the time."""

    def __init__(self) -> None:
        self.positions = np.empty((2, BLOCK, IMAGE_SIDE * IMAGE_SIDE), np.float32)
        self.pixels = np.empty((2, BLOCK, IMAGE_SIDE * IMAGE_SIDE), np.float32)
        self.corners = np.empty((BLOCK, IMAGE_SIDE * IMAGE_SIDE), np.intp)
        self.framed = np.zeros((BLOCK + 1, FRAMED, FRAMED), np.float32)  # below the last image is paper
        self.starts = np.arange(0, BLOCK * FRAMED**2, FRAMED**2, dtype=np.float32)[:, None]


_scratch = _Scratch()


def _positions(fields: F32, elastic: bool) -> F32:
    """Return the x and the y (2, block, 784) in the framed old images where each pixel of the new ones is read."""
    count, basis = fields.shape[1], _basis(elastic)
    positions = _scratch.positions[:, :count]
    # Image by image: such small products run in one thread, so the last bits do not depend on the number of threads.
    np.matmul(basis.T, fields @ basis, out=positions.reshape(2, count, IMAGE_SIDE, IMAGE_SIDE))
    return positions


def _read(images: U8, positions: F32, out: F32) -> None:
    """Read images (block, 784) at positions between their pixels; beyond the edge is paper. Overwrites `positions`."""
    count = len(images)
    np.clip(positions, 0, FRAMED - 0.5, out=positions)
    pixels = np.floor(positions, out=_scratch.pixels[:, :count])
    positions -= pixels
    (x, y), (left, top) = positions, pixels
    top *= FRAMED
    top += left
    top += _scratch.starts[:count]
    corners = _scratch.corners[:count]
    corners[...] = top.astype(np.int32)  # by way of 32 bits is twice as fast

    _scratch.framed[:count, 1:-1, 1:-1] = images.reshape(-1, IMAGE_SIDE, IMAGE_SIDE)
    ink: Array = _scratch.framed.ravel()
    upper = ink.take(corners, out=out, mode="clip")  # no index needs clipping, but the default mode copies `out`
    right = ink[1:].take(corners, out=left, mode="clip")
    right -= upper
    right *= x
    upper += right
    lower = ink[FRAMED:].take(corners, out=top, mode="clip")
    right = ink[FRAMED + 1 :].take(corners, out=left, mode="clip")
    right -= lower
    right *= x
    lower += right
    lower -= upper
    lower *= y
    upper += lower
    upper *= np.float32(1 / 255)
