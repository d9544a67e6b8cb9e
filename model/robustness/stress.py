"""Stress: images are shifted, turned, scaled, thickened, made noisy or blurred more and more, until a network fails.

All images are changed alike, and the result is as a file would hold it: 28x28 pixels from 0 to 255. It is not centered
again as a drawing would be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from model.common.arrays import F32, I64, U8, Array
from model.common.constants import IMAGE_SIDE

CENTER = (IMAGE_SIDE - 1) / 2
BLOCK = 500  # images changed at a time: bounds the memory
NOISE_SEED = 0


class Stress(NamedTuple):
    """A way to make images harder.

    Attributes:
        title: What it is called.
        unit: What its amounts count.
        explanation: What it does, in a sentence.
        amounts: Which are measured, ascending.
        neutral: The amount that leaves an image as it is.
        change: Returns images (n, 28, 28), floats 0..255, changed by an amount.
    """

    title: str
    unit: str
    explanation: str
    amounts: tuple[float, ...]
    neutral: float
    change: Callable[[F32, float], F32]

    def describe(self, amount: float) -> str:
        """Write an amount with its unit."""
        sign = "+" if self.neutral == 0 and amount > 0 and min(self.amounts) < 0 else ""
        shown = f"{100 * amount:.0f}" if self.unit == "%" else f"{amount:g}"
        return f"{sign}{shown}{'' if self.unit == '°' else ' '}{self.unit}".replace("-", "\u2212")


def stressed(images: U8, stress: Stress, amount: float) -> U8:
    """Return images (n, 784) changed by an amount; those of the neutral amount are the very same."""
    if amount == stress.neutral:
        return images
    changed = np.empty((len(images), IMAGE_SIDE * IMAGE_SIDE), np.uint8)
    for start in range(0, len(images), BLOCK):
        block = np.asarray(images[start : start + BLOCK], np.float32).reshape(-1, IMAGE_SIDE, IMAGE_SIDE)
        result = stress.change(block, amount)
        changed[start : start + BLOCK] = np.rint(result.clip(0, 255)).reshape(len(block), -1)
    return changed


def first_failures(stress: Stress, predictions: Mapping[float, Array], labels: Array, amount: float) -> I64:
    """Return the indices of the images that a network gets wrong first at an amount.

    It is right on them at all amounts that are milder in the same direction, the neutral one among them.

    Args:
        stress: Which it is.
        predictions: The network's, (n,), by amount.
        labels: (n,)
        amount: One of the stress's amounts.
    """
    failed = np.asarray(predictions[amount] != labels)
    for milder in milder_amounts(stress, amount):
        failed &= predictions[milder] == labels
    return np.flatnonzero(failed)


def milder_amounts(stress: Stress, amount: float) -> list[float]:
    """Return the amounts between the neutral one, which is among them, and this one, which is not."""
    low, high = sorted((stress.neutral, amount))
    return [one for one in stress.amounts if low <= one <= high and one != amount]


# -- Geometry -----------------------------------------------------------------------------------------------


def _sampled(images: F32, x: Array, y: Array) -> F32:
    """Read images (n, 28, 28) at the places x, y (28, 28), by bilinear interpolation; beyond the edge is paper."""
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    x, y = np.clip(x + 1, 0, IMAGE_SIDE + 0.999), np.clip(y + 1, 0, IMAGE_SIDE + 0.999)
    left, top = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    right, low = (x - left).astype(np.float32), (y - top).astype(np.float32)
    upper = framed[:, top, left] * (1 - right) + framed[:, top, left + 1] * right
    lower = framed[:, top + 1, left] * (1 - right) + framed[:, top + 1, left + 1] * right
    return np.asarray(upper * (1 - low) + lower * low)


def _grid() -> tuple[Array, Array]:
    """The x and the y of each pixel, (28, 28), from the middle."""
    y, x = np.mgrid[:IMAGE_SIDE, :IMAGE_SIDE] - CENTER
    return x, y


def _shift(images: F32, pixels: float) -> F32:
    x, y = _grid()
    return _sampled(images, x - pixels + CENTER, y + CENTER)


def _rotate(images: F32, degrees: float) -> F32:
    """Turn images clockwise."""
    x, y = _grid()
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return _sampled(images, cos * x + sin * y + CENTER, cos * y - sin * x + CENTER)


def _scale(images: F32, factor: float) -> F32:
    x, y = _grid()
    return _sampled(images, x / factor + CENTER, y / factor + CENTER)


# -- Strokes and pixels -------------------------------------------------------------------------------------


def _thicken(images: F32, pixels: float) -> F32:
    """Make strokes wider, or thinner: by dilation or erosion on a grid of half pixels."""
    fine = images.repeat(2, axis=1).repeat(2, axis=2)
    widest = np.maximum if pixels > 0 else np.minimum
    for step in range(round(abs(pixels))):
        fine = _neighborhood(fine, widest, corners=bool(step % 2))  # by turns: about a circle
    return np.asarray(fine.reshape(len(images), IMAGE_SIDE, 2, IMAGE_SIDE, 2).mean(axis=(2, 4)))


def _neighborhood(images: F32, choose: np.ufunc, *, corners: bool) -> F32:
    """Return the largest or smallest value among each pixel and its four neighbors, or eight with the corners."""
    if corners:
        return _along(_along(images, choose, 1), choose, 2)
    return np.asarray(choose(_along(images, choose, 1), _along(images, choose, 2)))


def _along(images: F32, choose: np.ufunc, axis: int) -> F32:
    padding = [(1, 1) if index == axis else (0, 0) for index in range(3)]
    framed = np.moveaxis(np.pad(images, padding), axis, 0)
    return np.moveaxis(np.asarray(choose(choose(framed[:-2], framed[1:-1]), framed[2:])), 0, axis)


def _add_noise(images: F32, amount: float) -> F32:
    """Add Gaussian noise, which is the same whenever the same images are given."""
    rng = np.random.default_rng(NOISE_SEED)
    noise = rng.standard_normal((BLOCK, IMAGE_SIDE, IMAGE_SIDE), dtype=np.float32)[: len(images)]
    return images + np.float32(255 * amount) * noise


def _blur(images: F32, sigma: float) -> F32:
    distances = np.arange(IMAGE_SIDE)[:, None] - np.arange(-3 * IMAGE_SIDE, 4 * IMAGE_SIDE)[None, :]
    bells = np.exp(-0.5 * (distances / sigma) ** 2)
    bells /= bells.sum(axis=1, keepdims=True)
    kernel = bells[:, 3 * IMAGE_SIDE : 4 * IMAGE_SIDE].astype(np.float32)  # beyond the edge is paper
    return np.asarray(kernel @ images @ kernel.T)


STRESSES: Mapping[str, Stress] = {
    "shift": Stress(
        "Shift",
        "px",
        "The digit is moved to the right; with a minus, to the left.",
        (-8, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8),
        0,
        _shift,
    ),
    "rotation": Stress(
        "Rotation",
        "°",
        "The digit is turned clockwise; with a minus, counterclockwise.",
        (-90, -60, -45, -30, -20, -10, 0, 10, 20, 30, 45, 60, 90),
        0,
        _rotate,
    ),
    "scale": Stress(
        "Scale",
        "%",
        "The digit is drawn smaller or larger around the middle; 100 % is as it was.",
        (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.6),
        1.0,
        _scale,
    ),
    "stroke": Stress(
        "Stroke width",
        "px",
        "The strokes are made wider; with a minus, thinner (dilation and erosion).",
        (-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6),
        0,
        _thicken,
    ),
    "noise": Stress(
        "Noise",
        "%",
        "Each pixel gets Gaussian noise, whose standard deviation is so much of the way from black to white.",
        (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0),
        0,
        _add_noise,
    ),
    "blur": Stress(
        "Blur",
        "px",
        "The image is smoothed by a Gaussian of this standard deviation.",
        (0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5),
        0,
        _blur,
    ),
}


def find_stresses(names: Sequence[str]) -> dict[str, Stress]:
    """Return the stresses of these names, in this order; all of them for no names.

    Raises:
        ValueError: There is none of a name.
    """
    for name in names:
        if name not in STRESSES:
            raise ValueError(f"a stress must be one of {', '.join(STRESSES)}; got {name[:40]!r}")
    return {name: STRESSES[name] for name in names} if names else dict(STRESSES)
