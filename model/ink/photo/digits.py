"""Digits: strokes that belong together, each digit apart from those beside it."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from model.common.arrays import F64, Bools
from model.ink.photo.strokes import EIGHT, Strokes

FULL_SIZE = 0.55  # of the largest part's longer side: a part as long may be a digit of its own
NEAR = 0.3  # of the largest part's longer side: how far off a smaller part still belongs to a digit
FLAT = 4  # a part this many times as wide as high is a bar
BAR_NEAR = 0.1  # of the largest part's longer side: how far off a bar still belongs to a digit
MAX_DIGITS = 40


def group(strokes: Strokes) -> list[Bools]:
    """Put parts together to digits, in the order of reading: masks (height, width)."""
    boxes = ndimage.find_objects(strokes.labels)
    parts = [(int(number), _corners(boxes[number - 1])) for number in strokes.kept]
    longest = _length(parts[0][1])
    whole = [part for part in parts if part is parts[0] or _is_whole(part[1], longest)]
    groups = [[part] for part in whole]
    joined = True
    while joined:
        joined = False
        for one in range(len(groups)):
            for other in range(len(groups) - 1, one, -1):
                if _are_one(_hull(groups[one]), _hull(groups[other])):
                    groups[one] += groups.pop(other)
                    joined = True
    for part in parts:
        if part not in whole:
            gaps = [_gap(part[1], _hull(members)) for members in groups]
            nearest = int(np.argmin(gaps))
            if gaps[nearest] <= (BAR_NEAR if _is_bar(part[1]) else NEAR) * longest:
                groups[nearest].append(part)
    groups = _in_reading_order(groups)[:MAX_DIGITS]
    return [np.isin(strokes.labels, [number for number, _ in members]) for members in groups]


def ink_of(strokes: Strokes, digit: Bools) -> F64:
    """How much ink of one digit each pixel has, with the soft edges around it."""
    near = ndimage.binary_dilation(digit, EIGHT, iterations=1 + max(digit.shape) // 100)
    near &= digit | (strokes.labels == 0)
    return np.where(near, strokes.ink, 0)


Box = tuple[float, float, float, float]  # top, left, bottom, right
Part = tuple[int, Box]


def _corners(box: tuple[slice, slice]) -> Box:
    return box[0].start, box[1].start, box[0].stop, box[1].stop


def _is_bar(box: Box) -> bool:
    return box[3] - box[1] > FLAT * (box[2] - box[0])


def _is_whole(box: Box, longest: float) -> bool:
    """Tell whether a part may be a digit by itself: it is long enough, and no bar, such as a line under a digit."""
    return _length(box) >= FULL_SIZE * longest and not _is_bar(box)


def _length(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _hull(members: list[Part]) -> Box:
    boxes = np.array([box for _, box in members])
    top, left = boxes[:, :2].min(axis=0)
    bottom, right = boxes[:, 2:].max(axis=0)
    return float(top), float(left), float(bottom), float(right)


def _gap(one: Box, other: Box) -> float:
    """How far two boxes are apart, 0 where they overlap."""
    down = max(one[0] - other[2], other[0] - one[2], 0)
    across = max(one[1] - other[3], other[1] - one[3], 0)
    return float(np.hypot(down, across))


def _are_one(one: Box, other: Box) -> bool:
    """Tell whether two parts of full size are one digit: they overlap by much in both directions."""
    down = min(one[2], other[2]) - max(one[0], other[0])
    across = min(one[3], other[3]) - max(one[1], other[1])
    narrower = min(one[3] - one[1], other[3] - other[1])
    lower = min(one[2] - one[0], other[2] - other[0])
    if across > 0.4 * narrower and -down < 0.1 * (one[2] - one[0] + other[2] - other[0]):
        return True  # one above the other with hardly a gap: an 8 of two rings, a 5 without its neck
    return down > 0.3 * lower and across > 0.3 * narrower


def _in_reading_order(groups: list[list[Part]]) -> list[list[Part]]:
    """Sort by rows, and from left to right within one."""
    rest = sorted(groups, key=lambda members: (_hull(members)[0] + _hull(members)[2]) / 2)
    ordered: list[list[Part]] = []
    while rest:
        first = _hull(rest[0])
        row = [members for members in rest if (_hull(members)[0] + _hull(members)[2]) / 2 < first[2]]
        rest = rest[len(row) :]
        ordered += sorted(row, key=lambda members: _hull(members)[1])
    return ordered
