"""Collections of ink: each was written on one occasion with one kind of pen; `apb` has the writer apb-012.

The writers of a collection write alike. So a network's accuracy on strangers shows on collections that it was not
trained on, and hardly on new drawings from those that it was.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.common.arrays import U8
from model.common.constants import PIXELS
from model.common.settings import Settings
from model.ink import Drawing, non_digits, render, sampler

DIGITS, LETTERS = "digits-dev.jsonl.gz,pendigits-dev.jsonl.gz", "letters-dev.jsonl.gz"  # looked for in $INK_DIR


class Source(NamedTuple):
    """Where the ink comes from: names of files for `model.ink.sampler.read_ink_files`."""

    digits: str = DIGITS
    letters: str = LETTERS
    at_most: int = 0  # how many digits, and letters, of each collection; 0 is all


@dataclass(frozen=True, eq=False)
class Collections:
    """Drawings by collection: digits, and letters that do not look like one."""

    digits: Mapping[str, Sequence[Drawing]]
    letters: Mapping[str, Sequence[Drawing]]

    @property
    def names(self) -> list[str]:
        """The names of the collections that have digits, sorted."""
        return sorted(self.digits)

    @property
    def alphabet(self) -> list[str]:
        """The letters of all collections, sorted."""
        return sorted({drawing.label or "" for drawings in self.letters.values() for drawing in drawings})

    @property
    def fingerprint(self) -> str:
        """A hash of all drawings, labels and writers."""
        whole = hashlib.sha256()
        for drawing in (*_all(self.digits), *_all(self.letters)):
            whole.update(f"{drawing.label} {drawing.writer} {[len(stroke) for stroke in drawing.strokes]}".encode())
            whole.update(np.concatenate(drawing.strokes).tobytes())
        return whole.hexdigest()[:16]

    def without(self, left_out: Collection[str], untaught: Collection[str] = ()) -> list[Drawing]:
        """List the drawings for training without some collections, and without some letters of all others."""
        drawings = [
            drawing
            for kind in (self.digits, self.letters)
            for name, drawings in kind.items()
            if name not in left_out
            for drawing in drawings
        ]
        return [drawing for drawing in drawings if drawing.label not in untaught]


@functools.lru_cache(maxsize=1)  # a worker process reads the same ink for each of its runs
def load(source: Source) -> Collections:
    """Read the ink, by collection.

    Raises:
        ValueError: a file is not there, has no digits, or does not name the writers.
    """
    if source[:2] == (DIGITS, LETTERS) and not Settings().ink_dir:
        raise ValueError(
            f"there must be ink to read: set $INK_DIR to a folder with {DIGITS.replace(',', ', ')} and {LETTERS}, or "
            "give --digits FILE and --letters FILE (drawings as JSON lines)"
        )
    drawings = [drawing for drawing in sampler.read_ink_files(source.digits) if drawing.is_digit and drawing.strokes]
    if not drawings:
        raise ValueError(f"--digits must hold drawings labeled 0 to 9; got none in {source.digits}")
    letters = [
        drawing
        for drawing in sampler.read_ink_files(source.letters)
        if non_digits.is_non_digit(drawing.label) and drawing.strokes
    ]
    return Collections(_by_name(drawings, source.at_most), _by_name(letters, source.at_most))


def divided(names: Sequence[str], groups: int) -> list[tuple[str, ...]]:
    """Divide the collections into groups: every n-th collection goes into the same group."""
    return [tuple(names[first::groups]) for first in range(min(groups, len(names)))]


def images(drawings: Sequence[Drawing]) -> U8:
    """Render the drawings as a network reads them, (n, 784)."""
    return np.array([render(drawing) for drawing in drawings], np.uint8).reshape(-1, PIXELS)


def digit_labels(drawings: Sequence[Drawing]) -> U8:
    """List the digits that the drawings show, (n,)."""
    return np.array([int(drawing.label or 0) for drawing in drawings], np.uint8)


def _by_name(drawings: Sequence[Drawing], at_most: int) -> dict[str, list[Drawing]]:
    """Group the drawings by the first part of their writers' names."""
    found: dict[str, list[Drawing]] = {}
    for drawing in drawings:
        name = (drawing.writer or "").partition("-")[0]
        if not name:
            raise ValueError('every drawing must name its writer as "COLLECTION-WRITER"; one names none')
        found.setdefault(name, []).append(drawing)
    return {name: drawings[: at_most or None] for name, drawings in found.items()}


def _all(kind: Mapping[str, Sequence[Drawing]]) -> list[Drawing]:
    return [drawing for name in sorted(kind) for drawing in kind[name]]
