"""Handwriting is what a training draws anew for each epoch: ink, as other hands might have drawn it, and scribbles.

Drawings whose label is a digit are to be read; all others, letters for instance, teach what is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.common.constants import NON_DIGIT
from model.common.settings import Settings
from model.ink import Drawing, non_digits, read_ink, render, stroke_batch, writing_styles
from model.ink.stroke_batch import StrokeBatch

Array = NDArray[Any]

# Shares of what is drawn for an epoch.
INK_SHARE = 0.5  # digits drawn, for each image of the data set ...
VARIATIONS = 50  # ... but of each drawing at most so many
STYLED_SHARE = 0.2  # of the drawn digits have a habit that their writer had not
NON_DIGIT_SHARE = 0.2  # drawings that are no digit, for each image of the data set
LETTERS, SCRIBBLES, DAMAGED = 0.4, 0.25, 0.35  # what they are, where there is ink to make them of
SOURCE_SIZE = 5000  # scribbles, and damaged digits, of which each epoch draws some
WRITER_WEIGHT_EXPONENT = 0.5  # a writer of n drawings counts as much as n to this power: nobody outweighs all others


class SampleSource(NamedTuple):
    """Drawings to choose from, how often each is chosen, and how many for an epoch."""

    drawings: StrokeBatch
    weights: Array | None  # (n,), None if all count alike
    size: int


class InkSampler:
    """What is drawn for each epoch of a training on `count` images, from `drawings` and of itself.

    With `with_background` it draws what is no digit, too, and labels it BACKGROUND; else drawings that are no digit
    are left out. The pools are made with the random numbers of `rng`.

    Raises:
        ValueError: there is nothing to draw.
    """

    def __init__(
        self, drawings: Sequence[Drawing], count: int, rng: np.random.Generator, *, with_background: bool
    ) -> None:
        drawings = [drawing for drawing in drawings if stroke_batch.is_drawable(drawing)]
        digits = [drawing for drawing in drawings if drawing.is_digit]
        self._pools: list[SampleSource] = []
        drawn = min(round(INK_SHARE * count), VARIATIONS * len(digits))
        others = writing_styles.with_writing_styles(digits, rng)
        self._add(digits, round((1 - STYLED_SHARE) * drawn), as_written=True)
        self._add(others, round(STYLED_SHARE * drawn), as_written=True)
        if with_background:
            letters = [drawing for drawing in drawings if non_digits.is_negative(drawing.label)]
            parts = (
                (letters, LETTERS),
                (non_digits.scribbles(SOURCE_SIZE, rng), SCRIBBLES),
                (non_digits.corrupt_digits(digits, SOURCE_SIZE, rng), DAMAGED),
            )
            shares = sum(share for drawings, share in parts if drawings)
            for part, share in parts:
                self._add(part, round(NON_DIGIT_SHARE * count * share / shares))
        if not self._pools:
            raise ValueError(
                "ink must hold drawings labelled 0 to 9 to learn from; got none (letters teach what is no digit: they "
                "need background)"
            )

    def _add(self, drawings: Sequence[Drawing], count: int, *, as_written: bool = False) -> None:
        drawings = [drawing for drawing in drawings if stroke_batch.is_drawable(drawing)]
        if not drawings:
            return
        labels = [int(drawing.label or 0) if as_written else NON_DIGIT for drawing in drawings]
        weights = _weights(_writers(drawings)) if as_written else None
        self._pools.append(SampleSource(StrokeBatch.of(drawings, labels), weights, count))

    def __len__(self) -> int:
        """How many images an epoch has of it."""
        return sum(pool.size for pool in self._pools)

    def draw(self, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Images (m, 784) and their labels (m,), of drawings chosen at random, each drawn in a new way."""
        images, labels = np.empty((len(self), 784), np.uint8), np.empty(len(self), np.uint8)
        start = 0
        for pool in self._pools:
            rows = rng.choice(len(pool.drawings), pool.size, p=pool.weights)
            part = slice(start, start + pool.size)
            drawings = stroke_batch.augment_strokes(pool.drawings.take(rows), rng)
            images[part] = stroke_batch.rasterize(drawings, rng.uniform(*stroke_batch.PEN_WIDTHS, pool.size))
            labels[part] = drawings.labels
            start += pool.size
        return images, labels


def render_all(drawings: Sequence[Drawing]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The drawings of digits as a network reads them: images (n, 784) and labels (n,)."""
    digits = [drawing for drawing in drawings if drawing.is_digit and drawing.strokes]
    images = np.array([render(drawing) for drawing in digits], np.uint8).reshape(-1, 784)
    return images, np.array([int(drawing.label or 0) for drawing in digits], np.uint8)


def read_ink_files(names: str) -> list[Drawing]:
    """The drawings of ink files, their names separated by commas; one that is not there is looked for in $INK_DIR.

    Raises:
        ValueError: a file is not there, or holds what is no ink.
    """
    drawings: list[Drawing] = []
    for name in filter(None, (name.strip() for name in names.split(","))):
        path = Path(name).expanduser()
        if not path.is_file() and (folder := Settings().ink_dir):
            path = folder / path
        if not path.is_file():
            raise ValueError(f"ink must be files of drawings, JSON lines, separated by commas; {name} is not there")
        try:
            drawings += read_ink(path)
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from None
    return drawings


def split_by_writer(
    drawings: Sequence[Drawing], share: float, rng: np.random.Generator
) -> tuple[list[Drawing], list[Drawing]]:
    """Holds out all drawings of a share of the writers, rounded up: those to learn from, and those held out.

    Drawings without a writer count as a writer's each. One writer is left to learn from.
    """
    writers = _writers(drawings)
    known = sorted(set(writers))
    count = min(int(np.ceil(share * len(known))), max(len(known) - 1, 0))
    held_out = {known[index] for index in rng.permutation(len(known))[:count]}
    parts: tuple[list[Drawing], list[Drawing]] = ([], [])
    for drawing, writer in zip(drawings, writers, strict=True):
        parts[writer in held_out].append(drawing)
    return parts


def _writers(drawings: Sequence[Drawing]) -> list[str]:
    """Who drew each; a drawing without a writer has one of its own."""
    return [drawing.writer or f"drawing {number}" for number, drawing in enumerate(drawings)]


def _weights(writers: Sequence[str]) -> Array:
    _, number, counts = np.unique(writers, return_inverse=True, return_counts=True)
    weights = counts[number] ** (WRITER_WEIGHT_EXPONENT - 1.0)
    scaled: Array = weights / weights.sum()
    return scaled
