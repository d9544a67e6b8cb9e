"""Augmentation shows the network each image a little different every time, as other hands would have drawn it.

An affine distortion turns, scales and slants an image; an elastic one also bends it, by a smooth random field of
displacements (Simard, Steinkraus and Platt 2003). Both say where each pixel of the new image comes from in the
old one, and read it there by bilinear interpolation.

A new batch is made for every training step, so it has to cost less than the step. Each thread works in arrays that
it keeps, on blocks of images that fit in the processor's cache.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.common.constants import IMAGE_SIDE

ROTATION = np.radians(15)  # largest turn, either way
SCALE = 0.15  # largest change of each side's length
SHEAR = 0.2  # largest slant: pixels sideways for each pixel down
SHIFT = 1.0  # largest move, pixels
DISPLACEMENT = 1.2  # elastic: standard deviation of a pixel's move, pixels
SMOOTHNESS = 5.0  # elastic: pixels over which neighbouring moves are alike

FRAMED = IMAGE_SIDE + 2  # an image's side with a frame of paper, so that what lies beyond the edge can be read too
BLOCK = 32  # images distorted at a time

Floats = NDArray[np.float32]


def distort(
    images: NDArray[np.uint8], rng: np.random.Generator, *, elastic: bool = False, out: Floats | None = None
) -> Floats:
    """Images (n, 784) of 0..255, each distorted in its own way, as floats 0..1 of the same shape (in `out`, if given).

    The same random numbers distort alike, to the last bit, whatever the number of threads.
    """
    distorted = np.empty(images.shape, np.float32) if out is None else out
    fields = _fields(len(images), rng, elastic)
    for start in range(0, len(images), BLOCK):
        block = slice(start, start + BLOCK)
        _read(images[block], _places(fields[:, block], elastic), distorted[block])
    return distorted


def _fields(count: int, rng: np.random.Generator, elastic: bool) -> Floats:
    """Where the pixels of each new image come from, as coefficients of `_basis`: (2, count, terms, terms).

    The x and the y in the framed old image are each a sum over terms i and j, of coefficient[i, j] times term i of
    the pixel's row times term j of its column.
    """
    angle, shear = rng.uniform(-ROTATION, ROTATION, count), rng.uniform(-SHEAR, SHEAR, count)
    wide, high = 1 / rng.uniform(1 - SCALE, 1 + SCALE, (2, count))
    cos, sin = np.cos(angle), np.sin(angle)
    terms = len(_basis(elastic))
    fields = np.zeros((2, count, terms, terms), np.float32)
    fields[:, :, 0, 0] = rng.uniform(-SHIFT, SHIFT, (2, count)) + (FRAMED - 1) / 2
    fields[:, :, 0, 1] = cos * wide, -sin * wide  # for each pixel to the right
    fields[:, :, 1, 0] = (sin + cos * shear) * high, (cos - sin * shear) * high  # for each pixel down
    if elastic:  # even noise of deviation 1, and the sum of many is nearly normal
        noise = rng.random((2, count, terms - 2, terms - 2), np.float32) - np.float32(0.5)
        np.multiply(noise, np.float32(DISPLACEMENT * np.sqrt(12)), out=fields[:, :, 2:, 2:])
    return fields


@cache
def _basis(elastic: bool) -> Floats:
    """What a field is made of along a row or a column of pixels, (terms, 28): a constant, a slope, and bells.

    The bells are SMOOTHNESS wide and as far apart. At each pixel their squares add up to 1, so random coefficients
    of deviation 1 make moves of deviation 1 everywhere.
    """
    pixels = np.arange(IMAGE_SIDE)
    basis = np.stack((np.ones(IMAGE_SIDE), pixels - (IMAGE_SIDE - 1) / 2))
    if elastic:
        centres = np.arange(-SMOOTHNESS, IMAGE_SIDE + SMOOTHNESS, SMOOTHNESS)
        bells = np.exp(-0.5 * ((pixels - centres[:, None]) / SMOOTHNESS) ** 2)
        basis = np.concatenate((basis, bells / np.sqrt((bells**2).sum(axis=0))))
    return basis.astype(np.float32)


class _Scratch(threading.local):
    """Arrays for one block, kept in each thread: memory fetched anew from the system can double the time."""

    def __init__(self) -> None:
        self.places = np.empty((2, BLOCK, IMAGE_SIDE * IMAGE_SIDE), np.float32)
        self.pixels = np.empty((2, BLOCK, IMAGE_SIDE * IMAGE_SIDE), np.float32)
        self.corners = np.empty((BLOCK, IMAGE_SIDE * IMAGE_SIDE), np.intp)
        self.framed = np.zeros((BLOCK + 1, FRAMED, FRAMED), np.float32)  # what lies below the last is paper
        self.starts = np.arange(0, BLOCK * FRAMED**2, FRAMED**2, dtype=np.float32)[:, None]


_scratch = _Scratch()


def _places(fields: Floats, elastic: bool) -> Floats:
    """The x and the y (2, block, 784) in the framed old images where each pixel of the new ones is read."""
    count, basis = fields.shape[1], _basis(elastic)
    places = _scratch.places[:, :count]
    # Image by image, and products so small run in one thread: the last bits do not hang on how many there are.
    np.matmul(basis.T, fields @ basis, out=places.reshape(2, count, IMAGE_SIDE, IMAGE_SIDE))
    return places


def _read(images: NDArray[np.uint8], places: Floats, out: Floats) -> None:
    """Read images (block, 784) at places between their pixels, which are overwritten; beyond the edge all is paper."""
    count = len(images)
    np.clip(places, 0, FRAMED - 0.5, out=places)
    pixels = np.floor(places, out=_scratch.pixels[:, :count])
    places -= pixels
    (x, y), (left, top) = places, pixels
    top *= FRAMED
    top += left
    top += _scratch.starts[:count]
    corners = _scratch.corners[:count]
    corners[...] = top.astype(np.int32)  # by way of 32 bits is twice as fast

    _scratch.framed[:count, 1:-1, 1:-1] = images.reshape(-1, IMAGE_SIDE, IMAGE_SIDE)
    ink: NDArray[Any] = _scratch.framed.ravel()
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
