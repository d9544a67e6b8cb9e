"""Strokes of ink: connected dark parts that are neither dust nor frames nor what reaches in from outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from model.common.arrays import F64, I64, Bools
from model.ink.drawing import BlankDrawing

MIN_CONTRAST = 0.06  # share of the paper's brightness; pencil has about 0.3
MIN_SIGNAL = 4.5  # the ink's contrast over the paper's grain
MIN_LENGTH = 0.03  # share of the picture's longer side; anything smaller is dust
FAINT = 0.42  # of the main stroke's darkness: what is fainter is printed on the paper, or a shadow
DARK = 0.4  # a darker stroke is no likelier a digit's
LEFT_OF_LINE = 0.85  # a part with so much of it on a printed line is a rest of that
FEW = 5  # more parts than that are rather a pattern than digits
SLENDER = 4.5  # a pen's stroke is at least as many times as long as wide
EIGHT = np.ones((3, 3))  # neighbors, corners too
ONLY_SPECKS = "no ink found in the picture, only specks: take it from closer, in even light, or with a darker pen"


@dataclass(frozen=True, eq=False)
class Strokes:
    """The ink on a page."""

    labels: I64  # (height, width): 0 is paper, and each part has a number
    kept: I64  # the numbers of the parts that are ink, the main one first
    ink: F64  # (height, width): how much ink each pixel has, 0..1, with soft edges
    merit: float  # how much like a pen's strokes the main part is

    def has(self, other: Strokes) -> bool:
        """Tell whether nearly all of another's ink is in the main part: the other saw only parts of fat strokes."""
        inked = np.isin(other.labels, other.kept)
        return bool((self.labels[inked] == self.kept[0]).mean() > 0.8)

    def runs_across(self, border: float) -> bool:
        """Tell whether the ink comes as near as `border` pixels to two opposite sides of the page."""
        inked = np.isin(self.labels, self.kept)
        for axis, extent in enumerate(inked.shape):
            places = np.flatnonzero(inked.any(axis=1 - axis))
            if places[0] <= border and places[-1] >= extent - 1 - border:
                return True
        return False

    @property
    def _main(self) -> Bools:
        number = int(self.kept[0])
        return np.asarray(self.labels[ndimage.find_objects(self.labels)[number - 1]] == number)

    @property
    def length(self) -> float:
        """The main part's longer side, in pixels."""
        return float(max(self._main.shape))

    @property
    def width(self) -> float:
        """How wide the main part is where it is widest, in pixels."""
        return 2 * float(ndimage.distance_transform_edt(np.pad(self._main, 1)).max())


def find_strokes(dark: F64, sheet: Bools, lines: Bools) -> Strokes:
    """Tell ink from paper.

    Args:
        dark: how dark each pixel is, without light and lines.
        sheet: where the paper is.
        lines: where lines were taken away.

    Raises:
        BlankDrawing: nothing stands out from the paper.
    """
    bare = dark[sheet & ~lines] if (sheet & ~lines).any() else dark.ravel()
    paper = float(np.median(bare))
    grain = 1.4826 * float(np.median(np.abs(bare - paper)))
    least = max(MIN_CONTRAST, MIN_SIGNAL * grain)
    labels, count = ndimage.label((dark - paper > least) & sheet, EIGHT)
    if count == 0:
        raise BlankDrawing("no ink found in the picture: nothing on it stands out from the paper")
    main, level, merit = _main_part(labels, dark - paper, sheet, lines)
    if main == 0:
        raise BlankDrawing(ONLY_SPECKS)
    # Half as dark as the ink is the edge of a stroke, whatever the blur.
    inked = (dark - paper > max(least, 0.5 * level)) & sheet
    labels, count = ndimage.label(inked, EIGHT)
    ink = np.clip((dark - paper) / level, 0, 1)
    if count == 0:
        raise BlankDrawing(ONLY_SPECKS)
    main, _, _ = _main_part(labels, dark - paper, sheet, lines)
    if main == 0:
        raise BlankDrawing(ONLY_SPECKS)
    kept = _beside(labels, main, dark - paper, sheet, lines)
    merit *= min(level / least, 6.0) * FEW / max(FEW, len(kept))
    return Strokes(labels, kept, ink, merit)


