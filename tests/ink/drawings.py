"""What the tests of ink share: seeded randomness, and drawings as what can be compared."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from model.ink import Drawing


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def line(*points: tuple[float, float], **more: Any) -> Drawing:
    """A drawing of one stroke."""
    return Drawing((np.array(points, float),), **more)


def as_json(drawings: Iterable[Drawing]) -> list[str]:
    return [drawing.to_json() for drawing in drawings]


def points(drawing: Drawing) -> np.ndarray:
    return np.concatenate(drawing.strokes)
