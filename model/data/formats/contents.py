"""What a file of digits holds, in whatever form it came."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from model.common.arrays import U8
from model.common.constants import PIXELS

MAX_IMAGES = 1_000_000


def _no_images() -> U8:
    return np.empty((0, PIXELS), np.uint8)


def _no_labels() -> U8:
    return np.empty(0, np.uint8)


@dataclass(frozen=True, eq=False)
class Contents:
    """A file's images, its labels if it has any, and its test part if it has one."""

    images: U8  # (n, 784), ink 255 on paper 0
    labels: U8 | None = None  # (n,)
    test_images: U8 = field(default_factory=_no_images)
    test_labels: U8 = field(default_factory=_no_labels)
    notes: tuple[str, ...] = ()  # what was taken for granted or left out, and what is doubtful: a sentence each