def _features(labels: I64, dark: F64, sheet: Bools, lines: Bools) -> tuple[I64, F64, F64, F64, Bools, Bools]:
    """Measure each part: its number of pixels, its height and width, how dark it is, and where it is."""
    count = int(labels.max())
    numbers = np.arange(1, count + 1)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    boxes = ndimage.find_objects(labels)
    heights = np.array([box[0].stop - box[0].start for box in boxes], dtype=np.float64)
    widths = np.array([box[1].stop - box[1].start for box in boxes], dtype=np.float64)
    levels = np.zeros(count)
    for number in np.flatnonzero(sizes >= 8):
        box = boxes[number]
        values = dark[box][labels[box] == number + 1]
        levels[number] = np.percentile(values, 75)
    edge = sheet & ~ndimage.binary_erosion(sheet, EIGHT, 2, border_value=0)
    touches = np.isin(numbers, np.unique(labels[edge]))
    printed = np.bincount(labels[lines], minlength=count + 1)[1:] > LEFT_OF_LINE * sizes
    return sizes, heights, widths, levels, touches, printed | _frames(labels, boxes, sizes, heights)


def _frames(labels: I64, boxes: list[tuple[slice, slice]], sizes: I64, heights: F64) -> Bools:
    """Tell which parts enclose another that is nearly as large: a frame, not a digit."""
    frames = np.zeros(len(sizes), dtype=bool)
    for number in np.argsort(-sizes)[:8]:
        box = boxes[number]
        within = labels[box]
        own = within == number + 1
        hole = ndimage.binary_fill_holes(own) & ~own
        if not hole.any():
            continue
        for other in np.unique(within[hole]):
            if other > 0 and heights[other - 1] > 0.3 * heights[number]:
                frames[number] = True
    return frames


def _slenderness(labels: I64, sizes: I64, merit: F64) -> F64:
    """Tell strokes (1) from blobs (towards 0) among the best parts: how often a part's width goes into its length."""
    result = np.ones(len(sizes))
    boxes = ndimage.find_objects(labels)
    for number in np.argsort(-merit)[:6]:
        own = np.pad(labels[boxes[number]] == number + 1, 1)
        width = 2 * float(ndimage.distance_transform_edt(own).max())
        result[number] = min(1.0, max(0.05, sizes[number] / width**2 / SLENDER)) ** 2
    return result


def _main_part(labels: I64, dark: F64, sheet: Bools, lines: Bools) -> tuple[int, float, float]:
    """Choose the part that is most like a digit: its number (0 if none is), how dark it is, and its merit."""
    sizes, heights, widths, levels, touches, frames = _features(labels, dark, sheet, lines)
    longest = np.maximum(heights, widths)
    merit = np.minimum(levels, DARK) * np.sqrt(longest / max(labels.shape))
    merit *= np.where(touches, 0.3, 1) * np.where(frames, 0.02, 1)
    # A flat part is a line, a bar, or a shadow along an edge; ones stand upright.
    merit *= np.where(widths > 5 * heights, 0.2, 1)
    merit *= _slenderness(labels, sizes, merit)
    merit[(longest < MIN_LENGTH * max(labels.shape)) | (sizes < 8)] = 0
    best = int(merit.argmax())
    if merit[best] <= 0:
        return 0, 0.0, 0.0
    return best + 1, float(levels[best]), float(merit[best])


def _beside(labels: I64, main: int, dark: F64, sheet: Bools, lines: Bools) -> I64:
    """The parts that are ink as the main one is, which comes first."""
    sizes, _, _, levels, touches, frames = _features(labels, dark, sheet, lines)
    good = (sizes >= 0.04 * sizes[main - 1]) & ~frames & (levels > FAINT * levels[main - 1])
    if not touches[main - 1]:
        good &= ~touches
    good[main - 1] = False
    return np.concatenate([[main], 1 + np.flatnonzero(good)])
