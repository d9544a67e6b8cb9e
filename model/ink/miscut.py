"""Drawings that were cut out wrongly: one part of a digit, with the whole digit's label."""

from __future__ import annotations

import numpy as np

from model.ink.drawing import Drawing

STRAIGHT = 0.05  # a stroke is straight if no point is farther from its line than this share of its length
LYING = 0.5  # a straight stroke lies if it is no higher than this share of its width


def is_miscut(drawing: Drawing) -> bool:
    """Tell whether a digit is one straight stroke although it is no 1, or although it lies: the base of a 1."""
    if len(drawing.strokes) != 1 or not drawing.is_digit:
        return False
    points = drawing.strokes[0] - drawing.strokes[0].mean(axis=0)
    if len(points) < 2:
        return drawing.label != "1"
    along, across = np.linalg.svd(points, full_matrices=False)[2] @ points.T  # (k,) each
    if np.abs(across).max() > STRAIGHT * np.ptp(along):
        return False
    width, height = np.ptp(points, axis=0)
    return drawing.label != "1" or bool(height <= LYING * width)
