"""From a surface to a picture: where it lies, the light on it, and what a phone's camera makes of both."""

from __future__ import annotations

import io

import numpy as np
from numpy.random import Generator
from PIL import Image
from scipy import ndimage

from model.common.arrays import F64

Corners = list[tuple[float, float]]  # top left, top right, bottom right, bottom left; x, y in pixels


def corners(shape: tuple[int, int], margin: float, tilt: float, skew: float, rng: Generator) -> Corners:
    """Choose where a sheet's corners lie: a margin (a share of the picture), turned (degrees), in perspective."""
    height, width = shape
    middle = np.array([width / 2, height / 2])
    sides = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * middle * (1 - 2 * margin)
    angle = np.radians(rng.uniform(-tilt, tilt))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    moved = sides * (1 + rng.uniform(-skew, skew, (4, 2))) @ turn + middle
    return [(float(x), float(y)) for x, y in moved]


def lay(sheet: F64, on: F64, at: Corners, shade: float = 0.0, outline: F64 | None = None) -> F64:
    """Lay a sheet on a background, its corners at the given places.

    Args:
        sheet: (height, width, 3).
        on: the background, (height, width, 3).
        at: where the corners come.
        shade: how dark the shadow along the sheet's edge is.
        outline: how much of each of the sheet's pixels is there (torn edges); all of it if None.
    """
    height, width = sheet.shape[:2]
    rows, wanted = [], []
    for (x, y), (u, v) in zip(at, [(0, 0), (width, 0), (width, height), (0, height)], strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    form = np.linalg.solve(np.array(rows), np.array(wanted)).tolist()
    size = (on.shape[1], on.shape[0])

    def seen(picture: Image.Image) -> F64:
        moved = picture.transform(size, Image.Transform.PERSPECTIVE, form, Image.Resampling.BICUBIC)
        return np.asarray(moved, dtype=np.float64) / 255

    alpha = np.full((height, width), 255, np.uint8) if outline is None else np.uint8(255 * outline)
    share = seen(Image.fromarray(alpha))[..., None]
    if shade:
        cast = ndimage.gaussian_filter(np.roll(share[..., 0], (4, 5), (0, 1)), 5)[..., None]
        on = on * (1 - shade * cast)
    colors = seen(Image.fromarray(np.rint(255 * sheet).clip(0, 255).astype(np.uint8)))
    return on * (1 - share) + colors * share


def gradient(shape: tuple[int, int], strength: float, rng: Generator) -> F64:
    """Light that falls off towards one side: 1 in the middle."""
    height, width = shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    return np.asarray(1 + strength * (np.cos(angle) * x + np.sin(angle) * y) / 1.4)


def shadow(shape: tuple[int, int], leaves: float, softness: float, rng: Generator, through: float = 0.25) -> F64:
    """A shadow with a straight edge near the middle: `leaves` is the share of light in it."""
    height, width = shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    dark = np.cos(angle) * x + np.sin(angle) * y + rng.uniform(-through, through) > 0
    return ndimage.gaussian_filter(np.where(dark, leaves, 1.0), softness)


def bars(shape: tuple[int, int], leaves: float, softness: float, rng: Generator) -> F64:
    """Shadows of a window's bars or of a hand's fingers."""
    height, width = shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    angle, period = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.2)
    phase = (np.cos(angle) * x + np.sin(angle) * y) / period + rng.uniform(0, 1)
    return ndimage.gaussian_filter(np.where(phase % 1 < rng.uniform(0.25, 0.5), leaves, 1.0), softness)


def take(scene: F64, light: F64, blur: float, noise: float, rng: Generator, warmth: float = 0.0) -> F64:
    """What the camera sees, 0..255: light on the scene, blur, and noise."""
    seen = scene * light[..., None] * np.array([1 + warmth, 1, 1 - warmth])
    seen = ndimage.gaussian_filter(seen, (blur, blur, 0))
    grain = rng.normal(0, noise, seen.shape[:2])[..., None] + rng.normal(0, noise / 2, seen.shape)
    return np.clip(255 * seen + grain, 0, 255)


def develop(seen: F64, quality: int | None) -> bytes:
    """Save the picture: as JPEG with that quality, or as PNG."""
    picture = Image.fromarray(np.rint(seen).astype(np.uint8))
    buffer = io.BytesIO()
    if quality is None:
        picture.save(buffer, "PNG")
    else:
        picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
