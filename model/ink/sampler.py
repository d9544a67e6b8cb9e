"""Sampling ink for training: each epoch draws digits anew, as other hands might have written them, and non-digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.common.arrays import U8
from model.common.constants import PIXELS
from model.common.paths import expanded
from model.common.settings import Settings
from model.ink import non_digits, writing_styles
from model.ink.drawing import Drawing
from model.ink.hands import digits_by_form
from model.ink.ink_file import read_ink
from model.ink.made_sources import SampleSource, digits_source, non_digits_source, remembered, writers
from model.ink.rendering import render
from model.ink.scribbles import scribbles
from model.ink.signs import signs
from model.ink.stroke_batch import DEFAULT_VARIATION, Variation, augment_strokes, is_drawable, rasterize


@dataclass(frozen=True)
class InkMixture:
    """How much of what an epoch draws, and how strongly it varies.

    Shares of an epoch are relative to the number of images that the data set has for training.
    """

    ink_share: float = 0.8  # digits drawn, as a share of an epoch ...
    max_variations: int = 50  # ... but of each drawing at most this many
    styled_share: float = 0.1  # of the drawn digits: in a writing style that their writer did not use
    formed_share: float = 0.35  # of the drawn digits: written by a form of hands.FORMS
    non_digit_share: float = 0.28  # non-digits drawn, as a share of an epoch: these parts of them, where there are any
    letters: float = 0.25
    scribbles: float = 0.15
    corrupted: float = 0.25
    signs: float = 0.35
    source_size: int = 6000  # of each that is made: once, for the epochs to choose from
    writer_weight_exponent: float = 0.5  # a writer of n drawings has the weight n**exponent: nobody outweighs the rest
    variation: Variation = DEFAULT_VARIATION


DEFAULT_MIXTURE = InkMixture()


class InkSampler:
    """Draws the ink of each epoch: digits, written, styled or formed; letters, scribbles, corrupted digits, signs."""

    def __init__(
        self,
        drawings: Sequence[Drawing],
        count: int,
        rng: np.random.Generator,
        *,
        with_non_digits: bool,
        mixture: InkMixture = DEFAULT_MIXTURE,
    ) -> None:
        """Prepare what there is to choose from.

        Args:
            drawings: the ink to learn from; drawings that show no digit serve as non-digits, or are left out.
            count: how many images of the data set an epoch has.
            rng: makes all that nobody wrote.
            with_non_digits: draw non-digits too, labeled NON_DIGIT.
            mixture: how much of what.

        Raises:
            ValueError: there is nothing to draw.
        """
        drawings = [drawing for drawing in drawings if is_drawable(drawing)]
        digits = [drawing for drawing in drawings if drawing.is_digit]
        self.mixture = mixture
        self.sources: list[SampleSource] = []
        drawn = min(round(mixture.ink_share * count), mixture.max_variations * len(digits))
        styled = writing_styles.with_writing_styles(digits, rng)
        exponent, size = mixture.writer_weight_exponent, mixture.source_size

        def form(name: str) -> SampleSource | None:
            return digits_source(name, digits_by_form(2 * size, rng), exponent)

        self._add(
            digits_source("written", digits, exponent),
            round((1 - mixture.styled_share - mixture.formed_share) * drawn),
        )
        self._add(digits_source("styled", styled, exponent), round(mixture.styled_share * drawn))
        if formed := round(mixture.formed_share * drawn):
            self._add(remembered("formed", form, rng, mixture), formed)
        if with_non_digits:
            self._add_non_digits(drawings, digits, count, rng)
        if not self.sources:
            raise ValueError(
                "ink must hold drawings labeled 0 to 9 to learn from; got none (letters are "
                "examples of non-digits, which need background)"
            )

    def _add_non_digits(
        self, drawings: Sequence[Drawing], digits: Sequence[Drawing], count: int, rng: np.random.Generator
    ) -> None:
        mixture, size = self.mixture, self.mixture.source_size

        def scribble(name: str) -> SampleSource | None:
            return non_digits_source(name, scribbles(size, rng))

        def sign(name: str) -> SampleSource | None:
            return non_digits_source(name, signs(size, rng) if mixture.signs else [])

        letters = [drawing for drawing in drawings if non_digits.is_non_digit(drawing.label)]
        parts = (
            (non_digits_source("letters", letters), mixture.letters),
            (remembered("scribbles", scribble, rng, mixture), mixture.scribbles),
            (non_digits_source("corrupted", non_digits.corrupt_digits(digits, size, rng)), mixture.corrupted),
            (remembered("signs", sign, rng, mixture), mixture.signs),
        )
        total = sum(share for part, share in parts if part)
        for part, share in parts:
            self._add(part, round(mixture.non_digit_share * count * share / total))

    def _add(self, source: SampleSource | None, size: int) -> None:
        if source:
            self.sources.append(replace(source, size=size))

    def __len__(self) -> int:
        """Count the images that it draws for an epoch."""
        return sum(source.size for source in self.sources)

    def draw(self, rng: np.random.Generator) -> tuple[U8, U8]:
        """Draw an epoch's images (m, 784) and their labels (m,): drawings chosen at random, each varied anew."""
        images, labels = np.empty((len(self), PIXELS), np.uint8), np.empty(len(self), np.uint8)
        variation = self.mixture.variation
        start = 0
        for source in self.sources:
            rows = rng.choice(len(source.drawings), source.size, p=source.weights)
            part = slice(start, start + source.size)
            drawings = augment_strokes(source.drawings.take(rows), rng, variation)
            images[part] = rasterize(drawings, rng.uniform(*variation.pen_widths, source.size))
            labels[part] = drawings.labels
            start += source.size
        return images, labels


def render_all(drawings: Sequence[Drawing]) -> tuple[U8, U8]:
    """Render the drawings of digits as a network reads them: images (n, 784) and labels (n,)."""
    digits = [drawing for drawing in drawings if drawing.is_digit and drawing.strokes]
    images = np.array([render(drawing) for drawing in digits], np.uint8).reshape(-1, PIXELS)
    return images, np.array([int(drawing.label or 0) for drawing in digits], np.uint8)


def read_ink_files(names: str) -> list[Drawing]:
    """Read ink files, their names separated by commas; a file that is not there is looked for in $INK_DIR.

    Raises:
        ValueError: a file is not there, or is not an ink file.
    """
    drawings: list[Drawing] = []
    for name in filter(None, (name.strip() for name in names.split(","))):
        path = expanded(name)
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
    """Split drawings into a training and a validation part: whole writers, a share of them (rounded up) for validation.

    A drawing without a writer counts as a writer of its own. At least one writer is left for training.
    """
    names = writers(drawings)
    known = sorted(set(names))
    count = min(int(np.ceil(share * len(known))), max(len(known) - 1, 0))
    validation = {known[index] for index in rng.permutation(len(known))[:count]}
    parts: tuple[list[Drawing], list[Drawing]] = ([], [])
    for drawing, writer in zip(drawings, names, strict=True):
        parts[writer in validation].append(drawing)
    return parts
