"""The light on a page, and how dark each pixel is without it."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from model.common.arrays import F64


def darkness(brightness: F64, window: int) -> F64:
    """Compute how much darker than the paper around it each pixel is, as a share, 0..1.

    Paper and ink alike reflect a share of the light that falls on them, so light is divided out. The light is estimated
    by closing (the darkest of the brightest in a moving window; Serra, 1982): it fills dark strokes narrower than the
    window and keeps shadows' edges. The deepest shadow is assumed to leave a quarter of the light: below that, camera
    noise would become ink.

    Args:
        brightness: (height, width, channels), 0..255.
        window: pixels.
    """
    # The border's brightness continues beyond it; otherwise a darker rim would count as a stroke.
    beyond = np.pad(brightness, [(window, window), (window, window), (0, 0)], mode="edge")
    closed = ndimage.grey_closing(beyond, size=(window, window, 1))[window:-window, window:-window]
    return (closed - brightness) / np.maximum(closed, np.maximum(closed.max(axis=(0, 1)) / 4, 1))


def ink_is_bright(brightness: F64, reach: float = 0.6) -> bool:
    """Tell whether the ink is brighter than the paper.

    Paper fills most of any wide window, so the window's median is paper in the light of that place. Ink differs
    strongly from it, so the sum of the cubed differences has the ink's sign.

    Args:
        brightness: (height, width).
        reach: the window's side as a share of the longer side. A wide one suits fat strokes; in a small one, a shadow
            has little weight.
    """
    step = max(1, max(brightness.shape) // 50)
    coarse = ndimage.uniform_filter(brightness, step)[step // 2 :: step, step // 2 :: step]
    window = max(3, round(reach * max(coarse.shape)))
    return bool(((coarse - ndimage.median_filter(coarse, window, mode="nearest")) ** 3).sum() > 0)
